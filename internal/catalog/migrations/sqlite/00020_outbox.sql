-- +goose Up

-- What happened, to be told: n is the order in which it was added.
CREATE TABLE events (
    id TEXT NOT NULL PRIMARY KEY,
    n BIGINT NOT NULL,
    happened BIGINT NOT NULL,
    collection TEXT NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX events_by_n ON events (n);

-- The latest of all, and of one collection; and those that are old enough to be forgotten.
CREATE INDEX events_by_time ON events (happened, n);
CREATE INDEX events_of_collection ON events (collection, happened, n);

-- Who is told.
CREATE TABLE channels (
    name TEXT NOT NULL PRIMARY KEY
);

-- One row for each event that a channel has yet to be told; n is that of the event.
CREATE TABLE deliveries (
    channel TEXT NOT NULL,
    event TEXT NOT NULL,
    n BIGINT NOT NULL,
    due BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (channel, event)
);

CREATE INDEX deliveries_due ON deliveries (channel, due, n);
CREATE INDEX deliveries_of_event ON deliveries (event);

-- The key of the Seed that a citation leads to; empty where only works are named, and for documents that were
-- recorded before this column was there.
ALTER TABLE citations ADD COLUMN seed TEXT NOT NULL DEFAULT '';

CREATE INDEX citations_by_seed ON citations (collection, seed, document) WHERE seed <> '';

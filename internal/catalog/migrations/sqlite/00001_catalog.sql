-- Instants are microseconds since 1970, UTC. Truth values are 0 and 1. Bodies are JSON of the root types.

-- +goose Up
CREATE TABLE documents (
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    source TEXT NOT NULL,
    put_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (collection, id)
);

-- "references" is a reserved word.
CREATE TABLE citations (
    collection TEXT NOT NULL,
    document TEXT NOT NULL,
    n INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (collection, document, n)
);

CREATE TABLE seeds (
    collection TEXT NOT NULL,
    uri TEXT NOT NULL,
    scope TEXT NOT NULL,
    PRIMARY KEY (collection, uri)
);

CREATE TABLE runs (
    id TEXT NOT NULL PRIMARY KEY,
    collection TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    started BIGINT NOT NULL,
    finished BIGINT
);

CREATE TABLE run_seeds (
    run TEXT NOT NULL,
    seed TEXT NOT NULL,
    host TEXT NOT NULL,
    n INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run, seed)
);

-- The next slice of a host, in input order; a Seed that is done leaves the index.
CREATE INDEX run_seeds_pending ON run_seeds (run, host, n) WHERE done = 0;

-- The key makes a Visit idempotent.
CREATE TABLE visits (
    collection TEXT NOT NULL,
    run TEXT NOT NULL,
    seed TEXT NOT NULL,
    began BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (collection, run, seed)
);

-- The Visits of one Seed, the latest first.
CREATE INDEX visits_by_seed ON visits (collection, seed, began);

-- The key makes a Capture idempotent: an object is written once, so its key and an offset mean one record
-- for ever. Records of a Job follow each other in it, where random record ids would touch a page each; and
-- it is the order in which fixity is checked.
CREATE TABLE captures (
    collection TEXT NOT NULL,
    record_id TEXT NOT NULL,
    surt TEXT NOT NULL,
    uri TEXT NOT NULL,
    ts BIGINT NOT NULL,
    status INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    digest TEXT NOT NULL,
    digest_key BIGINT NOT NULL,
    length BIGINT NOT NULL,
    origin TEXT NOT NULL,
    role TEXT NOT NULL,
    seed TEXT NOT NULL,
    truncated TEXT NOT NULL,
    class TEXT NOT NULL,
    revisit INTEGER NOT NULL,
    object TEXT NOT NULL,
    object_offset BIGINT NOT NULL,
    object_length BIGINT NOT NULL,
    PRIMARY KEY (collection, object, object_offset)
);

-- The Captures of an address by time: every look-up.
CREATE INDEX captures_by_surt ON captures (collection, surt, ts);

-- Deduplication: one question for each response body. The first 8 bytes of the digest keep it small.
CREATE INDEX captures_by_digest ON captures (digest_key) WHERE revisit = 0;

-- The words of titles and contexts: kind is 'reference' or 'source', item the Reference's ID or the
-- Seed's URI.
CREATE TABLE texts (
    id INTEGER PRIMARY KEY,
    collection TEXT NOT NULL,
    kind TEXT NOT NULL,
    document TEXT NOT NULL,
    item TEXT NOT NULL,
    uri TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (collection, kind, document, item)
);

CREATE VIRTUAL TABLE texts_index USING fts5 (
    title, body, content = 'texts', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 2"
);

-- +goose StatementBegin
CREATE TRIGGER texts_inserted AFTER INSERT ON texts BEGIN
    INSERT INTO texts_index (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER texts_deleted AFTER DELETE ON texts BEGIN
    INSERT INTO texts_index (texts_index, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER texts_updated AFTER UPDATE ON texts BEGIN
    INSERT INTO texts_index (texts_index, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
    INSERT INTO texts_index (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
-- +goose StatementEnd

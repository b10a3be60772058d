-- +goose Up

-- One unfinished run of the same inputs, however many processes begin it.
CREATE UNIQUE INDEX runs_unfinished ON runs (collection, fingerprint) WHERE finished IS NULL;

-- An address that is too long for a key is its beginning and its digest there; here it is whole.
ALTER TABLE seeds ADD COLUMN long_uri TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE plans ADD COLUMN long_uri TEXT COLLATE "C" NOT NULL DEFAULT '';

-- Who has a host to himself: the job of the queue that talks to it, or did last.
CREATE TABLE busy_hosts (
    host TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    job BIGINT NOT NULL
);

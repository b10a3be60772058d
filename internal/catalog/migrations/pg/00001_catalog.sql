-- As sqlite/00001_catalog.sql, but for the full text; the versions of both folders go together.
--
-- Instants are microseconds since 1970, UTC. Truth values are 0 and 1. Bodies are JSON of the root types.

-- +goose Up
CREATE TABLE documents (
    collection TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    put_at BIGINT NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (collection, id)
);

-- "references" is a reserved word.
CREATE TABLE citations (
    collection TEXT COLLATE "C" NOT NULL,
    document TEXT COLLATE "C" NOT NULL,
    n INTEGER NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (collection, document, n)
);

CREATE TABLE seeds (
    collection TEXT COLLATE "C" NOT NULL,
    uri TEXT COLLATE "C" NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (collection, uri)
);

CREATE TABLE runs (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    collection TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    started BIGINT NOT NULL,
    finished BIGINT
);

CREATE TABLE run_seeds (
    run TEXT COLLATE "C" NOT NULL,
    seed TEXT COLLATE "C" NOT NULL,
    host TEXT COLLATE "C" NOT NULL,
    n INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run, seed)
);

-- The next slice of a host, in input order; a Seed that is done leaves the index.
CREATE INDEX run_seeds_pending ON run_seeds (run, host, n) WHERE done = 0;

-- The key makes a Visit idempotent.
CREATE TABLE visits (
    collection TEXT COLLATE "C" NOT NULL,
    run TEXT COLLATE "C" NOT NULL,
    seed TEXT COLLATE "C" NOT NULL,
    began BIGINT NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (collection, run, seed)
);

-- The Visits of one Seed, the latest first.
CREATE INDEX visits_by_seed ON visits (collection, seed, began);

-- The key makes a Capture idempotent: an object is written once, so its key and an offset mean one record
-- for ever. Records of a Job follow each other in it, where random record ids would touch a page each; and
-- it is the order in which fixity is checked.
CREATE TABLE captures (
    collection TEXT COLLATE "C" NOT NULL,
    record_id TEXT COLLATE "C" NOT NULL,
    surt TEXT COLLATE "C" NOT NULL,
    uri TEXT COLLATE "C" NOT NULL,
    ts BIGINT NOT NULL,
    status INTEGER NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    digest_key BIGINT NOT NULL,
    length BIGINT NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    seed TEXT COLLATE "C" NOT NULL,
    truncated TEXT COLLATE "C" NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    revisit INTEGER NOT NULL,
    object TEXT COLLATE "C" NOT NULL,
    object_offset BIGINT NOT NULL,
    object_length BIGINT NOT NULL,
    PRIMARY KEY (collection, object, object_offset)
);

-- The Captures of an address by time: every look-up.
CREATE INDEX captures_by_surt ON captures (collection, surt, ts);

-- Deduplication: one question for each response body. The first 8 bytes of the digest keep it small.
CREATE INDEX captures_by_digest ON captures (digest_key) WHERE revisit = 0;

-- The words of titles and contexts: kind is 'reference' or 'source', item the Reference's ID or the
-- Seed's URI. The lexemes are made by the program, so that both engines find the same.
CREATE TABLE texts (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    document TEXT COLLATE "C" NOT NULL,
    item TEXT COLLATE "C" NOT NULL,
    uri TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    lexemes TSVECTOR NOT NULL,
    UNIQUE (collection, kind, document, item)
);

CREATE INDEX texts_by_lexeme ON texts USING gin (lexemes);

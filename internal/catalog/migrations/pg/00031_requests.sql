-- +goose Up

-- What was asked for over HTTP to be archived. The key is that of whoever asked, with which the same is asked only once;
-- fingerprint is of what was asked. finished is null while it is not over.
CREATE TABLE requests (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    collection TEXT COLLATE "C" NOT NULL,
    asker TEXT COLLATE "C" NOT NULL,
    idempotency TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    finished BIGINT,
    body TEXT COLLATE "C" NOT NULL
);

CREATE UNIQUE INDEX requests_by_key ON requests (asker, idempotency) WHERE idempotency <> '';
CREATE INDEX requests_unfinished ON requests (created, id) WHERE finished IS NULL;

-- +goose Up

-- What was asked for over HTTP to be archived. The key is that of whoever asked, with which the same is asked only once;
-- fingerprint is of what was asked. finished is null while it is not over.
CREATE TABLE requests (
    id TEXT NOT NULL PRIMARY KEY,
    collection TEXT NOT NULL,
    asker TEXT NOT NULL,
    idempotency TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    created BIGINT NOT NULL,
    finished BIGINT,
    body TEXT NOT NULL
);

CREATE UNIQUE INDEX requests_by_key ON requests (asker, idempotency) WHERE idempotency <> '';
CREATE INDEX requests_unfinished ON requests (created, id) WHERE finished IS NULL;

-- +goose Up

-- Who may have what: the last rule of each target, and the last of a hold; also one that takes back. The target is the
-- normal form of an address, a document, a collection. n is another one for each change.
CREATE TABLE access_rules (
    collection TEXT NOT NULL,
    document TEXT NOT NULL,
    address TEXT NOT NULL,
    hold INTEGER NOT NULL,
    id TEXT NOT NULL,
    made BIGINT NOT NULL,
    n BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (collection, document, address, hold)
);

-- Who may do what over HTTP. secret is a digest.
CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    secret TEXT NOT NULL,
    created BIGINT NOT NULL,
    revoked BIGINT,
    body TEXT NOT NULL
);

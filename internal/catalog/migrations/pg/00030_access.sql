-- +goose Up

-- Who may have what: the last rule of each target, and the last of a hold; also one that takes back. The target is the
-- normal form of an address, a document, a collection. n is another one for each change.
CREATE TABLE access_rules (
    collection TEXT COLLATE "C" NOT NULL,
    document TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    hold INTEGER NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    made BIGINT NOT NULL,
    n BIGINT NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (collection, document, address, hold)
);

-- Who may do what over HTTP. secret is a digest.
CREATE TABLE tokens (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    secret TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    revoked BIGINT,
    body TEXT COLLATE "C" NOT NULL
);

-- +goose Up

-- What was found when an object was last looked at in a store: copy is empty for the first one, else the address of a copy.
-- object is the key of a WARC file, with what lies beside it, or the folder of a document. code is empty when it was sound.
CREATE TABLE fixity (
    object TEXT COLLATE "C" NOT NULL,
    copy TEXT COLLATE "C" NOT NULL,
    checked BIGINT NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (object, copy)
);

CREATE INDEX fixity_damaged ON fixity (object) WHERE code <> '';

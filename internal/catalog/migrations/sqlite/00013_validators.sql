-- +goose Up

-- What a server can be asked whether it still has the same (RFC 9110, 8.8); empty where it gave none.
ALTER TABLE captures ADD COLUMN etag TEXT NOT NULL DEFAULT '';
ALTER TABLE captures ADD COLUMN last_modified TEXT NOT NULL DEFAULT '';

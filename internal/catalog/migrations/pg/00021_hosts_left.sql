-- +goose Up

-- When the job was done with its host, null while it is not; and when the one before it was. A worker leaves the host alone
-- for as long after that as after a request of its own.
ALTER TABLE busy_hosts ADD COLUMN left_at TIMESTAMPTZ;
ALTER TABLE busy_hosts ADD COLUMN left_before TIMESTAMPTZ;

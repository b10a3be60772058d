-- +goose Up

-- The due time for which a schedule handed the Seed on; null when a person did.
ALTER TABLE run_seeds ADD COLUMN due BIGINT;

-- +goose Up

-- What a Visit was made for; empty: to capture.
ALTER TABLE visits ADD COLUMN kind TEXT NOT NULL DEFAULT '';

-- The date as of which a rescue looks for the Seed; null for other runs.
ALTER TABLE run_seeds ADD COLUMN target BIGINT;

-- When another web archive may be asked next. kind is the sort of question; the row with the empty one says until
-- when the archive rests altogether, and why.
CREATE TABLE budgets (
    archive TEXT NOT NULL,
    kind TEXT NOT NULL,
    next BIGINT NOT NULL,
    why TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (archive, kind)
);

-- Rescues and checks of a Seed are few beside its captures.
CREATE INDEX visits_of_other_kinds ON visits (collection, seed, began) WHERE kind <> '';

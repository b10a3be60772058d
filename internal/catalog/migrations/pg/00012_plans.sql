-- +goose Up

-- One row a Plan. due is null when nothing is to come. facts is JSON.
CREATE TABLE plans (
    collection TEXT COLLATE "C" NOT NULL,
    seed TEXT COLLATE "C" NOT NULL,
    schedule TEXT COLLATE "C" NOT NULL,
    zone TEXT COLLATE "C" NOT NULL,
    grid BIGINT,
    due BIGINT,
    due_at BIGINT,
    zone_offset INTEGER NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    fence BIGINT NOT NULL,
    paused INTEGER NOT NULL,
    held BIGINT,
    unfinished INTEGER NOT NULL DEFAULT 0,
    facts TEXT COLLATE "C" NOT NULL DEFAULT '{}',
    PRIMARY KEY (collection, seed)
);

-- What is due: the one question of a tick.
CREATE INDEX plans_due ON plans (due_at, collection, seed) WHERE paused = 0 AND due IS NOT NULL;

-- One row a Turn. The key is what makes a due time happen once.
CREATE TABLE turns (
    collection TEXT COLLATE "C" NOT NULL,
    seed TEXT COLLATE "C" NOT NULL,
    due BIGINT NOT NULL,
    last BIGINT NOT NULL,
    times INTEGER NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    decided BIGINT NOT NULL,
    unfinished INTEGER NOT NULL,
    PRIMARY KEY (collection, seed, due)
);

-- Looks that were handed on and are not over, the earliest first.
CREATE INDEX turns_unfinished ON turns (decided, collection, seed, due) WHERE unfinished = 1;

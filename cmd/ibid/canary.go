package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/ibid-archive/ibid/archive"
)

// canaryEvery is how often the capture that is built in is read back, from keepFirst on.
const canaryEvery = time.Hour

// canary knows how it went when the capture that is built in was read back last: operators hear of a store that does not give back
// what it was given before a reader does.
type canary struct {
	mu      sync.Mutex
	read    time.Time
	failing bool
}

// last is when it was last read back right, zero for not yet; failing: not the last time.
func (c *canary) last() (read time.Time, failing bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read, c.failing
}

// run reads it back each hour until ctx ends. What fails is told, and tried again.
func (c *canary) run(ctx context.Context, a *archive.Archive, now func() time.Time, log *slog.Logger) error {
	return repeat(ctx, keepFirst, func() time.Duration {
		if err := a.Canary(ctx); ctx.Err() == nil {
			c.note(err, now(), log)
		}
		return canaryEvery
	})
}

func (c *canary) note(err error, now time.Time, log *slog.Logger) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err != nil:
		log.Error("the capture that is built in was not read back: readers may get nothing either", "error", err)
	case c.failing:
		log.Warn("the capture that is built in is read back again as it must be")
	}
	if c.failing = err != nil; !c.failing {
		c.read = now
	}
}

package scheduler

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// NewForgetful returns a Planner, and a function after which it does not know a time zone any more, as after an
// update of the zone database.
func NewForgetful(p Policy) (pl *Planner, forget func(zone string)) {
	var forgotten sync.Map
	pl = NewPlanner(p)
	pl.parsed.zone = func(name string) (*time.Location, error) {
		if _, gone := forgotten.Load(name); gone {
			return nil, fmt.Errorf("there is no time zone %q", name)
		}
		return Zone(name)
	}
	return pl, func(zone string) {
		forgotten.Store(zone, true)
		pl.parsed.mu.Lock()
		defer pl.parsed.mu.Unlock()
		pl.parsed.all = nil
	}
}

// Tick is one look at what is due.
func (s *Scheduler) Tick(ctx context.Context) error { return s.tick(ctx) }

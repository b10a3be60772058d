package scheduler

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
)

const (
	// poll is how often the clock on the wall is looked at. A timer that is set for a due time runs on while the
	// machine sleeps, or while somebody sets the clock; a second does not matter.
	poll = time.Second
	// batch is how many Plans are moved on at once.
	batch = 500
	// longestWait is the most that is waited before Plans that failed are asked again.
	longestWait = 15 * time.Second
	// jump is by how much the clock must be off to be worth a word.
	jump = time.Minute
)

// Options are what a Scheduler is made of.
type Options struct {
	Plans   Plans
	Planner *Planner
	// Now is the clock on the wall, time.Now; it may be set back and forth.
	Now func() time.Time
	Log *slog.Logger
}

// Scheduler hands on what is due.
type Scheduler struct {
	o Options
	// seen is the clock at the last tick.
	seen time.Time
	// wait is how long to wait for the next one.
	wait time.Duration
}

// New returns a Scheduler.
func New(o Options) *Scheduler { return &Scheduler{o: o, wait: poll} }

// Run hands on what is due until ctx ends; then it returns nil. Plans that fail are asked again, at least every
// 15 s, for as long as it takes: what came due in the meantime is dealt with then. A Scheduler runs once.
func (s *Scheduler) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		s.watchClock(ctx)
		s.report(ctx, s.tick(ctx))
		timer.Reset(s.wait)
	}
}

// tick moves on all that is due, one batch after the other.
func (s *Scheduler) tick(ctx context.Context) error {
	for ctx.Err() == nil {
		now := s.now()
		due, err := s.o.Plans.Due(ctx, now, batch)
		if err != nil {
			return err
		}
		steps := make([]ibid.Step, len(due))
		for i := range due {
			steps[i] = s.o.Planner.Step(due[i], now)
		}
		if len(steps) == 0 {
			return nil
		}
		taken, err := s.o.Plans.Advance(ctx, steps)
		if err != nil {
			return err
		}
		s.tell(ctx, steps, taken)
		// With none taken, another Scheduler is at it: it need not be raced for the rest.
		if taken == 0 || len(due) < batch {
			return nil
		}
	}
	return nil
}

// now is without the reading of the monotonic clock, which does not know of sleep or of settings.
func (s *Scheduler) now() time.Time { return s.o.Now().Round(0).UTC() }

// report says once that the Plans fail, and once that they are back.
func (s *Scheduler) report(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil: // it is the end that kept them from answering
	case err != nil:
		if s.wait == poll {
			s.o.Log.ErrorContext(ctx, "what is due cannot be looked up; it is tried again until it works", "error", err)
		}
		s.wait = min(2*s.wait, longestWait)
	case s.wait != poll:
		s.o.Log.WarnContext(ctx, "what is due can be looked up again") // as loud as that it could not
		s.wait = poll
	}
}

// watchClock says when the clock on the wall did not go on as it should.
func (s *Scheduler) watchClock(ctx context.Context) {
	now := s.now()
	switch gone := now.Sub(s.seen); {
	case s.seen.IsZero():
	case gone < -time.Second:
		s.o.Log.WarnContext(ctx, "the clock was set back; nothing is looked at twice for it", "by", -gone)
	case gone > s.wait+jump:
		s.o.Log.WarnContext(ctx, "the clock moved on: the machine slept, was busy, or the clock was set; what was missed is dealt with",
			"by", gone)
	}
	s.seen = now
}

// tell says what was missed, and of which Plans something is wrong.
func (s *Scheduler) tell(ctx context.Context, steps []ibid.Step, taken int) {
	s.o.Log.DebugContext(ctx, "due", "sources", len(steps), "taken", taken)
	if taken == 0 {
		return
	}
	missed, ended := map[ibid.TurnOutcome]int{}, 0
	for i := range steps {
		for _, t := range steps[i].Turns {
			if !t.Outcome.Look() {
				missed[t.Outcome] += t.Count
			}
		}
		if next := steps[i].Next; next.Due.IsZero() {
			if ended++; ended == 1 {
				s.o.Log.WarnContext(ctx, "a source is not looked at any more", "collection", steps[i].Collection, "seed", steps[i].Seed,
					"reason", next.Reason)
			}
		}
	}
	if ended > 1 {
		s.o.Log.WarnContext(ctx, "sources are not looked at any more", "sources", ended)
	}
	for _, why := range slices.Sorted(maps.Keys(missed)) {
		s.o.Log.WarnContext(ctx, "due times were missed; they are on record", "why", why, "times", missed[why])
	}
	for _, zone := range s.o.Planner.parsed.newlyLost() {
		s.o.Log.ErrorContext(ctx, "a time zone is not known any more; the distance from UTC that it last had stands in for it",
			"zone", zone)
	}
}

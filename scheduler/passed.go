package scheduler

import (
	"sort"
	"time"

	"github.com/ibid-archive/ibid"
)

// passed gathers the due times of a Plan that have passed.
type passed struct {
	plan ibid.Plan
	now  time.Time
	n    int
	// paused and down are those that are missed, in their order: first all of the pause, then the others.
	paused, down ibid.Turn
}

func newPassed(p ibid.Plan, now time.Time) *passed {
	return &passed{
		plan: p, now: now,
		paused: ibid.Turn{Outcome: ibid.TurnMissedPaused, At: now},
		down:   ibid.Turn{Outcome: ibid.TurnMissedDowntime, At: now},
	}
}

// leave records a due time as missed.
func (p *passed) leave(due time.Time) {
	row := &p.down
	if p.inPause(due) {
		row = &p.paused
	}
	if row.Count == 0 {
		row.Due = due
	}
	row.Until = due
	row.Count++
	p.n++
}

func (p *passed) inPause(due time.Time) bool { return !due.After(p.plan.Held) }

// end decides about the last due time that has passed, and returns what became of all.
func (p *passed) end(due time.Time, policy Policy) []ibid.Turn {
	last := ibid.Turn{Outcome: ibid.TurnTaken, Due: due, Until: due, Count: 1, At: p.now}
	late := p.late(due)
	switch {
	case p.inPause(due), late && policy.CatchUp == CatchUpNone:
		p.leave(due)
		last.Count = 0
	case p.plan.Unfinished > policy.Overlap.most():
		last.Outcome = ibid.TurnMissedOverlap
	case late:
		last.Outcome = ibid.TurnCaughtUp
	}
	var turns []ibid.Turn
	for _, t := range []ibid.Turn{p.paused, p.down, last} {
		if t.Count > 0 {
			turns = append(turns, t)
		}
	}
	return turns
}

// late says whether more time has passed than it takes to get through what is due at once.
func (p *passed) late(due time.Time) bool {
	at := due
	if due.Equal(p.plan.Due) {
		at = p.plan.At
	}
	return p.now.Sub(at) > inTime
}

// last returns the last time of the schedule up to now, counted from one of its times, which it is if there is none
// after it.
func (s *Schedule) last(grid, now time.Time) time.Time {
	if s.every > 0 {
		return grid.Add(now.Sub(grid) / s.every * s.every)
	}
	// Next grows with its argument: the last second after which a time up to now comes is the one before it.
	n := sort.Search(int(now.Sub(grid)/time.Second), func(i int) bool {
		next := s.Next(grid.Add(time.Duration(i) * time.Second))
		return next.IsZero() || next.After(now)
	})
	if n == 0 {
		return grid
	}
	return s.Next(grid.Add(time.Duration(n-1) * time.Second))
}

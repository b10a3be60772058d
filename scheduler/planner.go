package scheduler

import (
	"hash/fnv"
	"io"
	"strconv"
	"time"

	"github.com/ibid-archive/ibid"
)

const (
	// inTime is how long after its At a look is still handed on in time. More is downtime.
	inTime = 5 * time.Minute
	// mostPassed bounds how many due times are counted that passed during a downtime.
	mostPassed = 10_000
)

// Planner decides what becomes of due times. It does no input or output and looks at no clock, and can be used
// by many at once.
type Planner struct {
	policy Policy
	parsed parsed
}

// NewPlanner returns a Planner with that policy.
func NewPlanner(p Policy) *Planner {
	return &Planner{policy: p, parsed: parsed{zone: Zone}}
}

// Start returns the first due time of a Plan that is new, or whose schedule has changed: the first time of the
// schedule after now. Of p, the key, the schedule, the zone and the offset are read.
func (pl *Planner) Start(p ibid.Plan, now time.Time) ibid.Next {
	now = now.UTC().Truncate(time.Second)
	s, note, err := pl.parsed.schedule(p)
	if err != nil {
		return unreadable(err)
	}
	c := course{Schedule: s, pace: Pace{1, 1}}
	return pl.at(p, c, now, s.Next(now), note)
}

// Step returns how p moves on now that it is due: what becomes of its due time and of all that have passed
// since, and the next one, which is after now.
func (pl *Planner) Step(p ibid.Plan, now time.Time) ibid.Step {
	now = now.UTC().Round(0)
	step := ibid.Step{PlanKey: p.PlanKey, Fence: p.Fence}
	c, why, note, err := pl.course(p, now)
	if err != nil {
		step.Turns = []ibid.Turn{{Outcome: ibid.TurnMissedUnreadable, Due: p.Due, Until: p.Due, Count: 1, At: now}}
		step.Next = unreadable(err)
		return step
	}
	passed := newPassed(p, now)
	grid, due := p.Grid, p.Due
	if grid.IsZero() {
		grid = due
	}
	grid = c.settle(grid, due)
	for {
		next := c.next(grid, due)
		if next.IsZero() || next.After(now) {
			step.Turns = passed.end(due, pl.policy)
			step.Next = pl.at(p, c, grid, next, c.reason(grid, next, why), note)
			return step
		}
		passed.leave(due)
		due = next
		grid = c.settle(grid, due)
		if passed.n >= mostPassed {
			if latest := c.last(grid, now); latest.After(due) {
				grid, due = latest, latest
			}
		}
	}
}

// Replan returns the Step that moves the next due time of p to where its Facts put it by now, and whether there
// is anything to move. It is asked when a look is over. What is due already is left to Step, handed on or not.
func (pl *Planner) Replan(p ibid.Plan, now time.Time) (ibid.Step, bool) {
	now = now.UTC().Round(0)
	if p.Grid.IsZero() || p.Due.IsZero() || !p.Due.After(now) {
		return ibid.Step{}, false
	}
	c, why, note, err := pl.course(p, now)
	if err != nil {
		return ibid.Step{}, false // Step says so when it is due
	}
	due := c.next(p.Grid, now)
	next := pl.at(p, c, p.Grid, due, c.reason(p.Grid, due, why), note)
	if due.Equal(p.Due) && next.Reason == p.Reason {
		return ibid.Step{}, false
	}
	return ibid.Step{PlanKey: p.PlanKey, Fence: p.Fence, Next: next}, true
}

func (pl *Planner) course(p ibid.Plan, now time.Time) (c course, why, note string, err error) {
	s, note, err := pl.parsed.schedule(p)
	if err != nil {
		return c, "", "", err
	}
	pace, why := pl.policy.Adapt.Pace(p.Seed, p.Facts, now)
	return course{Schedule: s, pace: pace, Adapt: pl.policy.Adapt}, why, note, nil
}

// at completes the next due time. The reasons are joined.
func (pl *Planner) at(p ibid.Plan, c course, grid, due time.Time, reasons ...string) ibid.Next {
	next := ibid.Next{Grid: grid, Due: due, At: due, Reason: joined(reasons)}
	if due.IsZero() {
		next.Reason = joined(append(reasons, "no time of the schedule is to come within five years"))
		return next
	}
	_, next.Offset = due.In(c.Zone()).Zone()
	if room := c.Next(due).Sub(due) / 2; pl.policy.Jitter > 0 && room > 0 {
		next.At = due.Add(jitter(p.PlanKey, due, min(pl.policy.Jitter, room)))
	}
	return next
}

// jitter is the same for the same due time of the same Seed, and less than bound. It is in whole milliseconds,
// which every database keeps.
func jitter(key ibid.PlanKey, due time.Time, bound time.Duration) time.Duration {
	h := fnv.New64a()
	_, _ = io.WriteString(h, key.Collection+"\x00"+key.Seed+"\x00"+strconv.FormatInt(due.Unix(), 10)) // never fails
	steps := max(uint64(bound/time.Millisecond), 1)                                                   //nolint:gosec // not negative
	return time.Duration(h.Sum64()%steps) * time.Millisecond                                          //nolint:gosec // less than bound
}

func unreadable(err error) ibid.Next {
	return ibid.Next{Reason: "nothing is due, as its schedule cannot be read: " + err.Error()}
}

func joined(reasons []string) string {
	out := ""
	for _, r := range reasons {
		if out != "" && r != "" {
			out += "; "
		}
		out += r
	}
	return out
}

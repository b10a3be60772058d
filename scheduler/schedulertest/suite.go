// Package schedulertest is the suite that every scheduler.Plans must pass, and Plans in memory for tests.
package schedulertest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/scheduler"
)

// Harness is an implementation of Plans, and what the suite needs beside it to put Plans there and to look at
// what became of them.
type Harness struct {
	Plans scheduler.Plans
	// Put adds Plans, or puts them in the place of those of the same key. Unfinished and Facts need not be kept.
	Put func(ctx context.Context, plans ...ibid.Plan) error
	Get func(ctx context.Context, key ibid.PlanKey) (ibid.Plan, error)
	// Turns returns what is on record of a Plan, by due time.
	Turns func(ctx context.Context, key ibid.PlanKey) ([]ibid.Turn, error)
	// Finish says that the look of a due time is over. A second time it changes nothing.
	Finish func(ctx context.Context, key ibid.PlanKey, due time.Time) error
}

// Harness returns m with what the suite needs.
func (m *Memory) Harness() Harness {
	return Harness{Plans: m, Put: m.Put, Get: m.Get, Turns: m.Turns, Finish: m.Finish}
}

// Run tests the implementations that open makes. Each call of open must give a new, empty one.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, h Harness)
	}{
		{"nothing is there", nothing},
		{"only what is due", onlyWhatIsDue},
		{"the earliest first, a few at a time", earliestFirst},
		{"a plan comes back as it was put", roundTrip},
		{"a step moves its plan on", movesOn},
		{"a step without turns", onlyNext},
		{"the last step of a plan", lastStep},
		{"a late step is refused", refused},
		{"a due time stands once", once},
		{"looks are unfinished until they are over", unfinished},
		{"a paused plan is not due", paused},
		{"a thousand steps at once", manySteps},
		{"many schedulers at once", contended},
		{"a cancelled context", cancelled},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// noon is the time of all tests.
func noon() time.Time { return time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC) }

func key(seed string) ibid.PlanKey { return ibid.PlanKey{Collection: "suite", Seed: seed} }

// plan is due at a time that is given by its distance from noon.
func plan(seed string, after time.Duration) ibid.Plan {
	due := noon().Add(after)
	return ibid.Plan{
		PlanKey: key(seed), Schedule: "@daily", Zone: "Asia/Manila", Fence: 3,
		Next: ibid.Next{Grid: due.Add(-24 * time.Hour), Due: due, At: due},
	}
}

// step moves p on to the next day, with a look at its due time.
func step(p ibid.Plan) ibid.Step {
	next := ibid.Next{Grid: p.Due, Due: p.Due.Add(24 * time.Hour), At: p.Due.Add(24*time.Hour + 1500*time.Millisecond)}
	return ibid.Step{PlanKey: p.PlanKey, Fence: p.Fence, Next: next, Turns: []ibid.Turn{turn(ibid.TurnTaken, p.Due)}}
}

func turn(outcome ibid.TurnOutcome, due time.Time) ibid.Turn {
	return ibid.Turn{Outcome: outcome, Due: due, Until: due, Count: 1, At: noon()}
}

func put(t *testing.T, h Harness, plans ...ibid.Plan) {
	t.Helper()
	if err := h.Put(t.Context(), plans...); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, h Harness, seed string) ibid.Plan {
	t.Helper()
	p, err := h.Get(t.Context(), key(seed))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func due(t *testing.T, h Harness, now time.Time, n int) []ibid.Plan {
	t.Helper()
	plans, err := h.Plans.Due(t.Context(), now, n)
	if err != nil {
		t.Fatal(err)
	}
	return plans
}

func advance(t *testing.T, h Harness, want int, steps ...ibid.Step) {
	t.Helper()
	taken, err := h.Plans.Advance(t.Context(), steps)
	if err != nil {
		t.Fatal(err)
	}
	if taken != want {
		t.Errorf("%d of %d steps were taken, want %d", taken, len(steps), want)
	}
}

// record is what is on record of a seed: each turn as outcome, distance from noon and count.
func record(t *testing.T, h Harness, seed string) string {
	t.Helper()
	turns, err := h.Turns(t.Context(), key(seed))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, u := range turns {
		lines = append(lines, fmt.Sprintf("%s %v..%v %d", u.Outcome, u.Due.Sub(noon()), u.Until.Sub(noon()), u.Count))
	}
	return strings.Join(lines, ", ")
}

func names(plans []ibid.Plan) string {
	var all []string
	for _, p := range plans {
		all = append(all, p.Seed)
	}
	return strings.Join(all, " ")
}

// same says whether a and b are the same instant, to the millisecond.
func same(a, b time.Time) bool {
	return a.Truncate(time.Millisecond).Equal(b.Truncate(time.Millisecond))
}

package scheduler_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/scheduler"
)

// TestNoneIsSilentlyLeftOut walks Plans through a time in which nobody may be there for minutes or for days, looks
// take long and pauses come: what is on record is, one after the other, every time of the schedule.
func TestNoneIsSilentlyLeftOut(t *testing.T) {
	for _, text := range []string{"*/10 * * * *", "30 2 * * *", "0 * * * *", "15,45 1-3 * * 0", "@every 7h", "@hourly"} {
		for _, zone := range []string{"Europe/Brussels", "America/Santiago", "Australia/Lord_Howe"} {
			for _, policy := range []scheduler.Policy{
				{}, {Jitter: 30 * time.Second, CatchUp: scheduler.CatchUpNone}, {Jitter: time.Hour, Overlap: scheduler.OverlapQueue},
			} {
				everyTimeOnce(t, text, zone, policy)
			}
		}
	}
}

func everyTimeOnce(t *testing.T, text, zone string, policy scheduler.Policy) {
	t.Helper()
	dice := rand.New(rand.NewPCG(1, uint64(len(text)+len(zone)))) //nolint:gosec // lots that can be drawn again
	planner, s := scheduler.NewPlanner(policy), schedule(t, text, zone)
	p := plan(t, text, zone, "2026-03-20T00:00:00Z")
	p.Next = planner.Start(p, p.Grid)
	expected := s.Next(p.Grid)
	for range 500 {
		away := time.Duration(dice.Int64N(int64(10 * time.Minute)))
		if dice.IntN(5) == 0 {
			away = time.Duration(dice.Int64N(int64(60 * time.Hour)))
		}
		now := p.At.Add(away)
		p.Unfinished = dice.IntN(3)
		if p.Held = (time.Time{}); dice.IntN(10) == 0 {
			p.Held = now.Add(-away / 2)
		}
		step := planner.Step(p, now)
		for _, u := range step.Turns {
			if !u.Due.Equal(expected) {
				t.Fatalf("%v: on record at %v is %s of %v, want %v", s, now, u.Outcome, u.Due, expected)
			}
			for i := 1; i < u.Count; i++ {
				expected = s.Next(expected)
			}
			if !u.Until.Equal(expected) {
				t.Fatalf("%v: a row of %d from %v ends at %v, want %v", s, u.Count, u.Due, u.Until, expected)
			}
			expected = s.Next(expected)
		}
		if !step.Next.Due.Equal(expected) {
			t.Fatalf("%v: next after %v is %v, want %v", s, now, step.Next.Due, expected)
		}
		if looks := countLooks(step.Turns); looks > 1 {
			t.Fatalf("%v: %d looks at %v", s, looks, now)
		}
		p.Next = step.Next
	}
}

func countLooks(turns []ibid.Turn) int {
	n := 0
	for _, u := range turns {
		if u.Outcome.Look() {
			n++
		}
	}
	return n
}

package scheduler_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/scheduler"
)

// plan is one that was made at some time and is due next as its schedule says.
func plan(t *testing.T, text, zone, made string) ibid.Plan {
	t.Helper()
	p := ibid.Plan{
		PlanKey: ibid.PlanKey{Collection: "c", Seed: "https://www.example.org/"}, Schedule: text, Zone: zone, Fence: 7,
	}
	p.Next = scheduler.NewPlanner(scheduler.Policy{}).Start(p, at(t, made))
	if p.Due.IsZero() {
		t.Fatal(p.Reason)
	}
	return p
}

// told writes turns as one line each: outcome, first and last due time, count.
func told(turns []ibid.Turn) string {
	var lines []string
	for _, u := range turns {
		line := string(u.Outcome) + " " + u.Due.Format("02T15:04")
		if u.Count != 1 {
			line += fmt.Sprintf("..%s (%d)", u.Until.Format("02T15:04"), u.Count)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, ", ")
}

func TestWhatBecomesOfADueTime(t *testing.T) {
	const daily = "0 3 * * *"
	for _, test := range []struct {
		name, text, now string
		policy          scheduler.Policy
		change          func(*ibid.Plan)
		turns, next     string
	}{
		{"in time", daily, "2026-11-19T03:00:00Z", scheduler.Policy{}, nil, "taken 19T03:00", "20T03:00"},
		{"a little late", daily, "2026-11-19T03:04:59Z", scheduler.Policy{}, nil, "taken 19T03:00", "20T03:00"},
		{"late: 12 h asleep", daily, "2026-11-19T12:00:00Z", scheduler.Policy{}, nil, "caught-up 19T03:00", "20T03:00"},
		{"late, nothing is caught up", daily, "2026-11-19T12:00:00Z", scheduler.Policy{CatchUp: scheduler.CatchUpNone}, nil,
			"missed-downtime 19T03:00", "20T03:00"},
		{"in time, nothing is caught up", daily, "2026-11-19T03:00:01Z", scheduler.Policy{CatchUp: scheduler.CatchUpNone}, nil,
			"taken 19T03:00", "20T03:00"},
		{"a day forward", daily, "2026-11-20T10:20:00Z", scheduler.Policy{}, nil, "missed-downtime 19T03:00, caught-up 20T03:00", "21T03:00"},
		{"away for days, back in time", daily, "2026-11-22T03:00:00Z", scheduler.Policy{}, nil,
			"missed-downtime 19T03:00..21T03:00 (3), taken 22T03:00", "23T03:00"},
		{"away for days, nothing is caught up", daily, "2026-11-22T12:00:00Z", scheduler.Policy{CatchUp: scheduler.CatchUpNone}, nil,
			"missed-downtime 19T03:00..22T03:00 (4)", "23T03:00"},
		{"by the minute, 12 h asleep", "* * * * *", "2026-11-18T22:00:30Z", scheduler.Policy{}, nil,
			"missed-downtime 18T10:01..18T21:59 (719), taken 18T22:00", "18T22:01"},
		{"an interval, 12 h asleep", "@every 5h", "2026-11-19T03:00:00Z", scheduler.Policy{}, nil,
			"missed-downtime 18T15:00..18T20:00 (2), caught-up 19T01:00", "19T06:00"},
		{"the look before is not over", daily, "2026-11-19T03:00:00Z", scheduler.Policy{},
			func(p *ibid.Plan) { p.Unfinished = 1 }, "missed-overlap 19T03:00", "20T03:00"},
		{"the look before is not over, one may wait", daily, "2026-11-19T03:00:00Z", scheduler.Policy{Overlap: scheduler.OverlapQueue},
			func(p *ibid.Plan) { p.Unfinished = 1 }, "taken 19T03:00", "20T03:00"},
		{"one waits already", daily, "2026-11-19T03:00:00Z", scheduler.Policy{Overlap: scheduler.OverlapQueue},
			func(p *ibid.Plan) { p.Unfinished = 2 }, "missed-overlap 19T03:00", "20T03:00"},
		{"asleep, and the look before is not over", daily, "2026-11-20T12:00:00Z", scheduler.Policy{},
			func(p *ibid.Plan) { p.Unfinished = 1 }, "missed-downtime 19T03:00, missed-overlap 20T03:00", "21T03:00"},
		{"paused meanwhile", daily, "2026-11-22T12:00:00Z", scheduler.Policy{},
			func(p *ibid.Plan) { p.Held = time.Date(2026, 11, 22, 11, 0, 0, 0, time.UTC) },
			"missed-paused 19T03:00..22T03:00 (4)", "23T03:00"},
		{"paused, then asleep", daily, "2026-11-22T12:00:00Z", scheduler.Policy{},
			func(p *ibid.Plan) { p.Held = time.Date(2026, 11, 20, 11, 0, 0, 0, time.UTC) },
			"missed-paused 19T03:00..20T03:00 (2), missed-downtime 21T03:00, caught-up 22T03:00", "23T03:00"},
		{"paused long ago", daily, "2026-11-19T03:00:00Z", scheduler.Policy{},
			func(p *ibid.Plan) { p.Held = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) }, "taken 19T03:00", "20T03:00"},
		{"no grid is known", daily, "2026-11-19T03:00:00Z", scheduler.Policy{}, func(p *ibid.Plan) { p.Grid = time.Time{} },
			"taken 19T03:00", "20T03:00"},
		{"it cannot be read any more", daily, "2026-11-19T03:00:00Z", scheduler.Policy{}, func(p *ibid.Plan) { p.Schedule = "@lunar" },
			"missed-unreadable 19T03:00", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := plan(t, test.text, "UTC", "2026-11-18T10:00:00Z")
			if test.change != nil {
				test.change(&p)
			}
			now := at(t, test.now)
			step := scheduler.NewPlanner(test.policy).Step(p, now)
			if got := told(step.Turns); got != test.turns {
				t.Errorf("turns: %s\nwant:  %s", got, test.turns)
			}
			for _, u := range step.Turns {
				if !u.At.Equal(now) {
					t.Errorf("decided at %v, want %v", u.At, now)
				}
			}
			next := ""
			if !step.Next.Due.IsZero() {
				next = step.Next.Due.Format("02T15:04")
			}
			if next != test.next {
				t.Errorf("next: %s, want %s (%s)", next, test.next, step.Next.Reason)
			}
			if step.PlanKey != p.PlanKey || step.Fence != 7 {
				t.Errorf("the step is for %v with the fence %d", step.PlanKey, step.Fence)
			}
		})
	}
}

// TestALongAbsenceIsNotCountedForEver: three years by the second are not walked one by one.
func TestALongAbsenceIsNotCountedForEver(t *testing.T) {
	for _, text := range []string{"* * * * * *", "@every 1s", "*/7 * 3 * * *"} {
		p := plan(t, text, "Europe/Brussels", "2026-11-18T10:00:00Z")
		now := at(t, "2029-11-18T10:00:00.5Z")
		step := scheduler.NewPlanner(scheduler.Policy{}).Step(p, now)
		missed, last := step.Turns[0], step.Turns[len(step.Turns)-1]
		if len(step.Turns) != 2 || missed.Count < 10_000 || !last.Outcome.Look() {
			t.Errorf("%s: %s", text, told(step.Turns))
		}
		s := schedule(t, text, "Europe/Brussels")
		if next := s.Next(last.Due); !next.After(now) || !step.Next.Due.Equal(next) {
			t.Errorf("%s: the last due time is %v, but %v follows; next is %v", text, last.Due, next, step.Next.Due)
		}
	}
}

func TestTurnsNeverRepeat(t *testing.T) {
	p := plan(t, "*/10 * * * *", "Europe/Brussels", "2026-10-24T00:00:00Z")
	planner := scheduler.NewPlanner(scheduler.Policy{Jitter: 20 * time.Second, Adapt: scheduler.Adapt{Factor: 4}})
	seen, now := map[int64]bool{}, p.At
	for i := range 1000 {
		p.Facts = ibid.Facts{Failing: i % 5, Unchanged: i % 13}
		step := planner.Step(p, now)
		for _, u := range step.Turns {
			if seen[u.Due.Unix()] {
				t.Fatalf("%v is due twice", u.Due)
			}
			seen[u.Due.Unix()] = true
		}
		if !step.Next.Due.After(now) || step.Next.At.Before(step.Next.Due) {
			t.Fatalf("at %v next is %+v", now, step.Next)
		}
		p.Next = step.Next
		now = p.At.Add(time.Duration(i*i%3000) * time.Second)
	}
}

func TestStartSaysWhatIsWrong(t *testing.T) {
	planner := scheduler.NewPlanner(scheduler.Policy{})
	if next := planner.Start(ibid.Plan{Schedule: "0 3 * *"}, at(t, "2026-11-18T10:00:00Z")); !next.Due.IsZero() || !strings.Contains(next.Reason, "4 fields") {
		t.Errorf("%+v", next)
	}
	if next := planner.Start(ibid.Plan{Schedule: "0 0 29 2 *"}, at(t, "2097-01-01T00:00:00Z")); !next.Due.IsZero() || !strings.Contains(next.Reason, "five years") {
		t.Errorf("%+v", next)
	}
}

func TestJitter(t *testing.T) {
	const bound = 30 * time.Second
	planner := scheduler.NewPlanner(scheduler.Policy{Jitter: bound})
	spread := map[time.Duration]int{}
	for i := range 2000 {
		p := ibid.Plan{PlanKey: ibid.PlanKey{Collection: "c", Seed: fmt.Sprintf("https://example.org/%d", i)}, Schedule: "@daily"}
		next := planner.Start(p, at(t, "2026-11-18T10:00:00Z"))
		if again := planner.Start(p, at(t, "2026-11-18T11:00:00Z")); !again.At.Equal(next.At) {
			t.Fatalf("%v, then %v", next.At, again.At)
		}
		late := next.At.Sub(next.Due)
		if late < 0 || late >= bound || late%time.Millisecond != 0 {
			t.Fatalf("%v late, want less than %v in whole milliseconds", late, bound)
		}
		spread[late/(bound/10)]++
	}
	for tenth := range time.Duration(10) {
		if n := spread[tenth]; n < 140 || n > 260 {
			t.Errorf("%d of 2000 in tenth %d of the bound", n, tenth)
		}
	}
	p := plan(t, "*/10 * * * * *", "UTC", "2026-11-18T10:00:00Z")
	for range 100 {
		p.Next = planner.Step(p, p.At).Next
		if late := p.At.Sub(p.Due); late >= 5*time.Second {
			t.Fatalf("%v late, want less than half of 10 s", late)
		}
	}
}

package scheduler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/scheduler"
)

func TestSoonerAndLater(t *testing.T) {
	adapt := scheduler.Adapt{Factor: 4, Min: 6 * time.Hour, Max: 21 * 24 * time.Hour}
	failing, same := ibid.Facts{Failing: 2}, ibid.Facts{Unchanged: 20}
	for _, test := range []struct {
		name, text string
		facts      ibid.Facts
		want       []string
		reason     string
	}{
		{"as scheduled", "0 3 * * 0", ibid.Facts{}, []string{"11-22 03:00", "11-29 03:00", "12-06 03:00"}, ""},
		{"sooner: others are put between", "0 3 * * 0", failing,
			[]string{"11-22 03:00", "11-23 21:00", "11-25 15:00", "11-27 09:00", "11-29 03:00", "11-30 21:00"},
			"sooner, 4 looks in each interval: it failed at the last 2 looks"},
		{"sooner, as far as the least allows", "0 3 * * *", failing,
			[]string{"11-19 03:00", "11-19 09:00", "11-19 15:00", "11-19 21:00", "11-20 03:00"}, "sooner, 4 looks"},
		{"sooner, but not below the least", "0 3,15 * * *", failing,
			[]string{"11-18 15:00", "11-18 21:00", "11-19 03:00", "11-19 09:00"}, "sooner, 2 looks"},
		{"it is often enough already", "0 */4 * * *", failing, []string{"11-18 12:00", "11-18 16:00"},
			"as scheduled: it failed at the last 2 looks"},
		{"later: some are left out, up to the most", "0 3 * * 0", same, []string{"11-22 03:00", "12-13 03:00", "01-03 03:00"},
			"later, some times of the schedule are left out: it was the same at the last 20 looks"},
		{"later, all of the factor", "0 3 * * *", same, []string{"11-19 03:00", "11-23 03:00", "11-27 03:00"}, "later"},
		{"it is seldom enough already", "0 3 1 * *", same, []string{"12-01 03:00", "01-01 03:00"}, "as scheduled: it was the same"},
		{"elapsed time, sooner", "@every 48h", failing, []string{"11-20 10:00", "11-20 22:00", "11-21 10:00", "11-21 22:00", "11-22 10:00"}, "sooner"},
		{"elapsed time, later", "@every 48h", same, []string{"11-20 10:00", "11-28 10:00", "12-06 10:00"}, "later"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := plan(t, test.text, "UTC", "2026-11-18T10:00:00Z")
			p.Facts = test.facts
			planner := scheduler.NewPlanner(scheduler.Policy{Adapt: adapt})
			for i, want := range test.want {
				if got := p.Due.Format("01-02 15:04"); got != want {
					t.Fatalf("due time %d is %s, want %s (%s)", i+1, got, want, p.Reason)
				}
				p.Next = planner.Step(p, p.At).Next
			}
			if !strings.Contains(p.Reason, test.reason) || (p.Reason == "") != (test.reason == "") {
				t.Errorf("the reason is %q, want %q", p.Reason, test.reason)
			}
		})
	}
}

// TestTheScheduleIsWhereItWas: sooner and later for a while leave its times in their places.
func TestTheScheduleIsWhereItWas(t *testing.T) {
	p := plan(t, "0 3 * * 0", "Europe/Brussels", "2026-11-18T10:00:00Z")
	planner := scheduler.NewPlanner(scheduler.Policy{Adapt: scheduler.Adapt{Factor: 4, Max: 90 * 24 * time.Hour}})
	for _, facts := range []ibid.Facts{{Failing: 1}, {Failing: 2}, {}, {}, {Unchanged: 12}, {Unchanged: 13}, {}, {}} {
		p.Facts = facts
		p.Next = planner.Step(p, p.At).Next
	}
	if got := p.Due.In(time.FixedZone("", 3600)).Format("Mon 15:04"); got != "Sun 03:00" {
		t.Errorf("due %v, want a Sunday at three", p.Due)
	}
}

func TestReplan(t *testing.T) {
	policy := scheduler.Policy{Adapt: scheduler.Adapt{Factor: 4, Min: time.Hour, Max: 90 * 24 * time.Hour}}
	planner := scheduler.NewPlanner(policy)
	p := plan(t, "0 3 * * 0", "UTC", "2026-11-18T10:00:00Z")
	p.Next = planner.Step(p, p.At).Next // looked at on the 22nd; the 29th is next
	for _, test := range []struct {
		name, now string
		facts     ibid.Facts
		next      string // empty: nothing moves
	}{
		{"nothing new", "2026-11-22T03:05:00Z", ibid.Facts{}, ""},
		{"it failed", "2026-11-22T03:05:00Z", ibid.Facts{Failing: 1}, "11-23 21:00"},
		{"it failed, after a long look", "2026-11-24T03:00:00Z", ibid.Facts{Failing: 1}, "11-25 15:00"},
		{"it is the same as ever", "2026-11-22T03:05:00Z", ibid.Facts{Unchanged: 12}, "12-20 03:00"},
		{"it is due already", "2026-11-29T03:00:00Z", ibid.Facts{Failing: 1}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := p
			p.Facts = test.facts
			step, moved := planner.Replan(p, at(t, test.now))
			if moved != (test.next != "") {
				t.Fatalf("moved: %v, to %+v", moved, step.Next)
			}
			if !moved {
				return
			}
			if got := step.Next.Due.Format("01-02 15:04"); got != test.next || len(step.Turns) > 0 || step.Fence != p.Fence {
				t.Errorf("next %s, want %s; turns %v, fence %d", got, test.next, step.Turns, step.Fence)
			}
			p.Next = step.Next
			if _, again := planner.Replan(p, at(t, test.now)); again {
				t.Error("it moves again")
			}
			p.Facts = ibid.Facts{}
			back, _ := planner.Replan(p, at(t, test.now))
			if got := back.Next.Due.Format("01-02 15:04"); got != "11-29 03:00" {
				t.Errorf("with nothing known it goes back to %s, want 11-29 03:00", got)
			}
		})
	}
	p.At = p.Due.Add(20 * time.Minute)
	p.Facts = ibid.Facts{Failing: 1}
	if step, moved := planner.Replan(p, p.Due.Add(time.Minute)); moved {
		t.Errorf("what is due and waits to be handed on was moved to %s: its due time would be lost", step.Next.Due)
	}
	p.Schedule = "@lunar"
	if _, moved := planner.Replan(p, at(t, "2026-11-22T03:05:00Z")); moved {
		t.Error("what cannot be read was moved")
	}
	if _, moved := planner.Replan(ibid.Plan{Schedule: "@daily"}, at(t, "2026-11-22T03:05:00Z")); moved {
		t.Error("a plan without a due time was moved")
	}
}

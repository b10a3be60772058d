package schedulertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/scheduler"
)

func nothing(t *testing.T, h Harness) {
	if plans := due(t, h, noon(), 10); len(plans) > 0 {
		t.Errorf("%v is due", plans)
	}
	advance(t, h, 0)
	advance(t, h, 0, step(plan("unknown", 0)))
	if got := record(t, h, "unknown"); got != "" {
		t.Errorf("on record of a plan that is not there: %s", got)
	}
}

func onlyWhatIsDue(t *testing.T, h Harness) {
	done, waiting, jittered := plan("done", 0), plan("waiting", -time.Hour), plan("jittered", -time.Second)
	done.Next = ibid.Next{Grid: noon(), Reason: "no more"}
	waiting.Paused = true
	jittered.At = noon().Add(time.Millisecond)
	put(t, h, plan("past", -time.Hour), plan("now", 0), plan("soon", time.Millisecond), plan("tomorrow", 24*time.Hour), done, waiting, jittered)
	if got := names(due(t, h, noon(), 10)); got != "past now" {
		t.Errorf("due: %s, want: past now", got)
	}
}

func earliestFirst(t *testing.T, h Harness) {
	for i := range 50 {
		n := i * 37 % 50 // in no order
		put(t, h, plan(fmt.Sprint(n), time.Duration(n-100)*time.Minute))
	}
	if got := names(due(t, h, noon(), 7)); got != "0 1 2 3 4 5 6" {
		t.Errorf("due: %s, want: 0 1 2 3 4 5 6", got)
	}
	if got := names(due(t, h, noon(), 7)); got != "0 1 2 3 4 5 6" {
		t.Errorf("asking changed what is due to %s", got)
	}
}

func roundTrip(t *testing.T, h Harness) {
	p := plan("https://example.org/"+strings.Repeat("ñ", 1000)+`?q='"%\;--&x=`+"日本", -time.Hour)
	p.Schedule, p.Zone = "CRON_TZ=Asia/Manila */15 0 3 1,15 jan-mar mon-fri", "Australia/Lord_Howe"
	p.At, p.Offset, p.Reason, p.Held = p.Due.Add(1234*time.Millisecond), -34_200, `sooner: "it's" 100 %`, noon().Add(-48*time.Hour)
	other := plan(p.Seed, -2*time.Hour)
	other.Collection = "another"
	put(t, h, p, other)
	plans := due(t, h, noon(), 10)
	if len(plans) != 2 || plans[0].Collection != "another" || plans[1].Collection != p.Collection {
		t.Fatalf("due: %v, want one of each collection", plans)
	}
	for _, got := range []ibid.Plan{plans[1], get(t, h, p.Seed)} {
		if !same(got.Grid, p.Grid) || !same(got.Due, p.Due) || !same(got.At, p.At) || !same(got.Held, p.Held) {
			t.Errorf("the times of %+v are not those of %+v", got, p)
		}
		got.Grid, got.Due, got.At, got.Held = p.Grid, p.Due, p.At, p.Held
		if got != p {
			t.Errorf("got  %+v\nwant %+v", got, p)
		}
	}
	p.Schedule, p.Fence = "@weekly", 9
	put(t, h, p)
	if got := get(t, h, p.Seed); got.Schedule != "@weekly" || got.Fence != 9 {
		t.Errorf("put again, it is %+v", got)
	}
}

func movesOn(t *testing.T, h Harness) {
	p := plan("s", -time.Hour)
	put(t, h, p)
	s := step(p)
	s.Next.Offset, s.Next.Reason = 3600, "why"
	s.Turns = []ibid.Turn{
		{Outcome: ibid.TurnMissedDowntime, Due: noon().Add(-3 * time.Hour), Until: noon().Add(-2 * time.Hour), Count: 2, At: noon()},
		turn(ibid.TurnCaughtUp, p.Due),
	}
	advance(t, h, 1, s)
	got := get(t, h, "s")
	if got.Fence != p.Fence+1 || !same(got.Due, s.Next.Due) || !same(got.At, s.Next.At) || !same(got.Grid, s.Next.Grid) ||
		got.Offset != 3600 || got.Reason != "why" || got.Schedule != p.Schedule {
		t.Errorf("it is %+v", got)
	}
	if got, want := record(t, h, "s"), "missed-downtime -3h0m0s..-2h0m0s 2, caught-up -1h0m0s..-1h0m0s 1"; got != want {
		t.Errorf("on record: %s\nwant:      %s", got, want)
	}
	if left := due(t, h, noon(), 10); len(left) > 0 {
		t.Errorf("%s is still due", names(left))
	}
	if got := names(due(t, h, noon().Add(48*time.Hour), 10)); got != "s" {
		t.Errorf("due in two days: %q, want s", got)
	}
}

func onlyNext(t *testing.T, h Harness) {
	p := plan("s", time.Hour)
	put(t, h, p)
	s := step(p)
	s.Turns = nil
	advance(t, h, 1, s)
	if got := get(t, h, "s"); !same(got.Due, s.Next.Due) || got.Fence != p.Fence+1 || got.Unfinished != 0 || record(t, h, "s") != "" {
		t.Errorf("it is %+v, on record %s", got, record(t, h, "s"))
	}
}

func lastStep(t *testing.T, h Harness) {
	p := plan("s", 0)
	put(t, h, p)
	s := step(p)
	s.Next = ibid.Next{Grid: p.Due, Reason: "no more"}
	advance(t, h, 1, s)
	if got := get(t, h, "s"); !got.Due.IsZero() || got.Reason != "no more" {
		t.Errorf("it is %+v", got)
	}
	if left := due(t, h, noon().AddDate(100, 0, 0), 10); len(left) > 0 {
		t.Errorf("%s is due", names(left))
	}
}

func refused(t *testing.T, h Harness) {
	a, b, c := plan("a", -3*time.Hour), plan("b", -2*time.Hour), plan("c", -time.Hour)
	put(t, h, a, b, c)
	late, early := step(b), step(c)
	late.Fence--
	early.Fence++
	advance(t, h, 1, late, step(a), early)
	advance(t, h, 0, step(a))
	for seed, want := range map[string]string{"a": "taken -3h0m0s..-3h0m0s 1", "b": "", "c": ""} {
		if got := record(t, h, seed); got != want {
			t.Errorf("on record of %s: %q, want %q", seed, got, want)
		}
	}
	if got := names(due(t, h, noon(), 10)); got != "b c" {
		t.Errorf("due: %s, want: b c", got)
	}
	if b := get(t, h, "b"); b.Fence != 3 || b.Unfinished != 0 {
		t.Errorf("what was refused changed the plan: %+v", b)
	}
}

func once(t *testing.T, h Harness) {
	p := plan("s", 0)
	put(t, h, p)
	advance(t, h, 1, step(p), step(p))
	again := step(p)
	again.Fence++
	again.Turns = append(again.Turns, turn(ibid.TurnTaken, p.Due.Add(time.Hour)))
	advance(t, h, 1, again)
	if got, want := record(t, h, "s"), "taken 0s..0s 1, taken 1h0m0s..1h0m0s 1"; got != want {
		t.Errorf("on record: %s\nwant:      %s", got, want)
	}
	if p := get(t, h, "s"); p.Unfinished != 2 || p.Fence != 5 {
		t.Errorf("%d looks are unfinished, want 2; the fence is %d, want 5", p.Unfinished, p.Fence)
	}
}

func unfinished(t *testing.T, h Harness) {
	p := plan("s", 0)
	put(t, h, p)
	s := step(p)
	s.Turns = []ibid.Turn{
		turn(ibid.TurnMissedDowntime, p.Due.Add(-4*time.Hour)), turn(ibid.TurnMissedOverlap, p.Due.Add(-3*time.Hour)),
		turn(ibid.TurnMissedPaused, p.Due.Add(-2*time.Hour)), turn(ibid.TurnMissedUnreadable, p.Due.Add(-time.Hour)),
		turn(ibid.TurnTaken, p.Due), turn(ibid.TurnCaughtUp, p.Due.Add(time.Hour)), turn(ibid.TurnCaughtUp, p.Due.Add(2*time.Hour)),
	}
	advance(t, h, 1, s)
	for _, over := range []struct {
		due  time.Duration
		left int
	}{{-24 * time.Hour, 3}, {0, 2}, {0, 2}, {2 * time.Hour, 1}, {time.Hour, 0}} {
		if err := h.Finish(t.Context(), key("s"), p.Due.Add(over.due)); err != nil {
			t.Fatal(err)
		}
		plans := due(t, h, noon().Add(48*time.Hour), 10)
		if len(plans) != 1 || plans[0].Unfinished != over.left || get(t, h, "s").Unfinished != over.left {
			t.Fatalf("due: %+v, want %d unfinished", plans, over.left)
		}
	}
}

func paused(t *testing.T, h Harness) {
	p := plan("s", 0)
	p.Paused = true
	put(t, h, p)
	if plans := due(t, h, noon(), 10); len(plans) > 0 {
		t.Errorf("%s is due", names(plans))
	}
	p.Paused, p.Held = false, noon()
	p.Fence++
	put(t, h, p)
	if plans := due(t, h, noon(), 10); len(plans) != 1 || !same(plans[0].Held, noon()) {
		t.Errorf("due: %+v", plans)
	}
}

func manySteps(t *testing.T, h Harness) {
	const n = 1000
	plans, steps := make([]ibid.Plan, n), make([]ibid.Step, n)
	for i := range n {
		plans[i] = plan(fmt.Sprintf("https://example.org/%d", i), -time.Duration(i)*time.Second)
		steps[i] = step(plans[i])
	}
	put(t, h, plans...)
	advance(t, h, n, steps...)
	if left := due(t, h, noon(), n); len(left) > 0 {
		t.Errorf("%d are still due", len(left))
	}
	advance(t, h, 0, steps...)
}

// contended has several at it, each as a Scheduler is: every due time is handed on once.
func contended(t *testing.T, h Harness) {
	const seeds, schedulers, days = 60, 4, 5
	plans := make([]ibid.Plan, seeds)
	for i := range plans {
		plans[i] = plan(fmt.Sprint(i), -24*time.Hour*days)
	}
	put(t, h, plans...)
	errs := make([]error, schedulers)
	var all sync.WaitGroup
	for i := range schedulers {
		all.Go(func() { errs[i] = work(t.Context(), h.Plans) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for i := range seeds {
		turns, err := h.Turns(t.Context(), key(fmt.Sprint(i)))
		if err != nil {
			t.Fatal(err)
		}
		if p := get(t, h, fmt.Sprint(i)); len(turns) != days || p.Unfinished != days || p.Fence != 3+days {
			t.Errorf("seed %d: %d turns, %d unfinished, fence %d; want %d, %d, %d", i, len(turns), p.Unfinished, p.Fence, days, days, 3+days)
		}
	}
}

// work moves on what is due until nothing is.
func work(ctx context.Context, plans scheduler.Plans) error {
	for {
		due, err := plans.Due(ctx, noon(), 25)
		if err != nil || len(due) == 0 {
			return err
		}
		steps := make([]ibid.Step, len(due))
		for i := range due {
			steps[i] = step(due[i])
		}
		if _, err := plans.Advance(ctx, steps); err != nil {
			return err
		}
	}
}

func cancelled(t *testing.T, h Harness) {
	p := plan("s", 0)
	put(t, h, p)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Plans.Due(ctx, noon(), 10); err == nil {
		t.Error("Due: no error")
	}
	if _, err := h.Plans.Advance(ctx, []ibid.Step{step(p)}); err == nil {
		t.Error("Advance: no error")
	}
	if got := get(t, h, "s"); got.Fence != p.Fence || record(t, h, "s") != "" {
		t.Errorf("it moved on all the same: %+v", got)
	}
}

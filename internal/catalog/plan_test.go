package catalog_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
	"github.com/ibid-archive/ibid/scheduler"
	"github.com/ibid-archive/ibid/scheduler/schedulertest"
)

func TestPlansAreAsASchedulerWantsThem(t *testing.T) {
	catalogtest.Each(t, testPlansAreAsASchedulerWantsThem)
}

func testPlansAreAsASchedulerWantsThem(t *testing.T, e catalogtest.Engine) {
	schedulertest.Run(t, func(t *testing.T) schedulertest.Harness {
		c := openNew(t, e)
		return schedulertest.Harness{
			Plans: c.Plans(nil), Get: c.Plan,
			Put: func(ctx context.Context, plans ...ibid.Plan) error { return c.PutPlans(ctx, plans) },
			Turns: func(ctx context.Context, key ibid.PlanKey) ([]ibid.Turn, error) {
				turns, err := c.Turns(ctx, key, 1000)
				slices.Reverse(turns)
				return turns, err
			},
			Finish: func(ctx context.Context, key ibid.PlanKey, due time.Time) error {
				return finish(ctx, c, catalog.Look{PlanKey: key, Due: due})
			},
		}
	})
}

func TestPlansOfTwoAtOnce(t *testing.T) { catalogtest.Each(t, testPlansOfTwoAtOnce) }

// testPlansOfTwoAtOnce has two processes plan a Seed that neither found planned: the second comes when the first has handed
// on what was due.
func testPlansOfTwoAtOnce(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	put := func(change func(*ibid.Plan)) {
		t.Helper()
		p := planOf("http://a.example/")
		p.Fence = 1
		change(&p)
		if err := c.PutPlans(t.Context(), []ibid.Plan{p}); err != nil {
			t.Fatal(err)
		}
	}
	put(func(*ibid.Plan) {})
	first := planNow(t, c, "http://a.example/")
	if n, err := c.Plans(nil).Advance(t.Context(), []ibid.Step{stepOf(first)}); err != nil || n != 1 {
		t.Fatalf("%d steps taken, %v", n, err)
	}
	advanced := planNow(t, c, "http://a.example/")
	put(func(p *ibid.Plan) { p.Due = p.Due.Add(time.Second) })
	if now := planNow(t, c, "http://a.example/"); !now.Due.Equal(advanced.Due) || now.Fence != advanced.Fence {
		t.Errorf("the second one moved it from %s back to %s, fence %d", advanced.Due, now.Due, now.Fence)
	}
	put(func(p *ibid.Plan) { p.Schedule = "@weekly" })
	if now := planNow(t, c, "http://a.example/"); now.Schedule != "@weekly" || now.Fence <= advanced.Fence {
		t.Errorf("another rule: %s, fence %d after %d", now.Schedule, now.Fence, advanced.Fence)
	}
	if n, err := c.Plans(nil).Advance(t.Context(), []ibid.Step{stepOf(advanced)}); err != nil || n != 0 {
		t.Errorf("%d steps made from the old rule were taken, %v", n, err)
	}
}

// finish ends a look in the transaction of a Batch, as a Job does.
func finish(ctx context.Context, c *catalog.Catalog, l catalog.Look) error {
	_, err := c.Commit(ctx, catalog.Batch{Collection: l.Collection}, func(tx *sql.Tx) error {
		_, err := catalog.FinishLook(ctx, tx, l)
		return err
	})
	return err
}

func planOf(seed string) ibid.Plan {
	return ibid.Plan{
		PlanKey: ibid.PlanKey{Collection: "default", Seed: seed}, Schedule: "@daily", Zone: "UTC",
		Next: ibid.Next{Grid: day.Add(-24 * time.Hour), Due: day, At: day},
	}
}

func stepOf(p ibid.Plan) ibid.Step {
	return ibid.Step{
		PlanKey: p.PlanKey, Fence: p.Fence, Next: ibid.Next{Grid: p.Due, Due: p.Due.Add(24 * time.Hour), At: p.Due.Add(24 * time.Hour)},
		Turns: []ibid.Turn{{Outcome: ibid.TurnTaken, Due: p.Due, Until: p.Due, Count: 1, At: day}},
	}
}

func putPlans(t *testing.T, c *catalog.Catalog, plans ...ibid.Plan) {
	t.Helper()
	if err := c.PutPlans(t.Context(), plans); err != nil {
		t.Fatal(err)
	}
}

func TestLooksAreHandedOnInTheTransaction(t *testing.T) {
	catalogtest.Each(t, testLooksAreHandedOnInTheTransaction)
}

func testLooksAreHandedOnInTheTransaction(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	a, b := planOf("http://a.example/"), planOf("http://b.example/")
	putPlans(t, c, a, b)
	full := errors.New("the queue is full")
	var handed []catalog.Look
	plans := c.Plans(func(_ context.Context, _ *sql.Tx, looks []catalog.Look) error {
		handed = append(handed, looks...)
		if len(handed) == 1 {
			return full
		}
		return nil
	})
	if _, err := plans.Advance(t.Context(), []ibid.Step{stepOf(a)}); !errors.Is(err, full) {
		t.Errorf("%v, want that the queue is full", err)
	}
	if p, err := c.Plan(t.Context(), a.PlanKey); err != nil || p.Fence != 0 || p.Unfinished != 0 {
		t.Errorf("it moved on although nobody took the look: %+v, %v", p, err)
	}
	if n, err := plans.Advance(t.Context(), []ibid.Step{stepOf(b), stepOf(a)}); err != nil || n != 2 {
		t.Errorf("%d taken, %v", n, err)
	}
	want := []catalog.Look{{PlanKey: a.PlanKey, Due: day}, {PlanKey: a.PlanKey, Due: day}, {PlanKey: b.PlanKey, Due: day}}
	if !slices.Equal(handed, want) {
		t.Errorf("handed on: %v, want %v", handed, want)
	}
	open, err := c.UnfinishedLooks(t.Context(), 10)
	if err != nil || len(open) != 2 || open[0].Seed != a.Seed || !open[0].Due.Equal(day) {
		t.Errorf("not over: %v, %v", open, err)
	}
	if err := finish(t.Context(), c, open[0]); err != nil {
		t.Fatal(err)
	}
	if open, err = c.UnfinishedLooks(t.Context(), 10); err != nil || len(open) != 1 || open[0].Seed != b.Seed {
		t.Errorf("not over: %v, %v", open, err)
	}
}

func TestFactsOfPlans(t *testing.T) { catalogtest.Each(t, testFactsOfPlans) }

func testFactsOfPlans(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	p := planOf("http://a.example/")
	putPlans(t, c, p)
	facts := ibid.Facts{Failing: 2, Looks: 8, Changes: 3, CertificateEnds: day.Add(time.Hour), Elsewhere: ibid.ElsewhereNone}
	_, err := c.Commit(t.Context(), catalog.Batch{Collection: "default"}, func(tx *sql.Tx) error {
		return errors.Join(catalog.PutFacts(t.Context(), tx, p.PlanKey, facts),
			catalog.PutFacts(t.Context(), tx, ibid.PlanKey{Collection: "default", Seed: "http://unknown.example/"}, facts))
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Plan(t.Context(), p.PlanKey); err != nil || got.Facts != facts {
		t.Errorf("%+v, %v; want %+v", got.Facts, err, facts)
	}
}

func TestPausingPlans(t *testing.T) { catalogtest.Each(t, testPausingPlans) }

func testPausingPlans(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	other := planOf("http://a.example/")
	other.Collection = "other"
	putPlans(t, c, planOf("http://a.example/"), planOf("http://b.example/"), planOf("http://c.example/"), other)
	due := func(want int) {
		t.Helper()
		if plans, err := c.Plans(nil).Due(t.Context(), day, 10); err != nil || len(plans) != want {
			t.Errorf("%d plans are due, %v; want %d", len(plans), err, want)
		}
	}
	check := func(n int64, err error, want int64) {
		t.Helper()
		if err != nil || n != want {
			t.Errorf("%d changed, %v; want %d", n, err, want)
		}
	}
	late := stepOf(planOf("http://b.example/"))
	n, err := c.Pause(t.Context(), "default", "http://a.example/")
	check(n, err, 1)
	due(3)
	n, err = c.Pause(t.Context(), "default", "")
	check(n, err, 2)
	due(1)
	if taken, err := c.Plans(nil).Advance(t.Context(), []ibid.Step{late}); err != nil || taken != 0 {
		t.Errorf("a step from before the pause was taken: %d, %v", taken, err)
	}
	n, err = c.Resume(t.Context(), "default", "", day.Add(time.Hour))
	check(n, err, 3)
	due(4)
	n, err = c.Resume(t.Context(), "default", "", day.Add(2*time.Hour))
	check(n, err, 0)
	if p, err := c.Plan(t.Context(), late.PlanKey); err != nil || !p.Held.Equal(day.Add(time.Hour)) {
		t.Errorf("held until %v, %v", p.Held, err)
	}
}

func TestListingPlans(t *testing.T) { catalogtest.Each(t, testListingPlans) }

func testListingPlans(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	for i := range 5 {
		putPlans(t, c, planOf(fmt.Sprintf("http://%d.example/", i)))
	}
	var seeds []string
	for after := ""; ; {
		plans, err := c.PlansOf(t.Context(), "default", after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(plans) == 0 {
			break
		}
		for _, p := range plans {
			seeds = append(seeds, p.Seed)
		}
		after = seeds[len(seeds)-1]
	}
	if want := "[http://0.example/ http://1.example/ http://2.example/ http://3.example/ http://4.example/]"; fmt.Sprint(seeds) != want {
		t.Errorf("%v, want %v", seeds, want)
	}
	key := planOf("http://0.example/").PlanKey
	if err := c.DeletePlan(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Plan(t.Context(), key); ibid.KindOf(err) != ibid.KindNotFound {
		t.Errorf("after it was deleted: %v", err)
	}
}

// BenchmarkPlans is what a Scheduler does with a catalogue of many Plans: a tick at which nothing is due, and the
// minute in which 10,000 are.
func BenchmarkPlans(b *testing.B) { catalogtest.EachBenchmark(b, benchmarkPlans) }

func benchmarkPlans(b *testing.B, e catalogtest.Engine) {
	const due = 10_000
	for _, seeds := range []int{due, 100_000, 1_000_000} {
		if testing.Short() && seeds > due {
			continue
		}
		c := openNew(b, e)
		plans := make([]ibid.Plan, seeds)
		for i := range plans {
			plans[i] = planOf(fmt.Sprintf("http://www.host-%d.example/library/page-%d.html", i%1000, i))
			if i >= due {
				plans[i].Due, plans[i].At = day.AddDate(1, 0, 0), day.AddDate(1, 0, 0)
			}
		}
		if err := c.PutPlans(b.Context(), plans); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("tick of %d", seeds), func(b *testing.B) {
			for b.Loop() {
				if plans, err := c.Plans(nil).Due(b.Context(), day.Add(-time.Second), 500); err != nil || len(plans) > 0 {
					b.Fatal(len(plans), err)
				}
			}
		})
		b.Run(fmt.Sprintf("10,000 due of %d", seeds), func(b *testing.B) {
			planner, now := scheduler.NewPlanner(scheduler.Policy{Adapt: scheduler.Adapt{Factor: 4}}), day
			for b.Loop() {
				for n := batchDue(b, c, planner, now); n > 0; n = batchDue(b, c, planner, now) {
				}
				now = now.Add(24 * time.Hour)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/due, "µs/due")
		})
	}
}

func batchDue(b *testing.B, c *catalog.Catalog, planner *scheduler.Planner, now time.Time) int {
	plans, err := c.Plans(nil).Due(b.Context(), now, 500)
	if err != nil {
		b.Fatal(err)
	}
	steps := make([]ibid.Step, len(plans))
	for i := range plans {
		steps[i] = planner.Step(plans[i], now)
	}
	taken, err := c.Plans(nil).Advance(b.Context(), steps)
	if err != nil || taken != len(plans) {
		b.Fatal(taken, err)
	}
	return taken
}

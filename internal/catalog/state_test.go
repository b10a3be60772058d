package catalog_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

// TestTheStateMovesToPostgreSQL takes runs and schedules from one engine to the other.
func TestTheStateMovesToPostgreSQL(t *testing.T) {
	from, to := openNew(t, catalogtest.Engine{}), openNew(t, catalogtest.Postgres(t))
	ctx := t.Context()
	long := "http://a.example/" + strings.Repeat("0123456789abcdef", 300)
	b := jobBatch(0, 2, 3)
	seeds := append(seedsOf(b.Visits[0].Seed, b.Visits[1].Seed, "http://left.example/"), ibid.Seed{URI: long})
	for _, run := range []catalog.Run{{ID: "run", Fingerprint: "f"}, {ID: "old", Fingerprint: "g"}} {
		run.Collection, run.Started = "default", day
		if _, _, err := from.StartRun(ctx, run, seeds); err != nil {
			t.Fatal(err)
		}
	}
	if err := from.FinishRun(ctx, "old", day); err != nil {
		t.Fatal(err)
	}
	// As it was stored when keys had no bound.
	if _, err := from.DB().Exec(`UPDATE seeds SET uri = long_uri, long_uri = '' WHERE long_uri <> ''`); err != nil {
		t.Fatal(err)
	}
	if _, err := from.DB().Exec(`UPDATE run_seeds SET seed = (SELECT uri FROM seeds WHERE uri LIKE 'http://a.example/%') WHERE seed LIKE '%#sha256:%'`); err != nil {
		t.Fatal(err)
	}
	plan := planOf("http://left.example/")
	plan.Facts.Failing = 3
	putPlans(t, from, plan, planOf(long))
	if n, err := from.Plans(nil).Advance(ctx, []ibid.Step{stepOf(plan)}); err != nil || n != 1 {
		t.Fatal(n, err)
	}

	if empty, err := to.IsEmpty(ctx); err != nil || !empty {
		t.Errorf("at first: empty %v, %v", empty, err)
	}
	var left []catalog.Pending
	err := to.Rebuild(ctx, func(f *catalog.Filler) error {
		state, err := f.TakeState(ctx, from)
		if err != nil || state != (catalog.State{Runs: 2, Plans: 2, Turns: 1}) {
			t.Errorf("%+v, %v", state, err)
		}
		if _, err := f.Put(ctx, b); err != nil {
			return err
		}
		left, err = f.Pending(ctx)
		return err
	})
	want := []catalog.Pending{{Run: "run", Collection: "default", Host: "left.example"}, {Run: "run", Collection: "default", Host: "a.example"}}
	if err != nil || !reflect.DeepEqual(left, want) {
		t.Errorf("left %v, %v; want %v", left, err, want)
	}
	if slice, err := only(to.NextSlice(ctx, "run", "a.example", 10)); err != nil || slice.URI != long {
		t.Errorf("%q, %v", slice.URI, err)
	}
	sameOnBoth(t, "plan", from, to, func(c *catalog.Catalog) (any, error) { return c.Plan(ctx, plan.PlanKey) })
	sameOnBoth(t, "plans", from, to, func(c *catalog.Catalog) (any, error) { return c.PlansOf(ctx, "default", "", 10) })
	sameOnBoth(t, "turns", from, to, func(c *catalog.Catalog) (any, error) { return c.Turns(ctx, plan.PlanKey, 10) })
	sameOnBoth(t, "looks", from, to, func(c *catalog.Catalog) (any, error) { return c.UnfinishedLooks(ctx, 10) })
	sameOnBoth(t, "due", from, to, func(c *catalog.Catalog) (any, error) { return c.Plans(nil).Due(ctx, day.Add(time.Hour), 10) })
	if empty, err := to.IsEmpty(ctx); err != nil || empty {
		t.Errorf("in the end: empty %v, %v", empty, err)
	}
}

func sameOnBoth(t *testing.T, what string, from, to *catalog.Catalog, ask func(*catalog.Catalog) (any, error)) {
	t.Helper()
	a, errA := ask(from)
	b, errB := ask(to)
	if errA != nil || errB != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("%s: %+v, %v\nmoved: %+v, %v", what, a, errA, b, errB)
	}
}

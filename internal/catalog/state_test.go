package catalog_test

import (
	"context"
	"database/sql"
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
	seeds := append(seedsOf("http://left.example/"), ibid.Seed{URI: long, Target: day.AddDate(-10, 0, 0)})
	for _, run := range []catalog.Run{{ID: "mine", Fingerprint: "f"}, {ID: "old", Fingerprint: "g"}} {
		run.Collection, run.Started = "default", day
		if _, _, err := from.StartRun(ctx, run, seeds); err != nil {
			t.Fatal(err)
		}
	}
	if err := from.FinishRun(ctx, "old", day); err != nil {
		t.Fatal(err)
	}
	if _, err := from.Budgets().Reserve(ctx, "archive.example", "index", time.Hour, day); err != nil {
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
	// A schedule hands two looks on. Of one the Visit is in the store, and the catalogue has not heard of it: its Job
	// tells it.
	visited := planOf(b.Visits[0].Seed)
	putPlans(t, from, visited)
	hand := from.Plans(func(ctx context.Context, tx *sql.Tx, looks []catalog.Look) error {
		_, err := from.AddLooks(ctx, tx, catalog.Run{ID: b.Run, Collection: "default", Fingerprint: "due", Started: day}, looks, ibid.Scope{})
		return err
	})
	if n, err := hand.Advance(ctx, []ibid.Step{stepOf(plan), stepOf(visited)}); err != nil || n != 2 {
		t.Fatal(n, err)
	}

	if empty, err := to.IsEmpty(ctx); err != nil || !empty {
		t.Errorf("at first: empty %v, %v", empty, err)
	}
	err := to.Rebuild(ctx, func(f *catalog.Filler) error {
		state, err := f.TakeState(ctx, from)
		if err != nil || state != (catalog.State{Runs: 3, Plans: 3, Turns: 2}) {
			t.Errorf("%+v, %v", state, err)
		}
		_, err = f.Put(ctx, b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if done, total, err := to.RunProgress(ctx, b.Run); err != nil || done != 1 || total != 2 {
		t.Errorf("%d of %d are done, %v: what is in the store is", done, total, err)
	}
	if slice, err := only(to.NextSlice(ctx, "mine", "a.example", 10)); err != nil || slice.URI != long || !slice.Target.Equal(day.AddDate(-10, 0, 0)) {
		t.Errorf("%q as of %s, %v", slice.URI, slice.Target, err)
	}
	sameOnBoth(t, "turn at an archive", from, to, func(c *catalog.Catalog) (any, error) {
		return c.Budgets().Reserve(ctx, "archive.example", "index", time.Hour, day)
	})
	sameOnBoth(t, "plan", from, to, func(c *catalog.Catalog) (any, error) { return c.Plan(ctx, plan.PlanKey) })
	sameOnBoth(t, "long plan", from, to, func(c *catalog.Catalog) (any, error) { return c.Plan(ctx, planOf(long).PlanKey) })
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

package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
	"github.com/ibid-archive/ibid/scheduler"
)

// BenchmarkDue is the minute in which 10,000 Seeds are due, each at a host of its own: until they are 10,000 Jobs, each
// once. Longer than 60 s is an error.
func BenchmarkDue(b *testing.B) {
	b.Run("sqlite/one scheduler", func(b *testing.B) { benchmarkDue(b, catalogtest.Engine{}, 1) })
	b.Run("postgres/one scheduler", func(b *testing.B) { benchmarkDue(b, catalogtest.Postgres(b), 1) })
	b.Run("postgres/two schedulers", func(b *testing.B) { benchmarkDue(b, catalogtest.Postgres(b), 2) })
}

const benchDue = 10_000

func benchmarkDue(b *testing.B, e catalogtest.Engine, schedulers int) {
	for b.Loop() {
		b.StopTimer()
		dsn := e.New(b)
		var houses []*Pipeline
		for range schedulers {
			houses = append(houses, benchHouseAt(b, "127.0.0.1:1", nil, dsn))
		}
		at := putDue(b, houses[0].o.Catalog)
		b.StartTimer()
		handOnAll(b, houses, at)
		b.StopTimer()
		checkDue(b, houses[0].o.Catalog)
		b.StartTimer()
	}
	each := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(each.Seconds(), "s/10,000-jobs")
	if each > time.Minute {
		b.Errorf("10,000 jobs took %v", each)
	}
}

// putDue plans all Seeds for one instant, which it returns.
func putDue(b *testing.B, c *catalog.Catalog) time.Time {
	b.Helper()
	at := time.Date(2026, 11, 18, 3, 0, 0, 0, time.UTC)
	plans := make([]ibid.Plan, benchDue)
	for i := range plans {
		plans[i] = ibid.Plan{
			PlanKey:  ibid.PlanKey{Collection: "default", Seed: fmt.Sprintf("http://www.host-%d.example/library/page.html", i)},
			Schedule: "0 3 * * *", Zone: "UTC", Next: ibid.Next{Grid: at, Due: at, At: at},
		}
	}
	if err := c.PutPlans(b.Context(), plans); err != nil {
		b.Fatal(err)
	}
	return at
}

// counted are Plans that end ctx when enough was taken.
type counted struct {
	*catalog.Plans
	taken *atomic.Int64
	stop  func()
}

func (p counted) Advance(ctx context.Context, steps []ibid.Step) (int, error) {
	n, err := p.Plans.Advance(ctx, steps)
	if p.taken.Add(int64(n)) >= benchDue {
		p.stop()
	}
	return n, err
}

// handOnAll runs a Scheduler in each of houses, at a time of the day, until all that is due was handed on.
func handOnAll(b *testing.B, houses []*Pipeline, at time.Time) {
	b.Helper()
	ctx, stop := context.WithTimeout(b.Context(), 2*time.Minute)
	defer stop()
	var taken atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for _, p := range houses {
		s := scheduler.New(scheduler.Options{
			Plans: counted{p.Plans(), &taken, stop}, Planner: scheduler.NewPlanner(scheduler.Policy{Adapt: scheduler.Adapt{Factor: 4}}),
			Now: func() time.Time { return at.Add(time.Since(began)) }, Log: slog.New(slog.DiscardHandler),
		})
		all.Go(func() {
			if err := s.Run(ctx); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
	if taken.Load() != benchDue {
		b.Errorf("%d looks were handed on, want %d", taken.Load(), benchDue)
	}
}

// checkDue holds what the database has against that: a Turn, a look and a Job for each Seed, and no more.
func checkDue(b *testing.B, c *catalog.Catalog) {
	b.Helper()
	var turns, looks, seeds, jobs, hosts int
	err := c.DB().QueryRowContext(b.Context(), `SELECT (SELECT count(*) FROM turns WHERE unfinished = 1),
		(SELECT count(*) FROM run_seeds), (SELECT count(DISTINCT seed) FROM run_seeds),
		(SELECT count(*) FROM river_job WHERE state = 'available'), (SELECT count(DISTINCT args ->> 'host') FROM river_job)`).
		Scan(&turns, &looks, &seeds, &jobs, &hosts)
	if err != nil {
		b.Fatal(err)
	}
	if turns != benchDue || looks != benchDue || seeds != benchDue || jobs != benchDue || hosts != benchDue {
		b.Errorf("%d turns, %d looks at %d seeds, %d jobs at %d hosts; want %d of each", turns, looks, seeds, jobs, hosts, benchDue)
	}
}

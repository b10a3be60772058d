package scheduler_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/scheduler"
	"github.com/ibid-archive/ibid/scheduler/schedulertest"
)

// bench is a Scheduler on Plans in memory whose clock stands where it is put.
type bench struct {
	*scheduler.Scheduler
	plans   *schedulertest.Memory
	planner *scheduler.Planner
	now     time.Time
}

func newBench() *bench {
	x := &bench{
		plans: schedulertest.NewMemory(), now: time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC),
		planner: scheduler.NewPlanner(scheduler.Policy{Jitter: 30 * time.Second, Adapt: scheduler.Adapt{Factor: 4}}),
	}
	x.Scheduler = scheduler.New(scheduler.Options{
		Plans: x.plans, Planner: x.planner, Now: func() time.Time { return x.now }, Log: slog.New(slog.DiscardHandler),
	})
	return x
}

// add puts n Plans of a schedule that may depend on their number.
func (x *bench) add(b *testing.B, n int, text func(i int) string) {
	b.Helper()
	for i := range n {
		p := ibid.Plan{PlanKey: key(fmt.Sprintf("https://www.example.org/%d", i)), Schedule: text(i), Zone: "Europe/Brussels"}
		p.Next = x.planner.Start(p, x.now)
		if err := x.plans.Put(b.Context(), p); err != nil {
			b.Fatal(err)
		}
	}
}

func (x *bench) tick(b *testing.B) {
	if err := x.Tick(b.Context()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkTick is one look at what is due, when nothing is, of few and of many.
func BenchmarkTick(b *testing.B) {
	for _, seeds := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("%d seeds", seeds), func(b *testing.B) {
			x := newBench()
			x.add(b, seeds, func(i int) string { return fmt.Sprintf("%d %d * * 0", i%60, i/60%24) })
			for b.Loop() {
				x.tick(b)
			}
		})
	}
}

// BenchmarkTenThousandDue is the minute in which 10,000 of many are due: all that the Scheduler does in it.
func BenchmarkTenThousandDue(b *testing.B) {
	const due = 10_000
	for _, seeds := range []int{due, 1_000_000} {
		b.Run(fmt.Sprintf("of %d", seeds), func(b *testing.B) {
			x := newBench()
			x.add(b, seeds, func(i int) string {
				if i < due {
					return "0 3 * * *"
				}
				return "0 3 1 1 *"
			})
			for days := 1; b.Loop(); days++ {
				x.now = time.Date(2026, 11, 18+days, 2, 0, 0, 0, time.UTC)
				for range 31 {
					x.tick(b)
					x.now = x.now.Add(time.Second)
				}
				if x.plans.Handed() != due {
					b.Fatalf("%d were handed on, want %d", x.plans.Handed(), due)
				}
				b.StopTimer()
				x.plans.FinishAll()
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/due, "ns/due")
		})
	}
}

package scheduler_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/scheduler"
	"github.com/ibid-archive/ibid/scheduler/schedulertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wallClock is a clock that can be set, over the simulated time of a bubble.
type wallClock struct{ ahead atomic.Int64 }

func (c *wallClock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *wallClock) set(by time.Duration)    { c.ahead.Add(int64(by)) }
func (c *wallClock) setTo(t time.Time)       { c.set(t.Sub(c.now())) }
func (c *wallClock) wait(d time.Duration)    { time.Sleep(d); synctest.Wait() } //nolint:forbidigo // time is simulated
func (c *wallClock) waitUntil(end time.Time) { c.wait(end.Sub(c.now())) }

// office is a Scheduler at work on Plans in memory.
type office struct {
	*schedulertest.Memory
	clock   *wallClock
	planner *scheduler.Planner
	forget  func(zone string)
	log     *bytes.Buffer
}

// open starts n Schedulers on one Memory at the given time.
func open(t *testing.T, n int, start string, policy scheduler.Policy) *office {
	t.Helper()
	o := &office{Memory: schedulertest.NewMemory(), clock: &wallClock{}, log: &bytes.Buffer{}}
	o.planner, o.forget = scheduler.NewForgetful(policy)
	o.clock.setTo(at(t, start))
	for range n {
		o.run(t, o.Memory)
	}
	return o
}

func (o *office) run(t *testing.T, plans scheduler.Plans) {
	t.Helper()
	s := scheduler.New(scheduler.Options{
		Plans: plans, Planner: o.planner, Now: o.clock.now, Log: slog.New(slog.NewTextHandler(o.log, nil)),
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

func key(seed string) ibid.PlanKey { return ibid.PlanKey{Collection: "c", Seed: seed} }

// add puts a new Plan into the office.
func (o *office) add(t *testing.T, seed, text, zone string) {
	t.Helper()
	p := ibid.Plan{PlanKey: key(seed), Schedule: text, Zone: zone}
	p.Next = o.planner.Start(p, o.clock.now())
	if err := o.Put(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

// told is what is on record of the seed "s". Looks are over as soon as they are on record.
func (o *office) told(t *testing.T) string {
	t.Helper()
	turns, err := o.Turns(t.Context(), key("s"))
	if err != nil {
		t.Fatal(err)
	}
	return told(turns)
}

// finish ends the looks of a seed that are on record.
func (o *office) finish(t *testing.T, seed string) {
	t.Helper()
	turns, err := o.Turns(t.Context(), key(seed))
	for _, u := range turns {
		err = errors.Join(err, o.Finish(t.Context(), key(seed), u.Due))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// finishAll ends each look within a minute, until the test ends.
func (o *office) finishAll(t *testing.T, seed string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ticker := time.NewTicker(time.Minute); ; {
			select {
			case <-ctx.Done():
				ticker.Stop()
				return
			case <-ticker.C:
				o.finish(t, seed)
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-ended })
}

// TestTenThousandDueInAMinute: each once, within the minute, with one Scheduler and with two.
func TestTenThousandDueInAMinute(t *testing.T) {
	for _, schedulers := range []int{1, 2} {
		t.Run(fmt.Sprint(schedulers), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const n = 10_000
				o := open(t, schedulers, "2026-11-18T02:00:00Z", scheduler.Policy{Jitter: 30 * time.Second})
				for i := range n {
					o.add(t, fmt.Sprintf("https://example.org/%d", i), "0 3 * * *", "")
				}
				o.clock.waitUntil(at(t, "2026-11-18T02:59:59Z"))
				if o.Handed() != 0 {
					t.Errorf("%d were handed on before they were due", o.Handed())
				}
				o.clock.waitUntil(at(t, "2026-11-18T03:00:10Z"))
				if early := o.Handed(); early < n/5 || early > n/2 {
					t.Errorf("%d were handed on after a third of the jitter", early)
				}
				o.clock.waitUntil(at(t, "2026-11-18T03:00:31Z"))
				if o.Handed() != n {
					t.Errorf("%d were handed on, want each of %d once", o.Handed(), n)
				}
				o.clock.wait(time.Hour)
				if o.Handed() != n {
					t.Errorf("%d were handed on an hour later", o.Handed())
				}
			})
		})
	}
}

// broken are Plans that fail until they are mended. One call answers with an error although it was done.
type broken struct {
	*schedulertest.Memory
	failing, lost atomic.Bool
	asked         atomic.Int64
}

var errBroken = errors.New("the database is away")

func (b *broken) Due(ctx context.Context, now time.Time, n int) ([]ibid.Plan, error) {
	b.asked.Add(1)
	if b.failing.Load() {
		return nil, errBroken
	}
	return b.Memory.Due(ctx, now, n)
}

func (b *broken) Advance(ctx context.Context, steps []ibid.Step) (int, error) {
	taken, err := b.Memory.Advance(ctx, steps)
	if b.lost.CompareAndSwap(true, false) {
		return 0, errBroken
	}
	return taken, err
}

func TestPlansThatFailAreAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, 0, "2026-11-18T02:59:00Z", scheduler.Policy{})
		o.add(t, "s", "*/30 * * * *", "")
		plans := &broken{Memory: o.Memory}
		plans.failing.Store(true)
		o.run(t, plans)
		o.clock.wait(10 * time.Minute)
		if n := plans.asked.Load(); n < 40 || n > 60 {
			t.Errorf("asked %d times in 10 minutes, want once every 15 s", n)
		}
		plans.failing.Store(false)
		o.clock.wait(20 * time.Second)
		if got := o.told(t); got != "caught-up 18T03:00" {
			t.Errorf("on record: %s", got)
		}
		o.finish(t, "s")
		plans.lost.Store(true)
		o.clock.wait(25 * time.Minute)
		if got := o.told(t); got != "caught-up 18T03:00, taken 18T03:30" {
			t.Errorf("with a lost answer: %s", got)
		}
		log := o.log.String()
		if strings.Count(log, "cannot be looked up") != 2 || strings.Count(log, "can be looked up again") != 2 {
			t.Errorf("want one word when it breaks and one when it is back, twice:\n%s", log)
		}
	})
}

// frozen are Plans whose Scheduler is stopped between asking and telling, as by SIGSTOP.
type frozen struct {
	*schedulertest.Memory
	thaw  chan struct{}
	taken chan int
}

func (f *frozen) Advance(ctx context.Context, steps []ibid.Step) (int, error) {
	<-f.thaw
	taken, err := f.Memory.Advance(ctx, steps)
	f.taken <- taken
	return taken, err
}

func TestALateSchedulerIsFencedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, 0, "2026-11-18T02:59:59Z", scheduler.Policy{})
		for i := range 100 {
			o.add(t, fmt.Sprint(i), "0 3 * * *", "")
		}
		late := &frozen{Memory: o.Memory, thaw: make(chan struct{}), taken: make(chan int, 1)}
		o.run(t, late)
		o.clock.wait(5 * time.Second) // it has asked, and stands still
		o.run(t, o.Memory)
		o.clock.wait(90 * time.Second)
		if o.Handed() != 100 {
			t.Errorf("the other handed on %d of 100", o.Handed())
		}
		close(late.thaw)
		if taken := <-late.taken; taken != 0 || o.Handed() != 100 {
			t.Errorf("%d of the late steps were taken; %d handed on", taken, o.Handed())
		}
	})
}

func TestRunEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, 0, "2026-11-18T03:00:00Z", scheduler.Policy{})
		s := scheduler.New(scheduler.Options{Plans: o.Memory, Planner: o.planner, Now: o.clock.now, Log: slog.New(slog.NewTextHandler(o.log, nil))})
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Minute)
		defer cancel()
		if err := s.Run(ctx); err != nil || o.log.Len() > 0 {
			t.Errorf("%v; %s", err, o.log)
		}
	})
}

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

// told is what is on record of a seed. Looks are over as soon as they are on record.
func (o *office) told(t *testing.T, seed string) string {
	t.Helper()
	turns, err := o.Turns(t.Context(), key(seed))
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

// TestTheClockAndTheZones are the schedule rows of the table of faults: what a running Scheduler makes of
// clocks that are turned, set, or stand still. Time is simulated.
func TestTheClockAndTheZones(t *testing.T) {
	const hour, day = time.Hour, 24 * time.Hour
	for _, test := range []struct {
		name, start, text, zone string
		policy                  scheduler.Policy
		happen                  func(t *testing.T, o *office)
		want                    string
		slow                    bool // a look is not over before the test says so
	}{
		{"daylight saving time, forward", "2026-03-28T12:00:00Z", "30 2 * * *", "Europe/Brussels", scheduler.Policy{},
			func(_ *testing.T, o *office) { o.clock.wait(2 * day) }, "taken 29T01:00, taken 30T00:30", false},
		{"daylight saving time, back", "2026-10-24T12:00:00Z", "30 2 * * *", "Europe/Brussels", scheduler.Policy{},
			func(_ *testing.T, o *office) { o.clock.wait(2 * day) }, "taken 25T00:30, taken 26T01:30", false},
		{"south of the equator, forward", "2026-10-03T00:00:00Z", "30 2 * * *", "Australia/Sydney", scheduler.Policy{},
			func(_ *testing.T, o *office) { o.clock.wait(2 * day) }, "taken 03T16:00, taken 04T15:30", false},
		{"south of the equator, back", "2026-04-04T00:00:00Z", "30 2 * * *", "Australia/Sydney", scheduler.Policy{},
			func(_ *testing.T, o *office) { o.clock.wait(2 * day) }, "taken 04T15:30, taken 05T16:30", false},
		{"Lord Howe, forward by half an hour", "2026-10-03T00:00:00Z", "15 2 * * *", "Australia/Lord_Howe", scheduler.Policy{},
			func(_ *testing.T, o *office) { o.clock.wait(2 * day) }, "taken 03T15:30, taken 04T15:15", false},
		{"Lord Howe, back by half an hour", "2026-04-04T00:00:00Z", "45 1 * * *", "Australia/Lord_Howe", scheduler.Policy{},
			func(_ *testing.T, o *office) { o.clock.wait(2 * day) }, "taken 04T14:45, taken 05T15:15", false},
		{"asleep while the clock was turned forward", "2026-03-28T23:00:00Z", "30 2 * * *", "Europe/Brussels", scheduler.Policy{},
			func(_ *testing.T, o *office) { o.clock.wait(hour); o.clock.set(12 * hour); o.clock.wait(hour) }, "caught-up 29T01:00", false},
		{"a zone that is deleted", "2026-11-18T12:00:00Z", "0 3 * * *", "Asia/Manila", scheduler.Policy{},
			func(_ *testing.T, o *office) { o.forget("Asia/Manila"); o.clock.wait(2 * day) }, "taken 18T19:00, taken 19T19:00", false},
		{"a zone that is deleted in summer stays in summer", "2026-08-18T12:00:00Z", "0 3 * * *", "Europe/Brussels", scheduler.Policy{},
			func(_ *testing.T, o *office) {
				o.forget("Europe/Brussels")
				o.clock.wait(2 * day)
			}, "taken 19T01:00, taken 20T01:00", false},
		{"the clock is set back an hour", "2026-11-18T02:50:00Z", "*/30 * * * *", "", scheduler.Policy{},
			func(_ *testing.T, o *office) {
				o.clock.wait(15 * time.Minute) // 03:05
				o.clock.set(-hour)
				o.clock.wait(85 * time.Minute) // 02:05 to 03:30
			}, "taken 18T03:00, taken 18T03:30", false},
		{"the clock is set back an hour, once a day", "2026-11-18T02:50:00Z", "0 3 * * *", "", scheduler.Policy{},
			func(_ *testing.T, o *office) { o.clock.wait(15 * time.Minute); o.clock.set(-hour); o.clock.wait(day) },
			"taken 18T03:00", false}, // the next is at 03:00 on the 19th, and it is 02:05
		{"the clock is set forward a day", "2026-11-18T10:00:00Z", "0 */6 * * *", "", scheduler.Policy{},
			func(_ *testing.T, o *office) { o.clock.wait(time.Minute); o.clock.set(day); o.clock.wait(time.Minute) },
			"missed-downtime 18T12:00..19T00:00 (3), caught-up 19T06:00", false},
		{"the clock is set forward a day, and back", "2026-11-18T10:00:00Z", "0 12 * * *", "", scheduler.Policy{},
			func(_ *testing.T, o *office) {
				o.clock.set(day)
				o.clock.wait(time.Minute)
				o.clock.set(-day)
				o.clock.wait(2*day + 3*hour)
			}, "caught-up 18T12:00, taken 19T12:00, taken 20T12:00", false},
		{"12 h asleep", "2026-11-18T10:00:00Z", "@hourly", "", scheduler.Policy{},
			func(_ *testing.T, o *office) {
				o.clock.wait(hour + 5*time.Minute)
				o.clock.set(12*hour + 5*time.Minute)
				o.clock.wait(hour)
			}, "taken 18T11:00, missed-downtime 18T12:00..18T22:00 (11), caught-up 18T23:00, taken 19T00:00", false},
		{"12 h asleep, nothing is caught up", "2026-11-18T10:00:00Z", "@hourly", "", scheduler.Policy{CatchUp: scheduler.CatchUpNone},
			func(_ *testing.T, o *office) { o.clock.set(12*hour + 10*time.Minute); o.clock.wait(hour) },
			"missed-downtime 18T11:00..18T22:00 (12), taken 18T23:00", false},
		{"a look that is longer than the interval", "2026-11-18T10:00:00Z", "@hourly", "", scheduler.Policy{},
			func(t *testing.T, o *office) {
				o.clock.wait(2*hour + time.Minute)
				o.finish(t, "s")
				o.clock.wait(hour)
			}, "taken 18T11:00, missed-overlap 18T12:00, taken 18T13:00", true},
		{"a look that is longer than two intervals, one waits", "2026-11-18T10:00:00Z", "@hourly", "", scheduler.Policy{Overlap: scheduler.OverlapQueue},
			func(_ *testing.T, o *office) { o.clock.wait(3*hour + time.Minute) },
			"taken 18T11:00, taken 18T12:00, missed-overlap 18T13:00", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := open(t, 1, test.start, test.policy)
				o.add(t, "s", test.text, test.zone)
				if !test.slow {
					o.finishAll(t, "s")
				}
				test.happen(t, o)
				if got := o.told(t, "s"); got != test.want {
					t.Errorf("on record: %s\nwant:      %s\n%s", got, test.want, o.log)
				}
			})
		})
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

func TestALostZoneIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, 1, "2026-11-18T12:00:00Z", scheduler.Policy{})
		o.add(t, "s", "0 3 * * *", "Asia/Manila")
		o.add(t, "t", "0 3 * * *", "Asia/Manila")
		o.forget("Asia/Manila")
		o.clock.wait(24 * time.Hour)
		p, err := o.Get(t.Context(), key("s"))
		if err != nil || !strings.Contains(p.Reason, `"Asia/Manila" is not known any more: times are taken as UTC+08:00`) {
			t.Errorf("the plan says %q (%v)", p.Reason, err)
		}
		if n := strings.Count(o.log.String(), "zone=Asia/Manila"); n != 1 {
			t.Errorf("said %d times, want once:\n%s", n, o.log)
		}
	})
}

func TestAClockThatWasSetIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, 1, "2026-11-18T12:00:00Z", scheduler.Policy{})
		o.clock.wait(time.Hour)
		if o.log.Len() > 0 {
			t.Errorf("said of a clock that is right: %s", o.log)
		}
		o.clock.set(-time.Hour)
		o.clock.wait(time.Minute)
		o.clock.set(12 * time.Hour)
		o.clock.wait(time.Minute)
		log := o.log.String()
		if strings.Count(log, "set back") != 1 || strings.Count(log, "moved on") != 1 {
			t.Errorf("want one word of each:\n%s", log)
		}
	})
}

func TestWhatIsMissedIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, 1, "2026-11-18T12:00:00Z", scheduler.Policy{})
		for i := range 3 {
			o.add(t, fmt.Sprint(i), "@hourly", "")
			if err := o.Put(t.Context(), ibid.Plan{PlanKey: key(fmt.Sprint("odd", i)), Schedule: "@lunar", Next: ibid.Next{
				Due: o.clock.now().Add(time.Hour), At: o.clock.now().Add(time.Hour),
			}}); err != nil {
				t.Fatal(err)
			}
		}
		o.clock.set(10*time.Hour + 30*time.Minute)
		o.clock.wait(time.Minute)
		for _, part := range []string{
			"why=missed-downtime times=27", "why=missed-unreadable times=3", "not looked at any more", "sources=3", `\"@lunar\" is not known`,
		} {
			if !strings.Contains(o.log.String(), part) {
				t.Errorf("no word of %q in\n%s", part, o.log)
			}
		}
	})
}

// TestPauseAndResume: a pause holds what is due, and is not caught up afterwards.
func TestPauseAndResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := open(t, 1, "2026-11-18T12:30:00Z", scheduler.Policy{})
		o.add(t, "s", "@hourly", "")
		o.finishAll(t, "s")
		change := func(change func(*ibid.Plan)) {
			p, err := o.Get(t.Context(), key("s"))
			change(&p)
			if err := errors.Join(err, o.Put(t.Context(), p)); err != nil {
				t.Fatal(err)
			}
		}
		o.clock.wait(time.Hour)
		change(func(p *ibid.Plan) { p.Paused = true })
		o.clock.wait(5 * time.Hour)
		if got := o.told(t, "s"); got != "taken 18T13:00" {
			t.Errorf("paused: %s", got)
		}
		change(func(p *ibid.Plan) { p.Paused, p.Held = false, o.clock.now() })
		o.clock.wait(2 * time.Hour)
		if got, want := o.told(t, "s"), "taken 18T13:00, missed-paused 18T14:00..18T18:00 (5), taken 18T19:00, taken 18T20:00"; got != want {
			t.Errorf("on record: %s\nwant:      %s", got, want)
		}
	})
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
		if got := o.told(t, "s"); got != "caught-up 18T03:00" {
			t.Errorf("on record: %s", got)
		}
		o.finish(t, "s")
		plans.lost.Store(true)
		o.clock.wait(25 * time.Minute)
		if got := o.told(t, "s"); got != "caught-up 18T03:00, taken 18T03:30" {
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

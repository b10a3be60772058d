package scheduler_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/scheduler"
)

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
				if got := o.told(t); got != test.want {
					t.Errorf("on record: %s\nwant:      %s\n%s", got, test.want, o.log)
				}
			})
		})
	}
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
		if got := o.told(t); got != "taken 18T13:00" {
			t.Errorf("paused: %s", got)
		}
		change(func(p *ibid.Plan) { p.Paused, p.Held = false, o.clock.now() })
		o.clock.wait(2 * time.Hour)
		if got, want := o.told(t), "taken 18T13:00, missed-paused 18T14:00..18T18:00 (5), taken 18T19:00, taken 18T20:00"; got != want {
			t.Errorf("on record: %s\nwant:      %s", got, want)
		}
	})
}

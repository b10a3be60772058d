package main

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/ibid-archive/ibid"
)

// TestMissedDueTimesAreTold is about those between the last look and the one before it.
func TestMissedDueTimesAreTold(t *testing.T) {
	due := time.Date(2026, 3, 27, 19, 0, 0, 0, time.Local) //nolint:gosmopolitan // what is printed is local
	for name, tt := range map[string]struct {
		before []ibid.Turn // the latest first
		want   string
	}{
		"the first":         {nil, "2026-03-27 19:00 caught-up"},
		"a look before":     {[]ibid.Turn{{Outcome: ibid.TurnTaken, Count: 1}, {Outcome: ibid.TurnMissedDowntime, Count: 9}}, "2026-03-27 19:00 caught-up"},
		"off":               {[]ibid.Turn{{Outcome: ibid.TurnMissedDowntime, Count: 2}, {Outcome: ibid.TurnTaken, Count: 1}}, "2026-03-27 19:00 caught-up; 2 missed before"},
		"paused, then off":  {[]ibid.Turn{{Outcome: ibid.TurnMissedDowntime, Count: 2}, {Outcome: ibid.TurnMissedPaused, Count: 3}}, "2026-03-27 19:00 caught-up; 5 missed before"},
		"nothing but these": {[]ibid.Turn{{Outcome: ibid.TurnMissedOverlap, Count: 1}}, "2026-03-27 19:00 caught-up; 1 missed before"},
	} {
		t.Run(name, func(t *testing.T) {
			l := planLine{Last: &turnLine{Due: due, Outcome: ibid.TurnCaughtUp, Missed: missed(tt.before)}}
			if got := lastWords(l); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestTheNextCommandFindsTheArchive is about the flags that it repeats.
func TestTheNextCommandFindsTheArchive(t *testing.T) {
	for name, tt := range map[string]struct {
		flags globals
		want  string
	}{
		"as usual":  {globals{Collection: ibid.DefaultCollection}, "ibid"},
		"a store":   {globals{Collection: ibid.DefaultCollection, Store: "/srv/ibid"}, "ibid --store /srv/ibid"},
		"a file":    {globals{Collection: "forum", Config: "/etc/ibid.yaml"}, "ibid --config /etc/ibid.yaml --collection forum"},
		"a catalog": {globals{Collection: ibid.DefaultCollection, Catalog: "sqlite:/c.db"}, "ibid --catalog sqlite:/c.db"},
	} {
		if got := (&program{flags: &tt.flags}).again(); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// TestScheduleFitsTheScreen: whatever its words are, the list has no more columns than there are.
func TestScheduleFitsTheScreen(t *testing.T) {
	due := time.Date(2026, 3, 27, 19, 0, 0, 0, time.UTC)
	list := newTable("source", "schedule", "next", "last")
	list.heading("collection " + strings.Repeat("n", 64))
	list.row(scheduleRow(planLine{
		URI: "http://www.iom.int/jahia/Jahia/policy-research/regional-consultative-processes/pid/866", Schedule: "CRON_TZ=Asia/Manila 0,30 3 * * mon,thu", Timezone: "America/Argentina/Buenos_Aires",
		Next: &due, Reason: "sooner, 4 looks in each interval: it failed at the last look, and its certificate ends",
		Last: &turnLine{Due: due, Outcome: ibid.TurnTaken, Verdict: ibid.Archived, Health: ibid.HealthUnreachable, Missed: 12},
	}, narrow)...)
	var b strings.Builder
	list.write(&b)
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > narrow {
			t.Errorf("%d columns:\n%s", n, &b)
		}
	}
	if !strings.Contains(b.String(), "certificate") {
		t.Errorf("the reason is cut:\n%s", &b)
	}
}

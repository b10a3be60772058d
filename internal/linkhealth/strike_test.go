package linkhealth

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ibid-archive/ibid"
)

// day is one look of a simulated run: so many hours after the one before, and what it found.
type day struct {
	after  time.Duration
	health ibid.Health
	// strikes and final are what is to be known then.
	strikes int
	final   bool
}

func TestStrikesOverDays(t *testing.T) {
	const d = 24 * time.Hour
	for name, days := range map[string][]day{
		"three looks, three days apart": {{0, "gone", 1, false}, {3 * d, "gone", 2, false}, {3 * d, "gone", 3, true}, {3 * d, "gone", 4, true}},
		"daily looks count each third":  {{0, "gone", 1, false}, {d, "gone", 1, false}, {d, "gone", 1, false}, {d, "gone", 2, false}, {d, "gone", 2, false}, {d, "gone", 2, false}, {d, "gone", 3, true}},
		"an hour too soon":              {{0, "unreachable", 1, false}, {3*d - time.Hour, "unreachable", 1, false}, {time.Hour, "unreachable", 2, false}},
		"a live look forgets":           {{0, "gone", 1, false}, {3 * d, "gone", 2, false}, {3 * d, "live", 0, false}, {3 * d, "gone", 1, false}, {3 * d, "gone", 2, false}, {3 * d, "gone", 3, true}},
		"moved and drifted are alive":   {{0, "gone", 1, false}, {3 * d, "moved", 0, false}, {3 * d, "soft404", 1, false}, {3 * d, "drifted", 0, false}},
		"kinds of dead add up":          {{0, "unreachable", 1, false}, {3 * d, "soft404", 2, false}, {3 * d, "parked", 3, true}},
		"blocked neither adds nor forgets": {
			{0, "gone", 1, false}, {3 * d, "blocked", 1, false}, {3 * d, "blocked", 1, false}, {3 * d, "gone", 2, false}, {d, "unknown", 2, false}, {2 * d, "gone", 3, true}, {3 * d, "blocked", 3, false},
		},
		"always blocked":            {{0, "blocked", 0, false}, {9 * d, "blocked", 0, false}, {9 * d, "blocked", 0, false}, {9 * d, "blocked", 0, false}},
		"always unknown":            {{0, "unknown", 0, false}, {9 * d, "unknown", 0, false}},
		"a clock that was set back": {{0, "gone", 1, false}, {3 * d, "gone", 2, false}, {-5 * d, "gone", 2, false}, {6 * d, "gone", 2, false}, {2 * d, "gone", 3, true}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { strikeOut(t, days) })
		})
	}
}

func strikeOut(t *testing.T, days []day) {
	rule := Rule{Strikes: 3, Interval: 72 * time.Hour}
	var before *ibid.Visit
	var setBack time.Duration // what the clock of the machine is behind
	for i, d := range days {
		if d.after < 0 {
			setBack += d.after
		} else {
			time.Sleep(d.after) //nolint:forbidigo // of the simulated clock
		}
		now := &ibid.Visit{Began: time.Now().Add(setBack), Health: d.health}
		Strike(before, now, rule)
		if now.Strikes != d.strikes || Final(now, rule) != d.final {
			t.Errorf("look %d (%s): %d strikes, final %v; not %d, %v", i+1, d.health, now.Strikes, Final(now, rule), d.strikes, d.final)
		}
		if (now.Strikes == 0) != now.Struck.IsZero() {
			t.Errorf("look %d: %d strikes, the last at %v", i+1, now.Strikes, now.Struck)
		}
		before = now
	}
}

func TestOneStrikeIsTheLeast(t *testing.T) {
	now := &ibid.Visit{Health: ibid.HealthGone, Began: time.Unix(0, 0)}
	if Final(now, Rule{}) {
		t.Error("final without a strike")
	}
	if Strike(nil, now, Rule{}); now.Strikes != 1 || !Final(now, Rule{}) {
		t.Errorf("%d strikes", now.Strikes)
	}
}

func TestFragments(t *testing.T) {
	doc := parsed(t, `<body><h2 id="Results">R</h2><a name="note5">5</a><p id="élan">e</p><p id="a%20b">x</p><input name="field"></body>`)
	for fragment, want := range map[string]bool{
		"Results": true, "#Results": true, "results": true, "note5": true, "%C3%A9lan": true, "élan": true, "a%20b": true, "": true, "top": true, "TOP": true,
		":~:text=harbour": true, "Results:~:text=harbour": true, "!/page/1": true, "/page/1": true, "page=3": true,
		"note6": false, "field": false, "Result": false, "none:~:text=harbour": false, "%zz": false,
	} {
		if found := len(MissingFragments(doc, []string{fragment})) == 0; found != want {
			t.Errorf("%q found: %v", fragment, !want)
		}
	}
	if got := MissingFragments(doc, []string{"note5", "gone", "Results", "lost"}); strings.Join(got, " ") != "gone lost" {
		t.Errorf("missing %q", got)
	}
	if got := MissingFragments(nil, []string{"anything"}); got != nil {
		t.Errorf("missed without a page: %q", got)
	}
}

func TestAnOutageOfOursIsNoStrike(t *testing.T) {
	struck := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for name, before := range map[string]*ibid.Visit{"first look": nil, "after two": {Strikes: 2, Struck: struck}} {
		t.Run(name, func(t *testing.T) {
			now := &ibid.Visit{Verdict: ibid.Failed, Class: ibid.ClassDNS, Health: ibid.HealthUnreachable, Reason: "the host's name could not be found", Began: struck.AddDate(0, 0, 9)}
			if !NobodyAnswered(now) {
				t.Fatal("somebody answered")
			}
			Spare(before, now)
			want := ibid.Visit{}
			if before != nil {
				want = *before
			}
			if now.Strikes != want.Strikes || !now.Struck.Equal(want.Struck) || Final(now, Rule{Strikes: 3}) {
				t.Errorf("%d strikes, the last at %v", now.Strikes, now.Struck)
			}
			if !strings.Contains(now.Reason, "does not count") || len(now.Evidence) != 1 {
				t.Errorf("said: %q, %v", now.Reason, now.Evidence)
			}
		})
	}
	for name, v := range map[string]ibid.Visit{
		"refused":   {Verdict: ibid.Failed, Class: ibid.ClassConnect},
		"answered":  {Verdict: ibid.Archived, Final: &ibid.Capture{Status: 404}},
		"was slow":  {Verdict: ibid.Failed, Class: ibid.ClassTimeoutHeader},
		"forbidden": {Verdict: ibid.Refused, Class: ibid.ClassRobotsDenied},
	} {
		if NobodyAnswered(&v) {
			t.Errorf("%s: nobody answered", name)
		}
	}
}

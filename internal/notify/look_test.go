package notify_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/notify"
)

const seed = "http://a.example/page"

var (
	lastYear = time.Date(2025, 11, 24, 12, 0, 0, 0, time.UTC)
	today    = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
)

// visit is a look with that end; to is where it was led, if anywhere.
func visit(h ibid.Health, at time.Time, to ...string) *ibid.Visit {
	v := &ibid.Visit{Seed: seed, Run: "run-" + at.Format("2006"), Health: h, Began: at, Hops: append([]string{seed}, to...)}
	if h != ibid.HealthUnreachable && h != ibid.HealthUnknown {
		v.Final = &ibid.Capture{URI: v.Hops[len(v.Hops)-1], Timestamp: at, Status: 200, Origin: ibid.OriginLive, Digest: ibid.DigestOf([]byte(h))}
	}
	return v
}

// rescued is a look that ended with the copy of another archive.
func rescued(at time.Time, bytes string) *ibid.Visit {
	v := visit(ibid.HealthGone, at)
	v.Final.Origin, v.Final.Digest = "web.archive.org", ibid.DigestOf([]byte(bytes))
	return v
}

func TestEventsOfALook(t *testing.T) {
	gone, live, moved := ibid.HealthGone, ibid.HealthLive, ibid.HealthMoved
	for name, c := range map[string]struct {
		before, now *ibid.Visit
		want        []ibid.EventKind
	}{
		"there at the first look":           {nil, visit(live, today), nil},
		"gone at the first look":            {nil, visit(gone, today), []ibid.EventKind{ibid.SourceDied}},
		"moved at the first look":           {nil, visit(moved, today, "http://b.example/"), nil},
		"blocked at the first look":         {nil, visit(ibid.HealthBlocked, today), nil},
		"still there":                       {visit(live, lastYear), visit(live, today), nil},
		"died":                              {visit(live, lastYear), visit(gone, today), []ibid.EventKind{ibid.SourceDied}},
		"died after it had moved":           {visit(moved, lastYear, "http://b.example/"), visit(gone, today), []ibid.EventKind{ibid.SourceDied}},
		"parked":                            {visit(live, lastYear), visit(ibid.HealthParked, today), []ibid.EventKind{ibid.SourceDied}},
		"a 404 that says 200":               {visit(live, lastYear), visit(ibid.HealthSoft404, today), []ibid.EventKind{ibid.SourceDied}},
		"still gone":                        {visit(gone, lastYear), visit(gone, today), nil},
		"gone in another way":               {visit(gone, lastYear), visit(ibid.HealthParked, today), nil},
		"keeps us out":                      {visit(live, lastYear), visit(ibid.HealthBlocked, today), nil},
		"cannot be reached":                 {visit(live, lastYear), visit(ibid.HealthUnreachable, today), nil},
		"not known":                         {visit(live, lastYear), visit(ibid.HealthUnknown, today), nil},
		"gone, and now keeps us out":        {visit(gone, lastYear), visit(ibid.HealthBlocked, today), nil},
		"before is not settled, now gone":   {visit(ibid.HealthUnreachable, lastYear), visit(gone, today), []ibid.EventKind{ibid.SourceDied}},
		"before is not settled, now there":  {visit(ibid.HealthUnreachable, lastYear), visit(live, today), nil},
		"back":                              {visit(gone, lastYear), visit(live, today), []ibid.EventKind{ibid.SourceBack}},
		"back from parked":                  {visit(ibid.HealthParked, lastYear), visit(live, today), []ibid.EventKind{ibid.SourceBack}},
		"back at another address":           {visit(gone, lastYear), visit(moved, today, "http://b.example/"), []ibid.EventKind{ibid.SourceBack}},
		"moved":                             {visit(live, lastYear), visit(moved, today, "http://b.example/"), []ibid.EventKind{ibid.SourceMoved}},
		"moved to the same place as before": {visit(moved, lastYear, "http://b.example/"), visit(moved, today, "http://b.example/"), nil},
		"a new session at the same place":   {visit(moved, lastYear, "http://b.example/x;s=1?t=1"), visit(moved, today, "https://www.b.example/x/;s=2?t=2"), nil},
		"moved on":                          {visit(moved, lastYear, "http://b.example/"), visit(moved, today, "http://c.example/"), []ibid.EventKind{ibid.SourceMoved}},
		"moved home":                        {visit(moved, lastYear, "http://b.example/"), visit(live, today), nil},
		"drifted":                           {visit(live, lastYear), visit(ibid.HealthDrifted, today), []ibid.EventKind{ibid.SourceDrifted}},
		"still drifted":                     {visit(ibid.HealthDrifted, lastYear), visit(ibid.HealthDrifted, today), nil},
		"dead and rescued at once":          {visit(live, lastYear), rescued(today, "a"), []ibid.EventKind{ibid.SourceDied, ibid.SourceRescued}},
		"rescued later":                     {visit(gone, lastYear), rescued(today, "a"), []ibid.EventKind{ibid.SourceRescued}},
		"rescued as before":                 {rescued(lastYear, "a"), rescued(today, "a"), nil},
		"rescued nearer to the citation":    {rescued(lastYear, "a"), rescued(today, "b"), []ibid.EventKind{ibid.SourceRescued}},
	} {
		t.Run(name, func(t *testing.T) {
			l := notify.Look{Collection: "c", Documents: []ibid.Citing{{ID: "d", Title: "T"}}, Before: c.before, Now: *c.now}
			var kinds []ibid.EventKind
			for _, e := range l.Events() {
				kinds = append(kinds, e.Kind)
				if e.ID == "" || e.Text == "" || !e.When.Equal(today) || e.Seed != seed || len(e.Documents) != 1 || !strings.Contains(e.Text, seed) {
					t.Errorf("%+v", e)
				}
			}
			if !slices.Equal(kinds, c.want) {
				t.Errorf("%v, want %v", kinds, c.want)
			}
			if again := l.Events(); !reflect.DeepEqual(again, l.Events()) {
				t.Error("the same look gives other events")
			}
		})
	}
}

// struck is a look that found a source dead for the n-th time.
func struck(n int, h ibid.Health, at time.Time, anew bool) *ibid.Visit {
	v := visit(h, at)
	if v.Strikes = n; anew {
		v.Struck = at
	}
	return v
}

func TestASourceDiesAtTheLastStrike(t *testing.T) {
	gone, away := ibid.HealthGone, ibid.HealthUnreachable
	for name, c := range map[string]struct {
		before, now *ibid.Visit
		want        ibid.EventKind
	}{
		"the first strike":                      {visit(ibid.HealthLive, lastYear), struck(1, gone, today, true), ""},
		"the second":                            {struck(1, gone, lastYear, true), struck(2, gone, today, true), ""},
		"the last":                              {struck(2, gone, lastYear, true), struck(3, gone, today, true), ibid.SourceDied},
		"one more":                              {struck(3, gone, lastYear, true), struck(4, gone, today, true), ""},
		"back before it had died":               {struck(2, gone, lastYear, true), visit(ibid.HealthLive, today), ""},
		"back after it had":                     {struck(3, gone, lastYear, true), visit(ibid.HealthLive, today), ibid.SourceBack},
		"unreachable twice":                     {visit(ibid.HealthLive, lastYear), struck(2, away, today, true), ""},
		"unreachable for the last time":         {visit(ibid.HealthLive, lastYear), struck(3, away, today, true), ibid.SourceDied},
		"unreachable, soon after the last time": {visit(ibid.HealthLive, lastYear), struck(3, away, today, false), ""},
		"unreachable ever since":                {visit(ibid.HealthLive, lastYear), struck(4, away, today, true), ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ibid.EventKind("")
			for _, e := range (notify.Look{Collection: "c", Before: c.before, Now: *c.now, Strikes: 3}).Events() {
				got += e.Kind
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestAnEventSaysWhatWasSeenAndWhatIsKept(t *testing.T) {
	now := visit(ibid.HealthGone, today)
	now.Reason = "the site answers 404 Not Found\r\n\u202eevil"
	events := notify.Look{Collection: "c", Before: visit(ibid.HealthLive, lastYear), Now: *now}.Events()
	got, err := json.Marshal(events[0])
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"` + ibid.EventID(ibid.SourceDied, "c", seed, "run-2026") + `","kind":"source.died","when":"2026-11-24T12:00:00Z","collection":"c",` +
		`"seed":"http://a.example/page","before":"live","after":"gone",` +
		`"text":"http://a.example/page is gone: the site answers 404 Not Found ` + "\ufffd" + `evil",` +
		`"evidence":"/web/20261124120000/http://a.example/page","kept":"/web/20251124120000/http://a.example/page"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEventsHaveIDsOfTheirOwn(t *testing.T) {
	seen := map[string]string{}
	note := func(what string, e ibid.Event) {
		if !e.Kind.Valid() || e.Text == "" || e.When.IsZero() {
			t.Errorf("%s: %+v", what, e)
		}
		if before, twice := seen[e.ID]; twice {
			t.Errorf("%s has the id of %s", what, before)
		}
		seen[e.ID] = what
	}
	for _, run := range []string{"r1", "r2"} {
		for _, collection := range []string{"c", "d"} {
			now := visit(ibid.HealthGone, today)
			now.Run = run
			note(run+" of "+collection, notify.Look{Collection: collection, Now: *now}.Events()[0])
		}
	}
	note("job", notify.JobFailing(ibid.Job{ID: "j1", Host: "a.example"}, 3, today, errStorage()))
	note("other job", notify.JobFailing(ibid.Job{ID: "j2", Host: "a.example"}, 3, today, errStorage()))
	note("audit", notify.AuditDamage("c", "audits/1.json", 1, "V02 a file does not match its checksum", today))
	note("other audit", notify.AuditDamage("c", "audits/2.json", 2, "V02", today))
	note("full", notify.SpoolFull("m1", today, 1<<30))
	note("full elsewhere", notify.SpoolFull("m2", today, 1<<30))
	note("full again", notify.SpoolFull("m1", today.Add(time.Hour), 1<<30))
	note("drained", notify.SpoolDrained("m1", today, today.Add(time.Hour)))
	if again := notify.JobFailing(ibid.Job{ID: "j1", Host: "a.example"}, 4, today.Add(time.Hour), errStorage()); seen[again.ID] != "job" {
		t.Error("a job that fails once more is told once more")
	}
}

func errStorage() error {
	return &ibid.Error{Kind: ibid.KindStorage, Op: "store", URI: "warc/x", Err: errSome}
}

func TestFilter(t *testing.T) {
	died := ibid.Event{Kind: ibid.SourceDied, Collection: "c"}
	full := ibid.Event{Kind: ibid.SpoolFull}
	for name, c := range map[string]struct {
		filter     notify.Filter
		died, full bool
	}{
		"all":               {notify.Filter{}, true, true},
		"a kind":            {notify.Filter{Kinds: []ibid.EventKind{ibid.SpoolFull}}, false, true},
		"a collection":      {notify.Filter{Collections: []string{"b", "c"}}, true, false},
		"another":           {notify.Filter{Collections: []string{"b"}}, false, false},
		"kind and not this": {notify.Filter{Kinds: []ibid.EventKind{ibid.SourceDied}, Collections: []string{"b"}}, false, false},
	} {
		if got := c.filter.Wants(died); got != c.died {
			t.Errorf("%s: wants what died: %v", name, got)
		}
		if got := c.filter.Wants(full); got != c.full {
			t.Errorf("%s: wants that the spool is full: %v", name, got)
		}
	}
}

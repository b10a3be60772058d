package report

import (
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

func TestHealthIsAWord(t *testing.T) {
	for in, want := range map[ibid.Health]string{ibid.HealthSoft404: "soft 404", ibid.HealthUnknown: "not known", "": "not known", ibid.HealthGone: "gone"} {
		if got := Health(in); got != want {
			t.Errorf("%q is called %q, not %q", in, got, want)
		}
	}
}

func TestStrikes(t *testing.T) {
	for name, tt := range map[string]struct {
		in   pipeline.State
		want string
	}{
		"live":           {pipeline.State{Health: ibid.HealthLive}, ""},
		"live again":     {pipeline.State{Health: ibid.HealthLive, Strikes: 2}, ""},
		"first":          {pipeline.State{Health: ibid.HealthGone, Strikes: 1}, "1 of 3 checks"},
		"blocked":        {pipeline.State{Health: ibid.HealthBlocked, Strikes: 1}, ""},
		"given up":       {pipeline.State{Health: ibid.HealthGone, Strikes: 3, GivenUp: true}, "final, 3 checks"},
		"more than ever": {pipeline.State{Health: ibid.HealthParked, Strikes: 9}, "3 of 3 checks"},
	} {
		if got := Strikes(tt.in, 3); got != tt.want {
			t.Errorf("%s: %q, not %q", name, got, tt.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for in, want := range map[int]string{
		0: "the same day", 1: "1 day after", -1: "1 day before", -7: "7 days before", 218: "218 days after", 999: "999 days after", 6383: "17 years after", -1000: "3 years before",
	} {
		if got := Distance(in); got != want {
			t.Errorf("%d is %q, not %q", in, got, want)
		}
	}
}

func TestLanguage(t *testing.T) {
	for in, want := range map[string]string{
		"es": "Spanish", "pt-BR": "Brazilian Portuguese", "und": "language not stated", "": "language not stated", "no tag": "language not stated",
	} {
		if got := Language(in); got != want {
			t.Errorf("%q is %q, not %q", in, got, want)
		}
	}
}

func TestMissing(t *testing.T) {
	two := []ibid.Holding{{Archive: "a"}, {Archive: "b"}, {Archive: "c", Problem: "it is away"}}
	for name, tt := range map[string]struct {
		in   pipeline.Edition
		want string
	}{
		"captured":  {pipeline.Edition{State: pipeline.State{Outcome: ibid.OutcomeCaptured}}, ""},
		"rescued":   {pipeline.Edition{State: pipeline.State{Outcome: ibid.OutcomeRescued}}, ""},
		"lost":      {pipeline.Edition{Listings: 6, State: pipeline.State{Outcome: ibid.OutcomeLost, Holdings: two}}, "not found (2 archives, 6 listings asked)"},
		"one":       {pipeline.Edition{Listings: 1, State: pipeline.State{Outcome: ibid.OutcomeLost}}, "not found (1 listing asked)"},
		"none":      {pipeline.Edition{State: pipeline.State{Outcome: ibid.OutcomeLost}}, "not found"},
		"succeeded": {pipeline.Edition{URI: "http://a.example/x", State: pipeline.State{Outcome: ibid.OutcomeSucceeded}}, "only what succeeds it, a.example/x"},
		"pending":   {pipeline.Edition{State: pipeline.State{Outcome: ibid.OutcomePending, Reason: "not looked for yet"}}, "pending: not looked for yet"},
	} {
		if got := Missing(tt.in); got != tt.want {
			t.Errorf("%s: %q, not %q", name, got, tt.want)
		}
	}
}

func TestKept(t *testing.T) {
	days := -7
	at := time.Date(2009, 5, 28, 3, 12, 5, 0, time.UTC)
	live := &ibid.Memento{Timestamp: at, Origin: ibid.OriginLive, DistanceDays: &days}
	other := &ibid.Memento{Timestamp: at, Origin: "web.archive.org", DistanceDays: &days}
	for name, tt := range map[string]struct {
		in   pipeline.State
		want [3]string
	}{
		"captured":    {pipeline.State{Outcome: ibid.OutcomeCaptured, Memento: live}, [3]string{"captured", "2009-05-28", ""}},
		"rescued":     {pipeline.State{Outcome: ibid.OutcomeRescued, Memento: other}, [3]string{"rescued", "2009-05-28, 7 days before", "web.archive.org"}},
		"without day": {pipeline.State{Outcome: ibid.OutcomeRescued, Memento: &ibid.Memento{Timestamp: at, Origin: "a"}}, [3]string{"rescued", "2009-05-28", "a"}},
		"succeeded":   {pipeline.State{Outcome: ibid.OutcomeSucceeded, Successor: &ibid.Successor{URI: "https://a.example/x"}}, [3]string{"succeeded", "", "a.example/x"}},
		"lost":        {pipeline.State{Outcome: ibid.OutcomeLost, Reason: "gone"}, [3]string{"lost", "", ""}},
	} {
		outcome, when, where := Kept(tt.in)
		if got := [3]string{outcome, when, where}; got != tt.want {
			t.Errorf("%s: %q, not %q", name, got, tt.want)
		}
	}
}

func TestNote(t *testing.T) {
	for name, tt := range map[string]struct {
		in   pipeline.State
		want string
	}{
		"whole":     {pipeline.State{Verdict: ibid.Archived}, ""},
		"noted":     {pipeline.State{Verdict: ibid.ArchivedNoted, Class: ibid.ClassCharsetConflict}, "with a note: charset conflict"},
		"truncated": {pipeline.State{Verdict: ibid.Truncated, Class: ibid.ClassLimitLength}, "the beginning only"},
	} {
		if got := Note(tt.in); got != tt.want {
			t.Errorf("%s: %q, not %q", name, got, tt.want)
		}
	}
}

// TestRotIsNotDrift holds the two figures apart, and out of both what nobody can tell.
func TestRotIsNotDrift(t *testing.T) {
	var r pipeline.DocumentReport
	for _, h := range []ibid.Health{
		ibid.HealthLive, ibid.HealthMoved, ibid.HealthGone, ibid.HealthSoft404, ibid.HealthParked, ibid.HealthUnreachable, ibid.HealthDrifted, ibid.HealthBlocked, ibid.HealthUnknown,
	} {
		r.References = append(r.References, pipeline.ReferenceReport{Reference: ibid.Reference{URI: "http://a.example/"}, State: pipeline.State{Health: h}})
	}
	r.References[2].GivenUp = true
	r.References[5].Strikes = 1
	r.References = append(r.References, pipeline.ReferenceReport{ // while our own network was away
		Reference: ibid.Reference{URI: "http://b.example/"}, State: pipeline.State{Health: ibid.HealthUnreachable},
	})
	r.References = append(r.References, pipeline.ReferenceReport{State: pipeline.State{Health: ibid.HealthUnknown}}) // names works only
	f := FiguresOf(r)
	if want := (Figures{Told: 7, Rotten: 4, Final: 1, Drifted: 1, Untold: 3}); f != want {
		t.Errorf("%+v, not %+v", f, want)
	}
	if got, want := f.String(), "link rot 4 of 7 addresses, content drift 1 of 7, 3 not known"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}

package pipeline

import (
	"testing"

	"github.com/ibid-archive/ibid"
)

func TestJudge(t *testing.T) {
	final := func(status int) *ibid.Capture { return &ibid.Capture{URI: "http://a.example/end", Status: status} }
	for name, c := range map[string]struct {
		visit   ibid.Visit
		health  ibid.Health
		outcome ibid.Outcome
	}{
		"a page":                       {ibid.Visit{Verdict: ibid.Archived, Final: final(200)}, ibid.HealthLive, ibid.OutcomeCaptured},
		"a page with a note":           {ibid.Visit{Verdict: ibid.ArchivedNoted, Class: ibid.ClassDecodeFailed, Final: final(200)}, ibid.HealthLive, ibid.OutcomeCaptured},
		"a page that was cut":          {ibid.Visit{Verdict: ibid.Truncated, Class: ibid.ClassLimitLength, Final: final(200)}, ibid.HealthLive, ibid.OutcomeCaptured},
		"not found":                    {ibid.Visit{Verdict: ibid.Archived, Final: final(404)}, ibid.HealthGone, ibid.OutcomeLost},
		"gone":                         {ibid.Visit{Verdict: ibid.Archived, Final: final(410)}, ibid.HealthGone, ibid.OutcomeLost},
		"forbidden is not gone":        {ibid.Visit{Verdict: ibid.Archived, Final: final(403)}, ibid.HealthBlocked, ibid.OutcomeFailed},
		"too many requests":            {ibid.Visit{Verdict: ibid.ArchivedNoted, Class: ibid.ClassServerBusy, Final: final(429)}, ibid.HealthBlocked, ibid.OutcomeFailed},
		"a failing server":             {ibid.Visit{Verdict: ibid.ArchivedNoted, Class: ibid.ClassServerBusy, Final: final(503)}, ibid.HealthUnreachable, ibid.OutcomeFailed},
		"no such host":                 {ibid.Visit{Verdict: ibid.Failed, Class: ibid.ClassDNS}, ibid.HealthUnreachable, ibid.OutcomeFailed},
		"a redirect without an end":    {ibid.Visit{Verdict: ibid.Failed, Class: ibid.ClassRedirectLoop}, ibid.HealthUnreachable, ibid.OutcomeFailed},
		"robots.txt says no":           {ibid.Visit{Verdict: ibid.Refused, Class: ibid.ClassRobotsDenied}, ibid.HealthUnknown, ibid.OutcomeExcluded},
		"a private address":            {ibid.Visit{Verdict: ibid.Refused, Class: ibid.ClassAddressRefused}, ibid.HealthUnknown, ibid.OutcomeExcluded},
		"moved elsewhere":              {ibid.Visit{Verdict: ibid.Archived, Final: final(200), Hops: []string{"http://a.example/", "http://b.example/"}}, ibid.HealthMoved, ibid.OutcomeCaptured},
		"moved to https is no move":    {ibid.Visit{Verdict: ibid.Archived, Final: final(200), Hops: []string{"http://a.example/x", "https://www.a.example/x/"}}, ibid.HealthLive, ibid.OutcomeCaptured},
		"moved to a page that is gone": {ibid.Visit{Verdict: ibid.Archived, Final: final(404), Hops: []string{"http://a.example/", "http://b.example/"}}, ibid.HealthGone, ibid.OutcomeLost},
	} {
		t.Run(name, func(t *testing.T) {
			v := c.visit
			judge(&v)
			if v.Health != c.health {
				t.Errorf("health %s, not %s", v.Health, c.health)
			}
			if o := outcomeOf(&v); o != c.outcome {
				t.Errorf("outcome %s, not %s", o, c.outcome)
			}
			if c.outcome == ibid.OutcomeLost && v.Reason == "" {
				t.Error("lost without a reason")
			}
		})
	}
}

func TestReportCountsEachEditionOfAWork(t *testing.T) {
	doc := ibid.Document{ID: "d", Date: "2009-06-04"}
	refs := []ibid.Reference{
		{ID: "r1", URI: "http://a.example/", Works: []ibid.Work{{Title: "T", Languages: []string{"en", "fr"}}, {Title: "U"}}},
		{ID: "r2", URI: "http://b.example/", Accessed: "2009-06-05"},
	}
	r := reportDocument(doc, refs, func(uri string) (now, kept *ibid.Visit) {
		if uri == "http://b.example/" {
			return nil, nil
		}
		at, _ := ibid.Date("2009-06-01").Time()
		now = &ibid.Visit{Verdict: ibid.Archived, Health: ibid.HealthLive, Final: &ibid.Capture{URI: uri, Status: 200, Timestamp: at}}
		return now, now
	})
	if s := r.Summary; s.References != 2 || s.Captured != 1 || s.Pending != 4 || s.Cited() != 5 {
		t.Errorf("summary %+v", s)
	}
	if d := r.References[0].Memento.DistanceDays; d == nil || *d != -3 {
		t.Errorf("distance %v, not 3 days before the citation", d)
	}
}

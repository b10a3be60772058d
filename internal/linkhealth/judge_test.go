package linkhealth

import (
	"net/http"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

func TestJudgeWithoutReading(t *testing.T) {
	final := func(status int) *ibid.Capture { return &ibid.Capture{URI: "http://a.example/end", Status: status} }
	for name, c := range map[string]struct {
		visit  ibid.Visit
		health ibid.Health
	}{
		"a page":                       {ibid.Visit{Verdict: ibid.Archived, Final: final(200)}, ibid.HealthLive},
		"a page with a note":           {ibid.Visit{Verdict: ibid.ArchivedNoted, Class: ibid.ClassDecodeFailed, Final: final(200)}, ibid.HealthLive},
		"a page that was cut":          {ibid.Visit{Verdict: ibid.Truncated, Class: ibid.ClassLimitLength, Final: final(200)}, ibid.HealthLive},
		"not found":                    {ibid.Visit{Verdict: ibid.Archived, Final: final(404)}, ibid.HealthGone},
		"gone":                         {ibid.Visit{Verdict: ibid.Archived, Final: final(410)}, ibid.HealthGone},
		"forbidden is not gone":        {ibid.Visit{Verdict: ibid.Archived, Final: final(403)}, ibid.HealthBlocked},
		"too many requests":            {ibid.Visit{Verdict: ibid.ArchivedNoted, Class: ibid.ClassServerBusy, Final: final(429)}, ibid.HealthBlocked},
		"an answer for programs":       {ibid.Visit{Verdict: ibid.Archived, Final: final(999)}, ibid.HealthBlocked},
		"a failing server":             {ibid.Visit{Verdict: ibid.ArchivedNoted, Class: ibid.ClassServerBusy, Final: final(503)}, ibid.HealthUnreachable},
		"no such host":                 {ibid.Visit{Verdict: ibid.Failed, Class: ibid.ClassDNS}, ibid.HealthUnreachable},
		"a redirect without an end":    {ibid.Visit{Verdict: ibid.Failed, Class: ibid.ClassRedirectLoop}, ibid.HealthUnreachable},
		"throttled without an answer":  {ibid.Visit{Verdict: ibid.Failed, Class: ibid.ClassServerBusy}, ibid.HealthBlocked},
		"our own disk is full":         {ibid.Visit{Verdict: ibid.Failed, Class: ibid.ClassStorageFull}, ibid.HealthUnknown},
		"robots.txt says no":           {ibid.Visit{Verdict: ibid.Refused, Class: ibid.ClassRobotsDenied}, ibid.HealthUnknown},
		"robots.txt cannot be had":     {ibid.Visit{Verdict: ibid.Failed, Class: ibid.ClassRobotsUnreachable}, ibid.HealthUnknown},
		"a private address":            {ibid.Visit{Verdict: ibid.Refused, Class: ibid.ClassAddressRefused}, ibid.HealthUnknown},
		"nothing was asked":            {ibid.Visit{}, ibid.HealthUnknown},
		"moved elsewhere":              {ibid.Visit{Verdict: ibid.Archived, Final: final(200), Hops: []string{"http://a.example/", "http://b.example/"}}, ibid.HealthMoved},
		"moved to https is no move":    {ibid.Visit{Verdict: ibid.Archived, Final: final(200), Hops: []string{"http://a.example/x", "https://www.a.example/x/"}}, ibid.HealthLive},
		"moved to a page that is gone": {ibid.Visit{Verdict: ibid.Archived, Final: final(404), Hops: []string{"http://a.example/", "http://b.example/"}}, ibid.HealthGone},
	} {
		t.Run(name, func(t *testing.T) {
			j := Judge(Look{Visit: &c.visit})
			if j.Health != c.health {
				t.Errorf("health %s, not %s", j.Health, c.health)
			}
			if rules(j) == "" {
				t.Errorf("no evidence for %s: %v", j.Health, j.Evidence)
			}
			if j.Health == ibid.HealthGone && !strings.Contains(j.Reason, http.StatusText(c.visit.Final.Status)) {
				t.Errorf("gone because %q", j.Reason)
			}
		})
	}
}

// A page of a firewall is one whatever status it comes with.
func TestFirewallPagesAreNeverDead(t *testing.T) {
	pages := 0
	for name, s := range situations(t) {
		if h, _ := Read(s.now.page).Says(); h != ibid.HealthBlocked {
			continue
		}
		pages++
		for _, status := range []int{200, 404, 410, 500, 503} {
			l := s.look()
			l.Visit.Final.Status = status
			if j := Judge(l); j.Health != ibid.HealthBlocked {
				t.Errorf("%s with %d: %s", name, status, j.Health)
			}
		}
	}
	if pages < 25 {
		t.Errorf("only %d pages of firewalls", pages)
	}
}

func TestWhatIsNotModifiedFaresAsBefore(t *testing.T) {
	before := &ibid.Visit{Health: ibid.HealthSoft404, Reason: "it is not there", Evidence: []ibid.Evidence{{Rule: "phrase", For: ibid.HealthSoft404, Text: "said so"}}}
	now := &ibid.Visit{Verdict: ibid.Archived, NotModified: true, Final: &ibid.Capture{URI: "http://a.example/x", Status: 200}}
	j := Judge(Look{Visit: now, Before: before})
	if j.Health != ibid.HealthSoft404 || rules(j) != "phrase not-modified" || j.Reason != before.Reason {
		t.Errorf("%+v", j)
	}
	if again := Judge(Look{Visit: now, Before: &ibid.Visit{Health: j.Health, Evidence: j.Evidence}}); len(again.Evidence) != 2 {
		t.Errorf("evidence grows with each look: %v", again.Evidence)
	}
	if len(before.Evidence) != 1 {
		t.Error("the Visit before was changed")
	}
	blocked := &ibid.Visit{Health: ibid.HealthBlocked}
	if j := Judge(Look{Visit: now, Before: blocked}); j.Health != ibid.HealthLive {
		t.Errorf("%s, after a look that told nothing", j.Health)
	}
}

func TestEvidenceIsBounded(t *testing.T) {
	l := Look{Visit: &ibid.Visit{Verdict: ibid.Archived, Final: &ibid.Capture{URI: "http://a.example/x", Status: 200}}}
	for range 1000 {
		l.Missing = append(l.Missing, strings.Repeat("x", 1000))
	}
	j := Judge(l)
	if len(j.Evidence) > maxEvidence || len(j.Reason) > 200 {
		t.Errorf("%d pieces of evidence, a reason of %d bytes", len(j.Evidence), len(j.Reason))
	}
}

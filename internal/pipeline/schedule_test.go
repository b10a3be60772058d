package pipeline

import (
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

func TestFactsAfterALook(t *testing.T) {
	ends := time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
	visit := func(v ibid.Verdict, h ibid.Health, revisit bool) *ibid.Visit {
		return &ibid.Visit{Verdict: v, Health: h, Final: &ibid.Capture{Status: 200, Revisit: revisit}, CertificateEnds: ends}
	}
	kept, same := visit(ibid.Archived, ibid.HealthLive, false), visit(ibid.Archived, ibid.HealthLive, true)
	confirmed := visit(ibid.Archived, ibid.HealthLive, false)
	confirmed.NotModified = true
	failed := &ibid.Visit{Verdict: ibid.Failed, Health: ibid.HealthUnknown}
	for name, tt := range map[string]struct {
		before ibid.Facts
		visit  *ibid.Visit
		after  ibid.Facts
	}{
		"the first look changes nothing": {ibid.Facts{}, kept, ibid.Facts{Looks: 1, CertificateEnds: ends}},
		"other content":                  {ibid.Facts{Looks: 5, Unchanged: 3}, kept, ibid.Facts{Looks: 6, Changes: 1, CertificateEnds: ends}},
		"the same content":               {ibid.Facts{Looks: 5, Changes: 2}, same, ibid.Facts{Looks: 6, Changes: 2, Unchanged: 1, CertificateEnds: ends}},
		"the server says it is the same": {ibid.Facts{Looks: 5, Unchanged: 4}, confirmed, ibid.Facts{Looks: 6, Unchanged: 5, CertificateEnds: ends}},
		"it failed":                      {ibid.Facts{Looks: 5, Unchanged: 4, Failing: 1}, failed, ibid.Facts{Looks: 6, Unchanged: 4, Failing: 2}},
		"it is back":                     {ibid.Facts{Looks: 5, Failing: 2}, same, ibid.Facts{Looks: 6, Unchanged: 1, CertificateEnds: ends}},
		"what others hold is left alone": {ibid.Facts{Elsewhere: ibid.ElsewhereHeld}, failed, ibid.Facts{Looks: 1, Failing: 1, Elsewhere: ibid.ElsewhereHeld}},
	} {
		if got := factsAfter(tt.before, tt.visit); got != tt.after {
			t.Errorf("%s: %+v, want %+v", name, got, tt.after)
		}
	}
}

func TestKeptWhole(t *testing.T) {
	const uri = "http://example.org/"
	whole := ibid.Visit{Verdict: ibid.Archived, Final: &ibid.Capture{URI: uri}, Requisites: true, RequisitesWanted: 3, RequisitesKept: 3}
	for name, tt := range map[string]struct {
		change func(*ibid.Visit)
		scope  ibid.Scope
		want   bool
	}{
		"with all that it needs":             {func(*ibid.Visit) {}, ibid.Scope{Requisites: true}, true},
		"a requisite is missing":             {func(v *ibid.Visit) { v.RequisitesKept = 2 }, ibid.Scope{Requisites: true}, false},
		"none were to be taken, now or then": {func(v *ibid.Visit) { v.Requisites = false }, ibid.Scope{}, true},
		"none were to be taken then":         {func(v *ibid.Visit) { v.Requisites = false }, ibid.Scope{Requisites: true}, false},
		"it ended elsewhere":                 {func(v *ibid.Visit) { v.Final = &ibid.Capture{URI: uri + "b"} }, ibid.Scope{}, false},
		"it was noted":                       {func(v *ibid.Visit) { v.Verdict = ibid.ArchivedNoted }, ibid.Scope{}, false},
		"nothing came":                       {func(v *ibid.Visit) { v.Final = nil }, ibid.Scope{}, false},
	} {
		v := whole
		tt.change(&v)
		if got := keptWhole(&v, uri, tt.scope); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

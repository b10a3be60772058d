package report

import (
	"strings"
	"testing"
	"time"
)

func TestTrustSaysNoMoreThanItKnows(t *testing.T) {
	at := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	shown := func(all []Statement, id string) Shown {
		for _, s := range all {
			if s.ID == id {
				return s.Shown
			}
		}
		t.Fatalf("no %s", id)
		return ""
	}
	audit := func(days, findings int) *TrustAudit {
		return &TrustAudit{Ended: at.AddDate(0, 0, -days), Objects: 10, Records: 20, Findings: findings}
	}
	copies := func(n, days int) (all []TrustCopy) {
		for range n {
			all = append(all, TrustCopy{Place: "./a", Checked: at.AddDate(0, 0, -days)})
		}
		return all
	}
	log := &TrustLog{Origin: "ibid-custody/a", Entries: 7, Signed: at}
	for _, tt := range []struct {
		name                             string
		trust                            Trust
		storage, third, fourth, r07, r14 Shown
		says                             string
	}{
		{"a new archive", Trust{At: at, Copies: []TrustCopy{{Place: "./a"}}}, ShownPart, ShownNot, ShownNot, ShownPart, ShownNot, "nothing was ever audited"},
		{"one copy, audited", Trust{At: at, Copies: copies(1, 3), Last: audit(3, 0), Log: log}, ShownPart, ShownWhole, ShownPart, ShownWhole, ShownPart, "with one copy nothing can be repaired"},
		{"two copies, audited", Trust{At: at, Copies: copies(2, 3), Last: audit(3, 0), Log: log}, ShownWhole, ShownWhole, ShownWhole, ShownWhole, ShownWhole, "every byte was as it was written"},
		{"two copies, long ago", Trust{At: at, Copies: copies(2, 31), Last: audit(31, 0), Log: log}, ShownWhole, ShownPart, ShownWhole, ShownWhole, ShownPart, "longer ago than a cycle"},
		{"damage", Trust{At: at, Copies: []TrustCopy{{Place: "./a"}}, Last: audit(1, 3)}, ShownPart, ShownPart, ShownNot, ShownPart, ShownNot, "3 findings are on record"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ndsa, seal := tt.trust.NDSA(), tt.trust.CoreTrustSeal()
			for id, want := range map[string]Shown{"Storage 1": tt.storage, "Integrity 3": tt.third, "Integrity 4": tt.fourth} {
				if got := shown(ndsa, id); got != want {
					t.Errorf("%s: %s, want %s", id, got, want)
				}
			}
			for id, want := range map[string]Shown{"R07": tt.r07, "R14": tt.r14, "R09": ShownNot} {
				if got := shown(seal, id); got != want {
					t.Errorf("%s: %s, want %s", id, got, want)
				}
			}
			var b strings.Builder
			if err := WriteTrust(&b, &tt.trust); err != nil || !strings.Contains(b.String(), tt.says) {
				t.Errorf("%v: %s", err, b.String())
			}
		})
	}
}

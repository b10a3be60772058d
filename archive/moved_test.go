package archive

import (
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

// A source that sent the same bytes as the one that was destroyed is not said to be destroyed itself: a copy of it from another archive
// is still held.
func TestOnlyTheTargetIsSaidToBeDestroyed(t *testing.T) {
	const target, other = "http://a.example/", "http://a.example/parked"
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	record := func(uri string) Doomed {
		return Doomed{Key: "w", URI: uri, Timestamp: ibid.Timestamp14(at), Digest: "sha256:00"}
	}
	m := &moved{at: map[string]map[string]ibid.Location{}, by: map[string][]*Destruction{
		"w": {{When: at, Reason: "a court said so", Target: target, Records: []Doomed{record(target), record(other)}}},
	}}
	for uri, want := range map[string]struct {
		verdict ibid.Verdict
		reason  string
	}{
		target: {ibid.Refused, "it was destroyed on 2026-03-01: a court said so"}, other: {ibid.Failed, "destroyed with " + target},
	} {
		v := ibid.Visit{Seed: uri, Verdict: ibid.Archived, Health: ibid.HealthParked, Final: &ibid.Capture{
			URI: uri, Timestamp: at, Digest: "sha256:00", Location: ibid.Location{Key: "w"},
		}}
		m.mend(&v)
		if v.Verdict != want.verdict || !strings.Contains(v.Reason, want.reason) || v.Final != nil || v.Health != ibid.HealthParked {
			t.Errorf("%s: %+v", uri, v)
		}
	}
}

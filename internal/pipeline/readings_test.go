package pipeline

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

// seenSeeds are the looks at several Seeds: how each was found on the web, and whether another archive had it.
type seenSeeds map[string]struct {
	health ibid.Health
	held   bool
}

func (s seenSeeds) LatestVisits(_ context.Context, _ string, uris []string) (map[string]*ibid.Visit, error) {
	latest := map[string]*ibid.Visit{}
	for _, uri := range uris {
		if look, ok := s[uri]; ok {
			status := map[bool]int{true: 200, false: 404}[look.health == ibid.HealthLive]
			latest[uri] = &ibid.Visit{Seed: uri, Verdict: ibid.Archived, Health: look.health, Began: time.Unix(1, 0), Final: &ibid.Capture{Status: status}}
		}
	}
	return latest, nil
}

func (s seenSeeds) OtherwiseSeen(_ context.Context, _ string, uris []string) (map[string]bool, error) {
	seen := map[string]bool{}
	for _, uri := range uris {
		seen[uri] = s[uri].held
	}
	return seen, nil
}

func (s seenSeeds) OtherVisits(_ context.Context, _, uri string) ([]ibid.Visit, error) {
	if !s[uri].held {
		return nil, nil
	}
	return []ibid.Visit{{Kind: ibid.VisitRescue, Seed: uri, Verdict: ibid.Archived, Final: &ibid.Capture{Status: 200}}}, nil
}

func (seenSeeds) VisitBefore(context.Context, string, string, time.Time, func(*ibid.Visit) bool) (*ibid.Visit, error) {
	return nil, nil //nolint:nilnil // as the catalogue's
}

func TestSettled(t *testing.T) {
	const first, a, b = "http://a.example/first", "http://a.example/a", "http://a.example/b"
	for _, tt := range []struct {
		name string
		seen seenSeeds
		want string
	}{
		{"nothing is known", seenSeeds{}, first},
		{"the first is there", seenSeeds{first: {ibid.HealthLive, false}, a: {ibid.HealthLive, false}}, first},
		{"an archive has the first", seenSeeds{first: {ibid.HealthGone, true}, a: {ibid.HealthLive, false}}, first},
		{"another is there", seenSeeds{first: {ibid.HealthGone, false}, a: {ibid.HealthGone, false}, b: {ibid.HealthLive, false}}, b},
		{"an archive has another", seenSeeds{first: {ibid.HealthGone, false}, a: {ibid.HealthGone, true}}, a},
		{"what is there comes before what an archive has", seenSeeds{first: {ibid.HealthGone, false}, a: {ibid.HealthGone, true}, b: {ibid.HealthLive, false}}, b},
		{"none is anywhere", seenSeeds{first: {ibid.HealthGone, false}, a: {ibid.HealthGone, false}, b: {ibid.HealthSoft404, false}}, first},
	} {
		t.Run(tt.name, func(t *testing.T) {
			refs := []ibid.Reference{{ID: "r1", URI: first, Cited: first, Candidates: []ibid.Candidate{{URI: a, Reading: "a"}, {URI: b, Reading: "b"}}}}
			got, err := settled(t.Context(), tt.seen, "c", refs)
			if err != nil || got[0].URI != tt.want || (got[0].Repaired != "") != (tt.want != first) || refs[0].URI != first {
				t.Fatalf("%v: %+v of %+v", err, got, refs)
			}
			again, err := settled(t.Context(), tt.seen, "c", got)
			if err != nil || again[0].URI != got[0].URI || again[0].Repaired != got[0].Repaired {
				t.Errorf("%v: the second time it is %+v", err, again)
			}
			// The runs of a document are known again before and after its addresses were repaired.
			if readAtFirst(got)[0].URI != first || !slices.EqualFunc(readingSeeds(refs), readingSeeds(got), func(a, b ibid.Seed) bool { return a.URI == b.URI }) {
				t.Errorf("as it was read at first: %+v; seeds %v", readAtFirst(got), readingSeeds(got))
			}
		})
	}
}

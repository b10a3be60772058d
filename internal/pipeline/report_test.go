package pipeline

import (
	"context"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

// looks are the Visits of one Seed, by time.
type looks []ibid.Visit

func (l looks) LatestVisits(_ context.Context, _ string, uris []string) (map[string]*ibid.Visit, error) {
	if len(l) == 0 {
		return nil, nil //nolint:nilnil // as the catalogue's
	}
	return map[string]*ibid.Visit{uris[0]: &l[len(l)-1]}, nil
}

func (l looks) VisitBefore(_ context.Context, _, _ string, before time.Time, wanted func(*ibid.Visit) bool) (*ibid.Visit, error) {
	for i := len(l) - 1; i >= 0; i-- {
		if l[i].Began.Before(before) && wanted(&l[i]) {
			return &l[i], nil
		}
	}
	return nil, nil //nolint:nilnil // as the catalogue's
}

func (looks) OtherwiseSeen(context.Context, string, []string) (map[string]bool, error) {
	return nil, nil //nolint:nilnil // as the catalogue's
}

func (looks) OtherVisits(context.Context, string, string) ([]ibid.Visit, error) { return nil, nil }

// TestWhatWasKeptStaysKept is about sources that were looked at more than once.
func TestWhatWasKeptStaysKept(t *testing.T) {
	look := func(day, status int, v ibid.Verdict, h ibid.Health) ibid.Visit {
		at := time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC)
		visit := ibid.Visit{Seed: "http://a.example/", Verdict: v, Health: h, Began: at, Reason: string(h)}
		if status != 0 {
			visit.Final = &ibid.Capture{Status: status, Timestamp: at}
		}
		return visit
	}
	live := look(23, 200, ibid.Archived, ibid.HealthLive)
	gone := look(24, 410, ibid.Archived, ibid.HealthGone)
	busy := look(25, 503, ibid.ArchivedNoted, ibid.HealthUnreachable)
	dead := look(26, 0, ibid.Failed, ibid.HealthUnreachable)
	denied := look(26, 0, ibid.Refused, ibid.HealthUnknown)
	for name, tt := range map[string]struct {
		looks   looks
		outcome ibid.Outcome
		health  ibid.Health
		verdict ibid.Verdict
		day     int // of the memento; 0: none
	}{
		"never looked at":      {nil, ibid.OutcomePending, ibid.HealthUnknown, "", 0},
		"there":                {looks{live}, ibid.OutcomeCaptured, ibid.HealthLive, ibid.Archived, 23},
		"gone at first":        {looks{gone}, ibid.OutcomeLost, ibid.HealthGone, ibid.Archived, 24},
		"busy at first":        {looks{busy}, ibid.OutcomeFailed, ibid.HealthUnreachable, ibid.ArchivedNoted, 25},
		"kept, then gone":      {looks{live, gone}, ibid.OutcomeCaptured, ibid.HealthGone, ibid.Archived, 23},
		"kept, gone, then off": {looks{live, gone, busy, dead}, ibid.OutcomeCaptured, ibid.HealthUnreachable, ibid.Archived, 23},
		"kept, then denied":    {looks{live, denied}, ibid.OutcomeCaptured, ibid.HealthUnknown, ibid.Archived, 23},
	} {
		t.Run(name, func(t *testing.T) {
			refs := []ibid.Reference{{ID: "r", URI: "http://a.example/"}}
			r, err := ReportFrom(t.Context(), tt.looks, "c", ibid.Document{}, refs)
			if err != nil {
				t.Fatal(err)
			}
			s, day := r.References[0].State, 0
			if s.Memento != nil {
				day = s.Memento.Timestamp.Day()
			}
			if s.Outcome != tt.outcome || s.Health != tt.health || s.Verdict != tt.verdict || day != tt.day {
				t.Errorf("%s, %s, %s of day %d", s.Outcome, s.Health, s.Verdict, day)
			}
			if len(tt.looks) > 0 && s.Reason != string(tt.health) {
				t.Errorf("the reason is %q, not that of the last look", s.Reason)
			}
		})
	}
}

package catalog_test

import (
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

func TestRescuesStandBesideCaptures(t *testing.T) {
	catalogtest.Each(t, testRescuesStandBesideCaptures)
}

func testRescuesStandBesideCaptures(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	seed := ibid.Seed{URI: "http://a.example/", Target: time.Date(2009, 6, 4, 0, 0, 0, 0, time.UTC)}
	if _, _, err := c.StartRun(t.Context(), catalog.Run{ID: "r2", Collection: "default", Fingerprint: "f", Started: day}, []ibid.Seed{seed}); err != nil {
		t.Fatal(err)
	}
	slice, err := c.NextSlice(t.Context(), "r2", "a.example", 10)
	if err != nil || len(slice) != 1 || slice[0] != seed {
		t.Fatalf("%+v, %v", slice, err)
	}
	put := func(run string, v ibid.Visit) {
		v.Seed, v.Run = seed.URI, run
		if _, err := c.Commit(t.Context(), catalog.Batch{Collection: "default", Run: run, Visits: []ibid.Visit{v}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	put("r1", ibid.Visit{Began: day, Health: ibid.HealthGone})
	put("r2", ibid.Visit{Kind: ibid.VisitRescue, Began: day.Add(time.Hour), Health: ibid.HealthUnknown, Target: seed.Target})
	put("r3", ibid.Visit{Kind: ibid.VisitCheck, Began: day.Add(2 * time.Hour), Health: ibid.HealthLive})

	if v, err := c.LatestVisit(t.Context(), "default", seed.URI); err != nil || v.Run != "r1" {
		t.Errorf("the last capture is of run %q, %v", v.Run, err)
	}
	asked := []string{"http://never.example/", seed.URI}
	if m, err := c.LatestVisits(t.Context(), "default", asked); err != nil || len(m) != 1 || m[seed.URI].Run != "r1" {
		t.Errorf("the last captures: %v, %v", m, err)
	}
	if m, err := c.LastLooks(t.Context(), "default", asked); err != nil || len(m) != 2 || m[asked[0]] != nil || m[seed.URI].Run != "r3" {
		t.Errorf("the last looks: %v, %v", m, err)
	}
	if m, err := c.OtherwiseSeen(t.Context(), "default", asked); err != nil || len(m) != 1 || !m[seed.URI] {
		t.Errorf("with other visits: %v, %v", m, err)
	}
	others, err := c.OtherVisits(t.Context(), "default", seed.URI)
	if err != nil || len(others) != 2 || others[0].Run != "r3" || others[1].Run != "r2" || !others[1].Target.Equal(seed.Target) {
		t.Errorf("others: %+v, %v", others, err)
	}
	if v, err := c.SettledBefore(t.Context(), "default", seed.URI, day.Add(3*time.Hour)); err != nil || v == nil || v.Run != "r3" {
		t.Errorf("the last that told how it is: %+v, %v", v, err)
	}
}

package catalog_test

import (
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

func TestHowSourcesFared(t *testing.T) { catalogtest.Each(t, testHowSourcesFared) }

func testHowSourcesFared(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	for run, v := range map[string]ibid.Visit{
		"1": {Seed: "http://a.example/", Health: ibid.HealthLive, Reason: "it is there"}, "2": {Seed: "http://a.example/", Kind: ibid.VisitCheck, Health: ibid.HealthGone},
		"3": {Seed: "http://a.example/", Kind: ibid.VisitRescue, Health: ibid.HealthUnknown}, "4": {Seed: "http://b.example/", Health: ibid.HealthMoved},
	} {
		v.Run, v.Began = run, day.Add(time.Duration(run[0]-'0')*time.Hour)
		commit(t, c, catalog.Batch{Collection: "default", Run: run, Visits: []ibid.Visit{v}})
	}
	one, err := c.Fared(t.Context(), "default", "http://a.example/#top")
	if err != nil || len(one) != 2 || one[0].Seed != "http://a.example/" || one[0].Began.IsZero() || one[0].Health == one[1].Health {
		t.Errorf("%v, %v", one, err)
	}
	if all, err := c.AllFared(t.Context(), "default"); err != nil || len(all) != 3 {
		t.Errorf("%v, %v", all, err)
	}
	if none, err := c.AllFared(t.Context(), "other"); err != nil || len(none) != 0 {
		t.Errorf("%v, %v", none, err)
	}
}

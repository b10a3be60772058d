package catalog_test

import (
	"slices"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

func TestWhatWasTakenInIsHeld(t *testing.T) { catalogtest.Each(t, testWhatWasTakenInIsHeld) }

func testWhatWasTakenInIsHeld(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	visit := func(run, seed string, n int) ibid.Visit { return ibid.Visit{Run: run, Seed: seed, Began: on(n)} }
	batches := []catalog.Batch{
		{Collection: "default", Job: "import-1", Captures: []ibid.Capture{
			{URI: "http://a.example/x", RecordID: "urn:1", Timestamp: on(1), Location: ibid.Location{Key: "k", Offset: 1}},
			{URI: "http://a.example/x", RecordID: "urn:2", Timestamp: on(2), Location: ibid.Location{Key: "k", Offset: 2}},
		}},
		{Collection: "default", Job: "import-1", Run: "r2", Visits: []ibid.Visit{visit("r2", "http://b.example/", 2)}},
		{Collection: "default", Job: "import-1", Run: "r1", Visits: []ibid.Visit{visit("r1", "http://b.example/", 1), visit("r1", "http://a.example/x", 1)}},
	}
	for _, want := range []catalog.New{{Captures: 2, Visits: 3}, {}} {
		if added, err := c.Adopt(t.Context(), batches); err != nil || added != want {
			t.Fatalf("added %+v, not %+v: %v", added, want, err)
		}
	}
	got, err := c.Held(t.Context(), "default", "http://a.example/x", "urn:2")
	if err != nil || got.Location.Offset != 2 {
		t.Errorf("it holds %+v, %v", got, err)
	}
	for _, ask := range [][3]string{{"default", "http://a.example/x", "urn:3"}, {"default", "http://b.example/", "urn:1"}, {"other", "http://a.example/x", "urn:1"}} {
		if _, err := c.Held(t.Context(), ask[0], ask[1], ask[2]); ibid.KindOf(err) != ibid.KindNotFound {
			t.Errorf("%v: %v", ask, err)
		}
	}
	for run, want := range map[string]bool{"r1": true, "r2": false} {
		if held, err := c.HeldVisit(t.Context(), "default", run, "http://a.example/x"); held != want || err != nil {
			t.Errorf("run %s: %v, %v", run, held, err)
		}
	}
	var said []string
	for v, err := range c.AllVisits(t.Context(), "default") {
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, v.Run+" "+v.Seed)
	}
	if want := []string{"r1 http://a.example/x", "r1 http://b.example/", "r2 http://b.example/"}; !slices.Equal(said, want) {
		t.Errorf("visits %q, not %q", said, want)
	}
}

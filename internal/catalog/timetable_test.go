package catalog_test

import (
	"slices"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

func TestTimetableIsInTheOrderOfWhatIsDue(t *testing.T) {
	catalogtest.Each(t, testTimetableIsInTheOrderOfWhatIsDue)
}

func testTimetableIsInTheOrderOfWhatIsDue(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	var plans []ibid.Plan
	for seed, due := range map[string]time.Duration{"http://late.example/": 3, "http://soon.example/": 1, "http://next.example/": 2, "http://paused.example/": 0, "http://never.example/": -1} {
		p := planOf(seed)
		p.Fence, p.Paused = 1, seed == "http://paused.example/"
		p.Due, p.At = day.Add(due*time.Hour), day.Add(due*time.Hour)
		if due < 0 {
			p.Due, p.At = time.Time{}, time.Time{}
		}
		plans = append(plans, p)
	}
	elsewhere := planOf("http://elsewhere.example/")
	elsewhere.Collection, elsewhere.Fence = "closed", 1
	if err := c.PutPlans(t.Context(), append(plans, elsewhere)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for skip := 0; skip < 6; skip += 2 {
		part, total, err := c.Timetable(t.Context(), []string{plans[0].Collection, "none"}, skip, 2)
		if err != nil || total != 5 {
			t.Fatalf("%d in all, %v", total, err)
		}
		for i := range part {
			got = append(got, part[i].Seed)
		}
	}
	want := []string{"http://soon.example/", "http://next.example/", "http://late.example/", "http://never.example/", "http://paused.example/"}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if part, total, err := c.Timetable(t.Context(), nil, 0, 10); err != nil || total != 0 || part != nil {
		t.Errorf("of no collection: %v, %d, %v", part, total, err)
	}
}

func TestLastKeptAreTheLatest(t *testing.T) { catalogtest.Each(t, testLastKeptAreTheLatest) }

func testLastKeptAreTheLatest(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	for i := range 3 {
		b := jobBatch(i, 4, 4)
		b.Run = []string{"run-1", "run-2", "run-3"}[i]
		for k := range b.Visits {
			b.Visits[k].Run, b.Visits[k].Began = b.Run, day.Add(time.Duration(10*i+k)*time.Minute)
		}
		b.Visits[3].Kind = ibid.VisitCheck
		b.Visits[2].Final = nil
		if _, err := c.Commit(t.Context(), b, nil); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := c.LastKept(t.Context(), "default", 3)
	if err != nil || len(kept) != 3 {
		t.Fatalf("%d visits, %v", len(kept), err)
	}
	for i, want := range []string{captureURI(2, 1), captureURI(2, 0), captureURI(1, 1)} {
		if kept[i].Seed != want {
			t.Errorf("%d is %s, not %s", i, kept[i].Seed, want)
		}
	}
	if kept, err := c.LastKept(t.Context(), "none", 3); err != nil || len(kept) != 0 {
		t.Errorf("of nothing: %v, %v", kept, err)
	}
}

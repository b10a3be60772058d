package catalog_test

import (
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

func TestLastChecked(t *testing.T) { catalogtest.Each(t, testLastChecked) }

func testLastChecked(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	later := day.Add(time.Hour)
	check := func(object, copy string, at time.Time, code string) ibid.Check {
		return ibid.Check{Object: object, Copy: copy, At: at, Code: code}
	}
	for name, k := range map[string]struct {
		checks [][]ibid.Check
		want   ibid.Fixity
	}{
		"never": {nil, ibid.Fixity{Copies: 1}},
		"one":   {[][]ibid.Check{{check("one", "", day, "")}}, ibid.Fixity{Copies: 1, Checked: day}},
		"two":   {[][]ibid.Check{{check("two", "", later, ""), check("two", "s3://b", day, "")}}, ibid.Fixity{Copies: 2, Checked: day}},
		"damaged first": {
			[][]ibid.Check{{check("damaged first", "", day, "V02"), check("damaged first", "/b", later, "")}},
			ibid.Fixity{Copies: 1, Damaged: 1, Checked: day},
		},
		"damaged copy": {
			[][]ibid.Check{{check("damaged copy", "", day, "")}, {check("damaged copy", "/b", day, "V17")}},
			ibid.Fixity{Copies: 1, Damaged: 1, Checked: day},
		},
		"repaired": {
			[][]ibid.Check{{check("repaired", "", day, "V02"), check("repaired", "/b", later, "")}, {check("repaired", "", later, "")}},
			ibid.Fixity{Copies: 2, Checked: later},
		},
		"told late": {
			[][]ibid.Check{{check("told late", "", later, "")}, {check("told late", "", day, "V02")}},
			ibid.Fixity{Copies: 1, Checked: later},
		},
	} {
		for _, part := range k.checks {
			if err := c.PutChecks(t.Context(), part); err != nil {
				t.Fatal(err)
			}
		}
		got, err := c.LastChecked(t.Context(), ibid.Location{Key: name, Offset: 7})
		if err != nil || !got.Checked.Equal(k.want.Checked) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if got.Checked = k.want.Checked; got != k.want {
			t.Errorf("%s: %+v, want %+v", name, got, k.want)
		}
	}
	bad, err := c.Damaged(t.Context(), 10)
	if err != nil || len(bad) != 2 || bad[0].Object != "damaged copy" || bad[1].Code != "V02" {
		t.Errorf("damaged: %+v, %v", bad, err)
	}
}

func TestHoldings(t *testing.T) { catalogtest.Each(t, testHoldings) }

func testHoldings(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	later := day.Add(time.Hour)
	if h, err := c.Holdings(t.Context(), []string{""}, day); err != nil || h != (catalog.Holdings{}) {
		t.Errorf("nothing: %+v, %v", h, err)
	}
	if err := c.PutChecks(t.Context(), []ibid.Check{
		{Object: "a", At: later}, {Object: "a", Copy: "b", At: day}, {Object: "b", At: later}, {Object: "c", At: later, Code: "V02"}, {Object: "c", Copy: "b", At: later},
		{Object: "d", At: later}, {Object: "d", Copy: "b", At: time.Unix(0, 0)}, {Object: "a", Copy: "once", At: later}, {Object: "e", Copy: "once", At: later},
	}); err != nil {
		t.Fatal(err)
	}
	h, err := c.Holdings(t.Context(), []string{"", "b"}, later)
	if want := (catalog.Holdings{Objects: 4, Once: 2, Twice: 2, Recent: 2, Damaged: 1}); err != nil || h != want {
		t.Errorf("%+v, %v, want %+v", h, err, want)
	}
	for store, want := range map[string]catalog.HoldingsIn{
		"":     {Objects: 4, Damaged: 1, Recent: 4, Oldest: later},
		"b":    {Objects: 3, Recent: 1},
		"none": {},
	} {
		got, err := c.HoldingsIn(t.Context(), store, later)
		if err != nil || !got.Oldest.Equal(want.Oldest) {
			t.Errorf("%s: %+v, %v", store, got, err)
		}
		if got.Oldest = want.Oldest; got != want {
			t.Errorf("%s: %+v, want %+v", store, got, want)
		}
	}
}

func TestOldestUnsecured(t *testing.T) { catalogtest.Each(t, testOldestUnsecured) }

func testOldestUnsecured(t *testing.T, e catalogtest.Engine) {
	c := hold(t, e, map[string][]int{"http://a.example/": {3, 1, 2}, "http://b.example/": {1, 3}})
	at := func(want time.Time) {
		t.Helper()
		if got, err := c.OldestUnsecured(t.Context(), []string{"", "b"}); err != nil || !got.Equal(want) {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
	byObject, oldest := map[string]time.Time{}, time.Time{}
	for found, err := range c.Captures(t.Context(), "default") {
		if err != nil {
			t.Fatal(err)
		}
		if o, ok := byObject[found.Location.Key]; !ok || found.Timestamp.Before(o) {
			byObject[found.Location.Key] = found.Timestamp
		}
		if oldest.IsZero() || found.Timestamp.Before(oldest) {
			oldest = found.Timestamp
		}
	}
	at(oldest) // nothing is known of it
	for object := range byObject {
		for _, checks := range [][]ibid.Check{{{Object: object, At: day}, {Object: object, Copy: "b", At: day, Code: "V02"}}, {{Object: object, Copy: "once", At: day}}} {
			if err := c.PutChecks(t.Context(), checks); err != nil {
				t.Fatal(err)
			}
		}
	}
	at(oldest) // one is damaged, the other no longer configured
	for object := range byObject {
		if err := c.PutChecks(t.Context(), []ibid.Check{{Object: object, Copy: "b", At: day}}); err != nil {
			t.Fatal(err)
		}
	}
	at(time.Time{})
}

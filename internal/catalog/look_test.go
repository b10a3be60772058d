package catalog_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

// longSeed is an address that is too long for a key.
var longSeed = "http://a.example/" + strings.Repeat("long/", 600)

// handed puts plans, and hands on what is due of them as a run.
func handed(t *testing.T, c *catalog.Catalog, run string, plans ...ibid.Plan) (hosts []string) {
	t.Helper()
	if err := c.PutPlans(t.Context(), plans); err != nil {
		t.Fatal(err)
	}
	var steps []ibid.Step
	for _, p := range plans {
		steps = append(steps, stepOf(p))
	}
	hand := func(ctx context.Context, tx *sql.Tx, looks []catalog.Look) (err error) {
		r := catalog.Run{ID: run, Collection: "default", Fingerprint: "due " + run, Started: day}
		hosts, err = c.AddLooks(ctx, tx, r, looks, ibid.Scope{Requisites: true})
		return err
	}
	if n, err := c.Plans(hand).Advance(t.Context(), steps); err != nil || n != len(plans) {
		t.Fatalf("%d steps taken, %v", n, err)
	}
	return hosts
}

func ended(t *testing.T, c *catalog.Catalog, run string, visits ...ibid.Visit) (keys []ibid.PlanKey) {
	t.Helper()
	_, err := c.Commit(t.Context(), catalog.Batch{Collection: "default", Run: run, Visits: visits}, func(tx *sql.Tx) (err error) {
		keys, err = c.EndLooks(t.Context(), tx, "default", run, visits, func(f ibid.Facts, v *ibid.Visit) ibid.Facts {
			f.Looks++
			if v.Health != ibid.HealthLive {
				f.Failing++
			}
			return f
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func planNow(t *testing.T, c *catalog.Catalog, seed string) ibid.Plan {
	t.Helper()
	p, err := c.Plan(t.Context(), ibid.PlanKey{Collection: "default", Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLooksBecomeARun(t *testing.T) { catalogtest.Each(t, testLooksBecomeARun) }

func testLooksBecomeARun(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	const b = "http://b.example/"
	hosts := handed(t, c, "r1", planOf(longSeed), planOf(b))
	if slices.Sort(hosts); !slices.Equal(hosts, []string{"a.example", "b.example"}) {
		t.Errorf("hosts %q", hosts)
	}
	seeds, err := c.NextSlice(t.Context(), "r1", "a.example", 10)
	if err != nil || len(seeds) != 1 || seeds[0].URI != longSeed || !seeds[0].Scope.Requisites {
		t.Errorf("slice %+v, %v", seeds, err)
	}
	if p := planNow(t, c, longSeed); p.Unfinished != 1 {
		t.Errorf("%d unfinished looks", p.Unfinished)
	}
	visit := ibid.Visit{Seed: longSeed, Run: "r1", Verdict: ibid.Failed, Health: ibid.HealthUnknown, Began: day}
	if keys := ended(t, c, "r1", visit); len(keys) != 1 || keys[0].Seed != longSeed {
		t.Errorf("ended %v", keys)
	}
	ended(t, c, "r1", visit) // a second time changes nothing
	if p := planNow(t, c, longSeed); p.Unfinished != 0 || p.Facts.Looks != 1 || p.Facts.Failing != 1 {
		t.Errorf("after the look: %d unfinished, %+v", p.Unfinished, p.Facts)
	}
	late := errors.New("it is another worker's by now")
	if err := c.GiveUpLooks(t.Context(), "default", "r1", "b.example", func(*sql.Tx) error { return late }); !errors.Is(err, late) {
		t.Fatal(err)
	}
	if p := planNow(t, c, b); p.Unfinished != 1 {
		t.Errorf("given up by who may not: %d unfinished", p.Unfinished)
	}
	if err := c.GiveUpLooks(t.Context(), "default", "r1", "b.example", nil); err != nil {
		t.Fatal(err)
	}
	if p := planNow(t, c, b); p.Unfinished != 0 || p.Facts.Looks != 0 {
		t.Errorf("after it was given up: %d unfinished, %+v", p.Unfinished, p.Facts)
	}
	if keys := ended(t, c, "by hand", ibid.Visit{Seed: b, Run: "by hand", Health: ibid.HealthLive, Began: day}); len(keys) != 0 {
		t.Errorf("a look that a person wanted ends %v", keys)
	}
}

func TestPlansAreMadeDue(t *testing.T) { catalogtest.Each(t, testPlansAreMadeDue) }

func testPlansAreMadeDue(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	const b = "http://b.example/"
	if err := c.PutPlans(t.Context(), []ibid.Plan{planOf(longSeed), planOf(b)}); err != nil {
		t.Fatal(err)
	}
	now := day.Add(-time.Hour)
	if n, over, err := c.PlanCounts(t.Context(), now); n != 2 || over != 0 || err != nil {
		t.Errorf("%d plans, %d overdue, %v", n, over, err)
	}
	if n, err := c.Pause(t.Context(), "default", b); n != 1 || err != nil {
		t.Errorf("%d paused, %v", n, err)
	}
	for _, tt := range []struct {
		seed string
		n    int64
	}{{longSeed, 1}, {b, 0}, {"", 1}, {"http://nobody.example/", 0}} {
		if n, err := c.DueNow(t.Context(), "default", tt.seed, now); n != tt.n || err != nil {
			t.Errorf("%.30q: %d made due, %v, want %d", tt.seed, n, err, tt.n)
		}
	}
	if n, over, err := c.PlanCounts(t.Context(), now); n != 2 || over != 1 || err != nil {
		t.Errorf("%d plans, %d overdue, %v", n, over, err)
	}
	held, err := c.PlansFor(t.Context(), "default", []ibid.Seed{{URI: longSeed}, {URI: b}, {URI: "http://nobody.example/"}})
	if err != nil || len(held) != 2 || held[longSeed].Fence < 1 || !held[b].Paused {
		t.Errorf("plans %+v, %v", held, err)
	}
	if err := c.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSeedsToBePlanned(t *testing.T) { catalogtest.Each(t, testSeedsToBePlanned) }

func testSeedsToBePlanned(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	want := []string{longSeed, "http://b.example/", "http://c.example/"}
	var seeds []ibid.Seed
	for _, uri := range slices.Backward(want) {
		seeds = append(seeds, ibid.Seed{URI: uri})
	}
	if err := c.PutSeeds(t.Context(), "default", append(seeds, seeds...)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for after := ""; ; {
		page, err := c.SeedsWithoutPlan(t.Context(), "default", after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, s := range page {
			got = append(got, s.URI)
		}
		after = page[len(page)-1].URI
	}
	if !slices.Equal(got, want) {
		t.Errorf("seeds %q", got)
	}
	putPlans(t, c, planOf(longSeed), planOf("http://b.example/"))
	if page, err := c.SeedsWithoutPlan(t.Context(), "default", "", 9); err != nil || len(page) != 1 || page[0].URI != "http://c.example/" {
		t.Errorf("without a plan: %v, %v", page, err)
	}
	for _, x := range []struct {
		schedule, zone string
		n, want        int
	}{{"@daily", "UTC", 9, 0}, {"@weekly", "UTC", 9, 2}, {"@daily", "Asia/Manila", 9, 2}, {"", "", 1, 1}} {
		page, err := c.PlannedOtherwise(t.Context(), "default", x.schedule, x.zone, x.n, func(string) bool { return false })
		if err != nil || len(page) != x.want {
			t.Errorf("planned otherwise than %q in %q: %v, %v", x.schedule, x.zone, page, err)
		}
	}
	page, err := c.PlannedOtherwise(t.Context(), "default", "", "", 9, func(uri string) bool { return uri == longSeed })
	if err != nil || len(page) != 1 || page[0].URI != "http://b.example/" {
		t.Errorf("but the long one: %v, %v", page, err)
	}
}

func TestWhatWasSeenBefore(t *testing.T) { catalogtest.Each(t, testWhatWasSeenBefore) }

func testWhatWasSeenBefore(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	seeds := []ibid.Seed{{URI: longSeed}, {URI: "http://b.example/"}}
	for i, reason := range []string{"first", "second"} {
		run := "r" + reason
		commit(t, c, catalog.Batch{Collection: "default", Run: run, Visits: []ibid.Visit{
			{Seed: longSeed, Run: run, Reason: reason, Began: day.Add(time.Duration(i) * time.Hour)},
		}})
	}
	seen, err := c.Seen(t.Context(), "default", seeds)
	if err != nil || !seen[longSeed] || seen["http://b.example/"] {
		t.Errorf("seen %v, %v", seen, err)
	}
	last, err := c.LatestVisits(t.Context(), "default", []string{longSeed, "http://b.example/"})
	if err != nil || len(last) != 1 || last[longSeed].Reason != "second" {
		t.Errorf("last %v, %v", last, err)
	}
	second := func(v *ibid.Visit) bool { return v.Reason == "second" }
	for n, want := range []bool{false, false, true} {
		if v, err := c.FirstVisit(t.Context(), "default", longSeed, n, second); err != nil || (v != nil) != want {
			t.Errorf("the wanted one of the first %d: %v, %v", n, v, err)
		}
	}
}

func TestConfirmable(t *testing.T) { catalogtest.Each(t, testConfirmable) }

func testConfirmable(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	digest := ibid.DigestOf([]byte("page"))
	capture := func(path string, n int64, change func(*ibid.Capture)) ibid.Capture {
		x := ibid.Capture{
			URI: "http://a.example/" + path, Timestamp: day.Add(time.Duration(n) * time.Hour), Status: 200, MediaType: "text/html", Digest: digest,
			Length: 4, Origin: ibid.OriginLive, Role: ibid.RoleSource, Seed: "http://a.example/" + path, ETag: `"1"`,
			RecordID: recordID(path + string(rune('a'+n))), Location: ibid.Location{Key: "warc/default/202611/j-00001.warc.gz", Offset: n * 100, Length: 90},
		}
		if change != nil {
			change(&x)
		}
		return x
	}
	first := capture("page", 0, nil)
	again := capture("page", 1, func(x *ibid.Capture) { x.Revisit, x.ETag = true, `"2"` })
	commit(t, c, catalog.Batch{Collection: "default", Run: "r", Captures: []ibid.Capture{
		first, again,
		capture("gone", 2, func(x *ibid.Capture) { x.Status = 404 }), capture("cut", 3, func(x *ibid.Capture) { x.Truncated = ibid.TruncatedTime }),
		capture("bare", 4, func(x *ibid.Capture) { x.ETag = "" }), capture("noted", 5, func(x *ibid.Capture) { x.Class = ibid.ClassTLSExpired }),
	}})
	got, err := c.Confirmable(t.Context(), "default", first.URI)
	want := first
	want.ETag = `"2"`
	if err != nil || got != want {
		t.Errorf("confirmable %+v, %v; want %+v", got, err, want)
	}
	for _, path := range []string{"gone", "cut", "bare", "noted", "never"} {
		if _, err := c.Confirmable(t.Context(), "default", "http://a.example/"+path); ibid.KindOf(err) != ibid.KindNotFound {
			t.Errorf("%s: %v", path, err)
		}
	}
}

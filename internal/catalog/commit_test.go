package catalog_test

import (
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

func commit(t *testing.T, c *catalog.Catalog, b catalog.Batch) catalog.New {
	t.Helper()
	added, err := c.Commit(t.Context(), b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func TestNothingIsRecordedTwice(t *testing.T) { catalogtest.Each(t, testNothingIsRecordedTwice) }

func testNothingIsRecordedTwice(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	b := jobBatch(0, 3, 7)
	if added := commit(t, c, b); added != (catalog.New{Captures: 7, Visits: 3}) {
		t.Errorf("the first time: %+v", added)
	}
	if added := commit(t, c, b); added != (catalog.New{}) {
		t.Errorf("the same again: %+v", added)
	}
	// Another try of the same Job, which did not know of the first: new records for two Seeds, one of which
	// was visited.
	second := catalog.Batch{Collection: b.Collection, Run: b.Run, Job: b.Job}
	for i, seed := range []string{b.Visits[0].Seed, "http://new.example/"} {
		second.Visits = append(second.Visits, ibid.Visit{Seed: seed, Run: b.Run, Began: day})
		capture := b.Captures[0]
		capture.URI, capture.Seed, capture.Location.Key, capture.Location.Offset = seed, seed, "another.warc.gz", int64(i)
		second.Captures = append(second.Captures, capture)
	}
	if added := commit(t, c, second); added != (catalog.New{Captures: 1, Visits: 1}) {
		t.Errorf("another try: %+v", added)
	}
	// Another run visits the Seed anew.
	b.Run = "another run"
	for i := range b.Captures {
		b.Captures[i].Location.Key = "third.warc.gz"
	}
	if added := commit(t, c, b); added != (catalog.New{Captures: 7, Visits: 3}) {
		t.Errorf("another run: %+v", added)
	}
	if n, err := c.Counts(t.Context(), "default"); err != nil || n.Captures != 15 || n.Visits != 7 {
		t.Errorf("counts %+v, %v", n, err)
	}
}

func TestAllOrNothing(t *testing.T) { catalogtest.Each(t, testAllOrNothing) }

func testAllOrNothing(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	ctx := t.Context()
	b := jobBatch(0, 2, 3)
	if _, _, err := c.StartRun(ctx, catalog.Run{ID: b.Run, Collection: "default", Fingerprint: "f", Started: day},
		seedsOf(b.Visits[0].Seed, b.Visits[1].Seed)); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("the queue refused")
	also := func(tx *sql.Tx) error {
		if _, err := tx.Exec(`INSERT INTO runs (id, collection, fingerprint, started) VALUES ('also', '', '', 0)`); err != nil {
			t.Error(err)
		}
		return refused
	}
	added, err := c.Commit(ctx, b, also)
	if !errors.Is(err, refused) || added != (catalog.New{}) {
		t.Errorf("got %+v, %v", added, err)
	}
	var runs int
	if err := c.DB().QueryRow(`SELECT count(*) FROM runs`).Scan(&runs); err != nil || runs != 1 {
		t.Errorf("%d runs, %v: what also did was kept", runs, err)
	}
	n, err := c.Counts(ctx, "default")
	done, _, progressErr := c.RunProgress(ctx, b.Run)
	if err != nil || progressErr != nil || n.Captures+n.Visits+done != 0 {
		t.Errorf("counts %+v, %d done, %v, %v; want nothing", n, done, err, progressErr)
	}
	if hits, err := c.SearchText(ctx, "default", "report", 10); err != nil || len(hits) != 0 {
		t.Errorf("hits %v, %v; want none", hits, err)
	}

	if _, err := c.Commit(ctx, b, func(*sql.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if done, _, err := c.RunProgress(ctx, b.Run); err != nil || done != 2 {
		t.Errorf("%d done, %v; want 2", done, err)
	}
}

func TestACaptureAndAVisitComeBackAsTheyWere(t *testing.T) {
	catalogtest.Each(t, testACaptureAndAVisitComeBackAsTheyWere)
}

func testACaptureAndAVisitComeBackAsTheyWere(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	capture := ibid.Capture{
		URI: "https://example.org/a?b=c", Timestamp: day, Status: 301, MediaType: "text/html",
		Digest: ibid.DigestOf(nil), Length: 1 << 40, Origin: "ia", Role: ibid.RoleRedirect, Seed: "http://example.org/",
		Truncated: ibid.TruncatedTime, Class: ibid.ClassLimitTime, Revisit: true, RecordID: "urn:uuid:1",
		Location: ibid.Location{Key: "warc/default/202611/j-00000.warc.gz", Offset: 1 << 33, Length: 77},
	}
	visit := ibid.Visit{
		Seed: "http://example.org/", Run: "r", Job: "j", Verdict: ibid.Truncated, Class: ibid.ClassLimitTime, Health: ibid.HealthMoved,
		Reason: "it took too long", Began: day, Seconds: 600.25, Attempts: 2, Final: &capture,
		Tried: []ibid.Attempt{{What: "GET", When: day, Result: "301"}}, Hops: []string{"http://example.org/", capture.URI},
		Description: &ibid.Description{Title: "A", Alternates: map[string]string{"fr": "http://example.org/fr"}},
	}
	commit(t, c, catalog.Batch{Collection: "default", Run: "r", Job: "j", Captures: []ibid.Capture{capture}, Visits: []ibid.Visit{visit}})
	got, err := c.Mementos(t.Context(), "default", capture.URI)
	if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], capture) {
		t.Errorf("capture %+v, %v", got, err)
	}
	for name, ask := range map[string]func() (ibid.Visit, error){
		"latest": func() (ibid.Visit, error) { return c.LatestVisit(t.Context(), "default", "http://example.org/#top") },
		"all":    func() (ibid.Visit, error) { return only(c.Visits(t.Context(), "default", "http://example.org/")) },
		"of run": func() (ibid.Visit, error) { return only(c.VisitsOfRun(t.Context(), "default", "r")) },
	} {
		if got, err := ask(); err != nil || !reflect.DeepEqual(got, visit) {
			t.Errorf("%s: visit %+v, %v", name, got, err)
		}
	}
	if _, err := c.LatestVisit(t.Context(), "other", "http://example.org/"); ibid.KindOf(err) != ibid.KindNotFound {
		t.Errorf("a visit in another collection: %v", err)
	}
}

func only[T any](all []T, err error) (T, error) {
	if len(all) != 1 {
		var none T
		return none, errors.Join(err, fmt.Errorf("%d of them", len(all)))
	}
	return all[0], err
}

func TestTheLatestVisitIsTheLast(t *testing.T) { catalogtest.Each(t, testTheLatestVisitIsTheLast) }

func testTheLatestVisitIsTheLast(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	for i, run := range []string{"b", "a", "c"} {
		began := day.Add(time.Duration(i%2) * time.Hour) // the one in the middle is the last
		commit(t, c, catalog.Batch{Collection: "default", Run: run, Visits: []ibid.Visit{{Seed: "http://a.example/", Run: run, Began: began}}})
	}
	if got, err := c.LatestVisit(t.Context(), "default", "http://a.example/"); err != nil || got.Run != "a" {
		t.Errorf("got run %q, %v", got.Run, err)
	}
	if all, err := c.Visits(t.Context(), "default", "http://a.example/"); err != nil || len(all) != 3 || all[2].Run != "a" {
		t.Errorf("got %v, %v", all, err)
	}
}

func TestManyWritersAndReaders(t *testing.T) { catalogtest.Each(t, testManyWritersAndReaders) }

func testManyWritersAndReaders(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for k := range 5 {
				b := jobBatch(i*100+k, 2, 5)
				if _, err := c.Commit(t.Context(), b, nil); err != nil {
					t.Error(err)
				}
				if _, err := c.Nearest(t.Context(), "default", b.Captures[4].URI, day); err != nil {
					t.Error(err) // what is committed is seen at once
				}
			}
		})
	}
	wg.Wait()
	if n, err := c.Counts(t.Context(), "default"); err != nil || n.Captures != 400 || n.Visits != 160 {
		t.Errorf("counts %+v, %v", n, err)
	}
}

func TestALargeBatch(t *testing.T) { catalogtest.Each(t, testALargeBatch) }

func testALargeBatch(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	if added := commit(t, c, jobBatch(1, 1000, 2777)); added != (catalog.New{Captures: 2777, Visits: 1000}) {
		t.Errorf("%+v", added)
	}
	if added := commit(t, c, catalog.Batch{Collection: "default"}); added != (catalog.New{}) {
		t.Errorf("an empty batch: %+v", added)
	}
}

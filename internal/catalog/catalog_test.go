package catalog_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

var day = time.Date(2026, 11, 24, 8, 30, 0, 123456000, time.UTC)

// openNew opens a catalogue of its own on e.
func openNew(t testing.TB, e catalogtest.Engine) *catalog.Catalog {
	t.Helper()
	c := openAt(t, e.New(t))
	t.Cleanup(func() { closeNow(t, c) })
	return c
}

func openAt(t testing.TB, dsn string) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Open(t.Context(), dsn, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func closeNow(t testing.TB, c *catalog.Catalog) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// jobBatch is what a Job of so many Seeds brings; i makes it unlike all others.
func jobBatch(i, visits, captures int) catalog.Batch {
	b := catalog.Batch{Collection: "default", Run: "run", Job: fmt.Sprintf("job-%d", i)}
	for k := range captures {
		uri := captureURI(i, k)
		b.Captures = append(b.Captures, ibid.Capture{
			URI: uri, Timestamp: day.Add(time.Duration(k) * time.Millisecond), Status: 200, MediaType: "text/html",
			Digest: ibid.DigestOf([]byte(uri)), Length: 5000, Origin: ibid.OriginLive, Role: ibid.RoleSource, Seed: uri,
			RecordID: recordID(uri),
			Location: ibid.Location{Key: "warc/default/202611/" + b.Job + "-00000.warc.gz", Offset: int64(k) * 700, Length: 700},
		})
	}
	for k := range visits {
		uri := captureURI(i, k)
		b.Visits = append(b.Visits, ibid.Visit{
			Seed: uri, Run: b.Run, Job: b.Job, Verdict: ibid.Archived, Health: ibid.HealthLive, Began: day,
			Seconds: 0.25, Attempts: 1, Final: &b.Captures[k], Hops: []string{uri},
			Description: &ibid.Description{Title: fmt.Sprintf("Report %d on page %d", i, k), Language: "en"},
		})
	}
	return b
}

// recordID is as random as a real one, and always the same for uri.
func recordID(uri string) string {
	hex := ibid.DigestOf([]byte("record " + uri)).Hex()
	return fmt.Sprintf("urn:uuid:%s-%s-%s-%s-%s", hex[:8], hex[8:12], hex[12:16], hex[16:20], hex[20:32])
}

func captureURI(i, k int) string {
	return fmt.Sprintf("http://www.host-%d.example/library/%d/page-%d.html", i%60, i, k)
}

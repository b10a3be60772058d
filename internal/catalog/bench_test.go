package catalog_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

// BenchmarkOpen is the start of a program: a fresh catalogue, and one that is there.
func BenchmarkOpen(b *testing.B) {
	catalogtest.EachBenchmark(b, func(b *testing.B, e catalogtest.Engine) {
		b.Run("fresh", func(b *testing.B) {
			for b.Loop() {
				closeNow(b, openAt(b, e.New(b)))
			}
		})
		b.Run("existing", func(b *testing.B) {
			dsn := e.New(b)
			for b.Loop() {
				closeNow(b, openAt(b, dsn))
			}
		})
	})
}

// BenchmarkCommit is the transaction of one Job: 50 Visits and 120 Captures. It also gives the time for
// 1,000 sources.
func BenchmarkCommit(b *testing.B) { catalogtest.EachBenchmark(b, benchmarkCommit) }

func benchmarkCommit(b *testing.B, e catalogtest.Engine) {
	c := openNew(b, e)
	for i := 0; b.Loop(); i++ {
		if _, err := c.Commit(b.Context(), jobBatch(i, 50, 120), nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())*1000/50/float64(b.N), "ms/1000sources")
}

func BenchmarkStartRun(b *testing.B) { catalogtest.EachBenchmark(b, benchmarkStartRun) }

func benchmarkStartRun(b *testing.B, e catalogtest.Engine) {
	c := openNew(b, e)
	seeds := make([]ibid.Seed, 100_000)
	for i := range seeds {
		seeds[i] = ibid.Seed{URI: fmt.Sprintf("http://host-%d.example/page/%d.html", i%60, i)}
	}
	for i := 0; b.Loop(); i++ {
		run := catalog.Run{ID: fmt.Sprint(i), Collection: "default", Fingerprint: fmt.Sprint(i), Started: time.Now()}
		if _, _, err := c.StartRun(b.Context(), run, seeds); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNearest asks for known addresses among so many Captures.
func BenchmarkNearest(b *testing.B) { catalogtest.EachBenchmark(b, benchmarkNearest) }

func benchmarkNearest(b *testing.B, e catalogtest.Engine) {
	for _, rows := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			if rows > 10_000 && testing.Short() {
				b.Skip("takes a minute to fill")
			}
			c := openNew(b, e)
			fill(b, c, rows)
			at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			for i := 0; b.Loop(); i++ {
				n := i * 7919
				if _, err := c.Nearest(b.Context(), "default", captureURI(n/1000%(rows/1000), n%1000), at); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEntries is what a TimeGate asks: the first capture from a time on, or else the last one before, of any collection.
func BenchmarkEntries(b *testing.B) { catalogtest.EachBenchmark(b, benchmarkEntries) }

func benchmarkEntries(b *testing.B, e catalogtest.Engine) {
	for _, rows := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			if rows > 10_000 && testing.Short() {
				b.Skip("takes a minute to fill")
			}
			c := openNew(b, e)
			fill(b, c, rows)
			at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				n := i * 7919
				q := cdx.Query{Match: cdx.MatchURI, URI: captureURI(n/1000%(rows/1000), n%1000), From: at, Limit: 1}
				for _, err := range c.Entries(b.Context(), q) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// fill puts that many Captures into a catalogue.
func fill(b *testing.B, c *catalog.Catalog, rows int) {
	b.Helper()
	err := c.Rebuild(b.Context(), func(f *catalog.Filler) error {
		for i := range rows / 1000 {
			if _, err := f.Put(b.Context(), jobBatch(i, 0, 1000)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

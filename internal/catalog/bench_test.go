package catalog_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
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

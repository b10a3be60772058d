package catalog_test

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

var captures = flag.Int("captures", 1_000_000, "how many captures BenchmarkLookUp goes up to: 10000000 is what is promised")

// smallest is how many captures there are in the catalogue with which all larger ones are compared.
const smallest = 10_000

// cost is that of one look-up: its median, and its allocations.
type cost struct {
	median      time.Duration
	allocations float64
}

// BenchmarkLookUp asks for known addresses among so many captures: for the nearest of a collection, as the pages do; and for the
// first from a time on, of any collection, as a TimeGate does. It fails where a look-up among many takes more than twice the
// time or the allocations of one among 10,000.
func BenchmarkLookUp(b *testing.B) { catalogtest.EachBenchmark(b, benchmarkLookUp) }

func benchmarkLookUp(b *testing.B, e catalogtest.Engine) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	few := map[string]cost{}
	for rows := smallest; rows <= *captures; rows *= 10 {
		if rows != smallest && rows < 1_000_000 {
			continue
		}
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			if rows > smallest && testing.Short() {
				b.Skip("takes a minute to fill")
			}
			dsn := e.New(b)
			filled := openAt(b, dsn)
			fill(b, filled, rows)
			closeNow(b, filled) // which brings what was written to where it stays
			c := openAt(b, dsn)
			defer closeNow(b, c)
			for name, look := range map[string]func(b *testing.B, c *catalog.Catalog, uri string) error{
				"nearest": func(b *testing.B, c *catalog.Catalog, uri string) error {
					_, err := c.Nearest(b.Context(), "default", uri, at)
					return err
				},
				"timegate": func(b *testing.B, c *catalog.Catalog, uri string) error {
					for _, err := range c.Entries(b.Context(), cdx.Query{Match: cdx.MatchURI, URI: uri, From: at, Limit: 1}) {
						if err != nil {
							return err
						}
					}
					return nil
				},
			} {
				b.Run(name, func(b *testing.B) {
					got := measure(b, func(i int) error {
						// A large prime walks over all of them in no order.
						n := i * 99_991 % rows
						return look(b, c, captureURI(n/1000, n%1000))
					})
					if rows == smallest {
						few[name] = got
					} else if first := few[name]; first.median > 0 && (got.median > 2*first.median || got.allocations > 2*first.allocations) {
						b.Errorf("among %d: %+v, and among %d: %+v", rows, got, smallest, first)
					}
				})
			}
		})
	}
}

// measure gives what one takes; its median and how long one in a hundred takes are told.
func measure(b *testing.B, one func(i int) error) cost {
	b.Helper()
	var took []time.Duration
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		if err := one(i); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	runtime.ReadMemStats(&after)
	slices.Sort(took)
	c := cost{took[len(took)/2], float64(after.Mallocs-before.Mallocs) / float64(len(took))}
	b.ReportMetric(float64(c.median.Nanoseconds())/1000, "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1000, "p99-µs")
	return c
}

package s3

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/archive/blob/blobtest"
	"github.com/ibid-archive/ibid/archive/blob/blobtest/faulty"
	"github.com/ibid-archive/ibid/archive/blob/retry"
	"github.com/ibid-archive/ibid/archive/blob/spool"
)

// BenchmarkPut is what a store takes with and without the faults of threats G10: 503 to 30 % of all requests, cut
// uploads and lost answers of 10 % each, which is half of them. Only the ratio of the two says something.
func BenchmarkPut(b *testing.B) {
	for _, c := range []struct {
		latency time.Duration
		atOnce  int
	}{{0, 1}, {0, 16}, {20 * time.Millisecond, 16}, {20 * time.Millisecond, 64}} {
		for _, faults := range []struct {
			name string
			faulty.Faults
		}{{"clean", faulty.Faults{}}, {"faulty", faulty.Faults{Busy: 0.3, CutUpload: 0.1, LoseAnswer: 0.1}}} {
			b.Run(fmt.Sprintf("%v/%d at once/%s", c.latency, c.atOnce, faults.name), func(b *testing.B) {
				o, p := behind(b, benchKind())
				s := checked(b, o)
				faults.Latency = c.latency
				p.Set(faults.Faults)
				store, err := spool.New(retry.New(s, retry.Options{}), spool.Options{Dir: b.TempDir()})
				if err != nil {
					b.Fatal(err)
				}
				body := make([]byte, 64<<10)
				var n atomic.Int64
				var wg sync.WaitGroup
				b.ResetTimer()
				for range c.atOnce {
					wg.Go(func() {
						for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
							if err := store.Put(b.Context(), blobtest.Object(fmt.Sprintf("warc/%d", i), body)); err != nil {
								b.Error(err)
							}
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "puts/s")
			})
		}
	}
}

// benchKind is a real server where there is one.
func benchKind() kind {
	if os.Getenv(kinds[1].env) != "" {
		return kinds[1]
	}
	return kinds[0]
}

package pipeline

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/blobtest/fakes3"
	"github.com/ibid-archive/ibid/archive/blob/blobtest/faulty"
	"github.com/ibid-archive/ibid/archive/blob/retry"
	"github.com/ibid-archive/ibid/archive/blob/s3"
	"github.com/ibid-archive/ibid/archive/blob/spool"
)

// BenchmarkBucket is the main job into a bucket 20 ms away, with and without the faults of threats G10: 503 to 30 % of all
// requests, cut uploads and lost answers of 10 % each. Only the ratio of the two says something.
func BenchmarkBucket(b *testing.B) {
	for _, c := range []struct {
		name   string
		faults faulty.Faults
	}{{"clean", faulty.Faults{}}, {"faulty", faulty.Faults{Busy: 0.3, CutUpload: 0.1, LoseAnswer: 0.1}}} {
		b.Run(c.name, func(b *testing.B) {
			c.faults.Latency = 20 * time.Millisecond
			benchSources(b, benchHouse(b, benchSite(b, 100*time.Millisecond).Listener.Addr().String(), benchBucket(b, c.faults)))
		})
	}
}

// benchBucket is a bucket as cmd/ibid joins it, behind a proxy with those faults.
func benchBucket(b *testing.B, f faulty.Faults) blob.Store {
	b.Helper()
	check := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	server, err := fakes3.Start("bench")
	check(err)
	b.Cleanup(server.Close)
	proxy, err := faulty.Start(server.URL, 1)
	check(err)
	b.Cleanup(func() { check(proxy.Close()) })
	store, err := s3.New(s3.Options{
		Endpoint: strings.TrimPrefix(proxy.URL, "http://"), Insecure: true, Bucket: "bench", AccessKey: "key", SecretKey: "secret",
	})
	check(err)
	b.Cleanup(store.Close)
	_, err = store.Check(b.Context())
	check(err)
	proxy.Set(f)
	waiting, err := spool.New(retry.New(store, retry.Options{}), spool.Options{Dir: filepath.Join(b.TempDir(), "spool")})
	check(err)
	return waiting
}

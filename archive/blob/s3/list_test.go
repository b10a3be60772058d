package s3

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// manyObjects is a server that does nothing but list n objects, and fails now and then.
type manyObjects struct {
	n, pages int
	failEach int // every so many pages
}

type listedObject struct {
	Key          string
	Size         int
	LastModified string
}

func (m *manyObjects) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	m.pages++
	if m.failEach > 0 && m.pages%m.failEach == 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	from := 0
	for _, at := range []string{q.Get("start-after"), q.Get("continuation-token")} {
		if n, err := strconv.Atoi(at[max(0, len(at)-9):]); err == nil {
			from = n + 1
		}
	}
	type result struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		IsTruncated           bool
		NextContinuationToken string
		Contents              []listedObject
	}
	var page result
	for i := from; i < min(from+1000, m.n); i++ {
		page.Contents = append(page.Contents, listedObject{fmt.Sprintf("p/warc/%09d", i), i, "2026-11-24T00:00:00.000Z"})
		page.NextContinuationToken = fmt.Sprintf("%09d", i)
	}
	page.IsTruncated = from+1000 < m.n
	_ = xml.NewEncoder(w).Encode(page)
}

func listing(t testing.TB, m *manyObjects) *Store {
	server := newServer(t, m)
	u, _ := url.Parse(server)
	return open(t, Options{Endpoint: u.Host, Insecure: true, Bucket: "many", Prefix: "p", AccessKey: "k", SecretKey: "s"})
}

// A listing goes on after the last key when a page is not answered, and holds one page.
func TestListingGoesOn(t *testing.T) {
	m := &manyObjects{n: 30_500, failEach: 12}
	s := listing(t, m)
	at := 0
	err := s.List(t.Context(), "warc/", func(i blob.Info) error {
		if want := fmt.Sprintf("warc/%09d", at); i.Key != want || i.Size != int64(at) {
			return fmt.Errorf("%+v, want %s", i, want)
		}
		at++
		return nil
	})
	if err != nil || at != m.n {
		t.Errorf("%d keys, %v", at, err)
	}
	m.failEach, s.tries = 1, 2
	if err := s.List(t.Context(), "warc/", func(blob.Info) error { return nil }); ibid.KindOf(err) != ibid.KindStorage || errors.Is(err, blob.ErrRefused) {
		t.Errorf("a server that never answers: %v", err)
	}
}

// BenchmarkList lists a million keys; the heap does not grow with them.
func BenchmarkList(b *testing.B) {
	s := listing(b, &manyObjects{n: 1_000_000})
	for b.Loop() {
		n, heap := 0, uint64(0)
		err := s.List(b.Context(), "warc/", func(blob.Info) error {
			if n++; n%100_000 == 0 {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				heap = max(heap, m.HeapAlloc)
			}
			return nil
		})
		if err != nil || n != 1_000_000 {
			b.Fatal(n, err)
		}
		b.ReportMetric(float64(heap)/(1<<20), "MiB-heap")
	}
}

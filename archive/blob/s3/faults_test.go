package s3

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/blobtest"
	"github.com/ibid-archive/ibid/archive/blob/blobtest/faulty"
	"github.com/ibid-archive/ibid/archive/blob/retry"
	"github.com/ibid-archive/ibid/archive/blob/spool"
)

var objects = flag.Int("objects", 40, "how many objects are put behind each fault")

func newServer(t testing.TB, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// Whatever goes wrong on the way, what is reported as stored is, once and unharmed, and all of it is in the end.
func TestFaults(t *testing.T) {
	for name, f := range map[string]faulty.Faults{
		"503 at 30 %":                 {Busy: 0.3},
		"cut uploads":                 {CutUpload: 0.3},
		"lost answers":                {LoseAnswer: 0.3},
		"flipped bits on the way out": {FlipUpload: 0.3},
		"flipped bits on the way in":  {FlipDownload: 0.3},
		"cut downloads":               {CutDownload: 0.3},
		"short downloads":             {ShortDownload: 0.3},
		"all together":                {Busy: 0.3, CutUpload: 0.1, LoseAnswer: 0.1},
	} {
		for _, k := range kinds {
			if f.FlipUpload > 0 && !k.checksums {
				continue // below
			}
			t.Run(name+"/"+k.name, func(t *testing.T) {
				t.Parallel() // it waits more than it works
				o, p := behind(t, k)
				s := checked(t, o)
				p.Set(f)
				store, err := spool.New(retry.New(s, retry.Options{First: 10 * time.Millisecond, Longest: 50 * time.Millisecond}), spool.Options{Dir: t.TempDir()})
				if err != nil {
					t.Fatal(err)
				}
				want := putMany(t, store)
				p.Set(faulty.Faults{CutDownload: f.CutDownload, ShortDownload: f.ShortDownload})
				compare(t, store, want)
				if store.Used() != 0 {
					t.Errorf("%d bytes are left in the spool", store.Used())
				}
				p.Set(faulty.Faults{})
				for key := range want {
					if n := uploads(t, s, key); n != 0 {
						t.Errorf("%s: %d uploads are left", key, n)
					}
				}
			})
		}
	}
}

// putMany puts objects of many sizes, some in parts, several at once.
func putMany(t *testing.T, s blob.Store) map[string][]byte {
	t.Helper()
	want := map[string][]byte{}
	n := *objects
	if testing.Short() {
		n = min(n, 10)
	}
	for i := range n {
		size := []int{0, 300, 9_000, 70_000, 900_000}[i%5]
		if i == 4 {
			size = 2*minPartSize + 17
		}
		want[fmt.Sprintf("warc/%d/%d", i%3, i)] = bytes.Repeat([]byte{byte(i), byte(size), 'x'}, size/3+1)[:size]
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, 8)
	for key, b := range want {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if err := s.Put(t.Context(), blobtest.Object(key, b)); err != nil {
				t.Errorf("put %s: %v", key, err)
			}
		})
	}
	wg.Wait()
	return want
}

// compare wants exactly what was put to lie in the store.
func compare(t *testing.T, s blob.Store, want map[string][]byte) {
	t.Helper()
	got := keysOf(t, s, "warc/")
	if len(got) != len(want) {
		t.Errorf("%d keys, want %d", len(got), len(want))
	}
	for _, key := range got {
		if b := blobtest.Read(t, s, key, 0, -1); !bytes.Equal(b, want[key]) {
			t.Errorf("%s: %d bytes, and others than the %d that were put", key, len(b), len(want[key]))
		}
	}
}

// A server that keeps damaged bytes and says nothing is found out before anything is reported.
func TestADamagedUploadIsNeverReported(t *testing.T) {
	o, p := behind(t, kinds[0])
	s := checked(t, o)
	p.Set(faulty.Faults{FlipUpload: 1})
	object := blobtest.Object("k", make([]byte, 1000))
	if err := s.Put(t.Context(), object); !errors.Is(err, errReadBack) || ibid.KindOf(err) != ibid.KindStorage {
		t.Errorf("%v", err)
	}
	if err := s.Put(t.Context(), object); !errors.Is(err, blob.ErrExists) {
		t.Errorf("once more: %v", err)
	}
	for range 2 { // the request that completes it is damaged, too
		if err := s.Put(t.Context(), blobtest.Object("parts", make([]byte, minPartSize+1000))); ibid.KindOf(err) != ibid.KindStorage {
			t.Errorf("in parts: %v", err)
		}
	}
}

// An outage: refused, then hanging. Nothing is reported while it lasts, and the backlog is gone after it.
func TestOutage(t *testing.T) {
	o, p := behind(t, kinds[0])
	o.Timeout = 50 * time.Millisecond
	s := checked(t, o)
	s.tries = 2
	patient := retry.New(s, retry.Options{First: 5 * time.Millisecond, Longest: 20 * time.Millisecond})
	store, err := spool.New(patient, spool.Options{Dir: t.TempDir(), Max: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for name, outage := range map[string]func() (end func()){
		"refused": func() func() {
			if err := p.Down(); err != nil {
				t.Error(err)
			}
			return func() {
				if err := p.Up(); err != nil {
					t.Error(err)
				}
			}
		},
		"hanging": p.Hang,
	} {
		t.Run(name, func(t *testing.T) {
			end := outage()
			over := make(chan struct{})
			var wg sync.WaitGroup
			for i := range 40 {
				wg.Go(func() {
					key := fmt.Sprintf("warc/%s/%d", name, i)
					if err := store.Put(t.Context(), blobtest.Object(key, bytes.Repeat([]byte{byte(i)}, 100))); err != nil {
						t.Errorf("put %s: %v", key, err)
					}
					select {
					case <-over:
					default:
						t.Errorf("%s was reported in the outage", key)
					}
				})
			}
			<-time.After(200 * time.Millisecond)
			if used := store.Used(); used > 1000 {
				t.Errorf("%d bytes wait", used)
			}
			close(over)
			end()
			wg.Wait()
			if got := keysOf(t, store, "warc/"+name); len(got) != 40 || store.Used() != 0 {
				t.Errorf("%d keys, %d bytes wait", len(got), store.Used())
			}
		})
	}
}

// A line that is slow, but moves, is no failure; one over which nothing comes is.
func TestSlowIsNotSilent(t *testing.T) {
	o, p := behind(t, kinds[0])
	o.Timeout = 100 * time.Millisecond
	s := open(t, o)
	s.tries = 1
	body := bytes.Repeat([]byte("slow"), 50_000)
	p.Set(faulty.Faults{Rate: 400_000})
	began := time.Now()
	if err := s.Put(t.Context(), blobtest.Object("k", body)); err != nil {
		t.Fatal(err)
	}
	if got := blobtest.Read(t, s, "k", 0, -1); !bytes.Equal(got, body) {
		t.Errorf("%d bytes", len(got))
	}
	if took := time.Since(began); took < silence*o.Timeout {
		t.Errorf("it took only %v", took)
	}
	p.Set(faulty.Faults{})
	r, err := s.Open(t.Context(), "k", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	resume := p.Hang()
	defer resume()
	for op, err := range each(t.Context(), s) {
		if ibid.KindOf(err) != ibid.KindStorage || errors.Is(err, blob.ErrRefused) || errors.Is(err, context.Canceled) {
			t.Errorf("%s of a server that hangs: %v", op, err)
		}
	}
}

// Cut and short bodies are errors, never ends.
func TestABodyThatIsCutIsAnError(t *testing.T) {
	o, p := behind(t, kinds[0])
	s := open(t, o)
	put(t, s, "k", 100_000)
	s.tries = 1
	for name, f := range map[string]faulty.Faults{"cut": {CutDownload: 1}, "short": {ShortDownload: 1}} {
		p.Set(f)
		for _, span := range [][2]int64{{0, -1}, {5, 50_000}, {99_000, -1}} {
			r, err := s.Open(t.Context(), "k", span[0], span[1])
			if err == nil {
				_, err = io.Copy(io.Discard, r)
				err = errors.Join(err, r.Close())
			}
			if ibid.KindOf(err) != ibid.KindStorage || ibid.ClassOf(err) != ibid.ClassStorageUnavailable {
				t.Errorf("%s, %v: %v", name, span, err)
			}
		}
	}
}

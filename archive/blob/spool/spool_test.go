package spool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/blobtest"
	"github.com/ibid-archive/ibid/archive/blob/mem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Store { return open(t, mem.New(), t.TempDir()) })
}

func open(t *testing.T, store blob.Store, dir string) *Store {
	t.Helper()
	s, err := New(store, Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// away is a Store whose Puts wait until it is back, as retry's do.
type away struct {
	*mem.Store
	back chan struct{}
	// asked gets one value a Put: what it is about is in the spool.
	asked chan struct{}
}

func newAway() *away {
	return &away{Store: mem.New(), back: make(chan struct{}), asked: make(chan struct{}, 100)}
}

func (a *away) Put(ctx context.Context, o blob.Object) error {
	a.asked <- struct{}{}
	select {
	case <-a.back:
		return a.Store.Put(ctx, o)
	case <-ctx.Done():
		return &ibid.Error{Kind: ibid.KindStorage, Op: "store", URI: o.Key, Err: context.Cause(ctx)}
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A process that dies, or is told to end, while the store is away leaves what it had put; the next one stores it, in
// the order in which it was put, and until then no answer says otherwise.
func TestWhatWaitsOutlivesTheProcess(t *testing.T) {
	for name, body := range map[string]func(*testing.T, string, string) blob.Object{
		"a file is linked": func(t *testing.T, key, text string) blob.Object {
			f, err := os.CreateTemp(t.TempDir(), "segment")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = f.Close() })
			if _, err := f.WriteString(text); err != nil {
				t.Fatal(err)
			}
			o := blobtest.Object(key, []byte(text))
			o.Body = f
			return o
		},
		"bytes are copied": func(_ *testing.T, key, text string) blob.Object { return blobtest.Object(key, []byte(text)) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "a", "b")
			first := newAway()
			s := open(t, first, dir)
			ctx, cancel := context.WithCancel(t.Context())
			var wg sync.WaitGroup
			for _, key := range []string{"warc/x/1.warc.gz", "warc/x/2.warc.gz", "documents/d"} {
				o := body(t, key, "body of "+key)
				wg.Go(func() {
					if err := s.Put(ctx, o); err == nil {
						t.Errorf("%s is said to be stored", key)
					}
				})
			}
			for range 3 {
				<-first.asked
			}
			cancel()
			wg.Wait()
			if _, err := first.Stat(t.Context(), "documents/d"); !errors.Is(err, blob.ErrNotFound) {
				t.Fatal(err)
			}

			second := mem.New()
			s = open(t, second, dir)
			if s.Used() == 0 {
				t.Error("nothing waits")
			}
			if got := blobtest.Read(t, s, "warc/x/2.warc.gz", 0, -1); string(got) != "body of warc/x/2.warc.gz" {
				t.Errorf("%q", got)
			}
			if _, err := second.Stat(t.Context(), "documents/d"); !errors.Is(err, blob.ErrNotFound) {
				t.Errorf("more was stored than was asked for: %v", err)
			}
			if n, err := s.Drain(t.Context()); n != 2 || err != nil {
				t.Errorf("%d drained, %v", n, err)
			}
			if left := files(t, dir); len(left) != 0 || s.Used() != 0 {
				t.Errorf("%q and %d bytes are left", left, s.Used())
			}
			for _, key := range []string{"warc/x/1.warc.gz", "warc/x/2.warc.gz", "documents/d"} {
				if got := blobtest.Read(t, second, key, 0, -1); string(got) != "body of "+key {
					t.Errorf("%s: %q", key, got)
				}
			}
		})
	}
}

// A Put of other bytes under a key that waits is answered as if what waits had been stored, which it is first.
func TestWhatWaitsComesFirst(t *testing.T) {
	dir := t.TempDir()
	a := newAway()
	s := open(t, a, dir)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.Put(ctx, blobtest.Object("k", []byte("first"))); err == nil {
			t.Error("stored")
		}
	})
	<-a.asked
	cancel()
	wg.Wait()
	close(a.back)
	if err := s.Put(t.Context(), blobtest.Object("k", []byte("second"))); !errors.Is(err, blob.ErrExists) {
		t.Errorf("%v", err)
	}
	if err := s.Put(t.Context(), blobtest.Object("k", []byte("first"))); err != nil {
		t.Error(err)
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("%q are left", left)
	}
}

// What the store never takes is put aside, and is in nobody's way.
func TestWhatCannotBeStoredIsPutAside(t *testing.T) {
	for name, change := range map[string]func(*testing.T, *mem.Store, string){
		"other bytes lie there": func(t *testing.T, m *mem.Store, _ string) {
			if err := m.Put(t.Context(), blobtest.Object("k", []byte("other"))); err != nil {
				t.Fatal(err)
			}
		},
		"it was damaged": func(t *testing.T, _ *mem.Store, file string) {
			if err := os.WriteFile(file, []byte("damaged"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file, _ := nameOf("k", ibid.DigestOf([]byte("mine")))
			file = filepath.Join(dir, file)
			for name, text := range map[string]string{file: "mine", filepath.Join(dir, temporary+"x"): "half", filepath.Join(dir, "README"): "not ours"} {
				if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			m := mem.New()
			change(t, m, file)
			for range 2 { // and once more, as after another start
				s := open(t, m, dir)
				if _, err := s.Drain(t.Context()); err != nil || s.Used() != 0 {
					t.Errorf("%v, %d bytes are left", err, s.Used())
				}
				want := []string{filepath.Base(file) + refusedSuffix, "README"}
				if got := files(t, dir); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
					t.Errorf("%q, want %q", got, want)
				}
			}
		})
	}
}

// Of two tries that left different bytes under one key, the first is stored.
func TestTheFirstTryIsStored(t *testing.T) {
	dir, m := t.TempDir(), mem.New()
	for i, text := range []string{"second", "first"} {
		name, _ := nameOf("k", ibid.DigestOf([]byte(text)))
		name = filepath.Join(dir, name)
		at := time.Now().Add(-time.Duration(i) * time.Hour)
		if err := errors.Join(os.WriteFile(name, []byte(text), 0o600), os.Chtimes(name, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, m, dir)
	if got := string(blobtest.Read(t, s, "k", 0, -1)); got != "first" || s.Used() != 0 {
		t.Errorf("%q, %d bytes wait", got, s.Used())
	}
	if left := files(t, dir); len(left) != 1 || !strings.HasSuffix(left[0], refusedSuffix) {
		t.Errorf("%q are left", left)
	}
}

// With the store away, the spool takes what Max allows; then whoever has more waits, and goes on when it is back.
func TestTheSpoolIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAway()
		s, err := New(a, Options{Dir: t.TempDir(), Max: 10})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Room(t.Context()); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				if err := s.Put(t.Context(), blobtest.Object(fmt.Sprintf("k%d", i), []byte("1234"))); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		if s.Used() != 12 { // the third began when there was room
			t.Errorf("%d bytes wait", s.Used())
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := s.Room(ctx); !errors.Is(err, context.DeadlineExceeded) || ibid.ClassOf(err) != ibid.ClassStorageFull {
			t.Errorf("room: %v", err)
		}
		close(a.back)
		wg.Wait()
		if err := s.Room(t.Context()); err != nil || s.Used() != 0 {
			t.Errorf("%v, %d bytes wait", err, s.Used())
		}
	})
}

func TestAKeyTooLongForAFileIsStoredAllTheSame(t *testing.T) {
	dir, m := t.TempDir(), mem.New()
	key := strings.Repeat("long/", 60) + "k"
	if err := open(t, m, dir).Put(t.Context(), blobtest.Object(key, []byte("x"))); err != nil {
		t.Fatal(err)
	}
	if got := blobtest.Read(t, m, key, 0, -1); string(got) != "x" || len(files(t, dir)) != 0 {
		t.Errorf("%q, %q", got, files(t, dir))
	}
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"", "=", "a=b", strings.Repeat("0", 64) + "=warc=x=1.warc.gz", strings.Repeat("0", 64) + "=a==b", strings.Repeat("0", 64) + "=a=refused", strings.Repeat("0", 64) + "=a=b/c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		key, digest, ok := parseName(name)
		if !ok {
			return
		}
		if err := blob.CheckKey(key); err != nil {
			t.Errorf("%q gives the key %q: %v", name, key, err)
		}
		if back, fits := nameOf(key, digest); fits && back != name {
			t.Errorf("%q, %s gives the name %q, not %q", key, digest, back, name)
		}
	})
}

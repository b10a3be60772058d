package blobtest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// The order of keys is that of their bytes, in which '-' and '.' come before '/': a walk over folders
// that sorts by name alone gets it wrong.
func listing(t *testing.T, s blob.Store) {
	all := []string{"a-b/x", "a.b/x", "a/-", "a/b", "a/b-c", "a/b.d/e", "a/c/d", "a0", "ab", "b"}
	for _, i := range []int{3, 9, 0, 7, 1, 8, 2, 6, 5, 4} {
		put(t, s, all[i], all[i])
	}
	for prefix, want := range map[string][]string{
		"":        all,
		"a/":      {"a/-", "a/b", "a/b-c", "a/b.d/e", "a/c/d"},
		"a":       all[:9],
		"a/b":     {"a/b", "a/b-c", "a/b.d/e"},
		"a/b.":    {"a/b.d/e"},
		"a/b.d/e": {"a/b.d/e"},
		"z":       nil,
		"b/":      nil,
		"a0/c":    nil,
	} {
		if got := keys(t, s, prefix); !slices.Equal(got, want) {
			t.Errorf("prefix %q: %q, want %q", prefix, got, want)
		}
	}
}

func listingStops(t *testing.T, s blob.Store) {
	put(t, s, "a/1", "x")
	put(t, s, "a/2", "xy")
	stop := errors.New("stop")
	var seen []blob.Info
	err := s.List(t.Context(), "a/", func(i blob.Info) error {
		seen = append(seen, i)
		return stop
	})
	if !errors.Is(err, stop) || !slices.Equal(seen, []blob.Info{{Key: "a/1", Size: 1}}) {
		t.Errorf("%v, %v", seen, err)
	}
}

// A page of a listing has 1,000 keys at most servers.
func manyKeys(t *testing.T, s blob.Store) {
	if testing.Short() {
		t.Skip("thousands of objects take a while on a real disk")
	}
	const n = 2_500
	next := make(chan int)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for i := range next {
				if err := s.Put(t.Context(), Object(fmt.Sprintf("many/%02d/%05d", i%10, i), []byte("x"))); err != nil {
					t.Errorf("put %d: %v", i, err)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
	got := keys(t, s, "many/")
	if len(got) != n || !slices.IsSorted(got) {
		t.Errorf("%d keys, sorted: %v", len(got), slices.IsSorted(got))
	}
	if got := keys(t, s, "many/03/"); len(got) != n/10 {
		t.Errorf("%d keys in one part", len(got))
	}
}

func oddKeys(t *testing.T, s blob.Store) {
	for _, key := range []string{"", "/", "/abs", "a/../b", "..", ".hidden", "a//b", "a/", "a b", "a\x00b", "ä", "a\\b", "C:a"} {
		_, stat := s.Stat(t.Context(), key)
		_, open := s.Open(t.Context(), key, 0, -1)
		for _, err := range []error{stat, open, s.Put(t.Context(), Object(key, []byte("x")))} {
			if ibid.KindOf(err) != ibid.KindInput {
				t.Errorf("%q: %v", key, err)
			}
		}
	}
	if err := s.List(t.Context(), "../", func(blob.Info) error { return nil }); ibid.KindOf(err) != ibid.KindInput {
		t.Errorf("list ../: %v", err)
	}
}

// pattern is a body that need not be in memory: byte i is a function of i.
type pattern int64

func (p pattern) ReadAt(b []byte, off int64) (int, error) {
	for i := range b {
		if off+int64(i) >= int64(p) {
			return i, io.EOF
		}
		at := off + int64(i)
		b[i] = byte(at ^ at>>8 ^ at>>16)
	}
	return len(b), nil
}

func large(t *testing.T, s blob.Store) {
	const size = pattern(24<<20 + 7)
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(size, 0, int64(size))); err != nil {
		t.Fatal(err)
	}
	want := ibid.DigestSum(h)
	if err := s.Put(t.Context(), blob.Object{Key: "large", Body: size, Size: int64(size), Digest: want}); err != nil {
		t.Fatal(err)
	}
	r, err := s.Open(t.Context(), "large", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	h.Reset()
	if _, err := io.Copy(h, r); err != nil || r.Close() != nil || ibid.DigestSum(h) != want {
		t.Errorf("read back %s, %v; want %s", ibid.DigestSum(h), err, want)
	}
	if got := Read(t, s, "large", int64(size)-3, -1); len(got) != 3 {
		t.Errorf("its end has %d bytes", len(got))
	}
}

// removal is for those Stores out of which objects can be taken.
func removal(t *testing.T, s blob.Store) {
	r, ok := s.(blob.Remover)
	if !ok {
		t.Skip("objects of this store cannot be taken out")
	}
	for _, key := range []string{"a/b", "a/bc"} {
		if err := s.Put(t.Context(), Object(key, []byte("first"))); err != nil {
			t.Fatal(err)
		}
	}
	if why, err := r.Locked(t.Context(), "a/b"); why != "" || err != nil {
		t.Errorf("locked: %s, %v", why, err)
	}
	for range 2 {
		if err := r.Remove(t.Context(), "a/b"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Stat(t.Context(), "a/b"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("it is still there: %v", err)
	}
	if err := s.Put(t.Context(), Object("a/b", []byte("second"))); err != nil {
		t.Errorf("its key is not free: %v", err)
	}
	if got := Read(t, s, "a/bc", 0, -1); string(got) != "first" {
		t.Errorf("another object is %q", got)
	}
}

// Package blobtest is the suite that every blob.Store must pass.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// Run tests the Stores that open makes. Each call of open must give a new, empty one.
func Run(t *testing.T, open func(t *testing.T) blob.Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, blob.Store)
	}{
		{"round trip", roundTrip},
		{"an empty object", empty},
		{"create only", createOnly},
		{"refuses other bytes than announced", verified},
		{"ranged reads", ranges},
		{"nothing there", missing},
		{"listing", listing},
		{"listing stops with its caller", listingStops},
		{"thousands of keys", manyKeys},
		{"odd keys are refused", oddKeys},
		{"many at once", concurrent},
		{"one key, many at once", contended},
		{"a cancelled context", cancelled},
		{"a large object streams", large},
		{"moving out of the way", quarantine},
		{"removal", removal},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// Object makes an Object of b.
func Object(key string, b []byte) blob.Object {
	return blob.Object{Key: key, Body: bytes.NewReader(b), Size: int64(len(b)), Digest: ibid.DigestOf(b)}
}

// Read returns length bytes of key from offset on; it fails the test when it cannot.
func Read(t *testing.T, s blob.Store, key string, offset, length int64) []byte {
	t.Helper()
	r, err := s.Open(t.Context(), key, offset, length)
	if err != nil {
		t.Fatalf("open %s: %v", key, err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Errorf("close %s: %v", key, err)
		}
	}()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read %s: %v", key, err)
	}
	return b
}

func put(t *testing.T, s blob.Store, key, body string) {
	t.Helper()
	if err := s.Put(t.Context(), Object(key, []byte(body))); err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
}

func keys(t *testing.T, s blob.Store, prefix string) []string {
	t.Helper()
	var got []string
	err := s.List(t.Context(), prefix, func(i blob.Info) error {
		got = append(got, i.Key)
		return nil
	})
	if err != nil {
		t.Fatalf("list %q: %v", prefix, err)
	}
	return got
}

func roundTrip(t *testing.T, s blob.Store) {
	put(t, s, "warc/default/a-1.warc.gz", "some bytes\x00\xff")
	if got := Read(t, s, "warc/default/a-1.warc.gz", 0, -1); string(got) != "some bytes\x00\xff" {
		t.Errorf("read back %q", got)
	}
	info, err := s.Stat(t.Context(), "warc/default/a-1.warc.gz")
	if err != nil || info != (blob.Info{Key: "warc/default/a-1.warc.gz", Size: 12}) {
		t.Errorf("stat: %+v, %v", info, err)
	}
}

func empty(t *testing.T, s blob.Store) {
	put(t, s, "nothing", "")
	if got := Read(t, s, "nothing", 0, -1); len(got) != 0 {
		t.Errorf("read back %q", got)
	}
	if got := keys(t, s, ""); !slices.Equal(got, []string{"nothing"}) {
		t.Errorf("listed %q", got)
	}
}

func createOnly(t *testing.T, s blob.Store) {
	put(t, s, "k", "first")
	put(t, s, "k", "first")
	for _, other := range []string{"other", "firs", "first and more", ""} {
		err := s.Put(t.Context(), Object("k", []byte(other)))
		if !errors.Is(err, blob.ErrExists) || ibid.KindOf(err) != ibid.KindStorage || ibid.ClassOf(err) != ibid.ClassDigestMismatch {
			t.Errorf("put %q over it: %v", other, err)
		}
	}
	if got := Read(t, s, "k", 0, -1); string(got) != "first" {
		t.Errorf("it is now %q", got)
	}
}

func verified(t *testing.T, s blob.Store) {
	good := Object("k", []byte("right"))
	for name, change := range map[string]func(*blob.Object){
		"other bytes": func(o *blob.Object) { o.Body = strings.NewReader("wrong") },
		"too few":     func(o *blob.Object) { o.Body = strings.NewReader("righ") },
		"wrong size":  func(o *blob.Object) { o.Size = 4 },
		"no digest":   func(o *blob.Object) { o.Digest = "" },
	} {
		bad := good
		change(&bad)
		if err := s.Put(t.Context(), bad); err == nil || ibid.KindOf(err) != ibid.KindStorage {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Stat(t.Context(), "k"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("something was stored: %v", err)
	}
	if got := keys(t, s, ""); len(got) != 0 {
		t.Errorf("listed %q", got)
	}
}

func ranges(t *testing.T, s blob.Store) {
	put(t, s, "k", "0123456789")
	for _, c := range []struct {
		offset, length int64
		want           string
	}{{0, -1, "0123456789"}, {0, 0, ""}, {3, 4, "3456"}, {9, 1, "9"}, {10, -1, ""}, {8, 100, "89"}, {4, -1, "456789"}} {
		if got := Read(t, s, "k", c.offset, c.length); string(got) != c.want {
			t.Errorf("%d+%d: %q, want %q", c.offset, c.length, got, c.want)
		}
	}
	for _, offset := range []int64{-1, 11} {
		if _, err := s.Open(t.Context(), "k", offset, 1); !errors.Is(err, blob.ErrRange) {
			t.Errorf("offset %d: %v", offset, err)
		}
	}
}

func missing(t *testing.T, s blob.Store) {
	put(t, s, "a/b", "x")
	for _, key := range []string{"none", "a", "a/b/c"} {
		_, stat := s.Stat(t.Context(), key)
		_, open := s.Open(t.Context(), key, 0, -1)
		for _, err := range []error{stat, open} {
			if !errors.Is(err, blob.ErrNotFound) || ibid.KindOf(err) != ibid.KindNotFound {
				t.Errorf("%s: %v", key, err)
			}
		}
	}
	if got := keys(t, s, "none/"); len(got) != 0 {
		t.Errorf("listed %q", got)
	}
}

func concurrent(t *testing.T, s blob.Store) {
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			key, body := fmt.Sprintf("d%d/k%d", i%4, i), []byte(strings.Repeat(fmt.Sprint(i), 1000))
			if err := s.Put(t.Context(), Object(key, body)); err != nil {
				t.Errorf("put %s: %v", key, err)
				return
			}
			if r, err := s.Open(t.Context(), key, 0, -1); err != nil {
				t.Errorf("open %s: %v", key, err)
			} else if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, body) || r.Close() != nil {
				t.Errorf("%s: %d bytes, %v", key, len(got), err)
			}
		})
	}
	wg.Wait()
	if got := keys(t, s, ""); len(got) != 64 {
		t.Errorf("%d keys", len(got))
	}
}

func contended(t *testing.T, s blob.Store) {
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Go(func() { errs[i] = s.Put(t.Context(), Object("one/key", fmt.Appendf(nil, "bytes of %d", i%2))) })
	}
	wg.Wait()
	won := string(Read(t, s, "one/key", 0, -1))
	for i, err := range errs {
		same := won == fmt.Sprintf("bytes of %d", i%2)
		if same != (err == nil) || !same && !errors.Is(err, blob.ErrExists) {
			t.Errorf("%q lies there, put %d: %v", won, i, err)
		}
	}
}

func cancelled(t *testing.T, s blob.Store) {
	put(t, s, "k", "x")
	ctx, cancel := context.WithCancel(t.Context())
	r, err := s.Open(ctx, "k", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	_, read := r.Read(make([]byte, 1))
	_, stat := s.Stat(ctx, "k")
	list := s.List(ctx, "", func(blob.Info) error { return nil })
	put := s.Put(ctx, Object("new", bytes.Repeat([]byte("x"), 1<<20)))
	for name, err := range map[string]error{"read": read, "stat": stat, "list": list, "put": put} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if got := keys(t, s, ""); !slices.Equal(got, []string{"k"}) {
		t.Errorf("listed %q", got)
	}
}

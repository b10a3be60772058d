package main

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/mem"
)

// TestCanary: the capture that is built in is read back each hour, and the figures and the log say when it is not.
func TestCanary(t *testing.T) {
	spool := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		store := mem.New()
		a, err := archive.New(archive.Options{Store: store, SpoolDir: spool})
		if err != nil {
			t.Fatal(err)
		}
		var log strings.Builder
		var c canary
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- c.run(ctx, a, time.Now, slog.New(slog.NewTextHandler(&log, nil))) }()
		after := func(d time.Duration, failing bool) time.Time {
			t.Helper()
			time.Sleep(d) //nolint:forbidigo // in a synctest bubble: no time passes
			synctest.Wait()
			read, bad := c.last()
			if bad != failing || strings.Contains(log.String(), "level=ERROR") != failing {
				t.Errorf("after %s: failing %t; the log: %s", d, bad, &log)
			}
			log.Reset()
			return read
		}
		if !after(keepFirst-time.Second, false).IsZero() {
			t.Error("it was read at the start, where work comes first")
		}
		first := after(2*time.Second, false)
		right := putInstead(t, store, []byte("something else"))
		if again := after(canaryEvery, true); !again.Equal(first) || first.IsZero() {
			t.Errorf("read at %s and at %s", first, again)
		}
		putInstead(t, store, right)
		if again := after(canaryEvery, false); again.Sub(first) != 2*canaryEvery {
			t.Errorf("read at %s and at %s", first, again)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// putInstead puts b in the place of all that store holds, and returns what that was.
func putInstead(t *testing.T, store *mem.Store, b []byte) []byte {
	t.Helper()
	var key string
	if err := store.List(t.Context(), "", func(i blob.Info) error { key = i.Key; return nil }); err != nil || key == "" {
		t.Fatalf("%q, %v", key, err)
	}
	if _, err := store.Quarantine(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	o := blob.Object{Key: key, Body: strings.NewReader(string(b)), Size: int64(len(b)), Digest: ibid.DigestOf(b)}
	if err := store.Put(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	moved := store.Quarantined()
	return moved[0]
}

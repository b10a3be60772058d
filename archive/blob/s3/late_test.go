package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/blobtest"
	"github.com/ibid-archive/ibid/archive/blob/retry"
)

func TestLateStore(t *testing.T) {
	at := kinds[0].address(t)
	blobtest.Run(t, func(t *testing.T) blob.Store {
		return open(t, bucket(t, at)).Late(func(context.Context, Capabilities) {})
	})
}

// A server that is away at the start is checked when it is there, once, and what was to be put then is.
func TestAServerThatComesLate(t *testing.T) {
	o, p := behind(t, kinds[0])
	s := open(t, o)
	s.tries = 2
	if err := p.Down(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Check(t.Context()); err == nil || errors.Is(err, blob.ErrRefused) {
		t.Fatalf("a server that is away: %v", err)
	}
	var found atomic.Int64
	store := retry.New(s.Late(func(context.Context, Capabilities) { found.Add(1) }), retry.Options{First: time.Millisecond, Longest: 5 * time.Millisecond})
	soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := store.Put(soon, blobtest.Object("early", []byte("x"))); ibid.KindOf(err) != ibid.KindStorage {
		t.Errorf("put before it is there: %v", err)
	}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if err := store.Put(t.Context(), blobtest.Object(fmt.Sprintf("k%d", i), []byte("x"))); err != nil {
				t.Error(err)
			}
		})
	}
	for _, why := store.Away(); why == nil; _, why = store.Away() {
		<-time.After(time.Millisecond)
	}
	if err := p.Up(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if got := keysOf(t, store, "k"); len(got) != 20 || found.Load() != 1 || s.checksums == checksumsUnsent {
		t.Errorf("%d keys, checked %d times, %v", len(got), found.Load(), s.checksums)
	}
	if _, why := store.Away(); why != nil {
		t.Errorf("it is said to be away: %v", why)
	}
}

// Whoever gives up waiting for a Check takes nobody else with him.
func TestALookThatIsGivenUp(t *testing.T) {
	o, p := behind(t, kinds[0])
	s := open(t, o)
	resume := p.Hang()
	defer resume()
	store := s.Late(func(context.Context, Capabilities) {})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	first := make(chan struct{})
	wg.Go(func() {
		close(first)
		if _, err := store.Stat(ctx, "k"); err == nil || errors.Is(err, blob.ErrNotFound) {
			t.Errorf("whoever gave up: %v", err)
		}
	})
	<-first
	for range 5 {
		wg.Go(func() {
			if _, err := store.Stat(t.Context(), "k"); !errors.Is(err, blob.ErrNotFound) {
				t.Errorf("whoever waited: %v", err)
			}
		})
	}
	for p.Requests(http.MethodGet) == 0 { // the Check has begun
		<-time.After(time.Millisecond)
	}
	cancel()
	resume()
	wg.Wait()
}

package spool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob/blobtest"
	"github.com/ibid-archive/ibid/archive/blob/mem"
)

// told keeps what is told of a spool, with the time since the start of the test.
type told struct {
	mu    sync.Mutex
	began time.Time
	lines []string
}

func (n *told) options(dir string, size int64) Options {
	return Options{
		Dir: dir, Max: size,
		Full:    func(since time.Time) { n.say("full since %v", since.Sub(n.began).Round(time.Second)) },
		Drained: func(since, _ time.Time) { n.say("drained, full since %v", since.Sub(n.began).Round(time.Second)) },
	}
}

func (n *told) say(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, fmt.Sprintf("%v: ", time.Since(n.began).Round(time.Second))+fmt.Sprintf(format, args...))
}

func (n *told) expect(t *testing.T, want ...string) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if !slices.Equal(n.lines, want) {
		t.Errorf("told %q, want %q", n.lines, want)
	}
}

// A long outage is told once when it has filled the spool, and once when all is in the store, however often the spool has
// room and is full again in between.
func TestFullAndDrainedAreToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, a := &told{began: time.Now()}, newAway()
		s, err := New(a, n.options(t.TempDir(), 10))
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		put := func(key string) {
			wg.Go(func() {
				if err := s.Put(t.Context(), blobtest.Object(key, []byte("1234"))); err != nil {
					t.Error(err)
				}
			})
		}
		for i := range 8 {
			put(fmt.Sprint("k", i))
		}
		<-time.After(29 * time.Second)
		synctest.Wait()
		n.expect(t)
		<-time.After(10 * time.Minute)
		n.expect(t, "30s: full since 0s")
		// The store takes one, and another one gets its room: it is still the same outage.
		a.back <- struct{}{}
		<-time.After(10 * time.Minute)
		n.expect(t, "30s: full since 0s")
		close(a.back)
		wg.Wait()
		n.expect(t, "30s: full since 0s", "20m29s: drained, full since 0s")
		// A new outage is news again.
		a.back = make(chan struct{})
		for i := range 4 {
			put(fmt.Sprint("l", i))
		}
		<-time.After(time.Minute)
		close(a.back)
		wg.Wait()
		n.expect(t, "30s: full since 0s", "20m29s: drained, full since 0s", "20m59s: full since 20m29s", "21m29s: drained, full since 20m29s")
	})
}

// What is stored slowly, but is, is no news: there is room again and again.
func TestASlowStoreIsNoNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &told{began: time.Now()}
		a := newAway()
		s, err := New(a, n.options(t.TempDir(), 10))
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				if err := s.Put(t.Context(), blobtest.Object(fmt.Sprint("k", i), []byte("1234"))); err != nil {
					t.Error(err)
				}
			})
		}
		for range 60 {
			<-time.After(20 * time.Second)
			a.back <- struct{}{}
		}
		wg.Wait()
		n.expect(t)
	})
}

// A process that dies with a full spool leaves it to the next one to tell that it is empty, and that it is full is not told
// again.
func TestFullnessOutlivesTheProcess(t *testing.T) {
	for name, left := range map[string]bool{"with objects": true, "between the last object and its news": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				n, a := &told{began: time.Now()}, newAway()
				s, err := New(a, n.options(dir, 1))
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				var wg sync.WaitGroup
				for i := range 2 {
					wg.Go(func() {
						if err := s.Put(ctx, blobtest.Object(fmt.Sprint("k", i), []byte("1234"))); ibid.KindOf(err) != ibid.KindStorage {
							t.Error(err)
						}
					})
				}
				<-time.After(time.Minute)
				cancel()
				wg.Wait()
				n.expect(t, "30s: full since 0s")
				if !left { // as if the process had died right behind it
					if _, err := open(t, mem.New(), dir).Drain(t.Context()); err != nil {
						t.Fatal(err)
					}
					s.mark()
				}
				<-time.After(time.Minute)
				if s, err = New(mem.New(), n.options(dir, 1)); err != nil {
					t.Fatal(err)
				}
				if _, err := s.Drain(t.Context()); err != nil {
					t.Fatal(err)
				}
				n.expect(t, "30s: full since 0s", "2m0s: drained, full since 0s")
				if left := files(t, dir); len(left) != 0 {
					t.Errorf("%q are left", left)
				}
			})
		})
	}
}

// A disk that does not even take the mark makes no difference to what is told.
func TestTheMarkIsNoCondition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, a := &told{began: time.Now()}, newAway()
		o := n.options(t.TempDir(), 1)
		s, err := New(a, o)
		if err != nil {
			t.Fatal(err)
		}
		s.o.Dir += "/gone"
		s.used = 1
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := s.Room(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		n.expect(t, "30s: full since 0s")
	})
}

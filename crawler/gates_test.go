package crawler

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestDelaysBetweenStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGates(Options{Concurrency: 10, PerHost: PerHost{Parallelism: 5, Delay: time.Second}})
		for host, tc := range map[string]struct{ asked, want time.Duration }{
			"quick": {time.Millisecond, time.Second}, "slow": {2 * time.Second, 2 * time.Second}, "slowest": {time.Hour, maxCrawlDelay},
		} {
			g.slower(host, tc.asked)
			began := time.Now()
			for range 3 {
				leave, err := g.enter(t.Context(), host)
				if err != nil {
					t.Fatal(err)
				}
				leave()
			}
			if got := time.Since(began); got != 2*tc.want {
				t.Errorf("%s: three starts took %s, want %s", host, got, 2*tc.want)
			}
		}
		time.Sleep(3 * idleGate) //nolint:forbidigo // in a synctest bubble: no time passes
		leave, err := g.enter(t.Context(), "new")
		if err != nil {
			t.Fatal(err)
		}
		leave()
		if len(g.hosts) != 1 {
			t.Errorf("%d hosts are remembered, want the new one", len(g.hosts))
		}
	})
}

func TestGatesKeepParallelismDelayAndContext(t *testing.T) {
	g := newGates(Options{Concurrency: 3, PerHost: PerHost{Parallelism: 2}})
	one, err := g.enter(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.enter(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.enter(ended, "a"); err == nil {
		t.Error("a third request to the host was let in")
	}
	if _, err := g.enter(t.Context(), "b"); err != nil {
		t.Errorf("another host: %v", err)
	}
	if _, err := g.enter(ended, "c"); err == nil {
		t.Error("a fourth request at all was let in")
	}
	one()
	one() // Leaving twice frees one place.
	if _, err := g.enter(t.Context(), "a"); err != nil {
		t.Errorf("after one left: %v", err)
	}
	if _, err := g.enter(ended, "a"); err == nil {
		t.Error("leaving twice freed two places")
	}
}

func TestDelaysCountFromTheRealStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGates(Options{Concurrency: 1, PerHost: PerHost{Parallelism: 2, Delay: time.Second}})
		other, err := g.enter(t.Context(), "other")
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		started := make(chan time.Duration, 2)
		for range 2 {
			go func() {
				leave, err := g.enter(t.Context(), "busy")
				if err != nil {
					t.Error(err)
					return
				}
				started <- time.Since(began)
				leave()
			}()
		}
		time.Sleep(5 * time.Second) //nolint:forbidigo // in a synctest bubble: no time passes
		other()
		if first, second := <-started, <-started; first != 5*time.Second || second != 6*time.Second {
			t.Errorf("both waited for a slot, and started after %s and %s; want 5 s and 6 s", first, second)
		}
	})
}

func TestDelaysCountFromWhatOthersAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGates(Options{Concurrency: 1, PerHost: PerHost{Parallelism: 2, Delay: time.Second}})
		for _, x := range []struct{ ago, want time.Duration }{
			{10 * time.Second, 0}, {0, time.Second}, {-time.Second, 2 * time.Second}, {time.Hour, time.Second},
		} {
			began := time.Now()
			g.asked("host", began.Add(-x.ago))
			leave, err := g.enter(t.Context(), "host")
			if err != nil {
				t.Fatal(err)
			}
			leave()
			if took := time.Since(began); took != x.want {
				t.Errorf("others asked %s ago: it started after %s, want %s", x.ago, took, x.want)
			}
		}
	})
}

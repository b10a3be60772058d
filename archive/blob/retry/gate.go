package retry

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// away is how many calls in a row must fail for the store to be away: one that fails alone has nothing to say about
// the others.
const away = 3

// gate lets calls through to a store, and one at a time while it is away.
type gate struct {
	o Options

	mu sync.Mutex
	// failures in a row, of all calls.
	failures int
	// closed since, because: the store is away.
	closed  bool
	since   time.Time
	because error
	// asking: a call is under way, or about to be, that finds out whether the store is back.
	asking bool
	// pause is the wait before that.
	pause time.Duration
	// changed is closed and made anew whenever a waiting call should look again.
	changed chan struct{}
}

func newGate(o Options) *gate { return &gate{o: o, changed: make(chan struct{})} }

// enter waits until a call may be made, which is its try n (from 0). Whoever was let in must leave or abandon, and
// say then whether it is the one that asks.
func (g *gate) enter(ctx context.Context, n int) (asks bool, err error) {
	for {
		g.mu.Lock()
		pause, changed, because, waits := time.Duration(0), g.changed, g.because, false
		switch {
		case g.closed && g.asking:
			waits = true
		case g.closed:
			g.asking, asks, pause = true, true, g.pause
		case n > 0:
			pause = g.wait(n)
		}
		g.mu.Unlock()
		if waits {
			select {
			case <-changed:
				continue
			case <-ctx.Done():
				return false, given(ctx, because)
			}
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			g.abandon(asks)
			return false, given(ctx, because)
		}
		return asks, nil
	}
}

// given is why waiting was given up: the end of ctx, and what was waited for.
func given(ctx context.Context, because error) error {
	if because == nil {
		return context.Cause(ctx)
	}
	return fmt.Errorf("%w: %w", context.Cause(ctx), because)
}

// leave says what came of a call.
func (g *gate) leave(asks bool, what outcome, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	defer g.wake(asks)
	if what == settled {
		g.open()
		return
	}
	g.failures++
	if what == refused {
		g.failures = max(g.failures, away)
	}
	if g.failures >= away {
		g.close(what, err)
	}
}

// open lets all through again; g.mu is held.
func (g *gate) open() {
	if g.closed {
		g.o.Log.Warn("the store is back", "after", time.Since(g.since).Round(time.Second))
	}
	g.closed, g.because, g.pause, g.failures = false, nil, 0, 0
}

// close lets only one through, after a while; g.mu is held.
func (g *gate) close(what outcome, err error) {
	if !g.closed {
		g.closed, g.since = true, time.Now()
		g.o.Log.Error("the store is away: what is not stored waits, and is not reported before it is stored", "error", err)
	}
	g.because = err
	g.pause = g.o.Longest
	if what == passing {
		g.pause = g.wait(g.failures - away + 1)
	}
}

// abandon is leave of a call that has nothing to say about the store.
func (g *gate) abandon(asks bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wake(asks)
}

// wake lets the calls that wait look again, and the next of them ask; g.mu is held.
func (g *gate) wake(asks bool) {
	if asks {
		g.asking = false
	}
	close(g.changed)
	g.changed = make(chan struct{})
}

// wait is the pause before try n, half of it left to chance so that many clients do not ask in step.
func (g *gate) wait(n int) time.Duration {
	d := g.o.Longest
	if n < 20 {
		d = min(g.o.First<<(n-1), d)
	}
	return d/2 + rand.N(d/2+1) //nolint:gosec // no secret
}

package crawler

import (
	"context"
	"sync"
	"time"
)

// maxCrawlDelay caps what a robots.txt may ask for between two requests.
const maxCrawlDelay = 30 * time.Second

// idleGate is how long a host's gate is remembered after its last use: longer than any delay.
const idleGate = 2 * maxCrawlDelay

// gates hold what of each host is under way, over all Jobs of the process.
type gates struct {
	parallel int
	delay    time.Duration
	all      chan struct{} // the slots of Options.Concurrency

	mu    sync.Mutex
	hosts map[string]*gate
	swept time.Time
}

type gate struct {
	slots chan struct{}
	// turn has who is the next to ask. Starts are one after the other, each counted from the last real one.
	turn chan struct{}

	// Guarded by gates.mu:
	users   int
	used    time.Time
	started time.Time     // the last start
	crawlBy time.Duration // Crawl-delay
}

func newGates(o Options) *gates {
	return &gates{
		parallel: o.PerHost.Parallelism, delay: o.PerHost.Delay,
		all: make(chan struct{}, o.Concurrency), hosts: map[string]*gate{},
	}
}

// enter waits until host may be asked once more. The function it returns ends that request's stay. A host that
// makes others wait holds no slot that other hosts need.
func (g *gates) enter(ctx context.Context, host string) (leave func(), err error) {
	h := g.take(host)
	if err := g.admit(ctx, h); err != nil {
		g.giveBack(h)
		return nil, err
	}
	return sync.OnceFunc(func() {
		<-g.all
		<-h.slots
		g.giveBack(h)
	}), nil
}

// admit takes a slot of h and one of all. The delay is over before that, and counts from what was waited for.
func (g *gates) admit(ctx context.Context, h *gate) error {
	if err := acquire(ctx, h.slots); err != nil {
		return err
	}
	err := g.start(ctx, h)
	if err != nil {
		<-h.slots
	}
	return err
}

func (g *gates) start(ctx context.Context, h *gate) error {
	if err := acquire(ctx, h.turn); err != nil {
		return err
	}
	defer func() { <-h.turn }()
	for wait := g.rest(h); wait > 0; wait = g.rest(h) {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := acquire(ctx, g.all); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	h.started = time.Now()
	return nil
}

// rest is how long h is still to be left alone.
func (g *gates) rest(h *gate) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if h.started.IsZero() {
		return 0
	}
	return time.Until(h.started.Add(max(g.delay, h.crawlBy)))
}

func acquire(ctx context.Context, place chan struct{}) error {
	select {
	case place <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// asked says that another process asked host, at the latest at an instant.
func (g *gates) asked(host string, at time.Time) {
	h := g.take(host)
	defer g.giveBack(h)
	g.mu.Lock()
	defer g.mu.Unlock()
	if at.After(h.started) {
		h.started = at
	}
}

// slower makes host wait at least its Crawl-delay, capped, between starts.
func (g *gates) slower(host string, delay time.Duration) {
	delay = min(delay, maxCrawlDelay)
	if delay <= g.delay {
		return
	}
	h := g.take(host)
	defer g.giveBack(h)
	g.mu.Lock()
	defer g.mu.Unlock()
	if h.crawlBy == 0 && !h.started.IsZero() {
		// It holds between pages: the request for robots.txt itself, which told of it, is left as if it had been so long ago
		// that the page waits no more than anywhere.
		h.started = h.started.Add(g.delay - delay)
	}
	h.crawlBy = delay
}

func (g *gates) take(host string) *gate {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if now.Sub(g.swept) > idleGate {
		g.sweep(now)
	}
	h := g.hosts[host]
	if h == nil {
		h = &gate{slots: make(chan struct{}, g.parallel), turn: make(chan struct{}, 1)}
		g.hosts[host] = h
	}
	h.users++
	return h
}

func (g *gates) giveBack(h *gate) {
	g.mu.Lock()
	defer g.mu.Unlock()
	h.users--
	h.used = time.Now()
}

// sweep forgets hosts without users whose delay has long passed, so that memory does not grow with the web.
func (g *gates) sweep(now time.Time) {
	g.swept = now
	for name, h := range g.hosts {
		if h.users == 0 && now.Sub(h.used) > idleGate {
			delete(g.hosts, name)
		}
	}
}

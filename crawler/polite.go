package crawler

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
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
	slots   chan struct{}
	starts  *rate.Limiter
	users   int // guarded by gates.mu, as used
	used    time.Time
	crawlBy time.Duration
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
	if err := h.wait(ctx); err != nil {
		g.giveBack(h)
		return nil, err
	}
	select {
	case g.all <- struct{}{}:
	case <-ctx.Done():
		<-h.slots
		g.giveBack(h)
		return nil, ctx.Err()
	}
	return sync.OnceFunc(func() {
		<-g.all
		<-h.slots
		g.giveBack(h)
	}), nil
}

func (h *gate) wait(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := h.starts.Wait(ctx); err != nil {
		<-h.slots
		return err
	}
	return nil
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
	if h.crawlBy != delay {
		h.crawlBy = delay
		h.starts.SetLimit(rate.Every(delay))
	}
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
		limit := rate.Inf
		if g.delay > 0 {
			limit = rate.Every(g.delay)
		}
		h = &gate{slots: make(chan struct{}, g.parallel), starts: rate.NewLimiter(limit, 1)}
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

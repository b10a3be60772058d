package crawler

import (
	"context"
	"math/rand/v2"
	"net/url"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/gocolly/colly/v2"

	"github.com/ibid-archive/ibid"
)

// Crawler looks at Seeds. One Crawler serves all Jobs of a process: politeness, connections and what robots.txt
// said are shared. It is safe for concurrent use.
type Crawler struct {
	o      Options
	wire   *wire
	base   *colly.Collector
	gates  *gates
	robots robotsCache
	// parsing holds a place for each page being made a tree: trees are many times larger than their bytes.
	parsing chan struct{}
	// Waits that tests make short.
	backoff      func(try int) time.Duration
	describeTime time.Duration
}

// New returns a Crawler, and makes its spool directory. An error names the option that cannot be used.
func New(o Options) (*Crawler, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.SpoolDir, 0o750); err != nil {
		return nil, spoolError(o.SpoolDir, err)
	}
	c := &Crawler{o: o, wire: newWire(o), gates: newGates(o), parsing: make(chan struct{}, runtime.GOMAXPROCS(0)), backoff: backoff, describeTime: describeTime}
	c.robots.now = o.Now
	c.base = newBase(o, driver{c})
	return c, nil
}

// backoff is how long to wait after the try of that number: about 1 s, 2 s, 4 s, with jitter.
func backoff(try int) time.Duration {
	d := time.Second << min(try-1, 4)
	return d/2 + rand.N(d) //nolint:gosec // nothing depends on its being hard to guess
}

// parse makes a page of body when there is a place for its tree; links says whether what it refers to is wanted.
func (c *Crawler) parse(body []byte, links bool) *page {
	c.parsing <- struct{}{}
	defer func() { <-c.parsing }()
	return parsePage(body, links)
}

// Close lets go of idle connections. No Crawl may be under way.
func (c *Crawler) Close() error {
	c.wire.close()
	return nil
}

// job is one Crawl under way: what its Visits share.
type job struct {
	*ibid.Job
	c       *Crawler
	sink    Sink
	done    func(context.Context, *ibid.Visit) error
	workers chan struct{} // who has a place in it may work; waiting for another try takes none
	end     context.CancelCauseFunc

	writing, reporting sync.Mutex

	mu     sync.Mutex
	assets map[string]*asset
}

// Crawl looks at every Seed of work and calls done once for each, as soon as its Visit has ended. Calls of done
// may come from several goroutines but never two at once. What is wrong with a source is in its Visit; an
// error is the end of ctx (then what was under way is discarded), or one that sink or done returned.
func (c *Crawler) Crawl(ctx context.Context, work *ibid.Job, sink Sink, done func(context.Context, *ibid.Visit) error) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	j := &job{
		Job: work, c: c, sink: sink, done: done, end: end, assets: map[string]*asset{},
		workers: make(chan struct{}, max(c.o.PerHost.Parallelism, 1)),
	}
	if !work.Left.IsZero() {
		for _, seed := range work.Seeds {
			c.left(seed, work.Left)
		}
	}
	var visits sync.WaitGroup
	for _, seed := range work.Seeds {
		if j.acquire(ctx) != nil {
			break
		}
		visits.Go(func() {
			err := j.visit(ctx, seed)
			if err != nil {
				end(err)
			}
			j.release()
		})
	}
	visits.Wait()
	return context.Cause(ctx)
}

// left says when another process was done with the host of a Seed.
func (c *Crawler) left(seed ibid.Seed, at time.Time) {
	if u, err := url.Parse(seed.URI); err == nil {
		c.gates.asked(authority(u), at)
	}
}

func (j *job) acquire(ctx context.Context) error {
	if err := acquire(ctx, j.workers); err != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (j *job) release() { <-j.workers }

// visit looks at one Seed and reports it. An error ends the Crawl.
func (j *job) visit(ctx context.Context, seed ibid.Seed) error {
	v := newVisit(j, seed)
	if err := v.run(ctx); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	j.c.o.Log.DebugContext(ctx, "visit", "seed", display(seed.URI), "verdict", v.Verdict, "class", v.Class, "seconds", v.Seconds)
	j.reporting.Lock()
	defer j.reporting.Unlock()
	return j.done(ctx, v.Visit)
}

// write gives an Exchange to the Sink, one at a time.
func (j *job) write(ctx context.Context, x *ibid.Exchange) (ibid.Capture, error) {
	j.writing.Lock()
	defer j.writing.Unlock()
	if err := ctx.Err(); err != nil {
		return ibid.Capture{}, err
	}
	capture, err := j.sink.Write(ctx, x)
	if err != nil {
		j.end(err)
	}
	return capture, err
}

// pause waits for d. The Visit's own goroutine gives its place to another Seed of the Job meanwhile.
func (j *job) pause(ctx context.Context, d time.Duration, main bool) error {
	if main {
		j.release()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	if main {
		// Without regard to ctx: whoever ends the Visit releases the place once more.
		j.workers <- struct{}{}
	}
	return ctx.Err()
}

package pipeline

import (
	"context"
	"sync"
	"time"
)

// Serve works the Jobs of all runs, whoever began them, until ctx ends. What is under way then is finished or safely
// left to others.
func (p *Pipeline) Serve(ctx context.Context) error { return p.queue.Run(ctx) }

// followEvery is how often a run looks for what other processes have done of it.
const followEvery = time.Second

// following tells the watcher of r what other processes do of it, until the function that it returns is called.
func (p *Pipeline) following(ctx context.Context, r *run) (stop func()) {
	if !p.o.Catalog.Shared() {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { p.follow(ctx, r) })
	return func() {
		cancel()
		wg.Wait()
	}
}

func (p *Pipeline) follow(ctx context.Context, r *run) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		done, _, err := p.o.Catalog.RunProgress(ctx, r.id)
		if err == nil {
			r.reached(done)
		}
	}
}

// reached says that so many Seeds of the run are done, at least.
func (r *run) reached(done int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if done > r.progress.Done {
		r.progress.Done = done
		r.tell()
	}
}

package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
)

const (
	// requestsAtOnce is how many requests are worked at once. Their sources are worked by the queue.
	requestsAtOnce = 8
	// requestsWaiting bounds those that may wait.
	requestsWaiting = 1000
	// requestsEvery is how often it is looked for those that other processes left, and keepRequests how long it can be
	// asked what became of one.
	requestsEvery = time.Minute
	keepRequests  = 90 * 24 * time.Hour
)

// requester works what was asked for over HTTP, until it is over: what a process left undone, the next one takes up.
type requester struct {
	catalog *catalog.Catalog
	line    *pipeline.Pipeline
	now     func() time.Time
	log     *slog.Logger
	bell    chan struct{}

	mu     sync.Mutex
	active map[string]pipeline.Progress
}

func newRequester(h *house, line *pipeline.Pipeline, p *program) *requester {
	return &requester{catalog: h.catalog, line: line, now: p.now, log: p.log, bell: make(chan struct{}, 1), active: map[string]pipeline.Progress{}}
}

// ring says that there is something to do.
func (r *requester) ring() {
	select {
	case r.bell <- struct{}{}:
	default: // it rings already
	}
}

// run works until ctx ends, and returns when nothing is under way any more.
func (r *requester) run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	if err := r.catalog.ForgetRequests(ctx, r.now().Add(-keepRequests)); err != nil {
		r.log.WarnContext(ctx, "old requests stay on record", "error", err)
	}
	tick := time.NewTicker(requestsEvery)
	defer tick.Stop()
	for {
		r.begin(ctx, &wg)
		select {
		case <-ctx.Done():
			return nil
		case <-r.bell:
		case <-tick.C:
		}
	}
}

// begin begins those that are not over, as many as may be worked at once.
func (r *requester) begin(ctx context.Context, wg *sync.WaitGroup) {
	waiting, err := r.catalog.UnfinishedRequests(ctx, 2*requestsAtOnce)
	if err != nil && ctx.Err() == nil {
		r.log.ErrorContext(ctx, "what was asked for cannot be listed", "error", err)
	}
	for _, q := range waiting {
		if !r.enter(q.ID) {
			continue
		}
		wg.Go(func() {
			over := r.work(ctx, q)
			r.leave(q.ID)
			if over {
				r.ring() // there is room for another one
			}
		})
	}
}

func (r *requester) enter(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, is := r.active[id]; is || len(r.active) >= requestsAtOnce {
		return false
	}
	r.active[id] = pipeline.Progress{}
	return true
}

func (r *requester) leave(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.active, id)
}

// progress is how far a request is; false: it is not being worked here.
func (r *requester) progress(id string) (pipeline.Progress, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.active[id]
	return p, ok
}

// work does what was asked for, and says whether it is over. What was stopped, or the store or the database could not take, is
// done again.
func (r *requester) work(ctx context.Context, q catalog.Request) bool {
	watch := pipeline.Watch{Progress: func(p pipeline.Progress) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.active[q.ID] = p
	}}
	var err error
	switch {
	case q.Document != "":
		err = r.line.Keep(ctx, q.Collection, q.Document, watch, q.Only...)
	case q.Page:
		_, err = r.line.Document(ctx, q.Collection, pipeline.Input(q.URI), watch)
	default:
		_, err = r.line.Sources(ctx, q.Collection, []string{q.URI}, watch)
	}
	if ctx.Err() != nil {
		return false
	}
	if err != nil && ibid.KindOf(err) == ibid.KindStorage {
		r.log.ErrorContext(ctx, "what was asked for cannot be stored now; it is tried again", "job", q.ID, "error", err)
		return false
	}
	if q.Finished = r.now().UTC(); err != nil {
		q.Error = report.Plain(err.Error())
	}
	if err := r.catalog.FinishRequest(ctx, q); err != nil {
		r.log.ErrorContext(ctx, "that something asked for is over cannot be recorded; it is looked at again", "job", q.ID, "error", err)
		return false
	}
	return true
}

package pipeline

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/crawler"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/citation"
	"github.com/ibid-archive/ibid/internal/linkhealth"
	"github.com/ibid-archive/ibid/internal/queue"
	"github.com/ibid-archive/ibid/internal/rescue"
)

// Options are the parts that a Pipeline joins, and the policy that it keeps.
type Options struct {
	Archive *archive.Archive
	Catalog *catalog.Catalog
	Crawler *crawler.Crawler
	// Documents says how citing documents are read.
	Documents citation.Options
	// MaxDocument bounds a citing document, in bytes.
	MaxDocument int64
	// Workers is how many Jobs are worked at once.
	Workers int
	// Scope is what is taken around each Seed.
	Scope ibid.Scope
	// Lease is how long a Job stays with a process that does not say that it lives; 0 is the queue's own.
	Lease time.Duration
	// CommitEvery is the longest that a finished Visit waits for its commit.
	CommitEvery time.Duration
	// FullEvery is how old what is held may be when a server is only asked whether it has changed.
	FullEvery time.Duration
	// Describe reads a page: the crawler's own, see Describer.
	Describe func(context.Context, *crawler.Page) crawler.Described
	// Fragments are those that Describe was given; nil: none are looked for.
	Fragments *Fragments
	// Strikes says when a dead source is dead for good.
	Strikes linkhealth.Rule
	// Online says whether this machine reaches any host at all; nil: it does. It is asked when a host did not answer.
	Online func(context.Context) bool
	// Rescue is who asks other archives; nil: nobody does.
	Rescue *rescue.Rescuer
	// Push has copies made elsewhere; nil: nobody does.
	Push *rescue.Saver
	// Compare is how long ago a live source must have been cited to be compared with what it was then; 0: none is.
	Compare time.Duration
	// Again is how long the answer that nobody has a source counts.
	Again time.Duration
	// Replan is asked after each look that a schedule wanted; nil leaves the next due time where it is.
	Replan Replan
	// Room waits until there is room to store more; nil: there always is.
	Room func(context.Context) error
	// Told is called when there may be news for people in the catalogue's outbox; it may be nil.
	Told func()
	Log  *slog.Logger
	Now  func() time.Time
}

// Pipeline works Jobs from end to end.
type Pipeline struct {
	o     Options
	queue *queue.Queue

	wake  sync.Once
	ready chan struct{} // closed when the first run is watched: before that, nothing is worked

	mu     sync.Mutex
	counts Counts
	runs   map[string]*run // the runs of this process, by id
}

// New joins the parts. The spool of the archive is this process's own, and with a catalogue that is not shared so is
// the store: Jobs that a dead process left running are taken up again.
func New(ctx context.Context, o Options) (*Pipeline, error) {
	if o.Room == nil {
		o.Room = func(context.Context) error { return nil }
	}
	p := &Pipeline{o: o, ready: make(chan struct{}), runs: map[string]*run{}}
	if o.Online == nil {
		o.Online = func(context.Context) bool { return true }
	}
	q, err := queue.Open(ctx, queue.Options{
		DB: o.Catalog.DB(), Spare: o.Catalog.Spare(), Retry: o.Catalog.Retry, Workers: o.Workers, Lease: o.Lease, Log: o.Log,
		Aside: rescuers, Kinds: map[queue.Kind]queue.Work{
			queue.Capture: {Do: p.work}, queue.Check: {Do: p.work}, queue.Rescue: {Do: p.work, Tries: rescueTries, Backoff: rescueBackoff},
			queue.Push: {Do: p.work, Tries: rescueTries, Backoff: rescueBackoff},
		},
	})
	if err != nil {
		return nil, err
	}
	p.queue = q
	return p, nil
}

// During works Jobs while do runs, and stops when it returns: what is under way then is finished or safely
// left to the next start.
func (p *Pipeline) During(ctx context.Context, do func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		select {
		case <-p.ready:
			return p.queue.Run(ctx)
		case <-ctx.Done():
			return nil
		}
	})
	g.Go(func() error {
		defer stop()
		return do(ctx)
	})
	return g.Wait()
}

package pipeline

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/notify"
	"github.com/ibid-archive/ibid/internal/queue"
)

// sliceSize is how many Seeds of one host a Job carries: enough to spread the cost of its files and its
// transaction, few enough to share a worker.
const sliceSize = 50

// kindOf is what the Visits of a Task are made for.
func kindOf(k queue.Kind) ibid.VisitKind {
	switch k {
	case queue.Check:
		return ibid.VisitCheck
	case queue.Rescue:
		return ibid.VisitRescue
	case queue.Push:
		return ibid.VisitPush
	default:
		return ibid.VisitCapture
	}
}

// work takes one Job from end to end.
func (p *Pipeline) work(ctx context.Context, t queue.Task, hold *queue.Hold) error {
	r := p.watched(t.Run, t.Collection)
	r.enter(t.Host)
	defer r.leave(t.Host)
	err := p.workSlice(ctx, t, r, hold)
	if err != nil && ctx.Err() == nil && !errors.Is(err, queue.ErrLost) {
		r.fail(err)
		if t.Last {
			p.giveUp(ctx, t, hold, err)
		}
	}
	return err
}

func (p *Pipeline) workSlice(ctx context.Context, t queue.Task, r *run, hold *queue.Hold) error {
	held, err := p.adopt(ctx, t, r, hold)
	if err != nil {
		return err
	}
	if err := p.o.Room(ctx); err != nil {
		return err
	}
	seeds, err := p.o.Catalog.NextSlice(ctx, t.Run, t.Host, sliceSize+1)
	if err != nil {
		return err
	}
	more := len(seeds) > sliceSize
	seeds = seeds[:min(len(seeds), sliceSize)]
	j := &job{
		p: p, run: r, hold: hold, began: time.Now(), Kind: kindOf(t.Kind), ends: map[string]map[string]bool{}, texts: map[uint64]map[string]bool{},
		Job: ibid.Job{ID: t.ID, Run: t.Run, Collection: t.Collection, Host: t.Host, Seeds: seeds, Due: p.o.Now(), Left: t.Left},
	}
	j.Writer = p.o.Archive.Continue(&j.Job, held)
	if err := j.lookUp(ctx); err != nil {
		return err
	}
	look := map[queue.Kind]func(context.Context) error{queue.Rescue: j.rescueAll, queue.Push: j.pushAll}[t.Kind]
	if look == nil {
		look = j.crawl
	}
	if err := look(ctx); err != nil {
		j.abandon(ctx, queue.Lost(ctx) || errors.Is(err, queue.ErrLost))
		return err
	}
	return j.commit(ctx, j.Writer.Commit, func(tx *sql.Tx) error { return hold.Complete(ctx, tx, more) })
}

// giveUp ends what a Task leaves behind that is not tried again, and tells of it: if it is still this worker's to give up.
func (p *Pipeline) giveUp(ctx context.Context, t queue.Task, hold *queue.Hold, cause error) {
	j := ibid.Job{ID: t.ID, Run: t.Run, Collection: t.Collection, Host: t.Host}
	news := []ibid.Event{notify.JobFailing(j, t.Attempt, p.o.Now(), cause)}
	err := p.o.Catalog.GiveUpLooks(ctx, t.Collection, t.Run, t.Host, func(tx *sql.Tx) error {
		if err := hold.Check(ctx, tx); err != nil {
			return err
		}
		return catalog.AddEvents(ctx, tx, news)
	})
	switch {
	case err == nil:
		p.told()
	case !errors.Is(err, queue.ErrLost):
		p.o.Log.Warn("looks that were given up stay unfinished", "host", t.Host, "error", err)
	}
}

func batchOf(t queue.Task, c archive.Committed) catalog.Batch {
	return catalog.Batch{Collection: t.Collection, Run: t.Run, Job: t.ID, Captures: c.Captures, Visits: c.Visits}
}

// job is a Job under way. It is the crawler's Sink.
type job struct {
	ibid.Job
	*archive.Writer
	p    *Pipeline
	run  *run
	hold *queue.Hold
	// Kind is what its Visits are made for.
	Kind ibid.VisitKind
	past
	// ends and texts are the Seeds that ended at an address, or with a text.
	ends  map[string]map[string]bool
	texts map[uint64]map[string]bool
	// began is when the last commit was, and with it the wait of what is not committed; it is measured, whatever the
	// clock on the wall does.
	began time.Time
}

// past is what was known of the Seeds of a Job before it. It is only read, by many at once.
type past struct {
	// seen are the Seeds that were captured before; nil: it is not known.
	seen map[string]bool
	// last are the last looks at those that were asked for, nil where there was none.
	last map[string]*ibid.Visit
}

// lookUp asks for the past of all Seeds at once.
func (j *job) lookUp(ctx context.Context) (err error) {
	c := j.p.o.Catalog
	if j.seen, err = c.Seen(ctx, j.Collection, j.Seeds); err != nil {
		return err
	}
	if j.Kind != ibid.VisitCapture && j.Kind != ibid.VisitCheck {
		return nil
	}
	uris := make([]string, len(j.Seeds))
	for i := range j.Seeds {
		uris[i] = j.Seeds[i].URI
	}
	j.last, err = c.LastLooks(ctx, j.Collection, uris)
	return err
}

func (j *job) crawl(ctx context.Context) error {
	if len(j.Seeds) == 0 {
		return nil
	}
	if j.Kind == ibid.VisitCheck {
		return j.p.o.Crawler.Crawl(ctx, &j.Job, unkept{}, j.visited)
	}
	return j.p.o.Crawler.Crawl(ctx, &j.Job, j, j.visited)
}

// visited stores the Visit beside its Captures, and commits when that is due.
func (j *job) visited(ctx context.Context, v *ibid.Visit) error {
	v.Run, v.Job, v.Kind = j.Run, j.ID, j.Kind
	if v.NotModified {
		if err := j.sayAsBefore(ctx, v); err != nil {
			return err
		}
	}
	if err := j.judge(ctx, v); err != nil {
		return err
	}
	if j.Kind == ibid.VisitCheck {
		v.Final = nil // it was looked at, and not kept
	}
	return j.end(ctx, v)
}

// end stores the Visit, and commits when that is due.
func (j *job) end(ctx context.Context, v *ibid.Visit) error {
	if err := j.Writer.WriteVisit(ctx, v); err != nil {
		return err
	}
	if time.Since(j.began) < j.p.o.CommitEvery {
		return nil
	}
	return j.commit(ctx, j.Writer.CommitEnded, j.check(ctx))
}

// commit makes durable what store puts there, then says so: Store, catalogue, watcher, in this order.
func (j *job) commit(ctx context.Context, store func(context.Context) (archive.Committed, error), also func(*sql.Tx) error) error {
	done, err := store(ctx)
	if errors.Is(err, archive.ErrOvertaken) {
		// Of two who work this Job one had been asleep, and the other one was first. Whoever it still belongs to
		// begins again, with what is there now; nothing has failed.
		return fmt.Errorf("%w: %w", queue.ErrLost, err)
	}
	if err != nil {
		return err
	}
	t := queue.Task{ID: j.ID, Run: j.Run, Collection: j.Collection}
	if err := j.p.record(ctx, t, j.run, done, j.past, also); err != nil {
		return err
	}
	j.began = time.Now()
	return nil
}

// record says in one transaction what follows from what is durable in the Store, and then tells whoever watches or is to
// be told. seen are the Seeds that were visited before; nil: it is not known.
func (p *Pipeline) record(ctx context.Context, t queue.Task, r *run, done archive.Committed, before past, also func(*sql.Tx) error) error {
	events, err := p.eventsOf(ctx, t.Collection, done.Visits, before)
	if err != nil {
		return err
	}
	var planned []ibid.PlanKey
	added, err := p.o.Catalog.Commit(ctx, batchOf(t, done), func(tx *sql.Tx) (err error) {
		if planned, err = p.o.Catalog.EndLooks(ctx, tx, t.Collection, t.Run, done.Visits, factsAfter); err != nil {
			return err
		}
		if err := catalog.AddEvents(ctx, tx, events); err != nil {
			return err
		}
		if err := heldElsewhere(ctx, tx, t.Collection, done.Visits); err != nil {
			return err
		}
		return also(tx)
	})
	if err != nil {
		return err
	}
	if len(events) > 0 {
		p.told()
	}
	if added.Visits+added.Captures > 0 {
		p.count(done.Visits, len(done.Captures), done.Bytes)
		r.committed(done.Captures, added.Visits, done.Bytes)
	}
	p.replan(ctx, planned)
	p.askOthers(ctx, t.Collection, planned, done.Visits)
	return nil
}

// abandon ends a Job that was interrupted or failed: what was wholly visited is still committed, the rest is
// dropped, and the queue gives the Job out again. Of one that was lost to another worker nothing is written.
func (j *job) abandon(ctx context.Context, lost bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), wait)
	defer cancel()
	if !lost {
		if err := j.commit(ctx, j.Writer.CommitEnded, j.check(ctx)); err != nil {
			j.p.o.Log.Warn("job left unfinished", "job", j.ID, "host", j.Host, "error", err)
		}
	}
	if err := j.Writer.Abort(); err != nil {
		j.p.o.Log.Warn("spool not removed", "job", j.ID, "error", err)
	}
}

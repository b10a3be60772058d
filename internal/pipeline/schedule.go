package pipeline

import (
	"context"
	"database/sql"
	"time"

	"github.com/google/uuid"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/queue"
)

// Replan is a function that says whether and how the next due time of a Plan is to be moved.
type Replan func(p ibid.Plan, now time.Time) (ibid.Step, bool)

// Plans are the Plans of the catalogue, for a scheduler: what it hands on becomes Jobs in the same transaction.
func (p *Pipeline) Plans() *catalog.Plans { return p.o.Catalog.Plans(p.handOn) }

// handOn makes a run of each Collection's looks, and a Job for each of its hosts.
func (p *Pipeline) handOn(ctx context.Context, tx *sql.Tx, looks []catalog.Look) error {
	of := map[string][]catalog.Look{}
	var collections []string
	for _, l := range looks {
		if of[l.Collection] == nil {
			collections = append(collections, l.Collection)
		}
		of[l.Collection] = append(of[l.Collection], l)
	}
	for _, name := range collections {
		id, err := uuid.NewV7()
		if err != nil {
			return &ibid.Error{Kind: ibid.KindInternal, Op: "name a run", Err: err}
		}
		run := catalog.Run{ID: id.String(), Collection: name, Fingerprint: "due " + id.String(), Started: p.o.Now()}
		hosts, err := p.o.Catalog.AddLooks(ctx, tx, run, of[name], p.o.Scope)
		if err != nil {
			return err
		}
		if err := p.queue.Enqueue(ctx, tx, tasksOf(queue.Capture, run.ID, name, hosts)...); err != nil {
			return err
		}
	}
	return nil
}

func tasksOf(kind queue.Kind, run, collection string, hosts []string) []queue.Task {
	tasks := make([]queue.Task, 0, len(hosts))
	for _, h := range hosts {
		tasks = append(tasks, queue.Task{Kind: kind, Run: run, Collection: collection, Host: h})
	}
	return tasks
}

// factsAfter is what is known of a Seed after one more look at it.
func factsAfter(f ibid.Facts, v *ibid.Visit) ibid.Facts {
	first := f.Looks == 0
	f.Looks++
	if f.CertificateEnds = v.CertificateEnds; outcomeOf(v) != ibid.OutcomeCaptured {
		f.Failing++
		return f
	}
	f.Failing = 0
	switch same := v.NotModified || v.Final != nil && v.Final.Revisit; {
	case same:
		f.Unchanged++
	case !first:
		f.Unchanged = 0
		f.Changes++
	}
	return f
}

// replan moves the next due times of what was just looked at to where they belong by what is known now. What fails here
// is made good at the next look.
func (p *Pipeline) replan(ctx context.Context, keys []ibid.PlanKey) {
	if p.o.Replan == nil {
		return
	}
	for _, key := range keys {
		plan, err := p.o.Catalog.Plan(ctx, key)
		if err == nil {
			if step, move := p.o.Replan(plan, p.o.Now()); move {
				_, err = p.Plans().Advance(ctx, []ibid.Step{step})
			}
		}
		if err != nil && ibid.KindOf(err) != ibid.KindNotFound {
			p.o.Log.Warn("the next look stays where it was", "seed", key.Seed, "error", err)
		}
	}
}

// Ingest reads a citing document and keeps it, and makes the sources that it cites known; nothing is fetched but the
// document itself, if it is a page.
func (p *Pipeline) Ingest(ctx context.Context, collection string, in Input) (ibid.Document, []ibid.Seed, error) {
	d, err := p.read(ctx, collection, in, Watch{})
	if err != nil {
		return ibid.Document{}, nil, err
	}
	return d.doc, p.seedsOf(d.refs), nil
}

package pipeline

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/google/uuid"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/queue"
)

// lostPatience is how many times rescue.again the answer counts that nobody has a source, when a schedule finds it dead
// again: a month, by default.
const lostPatience = 30

// askOthers has other archives asked for what a schedule's looks found dead, as of each citation. Nobody waits for it; what
// fails here is made good at the next look.
func (p *Pipeline) askOthers(ctx context.Context, collection string, planned []ibid.PlanKey, visits []ibid.Visit) {
	if p.o.Rescue == nil || len(planned) == 0 {
		return
	}
	var wishes []wish
	for i := range visits {
		v := &visits[i]
		if v.Kind != ibid.VisitCapture || outcomeOf(v) == ibid.OutcomeCaptured || !slices.Contains(planned, ibid.PlanKey{Collection: collection, Seed: v.Seed}) {
			continue
		}
		more, err := p.wishesFor(ctx, collection, v.Seed)
		if err != nil {
			p.o.Log.Warn("other archives are not asked", "seed", v.Seed, "error", err)
			continue
		}
		wishes = append(wishes, more...)
	}
	for _, wave := range waves(wishes) {
		if err := p.startRescue(ctx, collection, p.wanted(wave)); err != nil {
			p.o.Log.Warn("other archives are not asked", "sources", len(wave), "error", err)
		}
	}
}

// wishesFor are what the citations of a dead source ask for that was not looked for yet.
func (p *Pipeline) wishesFor(ctx context.Context, collection, seed string) ([]wish, error) {
	f, err := fateOf(ctx, p.o.Catalog, collection, seed)
	if err != nil || !f.isLost() {
		return nil, err
	}
	cited, err := p.o.Catalog.CitedAs(ctx, collection, seed, maxCitations)
	if err != nil {
		return nil, err
	}
	dates := []ibid.Date{}
	for i := range cited {
		dates = append(dates, cmp.Or(cited[i].Accessed, cited[i].Document.Date))
	}
	if len(dates) == 0 {
		dates = append(dates, "")
	}
	slices.Sort(dates)
	var wishes []wish
	for _, d := range slices.Compact(dates) {
		if !f.wasLookedFor(d, p.o.Now(), p.o.Again, lostPatience) {
			wishes = append(wishes, wish{seed, d})
		}
	}
	return wishes, nil
}

// startRescue begins a run that nobody waits for: its Jobs end it.
func (p *Pipeline) startRescue(ctx context.Context, collection string, seeds []ibid.Seed) error {
	id, err := uuid.NewV7()
	if err != nil {
		return &ibid.Error{Kind: ibid.KindInternal, Op: "name a run", Err: err}
	}
	run, _, err := p.o.Catalog.StartRun(ctx, catalog.Run{
		ID: id.String(), Collection: collection, Fingerprint: fingerprint(collection, "dead", seeds), Started: p.o.Now(),
	}, seeds)
	if err != nil {
		return err
	}
	// One of the same Seeds that is there may be of a process that died at this line: a Job that is there is not made twice.
	hosts, err := p.o.Catalog.RunHosts(ctx, run.ID)
	if err != nil {
		return err
	}
	tasks := tasksOf(queue.Rescue, run.ID, collection, hosts)
	if err := p.queue.Enqueue(ctx, nil, tasks...); err != nil {
		return err
	}
	return p.o.Catalog.FinishRun(ctx, run.ID, p.o.Now())
}

// heldElsewhere takes down for the Plans of Seeds whether other archives have them.
func heldElsewhere(ctx context.Context, tx *sql.Tx, collection string, visits []ibid.Visit) error {
	for i := range visits {
		v := &visits[i]
		if v.Kind != ibid.VisitRescue || v.Class == ibid.ClassArchivesAway {
			continue
		}
		is := ibid.ElsewhereNone
		if slices.ContainsFunc(v.Holdings, func(h ibid.Holding) bool { return h.Mementos > 0 }) {
			is = ibid.ElsewhereHeld
		}
		err := catalog.ChangeFacts(ctx, tx, ibid.PlanKey{Collection: collection, Seed: v.Seed}, func(f ibid.Facts) ibid.Facts {
			f.Elsewhere = is
			return f
		})
		if err != nil {
			return err
		}
	}
	return nil
}

package pipeline

import (
	"context"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/queue"
)

// pushTo is the archive that copies are pushed to: Save Page Now is the Internet Archive's.
const pushTo ibid.Origin = "web.archive.org"

// pushAll has a copy made elsewhere of each Seed of the Job. That one cannot be made is on record, and no failure of ours.
func (j *job) pushAll(ctx context.Context) error {
	for i := range j.Seeds {
		v := &ibid.Visit{
			Kind: ibid.VisitPush, Seed: j.Seeds[i].URI, Run: j.Run, Job: j.ID, Verdict: ibid.Failed, Health: ibid.HealthUnknown,
			Began: j.p.o.Now().UTC(), Attempts: 1,
		}
		saved, err := j.p.o.Push.Save(ctx, v.Seed)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		attempt := ibid.Attempt{What: "have " + string(pushTo) + " make a copy", When: v.Began}
		if err != nil {
			v.Reason, attempt.Result = err.Error(), err.Error()
		} else {
			v.Verdict, attempt.Result = ibid.Archived, saved.URIM
			v.Holdings = []ibid.Holding{{Archive: pushTo, Mementos: 1, First: saved.At, Last: saved.At}}
		}
		v.Tried = []ibid.Attempt{attempt}
		v.Seconds = j.p.o.Now().Sub(v.Began).Seconds()
		if err := j.end(ctx, v); err != nil {
			return err
		}
	}
	return nil
}

// pushCaptured has copies made elsewhere of what was captured live, but for those that were pushed before.
func (p *Pipeline) pushCaptured(ctx context.Context, collection, name string, wishes []wish, w Watch) error {
	if p.o.Push == nil {
		return nil
	}
	var seeds []ibid.Seed
	err := eachFate(ctx, p.o.Catalog, collection, urisOf(wishes), func(i int, f fate) {
		if f.look != nil && f.kept == f.look && !f.pushed {
			seeds = append(seeds, ibid.Seed{URI: wishes[i].uri})
		}
	})
	if err != nil {
		return err
	}
	return p.runSeeds(ctx, queue.Push, collection, name+", push", p.unique(seeds), w)
}

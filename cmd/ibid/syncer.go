package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/scheduler"
)

// syncer brings the Plans of the catalogue to what the configuration says.
type syncer struct {
	h       *house
	line    *pipeline.Pipeline
	planner *scheduler.Planner
	now     func() time.Time
	log     *slog.Logger
}

// page is how many Seeds or Plans are looked at at once.
const page = 1000

// run reads the documents that are configured, and plans every Seed of every Collection. A document that cannot be read
// is told, and costs the others nothing.
func (s *syncer) run(ctx context.Context) error {
	configured := map[string]*wanted{}
	for _, c := range s.h.config.Collections {
		w := s.wanted(scheduler.Rule{Schedule: c.Schedule, Zone: c.Timezone})
		configured[c.Name] = w
		for _, d := range c.Documents {
			_, seeds, err := s.line.Ingest(ctx, c.Name, pipeline.Input(d.Source))
			if err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				s.log.Error("a document of the configuration cannot be read; what it cites stays as it was", "document", d.Source, "error", err)
				continue
			}
			for _, seed := range seeds {
				w.documents[seed.URI] = append(w.documents[seed.URI], scheduler.Rule{Schedule: d.Schedule, Zone: d.Timezone})
			}
			if err := s.h.catalog.PutSeeds(ctx, c.Name, seeds); err != nil {
				return err
			}
		}
		if err := s.configuredSeeds(ctx, c, w); err != nil {
			return err
		}
	}
	names, err := s.h.catalog.Collections(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		w := configured[name]
		if w == nil {
			w = s.wanted(scheduler.Rule{})
		}
		if err := s.plan(ctx, name, w); err != nil {
			return err
		}
	}
	return nil
}

// wanted are the rules of one Collection.
type wanted struct {
	global, collection scheduler.Rule
	documents          map[string][]scheduler.Rule
	seeds              map[string]scheduler.Rule
}

func (s *syncer) wanted(collection scheduler.Rule) *wanted {
	c := s.h.config
	return &wanted{
		global: scheduler.Rule{Schedule: c.Schedule, Zone: c.Timezone}, collection: collection,
		documents: map[string][]scheduler.Rule{}, seeds: map[string]scheduler.Rule{},
	}
}

func (s *syncer) configuredSeeds(ctx context.Context, c configs.Collection, w *wanted) error {
	seeds := make([]ibid.Seed, 0, len(c.Seeds))
	for _, seed := range c.Seeds {
		known := s.line.Seed(seed.URI)
		seeds = append(seeds, known)
		w.seeds[known.URI] = scheduler.Rule{Schedule: seed.Schedule, Zone: seed.Timezone}
	}
	return s.h.catalog.PutSeeds(ctx, c.Name, seeds)
}

// plan brings the Plans of a Collection to what w says, a page of Seeds at a time.
func (s *syncer) plan(ctx context.Context, collection string, w *wanted) error {
	for after := ""; ; {
		seeds, err := s.h.catalog.SeedsOf(ctx, collection, after, page)
		if err != nil || len(seeds) == 0 {
			return err
		}
		after = seeds[len(seeds)-1].URI
		held, err := s.h.catalog.PlansFor(ctx, collection, seeds)
		if err != nil {
			return err
		}
		seen, err := s.h.catalog.Seen(ctx, collection, seeds)
		if err != nil {
			return err
		}
		var changed []ibid.Plan
		for _, seed := range seeds {
			r := scheduler.Resolve(w.global, w.collection, w.documents[seed.URI], w.seeds[seed.URI])
			old, planned := held[seed.URI]
			switch {
			case !r.Due() && planned:
				err = s.h.catalog.DeletePlan(ctx, old.PlanKey)
			case r.Due() && (!planned || old.Schedule != r.Schedule || old.Zone != r.Zone):
				old.PlanKey = ibid.PlanKey{Collection: collection, Seed: seed.URI}
				changed = append(changed, s.start(old, r, seen[seed.URI]))
			}
			if err != nil {
				return err
			}
		}
		if err := s.h.catalog.PutPlans(ctx, changed); err != nil {
			return err
		}
	}
}

// start is p with the rule r. What nobody has looked at yet is due at once.
func (s *syncer) start(p ibid.Plan, r scheduler.Resolved, seen bool) ibid.Plan {
	now := s.now().UTC().Truncate(time.Second)
	p.Schedule, p.Zone = r.Schedule, r.Zone
	p.Next = s.planner.Start(p, now)
	if !seen && p.Unfinished == 0 && !p.Due.IsZero() {
		p.Grid, p.Due, p.At, p.Reason = now, now, now, "it was never looked at"
	}
	p.Fence++
	return p
}

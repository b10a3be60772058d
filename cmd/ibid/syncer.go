package main

import (
	"context"
	"log/slog"
	"maps"
	"slices"
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
	// changed counts the Plans that were made, changed and taken away.
	changed int
}

// page is how many Seeds or Plans are looked at at once.
const page = 5000

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

// plan brings the Plans of a Collection to what w says: those that have not the rule of the Collection, then those that
// are to have another one. The rest, a million of them maybe, are not looked at one by one.
func (s *syncer) plan(ctx context.Context, collection string, w *wanted) error {
	usual := scheduler.Resolve(w.global, w.collection, nil, scheduler.Rule{})
	if !usual.Due() {
		usual.Schedule = "" // that of no Plan
	}
	for {
		seeds, err := s.h.catalog.PlannedOtherwise(ctx, collection, usual.Schedule, usual.Zone, page, w.hasOwn)
		if err == nil {
			err = s.planSeeds(ctx, collection, w, seeds)
		}
		if err != nil {
			return err
		}
		if len(seeds) < page {
			break
		}
	}
	for part := range slices.Chunk(w.own(), page) {
		if err := s.planSeeds(ctx, collection, w, part); err != nil {
			return err
		}
	}
	if !usual.Due() {
		return nil
	}
	return s.planNew(ctx, collection, w)
}

// planNew plans the Seeds that have no Plan yet. Some are to have none.
func (s *syncer) planNew(ctx context.Context, collection string, w *wanted) error {
	for after := ""; ; {
		seeds, err := s.h.catalog.SeedsWithoutPlan(ctx, collection, after, page)
		if err == nil {
			err = s.planSeeds(ctx, collection, w, seeds)
		}
		if err != nil || len(seeds) < page {
			return err
		}
		after = seeds[len(seeds)-1].URI
	}
}

// hasOwn says whether a Seed has a rule that is not that of its Collection.
func (w *wanted) hasOwn(uri string) bool {
	says := func(r scheduler.Rule) bool { return r != scheduler.Rule{} }
	return says(w.seeds[uri]) || slices.ContainsFunc(w.documents[uri], says)
}

// own are the Seeds that have a rule of their own, by URI.
func (w *wanted) own() []ibid.Seed {
	uris := map[string]bool{}
	for uri := range w.documents {
		uris[uri] = true
	}
	for uri := range w.seeds {
		uris[uri] = true
	}
	var own []ibid.Seed
	for _, uri := range slices.Sorted(maps.Keys(uris)) {
		if w.hasOwn(uri) {
			own = append(own, ibid.Seed{URI: uri})
		}
	}
	return own
}

// planSeeds brings the Plans of some Seeds of a Collection to what w says.
func (s *syncer) planSeeds(ctx context.Context, collection string, w *wanted, seeds []ibid.Seed) error {
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
			if err := s.h.catalog.DeletePlan(ctx, old.PlanKey); err != nil {
				return err
			}
			s.changed++
		case r.Due() && (!planned || old.Schedule != r.Schedule || old.Zone != r.Zone):
			old.PlanKey = ibid.PlanKey{Collection: collection, Seed: seed.URI}
			changed = append(changed, s.start(old, r, seen[seed.URI]))
		}
	}
	s.changed += len(changed)
	return s.h.catalog.PutPlans(ctx, changed)
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

package main

import (
	"context"
	"errors"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/server"
)

// askerKey is where the context of a request has who asks.
type askerKey struct{}

// identify puts who asks into the context of a request.
func identify(g *access.Gate) func(ctx context.Context, authorization string) (context.Context, error) {
	return func(ctx context.Context, authorization string) (context.Context, error) {
		a, err := g.AskFrom(ctx, access.Credential(authorization), server.ClientOf(ctx).Address)
		if err != nil {
			return ctx, err
		}
		return context.WithValue(ctx, askerKey{}, a), nil
	}
}

// asker is who asks. A request that nobody has identified is a fault of ours, and gets nothing.
func asker(ctx context.Context) (*access.Asker, error) {
	a, ok := ctx.Value(askerKey{}).(*access.Asker)
	if !ok {
		return nil, &ibid.Error{Kind: ibid.KindInternal, Op: "answer", Err: errors.New("nobody has found out who asks")}
	}
	return a, nil
}

// visible returns who asks, if what they ask for may be had.
func visible(ctx context.Context, t access.Thing) (*access.Asker, error) {
	a, err := asker(ctx)
	if err == nil {
		err = a.Refuse(ctx, t)
	}
	return a, err
}

// listed says whether t may be known of.
func listed(ctx context.Context, a *access.Asker, t access.Thing) bool {
	return a.Decide(ctx, t).Verb != ibid.AccessExclude
}

// open says whether t may be had: what is blocked may not.
func open(ctx context.Context, a *access.Asker, t access.Thing) bool {
	return a.Decide(ctx, t).Verb == ibid.AccessOpen
}

// only keeps those of all that may be known of.
func only[T any](ctx context.Context, a *access.Asker, all []T, thing func(*T) access.Thing) []T {
	kept := make([]T, 0, len(all))
	for i := range all {
		if listed(ctx, a, thing(&all[i])) {
			kept = append(kept, all[i])
		}
	}
	return kept
}

// withhold takes out of a report what may not be known of the sources: what the document says of them stays, since it is
// the document's.
func withhold(ctx context.Context, a *access.Asker, collection string, r *pipeline.DocumentReport) {
	sum := pipeline.Summary{References: r.Summary.References}
	for i := range r.References {
		ref := &r.References[i]
		if uri := ref.Address(); uri != "" {
			ref.State = withheld(ctx, a, collection, uri, ref.State)
			sum.Add(ref.Outcome)
		}
		for k := range ref.Works {
			for n := range ref.Works[k].Editions {
				e := &ref.Works[k].Editions[n]
				if e.URI != "" {
					if e.State = withheld(ctx, a, collection, e.URI, e.State); e.Outcome == ibid.OutcomeExcluded {
						e.URI, e.Listing, e.Reasons = "", "", nil
					}
				}
				if e.Listing != "" && !listed(ctx, a, access.Thing{Collection: collection, Address: e.Listing}) {
					e.Listing, e.Reasons = "", nil
				}
				sum.Add(e.Outcome)
			}
		}
	}
	r.Summary = sum
}

// withheld is s as it may be known. The source can have been kept under another address, that of its Memento.
func withheld(ctx context.Context, a *access.Asker, collection, uri string, s pipeline.State) pipeline.State {
	verb := a.Decide(ctx, access.Thing{Collection: collection, Address: uri}).Verb
	if s.Memento != nil && verb == ibid.AccessOpen {
		verb = a.Decide(ctx, access.Thing{Collection: collection, Address: s.Memento.URI}).Verb
	}
	switch verb {
	case ibid.AccessExclude:
		return pipeline.State{Outcome: ibid.OutcomeExcluded, Health: ibid.HealthUnknown, Reason: "it is not held here"}
	case ibid.AccessBlock, ibid.AccessDestroyed:
		s.Metadata, s.Evidence, s.Drift = nil, nil, nil // what they quote is of the page
	}
	return s
}

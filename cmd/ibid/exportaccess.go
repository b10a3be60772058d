package main

import (
	"context"
	"iter"
	"slices"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

// exporting is who exports at the command line: somebody who may read every collection, whom access rules hold for, since
// an export is made to be given on; or who asks for what is withheld too.
func (p *program) exporting(ctx context.Context, h *house, withheld bool) (*access.Asker, error) {
	who := access.Bearer(ibid.Token{ID: "of the command line", Scope: ibid.ScopeRead})
	if withheld {
		who = access.Owner()
	}
	return access.New(access.Options{Rules: h.catalog, Tokens: h.catalog, Anybody: who, Now: p.now, Log: p.log}).Ask(ctx, "")
}

// obey leaves out of s what a may not have: captures and looks by their addresses, documents, and what is told of either.
func (s *selection) obey(ctx context.Context, a *access.Asker) {
	address := func(uri string) bool { return open(ctx, a, access.Thing{Collection: s.collection, Address: uri}) }
	s.captures = where(s.captures, func(c *ibid.Capture) bool {
		if address(c.URI) {
			return true
		}
		s.withheld++
		return false
	})
	s.visits = where(s.visits, func(v *ibid.Visit) bool { return address(v.Seed) })
	s.reports = slices.DeleteFunc(s.reports, func(r pipeline.DocumentReport) bool {
		return !open(ctx, a, access.Thing{Collection: s.collection, Document: r.Document.ID})
	})
	here := func(uri string, state *pipeline.State) {
		if state.Memento != nil && !(address(uri) && address(state.Memento.URI)) {
			state.Memento = nil // it is not in the package
		}
	}
	for i := range s.reports {
		r := &s.reports[i]
		withhold(ctx, a, s.collection, r)
		for n := range r.References {
			here(r.References[n].Address(), &r.References[n].State)
			for _, work := range r.References[n].Works {
				for k := range work.Editions {
					here(work.Editions[k].URI, &work.Editions[k].State)
				}
			}
		}
	}
	for i := range s.sources {
		s.sources[i].State = withheld(ctx, a, s.collection, s.sources[i].URI, s.sources[i].State)
	}
}

// where goes through those of all that ok takes.
func where[T any](all iter.Seq2[T, error], ok func(*T) bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range all {
			if err == nil && !ok(&v) {
				continue
			}
			if !yield(v, err) {
				return
			}
		}
	}
}

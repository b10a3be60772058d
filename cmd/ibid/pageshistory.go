package main

import (
	"context"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/linkhealth"
	"github.com/ibid-archive/ibid/internal/server"
)

// moments is how many a chart has room for.
const moments = 16

// historyOf is how the addresses that a Document cites fared over time.
func (l *library) historyOf(ctx context.Context, collection, document string, refs []ibid.Reference) ([]ibid.HealthMoment, error) {
	return l.history(ctx, server.DocumentKey{Collection: collection, ID: document}, func(ctx context.Context) (all []ibid.Fared, err error) {
		seen := map[string]bool{}
		for i := range refs {
			uri := refs[i].Address()
			if uri == "" || seen[uri] {
				continue
			}
			seen[uri] = true
			looks, err := l.catalog.Fared(ctx, collection, uri)
			if err != nil {
				return nil, err
			}
			all = append(all, looks...)
		}
		return all, nil
	})
}

// historyIn is how all sources of a collection fared over time.
func (l *library) historyIn(ctx context.Context, collection string) ([]ibid.HealthMoment, error) {
	return l.history(ctx, server.DocumentKey{Collection: collection}, func(ctx context.Context) ([]ibid.Fared, error) {
		return l.catalog.AllFared(ctx, collection)
	})
}

// history counts what looks finds, as far as whoever asks may know of it. It is kept for a while where that is all of it.
func (l *library) history(ctx context.Context, key server.DocumentKey, looks func(ctx context.Context) ([]ibid.Fared, error)) ([]ibid.HealthMoment, error) {
	asks, err := asker(ctx)
	if err != nil {
		return nil, err
	}
	if asks.HasRules() {
		all, err := looks(ctx)
		if err != nil {
			return nil, err
		}
		all = only(ctx, asks, all, func(f *ibid.Fared) access.Thing { return access.Thing{Collection: key.Collection, Address: f.Seed} })
		return linkhealth.History(all, moments), nil
	}
	key.ID += "\x00history" // no ID is like this
	counted, err := l.survey.of(ctx, key, func(ctx context.Context) (*surveyed, error) {
		all, err := looks(ctx)
		return &surveyed{history: linkhealth.History(all, moments)}, err
	})
	if err != nil {
		return nil, err
	}
	return counted.history, nil
}

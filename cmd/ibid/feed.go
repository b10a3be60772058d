package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/notify"
)

// feedLength is how many entries the feed has.
const feedLength = 100

// feed writes the Atom feed: what happened to sources, and what was captured of them. began is when this process began.
func feed(h *house, began time.Time) func(context.Context, io.Writer, string) error {
	return func(ctx context.Context, w io.Writer, collection string) error {
		asks, err := asker(ctx)
		if err != nil {
			return err
		}
		if err := asks.Refuse(ctx, access.Thing{Collection: collection}); err != nil && collection != "" {
			return err
		}
		events, err := h.catalog.Outbox().Recent(ctx, collection, feedLength)
		if err != nil {
			return err
		}
		kept, err := h.captured(ctx, asks, collection)
		if err != nil {
			return err
		}
		events = append(visibleEvents(ctx, asks, events), kept...)
		slices.SortStableFunc(events, func(a, b ibid.Event) int { return b.When.Compare(a.When) })
		events = events[:min(len(events), feedLength)]
		base := cmp.Or(h.config.Notify.BaseURL, "http://"+h.config.Server.Listen)
		err = notify.WriteFeed(w, notify.Feed{Title: "Ibid: what became of the sources", Base: base, Path: "/feed.atom", Updated: began}, events)
		if err != nil {
			return &ibid.Error{Kind: ibid.KindInternal, Op: "write the feed", Err: errors.Join(err)}
		}
		return nil
	}
}

// captured is what was captured last of sources that whoever asks may have, in a collection or, for the empty name, in all. What is as
// it was before is no news.
func (h *house) captured(ctx context.Context, asks *access.Asker, collection string) ([]ibid.Event, error) {
	names := []string{collection}
	if collection == "" {
		var err error
		if names, err = (&library{catalog: h.catalog, config: h.config}).names(ctx); err != nil {
			return nil, err
		}
	}
	var all []ibid.Event
	for _, name := range names {
		visits, err := h.catalog.LastKept(ctx, name, feedLength)
		if err != nil {
			return nil, err
		}
		for i := range visits {
			v := &visits[i]
			if v.Kind != ibid.VisitCapture || v.Final.Revisit || v.Final.Status >= 300 || !open(ctx, asks, access.Thing{Collection: name, Address: v.Seed}) {
				continue
			}
			all = append(all, capturedEvent(name, v))
		}
	}
	return all, nil
}

func capturedEvent(collection string, v *ibid.Visit) ibid.Event {
	title := v.Seed
	if v.Description != nil {
		title = cmp.Or(v.Description.Title, title)
	}
	memento := "/web/" + ibid.Timestamp14(v.Final.Timestamp) + "/" + v.Final.URI
	return ibid.Event{
		ID: ibid.EventID(ibid.SourceCaptured, collection, v.Seed, v.Run), Kind: ibid.SourceCaptured, When: v.Began, Collection: collection, Seed: v.Seed,
		After: v.Health, Text: title, Evidence: memento,
	}
}

package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/server"
)

// api is what the server tells and takes over the API. Each of its functions goes by who asks.
type api struct {
	h         *house
	requester *requester
	now       func() time.Time
}

func (a *api) server() *server.API {
	return &server.API{
		Collections: a.collections, Documents: a.documents, References: a.references, Captures: a.captures, Checks: a.checks,
		Schedules: a.schedules, Events: a.events, Collection: a.collection, Document: a.document, Reference: a.reference, Job: a.job,
		Writable: a.writable, May: a.may, Take: a.take, Archive: a.archive, Schedule: a.schedule, Save: a.save, Saved: a.saved,
	}
}

// collectionLine is a Collection as the API tells it.
type collectionLine struct {
	ibid.Collection
	Visibility string `json:"visibility"`
	Schedule   string `json:"schedule,omitempty"`
	Timezone   string `json:"timezone,omitempty"`
	// Held is how much it holds; it is told of one collection alone.
	Held *catalog.Counts `json:"held,omitempty"`
}

// all are the collections that hold something or are configured, by name.
func (a *api) all(ctx context.Context) ([]collectionLine, error) {
	names, err := a.h.catalog.Collections(ctx)
	if err != nil {
		return nil, err
	}
	lines := map[string]collectionLine{}
	for _, name := range names {
		lines[name] = collectionLine{Collection: ibid.Collection{Name: name}, Visibility: "public"}
	}
	for _, c := range a.h.config.Collections {
		l := collectionLine{Collection: ibid.Collection{Name: c.Name, Title: c.Title}, Visibility: "public", Schedule: c.Schedule, Timezone: c.Timezone}
		if c.Visibility != "" {
			l.Visibility = string(c.Visibility)
		}
		lines[c.Name] = l
	}
	out := make([]collectionLine, 0, len(lines))
	for _, l := range lines {
		out = append(out, l)
	}
	slices.SortFunc(out, func(x, y collectionLine) int { return strings.Compare(x.Name, y.Name) })
	return out, nil
}

func (a *api) collections(ctx context.Context, q server.Query) (server.Page, error) {
	asks, err := asker(ctx)
	if err != nil {
		return server.Page{}, err
	}
	lines, err := a.all(ctx)
	if err != nil {
		return server.Page{}, err
	}
	lines = only(ctx, asks, lines, func(l *collectionLine) access.Thing { return access.Thing{Collection: l.Name} })
	from, _ := slices.BinarySearchFunc(lines, q.After, func(l collectionLine, after string) int { return strings.Compare(l.Name, after) })
	if from < len(lines) && lines[from].Name == q.After {
		from++
	}
	lines = lines[from:]
	p := server.Page{Items: lines}
	if len(lines) > q.N {
		p.Items, p.Next = lines[:q.N], lines[q.N-1].Name
	}
	return p, nil
}

// one is the collection of q, if it may be known of.
func (a *api) one(ctx context.Context, q server.Query) (*access.Asker, collectionLine, error) {
	asks, err := visible(ctx, access.Thing{Collection: q.Collection})
	if err != nil {
		return nil, collectionLine{}, err
	}
	lines, err := a.all(ctx)
	if err != nil {
		return nil, collectionLine{}, err
	}
	for _, l := range lines {
		if l.Name == q.Collection {
			return asks, l, nil
		}
	}
	return nil, collectionLine{}, &ibid.Error{Kind: ibid.KindNotFound, Op: "find", URI: q.Collection, Err: errors.New("it is not held here")}
}

func (a *api) collection(ctx context.Context, q server.Query) (any, error) {
	_, l, err := a.one(ctx, q)
	if err != nil {
		return nil, err
	}
	held, err := a.h.catalog.Counts(ctx, q.Collection)
	l.Held = &held
	return l, err
}

func (a *api) documents(ctx context.Context, q server.Query) (server.Page, error) {
	asks, _, err := a.one(ctx, q)
	if err != nil {
		return server.Page{}, err
	}
	docs, err := a.h.catalog.DocumentsAfter(ctx, q.Collection, q.After, q.N)
	p := server.Page{Items: only(ctx, asks, docs, func(d *ibid.Document) access.Thing { return access.Thing{Collection: q.Collection, Document: d.ID} })}
	if len(docs) == q.N {
		p.Next = docs[len(docs)-1].ID
	}
	return p, err
}

// report is the report of the Document of q, without what may not be known.
func (a *api) report(ctx context.Context, q server.Query) (*pipeline.DocumentReport, error) {
	asks, err := visible(ctx, access.Thing{Collection: q.Collection, Document: q.ID})
	if err != nil {
		return nil, err
	}
	doc, refs, err := a.h.catalog.Document(ctx, q.Collection, q.ID)
	if err == nil && doc.ID != q.ID { // a path is no name here: what it names may be withheld
		err = &ibid.Error{Kind: ibid.KindNotFound, Op: "find the document", URI: q.ID, Err: errors.New("it is not held here")}
	}
	if err != nil {
		return nil, err
	}
	r, err := pipeline.ReportFrom(ctx, a.h.catalog, q.Collection, doc, refs)
	if err == nil {
		withhold(ctx, asks, q.Collection, r)
	}
	return r, err
}

// documentLine is a Document with what became of what it cites.
type documentLine struct {
	Document ibid.Document    `json:"document"`
	Summary  pipeline.Summary `json:"summary"`
}

func (a *api) document(ctx context.Context, q server.Query) (any, error) {
	r, err := a.report(ctx, q)
	if err != nil {
		return nil, err
	}
	return documentLine{r.Document, r.Summary}, nil
}

func (a *api) references(ctx context.Context, q server.Query) (server.Page, error) {
	from := 0
	if q.After != "" {
		var err error
		if from, err = strconv.Atoi(q.After); err != nil || from < 0 {
			return server.Page{}, badCursor()
		}
	}
	r, err := a.report(ctx, q)
	if err != nil {
		return server.Page{}, err
	}
	refs := r.References[min(from, len(r.References)):]
	p := server.Page{Items: refs}
	if len(refs) > q.N {
		p.Items, p.Next = refs[:q.N], strconv.Itoa(from+q.N)
	}
	return p, nil
}

func (a *api) reference(ctx context.Context, q server.Query) (any, error) {
	r, err := a.report(ctx, q)
	if err != nil {
		return nil, err
	}
	for i := range r.References {
		if r.References[i].ID == q.Reference {
			return r.References[i], nil
		}
	}
	return nil, &ibid.Error{Kind: ibid.KindNotFound, Op: "find the reference", URI: q.Reference, Err: errors.New("the document has none of that id")}
}

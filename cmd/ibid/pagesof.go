package main

import (
	"cmp"
	"context"
	"io"
	"slices"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/citeform"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/server"
)

func (l *library) documents(ctx context.Context, collection string, part server.Part) (server.Documents, error) {
	var list server.Documents
	asks, err := asker(ctx)
	if err != nil {
		return list, err
	}
	names, err := l.names(ctx)
	if err != nil {
		return list, err
	}
	for _, name := range names {
		if collection != "" && name != collection {
			continue
		}
		docs, err := l.catalog.Documents(ctx, name)
		if err != nil {
			return list, err
		}
		docs = only(ctx, asks, docs, func(d *ibid.Document) access.Thing { return access.Thing{Collection: name, Document: d.ID} })
		from, to := server.Part{Skip: max(0, part.Skip-list.Total), N: part.N - len(list.List)}.Of(len(docs))
		list.Total += len(docs)
		for i := range docs[from:to] {
			line, err := l.line(ctx, name, docs[from+i])
			if err != nil {
				return list, err
			}
			list.List = append(list.List, line)
		}
	}
	return list, nil
}

func (l *library) line(ctx context.Context, collection string, doc ibid.Document) (server.DocumentLine, error) {
	counted, err := l.counted(ctx, collection, doc)
	if err != nil {
		return server.DocumentLine{}, err
	}
	doc.Source = sourceName(doc.Source)
	return server.DocumentLine{Collection: collection, Document: doc, Tally: counted.tally}, nil
}

// counted is what was counted of a Document as far as whoever asks may know it: which of a few sources are kept can be read
// off their number.
func (l *library) counted(ctx context.Context, collection string, doc ibid.Document) (*surveyed, error) {
	asks, err := asker(ctx)
	if err != nil {
		return nil, err
	}
	counted, err := l.survey.document(ctx, collection, doc)
	if err != nil || !asks.HasRules() {
		return counted, err
	}
	_, refs, err := l.catalog.Document(ctx, collection, doc.ID)
	if err != nil {
		return nil, err
	}
	r, err := l.reportFrom(ctx, collection, doc, refs)
	if err != nil {
		return nil, err
	}
	return countReport(collection, r), nil
}

// find returns a Document that may be seen, the collection that holds it, and its References.
func (l *library) find(ctx context.Context, key server.DocumentKey) (string, ibid.Document, []ibid.Reference, error) {
	asks, err := asker(ctx)
	if err != nil {
		return "", ibid.Document{}, nil, err
	}
	names, err := l.names(ctx)
	if err != nil {
		return "", ibid.Document{}, nil, err
	}
	for _, name := range names {
		if key.Collection != "" && name != key.Collection {
			continue
		}
		if !listed(ctx, asks, access.Thing{Collection: name, Document: key.ID}) {
			continue
		}
		doc, refs, err := l.catalog.Document(ctx, name, key.ID)
		if err == nil && doc.ID == key.ID || err != nil && ibid.KindOf(err) != ibid.KindNotFound {
			return name, doc, refs, err
		}
	}
	return "", ibid.Document{}, nil, notShown("document", key.ID)
}

func (l *library) document(ctx context.Context, key server.DocumentKey, part server.Part) (server.Document, error) {
	var d server.Document
	collection, doc, refs, err := l.find(ctx, key)
	if err != nil {
		return d, err
	}
	counted, err := l.counted(ctx, collection, doc)
	if err != nil {
		return d, err
	}
	from, to := part.Of(len(refs))
	report, err := l.reportFrom(ctx, collection, doc, refs[from:to])
	if err != nil {
		return d, err
	}
	doc.Source = sourceName(doc.Source)
	if d.History, err = l.historyOf(ctx, collection, doc.ID, refs); err != nil {
		return d, err
	}
	d.HasRobust = citeform.CanRobustify(doc.MediaType)
	d.DocumentLine, d.Marks = server.DocumentLine{Collection: collection, Document: doc, Tally: counted.tally}, counted.marks
	for i := range report.References {
		d.References = append(d.References, citedOf(&report.References[i]))
	}
	return d, nil
}

// reportFrom is what becomes of the sources as far as whoever asks may know it.
func (l *library) reportFrom(ctx context.Context, collection string, doc ibid.Document, refs []ibid.Reference) (*pipeline.DocumentReport, error) {
	asks, err := asker(ctx)
	if err != nil {
		return nil, err
	}
	r, err := pipeline.ReportFrom(ctx, l.catalog, collection, doc, refs)
	if err == nil {
		withhold(ctx, asks, collection, r)
	}
	return r, err
}

// report writes all that is known of what a Document cites.
func (l *library) report(write func(w io.Writer, r *pipeline.DocumentReport) error) func(context.Context, io.Writer, server.DocumentKey) error {
	return func(ctx context.Context, w io.Writer, key server.DocumentKey) error {
		collection, doc, refs, err := l.find(ctx, key)
		if err != nil {
			return err
		}
		doc.Source = sourceName(doc.Source)
		r, err := l.reportFrom(ctx, collection, doc, refs)
		if err != nil {
			return err
		}
		return write(w, r)
	}
}

func (l *library) reference(ctx context.Context, key server.DocumentKey, id string, part server.Part) (server.Reference, error) {
	var r server.Reference
	collection, doc, refs, err := l.find(ctx, key)
	if err != nil {
		return r, err
	}
	at := slices.IndexFunc(refs, func(ref ibid.Reference) bool { return ref.ID == id })
	if at < 0 {
		return r, notShown("reference", id)
	}
	report, err := l.reportFrom(ctx, collection, doc, refs[at:at+1])
	if err != nil {
		return r, err
	}
	doc.Source = sourceName(doc.Source)
	r.Collection, r.Document, r.Cited = collection, doc, citedOf(&report.References[0])
	if at > 0 {
		r.Before = refs[at-1].ID
	}
	if at < len(refs)-1 {
		r.After = refs[at+1].ID
	}
	if r.Forms, err = l.citer.forms(report); err != nil {
		return r, err
	}
	if refs[at].Address() == "" || report.References[0].Outcome == ibid.OutcomeExcluded {
		return r, nil
	}
	if r.LastFixity, err = l.lastFixity(ctx, collection, r.Memento); err != nil {
		return r, err
	}
	looks, err := l.looks(ctx, collection, refs[at].Address())
	if err != nil {
		return r, err
	}
	from, to := part.Of(len(looks))
	r.LooksInAll, r.Looks = len(looks), looks[from:to]
	r.Points, r.Latest = pointsOf(looks)
	return r, nil
}

func (l *library) address(ctx context.Context, uri string) (server.Address, error) {
	a := server.Address{URI: uri, State: server.State{Outcome: ibid.OutcomePending, Health: ibid.HealthUnknown}}
	names, err := l.names(ctx)
	if err != nil {
		return a, err
	}
	asks, err := asker(ctx)
	if err != nil {
		return a, err
	}
	for _, name := range names {
		if !listed(ctx, asks, access.Thing{Collection: name, Address: uri}) {
			continue
		}
		captures, err := l.catalog.Mementos(ctx, name, uri)
		if err != nil && ibid.KindOf(err) != ibid.KindNotFound {
			return a, err
		}
		for i := range captures {
			a.Captures = append(a.Captures, server.Captured{Collection: name, Capture: captures[i]})
		}
		if err := l.cited(ctx, &a, name); err != nil {
			return a, err
		}
		if a.State.Outcome != ibid.OutcomePending {
			continue
		}
		r, err := l.reportFrom(ctx, name, ibid.Document{}, []ibid.Reference{{URI: uri}})
		if err != nil {
			return a, err
		}
		a.State = stateOf(&r.References[0].State)
	}
	slices.SortStableFunc(a.Captures, func(x, y server.Captured) int { return x.Timestamp.Compare(y.Timestamp) })
	return a, nil
}

// cited adds where the address is cited in a collection.
func (l *library) cited(ctx context.Context, a *server.Address, collection string) error {
	found, err := l.catalog.CitedAs(ctx, collection, a.URI, maxCitedIn-min(maxCitedIn, len(a.Cited)))
	if err != nil {
		return err
	}
	asks, err := asker(ctx)
	if err != nil {
		return err
	}
	for i := range found {
		if listed(ctx, asks, access.Thing{Collection: collection, Document: found[i].Document.ID}) {
			a.Cited = append(a.Cited, citationOf(collection, &found[i]))
		}
	}
	return nil
}

func citationOf(collection string, c *catalog.Citation) server.Citation {
	return server.Citation{
		DocumentKey: server.DocumentKey{Collection: collection, ID: c.Document.ID}, Reference: c.ID,
		Source: cmp.Or(c.Document.Title, sourceName(c.Document.Source)), Context: c.Context,
	}
}

func citedOf(r *pipeline.ReferenceReport) server.Cited {
	c := server.Cited{Reference: r.Reference, State: stateOf(&r.State)}
	for _, w := range r.Works {
		work := server.Work{Work: w.Work}
		for i := range w.Editions {
			e := &w.Editions[i]
			work.Editions = append(work.Editions, server.Edition{
				Language: e.Language, URI: e.URI, Listing: e.Listing, Reasons: e.Reasons, State: stateOf(&e.State),
			})
		}
		c.Works = append(c.Works, work)
	}
	return c
}

func stateOf(s *pipeline.State) server.State {
	return server.State{
		Outcome: s.Outcome, Health: s.Health, Memento: s.Memento, Metadata: s.Metadata, Reason: s.Reason, Verdict: s.Verdict,
		Class: s.Class, Tried: s.Tried, Evidence: s.Evidence, Checked: s.Checked, Strikes: s.Strikes, GivenUp: s.GivenUp,
		Drift: s.Drift, Provenance: s.Provenance, Holdings: s.Holdings, Successor: s.Successor,
	}
}

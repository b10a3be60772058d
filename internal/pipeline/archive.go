package pipeline

import (
	"context"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// Document reads one citing document, keeps it, captures every source that it cites, and reports the
// outcome of each Reference.
func (p *Pipeline) Document(ctx context.Context, collection string, in Input, w Watch) (*DocumentReport, error) {
	d, err := p.read(ctx, collection, in, w)
	if err != nil {
		return nil, err
	}
	if err := p.archiveSeeds(ctx, collection, "document "+d.doc.ID, p.seedsOf(d.refs), w); err != nil {
		return nil, err
	}
	return p.report(ctx, collection, d.doc, d.refs)
}

// read reads a citing document, a file or a page, and keeps it.
func (p *Pipeline) read(ctx context.Context, collection string, in Input, w Watch) (d *readDocument, err error) {
	if in.IsURI() {
		d, err = p.fetchDocument(ctx, collection, string(in), w)
	} else {
		d, err = p.openDocument(ctx, string(in))
	}
	if err != nil {
		return nil, err
	}
	if err := p.o.Archive.PutDocument(ctx, collection, d.doc, d.refs, d.body); err != nil {
		return nil, err
	}
	return d, p.o.Catalog.PutDocument(ctx, collection, d.doc, d.refs)
}

func (p *Pipeline) openDocument(ctx context.Context, name string) (*readDocument, error) {
	res, body, err := Extract(ctx, name, p.o.MaxDocument, p.o.Documents)
	if err != nil {
		return nil, err
	}
	return &readDocument{res.Document, res.References, body}, nil
}

type readDocument struct {
	doc  ibid.Document
	refs []ibid.Reference
	body []byte
}

// Sources captures the sources at the given addresses, and reports what became of each.
func (p *Pipeline) Sources(ctx context.Context, collection string, uris []string, w Watch) ([]SourceReport, error) {
	seeds := make([]ibid.Seed, 0, len(uris))
	for _, u := range uris {
		seeds = append(seeds, ibid.Seed{URI: u, Scope: p.o.Scope})
	}
	if err := p.archiveSeeds(ctx, collection, "sources", p.unique(seeds), w); err != nil {
		return nil, err
	}
	visits, err := p.o.Catalog.LatestVisits(ctx, collection, p.unique(seeds))
	if err != nil {
		return nil, err
	}
	out := make([]SourceReport, 0, len(uris))
	for _, u := range uris {
		now := visits[seedURI(u)]
		kept, err := lastKept(ctx, p.o.Catalog, collection, now)
		if err != nil {
			return nil, err
		}
		out = append(out, SourceReport{URI: u, State: stateOf(now, kept, "")})
	}
	return out, nil
}

// Report is the state of a Document that was archived before, by its id, its path or its address.
func (p *Pipeline) Report(ctx context.Context, collection, name string) (*DocumentReport, error) {
	doc, refs, err := p.o.Catalog.Document(ctx, collection, name)
	if err != nil {
		return nil, err
	}
	return p.report(ctx, collection, doc, refs)
}

func (p *Pipeline) report(ctx context.Context, collection string, doc ibid.Document, refs []ibid.Reference) (*DocumentReport, error) {
	return ReportFrom(ctx, p.o.Catalog, collection, doc, refs)
}

// Visits is where the looks at a source are found.
type Visits interface {
	LatestVisit(ctx context.Context, collection, uri string) (ibid.Visit, error)
	VisitBefore(ctx context.Context, collection, seed string, before time.Time, wanted func(*ibid.Visit) bool) (*ibid.Visit, error)
}

// ReportFrom joins the References of a Document with the last look at each source, and with what is kept of it.
func ReportFrom(ctx context.Context, from Visits, collection string, doc ibid.Document, refs []ibid.Reference) (*DocumentReport, error) {
	var failed error
	r := reportDocument(doc, refs, func(uri string) (now, kept *ibid.Visit) {
		now, err := latest(ctx, from, collection, uri)
		if err == nil {
			kept, err = lastKept(ctx, from, collection, now)
		}
		if err != nil {
			failed = err
		}
		return now, kept
	})
	return &r, failed
}

// latest is the last Visit of a source, or nil when there is none.
func latest(ctx context.Context, from Visits, collection, uri string) (*ibid.Visit, error) {
	v, err := from.LatestVisit(ctx, collection, seedURI(uri))
	if ibid.KindOf(err) == ibid.KindNotFound && err != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &v, nil
}

// lastKept is the last Visit up to now that brought the source itself; nil when there is none.
func lastKept(ctx context.Context, from Visits, collection string, now *ibid.Visit) (*ibid.Visit, error) {
	if now == nil || outcomeOf(now) == ibid.OutcomeCaptured {
		return now, nil
	}
	return from.VisitBefore(ctx, collection, now.Seed, now.Began, func(v *ibid.Visit) bool { return outcomeOf(v) == ibid.OutcomeCaptured })
}

// seedsOf are the Seeds of the References: one an address.
func (p *Pipeline) seedsOf(refs []ibid.Reference) []ibid.Seed {
	seeds := make([]ibid.Seed, 0, len(refs))
	for _, r := range refs {
		if r.URI != "" {
			seeds = append(seeds, ibid.Seed{URI: r.URI, Scope: p.o.Scope})
		}
	}
	return p.unique(seeds)
}

// Seed is the Seed at an address.
func (p *Pipeline) Seed(uri string) ibid.Seed { return ibid.Seed{URI: seedURI(uri), Scope: p.o.Scope} }

func (p *Pipeline) unique(seeds []ibid.Seed) []ibid.Seed {
	seen := make(map[string]bool, len(seeds))
	out := seeds[:0]
	for _, s := range seeds {
		if s.URI = seedURI(s.URI); !seen[s.URI] {
			seen[s.URI] = true
			out = append(out, s)
		}
	}
	return out
}

// seedURI is the identity of the Seed behind an address. One that is no address stays as it is: the crawler
// refuses it by name, and nothing else in the run is harmed.
func seedURI(uri string) string {
	canonical, err := cdx.Canonical(uri)
	if err != nil {
		return uri
	}
	return canonical
}

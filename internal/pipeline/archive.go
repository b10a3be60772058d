package pipeline

import (
	"context"
	"errors"

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
	if err := p.keep(ctx, collection, d, w); err != nil {
		return nil, err
	}
	return p.report(ctx, collection, d.doc, d.refs)
}

// keep captures what a Document cites, looks elsewhere for what is dead, and finds the Works that it names.
func (p *Pipeline) keep(ctx context.Context, collection string, d *readDocument, w Watch) error {
	name := "document " + d.doc.ID
	// Of addresses that were repaired meanwhile, it is the same run.
	mark := fingerprint(collection, name, p.seedsOf(readAtFirst(d.refs)))
	done, err := p.lookFirst(ctx, collection, mark, p.seedsOf(d.refs), w)
	if err != nil {
		return err
	}
	if err := p.rescueWishes(ctx, collection, name, wishesOf(d.doc, d.refs), w); err != nil {
		return err
	}
	if err := p.tryReadings(ctx, collection, d, w); err != nil {
		return err
	}
	if err := p.findWorks(ctx, collection, d, w); err != nil {
		return err
	}
	if err := p.pushCaptured(ctx, collection, name, wishesOf(d.doc, d.refs), w); err != nil {
		return err
	}
	return done()
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
	if d.refs, err = settled(ctx, p.o.Catalog, collection, d.refs); err != nil {
		return nil, err
	}
	p.o.Fragments.add(d.refs)
	if w.Read != nil {
		w.Read(d.refs)
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
	seeds = p.unique(seeds)
	done, err := p.lookFirst(ctx, collection, fingerprint(collection, "sources", seeds), seeds, w)
	if err != nil {
		return nil, err
	}
	wishes := make([]wish, len(seeds))
	for i, s := range seeds {
		wishes[i].uri = s.URI
	}
	if err := p.rescueWishes(ctx, collection, "sources", wishes, w); err != nil {
		return nil, err
	}
	if err := p.pushCaptured(ctx, collection, "sources", wishes, w); err != nil {
		return nil, err
	}
	if err := done(); err != nil {
		return nil, err
	}
	out := make([]SourceReport, len(uris))
	err = eachFate(ctx, p.o.Catalog, collection, uris, func(i int, f fate) { out[i] = SourceReport{URI: uris[i], State: f.state("")} })
	if err != nil {
		return nil, err
	}
	return out, nil
}

// SourceFrom is what became of the source at uri.
func SourceFrom(ctx context.Context, from Visits, collection, uri string) (*SourceReport, error) {
	f, err := fateOf(ctx, from, collection, uri)
	if err != nil {
		return nil, err
	}
	return &SourceReport{URI: uri, State: f.state("")}, nil
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

// ReportFrom joins the References of a Document with what is known of each source.
func ReportFrom(ctx context.Context, from Visits, collection string, doc ibid.Document, refs []ibid.Reference) (*DocumentReport, error) {
	refs, err := settled(ctx, from, collection, refs)
	if err != nil {
		return nil, err
	}
	known, failed := fatesOf(ctx, from, collection, refs)
	if failed != nil {
		return nil, failed
	}
	fates := func(uri string) fate {
		if f, ok := known[uri]; ok {
			return f
		}
		f, err := fateOf(ctx, from, collection, uri)
		failed = errors.Join(failed, err)
		return f
	}
	works := func(seed string) *ibid.Visit {
		found, err := from.OtherVisits(ctx, collection, seed)
		failed = errors.Join(failed, err)
		if len(found) == 0 {
			return nil
		}
		return &found[0]
	}
	r := reportDocument(doc, refs, fates, works)
	return &r, failed
}

// fatesOf looks up what became of the sources of refs, by address.
func fatesOf(ctx context.Context, from Visits, collection string, refs []ibid.Reference) (map[string]fate, error) {
	uris := make([]string, 0, len(refs))
	for i := range refs {
		if address := refs[i].Address(); address != "" {
			uris = append(uris, address)
		}
	}
	known := make(map[string]fate, len(uris))
	err := eachFate(ctx, from, collection, uris, func(i int, f fate) { known[uris[i]] = f })
	return known, err
}

// seedsOf are the Seeds of the References: one an address.
func (p *Pipeline) seedsOf(refs []ibid.Reference) []ibid.Seed {
	seeds := make([]ibid.Seed, 0, len(refs))
	for _, r := range refs {
		if address := r.Address(); address != "" {
			seeds = append(seeds, ibid.Seed{URI: address, Scope: p.o.Scope})
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

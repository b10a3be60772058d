package pipeline

import (
	"context"
	"slices"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/citation"
)

// Take reads a citing document that was handed over, and keeps it; nothing is fetched. See Keep.
func (p *Pipeline) Take(ctx context.Context, collection string, src citation.Source) (ibid.Document, error) {
	res, err := citation.Read(ctx, src, p.o.Documents)
	if err != nil {
		return ibid.Document{}, err
	}
	if err := p.o.Archive.PutDocument(ctx, collection, res.Document, res.References, src.Body); err != nil {
		return ibid.Document{}, err
	}
	return res.Document, p.o.Catalog.PutDocument(ctx, collection, res.Document, res.References)
}

// Keep captures what a Document cites that is kept already, as Document does: by all of its References or, where IDs are named,
// by only those. Stopped before, it goes on where it was.
func (p *Pipeline) Keep(ctx context.Context, collection, document string, w Watch, only ...string) error {
	doc, refs, err := p.o.Catalog.Document(ctx, collection, document)
	if err != nil {
		return err
	}
	if len(only) > 0 {
		refs = slices.DeleteFunc(refs, func(r ibid.Reference) bool { return !slices.Contains(only, r.ID) })
	}
	p.o.Fragments.add(refs)
	return p.keep(ctx, collection, &readDocument{doc: doc, refs: refs}, w)
}

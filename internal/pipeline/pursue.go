package pipeline

import (
	"context"
	"time"

	"github.com/ibid-archive/ibid"
)

// Pursue looks for what a Document cites that nobody has looked for, or not for long: dead sources and old citations in other
// archives, named works in the libraries of their sites. Its sources are captured by their schedules.
func (p *Pipeline) Pursue(ctx context.Context, collection, document string) error {
	doc, refs, err := p.o.Catalog.Document(ctx, collection, document)
	if err != nil {
		return err
	}
	if err := p.rescueWishes(ctx, collection, "document "+doc.ID, wishesOf(doc, refs), Watch{}); err != nil {
		return err
	}
	d := &readDocument{doc: doc, refs: refs}
	if err := p.tryReadings(ctx, collection, d, Watch{}); err != nil {
		return err
	}
	for _, ref := range d.refs {
		if len(ref.Works) == 0 {
			continue
		}
		due, err := p.worksDue(ctx, collection, d.doc.ID, ref)
		if err != nil {
			return err
		}
		if !due {
			continue
		}
		if err := p.findWorksOf(ctx, collection, d, ref, Watch{}); err != nil {
			return err
		}
	}
	return nil
}

// worksDue says whether the Works of ref are to be looked for: the sites that it cites were looked at, and the last search
// is not there or left something open a month ago.
func (p *Pipeline) worksDue(ctx context.Context, collection, document string, ref ibid.Reference) (bool, error) {
	look, err := p.o.Catalog.LastLook(ctx, collection, seedURI(ref.Address()))
	if err != nil || ref.Address() != "" && look == nil {
		return false, err
	}
	found, err := p.o.Catalog.OtherVisits(ctx, collection, worksSeed(document, ref.ID))
	if err != nil || len(found) == 0 {
		return err == nil, err
	}
	for _, e := range found[0].Editions {
		if e.URI == "" {
			return p.o.Now().Sub(found[0].Began) > lostPatience*max(p.o.Again, time.Hour), nil
		}
	}
	return false, nil
}

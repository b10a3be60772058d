package pipeline

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/ibid-archive/ibid"
)

// Holdings is where Parts are found: the catalogue.
type Holdings interface {
	Visits(ctx context.Context, collection, uri string) ([]ibid.Visit, error)
	Captures(ctx context.Context, collection string) iter.Seq2[ibid.Capture, error]
}

// Parts are what is held of some sources: the looks at them, what those captured, and what their pages need.
type Parts struct {
	// Visits are in the order of their runs.
	Visits []ibid.Visit

	uris, seeds, jobs, reads map[string]bool
}

// PartsOf are what is held of References of doc, and of the Works that they name; of doc itself, where it is a page.
func PartsOf(ctx context.Context, from Holdings, collection string, doc ibid.Document, refs []ibid.Reference) (*Parts, error) {
	p := newParts()
	uris := []string{}
	if Input(doc.Source).IsURI() {
		uris = append(uris, doc.Source)
	}
	for _, ref := range refs {
		if ref.URI != "" {
			uris = append(uris, ref.URI)
		}
		for _, c := range ref.Candidates {
			uris = append(uris, c.URI)
		}
		if len(ref.Works) > 0 {
			uris = append(uris, worksSeed(doc.ID, ref.ID))
		}
	}
	return p, p.gather(ctx, from, collection, uris)
}

// PartsOfURI are what is held of one address.
func PartsOfURI(ctx context.Context, from Holdings, collection, uri string) (*Parts, error) {
	p := newParts()
	p.uris[seedURI(uri)] = true
	return p, p.gather(ctx, from, collection, []string{uri})
}

func newParts() *Parts {
	return &Parts{uris: map[string]bool{}, seeds: map[string]bool{}, jobs: map[string]bool{}, reads: map[string]bool{}}
}

// gather looks up the Visits of uris, and of what those led to: editions, the listings that name them, successors.
func (p *Parts) gather(ctx context.Context, from Holdings, collection string, uris []string) error {
	for len(uris) > 0 {
		uri := seedURI(uris[0])
		uris = uris[1:]
		if p.reads[uri] {
			continue
		}
		p.reads[uri] = true
		visits, err := from.Visits(ctx, collection, uri)
		if err != nil {
			return err
		}
		for _, v := range visits {
			p.seeds[v.Seed] = true
			uris = append(uris, leads(&v)...)
		}
		p.Visits = append(p.Visits, visits...)
	}
	slices.SortStableFunc(p.Visits, func(a, b ibid.Visit) int { return strings.Compare(a.Run, b.Run) })
	return p.findJobs(ctx, from, collection)
}

// leads are the addresses that v led to and that belong to what it says.
func leads(v *ibid.Visit) []string {
	var all []string
	if v.Successor != nil {
		all = append(all, v.Successor.URI)
	}
	for _, e := range v.Editions {
		for _, uri := range []string{e.URI, e.Listing} {
			if uri != "" {
				all = append(all, uri)
			}
		}
	}
	return all
}

// findJobs notes the Jobs in which a source was captured: pages of one Job share what they need to be shown.
func (p *Parts) findJobs(ctx context.Context, from Holdings, collection string) error {
	for c, err := range from.Captures(ctx, collection) {
		if err != nil {
			return err
		}
		if p.seeds[c.Seed] {
			p.jobs[jobOf(&c)] = true
		}
	}
	return nil
}

// jobOf is the Job of the segment that c lies in, with its collection.
func jobOf(c *ibid.Capture) string {
	return c.Location.Key[:max(strings.LastIndexByte(c.Location.Key, '-'), 0)]
}

// Has says whether c is one of the Parts.
func (p *Parts) Has(c *ibid.Capture) bool {
	return p.seeds[c.Seed] || p.uris[c.URI] || p.jobs[jobOf(c)] && (c.Role == ibid.RoleRequisite || c.Role == ibid.RoleRobots)
}

// Captures are those of the Parts, in the order in which they lie in the store.
func (p *Parts) Captures(ctx context.Context, from Holdings, collection string) iter.Seq2[ibid.Capture, error] {
	return func(yield func(ibid.Capture, error) bool) {
		for c, err := range from.Captures(ctx, collection) {
			if err == nil && !p.Has(&c) {
				continue
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

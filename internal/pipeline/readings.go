package pipeline

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/citation"
	"github.com/ibid-archive/ibid/internal/queue"
)

// tryReadings looks at the other readings of addresses whose source is not to be had, live and then in other archives, and
// gives the References the readings that are found. What was decided is stored with the Document. Its place is after the
// rescue of what was read first: an address that an archive knows was read well.
func (p *Pipeline) tryReadings(ctx context.Context, collection string, d *readDocument, w Watch) error {
	name := "readings of " + d.doc.ID
	// The run is known again by all that may be in it, in whichever order it is read by then.
	mark := fingerprint(collection, name, readingSeeds(d.refs))
	if err := p.resumeRun(ctx, queue.Capture, collection, mark, w); err != nil {
		return err
	}
	open, err := p.openReadings(ctx, collection, d)
	if err != nil {
		return err
	}
	seeds := make([]ibid.Seed, len(open))
	for i, o := range open {
		seeds[i] = ibid.Seed{URI: o.uri, Scope: p.o.Scope}
	}
	if err := p.runSeeds(ctx, queue.Capture, collection, mark, p.unique(seeds), w); err != nil {
		return err
	}
	if err := p.settle(ctx, collection, d); err != nil {
		return err
	}
	if open, err = p.stillOpen(ctx, collection, d, open); err != nil {
		return err
	}
	if err := p.rescueWishes(ctx, collection, name, open, w); err != nil {
		return err
	}
	if err := p.settle(ctx, collection, d); err != nil {
		return err
	}
	// What was repaired is as old a citation as any other.
	return p.rescueWishes(ctx, collection, name+", repaired", wishesOf(d.doc, repaired(d.refs)), w)
}

// repaired are the References whose address was repaired.
func repaired(refs []ibid.Reference) []ibid.Reference {
	return slices.DeleteFunc(slices.Clone(refs), func(r ibid.Reference) bool { return r.Repaired == "" })
}

// readAtFirst are the References with their addresses as they were read at first.
func readAtFirst(refs []ibid.Reference) []ibid.Reference {
	out := slices.Clone(refs)
	for i := range out {
		if out[i].Repaired != "" {
			out[i].URI = out[i].Candidates[0].URI
		}
	}
	return out
}

// readingSeeds are all readings of References that have several, sorted: the same before and after one was chosen.
func readingSeeds(refs []ibid.Reference) []ibid.Seed {
	var uris []string
	for _, ref := range refs {
		if len(ref.Candidates) == 0 {
			continue
		}
		uris = append(uris, ref.URI)
		for _, c := range ref.Candidates {
			uris = append(uris, c.URI)
		}
	}
	slices.Sort(uris)
	var seeds []ibid.Seed
	for _, uri := range slices.Compact(uris) {
		seeds = append(seeds, ibid.Seed{URI: uri})
	}
	return seeds
}

// openReadings are the other readings that are to be looked at: of References whose source is dead and in no archive that
// answered, and that were not looked at since the answer of archives counts.
func (p *Pipeline) openReadings(ctx context.Context, collection string, d *readDocument) ([]wish, error) {
	var open []wish
	for _, ref := range d.refs {
		if len(ref.Candidates) == 0 || ref.Repaired != "" {
			continue
		}
		f, err := fateOf(ctx, p.o.Catalog, collection, ref.URI)
		if err != nil {
			return nil, err
		}
		if !f.isLost() || f.isFound() || !f.look.Health.Dead() {
			continue
		}
		for _, c := range ref.Candidates {
			if f.look.Health == ibid.HealthUnreachable && catalog.HostOf(c.URI) == catalog.HostOf(ref.URI) {
				continue // nor would that be answered
			}
			f, err := fateOf(ctx, p.o.Catalog, collection, c.URI)
			if err != nil {
				return nil, err
			}
			if f.look == nil || p.o.Now().Sub(f.look.Began) > lostPatience*p.o.Again {
				open = append(open, wish{c.URI, cmp.Or(ref.Accessed, d.doc.Date)})
			}
		}
	}
	return open, nil
}

// stillOpen are those of open that a Reference has which was not settled by what is live.
func (p *Pipeline) stillOpen(ctx context.Context, collection string, d *readDocument, open []wish) ([]wish, error) {
	left := map[string]bool{}
	for _, ref := range d.refs {
		if ref.Repaired != "" {
			continue
		}
		for _, c := range ref.Candidates {
			left[c.URI] = true
		}
	}
	var dead []wish
	for _, o := range open {
		if !left[o.uri] {
			continue
		}
		f, err := fateOf(ctx, p.o.Catalog, collection, o.uri)
		if err != nil {
			return nil, err
		}
		if f.isLost() {
			dead = append(dead, wish{seedURI(o.uri), o.cited})
		}
	}
	return dead, nil
}

// isFound says whether another archive had the source.
func (f *fate) isFound() bool {
	return slices.ContainsFunc(f.rescues, func(v ibid.Visit) bool { return v.Final != nil })
}

// settle gives the References the readings that were found, and stores the Document with them if one is new.
func (p *Pipeline) settle(ctx context.Context, collection string, d *readDocument) error {
	refs, err := settled(ctx, p.o.Catalog, collection, d.refs)
	if err != nil || sameReadings(refs, d.refs) {
		return err
	}
	d.refs = refs
	p.o.Fragments.add(d.refs)
	if err := p.o.Archive.PutReferences(ctx, collection, d.doc, d.refs); err != nil {
		return err
	}
	return p.o.Catalog.PutDocument(ctx, collection, d.doc, d.refs)
}

func sameReadings(a, b []ibid.Reference) bool {
	return slices.EqualFunc(a, b, func(a, b ibid.Reference) bool { return a.URI == b.URI })
}

// settled gives each Reference whose source is not to be had the first of its Candidates that was captured, or else that was
// had from another archive. It says the same each time, since what was captured stays so.
func settled(ctx context.Context, from Visits, collection string, refs []ibid.Reference) ([]ibid.Reference, error) {
	out := slices.Clone(refs)
	for i, ref := range refs {
		if len(ref.Candidates) == 0 || ref.Repaired != "" {
			continue
		}
		f, err := fateOf(ctx, from, collection, ref.URI)
		if err != nil {
			return nil, err
		}
		if !f.isLost() || f.isFound() {
			continue
		}
		n, why, err := existing(ctx, from, collection, ref)
		if err != nil {
			return nil, err
		}
		if n >= 0 {
			out[i] = citation.Reread(ref, n, why)
		}
	}
	return out, nil
}

// existing is which of the Candidates of ref there is, and how that is known; -1: none.
func existing(ctx context.Context, from Visits, collection string, ref ibid.Reference) (n int, why string, err error) {
	archived := -1
	for i, c := range ref.Candidates {
		f, err := fateOf(ctx, from, collection, c.URI)
		switch {
		case err != nil:
			return -1, "", err
		case f.kept != nil:
			return i, "it is on the web, and what was read at first is not", nil
		case archived < 0 && f.isFound():
			archived = i
		}
	}
	return archived, "an archive has it, and what was read at first is nowhere", nil
}

// readAs says of the other readings of ref what came of them.
func readAs(ref *ibid.Reference, fates func(uri string) fate) []ibid.Attempt {
	var tried []ibid.Attempt
	for _, c := range ref.Candidates {
		f := fates(c.URI)
		if f.look == nil {
			continue
		}
		tried = append(tried, ibid.Attempt{
			What: "read it as " + c.URI + ", " + strings.TrimSuffix(c.Reading, "."), When: f.look.Began, Result: cmp.Or(f.state("").Reason, string(f.look.Health)),
		})
	}
	return tried
}

package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/queue"
)

// wish is a source that is to be looked for in other archives.
type wish struct {
	uri string
	// cited is when, or empty.
	cited ibid.Date
}

// wishesOf are what the References ask for: each source once for each date on which it was cited.
func wishesOf(doc ibid.Document, refs []ibid.Reference) []wish {
	var all []wish
	seen := map[wish]bool{}
	for _, r := range refs {
		w := wish{seedURI(r.Address()), cmp.Or(r.Accessed, doc.Date)}
		if r.Address() == "" || seen[w] {
			continue
		}
		seen[w] = true
		all = append(all, w)
	}
	return all
}

// rescueWishes looks for those of wishes that are worth it, and returns when all were looked for.
func (p *Pipeline) rescueWishes(ctx context.Context, collection, name string, wishes []wish, w Watch) error {
	if p.o.Rescue == nil {
		return nil
	}
	// A Seed is in a run once: of those that were cited at several dates, each date has a run.
	for n, wave := range waves(wishes) {
		// The run is known again by all that may be in it: by the time that it is taken up, some of that was found.
		mark := fingerprint(collection, fmt.Sprintf("%s, rescue %d", name, n+1), datedSeeds(wave))
		if err := p.resumeRun(ctx, queue.Rescue, collection, mark, w); err != nil {
			return err
		}
		worth, err := p.worthRescue(ctx, collection, wave)
		if err != nil {
			return err
		}
		if err := p.runSeeds(ctx, queue.Rescue, collection, mark, p.wanted(worth), w); err != nil {
			return err
		}
	}
	return nil
}

// datedSeeds are the Seeds of wishes, as of the dates of the citations.
func datedSeeds(wishes []wish) []ibid.Seed {
	seeds := make([]ibid.Seed, len(wishes))
	for i, wish := range wishes {
		seeds[i].URI = wish.uri
		seeds[i].Target, _ = wish.cited.Time()
	}
	return seeds
}

func urisOf(wishes []wish) []string {
	uris := make([]string, len(wishes))
	for i, w := range wishes {
		uris[i] = w.uri
	}
	return uris
}

// worthRescue are those of wishes that are to be looked for now: what is dead first, and then what is to be compared.
func (p *Pipeline) worthRescue(ctx context.Context, collection string, wishes []wish) ([]wish, error) {
	var dead, old []wish
	err := eachFate(ctx, p.o.Catalog, collection, urisOf(wishes), func(i int, f fate) {
		switch wish := wishes[i]; {
		case f.wasLookedFor(wish.cited, p.o.Now(), p.o.Again, 1):
		case f.isLost():
			dead = append(dead, wish)
		case p.isOld(wish.cited):
			old = append(old, wish)
		}
	})
	return append(dead, old...), err
}

// wanted are the Seeds of wishes.
func (p *Pipeline) wanted(wishes []wish) []ibid.Seed {
	seeds := make([]ibid.Seed, len(wishes))
	for i, wish := range wishes {
		seeds[i] = ibid.Seed{URI: wish.uri, Scope: ibid.Scope{Requisites: p.o.Scope.Requisites}, Target: p.target(wish.cited)}
	}
	return seeds
}

// waves parts wishes so that none of them holds an address twice.
func waves(wishes []wish) [][]wish {
	var out [][]wish
	count := map[string]int{}
	for _, w := range wishes {
		n := count[w.uri]
		count[w.uri]++
		if n == len(out) {
			out = append(out, nil)
		}
		out[n] = append(out[n], w)
	}
	return out
}

// target is the date as of which a source is looked for.
func (p *Pipeline) target(cited ibid.Date) time.Time {
	if at, ok := cited.Time(); ok {
		return at
	}
	// The precision of a day keeps a run that is taken up again the same.
	return p.o.Now().UTC().Truncate(24 * time.Hour)
}

// isOld says whether a source was cited so long ago that what stands there today may be something else.
func (p *Pipeline) isOld(cited ibid.Date) bool {
	at, ok := cited.Time()
	return ok && p.o.Compare > 0 && p.o.Now().Sub(at) > p.o.Compare
}

// isLost says whether the reader of a citation gets nothing so far, though nothing forbids it.
func (f *fate) isLost() bool {
	if f.look == nil || f.kept != nil {
		return false
	}
	o := outcomeOf(f.look)
	return o == ibid.OutcomeLost || o == ibid.OutcomeFailed
}

// wasLookedFor says whether other archives were asked as of that date, with an answer that still counts: what was
// found does for ever, that some could not be asked for as long as again says, and that nobody has it for so many times
// as long.
func (f *fate) wasLookedFor(cited ibid.Date, now time.Time, again time.Duration, patience int) bool {
	at, dated := cited.Time()
	return slices.ContainsFunc(f.rescues, func(v ibid.Visit) bool {
		if dated && !v.Target.Equal(at) {
			return false
		}
		if v.Final != nil || v.Class != ibid.ClassNotHeld {
			return v.Final != nil
		}
		if !v.Again.IsZero() {
			return now.Before(v.Again) && now.Before(v.Began.Add(again))
		}
		return now.Before(v.Began.Add(time.Duration(patience) * again))
	})
}

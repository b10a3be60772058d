package rescue

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
)

func newSpoolSum() hash.Hash { return sha256.New() }

// Rescuer asks other archives. It is safe for concurrent use.
type Rescuer struct {
	o          Options
	migrations []migration

	mu sync.Mutex
	// failures counts those in a row, by archive.
	failures map[ibid.Origin]int
}

// New returns a Rescuer. An error is of KindInput and names what in the Options cannot be used.
func New(o Options) (*Rescuer, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	migrations, err := compile(o.Migrations)
	if err != nil {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "use the migrations", Err: err}
	}
	return &Rescuer{o: o.withDefaults(), migrations: migrations, failures: map[ibid.Origin]int{}}, nil
}

// Found is what a search came to. It is to be closed: until then its Exchanges can be read.
type Found struct {
	// Exchange is the source, with its Provenance; nil: none was found that can be trusted.
	Exchange *ibid.Exchange
	// Hops are the redirects that led there, as they were archived, each from the Seed on.
	Hops []*ibid.Exchange
	// Holdings are what the archives have of the address as cited.
	Holdings []ibid.Holding
	// Tried says all that was done, in one line each.
	Tried []ibid.Attempt
	// Incomplete: an archive could not be asked, or not to the end; Again is when it is worth trying.
	Incomplete bool
	Again      time.Time
	// Excluded are archives that keep what they may have from us.
	Excluded []ibid.Origin

	kept *fetched
}

// Close gives back what the Exchanges lie in.
func (f *Found) Close() {
	if f != nil && f.kept != nil {
		f.kept.close()
	}
}

// Find looks for w in all archives. That nothing is found is no error: Found says what was tried. An error is about
// ourselves: ctx ended, the spool is full, the Budget cannot be read; or w.URI is no address.
func (r *Rescuer) Find(ctx context.Context, w Wanted) (*Found, error) {
	uri, ok := clean(w.URI)
	if !ok {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "look for", URI: oneLine(w.URI), Err: errors.New("it is no http address")}
	}
	cited := w.URI
	if w.URI = uri; w.At.IsZero() {
		w.At = r.o.Now()
	}
	s := r.newSearch(w)
	for _, h := range r.hypotheses(uri) {
		if err := s.follow(ctx, &h); err != nil {
			if s.best != nil {
				s.best.close()
			}
			return nil, err
		}
		if s.best != nil || s.tries >= maxTries {
			break
		}
	}
	return s.end(cited)
}

// end puts together what was found.
func (s *search) end(cited string) (*Found, error) {
	f := s.found
	for i := range s.r.o.Archives {
		if n := s.holdings[&s.r.o.Archives[i]]; n != nil {
			f.Holdings = append(f.Holdings, *n)
		}
	}
	if s.best == nil {
		return f, nil
	}
	p := ibid.Provenance{
		Cited: cited, Target: s.w.At.UTC(), Digest: s.best.digest, Quality: s.score.quality, Reasons: s.score.reasons, Hypothesis: s.of.Name,
	}
	if p.Hypothesis == "" {
		p.Hypothesis = differs(s.w.URI, s.best.first().URI)
		if p.Hypothesis != "" {
			p.Reasons = append(p.Reasons, "the archive files both addresses under one key")
		}
	}
	var err error
	if f.Hops, f.Exchange, err = s.r.exchanges(s.best, p, s.w.URI, "", ibid.RoleSource); err != nil {
		s.best.close()
		return nil, err
	}
	f.kept = s.best
	if s.near([]candidate{{at: s.best.answer.Captured}}) && s.done() {
		f.Incomplete, f.Again = false, time.Time{}
	}
	return f, nil
}

// first is the first answer of the source on the way.
func (f *fetched) first() *Answer {
	if len(f.hops) > 0 {
		return f.hops[0]
	}
	return f.answer
}

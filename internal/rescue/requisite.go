package rescue

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/ibid-archive/ibid"
)

// Requisite is what a rescued page needs to be shown.
type Requisite struct {
	// Archive is the id of the archive that the page came from, and Near when the page was captured.
	Archive ibid.Origin
	Near    time.Time
	// URI is its address; Page the one of the page that needs it, and Seed the one that all is done for.
	URI, Page, Seed string
	// Cited and Target are those of the page's Provenance.
	Cited  string
	Target time.Time
}

// Fetch gets a requisite from the archive of its page, near the date of the page: nothing else would fit. That it is
// not there is no error: Found.Exchange is nil then. The Found is to be closed.
func (r *Rescuer) Fetch(ctx context.Context, q Requisite) (*Found, error) {
	uri, ok := clean(q.URI)
	if !ok {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "look for", URI: oneLine(q.URI), Err: errors.New("it is no http address")}
	}
	w := Wanted{URI: uri, At: q.Near}
	h := hypothesis{Hypothesis: Hypothesis{URI: uri}}
	c, err := r.requisite(ctx, q, &h, &w)
	if err != nil {
		return nil, err
	}
	found := &Found{}
	if c == nil {
		found.Tried = []ibid.Attempt{{What: "look for " + uri + " in " + string(q.Archive), When: r.o.Now(), Result: "no captures"}}
		return found, nil
	}
	attempt := ibid.Attempt{What: c.way(), When: r.o.Now()}
	f, err := r.memento(ctx, *c)
	var t *trouble
	switch {
	case errors.As(err, &t):
		attempt.Result = "not had: the archive " + t.text
		found.Tried, found.Incomplete, found.Again = []ibid.Attempt{attempt}, t.later, r.again(t)
		return found, nil
	case err != nil:
		return nil, err
	}
	s := judge(&w, &h, f, Judgement{})
	if attempt.Result = "taken"; s.refused {
		attempt.Result = "refused: " + sentence(s.reasons...)
	}
	found.Tried = []ibid.Attempt{attempt}
	if s.refused {
		f.close()
		return found, nil
	}
	p := ibid.Provenance{Cited: q.Cited, Target: q.Target.UTC(), Digest: c.digest, Quality: s.quality, Reasons: s.reasons}
	if p.Target.IsZero() {
		p.Target = q.Near.UTC()
	}
	if found.Hops, found.Exchange, err = r.exchanges(f, p, q.Seed, q.Page, ibid.RoleRequisite); err != nil {
		f.close()
		return nil, err
	}
	found.kept = f
	return found, nil
}

// requisite finds the capture to fetch. Archives whose addresses hold a date are asked for the nearest at once; of the
// others the list must be read.
func (r *Rescuer) requisite(ctx context.Context, q Requisite, h *hypothesis, w *Wanted) (*candidate, error) {
	for i := range r.o.Archives {
		a := &r.o.Archives[i]
		if a.ID != q.Archive {
			continue
		}
		if uriM := a.mementoOf(ibid.Timestamp14(q.Near), h.URI); uriM != "" {
			return &candidate{archive: a, order: i, at: q.Near, uri: h.URI, uriM: uriM, status: http.StatusOK}, nil
		}
		l := r.lookUp(ctx, i, h, w)
		if l.err == nil {
			l.err = context.Cause(ctx)
		}
		if l.err != nil || len(l.found) == 0 {
			return nil, l.err
		}
		return &l.found[0], nil
	}
	return nil, &ibid.Error{Kind: ibid.KindInput, Op: "fetch " + h.URI + " from", URI: string(q.Archive), Err: errors.New("it is not among the archives")}
}

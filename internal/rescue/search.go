package rescue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
)

// search is one Find at work. It belongs to one goroutine.
type search struct {
	r     *Rescuer
	w     Wanted
	found *Found
	best  *fetched
	// of is the hypothesis of best, and score its score.
	of    *hypothesis
	score *score
	// out are archives that are asked no more, in this search.
	out map[*Archive]bool
	// filed are archives in which whatever is filed with the address as cited was looked for.
	filed    map[*Archive]bool
	holdings map[*Archive]*ibid.Holding
	// refused are digests of archives' indexes whose bytes were refused.
	refused       map[string]string
	tries, before int
}

func (r *Rescuer) newSearch(w Wanted) *search {
	return &search{
		r: r, w: w, found: &Found{}, out: map[*Archive]bool{}, filed: map[*Archive]bool{},
		holdings: map[*Archive]*ibid.Holding{}, refused: map[string]string{},
	}
}

// done says whether nothing better is to be looked for.
func (s *search) done() bool { return s.best != nil && s.score.quality >= goodEnough }

// asks says whether the archive is asked for h.
func (s *search) asks(a *Archive, h *hypothesis) bool {
	switch {
	case s.out[a]:
		return false
	case h.prefix != "":
		return a.CDX != ""
	case h.filed:
		return !s.filed[a]
	}
	return true
}

// follow looks for h in all archives at once, and tries what they have.
func (s *search) follow(parent context.Context, h *hypothesis) error {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	looks := make(chan *look, len(s.r.o.Archives))
	waiting := 0
	for i := range s.r.o.Archives {
		if s.asks(&s.r.o.Archives[i], h) {
			waiting++
			go func() { looks <- s.r.lookUp(ctx, i, h, &s.w) }()
		}
	}
	var pool []candidate
	var err error
	others := time.NewTimer(patience)
	others.Stop()
	defer others.Stop()
	waited := false
	for err == nil && !s.done() && s.tries < maxTries {
		for waiting > 0 && err == nil && !waited && !s.near(pool) || waiting > 0 && err == nil && len(pool) == 0 {
			select {
			case l := <-looks:
				waiting--
				if pool = s.take(pool, h, l, &err); len(pool) > 0 && len(pool) == len(l.found) {
					others.Reset(patience)
				}
			case <-others.C:
				waited = true
			}
		}
		if err != nil || len(pool) == 0 {
			break
		}
		i := s.next(pool)
		c := pool[i]
		pool = slices.Delete(pool, i, i+1)
		err = s.try(ctx, h, c)
	}
	cancel(errEnough)
	for ; waiting > 0; waiting-- {
		pool = s.take(pool, h, <-looks, &err)
	}
	if cause := context.Cause(parent); cause != nil {
		return cause
	}
	return err
}

// near says whether the first of the pool is so close before the date that no other is waited for.
func (s *search) near(pool []candidate) bool {
	if len(pool) == 0 {
		return false
	}
	d := s.w.At.Sub(pool[0].at)
	return d >= 0 && d <= near
}

// next is the place in the pool of the candidate to try: the first, but for one after the date when many before it
// were in vain.
func (s *search) next(pool []candidate) int {
	if s.before < 2*maxTries/3 {
		return 0
	}
	if i := slices.IndexFunc(pool, func(c candidate) bool { return c.at.After(s.w.At) }); i >= 0 {
		return i
	}
	return 0
}

// take notes what an archive says, and adds what it has to the pool.
func (s *search) take(pool []candidate, h *hypothesis, l *look, err *error) []candidate {
	s.found.Tried = append(s.found.Tried, l.attempt)
	s.hold(l, h)
	if l.err != nil {
		*err = l.err
		return pool
	}
	if h.Name == "" && (l.archive.CDX != "" || l.archive.Raw != "") {
		s.filed[l.archive] = true
	}
	if l.trouble != nil {
		s.later(l.archive, l.trouble)
		s.out[l.archive] = s.out[l.archive] || l.trouble.later && len(l.found) == 0
	}
	pool = append(pool, l.found...)
	slices.SortStableFunc(pool, compare(s.w.At))
	return pool
}

// later notes what follows from trouble: whether it is worth coming back, and that an archive that rests, or excludes
// the address, is asked no more.
func (s *search) later(a *Archive, t *trouble) {
	if t.excluded {
		if s.out[a] = true; !slices.Contains(s.found.Excluded, a.ID) {
			s.found.Excluded = append(s.found.Excluded, a.ID)
		}
	}
	if !t.later {
		return
	}
	s.out[a], s.found.Incomplete = s.out[a] || !t.until.IsZero(), true
	at := s.r.again(t)
	if s.found.Again.IsZero() || at.Before(s.found.Again) {
		s.found.Again = at
	}
}

// again is when it is worth coming back after trouble.
func (r *Rescuer) again(t *trouble) time.Time {
	if t.until.IsZero() {
		return r.o.Now().Add(dormancy)
	}
	return t.until
}

// hold keeps what the archive has of the address as it was cited.
func (s *search) hold(l *look, h *hypothesis) {
	if h.Name != "" {
		return
	}
	n := &ibid.Holding{Archive: l.archive.ID, Mementos: l.shelf.mementos, First: l.shelf.first, Last: l.shelf.last}
	if l.trouble != nil && n.Mementos == 0 {
		n.Problem = l.trouble.text
	}
	s.holdings[l.archive] = n
}

// try fetches c and looks whether it is what is wanted.
func (s *search) try(ctx context.Context, h *hypothesis, c candidate) error {
	if s.out[c.archive] {
		return nil
	}
	attempt := ibid.Attempt{What: c.way(), When: s.r.o.Now()}
	if s.refused[c.digest] != "" {
		return nil // The same bytes would be refused for the same reasons.
	}
	s.tries++
	if !c.at.After(s.w.At) {
		s.before++
	}
	f, err := s.r.memento(ctx, c)
	var t *trouble
	switch {
	case errors.As(err, &t):
		attempt.Result = "not had: the archive " + t.text
		s.found.Tried = append(s.found.Tried, attempt)
		s.later(c.archive, t)
		return nil
	case err != nil:
		return err
	}
	sc := judge(&s.w, h, f, s.r.look(ctx, f))
	attempt.Result = s.verdict(f, sc, h)
	s.found.Tried = append(s.found.Tried, attempt)
	return nil
}

// look asks the Judge, unless the status already tells.
func (r *Rescuer) look(ctx context.Context, f *fetched) Judgement {
	if r.o.Judge == nil || f.answer.Status < 200 || f.answer.Status > 299 {
		return Judgement{}
	}
	return r.o.Judge(ctx, f.answer)
}

// verdict keeps f where it is the best so far, and says so.
func (s *search) verdict(f *fetched, sc *score, h *hypothesis) string {
	why := sentence(sc.reasons...)
	switch {
	case sc.refused || sc.quality < trusted:
		if f.digest != "" && f.isAsIndexed() {
			s.refused[f.digest] = why
		}
		f.close()
		return "refused: " + why
	case s.best != nil && s.score.quality >= sc.quality:
		f.close()
		return fmt.Sprintf("no better (quality %.2f): %s", sc.quality, why)
	}
	if s.best != nil {
		s.best.close()
	}
	s.best, s.of, s.score = f, h, sc
	return fmt.Sprintf("taken (quality %.2f): %s", sc.quality, why)
}

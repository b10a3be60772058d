package pipeline

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
)

// Visits is where the looks at a source are found.
type Visits interface {
	LatestVisits(ctx context.Context, collection string, uris []string) (map[string]*ibid.Visit, error)
	OtherwiseSeen(ctx context.Context, collection string, uris []string) (map[string]bool, error)
	OtherVisits(ctx context.Context, collection, uri string) ([]ibid.Visit, error)
	VisitBefore(ctx context.Context, collection, seed string, before time.Time, wanted func(*ibid.Visit) bool) (*ibid.Visit, error)
}

// fate is what is known of a source.
type fate struct {
	// look is the last one that was to capture it, kept the last that did, and now the last of those and the checks;
	// nil: there was none.
	look, kept, now *ibid.Visit
	// rescues are the searches in other archives, the latest first.
	rescues []ibid.Visit
	// pushes are the holdings of archives that made a copy when we asked, and pushed says that one was.
	pushes []ibid.Holding
	pushed bool
}

// fateOf looks up what became of the source at uri.
func fateOf(ctx context.Context, from Visits, collection, uri string) (found fate, err error) {
	err = eachFate(ctx, from, collection, []string{uri}, func(_ int, f fate) { found = f })
	return found, err
}

// fatesAtOnce is how many sources are looked up together.
const fatesAtOnce = 64

// eachFate looks up what became of the source at each of uris, and calls do with each in turn.
func eachFate(ctx context.Context, from Visits, collection string, uris []string, do func(i int, f fate)) error {
	at := 0
	for part := range slices.Chunk(uris, fatesAtOnce) {
		seeds := make([]string, len(part))
		for i, uri := range part {
			seeds[i] = seedURI(uri)
		}
		latest, err := from.LatestVisits(ctx, collection, seeds)
		if err != nil {
			return err
		}
		others, err := from.OtherwiseSeen(ctx, collection, seeds)
		if err != nil {
			return err
		}
		for _, seed := range seeds {
			f := fate{look: latest[seed], now: latest[seed]}
			if others[seed] {
				err = f.lookedOtherwise(ctx, from, collection, seed)
			}
			if err == nil {
				err = f.findKept(ctx, from, collection)
			}
			if err != nil {
				return err
			}
			do(at, f)
			at++
		}
	}
	return nil
}

// lookedOtherwise adds the checks, rescues and pushes.
func (f *fate) lookedOtherwise(ctx context.Context, from Visits, collection, seed string) error {
	others, err := from.OtherVisits(ctx, collection, seed)
	if err != nil {
		return err
	}
	for i := range others {
		v := &others[i]
		switch {
		case v.Kind == ibid.VisitRescue:
			f.rescues = append(f.rescues, *v)
		case v.Kind == ibid.VisitPush && v.Verdict == ibid.Archived:
			f.pushes, f.pushed = append(f.pushes, v.Holdings...), true
		case v.Kind == ibid.VisitCheck && (f.now == nil || v.Began.After(f.now.Began)):
			f.now = v
		}
	}
	return nil
}

// findKept finds the last look that captured the source itself.
func (f *fate) findKept(ctx context.Context, from Visits, collection string) (err error) {
	switch {
	case f.look == nil:
	case isKept(f.look):
		f.kept = f.look
	default:
		f.kept, err = from.VisitBefore(ctx, collection, f.look.Seed, f.look.Began, isKept)
	}
	return err
}

// isKept says whether v captured the source itself, and not something else in its place.
func isKept(v *ibid.Visit) bool {
	return v.Kind == ibid.VisitCapture && outcomeOf(v) == ibid.OutcomeCaptured && v.Health != ibid.HealthDrifted
}

// nearest returns the one of visits whose Final is nearest to the date of the citation; without a date the last. Those
// without one do not count.
func nearest(visits []ibid.Visit, cited ibid.Date) *ibid.Visit {
	at, dated := cited.Time()
	var best *ibid.Visit
	least := time.Duration(math.MaxInt64)
	for i := range visits {
		v := &visits[i]
		if v.Final == nil {
			continue
		}
		far := v.Final.Timestamp.Sub(at).Abs()
		if !dated {
			far = -time.Duration(v.Final.Timestamp.Unix())
		}
		if best == nil || far < least {
			best, least = v, far
		}
	}
	return best
}

// state is what became of a Reference to the source, made on that date.
func (f fate) state(cited ibid.Date) State {
	if f.look == nil && f.now == nil && len(f.rescues) == 0 {
		return State{Outcome: ibid.OutcomePending, Health: ibid.HealthUnknown, Reason: "not looked at yet"}
	}
	s := State{Outcome: ibid.OutcomePending, Health: ibid.HealthUnknown}
	if f.look != nil {
		s = stateOf(f.look, f.kept, cited)
	}
	s.lookedAgain(f.now)
	for i := range f.rescues {
		s.Tried = append(s.Tried, f.rescues[i].Tried...)
	}
	if len(f.rescues) > 0 {
		last := &f.rescues[0]
		s.Holdings, s.Successor = last.Holdings, last.Successor
		switch {
		case last.Health == ibid.HealthDrifted && isLive(s.Health):
			s.Health, s.Evidence, s.Drift = last.Health, append(s.Evidence, last.Evidence...), last.Drift
		case s.Drift == nil:
			s.Drift = last.Drift
		}
	}
	s.Holdings = held(s.Holdings, f.pushes)
	f.decide(&s, cited)
	return s
}

// held adds what was pushed to what archives were found to hold.
func held(found, pushed []ibid.Holding) []ibid.Holding {
	all := slices.Clone(found)
	for _, h := range pushed {
		if i := slices.IndexFunc(all, func(o ibid.Holding) bool { return o.Archive == h.Archive }); i < 0 {
			all = append(all, h)
		} else if h.Last.After(all[i].Last) {
			all[i].Problem, all[i].Last = "", h.Last
			all[i].Mementos++
		}
	}
	return all
}

func isLive(h ibid.Health) bool { return h == ibid.HealthLive || h == ibid.HealthMoved }

// lookedAgain takes over what the last look or check says of the source's health and how far it drifted.
func (s *State) lookedAgain(now *ibid.Visit) {
	if now == nil {
		return
	}
	s.Health, s.Evidence, s.Strikes, s.GivenUp, s.Drift, s.Reason = now.Health, now.Evidence, now.Strikes, now.GivenUp, now.Drift, now.Reason
	checked := now.Began
	s.Checked = &checked
}

// decide says what the reader of the Reference gets: what was captured itself, else from elsewhere as of the
// citation, else what came in its place.
func (f fate) decide(s *State, cited ibid.Date) {
	found := nearest(f.rescues, cited)
	switch {
	case s.Outcome == ibid.OutcomeExcluded, f.kept != nil && (s.Health != ibid.HealthDrifted || found == nil):
		return
	case found != nil:
		s.show(found, cited, ibid.OutcomeRescued)
		s.Provenance = found.Provenance
		s.Reason = joined(s.Reason, found.Reason)
	case s.Successor != nil:
		s.Outcome, s.Memento = ibid.OutcomeSucceeded, nil
		s.Reason = joined(s.Reason, "succeeded by "+s.Successor.URI)
	case len(f.rescues) > 0:
		s.Outcome = ibid.OutcomeFailed
		if f.rescues[0].Class == ibid.ClassNotHeld && (s.Health.Dead() && s.Health != ibid.HealthUnreachable || s.GivenUp) {
			s.Outcome = ibid.OutcomeLost
		}
		s.Reason = joined(s.Reason, f.rescues[0].Reason)
	}
}

// show makes what v captured what the reader gets.
func (s *State) show(v *ibid.Visit, cited ibid.Date, o ibid.Outcome) {
	s.Outcome, s.Memento, s.Verdict, s.Class = o, v.Final.Memento(cited), v.Verdict, v.Class
	if v.Provenance != nil {
		s.Memento.URIM = v.Provenance.URIM
	}
	if v.Description != nil {
		s.Metadata = v.Description
	}
	s.Seconds, s.Attempts = v.Seconds, max(v.Attempts, 1)
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return cmp.Or(a, b)
	}
	return a + "; " + b
}

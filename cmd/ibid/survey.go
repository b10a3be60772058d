package main

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/server"
)

// survey counts what became of all that is cited, and keeps what it counted for a while: of a Document with thousands of
// References that takes longer than a reader waits twice.
type survey struct {
	catalog *catalog.Catalog
	now     func() time.Time
	flight  singleflight.Group

	mu    sync.Mutex
	known map[server.DocumentKey]*surveyed
}

// surveyed is what was counted of a Document or, with an empty ID, of a collection.
type surveyed struct {
	tally server.Tally
	marks []server.Mark
	// needs are the first things that need a person, of needsInAll.
	needs      []server.Need
	needsInAll int
	history    []ibid.HealthMoment
	// at is when it was counted, and until how long that holds.
	at, until time.Time
}

const (
	// freshFor is how long a count holds at least, and slackness how many times as long as it took.
	freshFor  = 5 * time.Second
	slackness = 20
)

func newSurvey(c *catalog.Catalog, now func() time.Time) *survey {
	return &survey{catalog: c, now: now, known: map[server.DocumentKey]*surveyed{}}
}

// of returns what is known of key, which count finds out anew when that is too old; whoever asks meanwhile waits for the same.
func (s *survey) of(ctx context.Context, key server.DocumentKey, count func(ctx context.Context) (*surveyed, error)) (*surveyed, error) {
	s.mu.Lock()
	known := s.known[key]
	s.mu.Unlock()
	if known != nil && s.now().Before(known.until) {
		return known, nil
	}
	found := s.flight.DoChan(key.Collection+"\x00"+key.ID, func() (any, error) {
		began, at := time.Now(), s.now()
		counted, err := count(context.WithoutCancel(ctx)) // others may wait for it who are still there
		if err != nil {
			return nil, err
		}
		counted.at, counted.until = at, s.now().Add(max(freshFor, slackness*time.Since(began)))
		s.mu.Lock()
		defer s.mu.Unlock()
		s.known[key] = counted
		return counted, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-found:
		counted, _ := r.Val.(*surveyed)
		return counted, r.Err
	}
}

// recount forgets what was counted of a Document before that time, and of its collection.
func (s *survey) recount(key server.DocumentKey, before time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, known := range s.known {
		id, _, _ := strings.Cut(k.ID, "\x00")
		if k.Collection == key.Collection && (id == key.ID || id == "") && known.at.Before(before) {
			delete(s.known, k)
		}
	}
}

// document counts what a Document cites.
func (s *survey) document(ctx context.Context, collection string, doc ibid.Document) (*surveyed, error) {
	return s.of(ctx, server.DocumentKey{Collection: collection, ID: doc.ID}, func(ctx context.Context) (*surveyed, error) {
		_, refs, err := s.catalog.Document(ctx, collection, doc.ID)
		if err != nil {
			return nil, err
		}
		r, err := pipeline.ReportFrom(ctx, s.catalog, collection, doc, refs)
		if err != nil {
			return nil, err
		}
		return countReport(collection, r), nil
	})
}

// collection counts what all Documents of a collection cite.
func (s *survey) collection(ctx context.Context, name string) (*surveyed, error) {
	return s.of(ctx, server.DocumentKey{Collection: name}, func(ctx context.Context) (*surveyed, error) {
		docs, err := s.catalog.Documents(ctx, name)
		if err != nil {
			return nil, err
		}
		all := new(surveyed)
		for i := range docs {
			one, err := s.document(ctx, name, docs[i])
			if err != nil {
				return nil, err
			}
			all.tally, all.needsInAll = all.tally.Plus(one.tally), all.needsInAll+one.needsInAll
			all.needs = append(all.needs, one.needs[:min(len(one.needs), homeRows-min(homeRows, len(all.needs)))]...)
		}
		return all, nil
	})
}

// countReport counts what r says.
func countReport(collection string, r *pipeline.DocumentReport) *surveyed {
	s := &surveyed{tally: server.Tally{References: len(r.References), Outcomes: map[ibid.Outcome]int{}}}
	need := server.Need{
		Document: server.DocumentKey{Collection: collection, ID: r.Document.ID}, Source: cmp.Or(r.Document.Title, sourceName(r.Document.Source)),
	}
	for i := range r.References {
		ref := &r.References[i]
		cited := citedOf(ref)
		s.marks = append(s.marks, cited.Mark())
		need.Reference = ref.ID
		if ref.URI != "" {
			s.count(&ref.State)
			s.fares(ref.Health)
			s.need(need, ref.URI, &ref.State)
		}
		for _, w := range ref.Works {
			for j := range w.Editions {
				e := &w.Editions[j]
				s.count(&e.State)
				s.need(need, cmp.Or(w.Label, w.Title)+" ("+e.Language+")", &e.State)
			}
		}
	}
	return s
}

func (s *surveyed) count(state *pipeline.State) {
	s.tally.Outcomes[state.Outcome]++
	if state.Checked != nil && state.Checked.After(s.tally.Checked) {
		s.tally.Checked = *state.Checked
	}
}

// fares counts how an address is. An edition is none: the Document gives no address for it.
func (s *surveyed) fares(h ibid.Health) {
	switch {
	case h.Dead():
		s.tally.Rotten++
	case h == ibid.HealthDrifted:
		s.tally.Drifted++
	case !h.Settled():
		s.tally.Untold++
		return
	}
	s.tally.Told++
}

// need takes down what a person should look at.
func (s *surveyed) need(n server.Need, name string, state *pipeline.State) {
	if !slices.Contains([]ibid.Outcome{ibid.OutcomeLost, ibid.OutcomeFailed}, state.Outcome) && state.Health != ibid.HealthDrifted {
		return
	}
	s.needsInAll++
	if len(s.needs) < homeRows {
		n.Name, n.Outcome, n.Health, n.Reason = name, state.Outcome, state.Health, state.Reason
		s.needs = append(s.needs, n)
	}
}

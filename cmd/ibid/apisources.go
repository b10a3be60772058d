package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/server"
)

func badCursor() error {
	return &ibid.Error{Kind: ibid.KindInput, Op: "use", URI: "the cursor", Err: errors.New("it is not one of ours")}
}

// after reads a cursor of what has a time; at is where to begin without one.
func after(cursor string, at time.Time) (catalog.After, error) {
	if cursor == "" {
		return catalog.After{Time: at}, nil
	}
	text, id, ok := strings.Cut(cursor, " ")
	micro, err := strconv.ParseInt(text, 10, 64)
	if !ok || err != nil {
		return catalog.After{}, badCursor()
	}
	return catalog.After{Time: time.UnixMicro(micro), ID: id}, nil
}

func cursorOf(at time.Time, id string) string {
	return strconv.FormatInt(at.UnixMicro(), 10) + " " + id
}

// source is who asks about the address of q, if something may be known of it.
func (a *api) source(ctx context.Context, q server.Query) (*access.Asker, error) {
	if q.URI == "" {
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: "look up", URI: "an address", Err: errors.New("name it as ?url=")}
	}
	asks, _, err := a.one(ctx, q)
	if err != nil {
		return nil, err
	}
	if !listed(ctx, asks, access.Thing{Collection: q.Collection, Address: q.URI}) {
		return nil, notHeld(q.URI)
	}
	return asks, nil
}

// captureLine is a Capture as the API tells it.
type captureLine struct {
	ibid.Memento
	Length  int64      `json:"length"`
	Revisit bool       `json:"revisit,omitempty"`
	Class   ibid.Class `json:"class,omitempty"`
	// Access is "block" for what is not given out.
	Access ibid.AccessVerb `json:"access"`
}

func (a *api) captures(ctx context.Context, q server.Query) (server.Page, error) {
	asks, err := a.source(ctx, q)
	if err != nil {
		return server.Page{}, err
	}
	from, err := after(q.After, time.Time{})
	if err != nil {
		return server.Page{}, err
	}
	found, err := a.h.catalog.MementosAfter(ctx, q.Collection, q.URI, from, q.N)
	lines := make([]captureLine, 0, len(found))
	for i := range found {
		c := &found[i]
		if verb := asks.Decide(ctx, access.Thing{Collection: q.Collection, Address: c.URI}).Verb; verb != ibid.AccessExclude {
			lines = append(lines, captureLine{*c.Memento(""), c.Length, c.Revisit, c.Class, verb})
		}
	}
	p := server.Page{Items: lines}
	if len(found) == q.N {
		p.Next = cursorOf(found[q.N-1].Timestamp, found[q.N-1].RecordID)
	}
	return p, err
}

// checkLine is a look at a source as the API tells it.
type checkLine struct {
	Kind    ibid.VisitKind `json:"kind"`
	When    time.Time      `json:"when"`
	Verdict ibid.Verdict   `json:"verdict,omitempty"`
	Class   ibid.Class     `json:"class,omitempty"`
	pipeline.CheckReport
}

func (a *api) checks(ctx context.Context, q server.Query) (server.Page, error) {
	asks, err := a.source(ctx, q)
	if err != nil {
		return server.Page{}, err
	}
	from, err := after(q.After, time.Time{})
	if err != nil {
		return server.Page{}, err
	}
	visits, err := a.h.catalog.VisitsAfter(ctx, q.Collection, q.URI, from, q.N)
	open := asks.Decide(ctx, access.Thing{Collection: q.Collection, Address: q.URI}).Verb == ibid.AccessOpen
	lines := make([]checkLine, len(visits))
	for i := range visits {
		lines[i] = checkOf(&visits[i], open)
	}
	p := server.Page{Items: lines}
	if len(visits) == q.N {
		p.Next = cursorOf(visits[q.N-1].Began, visits[q.N-1].Run)
	}
	return p, err
}

// checkOf is v as the API tells it; what evidence quotes of a page is told only when the page is open.
func checkOf(v *ibid.Visit, open bool) checkLine {
	l := checkLine{Kind: v.Kind, When: v.Began, Verdict: v.Verdict, Class: v.Class, CheckReport: pipeline.CheckReport{
		URI: v.Seed, Health: v.Health, Reason: v.Reason, Checked: v.Began, Strikes: v.Strikes, GivenUp: v.GivenUp, Tried: v.Tried,
	}}
	if l.Kind == ibid.VisitCapture {
		l.Kind = "capture"
	}
	if open {
		l.Evidence, l.Drift = v.Evidence, v.Drift
	}
	return l
}

func (a *api) schedules(ctx context.Context, q server.Query) (server.Page, error) {
	asks, _, err := a.one(ctx, q)
	if err != nil {
		return server.Page{}, err
	}
	plans, err := a.h.catalog.PlansOf(ctx, q.Collection, q.After, q.N)
	if err != nil {
		return server.Page{}, err
	}
	seen := only(ctx, asks, plans, func(p *ibid.Plan) access.Thing { return access.Thing{Collection: q.Collection, Address: p.Seed} })
	lines := make([]planLine, len(seen))
	for i := range seen {
		if lines[i], err = lineOf(ctx, a.h.catalog, &seen[i]); err != nil {
			return server.Page{}, err
		}
	}
	p := server.Page{Items: lines}
	if len(plans) == q.N {
		p.Next = plans[q.N-1].Seed
	}
	return p, nil
}

func (a *api) events(ctx context.Context, q server.Query) (server.Page, error) {
	asks, _, err := a.one(ctx, q)
	if err != nil {
		return server.Page{}, err
	}
	before, err := after(q.After, a.now().AddDate(100, 0, 0))
	if err != nil {
		return server.Page{}, err
	}
	events, err := a.h.catalog.Outbox().EventsBefore(ctx, q.Collection, before, q.N)
	p := server.Page{Items: visibleEvents(ctx, asks, events)}
	if len(events) == q.N {
		p.Next = cursorOf(events[q.N-1].When, events[q.N-1].ID)
	}
	return p, err
}

// visibleEvents are those of events that may be known of, with those of their Documents that may.
func visibleEvents(ctx context.Context, asks *access.Asker, events []ibid.Event) []ibid.Event {
	seen := only(ctx, asks, events, func(e *ibid.Event) access.Thing { return access.Thing{Collection: e.Collection, Address: e.Seed} })
	seen = slices.DeleteFunc(seen, func(e ibid.Event) bool { return e.Collection == "" && !asks.May(ibid.ScopeRead, "") }) // of the installation itself
	for i := range seen {
		in := seen[i].Collection
		seen[i].Documents = only(ctx, asks, seen[i].Documents, func(d *ibid.Citing) access.Thing { return access.Thing{Collection: in, Document: d.ID} })
	}
	return seen
}

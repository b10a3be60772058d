package main

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/server"
)

// library gives the pages for people what they show, out of the catalogue.
type library struct {
	catalog *catalog.Catalog
	archive *archive.Archive
	config  configs.Config
	survey  *survey
	citer   *citer
	// comparing bounds how many texts are compared at a time.
	comparing chan struct{}
	now       func() time.Time
}

const (
	// homeRows is how many rows each list of the first page has.
	homeRows = 8
	// comparisons is how many texts are compared at a time.
	comparisons = 2
	// maxCitedIn bounds the citations that the page of an address names.
	maxCitedIn = 20
)

// pagesWithPackages are the pages of a server, from which packages can be taken too: those are removed when the house closes.
func (p *program) pagesWithPackages(h *house) *server.Pages {
	k := newPackager(p, h)
	h.closers = append(h.closers, k.close)
	shown := pages(h, p.now)
	shown.Export, shown.Trust = k.export, newShownTrust(p, h).page
	return shown
}

// pages are the pages for people of an opened archive.
func pages(h *house, now func() time.Time) *server.Pages {
	l := &library{catalog: h.catalog, archive: h.archive, config: h.config, survey: newSurvey(h.catalog, now), citer: newCiter(h.config), comparing: make(chan struct{}, comparisons), now: now}
	return &server.Pages{
		Home: l.home, Collections: l.collections, History: l.historyIn, Documents: l.documents, Document: l.document, Recount: l.survey.recount, Reference: l.reference,
		Address: l.address, Compare: l.compare, Search: l.search, Schedules: l.schedules,
		Reports: l.reports(), Citations: l.citations(), Robust: l.robust,
	}
}

// names are the collections that whoever asks may see, sorted: those that hold something or are configured.
func (l *library) names(ctx context.Context) ([]string, error) {
	a, err := asker(ctx)
	if err != nil {
		return nil, err
	}
	names, err := l.catalog.Collections(ctx)
	if err != nil {
		return nil, err
	}
	for i := range l.config.Collections {
		names = append(names, l.config.Collections[i].Name)
	}
	slices.Sort(names)
	return only(ctx, a, slices.Compact(names), func(name *string) access.Thing { return access.Thing{Collection: *name} }), nil
}

// configured is what the configuration says of a collection; nil: nothing.
func (l *library) configured(name string) *configs.Collection {
	for i := range l.config.Collections {
		if l.config.Collections[i].Name == name {
			return &l.config.Collections[i]
		}
	}
	return nil
}

func (l *library) collections(ctx context.Context) ([]server.Collection, error) {
	names, err := l.names(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]server.Collection, 0, len(names))
	for _, name := range names {
		counts, err := l.catalog.Counts(ctx, name)
		if err != nil {
			return nil, err
		}
		found, err := l.survey.collection(ctx, name)
		if err != nil {
			return nil, err
		}
		c := server.Collection{
			Name: name, Schedule: l.config.Schedule, Zone: l.config.Timezone, IgnoresRobots: l.config.Crawl.Robots == configs.RobotsIgnore,
			Documents: counts.Documents, Captures: counts.Captures, Bytes: counts.Bytes, Tally: found.tally,
		}
		if own := l.configured(name); own != nil {
			c.Private = own.Visibility == configs.VisibilityPrivate
			c.Title, c.Schedule, c.Zone = own.Title, cmp.Or(own.Schedule, c.Schedule), cmp.Or(own.Timezone, c.Zone)
		}
		if c.Schedule == "never" {
			c.Schedule = ""
		}
		all = append(all, c)
	}
	return all, nil
}

func (l *library) home(ctx context.Context) (server.Home, error) {
	var h server.Home
	asks, err := asker(ctx)
	if err != nil {
		return h, err
	}
	if h.Collections, err = l.collections(ctx); err != nil {
		return h, err
	}
	var last []keptIn
	for i := range h.Collections {
		name := h.Collections[i].Name
		h.Tally = h.Tally.Plus(h.Collections[i].Tally)
		found, err := l.survey.collection(ctx, name)
		if err != nil {
			return h, err
		}
		needs := only(ctx, asks, found.needs, func(n *server.Need) access.Thing { return access.Thing{Collection: name, Address: n.Name} })
		needs = only(ctx, asks, needs, func(n *server.Need) access.Thing { return access.Thing{Collection: name, Document: n.Document.ID} })
		h.Needs, h.NeedsInAll = append(h.Needs, needs...), h.NeedsInAll+found.needsInAll
		visits, err := l.catalog.LastKept(ctx, name, 2*homeRows)
		if err != nil {
			return h, err
		}
		for i := range visits {
			v := &visits[i]
			if !open(ctx, asks, access.Thing{Collection: name, Address: v.Seed}) {
				continue
			}
			if v.Kind == ibid.VisitRescue || v.Final.Status < 300 && !v.Health.Dead() {
				last = append(last, keptIn{name, v})
			}
		}
	}
	h.Needs = h.Needs[:min(len(h.Needs), homeRows)]
	slices.SortStableFunc(last, func(a, b keptIn) int { return b.visit.Began.Compare(a.visit.Began) })
	for _, k := range last[:min(len(last), homeRows)] {
		h.Recent = append(h.Recent, k.view())
	}
	return h, nil
}

// keptIn is a Visit that stored something.
type keptIn struct {
	collection string
	visit      *ibid.Visit
}

func (k keptIn) view() server.Kept {
	v := server.Kept{Collection: k.collection, URI: k.visit.Seed, Memento: *k.visit.Final.Memento(""), Rescued: k.visit.Kind == ibid.VisitRescue}
	if k.visit.Description != nil {
		v.Title = k.visit.Description.Title
	}
	return v
}

func (l *library) search(ctx context.Context, words string, n int) ([]server.Hit, error) {
	asks, err := asker(ctx)
	if err != nil {
		return nil, err
	}
	names, err := l.names(ctx)
	if err != nil {
		return nil, err
	}
	var all []server.Hit
	for _, name := range names {
		hits, err := l.catalog.SearchText(ctx, name, words, n-len(all))
		if err != nil {
			return nil, err
		}
		for i := range hits {
			h := &hits[i]
			if !mayFind(ctx, asks, name, h) {
				continue
			}
			v := server.Hit{URI: h.URI, Title: h.Title, Excerpt: h.Excerpt}
			if h.Kind == catalog.HitReference {
				v.Document, v.Reference = server.DocumentKey{Collection: name, ID: h.Document}, h.Reference
			}
			all = append(all, v)
		}
		if len(all) >= n {
			break
		}
	}
	return all, nil
}

// mayFind says whether h may be told: the words around a citation are of the document that cites, and the title of a source
// is of the source.
func mayFind(ctx context.Context, a *access.Asker, collection string, h *catalog.Hit) bool {
	if h.Kind == catalog.HitReference {
		return open(ctx, a, access.Thing{Collection: collection, Document: h.Document}) && listed(ctx, a, access.Thing{Collection: collection, Address: h.URI})
	}
	return open(ctx, a, access.Thing{Collection: collection, Address: h.URI})
}

func (l *library) schedules(ctx context.Context, part server.Part) (server.Schedules, error) {
	var s server.Schedules
	names, err := l.names(ctx)
	if err != nil {
		return s, err
	}
	plans, total, err := l.catalog.Timetable(ctx, names, part.Skip, part.N)
	if err != nil {
		return s, err
	}
	s.Total = total
	asks, err := asker(ctx)
	if err != nil {
		return s, err
	}
	for i := range plans {
		if !listed(ctx, asks, access.Thing{Collection: plans[i].Collection, Address: plans[i].Seed}) {
			continue
		}
		line, err := lineOf(ctx, l.catalog, &plans[i])
		if err != nil {
			return s, err
		}
		v := server.Plan{
			Collection: line.Collection, URI: line.URI, Schedule: line.Schedule, Zone: line.Timezone, Next: plans[i].Due,
			Offset: plans[i].Offset, Paused: line.Paused, Running: line.Running, Reason: line.Reason,
		}
		if line.Last != nil {
			v.Last, v.Outcome, v.Verdict, v.Health, v.Missed = line.Last.Due, line.Last.Outcome, line.Last.Verdict, line.Last.Health, line.Last.Missed
		}
		s.List = append(s.List, v)
	}
	return s, nil
}

// sourceName is what a Document was read from, without the folders of this machine.
func sourceName(source string) string {
	if strings.Contains(source, "://") {
		return source
	}
	return filepath.Base(filepath.ToSlash(source))
}

func notShown(what, name string) error {
	return &ibid.Error{Kind: ibid.KindNotFound, Op: "find the " + what, URI: name, Err: errors.New("nothing of that name is kept here")}
}

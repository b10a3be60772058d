package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/internal/access"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/citation"
	"github.com/ibid-archive/ibid/internal/server"
)

// may says whether who asks may have things archived in a collection. It need not hold anything yet, but there must be a
// place for it: a collection that is configured, that is there, or the default one.
func (a *api) may(ctx context.Context, collection string) error {
	asks, err := asker(ctx)
	if err == nil {
		err = asks.Require(ibid.ScopeWrite, collection)
	}
	if err != nil || collection == ibid.DefaultCollection {
		return err
	}
	_, _, err = a.one(ctx, server.Query{Collection: collection})
	return err
}

// writable are the collections in which who asks may have things archived, by name.
func (a *api) writable(ctx context.Context) ([]ibid.Collection, error) {
	asks, err := asker(ctx)
	if err != nil {
		return nil, err
	}
	lines, err := a.all(ctx)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(lines, func(l collectionLine) bool { return l.Name == ibid.DefaultCollection }) {
		lines = slices.Insert(lines, 0, collectionLine{Collection: ibid.Collection{Name: ibid.DefaultCollection}})
	}
	var may []ibid.Collection
	for i := range lines {
		if asks.May(ibid.ScopeWrite, lines[i].Name) && listed(ctx, asks, access.Thing{Collection: lines[i].Name}) {
			may = append(may, lines[i].Collection)
		}
	}
	if len(may) == 0 {
		return nil, asks.Require(ibid.ScopeWrite, ibid.DefaultCollection)
	}
	return may, nil
}

// take keeps a citing document that was sent, and nothing that it cites.
func (a *api) take(ctx context.Context, o server.Order) (string, error) {
	doc, err := a.requester.line.Take(ctx, o.Collection, citation.Source{Name: o.Name, Body: o.Body, ContentType: contentType(o.ContentType)})
	return doc.ID, err
}

// archive takes a citing document. Its bytes are kept before it is answered, and what it cites afterwards.
func (a *api) archive(ctx context.Context, o server.Order) (server.Job, error) {
	asks, err := asker(ctx)
	if err != nil {
		return server.Job{}, err
	}
	r := catalog.Request{Collection: o.Collection, Key: o.Key, Asker: asks.Name(), URI: o.URI, Page: o.URI != "", Document: o.Document, Only: o.Only}
	parts := []string{"document", o.Collection, o.URI, o.Name, o.ContentType, string(ibid.DigestOf(o.Body))}
	if o.Document != "" {
		parts = append(append(parts, o.Document), o.Only...)
	}
	r.Fingerprint = string(ibid.DigestOf([]byte(strings.Join(parts, "\x00"))))
	if before, err := a.before(ctx, r); err != nil || before != nil {
		return a.jobOf(cmp.Or(before, &r)), err
	}
	if !r.Page && r.Document == "" {
		if r.Document, err = a.take(ctx, o); err != nil {
			return server.Job{}, err
		}
	}
	return a.add(ctx, r)
}

// contentType is that of a document, if whoever sent it knew it: what clients say of any file says nothing.
func contentType(given string) string {
	switch kind, _, _ := strings.Cut(given, ";"); strings.TrimSpace(kind) {
	case "application/x-www-form-urlencoded", "application/octet-stream", "text/plain":
		return ""
	}
	return given
}

// before returns what was asked for with the key of r before; nil: nothing was.
func (a *api) before(ctx context.Context, r catalog.Request) (*catalog.Request, error) {
	held, err := a.h.catalog.RequestOf(ctx, r.Asker, r.Key)
	if err != nil || held == nil || held.Fingerprint == r.Fingerprint {
		return held, err
	}
	return nil, &ibid.Error{Kind: ibid.KindConflict, Op: "take the request", Err: catalog.ErrOther}
}

// add records r, and has it worked.
func (a *api) add(ctx context.Context, r catalog.Request) (server.Job, error) {
	waiting, err := a.h.catalog.UnfinishedRequests(ctx, requestsWaiting)
	if err != nil {
		return server.Job{}, err
	}
	if len(waiting) >= requestsWaiting {
		return server.Job{}, &ibid.Error{Kind: ibid.KindStorage, Op: "take the request", Err: errors.New("too many wait already; ask again later")}
	}
	r.ID, r.Created = strings.ToLower(rand.Text()), a.now().UTC()
	r, _, err = a.h.catalog.AddRequest(ctx, r)
	if err != nil {
		return server.Job{}, err
	}
	a.requester.ring()
	return a.jobOf(&r), nil
}

// jobOf is r as the API tells it.
func (a *api) jobOf(r *catalog.Request) server.Job {
	j := server.Job{
		ID: r.ID, Collection: r.Collection, State: server.JobWaiting, Document: r.Document, URI: r.URI, Created: r.Created,
		Finished: r.Finished, Error: r.Error,
	}
	switch p, running := a.requester.progress(r.ID); {
	case r.Error != "":
		j.State = server.JobFailed
	case !r.Finished.IsZero():
		j.State = server.JobDone
	case running:
		j.State, j.Stage, j.Done, j.Total = server.JobRunning, p.Stage, p.Done, p.Total
	}
	of := "/api/v1/collections/" + url.PathEscape(r.Collection)
	switch {
	case r.Document != "":
		j.Result = of + "/documents/" + r.Document
	case !r.Page:
		j.Result = of + "/captures?url=" + url.QueryEscape(r.URI)
	}
	return j
}

// request is the one of that ID, if who asks may know of it: whoever asked for it, or may read its collection by a token.
func (a *api) request(ctx context.Context, id string) (*access.Asker, catalog.Request, error) {
	asks, err := asker(ctx)
	if err != nil {
		return nil, catalog.Request{}, err
	}
	if !asks.Known() {
		return nil, catalog.Request{}, asks.Require(ibid.ScopeRead, "")
	}
	r, err := a.h.catalog.Request(ctx, id)
	if err == nil && r.Asker != asks.Name() && !asks.May(ibid.ScopeRead, r.Collection) {
		err = &ibid.Error{Kind: ibid.KindNotFound, Op: "find the job", URI: id, Err: errors.New("there is none")}
	}
	return asks, r, err
}

func (a *api) job(ctx context.Context, id string) (server.Job, error) {
	_, r, err := a.request(ctx, id)
	if err != nil {
		return server.Job{}, err
	}
	j := a.jobOf(&r)
	if r.Page && j.State != server.JobWaiting { // the page is known by its address once it was fetched
		switch doc, _, err := a.h.catalog.Document(ctx, r.Collection, r.URI); {
		case err == nil:
			j.Document, j.Result = doc.ID, "/api/v1/collections/"+url.PathEscape(r.Collection)+"/documents/"+doc.ID
		case ibid.KindOf(err) != ibid.KindNotFound || j.State == server.JobDone:
			return j, err
		}
	}
	return j, nil
}

// schedule moves schedules; may was asked before.
func (a *api) schedule(ctx context.Context, action server.ScheduleAction, collection, uri string) (int64, error) {
	if uri != "" {
		canonical, err := cdx.Canonical(uri)
		if err != nil {
			return 0, err
		}
		uri = canonical
	}
	switch action {
	case server.ScheduleRun:
		return a.h.catalog.DueNow(ctx, collection, uri, a.now())
	case server.SchedulePause:
		return a.h.catalog.Pause(ctx, collection, uri)
	default:
		return a.h.catalog.Resume(ctx, collection, uri, a.now())
	}
}

// save keeps one source, as Save Page Now does.
func (a *api) save(ctx context.Context, o server.SaveOrder) (server.Saved, error) {
	asks, err := asker(ctx)
	if err != nil {
		return server.Saved{}, err
	}
	collection := cmp.Or(o.Collection, asks.Home(), ibid.DefaultCollection)
	if err := a.may(ctx, collection); err != nil {
		return server.Saved{}, err
	}
	uri, err := cdx.Canonical(o.URI)
	if err != nil {
		return server.Saved{}, err
	}
	r := catalog.Request{Collection: collection, Asker: asks.Name(), URI: uri, Fingerprint: "save"}
	if o.All {
		r.Fingerprint = "save all"
	}
	if o.Within > 0 {
		fresh, err := a.isFresh(ctx, collection, uri, o.Within)
		if err != nil {
			return server.Saved{}, err
		}
		if fresh {
			r.Finished = a.now().UTC()
		}
	}
	j, err := a.add(ctx, r)
	s := server.Saved{JobID: j.ID, Status: server.SavePending, URL: uri, Resources: []string{}}
	if !r.Finished.IsZero() {
		s.Message = "a capture as young as that is held already"
	}
	return s, err
}

// isFresh says whether a capture of uri is held that is not older than that.
func (a *api) isFresh(ctx context.Context, collection, uri string, within time.Duration) (bool, error) {
	c, err := a.h.catalog.Nearest(ctx, collection, uri, a.now())
	if err != nil && ibid.KindOf(err) == ibid.KindNotFound {
		return false, nil
	}
	return err == nil && a.now().Sub(c.Timestamp) <= within, err
}

// saved says what became of a source that Save was asked for.
func (a *api) saved(ctx context.Context, id string) (server.Saved, error) {
	asks, r, err := a.request(ctx, id)
	if err != nil {
		return server.Saved{}, err
	}
	s := server.Saved{JobID: r.ID, Status: server.SavePending, Original: r.URI, Resources: []string{}}
	if r.Finished.IsZero() {
		return s, nil
	}
	if err := asks.Refuse(ctx, access.Thing{Collection: r.Collection, Address: r.URI}); err != nil {
		return s, err
	}
	s.Status, s.Message = server.SaveError, r.Error
	v, err := a.h.catalog.LatestVisit(ctx, r.Collection, r.URI)
	switch {
	case ibid.KindOf(err) == ibid.KindNotFound && err != nil:
		s.Extended = server.SaveProblem("", 0)
		return s, nil
	case err != nil:
		return s, err
	}
	return outcomeOf(s, r, &v), nil
}

// outcomeOf is what v, the last look, says of what was asked for.
func outcomeOf(s server.Saved, r catalog.Request, v *ibid.Visit) server.Saved {
	s.Seconds = v.Seconds
	if s.Message == "" {
		s.Message = v.Reason
	}
	if v.Final == nil {
		s.Extended = server.SaveProblem(v.Class, 0)
		return s
	}
	s.HTTPStatus, s.Timestamp = v.Final.Status, ibid.Timestamp14(v.Final.Timestamp)
	if v.Final.Status >= 400 && r.Fingerprint != "save all" {
		s.Extended = server.SaveProblem("", v.Final.Status)
		return s
	}
	s.Status, s.Resources, s.Message = server.SaveSuccess, []string{v.Final.URI}, ""
	return s
}

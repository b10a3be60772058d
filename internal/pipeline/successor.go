package pipeline

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/crawler"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/library"
	"github.com/ibid-archive/ibid/internal/linkhealth"
	"github.com/ibid-archive/ibid/internal/rescue"
)

// successor looks on the live web for the page that took the place of a dead source: where a migration rule leads, and
// then by its title on the site itself and on those that rules lead to. Each is a guess until what is known of
// the source proves it. nil: there is none that could be proven.
func (p *Pipeline) successor(ctx context.Context, j *job, v *ibid.Visit, known *known) (*ibid.Successor, error) {
	want := known.sketch(v)
	sites := []string{}
	for _, h := range p.o.Rescue.Migrated(known.uri) {
		sites = append(sites, h.URI)
	}
	for _, h := range p.o.Rescue.Hypotheses(known.uri) {
		if known.live.Health == ibid.HealthUnreachable && catalog.HostOf(h.URI) == catalog.HostOf(known.uri) {
			continue // nor will that be answered
		}
		s, err := p.proven(ctx, j, want, h.URI, "hypothesis", h.Name)
		if s != nil || err != nil {
			return s, err
		}
	}
	if len(strings.Fields(want.Title)) < 2 {
		return nil, nil //nolint:nilnil // none is an answer
	}
	return p.successorByTitle(ctx, j, want, append(sites, rootOf(known.uri)))
}

// rootOf is the front page of the site of uri.
func rootOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return uri
	}
	return u.Scheme + "://" + u.Host + "/"
}

// proven looks at one address; nil: it is not what took the place of the source.
func (p *Pipeline) proven(ctx context.Context, j *job, want rescue.Sketch, uri, rule, name string) (*ibid.Successor, error) {
	seen, err := p.peek(ctx, j, uri, unkept{})
	if err != nil || seen == nil || seen.status != http.StatusOK {
		return nil, err
	}
	if h, _ := seen.signs.Says(); h.Dead() || h == ibid.HealthBlocked {
		return nil, nil //nolint:nilnil // as below
	}
	reasons, ok := rescue.Prove(want, seen.sketch())
	if !ok {
		return nil, nil //nolint:nilnil // none is an answer
	}
	s := &ibid.Successor{URI: seen.uri, Evidence: []ibid.Evidence{{Rule: rule, For: ibid.HealthMoved, Text: name}}}
	for _, r := range reasons {
		s.Evidence = append(s.Evidence, ibid.Evidence{Rule: "proof", For: ibid.HealthMoved, Text: r})
	}
	return s, nil
}

// successorLimits bound the search by title: a few pages of each site.
var successorLimits = library.Limits{Pages: 8, Depth: 2, Open: 2}

func (p *Pipeline) successorByTitle(ctx context.Context, j *job, want rescue.Sketch, sites []string) (*ibid.Successor, error) {
	fetch := func(ctx context.Context, uri string) (*library.Page, error) {
		sink := &peekSink{p: p}
		seen, err := p.peek(ctx, j, uri, sink)
		if err != nil || seen == nil || seen.status != http.StatusOK {
			return nil, err
		}
		return &library.Page{URI: seen.uri, Doc: sink.doc}, nil
	}
	found, err := library.Search(ctx, library.Query{
		Works: []ibid.Work{{Title: want.Title}}, Sites: sites, Limits: successorLimits,
	}, library.Source{Origin: ibid.OriginLive, Fetch: fetch})
	if err != nil || len(found) == 0 || found[0].URI == "" {
		return nil, err
	}
	return p.proven(ctx, j, want, found[0].URI, "title", "a page of this title is linked from "+found[0].Listing)
}

// peeked is a live page that was looked at and not kept.
type peeked struct {
	uri       string
	status    int
	mediaType ibid.MediaType
	digest    ibid.Digest
	length    int64
	title     string
	signs     *linkhealth.Signs
}

func (s *peeked) sketch() rescue.Sketch {
	return rescue.Sketch{URI: s.uri, Title: s.title, MediaType: s.mediaType, Size: s.length, Digests: []ibid.Digest{s.digest}}
}

// peek looks at an address as a crawl does, politely and by what robots.txt allows, and keeps nothing but what sink
// does. nil: there is nothing to be seen.
func (p *Pipeline) peek(ctx context.Context, j *job, uri string, sink crawler.Sink) (*peeked, error) {
	at := ibid.Job{ID: j.ID, Run: j.Run, Collection: j.Collection, Host: j.Host, Seeds: []ibid.Seed{{URI: uri}}}
	var seen *peeked
	err := p.o.Crawler.Crawl(ctx, &at, sink, func(_ context.Context, v *ibid.Visit) error {
		if v.Final == nil {
			return nil
		}
		seen = &peeked{uri: v.Final.URI, status: v.Final.Status, mediaType: v.Final.MediaType, digest: v.Final.Digest, length: v.Final.Length}
		if seen.signs = seenIn(v).signs; seen.signs == nil {
			seen.signs = &linkhealth.Signs{}
		}
		if v.Description != nil {
			seen.title = v.Description.Title
		}
		return nil
	})
	return seen, err
}

// peekSink holds the tree of the last page, and stores nothing.
type peekSink struct {
	unkept
	p   *Pipeline
	doc *goquery.Document
}

// Write reads x.
func (s *peekSink) Write(ctx context.Context, x *ibid.Exchange) (ibid.Capture, error) {
	if x.Role == ibid.RoleSource && crawler.IsPage(x.MediaType) {
		if body, err := decodedBody(x, maxCompared); err == nil {
			s.doc = s.p.o.Crawler.ReadKept(body, x.Header.Get("Content-Type"), x.URI).Doc
		}
	}
	return s.unkept.Write(ctx, x)
}

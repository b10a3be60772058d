package pipeline

import (
	"cmp"
	"context"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/crawler"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/library"
	"github.com/ibid-archive/ibid/internal/metadata"
)

// elsewhere is what a page from another archive is called in what was tried: which one had it is on record with the page.
const elsewhere ibid.Origin = "another archive"

// findWorks looks for the Works that References name in the libraries of the sites that they cite, live and as other
// archives have them, and keeps what it finds.
func (p *Pipeline) findWorks(ctx context.Context, collection string, d *readDocument, w Watch) error {
	for _, ref := range d.refs {
		if len(ref.Works) == 0 {
			continue
		}
		if err := p.findWorksOf(ctx, collection, d, ref, w); err != nil {
			return err
		}
	}
	return nil
}

func (p *Pipeline) findWorksOf(ctx context.Context, collection string, d *readDocument, ref ibid.Reference, w Watch) error {
	began := p.o.Now().UTC()
	cited := cmp.Or(ref.Accessed, d.doc.Date)
	sites, allowed := p.sitesOf(d.refs, ref)
	s := &searcher{p: p, collection: collection, name: "works of " + d.doc.ID, cited: cited, began: began}
	sources := []library.Source{{Origin: ibid.OriginLive, Fetch: s.live, Open: s.openLive}}
	if p.o.Rescue != nil {
		sources = append(sources, library.Source{Origin: elsewhere, Fetch: s.archived, Open: s.openArchived})
	}
	editions, err := library.Search(ctx, library.Query{Works: ref.Works, Sites: sites, Allowed: allowed, Detect: metadata.Language}, sources...)
	if err != nil {
		return interrupted(ctx, err)
	}
	if err := p.keepEditions(ctx, collection, d, editions, cited, w); err != nil {
		return err
	}
	if err := p.markSuccessors(ctx, collection, editions, allowed); err != nil {
		return err
	}
	return p.putWorks(ctx, collection, &ibid.Visit{
		Kind: ibid.VisitWorks, Seed: worksSeed(d.doc.ID, ref.ID), Verdict: ibid.Archived, Health: ibid.HealthUnknown, Began: began,
		Seconds: p.o.Now().Sub(began).Seconds(), Attempts: 1, Editions: editions,
	})
}

// sitesOf are where the Works of ref may be: what the same note cites, and where migration rules say that those sites are
// today. The hosts that rules lead to are allowed with them.
func (p *Pipeline) sitesOf(refs []ibid.Reference, ref ibid.Reference) (sites, allowed []string) {
	add := func(uri string) {
		if uri != "" {
			sites = append(sites, uri)
		}
	}
	add(ref.Address())
	for _, r := range refs {
		if r.Address() != ref.Address() && r.Locator.Kind == ref.Locator.Kind && r.Locator.Label == ref.Locator.Label {
			add(r.Address())
		}
	}
	if p.o.Rescue == nil {
		return sites, nil
	}
	for _, uri := range sites {
		for _, h := range p.o.Rescue.Migrated(uri) {
			if u, err := url.Parse(h.URI); err == nil {
				sites, allowed = append(sites, h.URI), append(allowed, u.Hostname())
			}
		}
	}
	return sites, allowed
}

// keepEditions captures what was found, and looks for what is dead of it in other archives.
func (p *Pipeline) keepEditions(ctx context.Context, collection string, d *readDocument, editions []ibid.Edition, cited ibid.Date, w Watch) error {
	var seeds []ibid.Seed
	var wishes []wish
	for _, e := range editions {
		if e.URI != "" {
			seeds = append(seeds, ibid.Seed{URI: e.URI, Scope: p.o.Scope})
			wishes = append(wishes, wish{seedURI(e.URI), cited})
		}
	}
	name := "editions of " + d.doc.ID
	if err := p.archiveSeeds(ctx, collection, name, p.unique(seeds), w); err != nil {
		return err
	}
	return p.rescueWishes(ctx, collection, name, wishes, w)
}

// markSuccessors tells the Works themselves from the pages that present them today on a site which took the place of the
// one that was cited.
func (p *Pipeline) markSuccessors(ctx context.Context, collection string, editions []ibid.Edition, allowed []string) error {
	for i := range editions {
		e := &editions[i]
		u, err := url.Parse(e.URI)
		if err != nil || !slices.Contains(allowed, u.Hostname()) {
			continue
		}
		v, err := p.o.Catalog.LastLook(ctx, collection, seedURI(e.URI))
		if err != nil {
			return err
		}
		e.Successor = v != nil && v.Final != nil && crawler.IsPage(v.Final.MediaType)
	}
	return nil
}

// putWorks stores a Visit that no Job makes.
func (p *Pipeline) putWorks(ctx context.Context, collection string, v *ibid.Visit) error {
	id, err := uuid.NewV7()
	if err != nil {
		return &ibid.Error{Kind: ibid.KindInternal, Op: "name a search", Err: err}
	}
	v.Run, v.Job = id.String(), id.String()
	w := p.o.Archive.Begin(&ibid.Job{ID: v.Job, Run: v.Run, Collection: collection, Host: "works", Due: v.Began})
	if err := w.WriteVisit(ctx, v); err != nil {
		return err
	}
	done, err := w.Commit(ctx)
	if err != nil {
		return err
	}
	_, err = p.o.Catalog.Commit(ctx, catalog.Batch{Collection: collection, Run: v.Run, Job: v.Job, Captures: done.Captures, Visits: done.Visits}, nil)
	return err
}

// searcher gets pages for a search: each is kept, as what the search was decided by.
type searcher struct {
	p                *Pipeline
	collection, name string
	cited            ibid.Date
	began            time.Time
}

func (s *searcher) live(ctx context.Context, uri string) (*library.Page, error) {
	return s.page(ctx, uri, ibid.VisitCapture)
}

func (s *searcher) archived(ctx context.Context, uri string) (*library.Page, error) {
	return s.page(ctx, uri, ibid.VisitRescue)
}

func (s *searcher) openLive(ctx context.Context, uri string) (*library.Page, error) {
	return s.open(ctx, uri, ibid.VisitCapture)
}

func (s *searcher) openArchived(ctx context.Context, uri string) (*library.Page, error) {
	return s.open(ctx, uri, ibid.VisitRescue)
}

// get has the source at uri looked at, unless it was a moment ago, and returns the Visit that got it; nil: it was not had.
func (s *searcher) get(ctx context.Context, uri string, kind ibid.VisitKind) (*ibid.Visit, error) {
	seed := s.p.Seed(uri)
	name := s.name + " at " + seed.URI
	if kind == ibid.VisitRescue {
		return s.rescued(ctx, name, seed)
	}
	return s.captured(ctx, name, seed)
}

func (s *searcher) captured(ctx context.Context, name string, seed ibid.Seed) (*ibid.Visit, error) {
	v, err := s.p.o.Catalog.LastLook(ctx, s.collection, seed.URI)
	if err != nil {
		return nil, err
	}
	if v == nil || v.Kind != ibid.VisitCapture || v.Began.Before(s.began.Add(-recent)) {
		if err := s.p.archiveSeeds(ctx, s.collection, name, []ibid.Seed{seed}, Watch{}); err != nil {
			return nil, err
		}
		if v, err = s.p.o.Catalog.LastLook(ctx, s.collection, seed.URI); err != nil {
			return nil, err
		}
	}
	if v == nil || !isKept(v) {
		return nil, nil //nolint:nilnil // not had
	}
	return v, nil
}

// recent is how long ago a page may have been captured that is not captured again.
const recent = time.Hour

func (s *searcher) rescued(ctx context.Context, name string, seed ibid.Seed) (*ibid.Visit, error) {
	f, err := fateOf(ctx, s.p.o.Catalog, s.collection, seed.URI)
	if err != nil {
		return nil, err
	}
	if !f.wasLookedFor(s.cited, s.p.o.Now(), s.p.o.Again, 1) {
		seed.Target, seed.Scope = s.p.target(s.cited), ibid.Scope{}
		if err := s.p.rescueSeeds(ctx, s.collection, name, []ibid.Seed{seed}, Watch{}); err != nil {
			return nil, err
		}
		if f, err = fateOf(ctx, s.p.o.Catalog, s.collection, seed.URI); err != nil {
			return nil, err
		}
	}
	return nearest(f.rescues, s.cited), nil
}

func (s *searcher) page(ctx context.Context, uri string, kind ibid.VisitKind) (*library.Page, error) {
	v, err := s.get(ctx, uri, kind)
	if err != nil || v == nil {
		return nil, err
	}
	_, page, _, err := s.p.keptPage(ctx, s.collection, *v.Final)
	if err != nil {
		return nil, err
	}
	return &library.Page{URI: v.Final.URI, Doc: page.Doc}, nil
}

// open gets what an entry leads to, with its text.
func (s *searcher) open(ctx context.Context, uri string, kind ibid.VisitKind) (*library.Page, error) {
	v, err := s.get(ctx, uri, kind)
	if err != nil || v == nil {
		return nil, err
	}
	body, page, header, err := s.p.keptPage(ctx, s.collection, *v.Final)
	if err != nil {
		return nil, err
	}
	out := &library.Page{URI: v.Final.URI, Doc: page.Doc, Name: dispositionName(header)}
	if v.Final.MediaType == "application/pdf" {
		out.Text = s.p.textOfPDF(ctx, body)
	} else if page.Doc != nil {
		out.Text = page.Doc.Find("body").Text()
	}
	if v.Description != nil {
		out.Text = strings.TrimSpace(v.Description.Title + "\n" + out.Text)
	}
	return out, nil
}

// dispositionName is the file name that an answer was sent with (RFC 6266), or empty.
func dispositionName(h http.Header) string {
	_, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return params["filename"]
}

// maxPDFText bounds the text of a PDF that its language is told by, in bytes.
const maxPDFText = 64 << 10

// textOfPDF is empty for one that cannot be read.
func (p *Pipeline) textOfPDF(ctx context.Context, body []byte) string {
	if p.o.Documents.PDF == nil {
		return ""
	}
	d, err := p.o.Documents.PDF.Text(ctx, body)
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, page := range d.Pages {
		for _, line := range page.Lines {
			b.WriteString(line.Text + "\n")
		}
		if b.Len() > maxPDFText {
			break
		}
	}
	return b.String()
}

package library

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/ibid-archive/ibid"
)

// Page is what was found at an address.
type Page struct {
	// URI is the address that it stands at after redirects: of a memento the original one.
	URI string
	// Doc is its tree; nil for what is not HTML.
	Doc *goquery.Document
	// Text is what can be read in it, in its order. It may be left empty for HTML.
	Text string
	// Name is the file name that it was sent with (Content-Disposition), or "".
	Name string
}

// Fetch gets what stands at an address. Its errors are noted as what was tried; only the end of ctx ends a search.
type Fetch func(ctx context.Context, uri string) (*Page, error)

// Source is one place to look in: the live web, or an archive as of the date of the citation.
type Source struct {
	Origin ibid.Origin
	// Fetch gets pages, to look for listings and through them.
	Fetch Fetch
	// Open gets what an entry leads to, with its Text; nil: it is not looked at, and the listing alone decides.
	Open Fetch
}

// Limits bound a search. Zero stands for the value in brackets.
type Limits struct {
	// Pages is how many pages are fetched of one site from one Source (40).
	Pages int
	// Depth is how many links away from the cited pages a listing may be (4). The pages of one listing are at one depth.
	Depth int
	// Open is how many things are opened for one Work and language (4).
	Open int
}

func (l Limits) orDefault() Limits {
	for _, d := range []struct {
		value *int
		or    int
	}{{&l.Pages, 40}, {&l.Depth, 4}, {&l.Open, 4}} {
		if *d.value <= 0 {
			*d.value = d.or
		}
	}
	return l
}

// Query says what is looked for, and where.
type Query struct {
	Works []ibid.Work
	// Sites are the addresses that the Reference cites. Nothing outside of their registrable domains is fetched.
	Sites []string
	// Allowed are further domains: those of proven successors, and of the list of the configuration.
	Allowed []string
	// Detect tells the language of a text; nil: what listings claim is believed.
	Detect Detect
	Limits Limits
}

// search is one walk.
type search struct {
	q       Query
	works   []*work
	sources []Source
	allowed map[string]bool // registrable domains
	ways    ways
	fetched map[string]int  // pages, by site and source
	known   map[string]bool // keys of entries that were seen
	tried   []trial
}

// work is a Work with what may be it.
type work struct {
	wanted
	leads  []*lead
	byKey  map[string]*lead
	opened map[string]int // things opened, by language
}

// trial is a page that was looked at, with the number of entries that may be each Work.
type trial struct {
	ibid.Attempt
	matches []int
}

// Search looks for the Works of q in the libraries of its Sites, in each of the sources, of which the first is believed most.
// It returns one Edition for each Work and each of its languages, in their order; one that was not found has no URI, and says
// what was tried. A Work without languages has one Edition, in the language that was found.
//
// It walks from the Sites through links that look like document libraries, best first, within q.Limits, and ends early when all is
// found beyond doubt. The error is that of ctx; what was found until then is returned with it.
func Search(ctx context.Context, q Query, sources ...Source) ([]ibid.Edition, error) {
	s := &search{
		q: q, sources: sources, allowed: make(map[string]bool), fetched: make(map[string]int), known: make(map[string]bool),
		ways: ways{seen: make(map[string]bool)},
	}
	s.q.Limits = q.Limits.orDefault()
	for _, w := range q.Works {
		s.works = append(s.works, &work{wanted: want(w), byKey: make(map[string]*lead), opened: make(map[string]int)})
	}
	for _, a := range q.Allowed {
		s.allowed[siteOf("http://"+a)] = true
	}
	for _, uri := range q.Sites {
		if site := siteOf(uri); site != "" {
			s.allowed[site] = true
			s.ways.push(way{uri: uri, weight: weightCited})
		}
	}
	for _, uri := range q.Sites { // the page may be gone, and its site not
		if home := resolve(&url.URL{}, uri); home != "" {
			s.follow(way{uri: homeOf(home), weight: weightOther, depth: 1})
		}
	}
	err := s.walk(ctx)
	return s.editions(), err
}

func (s *search) walk(ctx context.Context) error {
	for len(s.works) > 0 && !s.settled() {
		w, ok := s.ways.pop()
		if !ok {
			return nil
		}
		if w.source >= len(s.sources) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.visit(ctx, w); err != nil {
			return err
		}
		if err := s.open(ctx); err != nil {
			return err
		}
	}
	return nil
}

// visit looks at one page in one source, and lets it be looked at in the next one: soon if there was nothing on it, else late.
func (s *search) visit(ctx context.Context, w way) error {
	source := s.sources[w.source]
	count := fmt.Sprint(siteOf(w.uri), " ", w.source)
	if source.Fetch == nil || s.fetched[count] >= s.q.Limits.Pages {
		return nil
	}
	s.fetched[count]++
	page, err := source.Fetch(ctx, w.uri)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	matched := false
	switch {
	case err != nil:
		s.note(w, err.Error(), nil)
	case page == nil || page.Doc == nil && page.Text == "":
		s.note(w, NothingThere, nil)
	case !s.allowed[siteOf(page.uri(w))]:
		s.note(w, "leads to "+page.URI+", on a site that is neither cited nor allowed", nil)
	case page.Doc == nil:
		s.note(w, "no page with links", nil)
	default:
		matched = s.read(w, page)
	}
	next := w
	next.source++
	if matched {
		next.weight -= weightCited
	}
	s.ways.push(next)
	return nil
}

func (p *Page) uri(w way) string {
	if p.URI == "" {
		p.URI = w.uri
	}
	return p.URI
}

// read takes the entries of a page and the ways on from it, and says whether some of the entries may be a Work.
func (s *search) read(w way, page *Page) bool {
	l := Read(page.Doc, page.URI)
	fresh := 0
	for _, e := range l.Entries {
		if key := pageKey(e.URI); !s.known[key] {
			s.known[key] = true
			fresh++
		}
	}
	matches, any := make([]int, len(s.works)), false
	for i, wk := range s.works {
		matches[i] = s.add(wk, l.Entries, page.URI, w.source)
		any = any || matches[i] > 0
	}
	s.note(w, fmt.Sprintf("%d entries, %d of them new", len(l.Entries), fresh), matches)
	s.on(w, l, fresh > 0)
	return any
}

// NothingThere is the Result of an Attempt that got no page.
const NothingThere = "nothing there"

// maxTried bounds what is told of one search.
const maxTried = 100

func (s *search) note(w way, result string, matches []int) {
	if len(s.tried) < maxTried {
		s.tried = append(s.tried, trial{
			ibid.Attempt{What: w.uri + s.as(w.source), When: time.Now(), Result: result}, matches,
		})
	}
}

// as says in which source a page was looked at.
func (s *search) as(source int) string {
	if o := s.sources[source].Origin; o != ibid.OriginLive && o != "" {
		return " as " + string(o) + " has it"
	}
	return ""
}

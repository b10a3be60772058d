// Package metadata says what a source says of itself: title, authors, dates, language, publisher,
// type, abstract, identifiers, its canonical address and its other languages.
//
// An HTML page is described from the tree that the crawler has parsed already. One pass over the nodes
// collects all that can matter (Highwire citation_* tags, Dublin Core, Open Graph, JSON-LD, microdata,
// RDFa Lite, links, headings, bylines, times); then each field is chosen among its candidates. Nothing
// is invented: a field without a trustworthy candidate stays empty, and each value names its source in
// Description.From.
//
// What comes from a page is foreign. Work is bounded on any tree, values are valid UTF-8 without
// control characters or bidirectional overrides, and their lengths are bounded.
package metadata

import (
	"net/http"
	"net/url"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/ibid-archive/ibid"
)

// Bounds on what is kept of one page: lengths in bytes, numbers in entries.
const (
	maxTitle      = 1000
	maxName       = 300
	maxAuthors    = 200
	maxAbstract   = 5000
	maxAlternates = 500
	maxAddress    = 4000
)

// describer chooses the fields of one Description among what a page offers.
type describer struct {
	page *page
	// main is the item of JSON-LD that is this page, item that of microdata or RDFa; or nil. JSON-LD is
	// written for machines and believed first, microdata follows a template's layout.
	main, item *thing
	header     http.Header
	uri        *url.URL
	base       *url.URL
	// now is when the page was served: no source describes itself with a later date of publication.
	now   time.Time
	order dateOrder
	sites names // lazily, see siteNames
	out   *ibid.Description
}

// FromHTML describes the page that doc is the parsed tree of, as it was served under uri with header, at an instant that
// counts where the header has no Date.
// A nil document, an unusable uri and a nil header are all allowed: less is known then. It never
// returns nil and never panics.
func FromHTML(doc *goquery.Document, uri string, header http.Header, at time.Time) *ibid.Description {
	d := &describer{header: header, out: &ibid.Description{From: map[string]string{}}}
	d.uri, _ = url.Parse(uri) // an address that cannot be parsed proves nothing and resolves nothing
	if d.uri == nil {
		d.uri = &url.URL{}
	}
	d.page = collect(root(doc))
	d.base = d.baseAddress()
	d.now = served(header, at)
	d.page.ld = flatten(readScripts(d.page.scripts))
	d.main = d.page.mainThing(d.page.ld, d.isThisPage, d.isHeading)
	d.item = d.page.mainThing(d.page.items, d.isThisPage, d.isHeading)
	d.language()
	d.order = orderOf(d.out.Language, d.page.meta.text("og:locale"))
	d.title()
	d.authors()
	d.dates()
	d.publisher()
	d.kind()
	d.abstract()
	d.identifiers()
	d.links()
	return d.out
}

// served returns the Date of the response, or at where there is none.
func served(header http.Header, at time.Time) time.Time {
	if t, err := http.ParseTime(header.Get("Date")); err == nil {
		return t
	}
	return at
}

// say records where the value of a field came from.
func (d *describer) say(field, source string) { d.out.From[field] = source }

// abstract takes the page's own summary.
func (d *describer) abstract() {
	keys := []string{"citation_abstract", "dcterms.abstract", "dc.description", "dcterms.description"}
	v, from := d.page.meta.first(keys...)
	if v == "" {
		v, from = d.main.field("description", "abstract")
	}
	if v == "" {
		v, from = d.page.meta.first("og:description", "description", "twitter:description", "sailthru.description")
	}
	if v == "" {
		v, from = d.item.field("description", "abstract")
	}
	if v = cleanMarkup(v, maxAbstract); v != "" {
		d.out.Abstract = v
		d.say("description", from)
	}
}

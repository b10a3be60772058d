package library

import (
	"net/url"

	"github.com/PuerkitoBio/goquery"
	xhtml "golang.org/x/net/html"
)

// Claim says on what the languages of an Entry rest.
type Claim int

// The Claims, the weakest first.
const (
	// Unclaimed: nothing speaks of a language.
	Unclaimed Claim = iota
	// ByPlace: it is the main link of a row, and the page and its siblings leave this language.
	ByPlace
	// ByAddress: the address asks for it.
	ByAddress
	// ByName: the file is named so.
	ByName
	// Said: it stands there.
	Said
	// Found: the text was read, and is in it.
	Found
)

// Entry is one thing that a listing offers.
type Entry struct {
	URI string
	// Title is as printed, without languages and sizes; that of the row where the link says no more than "FR".
	Title string
	// Label is the first of what it is filed under, with its year, if the row says them.
	Label Label
	// Kind is the kind of paper: "background paper", "summary", or "".
	Kind string
	// Languages are BCP 47 tags; Claim says how far to believe them.
	Languages []string
	Claim     Claim
	// Size is in bytes, as printed; 0 where it is not.
	Size int64
	// Name is the file name in the address, or on the page of details.
	Name string
	// Details is the page about it, where the row has a link to that too.
	Details string
	// Row counts the rows of the listing: entries of one row are one document in several languages or forms.
	Row int
	// Years are those that the row or the name says; Around those of the heading, the page and the address.
	Years, Around []int

	labels    []Label // all of the row
	inherited []Label // those of the heading, if the row has none
	words     []string
}

// Link is a link that looks as if it led to a document library. Weight is 1 to 100.
type Link struct {
	URI, Text string
	Weight    int
}

// Listing is what a page offers.
type Listing struct {
	// Title is that of the page.
	Title   string
	Entries []Entry
	// More are the other pages of the same listing.
	More []string
	// Libraries are links that look like document libraries, the best first.
	Libraries []Link
}

// Bounds on one Listing, in entries.
const (
	maxEntries   = 20_000
	maxLibraries = 200
	maxMore      = 200
)

// Read reads what the page offers that doc is the parsed tree of and that stands at the address base. Addresses are absolute, without
// fragments; those that lead into an archive's replay are taken for the original ones. It never panics and takes time in
// proportion to the tree, of which it reads no more than 300,000 nodes.
func Read(doc *goquery.Document, base string) Listing {
	r := &reader{libraries: make(map[string]int), more: make(map[string]bool)}
	r.page, _ = url.Parse(base) // an address that cannot be parsed resolves nothing
	if r.page == nil {
		r.page = &url.URL{}
	}
	r.base = r.page
	r.here.uri = r.page.String()
	r.here.page, r.here.listing = pageKey(r.here.uri), listingKey(r.here.uri)
	if doc == nil || doc.Selection == nil || len(doc.Nodes) == 0 {
		return r.out
	}
	t := &tree{emit: r.line, head: r.head}
	t.walk(doc.Nodes[0])
	r.finish()
	return r.out
}

// head reads what stands in no line.
func (r *reader) head(n *xhtml.Node) {
	switch n.Data {
	case "html":
		if r.language = knownTag(attribute(n, "lang")); r.language == "" {
			r.language = knownTag(attribute(n, "xml:lang"))
		}
	case "base":
		if u, err := r.page.Parse(attribute(n, "href")); err == nil && !r.based {
			r.base, r.based = u, true
		}
	case "title":
		if r.out.Title == "" {
			r.out.Title = textOf(n)
		}
	case "link":
		r.alternate(attribute(n, "rel"), attribute(n, "href"), attribute(n, "hreflang"))
	case "frame", "iframe":
		if uri := resolve(r.base, attribute(n, "src")); uri != "" {
			r.library(Link{URI: uri, Text: squeeze(clip(attribute(n, "name"), 100)), Weight: weightFrame})
		}
	}
}

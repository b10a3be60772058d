package metadata

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
	xhtml "golang.org/x/net/html"
)

// Bounds on what is collected of one page, in entries and bytes.
const (
	maxNodes    = 300_000
	maxLinks    = 2000
	maxHeadings = 20
	maxMarks    = 60
	maxLabels   = 20
	maxPanel    = 20
	maxScripts  = 30
	maxScript   = 2 << 20 // all together
	maxSample   = 3000
	maxRegions  = 5000
)

// page is what one pass over a tree has collected.
type page struct {
	meta     metas
	links    []link
	headings []heading
	// times, dated, bylines and bylike are places where a date or a name may stand: <time> elements,
	// short texts with a year, elements that call themselves author, and texts like "By Ann Other".
	times, dated, bylines, bylike []mark
	// panel are places of dates beside the text, as repositories have the particulars of a document there.
	panel []mark
	// labels are texts that are no more than "Author" or the like.
	labels []mark
	// entries are the texts of headings that templates of weblogs mark as titles of entries.
	entries        []string
	scripts        []string // contents of application/ld+json
	items          []*thing // microdata and RDFa items outside of any other
	loose          *thing   // itemprops outside of any item, or nil
	ld             []*thing // JSON-LD items, read from scripts
	regions        []region
	titleTag, base string
	lang, bodyLang string
	sample         strings.Builder // running text, for telling its language
}

// link is one <link> or one <a> with a language.
type link struct {
	rel, href, hreflang string
	anchor              bool
}

// heading is one h1 or h2 with its place in document order.
type heading struct {
	text       string
	level, pos int
	region     int
}

// mark is a place to look at again if a field is still open after the declared sources.
type mark struct {
	node        *xhtml.Node
	hint        hint
	pos, region int
	// content is the value where an attribute gives it.
	content string
}

// region is a part of the page that does not speak of the page: navigation, comments, what else to
// read. It turns out to be the page itself when the main heading stands in it.
type region struct {
	footer, aside, itself bool
}

// root returns the topmost node of doc, or nil.
func root(doc *goquery.Document) *xhtml.Node {
	if doc == nil || doc.Selection == nil || len(doc.Nodes) == 0 {
		return nil
	}
	return doc.Nodes[0]
}

// unrelated says whether what stands in that region is not about the page.
func (p *page) unrelated(region int) bool { return region > 0 && !p.regions[region].itself }

// entryTitle is the title of the only entry on the page, which the page's own title has to contain: a list of
// entries has several.
func (p *page) entryTitle() string {
	only := ""
	for _, text := range p.entries {
		if !strings.Contains(p.titleTag, text) || text == only {
			continue
		}
		if only != "" {
			return ""
		}
		only = text
	}
	return only
}

// firstHeading returns the first heading of that level outside of unrelated regions, or nil.
func (p *page) firstHeading(level int) *heading {
	for i := range p.headings {
		if h := &p.headings[i]; h.level == level && !p.unrelated(h.region) {
			return h
		}
	}
	return nil
}

package citation

import (
	"strings"

	"github.com/ibid-archive/ibid"
)

// linked is what one or more link annotations say is one citation: those of an address that goes over
// several lines have one rectangle each.
type linked struct {
	uri  string
	page int
	// start and end are offsets of the flow; both are -1 where a link covers no text.
	start, end int
}

// fromLinks makes references of the link annotations, and takes the printed addresses that they cover.
func (r *pdfReferences) fromLinks() {
	lines := r.linesByPage()
	var open []linked
	for p := range r.pages {
		for _, link := range r.pages[p].Links {
			uri, ok := linkURI(link.URI)
			if !ok {
				continue
			}
			l := linked{uri: uri, page: p, start: -1, end: -1}
			for _, s := range link.Spans {
				l.cover(lines[p][s.Line].at(s.Start), lines[p][s.Line].at(s.End))
			}
			open = r.join(open, l)
		}
	}
	for _, l := range open {
		r.addLink(l)
	}
}

// linkURI makes the target of an annotation usable; ok is false for one that is no address of the web.
func linkURI(target string) (string, bool) {
	target = strings.TrimSpace(target)
	if rest, ok := cutPrefixFold(target, "info:doi/"); ok {
		return repairAddress("doi:" + rest)
	}
	uri, ok := linkAddress(target)
	if i := strings.Index(uri, "://"); i < 0 || len(uri) == i+len("://") {
		return "", false
	}
	return uri, ok
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if !hasPrefixFold(s, prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

func (l *linked) cover(start, end int) {
	if l.start < 0 {
		l.start, l.end = start, end
		return
	}
	l.start, l.end = min(l.start, start), max(l.end, end)
}

// linesByPage returns the lines of the flow as they stand on the pages.
func (r *pdfReferences) linesByPage() [][]*flowLine {
	pages := make([][]*flowLine, len(r.pages))
	for i := range r.flow.lines {
		line := &r.flow.lines[i]
		pages[line.page] = append(pages[line.page], line)
	}
	return pages
}

// join appends a link, or makes it part of one before it that has the same target and stands next to it. Links
// that cover no text are joined with any of the same target on the page.
func (r *pdfReferences) join(open []linked, l linked) []linked {
	const recent = 8 // annotations of one citation follow each other closely
	for i := len(open) - 1; i >= max(0, len(open)-recent); i-- {
		other := &open[i]
		if other.uri != l.uri {
			continue
		}
		if l.start < 0 || other.start < 0 {
			if other.page == l.page {
				other.start, other.end = max(other.start, l.start), max(other.end, l.end)
				return open
			}
			continue
		}
		if r.adjacent(*other, l) {
			other.cover(l.start, l.end)
			return open
		}
	}
	return append(open, l)
}

// adjacent says whether hardly anything stands between two links.
func (r *pdfReferences) adjacent(a, b linked) bool {
	if a.start > b.start {
		a, b = b, a
	}
	return b.start <= a.end || (b.start-a.end <= 12 && b.page-a.page <= 1 &&
		len(strings.TrimSpace(r.text[a.end:b.start])) <= 3)
}

// addLink makes the reference of a link.
func (r *pdfReferences) addLink(l linked) {
	if l.start < 0 {
		r.found = append(r.found, placed{at: r.pageStart(l.page), page: l.page, ref: ibid.Reference{
			URI: l.uri, Cited: l.uri, Identifiers: identifiersOf(l.uri),
			Locator: ibid.Locator{Kind: ibid.Link, Page: l.page + 1},
		}})
		return
	}
	covered := undivided(r.text[l.start:l.end])
	if a := r.printed(l); a != nil {
		uri := l.uri
		if r.cutShort(l, a) {
			uri = a.URI
		}
		r.add(uri, a.Cited, a.Start, a.End, identifiersOf(uri))
		a.URI = "" // taken
		return
	}
	ref := r.add(l.uri, l.uri, l.start, l.end, identifiersOf(l.uri))
	if ref.Locator.Kind == ibid.Inline {
		ref.Locator.Kind = ibid.Link
	}
	if title := folded(covered); ref.Title == "" && wordCount(title) > 2 && !addressLike(title) {
		ref.Title = title
	}
}

// printed returns the address in the text that a link stands on: that with its target, or else the one it
// covers most of.
func (r *pdfReferences) printed(l linked) *address {
	var best *address
	most := 0
	for i := r.firstAfter(l.start); i < len(r.addresses) && r.addresses[i].Start < l.end; i++ {
		a := &r.addresses[i]
		if a.URI == "" {
			continue
		}
		if a.URI == l.uri {
			return a
		}
		if n := min(a.End, l.end) - max(a.Start, l.start); n > most {
			best, most = a, n
		}
	}
	return best
}

// firstAfter returns the index of the first address that ends after an offset.
func (r *pdfReferences) firstAfter(offset int) int {
	lo, hi := 0, len(r.addresses)
	for lo < hi {
		if mid := (lo + hi) / 2; r.addresses[mid].End > offset {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// cutShort says whether a link has only the first line of an address that goes over two: some producers make
// links of what looks like one, line by line.
func (r *pdfReferences) cutShort(l linked, a *address) bool {
	return len(a.URI) > len(l.uri) && strings.HasPrefix(a.URI, strings.TrimSuffix(l.uri, "/")) &&
		l.start <= a.Start && l.end < a.End && r.lineAt(a.Start).end == l.end
}

func (r *pdfReferences) pageStart(page int) int {
	for _, line := range r.flow.lines {
		if line.page >= page {
			return line.start
		}
	}
	return len(r.text)
}

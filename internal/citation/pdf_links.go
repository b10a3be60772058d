package citation

import (
	"slices"
	"strings"

	"github.com/ibid-archive/ibid/internal/pdf"
)

// pdfLink is what one or more link annotations say is one citation: those of an address that goes over
// several lines have one rectangle each.
type pdfLink struct {
	uri  string
	page int
	// start and end are offsets of the flow; both are -1 where a link covers no text.
	start, end int
}

// linksOf returns the links of a document that lead into the web, those that cover text first, in order.
func (f *flow) linksOf(pages []pdf.Page) []pdfLink {
	lines := make([][]*flowLine, len(pages))
	for i := range f.lines {
		line := &f.lines[i]
		lines[line.page] = append(lines[line.page], line)
	}
	var links []pdfLink
	for p := range pages {
		for _, annotation := range pages[p].Links {
			uri, ok := annotationURI(annotation.URI)
			if !ok {
				continue
			}
			l := pdfLink{uri: uri, page: p, start: -1, end: -1}
			for _, s := range annotation.Spans {
				line := lines[p][s.Line]
				l.cover(line.at(s.Start), line.at(s.End))
			}
			links = f.join(links, l)
		}
	}
	slices.SortStableFunc(links, func(a, b pdfLink) int {
		if (a.start < 0) != (b.start < 0) {
			return b.start - a.start
		}
		return a.start - b.start
	})
	return links
}

// annotationURI makes the target of an annotation usable; ok is false for one that is no address of the web.
func annotationURI(target string) (string, bool) {
	target = strings.TrimSpace(target)
	if hasPrefixFold(target, "info:doi/") {
		return repairAddress("doi:" + target[len("info:doi/"):])
	}
	uri, ok := linkAddress(target)
	_, host, found := strings.Cut(uri, "://")
	return uri, ok && found && host != ""
}

func (l *pdfLink) cover(start, end int) {
	if l.start < 0 {
		l.start, l.end = start, end
		return
	}
	l.start, l.end = min(l.start, start), max(l.end, end)
}

// join appends a link, or makes it part of one before it that has the same target and stands next to it. Links
// that cover no text are joined with any of the same target on the page.
func (f *flow) join(links []pdfLink, l pdfLink) []pdfLink {
	const recent = 8 // annotations of one citation follow each other closely
	for i := len(links) - 1; i >= max(0, len(links)-recent); i-- {
		other := &links[i]
		if other.uri != l.uri {
			continue
		}
		if l.start < 0 || other.start < 0 {
			if other.page == l.page {
				other.start, other.end = max(other.start, l.start), max(other.end, l.end)
				return links
			}
			continue
		}
		if f.adjacent(*other, l) {
			other.cover(l.start, l.end)
			return links
		}
	}
	return append(links, l)
}

// adjacent says whether hardly anything stands between two links.
func (f *flow) adjacent(a, b pdfLink) bool {
	if a.start > b.start {
		a, b = b, a
	}
	return b.start <= a.end || (b.start-a.end <= 12 && b.page-a.page <= 1 &&
		len(strings.TrimSpace(string(f.text[a.end:b.start]))) <= 3)
}

// linksIn takes the links that begin in text[start:end] of the flow out of those that are left, as links of the
// passage there. A link on a printed address stands for that address.
func (p *pdfPassages) linksIn(start, end int, addresses []address) []link {
	var out []link
	for len(p.links) > 0 && p.links[0].start >= 0 && p.links[0].start < end {
		l := p.links[0]
		p.links = p.links[1:]
		in := link{span: span{max(l.start, start) - start, max(min(l.end, end), start) - start}, uri: l.uri, cited: l.uri}
		if a := printed(in, addresses); a != nil {
			if p.cutShort(in, a, start) {
				in.uri = a.URI
			}
			in.cited, in.span = a.Cited, span{a.Start, a.End}
		}
		if n := len(out); n > 0 && out[n-1].start < in.end && in.start < out[n-1].end && out[n-1].uri == in.uri {
			continue // a second annotation on the same address
		}
		out = append(out, in)
	}
	slices.SortStableFunc(out, func(a, b link) int { return a.start - b.start })
	return out
}

// printed returns the address that a link stands on: that with its target, or else the one it covers most of.
func printed(l link, addresses []address) *address {
	var best *address
	most := 0
	from, _ := slices.BinarySearchFunc(addresses, l.start+1, func(a address, offset int) int { return a.End - offset })
	for i := from; i < len(addresses) && addresses[i].Start < l.end; i++ {
		a := &addresses[i]
		if a.URI == l.uri {
			return a
		}
		if n := min(a.End, l.end) - max(a.Start, l.start); n > most {
			best, most = a, n
		}
	}
	return best
}

// cutShort says whether a link has only the first line of an address that goes over two: some producers make
// links of what looks like one, line by line.
func (p *pdfPassages) cutShort(l link, a *address, start int) bool {
	line := p.flow.lines[p.flow.lineOf(start+a.Start)]
	return len(a.URI) > len(l.uri) && strings.HasPrefix(a.URI, strings.TrimSuffix(l.uri, "/")) &&
		l.start <= a.Start && l.end < a.End && line.end == start+l.end
}

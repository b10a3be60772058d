package citation

import (
	"regexp"
	"strings"

	"github.com/ibid-archive/ibid"
)

// Titles of entries as the common styles set them off: in quotes; after the year in brackets (APA); after
// the year between dots (ACM, Chicago).
var (
	yearInBrackets = regexp.MustCompile(`\((?:\d{4}[a-z]?|n\.d\.)(?:, [^)]{3,20})?\)[.,:]?\s+([^.?!]{8,300}[.?!])`)
	yearInDots     = regexp.MustCompile(`\. (?:19|20)\d{2}[a-z]?\. ([^.?!]{8,300}[.?!])`)
)

// entryTitle returns the title in an entry of a list of references, or in a note, up to its address; empty
// if its style is not one that sets titles off.
func entryTitle(entry string) string {
	if titles := quoted(entry); len(titles) > 0 {
		q := titles[len(titles)-1]
		if title := strings.TrimRight(folded(entry[q.from:q.to]), ",.; "); wordCount(title) > 1 {
			return title
		}
	}
	for _, form := range []*regexp.Regexp{yearInDots, yearInBrackets} {
		if m := form.FindAllStringSubmatch(entry, -1); m != nil {
			return strings.TrimRight(folded(m[len(m)-1][1]), ". ")
		}
	}
	return ""
}

// works adds the works that notes name without an address: to the last reference of the note, or as a
// reference of their own.
func (r *pdfReferences) works() {
	lines := r.flow.lines
	for i := 0; i < len(lines); {
		j := i + 1
		for j < len(lines) && lines[j].block == lines[i].block {
			j++
		}
		if kind := lines[i].block.kind; kind == ibid.Footnote || kind == ibid.Endnote {
			r.worksIn(lines[i], lines[j-1].end)
		}
		i = j
	}
}

func (r *pdfReferences) worksIn(first flowLine, end int) {
	text := undivided(r.text[first.start:end])
	works := findWorks(text)
	if len(works) == 0 {
		return
	}
	for i := len(r.found) - 1; i >= 0; i-- {
		if r.found[i].block == first.block && r.found[i].at >= first.start {
			r.found[i].ref.Works = works
			return
		}
	}
	r.found = append(r.found, placed{at: first.start, page: first.page, block: first.block, ref: ibid.Reference{
		Cited: folded(text), Works: works, Context: sentenceAround(text, 0, len(text)),
		Locator: ibid.Locator{Kind: first.block.kind, Label: first.block.label, Page: first.page + 1},
	}})
}

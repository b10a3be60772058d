package metadata

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// authors takes the names of the first source that has any.
func (d *describer) authors() {
	sources := []func() ([]string, string){
		d.highwireAuthors,
		func() ([]string, string) { return d.thingAuthors(d.main) },
		func() ([]string, string) {
			return d.metaAuthors(oneName, "dc.creator", "dcterms.creator", "dc.contributor.author")
		},
		func() ([]string, string) {
			return d.metaAuthors(manyNames, "article:author", "author", "parsely-author", "sailthru.author", "article.author",
				"byl", "dcsext.author", "book:author", "http-equiv:author", "article:author:name", "authors", "byline")
		},
		func() ([]string, string) { return d.thingAuthors(d.item) },
		func() ([]string, string) { return d.thingAuthors(d.page.loose) },
		d.bylineAuthors,
		d.bylikeAuthors,
	}
	for _, source := range sources {
		names, from := source()
		if names = distinct(names); len(names) > 0 {
			d.out.Authors = names
			d.say("authors", from)
			return
		}
	}
}

// distinct drops repeated names, keeps the order and bounds the number.
func distinct(names []string) []string {
	seen := make(map[string]bool, len(names))
	out := names[:0]
	for _, name := range names {
		key := nameKey(name)
		if key == "" || seen[key] {
			continue
		}
		seen[key] = true
		if out = append(out, name); len(out) == maxAuthors {
			break
		}
	}
	return out
}

func (d *describer) highwireAuthors() ([]string, string) {
	if names, from := d.metaAuthors(oneName, "citation_author", "bepress_citation_author", "eprints.creators_name",
		"wkhealth_author"); len(names) > 0 {
		return names, from
	}
	text, key := d.page.meta.first("citation_authors")
	return splitNames(text, oneName), key
}

// metaAuthors takes all values of the first key that holds a name.
func (d *describer) metaAuthors(style nameStyle, keys ...string) ([]string, string) {
	for _, key := range keys {
		var names []string
		for _, value := range d.page.meta.all(key) {
			names = append(names, splitNames(value, style)...)
			if len(names) > 2*maxAuthors {
				break
			}
		}
		if len(names) > 0 && !(len(names) == 1 && d.isSiteHandle(names[0])) {
			return names, key
		}
	}
	return nil, ""
}

// isSiteHandle says whether a name is only the site's account elsewhere.
func (d *describer) isSiteHandle(name string) bool {
	handle := strings.TrimPrefix(d.page.meta.text("twitter:site"), "@")
	return handle != "" && !strings.Contains(name, " ") && strings.EqualFold(handle, name) && name == strings.ToLower(name)
}

// thingAuthors takes the authors of one item of structured data.
func (d *describer) thingAuthors(t *thing) ([]string, string) {
	if t == nil {
		return nil, ""
	}
	for _, property := range []string{"author", "creator"} {
		var names []string
		for i := range t.props {
			p := &t.props[i]
			if p.name != property || len(names) > 2*maxAuthors {
				continue
			}
			style := manyNames
			if p.item != nil && p.item.isOrganisation() {
				style = oneName
			}
			names = append(names, splitNames(d.page.named(p), style)...)
		}
		if len(names) > 0 {
			return names, t.source(property)
		}
	}
	return nil, ""
}

// nearHeading says whether a place lies close enough to the main heading to speak of the page.
func (d *describer) nearHeading(pos, before, after int) bool {
	h := d.page.firstHeading(1)
	if h == nil {
		h = d.page.firstHeading(2)
	}
	return h == nil || pos >= h.pos-before && pos <= h.pos+after
}

// bylineAuthors reads elements that call themselves author or byline, and links to authors. What
// stands near the main heading, is a link or begins with "by" counts more. The first of equals wins,
// with those right after it: each author often has an element of their own.
func (d *describer) bylineAuthors() ([]string, string) {
	var best []string
	bestScore, lastPos := 0, 0
	for i := range d.page.bylines {
		m := &d.page.bylines[i]
		if aside := d.page.regions[m.region].aside; d.page.unrelated(m.region) && !aside {
			continue
		}
		text := bylineText(m.node)
		if len(text) > maxDated || text == "" {
			continue
		}
		names := plausible(splitNames(withoutDate(text, d.order), manyNames))
		if len(names) == 0 {
			continue
		}
		switch score := d.bylineScore(m, text, names); {
		case score > bestScore:
			best, bestScore, lastPos = names, score, m.pos
		case score == bestScore && m.pos-lastPos <= 20:
			best, lastPos = append(best, names...), m.pos
		}
	}
	return best, "html byline"
}

// bylineText is the text of an element that names an author; of the line around it, if that begins
// with "by": "By <b class=author>Ann Other</b> and Bo Third".
func bylineText(n *html.Node) string {
	if n.Parent != nil && n.Parent.DataAtom != atom.Body {
		if line := textOf(n.Parent); len(line) <= maxDated && startsByline(line) {
			return line
		}
	}
	return textOf(n)
}

func (d *describer) bylineScore(m *mark, text string, names []string) int {
	score := 1
	if d.page.unrelated(m.region) {
		score--
	}
	if d.nearHeading(m.pos, 60, 150) {
		score += 2
	}
	if m.hint&hintLink != 0 || startsByline(text) {
		score++
	}
	if strings.Contains(names[0], " ") {
		score++
	}
	return score
}

// bylikeAuthors reads short texts like "By Ann Other" after the main heading.
func (d *describer) bylikeAuthors() ([]string, string) {
	if d.page.firstHeading(1) == nil {
		return nil, ""
	}
	for _, m := range d.page.bylike {
		if !d.nearHeading(m.pos, 30, 120) || m.node.Parent == nil {
			continue
		}
		text := clean(m.node.Data, maxName)
		if whole := textOf(m.node.Parent); len(whole) < 120 {
			text = whole
		}
		names := plausible(splitNames(withoutDate(text, d.order), manyNames))
		if startsByline(text) && len(names) > 0 {
			return names, "html text"
		}
	}
	return nil, ""
}

// plausible keeps the names if all look like names of people or bodies: two to six words that begin
// with capitals, or are written without case.
func plausible(names []string) []string {
	for _, name := range names {
		words := strings.Fields(name)
		if len(words) > 6 || len(words) == 1 && len(name) < 3 {
			return nil
		}
		lower := 0
		for _, w := range words {
			if beginsLower(w) {
				lower++
			}
		}
		if beginsLower(words[len(words)-1]) || lower > len(words)/2 {
			return nil
		}
	}
	return names
}

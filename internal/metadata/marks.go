package metadata

import (
	"strings"
	"unicode"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// marks notes headings, times, bylines and addresses in other languages.
func (c *collector) marks(n *xhtml.Node, a *attributes) {
	p := c.page
	m := mark{node: n, hint: a.hint, pos: c.pos, region: c.region()}
	if inherit := a.hint & (hintDate | hintPublished | hintModified | hintAuthor | hintLabel); inherit != 0 {
		c.hints = append(c.hints, openHint{n, inherit})
	}
	switch n.DataAtom {
	case atom.H1:
		c.heading(n, 1)
	case atom.H2:
		c.heading(n, 2)
	case atom.H3:
		c.entry(n)
	case atom.Time:
		if len(p.times) < maxMarks {
			m.hint |= c.hint()
			m.content = firstOf(a.datetime, a.content)
			p.times = append(p.times, m)
		}
		return
	case atom.A:
		if a.hreflang != "" {
			c.linkTag(a, true)
		}
		if hasWord(a.rel, "author") || authorAddress(a.href) {
			m.hint |= hintAuthor | hintLink
		}
	}
	if m.hint&hintAuthor != 0 && len(p.bylines) < maxMarks {
		p.bylines = append(p.bylines, m)
	}
	c.stamp(m, a)
}

// stamp keeps a date that stands in an attribute: as RDFa of Drupal 7 has it, or in the title or the
// data of an element called date.
func (c *collector) stamp(m mark, a *attributes) {
	switch {
	case len(c.page.dated) >= maxMarks:
		return
	case a.content != "" && hasWord(a.property, "dc:date"):
		m.content, m.hint = a.content, hintDate|hintPublished
	case a.stamp != "" && m.hint&hintDate != 0 && len(a.stamp) <= maxDate:
		m.content = a.stamp
	default:
		return
	}
	c.page.dated = append(c.page.dated, m)
}

// authorAddress says whether a link leads to the page of an author.
func authorAddress(href string) bool {
	href = href[:min(len(href), 200)]
	for rest := href; ; {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			return strings.Contains(href, "author=")
		}
		if rest = rest[i+1:]; authorFolder(rest) {
			return true
		}
	}
}

// authorFolder says whether a path begins with the folder where sites have their authors.
func authorFolder(path string) bool {
	if path == "" {
		return false
	}
	switch path[0] {
	case 'a':
		return strings.HasPrefix(path, "author") || strings.HasPrefix(path, "auteur") || strings.HasPrefix(path, "autor")
	case 'b':
		return strings.HasPrefix(path, "by/")
	case 'c':
		return strings.HasPrefix(path, "contributor")
	case 'j':
		return strings.HasPrefix(path, "journalist")
	}
	return false
}

// heading keeps one heading; the region around the first h1 is the page itself.
func (c *collector) heading(n *xhtml.Node, level int) {
	p := c.page
	if len(p.headings) >= maxHeadings {
		return
	}
	text := strings.TrimRight(textOf(n), " ¶#")
	if text == "" {
		return
	}
	if level == 1 && p.firstHeading(1) == nil && c.region() > 0 && p.holdsPage(text) {
		for _, open := range c.regions {
			p.regions[open.index].itself = true
		}
	}
	p.headings = append(p.headings, heading{text: text, level: level, pos: c.pos, region: c.region()})
}

// entry keeps a heading of the third level that says that it is the title of an entry, as those of Blogger do:
// the first level is the weblog there.
func (c *collector) entry(n *xhtml.Node) {
	if p := c.page; len(p.entries) < maxHeadings && hasWord(classOf(n), "entry-title") && !p.unrelated(c.region()) {
		p.entries = append(p.entries, textOf(n))
	}
}

// holdsPage says whether a heading inside a part that looks unrelated is the page's own all the same:
// the page's title contains it.
func (p *page) holdsPage(heading string) bool {
	return len(heading) > 8 && strings.Contains(p.titleTag, heading)
}

// text takes a text node: as a sample of the language, and as a place of a date or a name.
func (c *collector) text(n *xhtml.Node) {
	s := n.Data
	p := c.page
	region := c.region()
	if len(s) >= 25 && p.sample.Len() < maxSample && !p.unrelated(region) {
		if p.sample.Len() == 0 {
			p.sample.Grow(maxSample + 1)
		}
		p.sample.WriteString(s[:min(len(s), maxSample-p.sample.Len())])
		p.sample.WriteByte(' ')
	}
	m := mark{node: n, hint: c.hint(), pos: c.pos, region: region}
	if len(p.bylike) < maxMarks && len(s) < 120 && !p.unrelated(region) && c.afterHeading() && (startsByline(s) || labelsNext(n) || labelInside(s) > 0 || startsByline(afterYear(s))) {
		p.bylike = append(p.bylike, m)
	}
	if len(s) < 4 || len(s) > 400 {
		return
	}
	if len(p.labels) < maxLabels && isAuthorLabel(s) && (!p.unrelated(region) || p.regions[region].aside) {
		p.labels = append(p.labels, m)
	}
	if len(p.dated) < maxMarks && (hasYear(s) || m.hint&hintDate != 0 && isShortDate(s)) && (!p.unrelated(region) || p.regions[region].footer) {
		p.dated = append(p.dated, m)
	}
	if len(p.panel) < maxPanel && p.unrelated(region) && p.regions[region].aside && hasYear(s) {
		p.panel = append(p.panel, m)
	}
}

// afterHeading says whether the last heading is so near that a byline can follow.
func (c *collector) afterHeading() bool {
	k := len(c.page.headings)
	return k > 0 && c.pos-c.page.headings[k-1].pos < 120
}

// hasYear says whether s holds four digits that can be a year of the last century or this one. It looks
// at every fourth byte where there are no digits.
func hasYear(s string) bool {
	for end := 3; end < len(s); end++ {
		if !digit(s[end]) {
			end += 3 // no year has that byte in it
			continue
		}
		i := end - 3
		if (s[i] == '1' && s[i+1] == '9' || s[i] == '2' && s[i+1] == '0') && digit(s[i+2]) {
			return true
		}
	}
	return false
}

// isShortDate says whether s is little more than a date like 04.06.09, as it is written where dots are usual.
func isShortDate(s string) bool {
	return len(s) < 30 && strings.Count(s, ".") >= 2 && strings.IndexFunc(s, unicode.IsDigit) >= 0
}

// afterYear is what follows the year of a date at the begin of s: "November 5, 2019 by Ann Other".
func afterYear(s string) string {
	i := strings.Index(s, ", 20")
	if i < 0 || i > 24 || len(s) < i+len(", 2006") {
		return ""
	}
	return strings.TrimLeft(s[i+len(", 2006"):], " |·•,–—-")
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// hasWord says whether a list parted by spaces has that word, in any case.
func hasWord(list, word string) bool {
	if len(list) < len(word) {
		return false
	}
	for w := range strings.FieldsSeq(list) {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

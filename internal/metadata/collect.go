package metadata

import (
	"strings"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// collector walks a tree once, without recursion, and fills a page.
type collector struct {
	page *page
	// regions, hints and scopes are the open elements of each sort, innermost last.
	regions []openedRegion
	hints   []openHint
	scopes  []openScope
	pos     int
	things  int
}

type openedRegion struct {
	node  *xhtml.Node
	index int
}

type openHint struct {
	node *xhtml.Node
	hint hint
}

// collect reads the tree below top; of more than maxNodes nodes it reads the first ones.
func collect(top *xhtml.Node) *page {
	p := &page{regions: make([]region, 1, 32)}
	p.meta.values = make(map[string][]metaValue, 64)
	if top == nil {
		return p
	}
	c := &collector{page: p}
	for n := top; n != nil && c.pos < maxNodes; {
		c.pos++
		if c.enter(n) && n.FirstChild != nil {
			n = n.FirstChild
			continue
		}
		n = c.next(n, top)
	}
	return p
}

// next leaves n, and every parent that ends with it, and returns the node that follows; or nil.
func (c *collector) next(n, top *xhtml.Node) *xhtml.Node {
	for n != nil {
		c.leave(n)
		if n == top {
			return nil
		}
		if n.NextSibling != nil {
			return n.NextSibling
		}
		n = n.Parent
	}
	return nil
}

func (c *collector) leave(n *xhtml.Node) {
	if n.Type != xhtml.ElementNode {
		return
	}
	if k := len(c.regions); k > 0 && c.regions[k-1].node == n {
		c.regions = c.regions[:k-1]
	}
	if k := len(c.hints); k > 0 && c.hints[k-1].node == n {
		c.hints = c.hints[:k-1]
	}
	if k := len(c.scopes); k > 0 && c.scopes[k-1].node == n {
		c.scopes = c.scopes[:k-1]
	}
}

// region is the index of the innermost unrelated region; 0 is the page itself.
func (c *collector) region() int {
	if k := len(c.regions); k > 0 {
		return c.regions[k-1].index
	}
	return 0
}

// hint is what the open elements of one text give away about it.
func (c *collector) hint() hint {
	if k := len(c.hints); k > 0 {
		return c.hints[k-1].hint
	}
	return 0
}

// enter takes what n itself has to say, and reports whether to look below it.
func (c *collector) enter(n *xhtml.Node) bool {
	switch n.Type {
	case xhtml.TextNode:
		c.text(n)
		return false
	case xhtml.DocumentNode:
		return true
	case xhtml.ElementNode:
	default:
		return false
	}
	a := attributesOf(n)
	switch n.DataAtom {
	case atom.Meta:
		c.metaTag(&a)
	case atom.Link:
		c.linkTag(&a, false)
	case atom.Base:
		if c.page.base == "" {
			c.page.base = a.href
		}
	case atom.Html:
		c.page.lang = firstOf(c.page.lang, a.lang)
	case atom.Body:
		c.page.bodyLang = firstOf(c.page.bodyLang, a.lang)
	case atom.Title:
		if n.Namespace == "" && c.page.titleTag == "" {
			c.page.titleTag = textOf(n)
		}
		return false
	case atom.Script:
		c.script(n, a.kind)
	}
	c.openRegion(n, &a)
	c.structured(n, &a)
	c.marks(n, &a)
	return !opaque(n)
}

// openRegion opens an unrelated region where n begins one.
func (c *collector) openRegion(n *xhtml.Node, a *attributes) {
	switch n.DataAtom {
	case atom.Html, atom.Head, atom.Body, atom.Main, atom.Form, atom.A, atom.Time, atom.Meta, atom.Link:
		return
	}
	nav := n.DataAtom == atom.Nav || n.DataAtom == atom.Aside
	footer := n.DataAtom == atom.Footer || a.role == "contentinfo" || a.id == "footer"
	if !nav && !footer && a.hint&hintUnrelated == 0 {
		return
	}
	if len(c.page.regions) >= maxRegions {
		return
	}
	c.page.regions = append(c.page.regions, region{footer: footer, aside: n.DataAtom == atom.Aside || a.hint&hintAside != 0})
	c.regions = append(c.regions, openedRegion{n, len(c.page.regions) - 1})
}

// metaTag keeps a <meta>. One with itemprop belongs to the item around it, unless it names itself too.
func (c *collector) metaTag(a *attributes) {
	p := c.page
	p.meta.add(a.property, a.content, true)
	p.meta.add(a.name, a.content, false)
	if a.httpEquiv != "" {
		p.meta.add("http-equiv:"+a.httpEquiv, a.content, false)
	}
}

func (c *collector) linkTag(a *attributes, anchor bool) {
	if a.rel == "" && !anchor || a.href == "" || len(a.href) > maxAddress || len(c.page.links) >= maxLinks {
		return
	}
	l := link{rel: strings.ToLower(a.rel), href: a.href, hreflang: a.hreflang, media: a.media, anchor: anchor}
	c.page.links = append(c.page.links, l)
}

// script keeps JSON-LD. A script's content is one text node.
func (c *collector) script(n *xhtml.Node, kind string) {
	if len(c.page.scripts) >= maxScripts || n.FirstChild == nil || !strings.Contains(strings.ToLower(kind), "ld+json") {
		return
	}
	if text := n.FirstChild.Data; len(text) <= maxScript {
		c.page.scripts = append(c.page.scripts, text)
	}
}

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
	if a.content != "" && hasWord(a.property, "dc:date") && len(p.dated) < maxMarks { // as Drupal 7 writes it
		m.content, m.hint = a.content, hintDate|hintPublished
		p.dated = append(p.dated, m)
	}
}

// authorAddress says whether a link leads to the page of an author.
func authorAddress(href string) bool {
	href = href[:min(len(href), 200)]
	for _, part := range []string{"/author", "/auteur", "/autor", "author=", "/journalist", "/by/", "/contributor"} {
		if strings.Contains(href, part) {
			return true
		}
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
		p.sample.WriteString(s[:min(len(s), maxSample-p.sample.Len())])
		p.sample.WriteByte(' ')
	}
	if len(s) < 4 || len(s) > 400 {
		return
	}
	m := mark{node: n, hint: c.hint(), pos: c.pos, region: region}
	if len(p.dated) < maxMarks && hasYear(s) && (!p.unrelated(region) || p.regions[region].footer) {
		p.dated = append(p.dated, m)
	}
	if len(p.bylike) < maxMarks && len(s) < 120 && c.afterHeading() && !p.unrelated(region) && startsByline(s) {
		p.bylike = append(p.bylike, m)
	}
}

// afterHeading says whether the last heading is so near that a byline can follow.
func (c *collector) afterHeading() bool {
	k := len(c.page.headings)
	return k > 0 && c.pos-c.page.headings[k-1].pos < 120
}

// hasYear says whether s holds four digits that can be a year of the last century or this one.
func hasYear(s string) bool {
	for i := 0; i+4 <= len(s); i++ {
		if (s[i] == '1' && s[i+1] == '9' || s[i] == '2' && s[i+1] == '0') && digit(s[i+2]) && digit(s[i+3]) {
			return true
		}
	}
	return false
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

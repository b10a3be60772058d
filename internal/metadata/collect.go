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
	// scriptBytes is how much JSON-LD was kept.
	scriptBytes int
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
	if strings.EqualFold(a.name, "parsely-page") {
		p.meta.parsely(a.content)
	}
	if a.httpEquiv != "" {
		p.meta.add("http-equiv:"+a.httpEquiv, a.content, false)
	}
}

func (c *collector) linkTag(a *attributes, anchor bool) {
	if a.rel == "" && !anchor || len(a.rel) > maxName || a.href == "" || len(a.href) > maxAddress || len(c.page.links) >= maxLinks {
		return
	}
	l := link{rel: strings.ToLower(a.rel), href: a.href, hreflang: a.hreflang, anchor: anchor}
	c.page.links = append(c.page.links, l)
}

// script keeps JSON-LD. A script's content is one text node.
func (c *collector) script(n *xhtml.Node, kind string) {
	if len(c.page.scripts) >= maxScripts || n.FirstChild == nil || !strings.Contains(strings.ToLower(kind), "ld+json") {
		return
	}
	if text := n.FirstChild.Data; c.scriptBytes+len(text) <= maxScript {
		c.scriptBytes += len(text)
		c.page.scripts = append(c.page.scripts, text)
	}
}

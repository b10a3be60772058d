package metadata

import (
	"strings"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// openScope is an item of microdata or RDFa whose element is open.
type openScope struct {
	node *xhtml.Node
	item *thing
}

// structured takes the microdata and RDFa Lite of one element into the item around it.
func (c *collector) structured(n *xhtml.Node, a *attributes) {
	var parent *thing
	if k := len(c.scopes); k > 0 {
		parent = c.scopes[k-1].item
	}
	if a.itemprop == "" && !a.itemscope && a.typeof == "" && (parent == nil || a.property == "") {
		return
	}
	names, syntax := a.itemprop, "microdata"
	if names == "" && !a.itemscope {
		names, syntax = a.property, "rdfa"
	}
	if a.itemscope || a.typeof != "" {
		c.open(n, a, parent, names, syntax)
		return
	}
	if parent == nil {
		parent = c.loose()
	}
	text, read := "", false
	for name := range strings.FieldsSeq(names) {
		if name = schemaName(name); !wanted(name) {
			continue
		}
		if !read {
			text, read = valueOf(n, a), true
		}
		if text != "" {
			parent.add(prop{name: name, text: text})
		}
	}
}

// open begins an item, as a value of the item around it or as one of its own.
func (c *collector) open(n *xhtml.Node, a *attributes, parent *thing, names, syntax string) {
	if c.things >= maxThings {
		return
	}
	c.things++
	t := &thing{syntax: syntax, region: c.region()}
	for kind := range strings.FieldsSeq(firstOf(a.itemtype, a.typeof)) {
		t.add(prop{name: "@type", text: kind})
	}
	if id := firstOf(a.itemid, a.resource); id != "" {
		t.add(prop{name: "@id", text: id})
	}
	nested := false
	for name := range strings.FieldsSeq(names) {
		if parent != nil {
			parent.add(prop{name: schemaName(name), item: t})
			nested = true
		}
	}
	if !nested {
		c.page.items = append(c.page.items, t)
	}
	if n.FirstChild != nil {
		c.scopes = append(c.scopes, openScope{n, t})
	}
	if nested && n.DataAtom != atom.Meta { // <span itemprop="author" itemscope>Ann Other</span>
		t.add(prop{name: "@text", text: shortText(n)})
	}
}

// loose is the item for properties outside of any: many templates forget itemscope.
func (c *collector) loose() *thing {
	if c.page.loose == nil {
		c.page.loose = &thing{syntax: "microdata", region: c.region()}
	}
	return c.page.loose
}

// valueOf is the value of a property as HTML 5.2.4 defines it.
func valueOf(n *xhtml.Node, a *attributes) string {
	switch {
	case a.content != "":
		return a.content
	case a.datetime != "":
		return a.datetime
	}
	switch n.DataAtom {
	case atom.Link:
		return a.href
	case atom.Img, atom.Source, atom.Meta:
		return ""
	}
	return textOf(n)
}

// shortText is the text of an element that can be a name, else nothing.
func shortText(n *xhtml.Node) string {
	if s := beginsOf(n, 120); len(s) <= 120 {
		return s
	}
	return ""
}

// wanted says whether a property of schema.org or of JSON-LD can fill a field. All others are passed
// over unread: the whole text of an article may stand in one.
func wanted(name string) bool {
	switch name {
	case "@type", "type", "@id", "@graph", "@value", "headline", "name", "author", "creator", "publisher",
		"datePublished", "dateCreated", "dateModified", "uploadDate", "inLanguage", "description", "abstract", "url",
		"mainEntityOfPage", "mainEntity", "identifier", "sameAs", "isbn", "value", "propertyID", "provider",
		"sourceOrganization", "givenName", "familyName", "legalName", "isPartOf", "doi":
		return true
	}
	return false
}

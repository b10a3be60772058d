package citation

import (
	"encoding/xml"
	"strings"

	"golang.org/x/net/html/atom"

	ibid "github.com/ibid-archive/ibid"
)

// docBook reads a document in DocBook 4 or 5 (docbook.org/specs): its text with its notes and bibliographies. Listings are not read.
type docBook struct {
	c     *collector
	depth int
	// info says that what the document says about itself is being read.
	info bool
}

// readDocBook reads a DocBook document.
func readDocBook(c *collector, text string) error {
	d := &docBook{c: c}
	g := &graft{onText: d.text}
	if err := grafted(strings.NewReader(text), g, d.start); err != nil {
		return unreadableIn(c.name, err)
	}
	c.document.Title = folded(c.document.Title)
	return g.read(c)
}

func (d *docBook) text(name, text string) bool {
	if d.info && name == "title" && d.depth <= 1 {
		d.c.document.Title += text
	}
	if d.info && (name == "date" || name == "pubdate") && d.c.document.Date == "" {
		d.c.document.Date = metadataDate(text)
	}
	return d.info
}

// start is the vocabulary of DocBook.
func (d *docBook) start(g *graft, e *xml.StartElement) {
	if strings.HasSuffix(e.Name.Local, "info") {
		d.info = true
		g.onEnd(func() { d.info = false })
		return
	}
	switch e.Name.Local {
	case "programlisting", "screen", "synopsis", "literal", "code", "command", "filename", "computeroutput", "userinput", "equation",
		"inlineequation", "remark", "indexterm", "mediaobject", "inlinemediaobject", "cmdsynopsis", "funcsynopsis", "toc", "index":
		g.drop()
	case "book", "article", "chapter", "section", "sect1", "sect2", "sect3", "sect4", "sect5", "appendix", "preface", "part", "bibliography",
		"bibliodiv", "refsect1", "simplesect", "glossary":
		if d.depth == 0 {
			d.c.document.Language = languageTag(xmlAttr(e, "lang"))
		}
		d.depth++
		g.push(atom.Div)
		g.onEnd(func() { d.depth-- })
	case "title":
		d.title(g)
	case "para", "simpara", "term", "attribution":
		g.push(atom.P)
	case "itemizedlist", "orderedlist", "listitem", "variablelist", "table", "informaltable", "row", "entry", "tr", "td", "blockquote", "note":
		g.push(atom.Div)
	case "footnote":
		g.aside(ibid.Footnote, xmlAttr(e, "label"))
	case "biblioentry", "bibliomixed":
		label := xmlAttr(e, "xreflabel")
		if label == "" {
			label = xmlAttr(e, "id")
		}
		g.entry(ibid.Bibliography, label)
	default:
		d.inline(g, e)
	}
}

// title is a heading, the first that of the document; that of an entry is the title of the work.
func (d *docBook) title(g *graft) {
	if d.info {
		return
	}
	for i := len(g.open) - 2; i >= 0; i-- {
		if name := g.open[i].name; name == "biblioentry" || name == "bibliomixed" {
			g.write(" “")
			g.onEnd(func() { g.write("” ") })
			return
		}
	}
	g.heading(d.depth)
	n := g.at
	if d.c.document.Title == "" {
		g.onEnd(func() {
			g.flush()
			d.c.document.Title = shortText(n)
		})
	}
}

// inline is the part of the vocabulary that stands in paragraphs.
func (d *docBook) inline(g *graft, e *xml.StartElement) {
	if href := xmlAttr(e, "href"); href != "" && e.Name.Local != "include" { // every element of a paragraph can be a link (DocBook 5.0, 4.2)
		g.push(atom.A, attr("href", href))
		return
	}
	switch e.Name.Local {
	case "ulink":
		g.push(atom.A, attr("href", xmlAttr(e, "url")))
	case "superscript":
		g.push(atom.Sup)
	case "emphasis", "citetitle":
		g.push(atom.I)
	case "biblioid":
		if xmlAttr(e, "class") == "doi" {
			g.write(" doi:")
		}
	case "xref", "footnoteref":
		g.drop()
	}
}

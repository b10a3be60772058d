package citation

import (
	"bytes"
	"encoding/xml"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	ibid "github.com/ibid-archive/ibid"
)

// odt reads a text document in OpenDocument (ISO/IEC 26300, OpenDocument 1.3 part 3): the text with its notes, but neither what is
// recorded as deleted, nor remarks, nor the table of contents.
type odt struct {
	c *collector
	g *graft
	// styles are what is known of the styles by their names.
	styles map[string]odtStyle
	style  string     // whose properties are being read
	label  *html.Node // the note whose mark is being read
}

// odtStyle is what matters of a style.
type odtStyle struct {
	raised, italic, hidden bool
	// named is its own name, or that of the style it derives from.
	named string
}

// readODT reads an ODT file.
func readODT(c *collector, body []byte) error {
	p, content, err := openODF(body)
	if err != nil {
		return unreadableIn(c.name, err)
	}
	o := &odt{c: c, styles: make(map[string]odtStyle)}
	for _, name := range []string{"meta.xml", "styles.xml"} { // what they lack is not needed
		_ = grafted(bytes.NewReader(p.optional(name)), &graft{onText: o.property}, o.head) //nolint:errcheck // as said
	}
	return o.read(content)
}

// openODF opens a document in OpenDocument that is a ZIP file, and reads what it says (OpenDocument 1.3, part 2, 3).
func openODF(body []byte) (p *parts, content []byte, err error) {
	if p, err = openParts(body); err != nil {
		return p, nil, err
	}
	if bytes.Contains(p.optional("META-INF/manifest.xml"), []byte("encryption-data")) {
		return p, nil, errEncrypted
	}
	content, err = p.read("content.xml")
	return p, content, err
}

// readFlatODT reads a text document in OpenDocument that is one XML file.
func readFlatODT(c *collector, text string) error {
	o := &odt{c: c, styles: make(map[string]odtStyle)}
	return o.read([]byte(text))
}

func (o *odt) read(content []byte) error {
	o.g = &graft{onText: o.property}
	if err := grafted(bytes.NewReader(content), o.g, o.start); err != nil {
		return unreadableIn(o.c.name, err)
	}
	return o.g.read(o.c)
}

// property takes the text of the properties of the document, and of the marks of notes.
func (o *odt) property(name, text string) bool {
	switch name {
	case "title":
		if o.c.document.Title == "" {
			o.c.document.Title = folded(text)
		}
	case "language":
		o.c.document.Language = languageTag(text)
	case "creation-date":
		o.c.document.Date = propertyDate(text)
	case "note-citation":
		if o.label != nil {
			o.label.Attr = append(o.label.Attr, attr("value", strings.TrimSpace(text)))
		}
	case "office", "document-meta", "document-styles", "styles", "style", "meta", "generator", "initial-creator", "creator":
	default:
		return false
	}
	return true
}

// head reads the styles.
func (o *odt) head(g *graft, e *xml.StartElement) {
	switch e.Name.Local {
	case "style":
		o.style = xmlAttr(e, "name")
		named := o.styles[xmlAttr(e, "parent-style-name")]
		if named.named == "" {
			named.named = xmlAttr(e, "parent-style-name")
		}
		if named.named == "" || e.Name.Space == "" {
			named.named = o.style
		}
		o.styles[o.style] = named
	case "text-properties":
		o.textProperties(e)
	case "list-style", "default-style", "page-layout":
		g.drop()
	}
}

func (o *odt) textProperties(e *xml.StartElement) {
	s := o.styles[o.style]
	if position := xmlAttr(e, "text-position"); position != "" {
		s.raised = strings.HasPrefix(position, "super") || position[0] >= '1' && position[0] <= '9'
	}
	if slant := xmlAttr(e, "font-style"); slant != "" {
		s.italic = slant == "italic"
	}
	s.hidden = xmlAttr(e, "display") == "none"
	o.styles[o.style] = s
}

// start is the vocabulary of the text.
func (o *odt) start(g *graft, e *xml.StartElement) {
	switch e.Name.Local {
	case "tracked-changes", "annotation", "table-of-content", "alphabetical-index", "illustration-index", "table-index", "object-index",
		"scripts", "forms", "master-styles", "font-face-decls", "settings", "binary-data", "sequence-decls", "hidden-text", "ruby-text":
		g.drop()
	case "note":
		kind := ibid.Footnote
		if xmlAttr(e, "note-class") == "endnote" {
			kind = ibid.Endnote
		}
		g.aside(kind, "")
		g.at.Attr = g.at.Attr[:1]
		outer := o.label
		o.label = g.at
		g.onEnd(func() { o.label = outer })
	case "text-box":
		g.aside("", "")
	case "h":
		g.heading(max(1, atoi(xmlAttr(e, "outline-level"))))
	case "p":
		o.paragraph(g, e)
	case "list", "section", "table", "table-row", "bibliography", "index-body":
		g.push(atom.Div)
	case "list-item", "table-cell":
		g.push(atom.Div)
	default:
		o.inline(g, e)
	}
}

func (o *odt) paragraph(g *graft, e *xml.StartElement) {
	name := o.styles[xmlAttr(e, "style-name")].named
	if name == "" {
		name = xmlAttr(e, "style-name")
	}
	p := g.push(atom.P)
	switch {
	case strings.HasPrefix(name, "Bibliography_20_") && !strings.HasSuffix(name, "Heading"):
		p.Attr = append(p.Attr, attr("role", noteRoles[ibid.Bibliography]))
	case name == "Title":
		g.onEnd(func() {
			g.flush()
			if title := shortText(p); title != "" {
				o.c.document.Title = folded(title)
			}
		})
	default:
		g.onEnd(func() {
			g.flush()
			if sectionKind(shortText(p)) != "" {
				retag(p, 2)
			}
		})
	}
}

// inline is the part of the vocabulary that stands in paragraphs.
func (o *odt) inline(g *graft, e *xml.StartElement) {
	switch e.Name.Local {
	case "a":
		if href := xmlAttr(e, "href"); href != "" && !strings.HasPrefix(href, "#") {
			g.push(atom.A, attr("href", href), attr("title", xmlAttr(e, "title")))
		}
	case "span":
		o.span(g, o.styles[xmlAttr(e, "style-name")])
	case "s", "tab":
		g.write(" ")
	case "line-break":
		g.put(atom.Br)
	case "bibliography-mark":
		o.cite(g, record{title: xmlAttr(e, "title"), addresses: []string{xmlAttr(e, "url")}})
	case "reference-mark", "reference-mark-start":
		if name := xmlAttr(e, "name"); strings.Contains(name, "CSL_CITATION") {
			for _, r := range cslCitation(name) {
				o.cite(g, r)
			}
		}
	default:
		o.head(g, e)
	}
}

func (o *odt) span(g *graft, s odtStyle) {
	switch {
	case s.hidden:
		g.drop()
	case s.raised:
		g.push(atom.Sup)
	case s.italic:
		g.push(atom.I)
	}
}

// cite writes the addresses of a source that is cited here, as links without a text.
func (o *odt) cite(g *graft, r record) {
	for _, a := range o.c.recordAddresses(r) {
		g.put(atom.A, attr("href", a.URI), attr("title", r.title))
	}
}

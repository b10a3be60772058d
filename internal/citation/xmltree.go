package citation

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	ibid "github.com/ibid-archive/ibid"
)

const (
	// maxDepth bounds how deep elements of XML may stand in one another, maxNodes how many elements are made of one document.
	maxDepth = 1000
	maxNodes = 1 << 20
)

// vocabulary reads the start of an element of an XML language and says what it is in HTML, by the methods of the graft.
type vocabulary func(g *graft, e *xml.StartElement)

// graft builds a page out of the elements of another XML language, so that one reader serves them all.
type graft struct {
	root, at *html.Node
	// open are the elements of XML that are open.
	open []opened
	// text is what was written since the last element began or ended.
	text strings.Builder
	// textIn is the only element whose text counts, where there is one.
	textIn string
	// onText takes the text of an element; it says whether that was all there is to do with it.
	onText func(name, text string) bool
	nodes  int
	notes  int
	// lastAside is the last passage that was put after a block.
	lastAside struct{ block, aside *html.Node }
	err       error
}

// opened is an element of XML that is open: what was current before it, and what to do at its end.
type opened struct {
	name    string
	before  *html.Node
	dropped bool
	end     func()
}

// grafted reads XML into a page.
func grafted(r io.Reader, g *graft, start vocabulary) error {
	if g.root == nil {
		g.root = element(atom.Div)
	}
	g.at = g.root
	dec := newXMLDecoder(r)
	for g.err == nil {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("its XML is damaged: %w", err)
		}
		g.token(token, start)
	}
	g.flush()
	return g.err
}

// newXMLDecoder reads XML as it is met with: unknown entities stay as they are, external ones are never read.
func newXMLDecoder(r io.Reader) *xml.Decoder {
	dec := xml.NewDecoder(r)
	dec.Strict = false
	dec.Entity = xml.HTMLEntity
	dec.CharsetReader = charset.NewReaderLabel
	return dec
}

func (g *graft) token(token xml.Token, start vocabulary) {
	switch t := token.(type) {
	case xml.StartElement:
		g.start(&t, start)
	case xml.EndElement:
		g.end()
	case xml.CharData:
		g.chars(t)
	}
}

func (g *graft) start(t *xml.StartElement, start vocabulary) {
	if len(g.open) >= maxDepth || g.nodes >= maxNodes {
		g.err = errors.New("its XML has too many elements, or too deep ones")
		return
	}
	dropped := len(g.open) > 0 && g.open[len(g.open)-1].dropped
	g.open = append(g.open, opened{name: t.Name.Local, before: g.at, dropped: dropped})
	if !dropped {
		start(g, t)
	}
}

func (g *graft) end() {
	n := len(g.open) - 1
	if n < 0 {
		return
	}
	top := g.open[n]
	if top.end != nil {
		top.end()
	}
	if g.at != top.before {
		g.flush()
		g.at = top.before
	}
	g.open = g.open[:n]
}

func (g *graft) chars(text []byte) {
	n := len(g.open) - 1
	if n < 0 || g.open[n].dropped {
		return
	}
	name := g.open[n].name
	if g.onText != nil && g.onText(name, string(text)) || g.textIn != "" && name != g.textIn {
		return
	}
	g.text.Write(text)
}

// write writes text.
func (g *graft) write(text string) { g.text.WriteString(text) }

// flush makes a node of the text that was written.
func (g *graft) flush() {
	if g.text.Len() > 0 {
		g.at.AppendChild(&html.Node{Type: html.TextNode, Data: g.text.String()})
		g.text.Reset()
		g.nodes++
	}
}

// drop leaves out the element that has just begun, with all that is in it.
func (g *graft) drop() { g.open[len(g.open)-1].dropped = true }

// onEnd calls end where the element ends that has just begun.
func (g *graft) onEnd(end func()) { g.open[len(g.open)-1].end = end }

// push opens an element of HTML until the element of XML ends that has just begun.
func (g *graft) push(a atom.Atom, attributes ...html.Attribute) *html.Node {
	g.flush()
	n := element(a, attributes...)
	g.at.AppendChild(n)
	g.at = n
	g.nodes++
	return n
}

// put writes an element of HTML that is empty.
func (g *graft) put(a atom.Atom, attributes ...html.Attribute) {
	g.flush()
	g.at.AppendChild(element(a, attributes...))
	g.nodes++
}

// aside opens a passage that is not part of the block in which it stands, but comes after it: a note, a text box.
func (g *graft) aside(kind ibid.LocatorKind, label string) {
	g.flush()
	block := g.at
	for block.Parent != nil && block.Parent != g.root && !asideParent[block.Parent.DataAtom] {
		block = block.Parent
	}
	note := element(atom.Div)
	inner := note
	if role := noteRoles[kind]; role != "" {
		if g.notes++; label == "" {
			label = decimal(g.notes)
		}
		note = element(atom.Ol)
		inner = element(atom.Li, attr("role", role), attr("value", label))
		note.AppendChild(inner)
	}
	if block.Parent == nil {
		block.AppendChild(note)
	} else {
		after := block
		if last := g.lastAside; last.block == block {
			after = last.aside
		}
		block.Parent.InsertBefore(note, after.NextSibling)
	}
	g.lastAside.block, g.lastAside.aside = block, note
	g.at = inner
	g.nodes += 2
}

// asideParent are the elements in which a passage of its own may stand.
var asideParent = map[atom.Atom]bool{atom.Div: true, atom.Section: true, atom.Td: true, atom.Li: true, atom.Blockquote: true}

// noteRoles are the roles by which the reader of pages knows notes and entries (DPUB-ARIA 1.1).
var noteRoles = map[ibid.LocatorKind]string{
	ibid.Footnote: "doc-footnote", ibid.Endnote: "doc-endnote", ibid.Bibliography: "doc-biblioentry",
}

// entry opens an entry of a reference list, or a note, where it stands.
func (g *graft) entry(kind ibid.LocatorKind, label string) {
	g.push(atom.Ol)
	g.push(atom.Li, attr("role", noteRoles[kind]), attr("value", label))
}

func element(a atom.Atom, attributes ...html.Attribute) *html.Node {
	return &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String(), Attr: attributes}
}

func attr(key, value string) html.Attribute { return html.Attribute{Key: key, Val: value} }

// heading opens a heading of a level from 1.
func (g *graft) heading(level int) {
	levels := []atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}
	g.push(levels[min(max(level, 1), len(levels))-1])
}

// read hands the page that was built to the reader of pages.
func (g *graft) read(c *collector) error {
	p := &page{c: c, inContent: true}
	p.block(g.root, place{})
	return c.err
}

// xmlAttr is the value of the attribute of that local name; empty if there is none.
func xmlAttr(e *xml.StartElement, local string) string {
	for i := range e.Attr {
		if e.Attr[i].Name.Local == local {
			return e.Attr[i].Value
		}
	}
	return ""
}

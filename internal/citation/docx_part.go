package citation

import (
	"encoding/xml"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/ibid-archive/ibid"
)

// docxPart builds the page of one part.
type docxPart struct {
	*docx

	g     *graft
	kind  ibid.LocatorKind
	links map[string]string
	// paragraph is the one that is open, fields are the fields that are, innermost last.
	paragraph *html.Node
	fields    []*docxField
	// raised, italic and hidden are of the current run.
	raised, italic, hidden bool
	// noted are the notes by their ids.
	noted map[string]*html.Node
}

// start is the vocabulary of WordprocessingML.
func (w *docxPart) start(g *graft, e *xml.StartElement) {
	switch e.Name.Local {
	case "del", "moveFrom", "Fallback", "rPrChange", "pPrChange", "sectPr", "ruby", "sdtPr", "numPr":
		g.drop()
	case "tbl":
		g.push(atom.Div)
	case "tr":
		g.push(atom.Div)
	case "tc":
		g.push(atom.Div)
	case "p":
		w.startParagraph()
	case "pStyle":
		w.style(w.styles[xmlAttr(e, "val")])
	case "outlineLvl":
		if level := xmlAttr(e, "val"); w.paragraph != nil && digits(level) == 1 && level < "6" {
			retag(w.paragraph, atoi(level)+1)
		}
	case "txbxContent":
		outer := w.paragraph
		g.aside("", "")
		g.onEnd(func() { w.paragraph = outer })
	case "footnote", "endnote":
		w.note(e)
	case "footnoteReference":
		w.notes[ibid.Footnote] = append(w.notes[ibid.Footnote], xmlAttr(e, "id"))
	case "endnoteReference":
		w.notes[ibid.Endnote] = append(w.notes[ibid.Endnote], xmlAttr(e, "id"))
	default:
		w.inline(g, e)
	}
}

// inline is the part of the vocabulary that stands in paragraphs.
func (w *docxPart) inline(g *graft, e *xml.StartElement) {
	switch e.Name.Local {
	case "r":
		w.raised, w.italic, w.hidden = false, false, false
	case "vertAlign":
		w.raised = xmlAttr(e, "val") == "superscript"
	case "i":
		w.italic = isOn(e)
	case "vanish", "webHidden":
		w.hidden = isOn(e)
	case "t":
		w.startText(g)
	case "tab", "ptab":
		g.write(" ")
	case "br", "cr":
		g.put(atom.Br)
	case "noBreakHyphen":
		g.write("-")
	case "hyperlink":
		w.hyperlink(g, e)
	case "hlinkClick":
		if href := w.links[xmlAttr(e, "id")]; href != "" {
			g.put(atom.A, attr("href", href))
		}
	case "fldSimple":
		f := &docxField{}
		f.instruction.WriteString(xmlAttr(e, "instr"))
		w.open(f)
		g.onEnd(func() { w.close(f) })
	case "fldChar":
		w.fieldChar(xmlAttr(e, "fldCharType"))
	}
}

// isOn reads a property that is on unless its value says otherwise (ECMA-376, part 1, 17.17.4).
func isOn(e *xml.StartElement) bool {
	switch xmlAttr(e, "val") {
	case "0", "false", "off":
		return false
	}
	return true
}

func (w *docxPart) startText(g *graft) {
	switch {
	case w.hidden || w.inInstruction():
		g.drop()
	case w.raised:
		g.push(atom.Sup)
	case w.italic:
		g.push(atom.I)
	}
}

// startParagraph opens a paragraph. One that is all a name for a list of references is its heading, styled or not.
func (w *docxPart) startParagraph() {
	p := w.g.push(atom.P)
	w.paragraph = p
	w.g.onEnd(func() {
		w.g.flush()
		w.paragraph = nil
		if p.DataAtom == atom.P && w.kind == "" && sectionKind(shortText(p)) != "" {
			retag(p, 2)
		}
	})
}

// shortText is the text of a node, if it is short.
func shortText(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node) bool
	walk = func(n *html.Node) bool {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			if b.Len() > 120 || !walk(child) {
				return false
			}
		}
		return b.Len() <= 120
	}
	if !walk(n) {
		return ""
	}
	return b.String()
}

// retag makes a heading of a paragraph.
func retag(n *html.Node, level int) {
	n.DataAtom = []atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}[min(max(level, 1), 6)-1]
	n.Data = n.DataAtom.String()
}

// style makes of the open paragraph what the name of its style says.
func (w *docxPart) style(name string) {
	if w.paragraph == nil {
		return
	}
	level, heading := strings.CutPrefix(name, "heading ")
	switch {
	case heading && digits(level) == 1:
		retag(w.paragraph, atoi(level))
	case name == "title" && w.kind == "":
		retag(w.paragraph, 1)
		w.titled(w.paragraph)
	case name == "bibliography":
		w.paragraph.Attr = append(w.paragraph.Attr, attr("role", noteRoles[ibid.Bibliography]))
	}
}

// titled takes the paragraph of the style "Title" for the title of the document, when it is whole.
func (w *docxPart) titled(p *html.Node) {
	for i := len(w.g.open) - 1; i >= 0; i-- {
		if w.g.open[i].name != "p" {
			continue
		}
		end := w.g.open[i].end
		w.g.open[i].end = func() {
			end()
			if title := shortText(p); title != "" {
				w.c.document.Title = title
			}
		}
		return
	}
}

func (w *docxPart) hyperlink(g *graft, e *xml.StartElement) {
	href := w.links[xmlAttr(e, "id")]
	if fragment := xmlAttr(e, "anchor"); fragment != "" && href != "" && !strings.Contains(href, "#") {
		href += "#" + fragment
	}
	if href != "" {
		g.push(atom.A, attr("href", href), attr("title", xmlAttr(e, "tooltip")))
	}
}

// note opens a note; those that only hold a line between text and notes are none.
func (w *docxPart) note(e *xml.StartElement) {
	if t := xmlAttr(e, "type"); t != "" && t != "normal" || w.kind == "" {
		w.g.drop()
		return
	}
	w.g.entry(w.kind, "")
	if w.noted == nil {
		w.noted = make(map[string]*html.Node)
	}
	w.noted[xmlAttr(e, "id")] = w.g.at
}

// inOrder numbers the notes by their marks in the text, and puts them in that order. One without a mark is deleted.
func (w *docxPart) inOrder() {
	if w.kind == "" {
		return
	}
	root := element(atom.Div)
	for i, id := range slices.Compact(w.notes[w.kind]) {
		li := w.noted[id]
		if li == nil || li.Parent.Parent == nil {
			continue
		}
		li.Attr = []html.Attribute{attr("role", noteRoles[w.kind]), attr("value", strconv.Itoa(i+1))}
		li.Parent.Parent.RemoveChild(li.Parent)
		root.AppendChild(li.Parent)
	}
	w.g.root = root
}

package citation

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	ibid "github.com/ibid-archive/ibid"
)

// page goes over the tree of a page, or of a piece of HTML in a Markdown document, in reading order.
type page struct {
	c       *collector
	b       passageBuilder
	section section
	// inContent is set inside main and article, wiki on a MediaWiki page, showPre where <pre> is running text.
	inContent, wiki, showPre bool
	// pending is the label that stood alone in a cell or term: it belongs to the next.
	pending string
	// line is where the piece begins in a Markdown document; 0 for a page.
	line int
}

// block walks the children of n as blocks of their own at place at.
func (p *page) block(n *html.Node, at place) {
	p.begin(at)
	p.children(n, at)
	p.flush()
	p.begin(at)
}

// begin begins a passage at place at. A link that was opened before it goes on in it.
func (p *page) begin(at place) {
	opened := p.b.opened
	p.b = passageBuilder{passage: passage{kind: at.kind, label: at.label, line: p.line}, opened: opened}
}

// flush ends the current passage. A link that has no text yet is left open: its text stands in the next block.
func (p *page) flush() {
	carried := link{}
	if opened := p.b.opened; opened.uri != "" && len(bytes.TrimSpace(p.b.buf[opened.start:])) == 0 {
		carried, p.b.opened = opened, link{}
		carried.span = span{}
	}
	text, ok := p.b.finish()
	p.b = passageBuilder{passage: passage{kind: text.kind, line: p.line}, opened: carried}
	if !ok {
		return
	}
	if p.pending != "" {
		text.label, p.pending = p.pending, ""
		if text.kind == "" {
			text.kind = ibid.Bibliography
		}
	}
	text.labelAhead()
	p.c.add(text)
}

func (p *page) children(n *html.Node, at place) {
	for child := n.FirstChild; child != nil && p.c.err == nil; child = child.NextSibling {
		p.node(child, at)
	}
}

func (p *page) node(n *html.Node, at place) {
	switch n.Type {
	case html.TextNode:
		p.text(n.Data)
	case html.ElementNode:
		p.element(n, at)
	}
}

func (p *page) text(s string) {
	if !p.showPre {
		p.b.writeFolded(s)
		return
	}
	for i, paragraph := range strings.Split(s, "\n\n") {
		if i > 0 {
			p.flush()
		}
		p.b.write(paragraph)
	}
}

func (p *page) element(n *html.Node, at place) {
	if p.excluded(n) {
		if p.wiki && !p.wikiFrame(n) { // the links to other sites in a navigation box are content
			p.flush()
			p.block(n, place{})
		}
		return
	}
	switch n.DataAtom {
	case atom.A:
		p.anchor(n, at)
	case atom.Sup:
		start := len(p.b.buf)
		p.children(n, at)
		p.b.raise(min(start, len(p.b.buf)))
	case atom.Code, atom.Kbd, atom.Samp, atom.Pre:
		p.code(n, at)
	case atom.Br:
		p.b.write("\n")
	case atom.I, atom.Em, atom.Cite:
		p.italic(n, at)
	case atom.Area:
		p.named(n, "href", at)
	case atom.Q:
		p.named(n, "cite", at)
		p.b.write("“")
		p.children(n, at)
		p.b.write("”")
	case atom.Img:
		p.image(n)
	default:
		p.structure(n, at)
	}
}

// wikiFrame says whether an element of a wiki's content is only there to edit it or to find one's way in it.
func (p *page) wikiFrame(n *html.Node) bool {
	class := attribute(n, "class")
	return navigation[n.DataAtom] || strings.Contains(class, "mw-") || class == "toc"
}

// structure walks an element that makes a block, or only holds others.
func (p *page) structure(n *html.Node, at place) {
	switch n.DataAtom {
	case atom.Span, atom.B, atom.Strong, atom.Small, atom.Font, atom.U, atom.S, atom.Sub, atom.Abbr, atom.Time, atom.Tt, atom.Mark, atom.Bdi, atom.Wbr:
		if n.DataAtom != atom.Span || at.kind != "" || noteKind(n) != ibid.Footnote {
			p.children(n, at)
			return
		}
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		p.heading(n)
		return
	}
	p.flush()
	at = p.placeOf(n, at)
	content := p.inContent
	p.inContent = content || n.DataAtom == atom.Article || n.DataAtom == atom.Main
	if n.DataAtom == atom.Blockquote {
		p.named(n, "cite", at)
	}
	p.block(n, at)
	p.inContent = content
	if n.DataAtom == atom.Td || n.DataAtom == atom.Dt {
		p.takeLabel(n)
	}
}

// takeLabel keeps the label that is all that stands in a cell or a term: "[12]".
func (p *page) takeLabel(n *html.Node) {
	text := ""
	for child := n.FirstChild; child != nil && child.NextSibling == nil; child = child.FirstChild {
		if child.Type == html.TextNode {
			text = strings.TrimSpace(child.Data)
		}
	}
	if inside, ok := strings.CutPrefix(text, "["); ok && len(text) < 24 && strings.HasSuffix(inside, "]") {
		p.pending = strings.TrimSuffix(inside, "]")
	}
}

// placeOf is the place of what stands in n, which stands at place at.
func (p *page) placeOf(n *html.Node, at place) place {
	if kind := noteKind(n); kind != "" {
		if at.kind == "" || at.kind == ibid.Bibliography {
			at.kind = kind
		}
		if n.DataAtom != atom.Li {
			return at
		}
	}
	if at.kind == "" && p.section.kind != "" && (n.DataAtom == atom.Li || n.DataAtom == atom.P || n.DataAtom == atom.Dd) {
		at.kind = p.section.kind
	}
	if n.DataAtom == atom.Li && at.kind != "" {
		at.label = ordinal(n)
	}
	return at
}

// ordinal is the number of an item in an ordered list; empty in any other. It counts from the item before, so that
// a list of n items costs n.
func ordinal(li *html.Node) string {
	if li.Parent == nil || li.Parent.DataAtom != atom.Ol {
		return ""
	}
	if value := attribute(li, "value"); value != "" {
		return value
	}
	previous := li.PrevSibling
	for previous != nil && previous.DataAtom != atom.Li {
		previous = previous.PrevSibling
	}
	number := atoi(attribute(li.Parent, "start"))
	if previous != nil {
		number = atoi(attribute(previous, "value")) + 1
	} else if attribute(li.Parent, "start") == "" {
		number = 1
	}
	value := strconv.Itoa(number)
	li.Attr = append(li.Attr, html.Attribute{Key: "value", Val: value})
	return value
}

func (p *page) heading(n *html.Node) {
	p.flush()
	p.begin(place{})
	p.children(n, place{})
	p.section.heading(string(p.b.buf), int(n.Data[1]-'0'))
	p.flush()
}

func (p *page) code(n *html.Node, at place) {
	if n.DataAtom == atom.Pre {
		p.flush()
		p.begin(at)
	}
	start := len(p.b.buf)
	p.children(n, at)
	if end := len(p.b.buf); !p.showPre && end > start {
		p.b.hidden = append(p.b.hidden, span{start, end})
	}
	if n.DataAtom == atom.Pre {
		p.flush()
		p.begin(at)
	}
}

// italic walks what is set off as a title; a <cite> with a class is a whole entry.
func (p *page) italic(n *html.Node, at place) {
	start := len(p.b.buf)
	p.children(n, at)
	if end := len(p.b.buf); end > start && (n.DataAtom != atom.Cite || attribute(n, "class") == "") {
		p.b.italics = append(p.b.italics, span{start, end})
	}
}

// image gives a link that has no text the name of its picture.
func (p *page) image(n *html.Node) {
	if alt := attribute(n, "alt"); p.b.opened.uri != "" && p.b.opened.title == "" {
		p.b.opened.title = alt
	}
}

// named adds what an attribute without a text of its own leads to: the source of a quotation, an area of a picture.
func (p *page) named(n *html.Node, key string, at place) {
	cited := attribute(n, key)
	if uri := p.c.resolve(cited); uri != "" {
		p.c.add(passage{kind: at.kind, label: at.label, line: p.line, links: []link{{cited: cited, uri: uri}}})
	}
}

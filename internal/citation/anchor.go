package citation

import (
	"strings"

	"golang.org/x/net/html"
)

// anchor walks a link. One that leads nowhere outside the document is text; if it is the mark of a note, it is taken out.
func (p *page) anchor(n *html.Node, at place) {
	href := attribute(n, "href")
	uri := p.c.resolve(href)
	if uri != "" && !p.counts(n, uri) {
		uri = ""
	}
	start := len(p.b.buf)
	if uri == "" {
		p.children(n, at)
		if strings.HasPrefix(href, "#") || p.c.base != nil && strings.Contains(href, "#") {
			p.b.mark(min(start, len(p.b.buf)))
		}
		return
	}
	p.b.openLink(href, uri, attribute(n, "title"))
	p.children(n, at)
	p.b.closeLink()
}

// counts says whether a link is content. A wiki marks those to other sites; its own are its cross references, its editing
// and its frame.
func (p *page) counts(n *html.Node, uri string) bool {
	if !p.wiki {
		return true
	}
	if strings.Contains(uri, "action=edit") || p.c.base != nil && strings.Contains(uri, "://"+p.c.base.Host+"/") {
		return false
	}
	for class := range strings.FieldsSeq(attribute(n, "class")) {
		if class == "external" {
			return true
		}
	}
	return false
}

// mark takes out the text from start on, if it only leads to a note or back from it.
func (b *passageBuilder) mark(start int) {
	text := strings.TrimSpace(string(b.buf[start:]))
	switch text {
	case "":
	case "^", "↑", "↩", "↩︎", "⤴", "↵", "Jump up", "Jump up ^", "Back", "back":
		b.cut(start)
	default:
		b.raise(start)
	}
}

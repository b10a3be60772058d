package linkhealth

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds on what one page is read for.
const (
	maxNodes   = 300_000
	maxTitle   = 300
	maxSources = 60
	maxInline  = 16 << 10 // bytes of scripts
	maxAddress = 2000
	// fewWords: with fewer the frame of a page is looked at again.
	fewWords = 25
)

// scan is what one pass over a tree has collected.
type scan struct {
	w                              *writer
	title, heading, lang, siteName string
	canonical, refresh, bodyClass  string
	// sources are the addresses that scripts, frames, forms and refreshes name, and inline the beginnings of scripts.
	sources []string
	inline  strings.Builder
	scripts, pictures, frames,
	forms, passwords int
	framed bool // something was left out as the frame of the page
}

func rootOf(doc *goquery.Document) *html.Node {
	if doc == nil || doc.Selection == nil || len(doc.Nodes) == 0 {
		return nil
	}
	return doc.Nodes[0]
}

// scanPage reads a tree of size bytes. A page of which hardly any text is left is read again with less taken for its frame.
func scanPage(root *html.Node, size int64) *scan {
	room := roomFor(size)
	for how := byName; ; how++ {
		s := &scan{w: &writer{waiting: room}}
		s.walk(root, how)
		s.w.menu.end(s.w)
		if how == noFrame || !s.framed || s.w.half >= 2*fewWords {
			return s
		}
	}
}

// walk goes through the nodes in document order. It keeps no stack: a tree can be as deep as it has nodes.
func (s *scan) walk(root *html.Node, how int) {
	var link *html.Node // the link at hand
	left := maxNodes
	for n := root; n != nil && left > 0; left-- {
		down := n.FirstChild
		switch n.Type {
		case html.TextNode:
			s.w.write(n.Data)
		case html.ElementNode:
			if !s.element(n, how) {
				down = nil
			} else if n.DataAtom == atom.A {
				link = n
				s.w.menu.begin(s.w)
			}
		}
		if down != nil {
			n = down
			continue
		}
		for n != root && n.NextSibling == nil && n.Parent != nil {
			if n == link {
				s.w.menu.inLink, link = false, nil
			}
			n = n.Parent
		}
		if n == link {
			s.w.menu.inLink, link = false, nil
		}
		if n == root {
			return
		}
		n = n.NextSibling
	}
}

// element takes what n says itself, and says whether what is below it is text of the page.
func (s *scan) element(n *html.Node, how int) bool {
	if n.Namespace != "" {
		return false
	}
	switch n.DataAtom {
	case atom.Html:
		s.lang = attr(n, "lang")
	case atom.Head:
		s.head(n)
		return false
	case atom.Body:
		s.bodyClass = attr(n, "class") + " " + attr(n, "id")
	case atom.Script:
		s.script(n)
		return false
	case atom.Title:
		s.titled(n)
		return false
	case atom.Style, atom.Noscript, atom.Template, atom.Object, atom.Select, atom.Textarea, atom.Svg, atom.Math, atom.Button, atom.Noframes:
		return false
	case atom.Iframe, atom.Frame, atom.Embed:
		s.frames++
		s.source(attr(n, "src"))
		return false
	case atom.Img, atom.Video, atom.Audio, atom.Canvas, atom.Picture:
		s.pictures++
		return n.DataAtom == atom.Picture
	case atom.Meta, atom.Link:
		s.meta(n)
		return false
	case atom.Input:
		if attr(n, "type") == "password" {
			s.passwords++
		}
		return false
	case atom.H1, atom.H2:
		if s.heading == "" {
			s.heading = textOf(n)
		}
	case atom.Form:
		s.forms++
		s.source(attr(n, "action"))
	}
	if framing(n, how) {
		s.framed = true
		return false
	}
	return true
}

func (s *scan) titled(n *html.Node) {
	if s.title == "" {
		s.title = textOf(n)
	}
}

func (s *scan) source(address string) {
	if address != "" && len(s.sources) < maxSources {
		s.sources = append(s.sources, clip(address, maxAddress))
	}
}

func (s *scan) script(n *html.Node) {
	s.scripts++
	s.source(attr(n, "src"))
	if c := n.FirstChild; c != nil && s.inline.Len() < maxInline {
		s.inline.WriteString(clip(c.Data, maxInline-s.inline.Len()))
		s.inline.WriteByte('\n')
	}
}

func attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
	}
	return ""
}

// textOf returns the beginning of the text below n, for a title or a heading.
func textOf(n *html.Node) string {
	var b strings.Builder
	for c, left := following(n, n, true), 50; c != nil && left > 0 && b.Len() < 2*maxTitle; c, left = following(c, n, true), left-1 {
		if c.Type == html.TextNode {
			b.WriteString(clip(c.Data, 2*maxTitle))
			b.WriteByte(' ')
		}
	}
	return tidy(b.String(), maxTitle)
}

// following returns the node after n in document order, inside root; or nil. What is below n is passed over unless down
// is true.
func following(n, root *html.Node, down bool) *html.Node {
	if down && n.FirstChild != nil {
		return n.FirstChild
	}
	for n != nil && n != root {
		if n.NextSibling != nil {
			return n.NextSibling
		}
		n = n.Parent
	}
	return nil
}

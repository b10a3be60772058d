package library

import (
	"strings"

	xhtml "golang.org/x/net/html"
)

// write adds text to the anchor that is open, else to the line. In preformatted text each line is one.
func (t *tree) write(s string) {
	if t.anchor != nil {
		if t.seen.Len() < maxAnchor {
			t.seen.WriteString(clip(s, maxAnchor))
		}
		return
	}
	if t.pre == 0 {
		t.append(s)
		return
	}
	for i, part := range strings.Split(clip(s, maxNodes), "\n") {
		if i > 0 {
			t.end(nil)
		}
		t.append(part)
	}
}

func (t *tree) append(s string) {
	if room := maxLine - t.length; room > 0 {
		s = clip(s, room)
		t.length += len(s)
		t.text.WriteString(s)
	}
}

// flush makes a segment of the text up to here.
func (t *tree) flush() {
	if s := squeeze(t.text.String()); s != "" {
		t.line.segments = append(t.line.segments, segment{text: s})
	}
	t.text.Reset()
}

func (t *tree) openAnchor(n *xhtml.Node) {
	href := attribute(n, "href")
	if href == "" || t.anchor != nil {
		return
	}
	t.flush()
	t.begin(n)
	t.holder = n
	t.anchor = &anchor{
		href: href, title: squeeze(clip(attribute(n, "title"), maxAnchor)), rel: strings.ToLower(clip(attribute(n, "rel"), 100)),
		hreflang: attribute(n, "hreflang"),
	}
	if n.Data == "area" {
		t.seen.WriteString(clip(attribute(n, "alt"), maxAnchor))
	}
	if t.row != nil {
		t.anchor.column = t.columns[tableOf(t.row)][t.column]
	}
}

func (t *tree) closeAnchor() {
	if t.anchor == nil {
		return
	}
	t.anchor.text = squeeze(t.seen.String())
	t.seen.Reset()
	t.line.segments = append(t.line.segments, segment{anchor: t.anchor})
	t.anchor, t.holder = nil, nil
}

// end ends the line, and the heading that it is. An anchor around blocks stays open; what it said so far is of one line.
func (t *tree) end(at *xhtml.Node) {
	if t.anchor != nil && at != nil {
		t.seen.WriteByte(' ')
		return
	}
	t.closeAnchor()
	t.flush()
	if len(t.line.segments) > 0 {
		l := t.line
		l.heading = t.heading
		t.emit(&l)
	}
	t.line, t.length, t.heading = line{}, 0, 0
}

// begin notes where the line begins that n is the first content of.
func (t *tree) begin(n *xhtml.Node) {
	if t.line.block != nil || n.Type == xhtml.TextNode && strings.TrimSpace(clip(n.Data, maxLine)) == "" {
		return
	}
	for i := 0; n != nil && i < 20; i++ {
		if n = n.Parent; n != nil && blocks[n.Data] {
			t.line.block = n
			return
		}
	}
}

// continues says whether a line that begins in block can go on with what a line in before said: both stand in one element close
// around the earlier one. The foot of a page does not go on with its last document.
func continues(before, block *xhtml.Node) bool {
	if before == nil || block == nil {
		return false
	}
	around := before
	for level := 0; level <= 2 && around != nil; level++ {
		if level == 2 && (around.Data == "body" || around.Data == "main" || around.Data == "td" || around.Data == "section") {
			return false
		}
		n := block
		for i := 0; n != nil && i < 6; i++ {
			if n == around {
				return true
			}
			if n.Data == "footer" || n.Data == "nav" || n.Data == "header" {
				return false
			}
			n = n.Parent
		}
		around = around.Parent
	}
	return false
}

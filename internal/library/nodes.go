package library

import (
	"strings"

	xhtml "golang.org/x/net/html"
)

func tableOf(n *xhtml.Node) *xhtml.Node {
	for i := 0; n != nil && n.Data != "table" && i < 5; i++ {
		n = n.Parent
	}
	return n
}

// oneDocument says whether a row of a table may speak of one document: no rows in it, no headings, and at most two links that
// are neither languages nor downloads. The rows of tables that only lay out a page are not such.
func oneDocument(row *xhtml.Node) bool {
	titles, length := 0, 0
	for n := next(row, row, true); n != nil; {
		down := true
		switch {
		case n.Type == xhtml.TextNode:
			if length += len(n.Data); length > maxLine {
				return false
			}
		case n.Type != xhtml.ElementNode || skipped[n.Data]:
			down = false
		case n.Data == "tr" || n.Data == "h1" || n.Data == "h2" || n.Data == "form":
			return false
		case n.Data == "a":
			if !readMark(textOf(n)).plain {
				titles++
			}
			if down = false; titles > 2 {
				return false
			}
		}
		n = next(n, row, down)
	}
	return true
}

// next is the node after n in document order, within root; down says whether to look into n.
func next(n, root *xhtml.Node, down bool) *xhtml.Node {
	if down && n.FirstChild != nil {
		return n.FirstChild
	}
	for n != root && n != nil {
		if n.NextSibling != nil {
			return n.NextSibling
		}
		n = n.Parent
	}
	return nil
}

// textOf is the text in n, clipped.
func textOf(n *xhtml.Node) string {
	var b strings.Builder
	for c := next(n, n, true); c != nil && b.Len() < maxAnchor; c = next(c, n, true) {
		if c.Type == xhtml.TextNode {
			b.WriteString(clip(c.Data, maxAnchor))
		}
	}
	return squeeze(b.String())
}

func attribute(n *xhtml.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

package metadata

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// clean makes s safe and plain: valid UTF-8, white space folded, no control characters, no
// bidirectional embeddings or overrides (they reorder the text around them), at most limit bytes.
func clean(s string, limit int) string {
	return fold(s[:min(len(s), 8*limit)], limit)
}

// fold is clean for a text that is not much longer than the limit.
func fold(s string, limit int) string {
	if plain(s) && len(s) <= limit {
		return s
	}
	var b strings.Builder
	b.Grow(min(len(s), limit+utf8.UTFMax))
	space := false
	for _, r := range s {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			space = true
			continue
		}
		if invisible(r) {
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		if b.Len()+utf8.RuneLen(r) > limit {
			break
		}
		b.WriteRune(r) // an invalid byte is U+FFFD here
	}
	return strings.TrimRight(b.String(), " ")
}

// plain says whether s is ASCII with nothing to clean: the usual case, spared the copy.
func plain(s string) bool {
	space := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7f || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return !space || s == ""
}

// invisible says whether r shows nothing of itself. The joiners (U+200C, U+200D) and the plain marks
// of direction (U+200E, U+200F) are part of ordinary Persian, Hebrew and Arabic, and stay.
func invisible(r rune) bool {
	switch {
	case r == 0xAD, r == 0x200B, r == 0xFEFF, r == 0x2060:
		return true
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return true
	case r >= 0xE000 && r <= 0xF8FF, r >= 0xE0000 && r <= 0xE007F:
		return true
	}
	return false
}

// cleanMarkup is clean for values that writers of pages escape twice ("&amp;eacute;") or fill with
// the tags of a title in print ("<i>Drosophila</i>").
func cleanMarkup(s string, limit int) string {
	if strings.Contains(s, "&") && strings.Contains(s, ";") {
		s = html.UnescapeString(s[:min(len(s), 8*limit)])
	}
	if strings.Contains(s, "<") {
		s = withoutTags(s[:min(len(s), 8*limit)])
	}
	return clean(s, limit)
}

// withoutTags takes the tags of running text out of s and leaves every other "<" as it stands.
func withoutTags(s string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "<")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, rest, closed := strings.Cut(after, ">")
		if closed && inlineTag(name) {
			s = rest
			if blockTag(name) {
				b.WriteByte(' ')
			}
			continue
		}
		b.WriteByte('<')
		s = after
	}
}

func tagName(tag string) string {
	name, _, _ := strings.Cut(strings.Trim(tag, "/ "), " ")
	return strings.ToLower(strings.TrimPrefix(name, "jats:"))
}

func blockTag(tag string) bool {
	name := tagName(tag)
	return name == "br" || name == "p" || name == "div"
}

func inlineTag(tag string) bool {
	if len(tag) > 200 {
		return false
	}
	switch tagName(tag) {
	case "a", "b", "i", "em", "strong", "sub", "sup", "span", "u", "small", "italic", "bold", "sc", "title",
		"br", "p", "div", "abstract", "sec", "font", "tt", "code":
		return true
	}
	return false
}

// Bounds on the reading of one element's text.
const (
	maxTextNodes = 400
	maxTextBytes = 2000
)

// textOf returns the text below n, cleaned; scripts, styles and hidden SVG titles are not text, nor is
// what is repeated for those who listen. It looks at no more than maxTextNodes nodes.
func textOf(n *xhtml.Node) string { return clean(textBelow(n), maxTextBytes) }

// beginsOf is textOf for those who want no text longer than limit bytes: of a longer one it returns its
// beginning, which is longer than limit.
func beginsOf(n *xhtml.Node, limit int) string { return fold(textBelow(n), limit+2*utf8.UTFMax) }

func textBelow(n *xhtml.Node) string {
	var b strings.Builder
	nodes := 0
	for c := n.FirstChild; c != nil && nodes < maxTextNodes && b.Len() < maxTextBytes; nodes++ {
		switch c.Type {
		case xhtml.TextNode:
			b.WriteString(c.Data[:min(len(c.Data), maxTextBytes)])
		case xhtml.ElementNode:
			if heard(c) {
				if repeats(b.String(), c) {
					c = following(c, n)
					continue
				}
				b.WriteByte(' ')
			} else if breaks(c.DataAtom) {
				b.WriteByte(' ')
			}
		}
		if c.FirstChild != nil && !opaque(c) {
			c = c.FirstChild
			continue
		}
		c = following(c, n)
	}
	return b.String()
}

// heard says whether an element is only for those who listen to a page, or only for those who see it, by
// the class names of the usual systems and by WAI-ARIA: the other half of such a pair stands beside it.
func heard(n *xhtml.Node) bool {
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "aria-hidden":
			return true
		case "class":
			for _, part := range []string{"sr-only", "screen-reader", "visually-hidden", "visuallyhidden", "element-invisible", "-for-sr"} {
				if strings.Contains(a.Val[:min(len(a.Val), maxClass)], part) {
					return true
				}
			}
		}
	}
	return false
}

// repeats says whether the text of n is what was read right before it.
func repeats(before string, n *xhtml.Node) bool {
	if n.FirstChild == nil || n.FirstChild.Type != xhtml.TextNode {
		return false
	}
	text := strings.TrimSpace(n.FirstChild.Data)
	return text != "" && strings.HasSuffix(strings.TrimRight(before, " \t\r\n"), text)
}

// following returns the node after c and its subtree in document order, inside top; or nil.
func following(c, top *xhtml.Node) *xhtml.Node {
	for c != nil && c != top {
		if c.NextSibling != nil {
			return c.NextSibling
		}
		c = c.Parent
	}
	return nil
}

// opaque says whether what is below n is not text of the page.
func opaque(n *xhtml.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Iframe, atom.Object, atom.Select:
		return true
	}
	return n.Namespace != ""
}

// breaks says whether an element parts the words before and after it.
func breaks(a atom.Atom) bool {
	switch a {
	case atom.Br, atom.P, atom.Div, atom.Li, atom.Td, atom.Tr, atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3, atom.Img, atom.Time:
		return true
	}
	return false
}

package library

import (
	"strconv"
	"strings"

	xhtml "golang.org/x/net/html"
)

// Bounds on what is read of one tree, in nodes and bytes.
const (
	maxNodes  = 300_000
	maxLine   = 3000
	maxAnchor = 1000
	maxCells  = 200
)

// anchor is a link with what is seen of it.
type anchor struct {
	href, text, title, hreflang, rel string
	// column is the language that the head of its column names, or "".
	column string
}

// segment is a run of text, or an anchor.
type segment struct {
	text   string
	anchor *anchor
}

// line is what stands between two breaks: a paragraph, an item of a list, a row of a table.
type line struct {
	segments []segment
	// heading is 1 to 6 in a heading, else 0.
	heading int
	// cells counts the cells of a row of a table; 0 elsewhere.
	cells int
	// block is the element that its first content stands in: a paragraph, an item, a heading.
	block *xhtml.Node
}

// text is what is seen of the line, its anchors included.
func (l *line) text() string {
	var b strings.Builder
	for _, s := range l.segments {
		if s.anchor != nil {
			b.WriteString(s.anchor.text)
		}
		b.WriteString(s.text)
		b.WriteByte(' ')
	}
	return squeeze(b.String())
}

// tree cuts a page into lines. It walks without recursion: trees can be deep.
type tree struct {
	emit func(*line)
	// head is told of what stands in no line: <base>, <link>, <html lang>, <title>, frames.
	head func(*xhtml.Node)

	line    line
	length  int
	text    strings.Builder
	anchor  *anchor
	holder  *xhtml.Node // the element of anchor
	seen    strings.Builder
	row     *xhtml.Node // the row that is one line, or nil
	column  int
	heading int
	pre     int
	columns map[*xhtml.Node]map[int]string // languages by column, by table
}

func (t *tree) walk(root *xhtml.Node) {
	t.columns = make(map[*xhtml.Node]map[int]string)
	n, count := root, 0
	for n != nil {
		down := false
		if count++; count <= maxNodes {
			down = t.enter(n)
		}
		if down && n.FirstChild != nil {
			n = n.FirstChild
			continue
		}
		for {
			t.leave(n)
			if n == root {
				t.end(nil)
				return
			}
			if n.NextSibling != nil && count <= maxNodes {
				n = n.NextSibling
				break
			}
			if n = n.Parent; n == nil {
				t.end(nil)
				return
			}
		}
	}
}

var (
	skipped = set("script style noscript template select textarea svg math object")
	blocks  = set(`address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption figure footer form
		h1 h2 h3 h4 h5 h6 header hr li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul caption`)
)

// enter begins n and says whether to look into it.
func (t *tree) enter(n *xhtml.Node) bool {
	switch n.Type {
	case xhtml.TextNode:
		t.begin(n)
		t.write(mend(n.Data))
		return false
	case xhtml.CommentNode, xhtml.DoctypeNode:
		return false
	case xhtml.ElementNode:
	default:
		return true
	}
	if skipped[n.Data] {
		return false
	}
	if blocks[n.Data] {
		t.block(n)
	}
	switch n.Data {
	case "html", "base", "link", "title", "frame", "iframe":
		t.head(n)
		return n.Data == "html"
	case "a", "area":
		t.openAnchor(n)
	case "img", "input":
		if alt := squeeze(attribute(n, "alt")); alt != "" && t.anchor != nil {
			t.write(" " + clip(alt, 200) + " ")
		}
	}
	return true
}

func (t *tree) leave(n *xhtml.Node) {
	if n == t.holder {
		t.closeAnchor()
	}
	if n.Type != xhtml.ElementNode || skipped[n.Data] || !blocks[n.Data] {
		return
	}
	switch n.Data {
	case "pre":
		t.pre--
	case "td", "th":
		t.leaveCell(n)
	}
	if t.row == nil || n == t.row {
		t.end(n)
	}
	if n == t.row {
		t.row = nil
	}
}

// block ends the line before n, unless n stands in a row that is one line.
func (t *tree) block(n *xhtml.Node) {
	if t.row != nil {
		if n.Data == "td" || n.Data == "th" {
			t.line.cells++
		}
		t.write(" ")
		return
	}
	t.end(n)
	switch n.Data {
	case "tr":
		if oneDocument(n) {
			t.row, t.column = n, 0
		}
	case "pre":
		t.pre++
	case "h1", "h2", "h3", "h4", "h5", "h6":
		t.heading = int(n.Data[1] - '0')
	}
}

// leaveCell notes the language that a cell in the head of a table names, and counts columns.
func (t *tree) leaveCell(n *xhtml.Node) {
	if t.row == nil || n.Parent != t.row {
		return
	}
	if m := readMark(t.text.String()); t.anchor == nil && m.plain && len(m.languages) == 1 && t.headRow() {
		table := tableOf(n)
		if t.columns[table] == nil {
			t.columns[table] = make(map[int]string)
		}
		t.columns[table][t.column] = m.languages[0]
	}
	span, err := strconv.Atoi(attribute(n, "colspan"))
	if err != nil || span < 1 {
		span = 1
	}
	t.column = min(t.column+span, maxCells)
	t.flush()
}

// headRow says whether there is no link in the row up to here.
func (t *tree) headRow() bool {
	for _, s := range t.line.segments {
		if s.anchor != nil {
			return false
		}
	}
	return true
}

package citation

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"

	ibid "github.com/ibid-archive/ibid"
)

// markdown reads one Markdown document.
type markdown struct {
	c       *collector
	parser  parser.Parser
	source  []byte
	lines   lineIndex
	section section
	// defined are the definitions of link references, used the addresses that links lead to.
	defined []*ast.LinkReferenceDefinition
	used    map[string]bool
	buf     []byte // of one block after the other
	// titleRank is the rank of what the title was taken from; 0 is nothing.
	titleRank int
	// directives is how many directives are open.
	directives int
}

// metadataRank is the rank of a title that a metadata block gives: above any heading.
const metadataRank = 7

// readMarkdown reads CommonMark with the extensions of GitHub, footnotes and metadata blocks.
func readMarkdown(c *collector, source string) error {
	body, skipped := readFrontMatter(c, source)
	newMarkdown(c).read(body, skipped)
	c.resolveKeys()
	return c.err
}

// newMarkdown begins a document, whose metadata has been read.
func newMarkdown(c *collector) *markdown {
	m := &markdown{c: c, parser: markdownParser(), used: make(map[string]bool)}
	if c.document.Title != "" {
		m.titleRank = metadataRank
	}
	return m
}

// read reads the text of a document, or of a part of it that is set on its own; skipped are the lines before it.
func (m *markdown) read(body string, skipped int) {
	ready := prepare(body, skipped)
	m.source, m.lines, m.defined = []byte(ready.text), newLineIndex(ready, skipped), nil
	m.blocks(m.parser.Parse(text.NewReader(m.source)), place{})
	m.unused()
	for _, line := range ready.long {
		m.c.add(line)
	}
}

// markdownParser is GFM without its own finding of addresses, which is done here on the text of each block, and with
// footnotes of which none is dropped: goldmark drops those that are not cited, and the second of a label.
func markdownParser() parser.Parser {
	return goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList),
		goldmark.WithParserOptions(
			parser.WithBlockParsers(util.Prioritized(extension.NewFootnoteBlockParser(), 999)),
			parser.WithInlineParsers(
				util.Prioritized(noteMarkParser{}, 101), util.Prioritized(bareAddressParser{}, 99),
			),
		),
	).Parser()
}

// blocks walks the blocks below n, which stand at place at.
func (m *markdown) blocks(n ast.Node, at place) {
	for child := n.FirstChild(); child != nil && m.c.err == nil; child = child.NextSibling() {
		m.block(child, at)
	}
}

func (m *markdown) block(n ast.Node, at place) {
	switch n := n.(type) {
	case *ast.Heading:
		m.heading(n)
	case *ast.Paragraph, *ast.TextBlock, *extast.TableRow, *extast.TableHeader:
		if at.kind == "" {
			at.kind = m.section.kind
		}
		m.passage(n, at)
	case *ast.ListItem:
		m.blocks(n, m.itemPlace(n, at))
	case *extast.Footnote:
		m.blocks(n, place{kind: ibid.Footnote, label: string(n.Ref)})
	case *ast.HTMLBlock:
		m.htmlBlock(n, at)
	case *ast.FencedCodeBlock:
		if bytes.Equal(n.Language(m.source), []byte("csl-json")) {
			m.c.readCSL(blockText(n, m.source), at, m.lines.of(blockStart(n)))
		} else if n.Info != nil {
			m.directive(n)
		}
	case *ast.LinkReferenceDefinition:
		m.defined = append(m.defined, n)
	case *ast.CodeBlock, *ast.ThematicBreak:
	default:
		m.blocks(n, at)
	}
}

func (m *markdown) heading(n *ast.Heading) {
	p, ok := m.build(n, place{})
	if !ok {
		return
	}
	m.section.heading(p.text, n.Level)
	m.title(p.text, 7-n.Level)
	m.c.add(p)
}

// title takes text for the title of the document if nothing of that rank or a higher one was before it: the first heading of the
// highest level, or else the first paragraph that is all bold.
func (m *markdown) title(text string, rank int) {
	if rank > m.titleRank {
		m.c.document.Title, m.titleRank = text, rank
	}
}

// allBold says whether strong emphasis is all that a paragraph holds.
func allBold(n ast.Node) bool {
	strong, ok := n.FirstChild().(*ast.Emphasis)
	return ok && strong.Level == 2 && strong.NextSibling() == nil
}

// itemPlace is the place of a list item: in a part for references, an entry with its number.
func (m *markdown) itemPlace(n *ast.ListItem, at place) place {
	if at.kind == "" {
		at.kind = m.section.kind
	}
	list, ok := n.Parent().(*ast.List)
	if at.kind == "" || !ok || !list.IsOrdered() || at.kind == ibid.Footnote && at.label != "" {
		return at
	}
	// The number as printed stands before the item's text; items are counted by their bytes there.
	at.label = m.printedNumber(n)
	return at
}

// printedNumber is the number that stands in the source before the text of an ordered item.
func (m *markdown) printedNumber(n *ast.ListItem) string {
	first := n.FirstChild()
	if first == nil {
		return ""
	}
	start := blockStart(first)
	begin := bytes.LastIndexByte(m.source[:start], '\n') + 1
	before := strings.TrimLeft(string(m.source[begin:start]), " \t>-*+")
	return before[:digits(before)]
}

func (m *markdown) passage(n ast.Node, at place) {
	if p, ok := m.build(n, at); ok {
		m.c.cite(p.text)
		if allBold(n) {
			m.title(p.text, 1)
		}
		p.labelAhead()
		m.c.add(p)
	}
}

// build puts the inline content of a block together.
func (m *markdown) build(n ast.Node, at place) (passage, bool) {
	b := &passageBuilder{
		passage: passage{kind: at.kind, label: at.label, line: m.lines.of(blockStart(n))}, buf: m.buf[:0],
	}
	in := &inline{m: m, b: b}
	in.children(n)
	m.buf = b.buf
	return b.finish()
}

// htmlBlock reads a block of raw HTML.
func (m *markdown) htmlBlock(n *ast.HTMLBlock, at place) {
	raw := blockText(n, m.source)
	if n.HasClosure() {
		raw += string(n.ClosureLine.Value(m.source))
	}
	if !strings.Contains(raw, "://") && !strings.Contains(raw, "href") && !strings.Contains(raw, "www.") && m.c.base == nil {
		return
	}
	root, err := parsedHTML(raw)
	if err != nil {
		return
	}
	p := &page{c: m.c, section: m.section, inContent: true, line: m.lines.of(blockStart(n))}
	for body := root.FirstChild; body != nil; body = body.NextSibling {
		if body.Type == html.ElementNode {
			p.block(body, at)
		}
	}
	m.section = p.section
}

// unused adds the definitions of link references to which no link leads, also those whose label another has taken: they are cited
// by being listed.
func (m *markdown) unused() {
	for _, d := range m.defined {
		if m.c.err != nil {
			return
		}
		cited := plain(d.Destination)
		uri := m.c.resolve(cited)
		if uri == "" || m.used[uri] {
			continue
		}
		m.c.add(passage{
			kind: ibid.Bibliography, label: string(d.Label), line: m.lines.of(blockStart(d)),
			links: []link{{cited: cited, uri: uri, title: string(d.Title)}},
		})
	}
}

// blockText is the source of a block's lines.
func blockText(n ast.Node, source []byte) string {
	return string(n.Lines().Value(source))
}

// blockStart is the offset in the source of the first line of a block, or of the first block in it that has one.
func blockStart(n ast.Node) int {
	for n != nil && n.Type() != ast.TypeInline {
		if lines := n.Lines(); lines != nil && lines.Len() > 0 {
			return lines.At(0).Start
		}
		n = n.FirstChild()
	}
	return 0
}

package citation

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// inline writes the inline content of one Markdown block into a passage.
type inline struct {
	m *markdown
	b *passageBuilder
	// raised and coded are where the raw <sup> and <code> that are open began, plus 1; 0 if none is.
	raised, coded int
}

func (in *inline) children(n ast.Node) {
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		in.node(child)
	}
}

func (in *inline) node(n ast.Node) {
	b := in.b
	switch n := n.(type) {
	case *ast.Text:
		b.writePlain(n.Segment.Value(in.m.source))
		if n.SoftLineBreak() || n.HardLineBreak() {
			b.write("\n")
		}
	case *ast.String:
		b.writePlain(n.Value)
	case *ast.CodeSpan:
		if in.role(n) {
			return
		}
		start := len(b.buf)
		in.children(n)
		b.hidden = append(b.hidden, span{start, len(b.buf)})
	case *ast.Emphasis:
		start := len(b.buf)
		in.children(n)
		if n.Level == 1 {
			b.italics = append(b.italics, span{start, len(b.buf)})
		}
	case *ast.Link:
		in.link(n)
	case *extast.TableCell:
		if len(b.buf) > 0 {
			b.write(" | ")
		}
		in.children(n)
	case *ast.Image:
		in.image(n)
	case *ast.AutoLink:
		in.autoLink(n)
	case *ast.RawHTML:
		in.raw(n)
	default:
		in.children(n)
	}
}

func (in *inline) link(n *ast.Link) {
	cited := plain(n.Destination)
	uri := in.m.c.resolve(cited)
	if uri == "" {
		in.children(n)
		return
	}
	if n.Reference != nil {
		in.m.used[uri] = true
	}
	in.b.openLink(cited, uri, string(n.Title))
	in.children(n)
	in.b.closeLink()
}

// image writes the text that stands for a picture; its address is not a citation. A link that is only a picture takes its name.
func (in *inline) image(n *ast.Image) {
	start := len(in.b.buf)
	if n.Reference != nil {
		in.m.used[in.m.c.resolve(plain(n.Destination))] = true
	}
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		if t, ok := child.(*ast.Text); ok {
			in.b.writePlain(t.Segment.Value(in.m.source))
		}
	}
	in.b.hidden = append(in.b.hidden, span{start, len(in.b.buf)})
}

func (in *inline) autoLink(n *ast.AutoLink) {
	label := string(n.Label(in.m.source))
	start := len(in.b.buf)
	if uri := in.m.c.resolve(label); n.AutoLinkType == ast.AutoLinkURL && uri != "" {
		in.b.openLink(label, uri, "")
		in.b.write(label)
		in.b.closeLink()
		return
	}
	in.b.write(label)
	if n.AutoLinkType == ast.AutoLinkEmail {
		in.b.hidden = append(in.b.hidden, span{start, len(in.b.buf)})
	}
}

// raw reads the tags of raw HTML in a line: links, raised marks of notes, code and line breaks.
func (in *inline) raw(n *ast.RawHTML) {
	z := html.NewTokenizer(bytes.NewReader(n.Segments.Value(in.m.source)))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return
		}
		switch t := z.Token(); kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			in.open(t)
		case html.EndTagToken:
			in.close(t.DataAtom)
		}
	}
}

func (in *inline) open(t html.Token) {
	switch t.DataAtom {
	case atom.Br:
		in.b.write("\n")
	case atom.Sup:
		in.raised = len(in.b.buf) + 1
	case atom.Code, atom.Kbd, atom.Samp, atom.Pre:
		in.coded = len(in.b.buf) + 1
	case atom.A:
		node := html.Node{Attr: t.Attr}
		href := attribute(&node, "href")
		if uri := in.m.c.resolve(href); uri != "" {
			in.b.openLink(href, uri, attribute(&node, "title"))
		}
	}
}

func (in *inline) close(a atom.Atom) {
	switch a {
	case atom.Sup:
		if in.raised > 0 {
			in.b.raise(min(in.raised-1, len(in.b.buf)))
			in.raised = 0
		}
	case atom.Code, atom.Kbd, atom.Samp, atom.Pre:
		if start := in.coded - 1; start >= 0 && start < len(in.b.buf) {
			in.b.hidden = append(in.b.hidden, span{start, len(in.b.buf)})
			in.coded = 0
		}
	case atom.A:
		in.b.closeLink()
	}
}

// writePlain writes s as plain has it.
func (b *passageBuilder) writePlain(s []byte) {
	if bytes.IndexByte(s, '\\') < 0 && bytes.IndexByte(s, '&') < 0 {
		b.buf = append(b.buf, s...)
		return
	}
	b.write(plain(s))
}

// plain undoes the escapes and the character references of Markdown.
func plain(s []byte) string {
	if bytes.IndexByte(s, '\\') >= 0 {
		s = util.UnescapePunctuations(s)
	}
	if bytes.IndexByte(s, '&') >= 0 {
		// Without its semicolon none is a reference: "?a=1&region=eu" has no sign in it.
		s = util.ResolveNumericReferences(util.ResolveEntityNames(s))
	}
	return string(s)
}

// noteMarkParser takes the marks of notes, "[^1]", out of the text.
type noteMarkParser struct{}

func (noteMarkParser) Trigger() []byte { return []byte{'['} }

func (noteMarkParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if len(line) < 4 || line[1] != '^' {
		return nil
	}
	end := bytes.IndexByte(line[:min(len(line), 80)], ']')
	if end < 3 || bytes.IndexByte(line[:end], ' ') >= 0 {
		return nil
	}
	block.Advance(end + 1)
	return ast.NewString(nil)
}

// bareAddressParser keeps an address that stands bare in the text as it is written, so that its "_", "*" and "~" are not taken
// for emphasis (GFM, 6.9). One that begins right after such a mark is left to the ordinary rules. It looks at the marks that are
// in an address, and back from there, since a look at each space costs as much as all else.
type bareAddressParser struct{}

func (bareAddressParser) Trigger() []byte { return []byte{':', '.'} }

func (bareAddressParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, segment := block.PeekLine()
	before := block.Source()[:segment.Start]
	scheme := bareScheme(before, line)
	if scheme == 0 || pc.IsInLinkLabel() {
		return nil
	}
	start, host := len(before)-scheme, scheme+1
	if line[0] == ':' {
		host = scheme + len("://")
	}
	address := string(block.Source()[start:min(segment.Stop, start+maxAddress)])
	_, end, _ := delimited(address, 0, host)
	if end <= host {
		return nil
	}
	block.Advance(end - scheme)
	return ast.NewRawTextSegment(segment.WithStop(segment.Start + end - scheme))
}

// bareScheme is how much of an address stands before the mark that rest begins with: "https" before "://", "www" before "."; 0 if none
// begins there.
func bareScheme(before, rest []byte) int {
	begins := []string{"www"}
	if rest[0] == ':' {
		if !bytes.HasPrefix(rest, []byte("://")) {
			return 0
		}
		begins = []string{"https", "http", "ftp"}
	}
	for _, begin := range begins {
		i := len(before) - len(begin)
		if i >= 0 && strings.EqualFold(string(before[i:]), begin) && (i == 0 || strings.IndexByte(" \t\n(\"'>|", before[i-1]) >= 0) {
			return len(begin)
		}
	}
	return 0
}

package citation

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// maxDirectives bounds how deep directives may stand in one another: each is read anew.
const maxDirectives = 4

// mystText are the directives of MyST whose content is text; that of others is code, or made by a program.
var mystText = wordSet(`note warning tip important caution attention danger error hint seealso admonition margin sidebar topic epigraph
	pull-quote highlights dropdown card tab-item tab-set grid grid-item grid-item-card figure list-table versionadded versionchanged deprecated`)

// directive reads a directive of MyST, which is written as a block of code: "{note}" before its text.
func (m *markdown) directive(n *ast.FencedCodeBlock) {
	name, argument, ok := strings.Cut(strings.TrimPrefix(string(n.Info.Value(m.source)), "{"), "}")
	switch {
	case !ok || !strings.HasPrefix(string(n.Info.Value(m.source)), "{"):
	case name == "bibliography":
		m.c.citing.bibliographies = append(m.c.citing.bibliographies, strings.Fields(argument)...)
	case mystText[name] && m.directives < maxDirectives && n.Lines().Len() > 0:
		outer := *m
		m.directives++
		m.read(blockText(n, m.source), m.lines.of(blockStart(n))-1)
		m.source, m.lines, m.defined, m.directives = outer.source, outer.lines, outer.defined, outer.directives
	}
}

// role reads a role of MyST, which is written as code after its name: "{cite}`smith2009`". It says whether n is one that is read.
func (in *inline) role(n *ast.CodeSpan) bool {
	b := in.b
	before := string(b.buf[max(0, len(b.buf)-40):])
	open := strings.LastIndexByte(before, '{')
	if open < 0 || !strings.HasSuffix(before, "}") {
		return false
	}
	role, start := before[open+1:len(before)-1], len(b.buf)
	in.children(n)
	inside := string(b.buf[start:])
	b.buf = b.buf[:start]
	if address, label := roleAddress(role, inside); address != "" {
		if label == "" {
			label = inside
		}
		b.buf = b.buf[:start-len(role)-len("{}")]
		b.openLink(address, in.m.c.resolve(address), "")
		b.write(label)
		b.closeLink()
		return true
	}
	return in.m.c.citeRole(role, inside)
}

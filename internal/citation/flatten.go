package citation

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// flattened returns text as HTML without depth: of its elements only those that say where a block, a link, a note or
// code begins and ends, none inside another of its kind. The tokenizer has no stack, so that it can go over what the
// parser refuses.
func flattened(text string) string {
	z := html.NewTokenizer(strings.NewReader(text))
	z.SetMaxBuf(1 << 20)
	var out strings.Builder
	open := make(map[atom.Atom]bool)
	skipping := atom.Atom(0)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.String()
		case html.TextToken:
			if skipping == 0 {
				out.Write(z.Raw())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch {
			case t.DataAtom == atom.Script || t.DataAtom == atom.Style:
				skipping = t.DataAtom
			case flatBlock[t.DataAtom]:
				out.WriteString(closeAll(open))
				out.WriteString(t.String())
			case flatInline[t.DataAtom] && !open[t.DataAtom]:
				open[t.DataAtom] = true
				out.WriteString(t.String())
			default:
				out.WriteByte(' ')
			}
		case html.EndTagToken:
			t := z.Token()
			if t.DataAtom == skipping {
				skipping = 0
			}
			if open[t.DataAtom] {
				delete(open, t.DataAtom)
				out.WriteString(t.String())
			} else if flatBlock[t.DataAtom] && t.DataAtom != atom.Li {
				out.WriteString(closeAll(open) + "<p>")
			}
		}
	}
}

// closeAll closes the inline elements that are open.
func closeAll(open map[atom.Atom]bool) string {
	closing := ""
	for _, a := range []atom.Atom{atom.A, atom.Sup, atom.Code, atom.Title} {
		if open[a] {
			closing += "</" + a.String() + ">"
		}
	}
	clear(open)
	return closing
}

// flatBlock are the elements that begin a new block of a flat page: each closes the one before.
var flatBlock = map[atom.Atom]bool{
	atom.P: true, atom.Li: true, atom.Base: true, atom.Meta: true, atom.Hr: true,
}

// flatInline are the elements that are kept within a block.
var flatInline = map[atom.Atom]bool{atom.A: true, atom.Sup: true, atom.Code: true, atom.Title: true}

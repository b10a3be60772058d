package citation

import (
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// address reads \url: its argument stands in braces, or between two like characters.
func (r *texPassages) address(start int) {
	arg, end, ok := r.group()
	if !ok && r.i < len(r.s) && r.i > start && strings.IndexByte("|!+", r.s[r.i]) >= 0 {
		if n := strings.IndexByte(r.s[r.i+1:min(len(r.s), r.i+maxAddress)], r.s[r.i]); n > 0 {
			arg, end, ok = r.s[r.i+1:r.i+1+n], r.i+n+2, true
		}
	}
	if ok {
		r.i = end
		cited := texAddress(r.expandedAddress(arg))
		r.linked(cited, cited)
	}
}

// linked writes a link.
func (r *texPassages) linked(cited, label string) {
	uri := r.c.resolve(cited)
	if uri == "" {
		uri, _ = repairAddress(cited)
	}
	if uri == "" {
		r.nested(label)
		return
	}
	r.b.openLink(cited, uri, "")
	if label == cited {
		r.b.write(label)
	} else {
		r.nested(label)
	}
	r.b.closeLink()
}

// nested writes the text of an argument: what stands in it is read as the rest.
func (r *texPassages) nested(arg string) {
	if r.depth >= 20 {
		return
	}
	inner := &texPassages{latex: r.latex, s: arg, line: r.lineHere(), b: r.b, at: r.at, depth: r.depth + 1, notes: r.notes}
	opened := r.b.opened
	inner.until("")
	if opened.uri != "" && r.b.opened.uri == "" {
		r.b.opened = link{}
	}
	r.late, r.notes = append(r.late, inner.late...), inner.notes
}

// italic writes what is set off.
func (r *texPassages) italic(text string) {
	from := len(r.b.buf)
	r.nested(text)
	if len(r.b.buf) > from {
		r.b.italics = append(r.b.italics, span{from, len(r.b.buf)})
	}
}

// note reads a note; it comes after the passage that it belongs to.
func (r *texPassages) note(name string) {
	label := r.option()
	if strings.HasPrefix(name, "footcite") {
		r.option()
		r.latex.cite(r.argument())
		return
	}
	r.notes++
	if label == "" {
		label = decimal(r.notes)
	}
	kind := ibid.Footnote
	if name == "endnote" {
		kind = ibid.Endnote
	}
	if r.depth >= 20 {
		return
	}
	b := &passageBuilder{passage: passage{kind: kind, label: label, line: r.lineHere()}}
	inner := &texPassages{latex: r.latex, s: r.argument(), line: r.lineHere(), b: b, at: place{kind: kind, label: label}, depth: r.depth + 1}
	inner.until("")
	if p, ok := b.finish(); ok {
		r.late = append(r.late, p)
	}
	r.late = append(r.late, inner.late...)
}

// heading reads the title of a section.
func (r *texPassages) heading(name, text string) {
	r.restart(place{})
	from := len(r.b.buf)
	r.nested(text)
	r.section.heading(string(r.b.buf[min(from, len(r.b.buf)):]), texLevels[name])
	r.restart(place{kind: r.section.kind})
}

// texLevels are the levels of the headings; those without one are deeper.
var texLevels = map[string]int{"part": 1, "chapter": 2, "section": 3, "subsection": 4, "subsubsection": 5, "paragraph": 6}

// bibItem begins an entry of the reference list.
func (r *texPassages) bibItem() {
	r.option()
	key := r.argument()
	r.listed = true
	r.restart(place{kind: ibid.Bibliography, label: key})
}

// environment begins one: what is not text is gone over.
func (r *texPassages) environment() {
	name := r.argument()
	switch {
	case texVerbatim[strings.TrimSuffix(name, "*")]:
		end := strings.Index(r.s[r.i:], `\end{`+name+"}")
		if end < 0 {
			r.i = len(r.s)
			return
		}
		r.i += end + len(`\end{}`) + len(name)
	case name == "thebibliography":
		r.argument()
		r.restart(place{kind: ibid.Bibliography})
	case name == "tabular" || name == "array" || name == "longtable":
		r.option()
		r.argument()
		r.flush()
	default:
		r.option()
		if name != "document" {
			return
		}
		r.flush()
	}
}

var texVerbatim = wordSet(`verbatim Verbatim lstlisting minted comment equation align gather multline tikzpicture filecontents alltt displaymath
	eqnarray math pgfpicture`)

// verbatim goes over \verb|code|.
func (r *texPassages) verbatim() {
	r.option()
	if r.i >= len(r.s) {
		return
	}
	closing := r.s[r.i]
	if closing == '{' {
		closing = '}'
	}
	if end := strings.IndexByte(r.s[r.i+1:min(len(r.s), r.i+maxNote)], closing); end >= 0 {
		r.i += end + 2
	}
}

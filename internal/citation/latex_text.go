package citation

import (
	"math"
	"strings"

	"golang.org/x/text/unicode/norm"

	ibid "github.com/ibid-archive/ibid"
)

// texPassages divides the text of a LaTeX file into passages.
type texPassages struct {
	*latex

	s             string
	i             int
	line, counted int
	b             *passageBuilder
	at            place
	// late are the notes of the passage that is being read: they come after it.
	late  []passage
	notes int
	depth int
	// closing are the ends of the groups of s, by where they begin; 0 is none.
	closing []int32
}

func (r *texPassages) begin(at place) *passageBuilder {
	r.at = at
	return &passageBuilder{passage: passage{kind: at.kind, label: at.label, line: r.lineHere()}}
}

// lineHere is the line of the offset that is read.
func (r *texPassages) lineHere() int {
	if r.i > r.counted {
		r.line += strings.Count(r.s[r.counted:min(r.i, len(r.s))], "\n")
		r.counted = r.i
	}
	return r.line
}

// flush ends the passage, and then adds its notes.
func (r *texPassages) flush() {
	if r.depth > 0 { // in an argument, which is part of a passage
		r.b.write("\n")
		return
	}
	if p, ok := r.b.finish(); ok {
		p.text = strings.TrimRight(p.text, " \n")
		r.c.add(p)
	}
	for _, note := range r.late {
		r.c.add(note)
	}
	r.late = nil
	r.b = r.begin(r.at)
}

// restart ends the passage and begins one at another place.
func (r *texPassages) restart(at place) {
	r.flush()
	if r.depth == 0 {
		r.b = r.begin(at)
	}
}

// until reads to the end, or to the end of the environment of that name.
func (r *texPassages) until(environment string) {
	for r.i < len(r.s) && r.c.err == nil {
		switch c := r.s[r.i]; c {
		case '\\':
			if r.command() == "end:"+environment && environment != "" {
				return
			}
		case '{', '}', '$':
			r.i++
		case '~':
			r.b.space()
			r.i++
		case '\n':
			r.newline()
		case '-', '`', '\'':
			n := runOf(r.s[r.i:], c)
			t := texReader{s: r.s[r.i : r.i+n]}
			if r.addressHere() {
				r.b.write(t.s)
			} else {
				t.all()
				r.b.write(t.out.String())
			}
			r.i += n
		default:
			n := strings.IndexAny(r.s[r.i:], "\\{}$~\n-`'")
			if n < 0 {
				n = len(r.s) - r.i
			}
			r.b.write(r.s[r.i : r.i+n])
			r.i += n
		}
	}
}

// addressHere says whether the word that is being written is an address.
func (r *texPassages) addressHere() bool {
	tail := r.b.buf[max(0, len(r.b.buf)-300):]
	word := string(tail[lastSpace(tail)+1:])
	return strings.Contains(word, "://") || strings.HasPrefix(word, "www.") || strings.Contains(word, "10.")
}

func lastSpace(b []byte) int {
	for i := len(b) - 1; i >= 0; i-- {
		if isSpaceByte(b[i]) {
			return i
		}
	}
	return -1
}

// newline ends the passage at an empty line.
func (r *texPassages) newline() {
	j := r.i + 1
	for j < len(r.s) && (r.s[j] == ' ' || r.s[j] == '\t') {
		j++
	}
	if j < len(r.s) && r.s[j] == '\n' {
		r.i = j
		if r.depth == 0 {
			r.flush()
			return
		}
	}
	r.b.write("\n")
	r.i = j
}

// command reads a command, and returns "end:name" for the end of an environment.
func (r *texPassages) command() string {
	name, end := texCommand(r.s, r.i)
	start := r.i
	r.i = end
	switch name {
	case "begin":
		r.environment()
	case "end":
		return "end:" + r.argument()
	case "url", "nolinkurl", "path":
		r.address(start)
	case "href":
		cited := texAddress(r.expanded(r.optional()))
		r.linked(cited, r.argument())
	case "doi":
		doi := texAddress(r.argument())
		r.linked("https://doi.org/"+doiOf(doi), doi)
	case "footnote", "footnotetext", "thanks", "endnote", "sidenote", "marginnote", "footcite", "footcitetext":
		r.note(name)
	case "section", "chapter", "subsection", "subsubsection", "part", "paragraph":
		r.option()
		r.heading(name, r.argument())
	case "title":
		r.option()
		if title := plainTeX(r.argument()); r.c.document.Title == "" {
			r.c.document.Title = title
		}
	case "date":
		if date := metadataDate(plainTeX(r.argument())); r.c.document.Date == "" {
			r.c.document.Date = date
		}
	case "bibitem":
		r.bibItem()
	case "item", "par", "newpage", "maketitle":
		r.flush()
	case "newcommand", "renewcommand", "providecommand", "def", "DeclareRobustCommand":
		r.define(name)
	case "input", "include", "subfile", "import":
		r.flush()
		r.include(r.argument())
	default:
		r.other(name, start)
	}
	return ""
}

// other reads the commands that cite, those that name bibliographies, verbatim text, and what shows a text.
func (r *texPassages) other(name string, start int) {
	lower := strings.ToLower(name)
	switch {
	case name == "bibliography" || name == "addbibresource" || name == "nobibliography" || name == "addglobalbib":
		r.option()
		for file := range strings.SplitSeq(r.argument(), ",") {
			r.c.citing.bibliographies = append(r.c.citing.bibliographies, strings.TrimSpace(file))
		}
	case strings.Contains(lower, "cite") && name != "citestyle" && name != "defcitealias" || name == "supercite" || name == "textcites":
		for range 3 {
			r.option()
		}
		r.latex.cite(r.argument())
		for strings.HasSuffix(lower, "cites") && r.i < len(r.s) && strings.IndexByte("[{", r.s[r.i]) >= 0 {
			before := r.i
			r.option()
			if r.latex.cite(r.argument()); r.i == before {
				break
			}
		}
	case name == "verb" || name == "lstinline":
		r.verbatim()
	case texHidden[name]:
		r.option()
		r.argument()
	case name == "emph" || name == "textit" || name == "textsl":
		r.italic(r.argument())
	case name == "em" || name == "it" || name == "itshape" || name == "sl":
		if end := groupEnd(r.s[r.i:]); end > 0 {
			inside := r.s[r.i : r.i+end]
			r.i += end
			r.italic(inside)
		}
	case r.macros[name] != "":
		r.b.write(plainTeX(r.macros[name]))
	default:
		t := texReader{s: r.s, i: start}
		t.command()
		if t.out.Len() > 0 {
			r.b.write(norm.NFC.String(t.out.String()))
			r.i = t.i
		}
	}
}

// texHidden are the commands whose argument is not text.
var texHidden = wordSet(`label ref pageref eqref autoref cref Cref vref usepackage documentclass RequirePackage includegraphics bibliographystyle
	pagestyle thispagestyle vspace hspace setlength addtolength setcounter addtocounter pdfbookmark hypersetup graphicspath definecolor color
	newtheorem theoremstyle lstset geometry todo marginpar phantom hphantom vphantom index glossary nocitemeta usetikzlibrary tikzset
	selectlanguage fontsize input@path typeout PassOptionsToPackage hypertarget hyperref`)

// argument reads the next argument in braces; empty if there is none.
func (r *texPassages) argument() string {
	arg, end, ok := r.group()
	if ok {
		r.i = end
	}
	return arg
}

// group is texGroup here, at a cost that does not grow with the groups that are not closed.
func (r *texPassages) group() (arg string, end int, ok bool) {
	if r.closing == nil {
		r.closing = texPairs(r.s)
	}
	i := r.i
	for i < len(r.s) && isSpaceByte(r.s[i]) {
		i++
	}
	if i >= len(r.s) || r.closing[i] == 0 || int(r.closing[i])-i > maxGroup {
		return "", i, false
	}
	return r.s[i+1 : r.closing[i]], int(r.closing[i]) + 1, true
}

// texPairs are the ends of the groups of s, by where they begin.
func texPairs(s string) []int32 {
	pairs := make([]int32, len(s))
	var open []int32
	for i := 0; i < len(s) && i < math.MaxInt32; i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			open = append(open, int32(i)) //nolint:gosec // bounded by the loop
		case '}':
			if n := len(open) - 1; n >= 0 {
				pairs[open[n]] = int32(i) //nolint:gosec // bounded by the loop
				open = open[:n]
			}
		}
	}
	return pairs
}

// optional is the argument after one in square brackets.
func (r *texPassages) optional() string {
	r.option()
	return r.argument()
}

// maxOption bounds the length of an argument in square brackets, in bytes.
const maxOption = 2000

// option goes over an argument in square brackets.
func (r *texPassages) option() string {
	if r.i >= len(r.s) || r.s[r.i] != '[' {
		return ""
	}
	depth := 0
	for j := r.i + 1; j < len(r.s) && j-r.i < maxOption; j++ {
		switch r.s[j] {
		case '{':
			depth++
		case '}':
			depth--
		case ']':
			if depth <= 0 {
				inside := r.s[r.i+1 : j]
				r.i = j + 1
				return inside
			}
		}
	}
	return ""
}

// expanded puts the macros of the document in an address.
func (r *texPassages) expanded(s string) string {
	if len(r.macros) == 0 || strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			i++
			continue
		}
		name, end := texCommand(s, i)
		if value := r.macros[name]; value != "" {
			b.WriteString(value)
		} else {
			b.WriteString(s[i:end])
		}
		i = end
	}
	return b.String()
}

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
		cited := texAddress(r.expanded(arg))
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

// groupEnd is where the group ends that s is the rest of; 0 if that is not near.
func groupEnd(s string) int {
	depth := 0
	for i := range min(len(s), 2*maxTitle) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return 0
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

// define keeps a command without arguments.
func (r *texPassages) define(kind string) {
	name := ""
	if kind == "def" {
		if r.i < len(r.s) && r.s[r.i] == '\\' {
			name, r.i = texCommand(r.s, r.i)
		}
	} else if name = strings.TrimPrefix(strings.TrimSpace(r.argument()), `\`); name == "" && r.i < len(r.s) && r.s[r.i] == '\\' {
		name, r.i = texCommand(r.s, r.i)
	}
	if arguments := r.option(); arguments != "" {
		r.option()
		r.argument()
		return
	}
	if value := r.argument(); len(value) < 500 && len(r.macros) < 1000 && strings.IndexByte(value, '#') < 0 {
		r.macros[name] = value
	}
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

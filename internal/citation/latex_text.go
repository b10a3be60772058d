package citation

import (
	"strings"

	"golang.org/x/text/unicode/norm"
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
			switch ended := r.command(); {
			case ended == "end:document":
				r.i = len(r.s) // what follows is not typeset
			case ended == "end:"+environment && environment != "":
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
		cited := texAddress(r.expandedAddress(r.optional()))
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
	case "newcommand", "renewcommand", "providecommand", "def", "DeclareRobustCommand",
		"NewDocumentCommand", "RenewDocumentCommand", "ProvideDocumentCommand", "DeclareDocumentCommand":
		r.define(name)
	case "input", "include", "subfile", "import":
		r.flush()
		r.include(r.argument())
	default:
		if !r.macro(name) {
			r.other(name, start)
		}
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
	case r.macros[name].body != "" && r.macros[name].arguments == 0:
		r.b.write(plainTeX(r.macros[name].body))
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

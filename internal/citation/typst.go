package citation

import (
	"path"
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// typst reads Typst (typst.app/docs/reference/syntax): headings, links, notes, citations by key. Of what its code builds, the text in
// square brackets is read; strings, raw text, formulas and comments are not.
type typst struct {
	c       *collector
	section section
	notes   int
	// files are those that are being read, read how many were.
	files []string
	read  int
}

// readTypst reads a Typst document.
func readTypst(c *collector, source string) error {
	t := &typst{c: c}
	t.file(source)
	c.resolveKeys()
	return c.err
}

func (t *typst) file(source string) {
	r := &typstReader{typst: t, s: source, line: 1}
	r.b = r.begin(t.section.kind)
	r.markup(0)
	r.flush()
}

// include reads a file that the document names.
func (t *typst) include(name string) {
	name = path.Clean(name)
	if len(t.files) >= maxInclusion || t.read >= maxIncluded {
		return
	}
	for _, open := range t.files {
		if open == name {
			return
		}
	}
	t.read++
	body, err := t.c.beside(name)
	if err != nil {
		return
	}
	if text, err := decoded(Source{Body: body}, typeTypst); err == nil {
		t.files = append(t.files, name)
		t.file(text)
		t.files = t.files[:len(t.files)-1]
	}
}

// typstReader goes through the text of one file.
type typstReader struct {
	*typst

	s             string
	i             int
	line, counted int
	depth         int
	b             *passageBuilder
	emphasis      int // where what is set off began in b, plus 1; 0 if nothing is
	late          []passage
}

func (r *typstReader) begin(kind ibid.LocatorKind) *passageBuilder {
	r.line += strings.Count(r.s[r.counted:r.i], "\n")
	r.counted, r.emphasis = r.i, 0
	return &passageBuilder{passage: passage{kind: kind, line: r.line}}
}

// flush ends the passage, and then adds its notes.
func (r *typstReader) flush() {
	if p, ok := r.b.finish(); ok {
		p.labelAhead()
		r.c.add(p)
	}
	for _, note := range r.late {
		r.c.add(note)
	}
	r.late = nil
	r.b = r.begin(r.section.kind)
}

// maxTypstDepth bounds how deep content and code may stand in each other.
const maxTypstDepth = 50

// markup reads text up to and with stop: "]", "\n", or 0 for the end of the file.
func (r *typstReader) markup(stop byte) {
	if r.depth++; r.depth > maxTypstDepth {
		r.i = len(r.s)
	}
	defer func() { r.depth-- }()
	brackets := 0
	for r.i < len(r.s) && r.c.err == nil {
		c, rest := r.s[r.i], r.s[r.i:]
		switch {
		case c == '[':
			brackets++
			r.take(1)
		case c == stop && (brackets == 0 || stop == '\n'):
			r.i++
			return
		case c == ']':
			brackets = max(0, brackets-1)
			r.take(1)
		case c == '\n':
			r.newline(stop == 0)
		case c == '=' && stop == 0 && r.lineBegins():
			r.heading()
		case c == '\\' && len(rest) > 1:
			r.i++
			r.take(1)
		case c == '#':
			r.i++
			r.code()
		case c == '@':
			r.reference()
		case c == '_' || c == '*':
			r.emphasise(c)
		case c == '~':
			r.b.space()
			r.i++
		case c == 'h' && startsScheme(rest):
			_, end, _ := delimited(r.s, r.i, r.i+strings.Index(rest, "://")+len("://"))
			r.take(max(1, end-r.i))
		case !r.skip():
			r.take(textRun(rest))
		}
	}
}

// textRun is how much of s is text up to the next byte that may be markup; at least 1.
func textRun(s string) int {
	if n := strings.IndexAny(s[1:], "[]\n=\\#@_*~h<`$/"); n >= 0 {
		return 1 + n
	}
	return len(s)
}

// take writes n bytes as they are.
func (r *typstReader) take(n int) {
	n = min(n, len(r.s)-r.i)
	r.b.write(r.s[r.i : r.i+n])
	r.i += n
}

// skip goes over a comment, raw text, a formula or a label, and says whether there is one.
func (r *typstReader) skip() bool {
	rest := r.s[r.i:]
	opening, closing := "", ""
	switch {
	case strings.HasPrefix(rest, "//"):
		if n := strings.IndexByte(rest, '\n'); n >= 0 {
			r.i += n
		} else {
			r.i = len(r.s)
		}
		return true
	case strings.HasPrefix(rest, "/*"):
		opening, closing = "/*", "*/"
	case rest[0] == '`':
		opening = rest[:runOf(rest, '`')]
		closing = opening
		if opening == "``" {
			closing = ""
		}
	case rest[0] == '$':
		rest = rest[:min(len(rest), maxOption)]
		opening, closing = "$", "$"
	case rest[0] == '<':
		label := rest[1:min(len(rest), 100)]
		n := strings.IndexByte(label, '>')
		if n < 1 || strings.ContainsAny(label[:n], " \n/,") {
			return false
		}
		r.i += n + len("<>")
		return true
	default:
		return false
	}
	end := strings.Index(rest[len(opening):], closing)
	switch {
	case end < 0 && opening == "/*": // it is all that follows
		r.i = len(r.s)
		return true
	case end < 0:
		r.take(len(opening))
		return true
	}
	r.i += len(opening) + end + len(closing)
	r.b.write(strings.Repeat("\n", strings.Count(rest[:len(opening)+end], "\n"))) // for the lines to be counted
	return true
}

func (r *typstReader) lineBegins() bool {
	return r.i == 0 || r.s[r.i-1] == '\n'
}

// newline ends the passage before an empty line and before an item of a list.
func (r *typstReader) newline(top bool) {
	r.i++
	next := strings.TrimLeft(r.s[r.i:min(len(r.s), r.i+200)], " \t\r")
	if top && (next == "" || next[0] == '\n' || len(next) > 1 && strings.IndexByte("-+/", next[0]) >= 0 && next[1] == ' ') {
		r.flush()
		if next != "" && next[0] != '\n' {
			r.i += strings.IndexByte(r.s[r.i:], next[0]) + 2
		}
		return
	}
	r.b.write("\n")
}

// heading reads "== Title".
func (r *typstReader) heading() {
	level := runOf(r.s[r.i:], '=')
	if !strings.HasPrefix(r.s[r.i+level:], " ") {
		r.take(level)
		return
	}
	r.flush()
	r.i += level
	r.markup('\n')
	text := strings.TrimSpace(string(r.b.buf))
	r.section.heading(text, level)
	if r.b.kind = ""; r.c.document.Title == "" {
		r.c.document.Title = text
	}
	r.flush()
}

// emphasise takes the mark of emphasis out, unless it stands within a word.
func (r *typstReader) emphasise(mark byte) {
	within := r.i > 0 && isAlnum(r.s[r.i-1]) && r.i+1 < len(r.s) && isAlnum(r.s[r.i+1])
	switch {
	case within:
		r.b.write(string(mark))
	case mark == '*':
	case r.emphasis == 0:
		r.emphasis = len(r.b.buf) + 1
	default:
		r.b.italics = append(r.b.italics, span{r.emphasis - 1, len(r.b.buf)})
		r.emphasis = 0
	}
	r.i++
}

// reference reads "@key", which cites a source or leads to a figure.
func (r *typstReader) reference() {
	key := ""
	if r.i == 0 || !isAlnum(r.s[r.i-1]) {
		key = citeKey(r.s[r.i+1:])
	}
	if key != "" {
		r.c.citeEach([]string{key})
	}
	r.take(1 + len(key))
}

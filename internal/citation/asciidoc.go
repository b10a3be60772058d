package citation

import (
	"strings"
	"unicode/utf8"

	ibid "github.com/ibid-archive/ibid"
)

// asciidoc reads AsciiDoc (docs.asciidoctor.org): sections, links, notes and bibliographies. Attributes are put in; code, passthroughs
// and comments are not read.
type asciidoc struct {
	markup

	attributes map[string]string
	given      int // bytes that attributes stood for
	// endless are the fences of blocks that begin and do not end; closing are the ends of the brackets of the text that is read.
	endless map[string]bool
	closing map[int]int
	notes   int
	// late are the notes of the paragraph that is being read.
	late []passage
}

// readASCIIDoc reads an AsciiDoc document.
func readASCIIDoc(c *collector, source string) error {
	a := &asciidoc{markup: newMarkup(c, source), attributes: make(map[string]string), endless: make(map[string]bool)}
	a.inline = a.write
	a.blocks()
	c.resolveKeys()
	return c.err
}

func (a *asciidoc) blocks() {
	at := place{}
	for i := 0; i < len(a.lines) && a.c.err == nil; {
		line := strings.TrimRight(a.lines[i], " ")
		level := runOf(line, '=')
		switch {
		case line == "" || line == "+" || line == "|===" || line == "--":
			if line == "" {
				at = place{}
			}
			i++
		case level > 0 && strings.HasPrefix(line[level:], " "):
			a.title(strings.TrimSpace(line[level:]), level, i+1)
			i++
		case a.underlined(i) > 0:
			a.title(line, a.underlined(i), i+1)
			i += 2
		case asciiFence(line) > 0:
			i = a.fenced(i, line)
		case strings.HasPrefix(line, "//"):
			i++
		case line[0] == ':' && a.attribute(line):
			i++
		case line[0] == '[' && strings.HasSuffix(line, "]") && !strings.HasPrefix(line, "[["):
			if strings.HasPrefix(line, "[bibliography") {
				a.section = section{kind: ibid.Bibliography, level: 6}
			}
			i++
		default:
			i = a.paragraph(i, at)
		}
	}
}

// asciiFence is the length of the line that opens or closes a block; 0 for any other.
func asciiFence(line string) int {
	if n := runOf(line, line[0]); n == len(line) && n >= 4 && strings.IndexByte("-.+/", line[0]) >= 0 {
		return n
	}
	if strings.HasPrefix(line, "```") {
		return 3
	}
	return 0
}

// underlined is the level of the title that line i is, with a line of signs as long as it below: "=" a document's, then "-", "~", "^"
// and "+"; 0 if it is none. The line below may be one sign shorter or longer, and would else open a block of code.
func (a *asciidoc) underlined(i int) int {
	title := strings.TrimRight(a.lines[i], " ")
	if i+1 == len(a.lines) || len(title) > maxTitle {
		return 0
	}
	signs := strings.TrimRight(a.lines[i+1], " ")
	longer := len(signs) - utf8.RuneCountInString(title)
	if len(signs) < 2 || longer < -1 || longer > 1 || runOf(signs, signs[0]) < len(signs) || !isAlnum(title[0]) && title[0] < utf8.RuneSelf {
		return 0
	}
	return strings.IndexByte("=-~^+", signs[0]) + 1
}

// fenced goes over a block of code or of comment.
func (a *asciidoc) fenced(i int, fence string) int {
	if strings.HasPrefix(fence, "```") {
		fence = "```"
	}
	for j := i + 1; j < len(a.lines) && !a.endless[fence]; j++ {
		if strings.TrimRight(a.lines[j], " ") == fence {
			return j + 1
		}
	}
	a.endless[fence] = true
	return i + 1
}

// attribute keeps ":name: value".
func (a *asciidoc) attribute(line string) bool {
	name, value, ok := strings.Cut(line[1:], ":")
	if !ok || name == "" || strings.ContainsAny(name, " /") {
		return false
	}
	value = strings.TrimSpace(value)
	if len(value) < 500 && len(a.attributes) < 10_000 {
		a.attributes[name] = a.expanded(value)
	}
	switch name {
	case "lang":
		a.c.document.Language = languageTag(value)
	case "revdate":
		a.c.document.Date = metadataDate(value)
	case "bibtex-file", "bibliography-database":
		a.c.citing.bibliographies = append(a.c.citing.bibliographies, value)
	}
	return true
}

// expanded puts attributes in, "{name}", up to maxGiven bytes in all.
func (a *asciidoc) expanded(s string) string {
	if strings.IndexByte(s, '{') < 0 || len(a.attributes) == 0 {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			break
		}
		end := strings.IndexByte(s[i:min(len(s), i+80)], '}')
		value, known := "", false
		if end > 0 {
			value, known = a.attributes[s[i+1:i+end]]
		}
		if a.given += len(value); !known || a.given > maxGiven {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i] + value)
		s = s[i+end+1:]
	}
	return b.String() + s
}

// paragraph reads a paragraph, an item, or cells of a table, and then its notes.
func (a *asciidoc) paragraph(i int, at place) int {
	end := i + 1
	for end < len(a.lines) {
		line := strings.TrimRight(a.lines[end], " ")
		if strings.HasPrefix(line, "//") && asciiFence(line) == 0 {
			a.lines[end] = "" // a comment does not end the paragraph
			end++
			continue
		}
		if line == "" || line == "+" || line[0] == '|' || a.starAt(end) > 0 || asciiFence(line) > 0 || line[0] == '[' && strings.HasSuffix(line, "]") {
			break
		}
		end++
	}
	a.passage(i, end, a.starAt(i), at)
	for _, note := range a.late {
		a.c.add(note)
	}
	a.late = nil
	return end
}

// starAt is itemAt with the marks of AsciiDoc, which are repeated for each level: "** ".
func (a *asciidoc) starAt(i int) int {
	text := strings.TrimLeft(a.lines[i], " ")
	if text != "" && strings.IndexByte("*.-", text[0]) >= 0 {
		if n := runOf(text, text[0]); n < 6 && strings.HasPrefix(text[n:], " ") {
			return n + 1
		}
	}
	return a.itemAt(i)
}

// write writes the inline markup of text.
func (a *asciidoc) write(b *passageBuilder, text string) {
	text = curved(a.expanded(text))
	if strings.HasPrefix(text, "[[[") {
		if label, rest, ok := strings.Cut(text[3:], "]]]"); ok {
			b.kind, text = ibid.Bibliography, rest
			b.label, _, _ = strings.Cut(label, ",")
		}
	}
	a.c.cite(text)
	outer := a.closing
	a.closing = bracketPairs(text)
	defer func() { a.closing = outer }()
	for i := 0; i < len(text); {
		n := strings.IndexAny(text[i:], ":`<_+\\")
		if n < 0 {
			b.write(text[i:])
			return
		}
		b.write(text[i : i+n])
		i += n
		i += a.mark(b, text, i)
	}
}

func (a *asciidoc) mark(b *passageBuilder, text string, i int) int {
	rest := text[i:]
	switch {
	case strings.HasPrefix(rest, "<<"):
		if end := strings.Index(rest[:min(len(rest), 300)], ">>"); end > 0 {
			_, label, _ := strings.Cut(rest[2:end], ",")
			b.write(label)
			return end + 2
		}
	case rest[0] == '`':
		if end := strings.IndexByte(rest[1:min(len(rest), 500)], '`'); end > 0 {
			writeHidden(b, strings.Trim(rest[1:1+end], "+"))
			return end + 2
		}
	case rest[0] == '\\' || rest[0] == '+':
		if n := a.literal(b, text, i); n > 0 {
			return n
		}
	case rest[0] == '_' && (i == 0 || strings.IndexByte(" \n(\"", text[i-1]) >= 0):
		if end := strings.IndexByte(rest[1:min(len(rest), maxTitle)], '_'); end > 0 {
			start := len(b.buf)
			b.write(rest[1 : 1+end])
			b.italics = append(b.italics, span{start, len(b.buf)})
			return end + 2
		}
	case rest[0] == ':':
		if n := a.macro(b, text, i); n > 0 {
			return n
		}
	}
	b.write(rest[:1])
	return 1
}

// literal writes what is not to become a link: an address after a backslash, and "+text+". It returns the length of it, 0 if it is none.
func (a *asciidoc) literal(b *passageBuilder, text string, i int) int {
	rest := text[i:min(len(text), i+500)]
	end := -1
	switch {
	case rest[0] == '\\' && startsScheme(rest[1:]):
		if end = strings.IndexAny(rest, " \n["); end < 0 {
			end = len(rest)
		}
		writeHidden(b, rest[1:end])
		return end
	case rest[0] == '+' && (i == 0 || !isAlnum(text[i-1]) && text[i-1] != '+'):
		end = strings.IndexByte(rest[1:], '+')
	}
	if end < 1 || rest[1] == ' ' || rest[end] == ' ' {
		return 0
	}
	writeHidden(b, rest[1:1+end])
	return end + 2
}

// writeHidden writes text in which nothing is looked for.
func writeHidden(b *passageBuilder, text string) {
	start := len(b.buf)
	b.write(text)
	b.hidden = append(b.hidden, span{start, len(b.buf)})
}

// curved makes curved quotes of "`text`", for what stands in them is no code.
func curved(s string) string {
	const opening, closing = "\"`", "`\""
	for from := 0; ; {
		i := strings.Index(s[from:], opening)
		if i < 0 {
			return s
		}
		i += from
		end := strings.Index(s[i+len(opening):min(len(s), i+maxTitle)], closing)
		if end < 1 {
			return s
		}
		inside := s[i+len(opening) : i+len(opening)+end]
		s = s[:i] + "“" + inside + "”" + s[i+len(opening)+end+len(closing):]
		from = i + len("“") + end
	}
}

// macro reads what follows the name of a macro, which has been written: "link:address[text]", "https://address[text]",
// "footnote:[text]". It returns the length of it, 0 if it is none.
func (a *asciidoc) macro(b *passageBuilder, text string, i int) int {
	rest := text[i:]
	start := len(b.buf)
	for start > b.linked() && isLetter(b.buf[start-1]) {
		start--
	}
	name := string(b.buf[start:])
	if name == "" {
		return 0
	}
	open := strings.IndexAny(rest[:min(len(rest), maxAddress)], "[ \n<>")
	if open < 1 || rest[open] != '[' || a.closing[i+open] == 0 {
		return 0
	}
	end := a.closing[i+open] - i
	target, inside := rest[1:open], rest[open+1:end]
	switch {
	case name == "footnote" || name == "footnoteref":
		b.buf = b.buf[:start]
		a.note(inside, b.line)
	case name == "link" || name == "image" || name == "xref" || name == "pass" || name == "cite":
		b.buf = b.buf[:start]
		a.linkMacro(b, name, strings.Trim(strings.TrimPrefix(target, ":"), "+"), inside)
	case strings.HasPrefix(target, "//"):
		b.buf = b.buf[:start]
		a.link(b, name+":"+target, inside)
	default:
		return 0
	}
	return end + 1
}

// bracketPairs are the ends of the square brackets of s, by where they begin.
func bracketPairs(s string) map[int]int {
	if strings.IndexByte(s, '[') < 0 {
		return nil
	}
	pairs := make(map[int]int)
	var open []int
	for i := range len(s) {
		switch {
		case s[i] == '[':
			open = append(open, i)
		case s[i] == ']' && len(open) > 0:
			pairs[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
	return pairs
}

func (a *asciidoc) linkMacro(b *passageBuilder, name, target, inside string) {
	switch name {
	case "link":
		a.link(b, target, inside)
	case "image":
		if _, href, ok := strings.Cut(inside, "link="); ok {
			href, _, _ = strings.Cut(strings.Trim(href, `"`), ",")
			a.link(b, strings.Trim(href, `"`), "")
		}
	case "cite":
		for key := range strings.SplitSeq(inside, ",") {
			a.c.citeEach([]string{strings.TrimSpace(key)})
		}
	case "pass":
		writeHidden(b, inside)
	default:
		b.write(inside)
	}
}

// link writes a link; what stands after a comma in its text are its attributes.
func (a *asciidoc) link(b *passageBuilder, cited, label string) {
	if quoted, _, ok := strings.Cut(strings.TrimPrefix(label, `"`), `"`); ok && strings.HasPrefix(label, `"`) {
		label = quoted
	} else if i := strings.Index(label, ",window="); i >= 0 {
		label = label[:i]
	}
	label = strings.Trim(strings.TrimSuffix(label, "^"), `"`)
	uri := a.c.resolve(cited)
	if uri == "" {
		b.write(label)
		return
	}
	if label == "" {
		label = cited
	}
	b.openLink(cited, uri, "")
	b.write(label)
	b.closeLink()
}

// note keeps a note for after its paragraph.
func (a *asciidoc) note(text string, line int) {
	if len(a.late) > 10_000 {
		return
	}
	a.notes++
	n := &passageBuilder{passage: passage{kind: ibid.Footnote, label: decimal(a.notes), line: line}}
	if strings.Contains(text, "footnote:") { // a note in a note is none
		n.write(text)
	} else {
		a.write(n, text)
	}
	if p, ok := n.finish(); ok {
		a.late = append(a.late, p)
	}
}

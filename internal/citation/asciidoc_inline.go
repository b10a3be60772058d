package citation

import (
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

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

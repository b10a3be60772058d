package citation

import (
	"strings"
)

// bibEntry is one entry of a BibTeX or biblatex file: its fields as they stand there, macros put in.
type bibEntry struct {
	kind, key string
	fields    map[string]string
	line      int
}

// readBibTeX reads a BibTeX or biblatex file (BibTeX 0.99, "BibTeXing"; biblatex 3, chapter 2): every entry is cited by being
// listed. An entry that is damaged is left out or cut, the next is read.
func readBibTeX(c *collector, text string) error {
	for _, e := range bibEntries(text) {
		c.addRecord(e.record(), place{})
	}
	return c.err
}

// bibEntries are the entries of text, in order.
func bibEntries(text string) []bibEntry {
	p := bibParser{s: text, macros: make(map[string]string), line: 1}
	for p.next() {
		p.entry()
	}
	return p.entries
}

// maxGiven bounds the bytes that the macros or attributes of a document, or the shared texts of a sheet, stand for in all: a few lines can make them
// stand for more than any memory holds.
const maxGiven = 16 << 20

// bibParser goes over a BibTeX file once.
type bibParser struct {
	s             string
	i             int
	macros        map[string]string
	given         int // bytes that macros stood for
	entries       []bibEntry
	line, counted int // the line at the offset counted
}

// next goes to the next "@" that begins an entry.
func (p *bibParser) next() bool {
	for p.i < len(p.s) {
		n := strings.IndexByte(p.s[p.i:], '@')
		if n < 0 {
			return false
		}
		p.i += n + 1
		if p.i == len(p.s) || isLetter(p.s[p.i]) && (p.i < 2 || !isAlnum(p.s[p.i-2])) {
			return p.i < len(p.s)
		}
	}
	return false
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// entry reads what follows an "@".
func (p *bibParser) entry() {
	start := p.i
	kind := strings.ToLower(p.word())
	p.space()
	if p.i >= len(p.s) || p.s[p.i] != '{' && p.s[p.i] != '(' {
		return
	}
	p.i++
	switch kind {
	case "comment":
		p.i--
		p.value()
		return
	case "preamble":
		p.value()
		return
	case "string":
		name, value := p.field()
		p.macros[name] = value
		return
	}
	p.line += strings.Count(p.s[p.counted:start], "\n")
	p.counted = start
	e := bibEntry{kind: kind, fields: make(map[string]string), line: p.line}
	n := strings.IndexAny(p.s[p.i:min(len(p.s), p.i+1000)], ",}\n")
	if n < 0 {
		return
	}
	e.key = strings.TrimSpace(p.s[p.i : p.i+n])
	p.i += n
	for p.more() {
		name, value := p.field()
		if name == "" {
			break
		}
		if e.fields[name] == "" {
			e.fields[name] = value
		}
	}
	p.entries = append(p.entries, e)
}

// more says whether another field follows in the entry, and goes to it.
func (p *bibParser) more() bool {
	for p.i < len(p.s) && (isSpaceByte(p.s[p.i]) || p.s[p.i] == ',') {
		p.i++
	}
	return p.i < len(p.s) && p.s[p.i] != '}' && p.s[p.i] != ')' && p.s[p.i] != '@'
}

// field reads "name = value"; name is empty if there is none.
func (p *bibParser) field() (name, value string) {
	name = strings.ToLower(p.word())
	p.space()
	if name == "" || p.i >= len(p.s) || p.s[p.i] != '=' {
		p.skipLine()
		return name, ""
	}
	p.i++
	var parts []string
	for {
		p.space()
		parts = append(parts, p.value())
		p.space()
		if p.i >= len(p.s) || p.s[p.i] != '#' {
			return name, strings.Join(parts, "")
		}
		p.i++
	}
}

// skipLine goes over what cannot be read.
func (p *bibParser) skipLine() {
	n := strings.IndexByte(p.s[p.i:], '\n')
	if n < 0 {
		p.i = len(p.s)
		return
	}
	p.i += n
}

func (p *bibParser) space() {
	for p.i < len(p.s) && isSpaceByte(p.s[p.i]) {
		p.i++
	}
}

func (p *bibParser) word() string {
	start := p.i
	for p.i < len(p.s) && (isAlnum(p.s[p.i]) || strings.IndexByte("-_:.+/", p.s[p.i]) >= 0) {
		p.i++
	}
	return p.s[start:p.i]
}

// value reads a value in braces or quotes, a number, or the name of a macro, which stands for itself once maxGiven is reached.
func (p *bibParser) value() string {
	if p.i >= len(p.s) {
		return ""
	}
	switch c := p.s[p.i]; c {
	case '{', '"', '(':
		return p.delimited(c)
	}
	word := p.word()
	if value, ok := p.macros[strings.ToLower(word)]; ok && p.given+len(value) <= maxGiven {
		p.given += len(value)
		return value
	}
	if word == "" {
		p.skipLine()
	}
	return word
}

// delimited reads to the end of what opens with c. Where the end is missing, the next entry that begins a line ends it.
func (p *bibParser) delimited(c byte) string {
	closing := map[byte]byte{'{': '}', '"': '"', '(': ')'}[c]
	depth := 0
	start := p.i + 1
	for p.i++; p.i < len(p.s); p.i++ {
		switch b := p.s[p.i]; {
		case b == '\\':
			p.i++
		case b == closing && depth == 0:
			p.i++
			return p.s[start : p.i-1]
		case b == '{':
			depth++
		case b == '}':
			depth--
		case b == '@' && p.s[p.i-1] == '\n' && beginsEntry(p.s[p.i:]):
			return p.s[start:p.i]
		}
	}
	p.i = len(p.s)
	return p.s[min(start, len(p.s)):]
}

// beginsEntry says whether s is the begin of an entry: "@article{key,".
func beginsEntry(s string) bool {
	head := s[1:min(len(s), 200)]
	n := 0
	for n < len(head) && isLetter(head[n]) {
		n++
	}
	rest := strings.TrimLeft(head[n:], " \t")
	if n < 2 || rest == "" || rest[0] != '{' {
		return false
	}
	end := strings.IndexAny(rest, ",\n}")
	return end > 1 && rest[end] == ','
}

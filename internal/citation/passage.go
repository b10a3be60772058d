package citation

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	ibid "github.com/ibid-archive/ibid"
)

// passage is one stretch of running text with one place in its document: a paragraph, a note, an entry of a list.
type passage struct {
	// kind is Footnote, Endnote or Bibliography, or empty for the body of the document.
	kind  ibid.LocatorKind
	label string
	// line is that of the first character of text; every "\n" in text is the next one. 0 is unknown.
	line int
	text string
	// links are the links that the author made, in order; italics what is set off; hidden what is shown but not
	// searched for addresses: code.
	links           []link
	italics, hidden []span
	// joined are the offsets at which a line break was taken out of text, raised those at which a raised number begins that
	// was left there, since it follows a number.
	joined, raised []int
}

// span is text[start:end] of a passage.
type span struct{ start, end int }

// link is a link over a span of a passage.
type link struct {
	span
	// cited is the destination as written; uri is the usable form of it.
	cited, uri string
	// title is what the link says about its destination elsewhere than in its text.
	title string
}

// passageBuilder puts a passage together.
type passageBuilder struct {
	passage
	buf []byte
	// opened is the link that is open; its uri is empty while there is none.
	opened link
}

func (b *passageBuilder) write(s string) { b.buf = append(b.buf, s...) }

// writeFolded writes s with every run of white space made one space, as a browser shows it.
func (b *passageBuilder) writeFolded(s string) {
	for i := 0; i < len(s); i++ {
		if !isSpaceByte(s[i]) {
			b.buf = append(b.buf, s[i])
		} else {
			b.space()
		}
	}
}

// space writes a space if there is not one already.
func (b *passageBuilder) space() {
	if n := len(b.buf); n > 0 && b.buf[n-1] != ' ' && b.buf[n-1] != '\n' {
		b.buf = append(b.buf, ' ')
	}
}

func (b *passageBuilder) openLink(cited, uri, title string) {
	b.closeLink()
	b.opened = link{span: span{start: len(b.buf)}, cited: cited, uri: uri, title: title}
}

// linked is where the last link ends, and what is written after it begins; 0 if there is none.
func (b *passageBuilder) linked() int {
	if n := len(b.links); n > 0 {
		return b.links[n-1].end
	}
	return 0
}

func (b *passageBuilder) closeLink() {
	if b.opened.uri == "" {
		return
	}
	b.opened.end = len(b.buf)
	b.links = append(b.links, b.opened)
	b.opened = link{}
}

// raise ends a superscript that began at start. The mark of a note is taken out again, so that it does not stick to the
// word before it; at the begin of the passage it becomes its label.
func (b *passageBuilder) raise(start int) {
	mark := strings.TrimSpace(string(b.buf[start:]))
	if !isMark(mark) {
		return
	}
	if len(bytes.TrimSpace(b.buf[:start])) == 0 {
		b.cut(start)
		b.label = strings.Trim(mark, "[]()")
		if b.kind == "" {
			b.kind = ibid.Footnote
		}
		return
	}
	if !isDigit(b.buf[start-1]) {
		b.cut(start)
		return
	}
	b.raised = append(b.raised, start)
}

// cut takes off everything from start on.
func (b *passageBuilder) cut(start int) {
	b.buf = b.buf[:start]
	b.links = cutSpans(b.links, start, func(l link) (span, bool) { return l.span, l.end > start })
	b.italics = cutSpans(b.italics, start, func(s span) (span, bool) { return s, true })
	b.hidden = cutSpans(b.hidden, start, func(s span) (span, bool) { return s, true })
}

// cutSpans takes those off spans that begin at start or after it, where of says that they may be. They are in the order of their ends, so that
// it looks only at the last ones.
func cutSpans[S any](spans []S, start int, of func(S) (s span, may bool)) []S {
	from := len(spans)
	for from > 0 {
		if s, _ := of(spans[from-1]); s.end < start {
			break
		}
		from--
	}
	last := slices.DeleteFunc(spans[from:], func(x S) bool { s, may := of(x); return may && s.start >= start })
	return spans[:from+len(last)]
}

// isMark says whether s is the mark of a note: a short number, a letter, a star, alone or in brackets.
func isMark(s string) bool {
	s = strings.Trim(s, "[]()")
	if s == "" || len(s) > 6 {
		return false
	}
	return digits(s) == len(s) || utf8.RuneCountInString(s) == 1 || strings.Trim(s, "*†‡§") == "" || strings.Trim(s, "ivx") == ""
}

// finish returns the passage; ok is false if there is nothing in it.
func (b *passageBuilder) finish() (p passage, ok bool) {
	b.closeLink()
	p = b.passage
	p.text = string(b.buf)
	return p, len(p.links) > 0 || strings.TrimSpace(p.text) != ""
}

// labelAhead takes the label off the begin of p: "[12] ", "12. ", "¹² ". Only a reference list numbers with "12.".
func (p *passage) labelAhead() {
	label, n, kind := leadingLabel(p.text, p.kind != "")
	if n == 0 {
		return
	}
	if p.label == "" {
		p.label = label
	}
	if p.kind == "" {
		p.kind = kind
	}
	p.drop(n)
}

// drop takes n bytes off the begin of the text.
func (p *passage) drop(n int) {
	p.text = p.text[n:]
	shift := func(spans []span) {
		for i := range spans {
			spans[i].start, spans[i].end = max(0, spans[i].start-n), max(0, spans[i].end-n)
		}
	}
	shift(p.italics)
	shift(p.hidden)
	for _, offsets := range [][]int{p.joined, p.raised} {
		for i := range offsets {
			offsets[i] = max(0, offsets[i]-n)
		}
	}
	for i := range p.links {
		p.links[i].start, p.links[i].end = max(0, p.links[i].start-n), max(0, p.links[i].end-n)
	}
}

// leadingLabel reads the label that an entry begins with, and how many bytes it takes with the white space after it.
func leadingLabel(text string, listed bool) (label string, n int, kind ibid.LocatorKind) {
	s := strings.TrimLeft(text, " \t\n^↑")
	lead := len(text) - len(s)
	if inside, ok := strings.CutPrefix(s, "["); ok {
		end := strings.IndexByte(inside[:min(len(inside), 24)], ']')
		if end < 1 || !plainLabel(inside[:end], listed) || end+1 >= len(inside) || !(isSpaceByte(inside[end+1]) || inside[end+1] == ':') {
			return "", 0, ""
		}
		return inside[:end], lead + 1 + end + 1 + spaces(inside[end+1:]), ibid.Bibliography
	}
	if raised, length := superscript(s); length > 0 {
		return raised, lead + length + spaces(s[length:]), ibid.Footnote
	}
	if d := digits(s); listed && d > 0 && d < 5 && d+1 < len(s) {
		if strings.IndexByte(".)", s[d]) >= 0 && isSpaceByte(s[d+1]) {
			return s[:d], lead + d + 1 + spaces(s[d+1:]), ""
		}
		if d < 4 && isSpaceByte(s[d]) {
			return s[:d], lead + d + spaces(s[d:]), ""
		}
	}
	return "", 0, ""
}

// plainLabel says whether s can be the label of an entry: "12", "RFC2119", "Smith 2009"; outside a reference list only with a digit.
func plainLabel(s string, listed bool) bool {
	digit := false
	for i := range len(s) {
		c := s[i]
		if !isAlnum(c) && strings.IndexByte(" .-_+&:/", c) < 0 && c < utf8.RuneSelf {
			return false
		}
		digit = digit || isDigit(c)
	}
	return digit || listed && len(s) > 1
}

func spaces(s string) int {
	n := 0
	for n < len(s) && (isSpaceByte(s[n]) || (n == 0 && s[n] == ':')) {
		n++
	}
	return n
}

// superscripts are the superscript digits, in order.
const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹"

// superscript reads the superscript digits that s begins with.
func superscript(s string) (number string, length int) {
	for i, r := range s {
		before, _, found := strings.Cut(superscripts, string(r))
		if !found {
			return number, i
		}
		number += strconv.Itoa(utf8.RuneCountInString(before))
	}
	return number, len(s)
}

package citation

import (
	"strings"
)

// markup is what the readers of markup made of lines have in common: RST, Org, AsciiDoc, wikitext.
type markup struct {
	c       *collector
	lines   []string
	indents []int // of the lines; noIndent of those that hold nothing
	section section
	// inline writes the text of a paragraph with its inline markup.
	inline func(b *passageBuilder, text string)
}

func newMarkup(c *collector, source string) markup {
	lines := strings.Split(source, "\n")
	for i, line := range lines {
		if strings.IndexByte(line, '\t') >= 0 {
			lines[i] = strings.ReplaceAll(line, "\t", "        ")
		}
	}
	m := markup{c: c, lines: lines, indents: make([]int, len(lines))}
	for i, line := range lines {
		m.setLine(i, line)
	}
	return m
}

// noIndent stands for the indent of a line that holds nothing: it is less than that of any other.
const noIndent = -1

// setLine makes line the i-th.
func (m *markup) setLine(i int, line string) {
	m.lines[i], m.indents[i] = line, indentOf(line)
	if strings.TrimSpace(line[m.indents[i]:]) == "" {
		m.indents[i] = noIndent
	}
}

// indentOf is the number of spaces that a line begins with.
func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// title reads a heading of a level from 1; line is its index. The first of the highest level is the title of the document.
func (m *markup) title(text string, level, line int) {
	b := &passageBuilder{passage: passage{line: line}}
	m.inline(b, text)
	p, ok := b.finish()
	if !ok {
		return
	}
	m.section.heading(p.text, level)
	if m.c.document.Title == "" {
		m.c.document.Title = p.text
	}
	m.c.add(p)
}

// paragraphEnd is the first line after i that is empty.
func (m *markup) paragraphEnd(i, j int) int {
	for i < j && strings.TrimSpace(m.lines[i]) != "" {
		i++
	}
	return i
}

// indentedEnd is the first line after i that is not empty and not indented deeper than line i.
func (m *markup) indentedEnd(i, j int) int {
	indent, end := indentOf(m.lines[i]), i+1
	for k := i + 1; k < j; k++ {
		if m.indents[k] == noIndent {
			continue
		}
		if m.indents[k] <= indent {
			break
		}
		end = k + 1
	}
	return end
}

// itemAt is the length of the mark of the item that begins at line i, with the space after it: "- ", "12. ", "(a) ".
func (m *markup) itemAt(i int) int {
	text := strings.TrimLeft(m.lines[i], " ")
	if len(text) < 2 {
		return 0
	}
	if strings.IndexByte("-*+", text[0]) >= 0 && text[1] == ' ' || strings.HasPrefix(text, "•") {
		return 2
	}
	n := 0
	if text[0] == '(' {
		n = 1
	}
	d := digits(text[n:])
	if d == 0 && text[n:] != "" && (text[n] == '#' || isLetter(text[n])) {
		d = 1
	}
	if end := n + d; d > 0 && d < 5 && end+1 < len(text) && strings.IndexByte(".)", text[end]) >= 0 && text[end+1] == ' ' {
		return end + 2
	}
	return 0
}

// passage reads the lines from i to j as one passage, without the mark of an item of that length.
func (m *markup) passage(i, j, item int, at place) {
	if at.kind == "" {
		at.kind = m.section.kind
	}
	p := joinedLines(m.lines[i:j])
	p.drop(len(p.text) - len(strings.TrimLeft(p.text, " ")))
	if item > 0 && at.kind != "" && at.label == "" && digits(p.text) > 0 {
		at.label = p.text[:digits(p.text)]
	}
	p.drop(min(item, len(p.text)))
	b := &passageBuilder{passage: passage{kind: at.kind, label: at.label, line: i + 1}}
	m.inline(b, p.text)
	m.add(b)
}

// add hands over the passage that b built.
func (m *markup) add(b *passageBuilder) {
	if p, ok := b.finish(); ok {
		p.labelAhead()
		m.c.add(p)
	}
}

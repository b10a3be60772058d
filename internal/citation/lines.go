package citation

import (
	"sort"
	"strings"
)

// lineIndex tells the line of an offset.
type lineIndex struct {
	ends    []int // offsets of the line feeds
	shifts  []shift
	skipped int // lines before the text
}

func newLineIndex(p prepared, skipped int) lineIndex {
	text := p.text
	index := lineIndex{ends: make([]int, 0, strings.Count(text, "\n")), shifts: p.shifts, skipped: skipped}
	for i := 0; ; {
		n := strings.IndexByte(text[i:], '\n')
		if n < 0 {
			return index
		}
		index.ends = append(index.ends, i+n)
		i += n + 1
	}
}

// of is the line, from 1, in which the byte at offset stands.
func (x lineIndex) of(offset int) int {
	line := x.skipped + sort.SearchInts(x.ends, offset) + 1
	if i := sort.Search(len(x.shifts), func(i int) bool { return x.shifts[i].offset >= offset }); i > 0 {
		line += x.shifts[i-1].lines
	}
	return line
}

// lineCounter tells the lines of rising offsets in the text of a passage.
type lineCounter struct {
	p            *passage
	line, offset int
	joined       int // how many of p.joined lie before offset
}

// at is the line of the byte at offset, which is not before the last one asked for; 0 if the passage has none.
func (l *lineCounter) at(offset int) int {
	if l.p.line == 0 {
		return 0
	}
	l.line += strings.Count(l.p.text[l.offset:offset], "\n")
	for l.joined < len(l.p.joined) && l.p.joined[l.joined] <= offset {
		l.joined++
		l.line++
	}
	l.offset = offset
	return l.line
}

package citation

import (
	"strings"
)

const (
	// maxLine is the length in bytes from which a line of Markdown is not parsed, but read as plain text: the parser takes
	// quadratic time on some, and what is so long is data rather than prose.
	maxLine = 16 << 10
	// maxOpened bounds the product of a line's length and the link destinations that it seems to open, each of which the parser
	// seeks the end of.
	maxOpened = 4 << 20
	// maxBlock is how many bytes of lines may follow one another without an empty one, and maxDefinitions how many lines that
	// may be link definitions: the parser takes quadratic time on more.
	maxBlock       = 32 << 10
	maxDefinitions = 100
)

// prepared is Markdown that the parser can read in linear time.
type prepared struct {
	text string
	// long are the lines that were taken out, outside of code.
	long []passage
	// inserted are the offsets in text of line feeds that the document does not have.
	inserted []int
}

// prepare takes over-long lines out of source, and divides very long blocks by empty lines. skipped is the number of
// lines before source.
func prepare(source string, skipped int) prepared {
	p := prepared{}
	var b strings.Builder
	number, kept, block, definitions, fenced := skipped, 0, 0, 0, false
	for offset := 0; offset < len(source); {
		end := strings.IndexByte(source[offset:], '\n') + 1
		if end == 0 {
			end = len(source) - offset
		}
		line := source[offset : offset+end]
		number++
		if len(line) > 3 && fence(line) {
			fenced = !fenced
		}
		if block += len(line); strings.TrimSpace(line[:min(len(line), 80)]) == "" {
			block = 0
		}
		if definitions++; line[0] != '[' {
			definitions = 0
		}
		switch {
		case costly(line):
			b.WriteString(source[kept:offset])
			b.WriteByte('\n')
			kept = offset + len(line)
			if !fenced {
				p.long = append(p.long, passage{text: line, line: number})
			}
		case block >= maxBlock || definitions >= maxDefinitions:
			b.WriteString(source[kept:offset])
			p.inserted = append(p.inserted, b.Len())
			b.WriteByte('\n')
			kept, block, definitions = offset, 0, 0
		}
		offset += end
	}
	if kept == 0 {
		p.text = source
		return p
	}
	b.WriteString(source[kept:])
	p.text = b.String()
	return p
}

// costly says whether the parser may take long on a line.
func costly(line string) bool {
	return len(line) > maxLine || len(line) > maxLine/8 && strings.Count(line, "](")*len(line) > maxOpened
}

// fence says whether a line opens or closes a block of code.
func fence(line string) bool {
	line = strings.TrimLeft(line[:min(len(line), 80)], " >\t")
	return strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~")
}

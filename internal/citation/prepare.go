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
	// maxIndent is the columns of indent, and of the marks of lists and quotations, from which a line is read as plain text: the parser looks
	// at every block that is open, and at the indent for each of them.
	maxIndent = 200
	// maxEmpty is how many empty lines may follow one another: the parser keeps a note of each for every list that is open.
	maxEmpty = 2
	// maxPadding is how many cells a table may lack, for each byte of it: the parser makes those that a row does not have.
	maxPadding = 4
	// maxNested bounds the square brackets that a byte of a line may stand in, on the average: each is looked at as a link.
	maxNested = 16
)

// prepared is Markdown that the parser can read in linear time.
type prepared struct {
	text string
	// long are the lines that were taken out, outside of code.
	long []passage
	// shifts are where the lines of text and of the document part, in order.
	shifts []shift
}

// shift says that what stands in a text behind offset is so many lines further on in the document.
type shift struct{ offset, lines int }

// preparer goes over Markdown line by line.
type preparer struct {
	prepared

	source string
	b      strings.Builder
	kept   int // offset in source from which nothing is written yet
	number int // of the line
	fenced bool
	// block are the bytes of the lines since the last empty one, definitions the lines that may be link definitions, empty the empty lines.
	block, definitions, empty int
	// columns are those of the table in the block, padding the cells that its rows lack.
	columns, padding int
}

// prepare takes out of source the lines that the parser takes long on, and more empty lines than divide anything, and divides very long blocks by
// empty lines. skipped is the number of lines before source.
func prepare(source string, skipped int) prepared {
	r := preparer{source: source, number: skipped}
	for offset := 0; offset < len(source); {
		end := strings.IndexByte(source[offset:], '\n') + 1
		if end == 0 {
			end = len(source) - offset
		}
		r.line(offset, offset+end)
		offset += end
	}
	if r.kept == 0 {
		r.text = source
		return r.prepared
	}
	r.b.WriteString(source[r.kept:])
	r.text = r.b.String()
	return r.prepared
}

// line goes over source[from:to].
func (r *preparer) line(from, to int) {
	line := r.source[from:to]
	r.number++
	if strings.TrimSpace(line) == "" {
		r.block, r.definitions, r.columns, r.padding = 0, 0, 0, 0
		if r.empty++; r.empty > maxEmpty {
			r.writeTo(from, to)
			r.shift(r.b.Len()-1, 1)
		}
		return
	}
	r.empty = 0
	if len(line) > 3 && fence(line) {
		r.fenced = !r.fenced
	}
	r.block += len(line)
	if r.definitions++; line[0] != '[' {
		r.definitions = 0
	}
	r.row(line)
	switch {
	case costly(line):
		r.writeTo(from, to)
		r.b.WriteByte('\n')
		if !r.fenced {
			r.long = append(r.long, passage{text: line, line: r.number})
		}
	case r.block >= maxBlock || r.definitions >= maxDefinitions || r.padding > maxPadding*r.block:
		r.writeTo(from, from)
		r.shift(r.b.Len(), -1)
		r.b.WriteByte('\n')
		r.block, r.definitions, r.columns, r.padding = 0, 0, 0, 0
	}
}

// writeTo writes what stands before from, and goes on at to.
func (r *preparer) writeTo(from, to int) {
	r.b.WriteString(r.source[r.kept:from])
	r.kept = to
}

// shift notes that from the offset on there are so many lines more in the document than were noted before.
func (r *preparer) shift(offset, lines int) {
	if n := len(r.shifts); n > 0 {
		lines += r.shifts[n-1].lines
		if r.shifts[n-1].offset == offset {
			r.shifts = r.shifts[:n-1]
		}
	}
	r.shifts = append(r.shifts, shift{offset, lines})
}

// row counts the cells that a line lacks in the table that it may stand in.
func (r *preparer) row(line string) {
	switch {
	case strings.IndexByte(line, '-') >= 0 && strings.Trim(line, " \t\r\n>|:-") == "":
		r.columns = strings.Count(line, "|")
	case r.columns > 0:
		r.padding += max(0, r.columns-1-strings.Count(line, "|"))
	}
}

// costly says whether the parser may take long on a line.
func costly(line string) bool {
	return len(line) > maxLine || deep(line) || nested(line) > maxNested*len(line) ||
		len(line) > maxLine/8 && strings.Count(line, "](")*len(line) > maxOpened
}

// deep says whether a line stands deeper in lists, quotations and indents than maxIndent columns.
func deep(line string) bool {
	columns := 0
	for i := 0; i < len(line); {
		n := listMark(line[i:])
		switch {
		case line[i] == '\t':
			columns, i = columns+4, i+1
		case line[i] == ' ' || line[i] == '>':
			columns, i = columns+1, i+1
		case n > 0:
			columns, i = columns+n, i+n
		default:
			return columns > maxIndent
		}
	}
	return columns > maxIndent
}

// listMark is the length of the mark of an item that s begins with, and that white space follows: "-", "12."; 0 if it begins with none.
func listMark(s string) int {
	n := 0
	if strings.IndexByte("-+*", s[0]) < 0 {
		if n = digits(s); n == 0 || n > 9 || n == len(s) || s[n] != '.' && s[n] != ')' {
			return 0
		}
	}
	if n++; n < len(s) && isSpaceByte(s[n]) {
		return n
	}
	return 0
}

// nested is the sum of the lengths of what stands in the square brackets of a line, brackets in it among it.
func nested(line string) int {
	if strings.Count(line, "[") <= maxNested {
		return 0
	}
	var open []int
	sum := 0
	for i := range len(line) {
		switch n := len(open) - 1; {
		case line[i] == '[':
			open = append(open, i)
		case line[i] == ']' && n >= 0:
			sum += i - open[n]
			open = open[:n]
		}
	}
	return sum
}

// fence says whether a line opens or closes a block of code.
func fence(line string) bool {
	line = strings.TrimLeft(line[:min(len(line), 80)], " >\t")
	return strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~")
}

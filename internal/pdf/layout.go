package pdf

import (
	"math"
	"strings"
	"unicode/utf8"
)

// glyph is one character as PDFium gives it, in the order of the content stream.
type glyph struct {
	r    rune
	box  Rect
	size float32
}

// mark is a glyph that has come to stand in a line: the bytes from start to end of its text.
type mark struct {
	start, end int
	box        Rect
}

// PDFium leaves one of these where a word is divided at the end of a line.
const (
	dividedASCII = 0x02
	dividedWide  = 0xfffe
	softHyphen   = 0xad
)

// columnGap is the white space, in font sizes, that parts two columns; justified text stays below it.
const columnGap = 3

// ligatures are U+FB00 to U+FB06 taken apart.
var ligatures = [...]string{"ff", "fi", "fl", "ffi", "ffl", "st", "st"}

// layout gathers glyphs into lines.
type layout struct {
	lines []Line
	marks [][]mark

	text    strings.Builder
	current []mark
	sizes   map[float32]int
	box     Rect
	lead    float32
	last    glyph
	// divided says that a division mark was the last glyph; whether the line ends here shows next. Its
	// box is hyphen.
	divided bool
	hyphen  Rect
}

func lay(glyphs []glyph) *layout {
	l := &layout{sizes: map[float32]int{}}
	for _, g := range glyphs {
		l.add(g)
	}
	l.flush()
	return l
}

func (l *layout) add(g glyph) {
	switch {
	case g.r == '\r' || g.r == '\n':
		l.flush()
	case g.r == dividedASCII || g.r == dividedWide || g.r == softHyphen:
		l.divided, l.hyphen = true, g.box
	case g.r == 0xa0 || g.r == ' ' || g.r == '\t':
		l.space()
	case g.r < ' ' || g.r == utf8.RuneError || (g.r >= 0x200b && g.r <= 0x200f) || g.r == 0xfeff:
		// Nothing that is printed.
	default:
		l.print(g)
	}
}

// space adds a space that is not at the beginning and does not follow another.
func (l *layout) space() {
	if s := l.text.String(); s != "" && s[len(s)-1] != ' ' {
		l.text.WriteByte(' ')
	}
}

func (l *layout) print(g glyph) {
	if l.text.Len() > 0 {
		after := g.box.Left - l.last.box.Right
		sameLine := overlap(g.box.Bottom, g.box.Top, l.last.box.Bottom, l.last.box.Top)
		switch {
		case l.divided && (!sameLine || after < -g.size):
			l.flush()
		case sameLine && after > columnGap*g.size && !isLabel(l.text.String()):
			l.flush()
		}
	}
	l.divided = false
	if l.raised(g) {
		l.space()
	}
	if l.text.Len() == 0 {
		l.box, l.lead = g.box, g.size
	}
	start := l.text.Len()
	switch {
	case g.r >= 0xfb00 && g.r <= 0xfb06:
		l.text.WriteString(ligatures[g.r-0xfb00])
	case g.r == 0x2010 || g.r == 0x2011:
		l.text.WriteByte('-')
	case g.r == 0x2dc || g.r == 0x223c:
		// What TeX sets for the tilde of an address.
		l.text.WriteByte('~')
	default:
		l.text.WriteRune(g.r)
	}
	l.current = append(l.current, mark{start: start, end: l.text.Len(), box: g.box})
	l.box = union(l.box, g.box)
	l.sizes[g.size]++
	l.last = g
}

// raised says whether the mark of a note ends before g, at the begin of a line, or begins with g, right
// behind an address: what would otherwise be taken for a part of it.
func (l *layout) raised(g glyph) bool {
	text := l.text.String()
	if text == "" || text[len(text)-1] == ' ' {
		return false
	}
	const small = 0.85
	if l.last.size < small*g.size {
		return len(text) <= 3 && strings.Trim(text, "0123456789*\u2020\u2021\u00a7") == ""
	}
	if g.size >= small*l.last.size || g.r < '0' || g.r > '9' {
		return false
	}
	word := text[strings.LastIndexByte(text, ' ')+1:]
	return strings.Contains(word, "://") || strings.Contains(word, "www.")
}

// isLabel says whether text can be the label of a list entry, whose text begins at a tab stop.
func isLabel(text string) bool { return utf8.RuneCountInString(strings.TrimSpace(text)) <= 6 }

func (l *layout) flush() {
	if l.divided && l.text.Len() > 0 {
		start := l.text.Len()
		l.text.WriteByte('-')
		l.current = append(l.current, mark{start: start, end: start + 1, box: l.hyphen})
	}
	l.divided = false
	text := strings.TrimRight(l.text.String(), " ")
	if text != "" {
		l.lines = append(l.lines, Line{Text: text, Box: l.box, Size: l.mostly(), Lead: l.lead})
		l.marks = append(l.marks, l.current)
	}
	l.text.Reset()
	l.current = nil
	clear(l.sizes)
}

// mostly returns the size of most glyphs of the line.
func (l *layout) mostly() float32 {
	var size float32
	most := 0
	for s, n := range l.sizes {
		if n > most || (n == most && s > size) {
			size, most = s, n
		}
	}
	return size
}

// spans returns the text that lies within rect.
func (l *layout) spans(rects []Rect) []Span {
	var out []Span
	for _, rect := range rects {
		for i, line := range l.lines {
			if !overlap(line.Box.Bottom, line.Box.Top, rect.Bottom, rect.Top) ||
				!overlap(line.Box.Left, line.Box.Right, rect.Left, rect.Right) || len(out) == maxSpans {
				continue
			}
			if s, ok := covered(l.marks[i], rect); ok {
				s.Line = i
				out = append(out, s)
			}
		}
	}
	return out
}

// covered returns the run of glyphs whose middle lies in rect.
func covered(marks []mark, rect Rect) (s Span, ok bool) {
	for _, m := range marks {
		x, y := (m.box.Left+m.box.Right)/2, (m.box.Bottom+m.box.Top)/2
		if x < rect.Left || x > rect.Right || y < rect.Bottom-1 || y > rect.Top+1 {
			continue
		}
		if !ok {
			s.Start, ok = m.start, true
		}
		s.End = m.end
	}
	return s, ok
}

func overlap(a0, a1, b0, b1 float32) bool { return a0 < b1 && b0 < a1 }

func union(a, b Rect) Rect {
	return Rect{
		Left: min(a.Left, b.Left), Bottom: min(a.Bottom, b.Bottom),
		Right: max(a.Right, b.Right), Top: max(a.Top, b.Top),
	}
}

// tenth rounds to a tenth of a point, so that sizes can be compared.
func tenth(v float64) float32 { return float32(math.Round(v*10) / 10) }

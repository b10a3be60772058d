package citation

import (
	"bytes"
	"math"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ibid-archive/ibid/internal/pdf"
)

// flow is the text of a PDF as one string: lines joined, divided words and broken addresses put together,
// and an empty line between blocks (paragraphs, notes, list entries).
type flow struct {
	text  []byte
	lines []flowLine
	// body is the font size of most of the text.
	body float32
	// spaced says that spaces had to be taken out of an address of the last line.
	spaced bool
}

// flowLine is one line of a page: text[start:end] of the flow is the text of the line, but for the
// spaces at the offsets removed.
type flowLine struct {
	page       int
	start, end int
	removed    []int
	block      block
}

// at returns where an offset of the line's text lies in the flow.
func (l *flowLine) at(offset int) int {
	n, _ := slices.BinarySearch(l.removed, offset)
	return min(l.start+offset-n, l.end)
}

// newFlow puts the lines of all pages together.
func newFlow(pages []pdf.Page) *flow {
	f := &flow{body: bodySize(pages)}
	s := sections{body: f.body}
	for p := range pages {
		s.newPage(&pages[p])
		edges := columnEdges(pages[p].Lines)
		over := linksOverBreaks(&pages[p])
		for i := range pages[p].Lines {
			f.add(&pages[p], p, i, edges, over[i], &s)
		}
	}
	return f
}

// add appends line i of page p; over is the target of a link that covers the break before it.
func (f *flow) add(page *pdf.Page, p, i int, edges []float32, over string, s *sections) {
	line := &page.Lines[i]
	var before *pdf.Line
	if i > 0 {
		before = &page.Lines[i-1]
	}
	fresh := s.classify(before, line)
	goesOn := before != nil && (f.linkedOver(line, over) || f.continues(before, line, edges[i-1], s.labelled))
	if goesOn {
		// Nothing stands between: the address goes on, and so does the block.
		s.current = f.lines[len(f.lines)-1].block
	} else {
		f.separate(line.Text, fresh)
	}
	start := len(f.text)
	text, removed := tightened(line.Text, goesOn && f.spaced)
	f.spaced = len(removed) > 0
	f.text = append(f.text, text...)
	f.lines = append(f.lines, flowLine{page: p, start: start, end: len(f.text), removed: removed, block: s.current})
}

// separate writes what stands between the text so far and a line that is not the rest of an address.
func (f *flow) separate(next string, fresh bool) {
	switch {
	case len(f.text) == 0:
	case fresh:
		f.text = append(f.text, "\n\n"...)
	case dividedWord(f.text, next) && !addressLike(f.lastRun()):
		f.text = f.text[:len(f.text)-1]
		f.lines[len(f.lines)-1].end--
	default:
		f.text = append(f.text, ' ')
	}
}

// dividedWord says whether text ends in a part of a word that next goes on with.
func dividedWord(text []byte, next string) bool {
	if text[len(text)-1] != '-' {
		return false
	}
	last, _ := utf8.DecodeLastRune(text[:len(text)-1])
	first, _ := utf8.DecodeRuneInString(next)
	return unicode.IsLetter(last) && unicode.IsLower(first)
}

// continues says whether line goes on with the address that before ends in.
func (f *flow) continues(before, line *pdf.Line, edge float32, labelled bool) bool {
	tail := f.lastRun()
	if labelled || tail == "" {
		return false
	}
	head, rest, _ := strings.Cut(line.Text, " ")
	char := (line.Box.Right - line.Box.Left) / float32(max(1, utf8.RuneCountInString(line.Text)))
	piece := float32(utf8.RuneCountInString(firstPiece(head))) * char
	return lineBreak{
		tail: tail, head: head, rest: rest,
		forced:  before.Box.Right+piece > edge-char,
		alone:   len(tail) >= len(before.Text),
		brimful: before.Box.Right > edge-1.5*char,
	}.continuesAddress()
}

// linksOverBreaks returns, by line, the target of the link that covers its begin and the end of the line
// before it.
func linksOverBreaks(page *pdf.Page) map[int]string {
	ends, over := map[int]string{}, map[int]string{}
	for _, link := range page.Links {
		for _, s := range link.Spans {
			if s.Start == 0 && ends[s.Line-1] == link.URI {
				over[s.Line] = link.URI
			}
			if s.End == len(page.Lines[s.Line].Text) {
				ends[s.Line] = link.URI
			}
		}
	}
	return over
}

// linkedOver says whether a link proves that line goes on with the address that the text ends in: it has the
// first word of the line in its target.
func (f *flow) linkedOver(line *pdf.Line, target string) bool {
	head, _, _ := strings.Cut(line.Text, " ")
	head = trimmed(head)
	return target != "" && head != "" && strings.Contains(target, head) && addressLike(f.lastRun())
}

// lastRun returns what the text ends in without white space in it, at most the length of an address.
func (f *flow) lastRun() string {
	end := f.text[max(0, len(f.text)-maxAddress):]
	return string(end[bytes.LastIndexAny(end, " \n")+1:])
}

// firstPiece is what must fit on a line for an address to be broken after it.
func firstPiece(word string) string {
	if i := strings.IndexAny(word, "/.-_?=&"); i >= 0 {
		return word[:i+1]
	}
	return word
}

// bodySize is the font size of most characters.
func bodySize(pages []pdf.Page) float32 {
	sizes := map[float32]int{}
	for _, page := range pages {
		for _, line := range page.Lines {
			sizes[line.Size] += len(line.Text)
		}
	}
	var size float32
	for s, n := range sizes {
		if n > sizes[size] || (n == sizes[size] && s > size) {
			size = s
		}
	}
	return size
}

// columnEdges returns, for each line, where its column ends at the right: the edge that nearly all lines
// keep to that begin near it, so that a line across two columns does not count.
func columnEdges(lines []pdf.Line) []float32 {
	type group struct{ rights []float32 }
	const near = 40 // points: indents, labels and hanging lines of one column
	edges := make([]float32, len(lines))
	order := make([]int, len(lines))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(a, b int) bool { return lines[order[a]].Box.Left < lines[order[b]].Box.Left })
	for from := 0; from < len(order); {
		left := lines[order[from]].Box.Left
		to := from
		var g group
		for to < len(order) && lines[order[to]].Box.Left < left+near {
			g.rights = append(g.rights, lines[order[to]].Box.Right)
			to++
		}
		slices.Sort(g.rights)
		edge := g.rights[len(g.rights)-1]
		if n := len(g.rights); n >= 10 {
			edge = g.rights[int(math.Ceil(0.93*float64(n)))-1]
		}
		for _, i := range order[from:to] {
			edges[i] = max(edge, lines[i].Box.Right)
		}
		from = to
	}
	return edges
}

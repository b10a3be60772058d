package compare

import (
	"strings"
	"unicode/utf8"
)

// Piece is text of one side; Changed says that the other has it not.
type Piece struct {
	Text    string
	Changed bool
}

// Row is a line, or lines that were replaced together, on both sides. A side that has none is nil.
type Row struct {
	Left, Right []Piece
	// Same says that both sides are one, and only Left is set.
	Same bool
	// Skipped is how many lines that are the same stand here in the place of a Row.
	Skipped int
}

// Result is what two texts have in common and what not.
type Result struct {
	Rows []Row
	// Words counts those on each side, and Common those that both have in order.
	WordsLeft, WordsRight, Common int
	// Changes is how many Rows are not the same on both sides.
	Changes int
}

// Diff compares two texts line by line, and word by word where a line was replaced.
func Diff(left, right []string) Result {
	var r Result
	numbers := numbering{}
	a, b := numbers.all(left), numbers.all(right)
	i, j := 0, 0
	for _, p := range append(common(a, b, len(numbers)), pair{len(left), len(right)}) {
		r.replaced(left[i:p.A], right[j:p.B])
		if p.A < len(left) {
			n := len(strings.Fields(left[p.A]))
			r.WordsLeft, r.WordsRight, r.Common = r.WordsLeft+n, r.WordsRight+n, r.Common+n
			r.Rows = append(r.Rows, Row{Left: []Piece{{Text: left[p.A]}}, Same: true})
		}
		i, j = p.A+1, p.B+1
	}
	return r
}

// replaced adds lines in the place of others: one by one where there are as many, else all together.
func (r *Result) replaced(left, right []string) {
	if len(left) == len(right) {
		for k := range left {
			r.words(left[k], right[k])
		}
		return
	}
	r.words(strings.Join(left, "\n"), strings.Join(right, "\n"))
}

func (r *Result) words(left, right string) {
	numbers := numbering{}
	a, b := tokensOf(left, numbers), tokensOf(right, numbers)
	r.WordsLeft, r.WordsRight, r.Changes = r.WordsLeft+a.words(), r.WordsRight+b.words(), r.Changes+1
	pairs := common(a.numbers, b.numbers, len(numbers))
	same := 0
	for _, p := range pairs {
		if a.isWord(p.A) {
			same++
		}
	}
	r.Common += same
	// Of two lines that share a few words by chance, a reader sees more when each is whole.
	if same*2 < min(a.words(), b.words()) {
		pairs = nil
	}
	keptLeft, keptRight := make([]bool, len(a.numbers)), make([]bool, len(b.numbers))
	for _, p := range pairs {
		keptLeft[p.A], keptRight[p.B] = true, true
	}
	r.Rows = append(r.Rows, Row{Left: a.pieces(keptLeft), Right: b.pieces(keptRight)})
}

// all numbers lines.
func (n numbering) all(lines []string) []int32 {
	out := make([]int32, len(lines))
	for i, l := range lines {
		out[i] = n.of(l)
	}
	return out
}

// tokens are the words of a text and, as tokens of their own, what stands between them; in scripts without spaces each
// character. ends are where each ends in the text.
type tokens struct {
	text    string
	ends    []int32
	numbers []int32
}

func tokensOf(text string, numbers numbering) tokens {
	t := tokens{text: text}
	start := 0
	add := func(end int) {
		if start < end {
			t.ends, t.numbers = append(t.ends, int32(end)), append(t.numbers, numbers.of(text[start:end])) //nolint:gosec // MaxText bounds it
		}
		start = end
	}
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		if c == ' ' || c == '\n' || c >= firstIdeograph && c != utf8.RuneError {
			add(i)
			add(i + size)
		}
		i += size
	}
	add(len(text))
	return t
}

// firstIdeograph is where in Unicode the scripts of East Asia begin.
const firstIdeograph = 0x2e80

// start is where the i-th token begins.
func (t *tokens) start(i int) int {
	if i == 0 {
		return 0
	}
	return int(t.ends[i-1])
}

func (t *tokens) isWord(i int) bool {
	c := t.text[t.start(i)]
	return c != ' ' && c != '\n'
}

// words is how many there are.
func (t *tokens) words() (n int) {
	for i := range t.ends {
		if t.isWord(i) {
			n++
		}
	}
	return n
}

// pieces joins the tokens that are marked alike. A space between two marked words is marked, too.
func (t *tokens) pieces(kept []bool) (out []Piece) {
	start := 0
	for i, end := range t.ends {
		changed := !kept[i] || !t.isWord(i) && i > 0 && i < len(kept)-1 && !kept[i-1] && !kept[i+1]
		if n := len(out); n == 0 || out[n-1].Changed != changed {
			start = t.start(i)
			out = append(out, Piece{Changed: changed})
		}
		out[len(out)-1].Text = t.text[start:end]
	}
	return out
}

// Fold leaves out rows that are the same, but for the one before and after each change.
func Fold(rows []Row) (out []Row) {
	for i, r := range rows {
		near := !r.Same || i > 0 && !rows[i-1].Same || i < len(rows)-1 && !rows[i+1].Same
		switch n := len(out); {
		case near:
			out = append(out, r)
		case n > 0 && out[n-1].Skipped > 0:
			out[n-1].Skipped++
		default:
			out = append(out, Row{Skipped: 1})
		}
	}
	return out
}

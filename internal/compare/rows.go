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
	i, j := 0, 0
	for _, p := range append(common(left, right), pair{len(left), len(right)}) {
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
	a, b := tokens(left), tokens(right)
	r.WordsLeft, r.WordsRight, r.Changes = r.WordsLeft+count(a), r.WordsRight+count(b), r.Changes+1
	pairs := common(a, b)
	same := 0
	for _, p := range pairs {
		if isWord(a[p.A]) {
			same++
		}
	}
	r.Common += same
	// Of two lines that share a few words by chance, a reader sees more when each is whole.
	if same*2 < min(count(a), count(b)) {
		pairs = nil
	}
	keptLeft, keptRight := make([]bool, len(a)), make([]bool, len(b))
	for _, p := range pairs {
		keptLeft[p.A], keptRight[p.B] = true, true
	}
	r.Rows = append(r.Rows, Row{Left: pieces(left, a, keptLeft), Right: pieces(right, b, keptRight)})
}

// tokens are the words of s and, as tokens of their own, what stands between them; in scripts without spaces each character.
func tokens(s string) (out []string) {
	start := 0
	for i := 0; i < len(s); {
		c, size := utf8.DecodeRuneInString(s[i:])
		if c == ' ' || c == '\n' || c >= firstIdeograph && c != utf8.RuneError {
			if start < i {
				out = append(out, s[start:i])
			}
			start = i + size
			out = append(out, s[i:start])
		}
		i += size
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

// firstIdeograph is where in Unicode the scripts of East Asia begin.
const firstIdeograph = 0x2e80

func isWord(token string) bool { return token != " " && token != "\n" }

func count(tokens []string) (n int) {
	for _, t := range tokens {
		if isWord(t) {
			n++
		}
	}
	return n
}

// pieces joins the tokens of text that are marked alike. A space between two marked words is marked, too.
func pieces(text string, tokens []string, kept []bool) (out []Piece) {
	start, at := 0, 0
	for i, t := range tokens {
		changed := !kept[i] || !isWord(t) && i > 0 && i < len(tokens)-1 && !kept[i-1] && !kept[i+1]
		if n := len(out); n == 0 || out[n-1].Changed != changed {
			start = at
			out = append(out, Piece{Changed: changed})
		}
		at += len(t)
		out[len(out)-1].Text = text[start:at]
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

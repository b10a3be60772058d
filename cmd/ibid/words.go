package main

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

// writeReport prints a document as people read it: a line a reference, what it came to, what to do next. An empty
// store is the demo's own, which does not stay. command begins one that finds the archive again.
func writeReport(w io.Writer, r pipeline.DocumentReport, store, command string) error {
	fmt.Fprintf(w, "%s\n\n", heading(r.Document))
	t := newTable("note", "source", "now", "kept")
	for _, ref := range r.References {
		if address := ref.Address(); address != "" {
			t.row(ref.Locator.Label, shortURI(address, 34), string(ref.Health), keptWords(ref.State))
		}
		for _, work := range ref.Works {
			t.note(editionWords(work))
		}
	}
	t.write(w)
	fmt.Fprintf(w, "\n %s\n", sumWords(r.Summary.Cited(), "things cited", r.Summary))
	if store == "" {
		_, err := fmt.Fprint(w, " archived for now; ibid demo --store DIR keeps it\n next: ibid archive report.pdf\n")
		return err
	}
	_, err := fmt.Fprintf(w, " archived in %s\n next: %s report %s\n       %s lookup URL\n", plainText(store), command, plainText(r.Document.Source), command)
	return err
}

func heading(d ibid.Document) string {
	s := plainText(d.Source)
	if !strings.Contains(s, "://") {
		s = filepath.Base(s)
	}
	if d.Title != "" {
		s += " — " + clip(plainText(d.Title), 120)
	}
	if d.Date != "" {
		s += ", " + string(d.Date)
	}
	return s
}

// keptWords says what was kept, or why not, in a few words.
func keptWords(s pipeline.State) string {
	switch {
	case s.Outcome == ibid.OutcomeCaptured && s.Memento != nil:
		words := "captured " + s.Memento.Timestamp.UTC().Format(time.DateOnly)
		if s.Verdict != ibid.Archived {
			words += " (" + cmp.Or(string(s.Class), string(s.Verdict)) + ")"
		}
		return words
	case s.Reason != "":
		return string(s.Outcome) + ": " + clip(plainText(s.Reason), 72)
	default:
		return string(s.Outcome)
	}
}

// marks are the outcomes in one character, for where words have no room.
var marks = map[ibid.Outcome]string{
	ibid.OutcomeCaptured: "✓", ibid.OutcomeRescued: "✓", ibid.OutcomeSucceeded: "→", ibid.OutcomeLost: "✗",
	ibid.OutcomeExcluded: "–", ibid.OutcomeFailed: "!", ibid.OutcomePending: "…",
}

func editionWords(w pipeline.WorkReport) string {
	var b strings.Builder
	b.WriteString("└ " + clip(workName(w.Work), 40) + "  ")
	for _, e := range w.Editions {
		b.WriteString(e.Language + " " + marks[e.Outcome] + " ")
	}
	if len(w.Editions) > 0 {
		b.WriteString(" " + string(w.Editions[0].Outcome))
	}
	return b.String()
}

func workName(w ibid.Work) string { return plainText(cmp.Or(w.Label, w.Title)) }

// sumWords is the closing line: "12 things cited: 2 captured, 1 lost".
func sumWords(n int, what string, s pipeline.Summary) string {
	var parts []string
	for _, c := range []struct {
		n    int
		word ibid.Outcome
	}{
		{s.Captured, ibid.OutcomeCaptured}, {s.Rescued, ibid.OutcomeRescued}, {s.Succeeded, ibid.OutcomeSucceeded},
		{s.Lost, ibid.OutcomeLost}, {s.Excluded, ibid.OutcomeExcluded}, {s.Failed, ibid.OutcomeFailed}, {s.Pending, ibid.OutcomePending},
	} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	return fmt.Sprintf("%d %s: %s", n, what, joinOr(parts, "nothing"))
}

func joinOr(parts []string, none string) string {
	if len(parts) == 0 {
		return none
	}
	return strings.Join(parts, ", ")
}

// shortURI is an address as people recognise it, at most n characters: scheme gone, the middle left out.
func shortURI(uri string, n int) string {
	s := plainText(strings.TrimPrefix(strings.TrimPrefix(uri, "http://"), "https://"))
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	head := n * 2 / 5
	return string(r[:head]) + "…" + string(r[len(r)-(n-head-1):])
}

// clip cuts s to n characters, and shows that it did.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// plainText makes foreign text safe for a terminal: what steers it or reverses the reading is shown as such.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError {
			return '\uFFFD'
		}
		return r
	}, s)
}

// sizeWords is a number of bytes as people say it.
func sizeWords(n int64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	f, i := float64(n)/unit, 0
	for f >= unit && i < 4 {
		f, i = f/unit, i+1
	}
	return fmt.Sprintf("%.1f %ciB", f, "KMGTP"[i])
}

// table is lines of cells in columns as wide as they need; notes run across all but the first.
type table struct{ rows [][]string }

func newTable(head ...string) *table { return &table{rows: [][]string{head}} }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) note(text string) { t.rows = append(t.rows, []string{"", text}) }

func (t *table) write(w io.Writer) {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		if len(row) != len(widths) {
			continue
		}
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(" " + cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+1))
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

// plainLines is plainText for text of several lines.
func plainLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = plainText(lines[i])
	}
	return strings.Join(lines, "\n")
}

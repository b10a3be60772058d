package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
)

// sheet is how a report is laid out for a terminal.
type sheet struct {
	// width is how many columns there are, and strikes how many checks make a source dead for good.
	width, strikes int
	// store is where the archive is; empty: the demo's own, which does not stay.
	store string
	// command begins one that finds the archive again.
	command string
}

// wide is the width from which what is kept has room on one line.
const wide = 100

// The columns of what is kept: "rescued  2009-05-28, 218 days before  web.archive.org", or the same on two lines.
const keptWide, keptNarrow = 53, 32

// noteIndent is where the text of a note begins: after the first column.
const noteIndent = before + len("note") + between

// write prints a document as people read it: a line a reference, what it came to, what to do next.
func (s sheet) write(w io.Writer, r pipeline.DocumentReport) error {
	fmt.Fprintf(w, "%s\n\n", wrap(heading(r.Document), s.width, 3))
	now := make([]string, len(r.References))
	nowWidth, label := len("now"), len("note")
	for i, ref := range r.References {
		now[i] = s.now(ref.State)
		for line := range strings.SplitSeq(now[i], "\n") {
			nowWidth = max(nowWidth, utf8.RuneCountInString(line))
		}
		label = max(label, utf8.RuneCountInString(report.Plain(ref.Locator.Label)))
	}
	source := max(16, s.width-before-label-nowWidth-s.keptWidth()-3*between)
	t := newTable("note", "source", "now", "kept")
	for i, ref := range r.References {
		if ref.Address() != "" {
			t.row(report.Plain(ref.Locator.Label), report.ShortURI(ref.Address(), source), now[i], s.kept(ref.State))
		}
		for _, work := range ref.Works {
			t.note(s.work(work))
		}
	}
	t.write(w)
	return s.end(w, r)
}

func (s sheet) keptWidth() int {
	if s.width < wide {
		return keptNarrow
	}
	return keptWide
}

// now says how the live web has a source, and how sure that is.
func (s sheet) now(st pipeline.State) string {
	words := report.Health(st.Health)
	if strikes := report.Strikes(st, s.strikes); strikes != "" {
		words += "\n(" + strikes + ")"
	}
	return words
}

// kept says what is kept of a source; why, only where nothing is.
func (s sheet) kept(st pipeline.State) string {
	n := s.keptWidth()
	outcome, when, where := report.Kept(st)
	if !report.HasIt(st.Outcome) {
		if st.Reason == "" {
			return outcome
		}
		return wrap(outcome+": "+report.Plain(st.Reason), n, 4)
	}
	if when == "" {
		return strings.TrimSpace(outcome + "  " + report.ShortURI(where, n-len(outcome)-2))
	}
	words := outcome + " " + when
	if where != "" {
		if words = outcome + "  " + when + "  " + where; s.width < wide || utf8.RuneCountInString(words) > n {
			date, distance, _ := strings.Cut(when, ", ")
			words = outcome + "  " + date + "\n" + wrap(joinOr(nonEmpty(distance, where), ""), n, 2)
		}
	}
	if note := report.Note(st); note != "" {
		words += "\n" + wrap(note, n, 2)
	}
	return words
}

func nonEmpty(parts ...string) (all []string) {
	for _, p := range parts {
		if p != "" {
			all = append(all, p)
		}
	}
	return all
}

// work is the line of a named work: the mark of each language, and why one is missing.
func (s sheet) work(w pipeline.WorkReport) string {
	room := s.width - noteIndent
	line := "└ " + report.Clip(report.WorkName(w.Work), max(20, room/2))
	var missing []string
	for i, e := range w.Editions {
		if i == 0 {
			line += "  "
		}
		line += " " + report.Plain(e.Language) + " " + report.Mark(e.Outcome)
		if why := report.Missing(e); why != "" {
			missing = append(missing, report.Language(e.Language)+": "+why)
		}
	}
	if len(missing) == 1 && utf8.RuneCountInString(line)+2+utf8.RuneCountInString(missing[0]) <= room {
		return line + "  " + missing[0]
	}
	for _, m := range missing {
		line += "\n  " + strings.ReplaceAll(wrap(m, room-2, 3), "\n", "\n  ")
	}
	return line
}

// end is what it all came to, and what to do next.
func (s sheet) end(w io.Writer, r pipeline.DocumentReport) error {
	sum, where := report.Sum(report.Count(r.Summary.Cited(), "thing")+" cited", r.Summary), "archived in "+report.Plain(s.store)
	if s.store == "" {
		where = "archived for now; ibid demo --store DIR keeps it"
	}
	gap := "        "
	if utf8.RuneCountInString(sum+gap+where)+before > s.width {
		sum, gap = strings.ReplaceAll(wrap(sum, s.width-before, 2), "\n", "\n "), "\n "
	}
	fmt.Fprintf(w, "\n %s%s%s\n", sum, gap, where)
	if f := report.FiguresOf(r); f.Told > 0 {
		fmt.Fprintf(w, " %s\n", f)
	}
	if s.store == "" {
		_, err := fmt.Fprint(w, " next: ibid archive report.pdf\n")
		return err
	}
	next := fmt.Sprintf(" next: %s report %s --format html", s.command, report.Plain(r.Document.Source))
	if utf8.RuneCountInString(next) > s.width {
		next = fmt.Sprintf(" next: %s report %s --format html", s.command, r.Document.ID)
	}
	_, err := fmt.Fprintf(w, "%s\n       %s lookup URL\n", next, s.command)
	return err
}

func heading(d ibid.Document) string {
	s := report.Plain(d.Source)
	if !strings.Contains(s, "://") {
		s = filepath.Base(s)
	}
	if d.Title != "" {
		s += " — " + report.Clip(report.Plain(d.Title), 120)
	}
	if d.Date != "" {
		s += ", " + string(d.Date)
	}
	return s
}

func joinOr(parts []string, none string) string {
	if len(parts) == 0 {
		return none
	}
	return strings.Join(parts, ", ")
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

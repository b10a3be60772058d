package citeform

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
)

// diffContext is how many lines that are the same stand around those that are not.
const diffContext = 3

// hunk is a run of lines of the old text with what is around it: lines [from, to) are shown.
type hunk struct {
	from, to int
	edits    []edit
}

// unifiedDiff writes the difference that edits make to was: as diff -u does, and as patch takes it.
func unifiedDiff(w io.Writer, from, to string, was []byte, edits []edit) error {
	starts := lineStarts(was)
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", from, to)
	moved := 0
	for _, h := range hunks(starts, len(was), edits) {
		moved += writeHunk(&b, h, was, starts, moved)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// lineStarts are the offsets at which lines begin, and the end of the text.
func lineStarts(text []byte) []int {
	starts := []int{0}
	for i, c := range text {
		if c == '\n' && i+1 < len(text) {
			starts = append(starts, i+1)
		}
	}
	return append(starts, len(text))
}

// hunks groups edits whose contexts touch.
func hunks(starts []int, size int, edits []edit) []hunk {
	var out []hunk
	lines := len(starts) - 1
	for _, e := range edits {
		line := sort.SearchInts(starts, e.at+1) - 1
		if e.at >= size {
			line = lines - 1
		}
		from, to := max(0, line-diffContext), min(lines, line+1+diffContext)
		if n := len(out); n > 0 && from <= out[n-1].to {
			out[n-1].to, out[n-1].edits = max(out[n-1].to, to), append(out[n-1].edits, e)
			continue
		}
		out = append(out, hunk{from: from, to: to, edits: []edit{e}})
	}
	return out
}

// writeHunk writes one, and returns how many lines it adds. moved is how many those before it added.
func writeHunk(b *strings.Builder, h hunk, was []byte, starts []int, moved int) int {
	var body strings.Builder
	added, next := 0, h.edits
	for line := h.from; line < h.to; line++ {
		text := was[starts[line]:starts[line+1]]
		n := 0
		for n < len(next) && (next[n].at < starts[line+1] || line == len(starts)-2) {
			n++
		}
		if n == 0 {
			writeLines(&body, " ", text)
			continue
		}
		here := slices.Clone(next[:n])
		for i := range here {
			here[i].at -= starts[line]
		}
		now := applied(text, here)
		writeLines(&body, "-", text)
		writeLines(&body, "+", now)
		added += lineCount(now) - lineCount(text)
		next = next[n:]
	}
	count := h.to - h.from
	fmt.Fprintf(b, "@@ -%d,%d +%d,%d @@\n%s", h.from+1, count, h.from+1+moved, count+added, body.String())
	return added
}

func lineCount(text []byte) int {
	n := bytes.Count(text, []byte("\n"))
	if len(text) > 0 && text[len(text)-1] != '\n' {
		n++
	}
	return n
}

func writeLines(b *strings.Builder, mark string, text []byte) {
	for line := range bytes.Lines(text) {
		b.WriteString(mark)
		b.Write(line)
		if line[len(line)-1] != '\n' {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// spread breaks the line between any two tags, for XML that has no lines of its own.
func spread(text []byte, edits []edit) ([]byte, []edit) {
	out := make([]byte, 0, len(text)+len(text)/8)
	moved := make([]edit, len(edits))
	next, broken := 0, 0
	for i, c := range text {
		for next < len(edits) && edits[next].at == i {
			moved[next] = edit{at: i + broken, text: strings.ReplaceAll(edits[next].text, "><", ">\n<") + "\n"}
			next++
		}
		out = append(out, c)
		if c == '>' && i+1 < len(text) && text[i+1] == '<' {
			out = append(out, '\n')
			broken++
		}
	}
	for ; next < len(edits); next++ {
		moved[next] = edit{at: len(text) + broken, text: edits[next].text}
	}
	return out, moved
}

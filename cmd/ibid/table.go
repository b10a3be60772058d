package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// table is lines of cells in columns as wide as they need; a cell can have several lines. Headings run across all columns,
// notes across all but the first.
type table struct{ rows [][]string }

func newTable(head ...string) *table { return &table{rows: [][]string{head}} }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) heading(text string) { t.rows = append(t.rows, []string{text}) }

func (t *table) note(text string) { t.rows = append(t.rows, []string{"", text}) }

// between is how many characters stand between two columns, and before the first.
const between, before = 2, 1

func (t *table) write(w io.Writer) {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		if len(row) != len(widths) {
			continue
		}
		for i, cell := range row {
			for line := range strings.SplitSeq(cell, "\n") {
				widths[i] = max(widths[i], utf8.RuneCountInString(line))
			}
		}
	}
	for _, row := range t.rows {
		writeRow(w, row, widths)
	}
}

func writeRow(w io.Writer, row []string, widths []int) {
	height := 1
	cells := make([][]string, len(row))
	for i := range row {
		cells[i] = strings.Split(row[i], "\n")
		height = max(height, len(cells[i]))
	}
	for l := range height {
		line := strings.Repeat(" ", before)
		for i := range cells {
			text := ""
			if l < len(cells[i]) {
				text = cells[i][l]
			}
			line += text + strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(text))+between)
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// wrap breaks text into lines of at most n characters, at spaces where there are any; what does not fit in most lines
// is cut.
func wrap(text string, n, most int) string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= n:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
		for utf8.RuneCountInString(line) > n {
			r := []rune(line)
			lines, line = append(lines, string(r[:n])), string(r[n:])
		}
	}
	lines = append(lines, line)
	if len(lines) > most {
		last := []rune(lines[most-1])
		lines = append(lines[:most-1], string(last[:min(len(last), n-1)])+"…")
	}
	return strings.Join(lines, "\n")
}

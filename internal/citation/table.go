package citation

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// table reads the addresses in the cells of a table, row by row. The header says which cells are titles, and dates of access.
type table struct {
	c               *collector
	title, accessed int // columns; -1 is none
	rows            int
}

func newTable(c *collector) *table { return &table{c: c, title: -1, accessed: -1} }

// cell is one cell: what it shows, and what it leads to.
type cell struct{ text, href string }

// row reads one row that stands at a line.
func (t *table) row(cells []cell, line int) {
	t.rows++
	if t.rows == 1 {
		t.header(cells)
	}
	title, accessed := t.at(cells, t.title), t.at(cells, t.accessed)
	for i, cell := range cells {
		if t.c.err != nil {
			return
		}
		r := record{title: title, accessed: metadataDate(accessed), line: line}
		if cell.href != "" {
			r.give(cell.href)
			if i != t.accessed && r.title == "" && saysSomething(cell.text) {
				r.title = cell.text
			}
		} else if i != t.title || startsScheme(cell.text) {
			r.give(cell.text)
		}
		if doi := strings.TrimSpace(cell.text); len(r.addresses) == 0 && doiPrefix(doi) > 0 {
			r.doi = doi
		}
		for _, a := range t.c.recordAddresses(r) {
			t.c.addLink(a.URI, r.title, line)
			if n := len(t.c.refs); n > 0 && t.c.err == nil {
				t.c.refs[n-1].Cited, t.c.refs[n-1].Accessed = a.Cited, cmp.Or(t.c.refs[n-1].Accessed, r.accessed)
			}
		}
	}
}

// maxBeside bounds the bytes of a title or a date, which is looked at for each address of its row.
const maxBeside = 4096

func (t *table) at(cells []cell, column int) string {
	if column < 0 || column >= len(cells) || t.rows == 1 {
		return ""
	}
	text := cells[column].text
	return strings.TrimSpace(strings.ToValidUTF8(text[:min(len(text), maxBeside)], ""))
}

// header finds the columns by their names.
func (t *table) header(cells []cell) {
	for i, cell := range cells {
		name := strings.ToLower(strings.TrimSpace(cell.text))
		switch {
		case t.title < 0 && (name == "title" || name == "name" || name == "titel" || name == "titre" || name == "título" || name == "description"):
			t.title = i
		case t.accessed < 0 && (strings.Contains(name, "access") || strings.Contains(name, "retrieved") || name == "abgerufen" || name == "zugriff"):
			t.accessed = i
		}
	}
}

// maxColumns bounds the cells of a row.
const maxColumns = 100_000

// readCSV reads a table in CSV (RFC 4180), divided by commas, semicolons or tabs.
func readCSV(c *collector, text string) error {
	head, _, _ := strings.Cut(text[:min(len(text), 4096)], "\n")
	r := csv.NewReader(strings.NewReader(text))
	r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = true, -1, true
	for _, comma := range ";\t|" {
		if strings.Count(head, string(comma)) > strings.Count(head, string(r.Comma)) {
			r.Comma = comma
		}
	}
	for line := range strings.Lines(text) { // a row takes many times its size
		if strings.Count(line, string(r.Comma)) > maxColumns {
			return unreadableIn(c.name, fmt.Errorf("a row of its table has more than %d cells", maxColumns))
		}
	}
	t := newTable(c)
	for c.err == nil {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return unreadableIn(c.name, fmt.Errorf("its table is damaged: %w", err))
		}
		cells := make([]cell, len(fields))
		for i, field := range fields {
			cells[i].text = field
		}
		line, _ := r.FieldPos(0)
		t.row(cells, line)
	}
	return c.err
}

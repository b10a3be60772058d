package citation

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// readXLSX reads the sheets of a workbook in Office Open XML (ECMA-376, part 1, chapter 18): its cells, what they link to, and
// the formulas of HYPERLINK.
func readXLSX(c *collector, body []byte) error {
	p, err := openParts(body)
	if err != nil {
		return unreadableIn(c.name, err)
	}
	shared, err := sharedStrings(p.optional("xl/sharedStrings.xml"))
	if err != nil {
		return unreadableIn(c.name, err)
	}
	var sheets []string
	for _, name := range p.names {
		if strings.HasPrefix(name, "xl/worksheets/") && path.Ext(name) == ".xml" {
			sheets = append(sheets, name)
		}
	}
	slices.SortStableFunc(sheets, func(a, b string) int { return len(a) - len(b) }) // sheet2 before sheet10
	for _, name := range sheets {
		err := readSheet(c, p, name, shared)
		if c.err != nil {
			return c.err
		}
		if err != nil {
			return unreadableIn(c.name, err)
		}
	}
	return c.err
}

// sharedStrings are the texts that cells refer to by number.
func sharedStrings(body []byte) ([]string, error) {
	dec := newXMLDecoder(bytes.NewReader(body))
	var all []string
	var text strings.Builder
	in, phonetic := false, false
	for {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("its texts are damaged: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			in = t.Name.Local == "t" && !phonetic
			phonetic = phonetic || t.Name.Local == "rPh"
		case xml.CharData:
			if in {
				text.Write(t)
			}
		case xml.EndElement:
			in = false
			switch t.Name.Local {
			case "rPh":
				phonetic = false
			case "si":
				all = append(all, text.String())
				text.Reset()
			}
		}
	}
}

// sheetCell is a cell of a sheet, by its place: "B12".
type sheetCell struct {
	cell

	place string
}

// readSheet reads one sheet. The links of its cells stand at its end.
func readSheet(c *collector, p *parts, name string, shared []string) error {
	body, err := p.read(name)
	if err != nil {
		return err
	}
	targets := make(map[string]string)
	for _, r := range relationships(p.optional(path.Join(path.Dir(name), "_rels", path.Base(name)+".rels"))) {
		if r.Mode == "External" {
			targets[r.ID] = r.Target
		}
	}
	s := &sheet{shared: shared, targets: targets, links: make(map[string]string)}
	if err := s.read(body); err != nil {
		return err
	}
	t := newTable(c)
	for i, row := range s.rows {
		cells := make([]cell, len(row))
		for k, found := range row {
			cells[k] = found.cell
			if href := s.links[found.place]; href != "" {
				cells[k].href = href
				delete(s.links, found.place)
			}
		}
		t.row(cells, i+1)
	}
	for _, place := range s.order { // on cells that hold nothing
		if href := s.links[place]; href != "" {
			c.addLink(href, "", 0)
		}
	}
	return c.err
}

// sheet is read token by token.
type sheet struct {
	shared  []string
	targets map[string]string
	rows    [][]sheetCell
	links   map[string]string // by the place of their cell
	order   []string

	at      sheetCell
	kind    string // of the cell: "s" is a shared text
	element string
	text    strings.Builder
	formula string
	cells   int
	given   int // bytes of shared texts in cells
}

func (s *sheet) read(body []byte) error {
	dec := newXMLDecoder(bytes.NewReader(body))
	for {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("a sheet is damaged: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			s.start(&t)
		case xml.CharData:
			if s.element == "v" || s.element == "t" || s.element == "f" {
				s.text.Write(t)
			}
		case xml.EndElement:
			s.end(t.Name.Local)
		}
		if s.cells > maxNodes {
			return fmt.Errorf("a sheet has more than %d cells", maxNodes)
		}
		if s.given > maxGiven {
			return fmt.Errorf("the cells of a sheet hold more than %d MB of text", maxGiven>>20)
		}
	}
}

func (s *sheet) start(e *xml.StartElement) {
	s.element = e.Name.Local
	switch s.element {
	case "row":
		s.rows = append(s.rows, nil)
		s.cells++
	case "c":
		s.at, s.kind, s.formula = sheetCell{place: xmlAttr(e, "r")}, xmlAttr(e, "t"), ""
		s.cells++
	case "v", "f":
		s.text.Reset()
	case "is":
		s.text.Reset()
	case "hyperlink":
		place, href := xmlAttr(e, "ref"), s.targets[xmlAttr(e, "id")]
		place, _, _ = strings.Cut(place, ":")
		if fragment := xmlAttr(e, "location"); fragment != "" && href != "" {
			href += "#" + fragment
		}
		if href != "" && s.links[place] == "" {
			s.links[place] = href
			s.order = append(s.order, place)
		}
	}
}

func (s *sheet) end(name string) {
	s.element = ""
	switch name {
	case "f":
		s.formula = s.text.String()
	case "v":
		s.at.text = s.text.String()
		if n := s.at.text; s.kind == "s" {
			s.at.text = ""
			if i := atoi(n); digits(n) == len(n) && i < len(s.shared) {
				s.at.text = s.shared[i]
				s.given += len(s.at.text)
			}
		}
	case "is":
		s.at.text = s.text.String()
	case "c":
		s.at.href = hyperlinkFormula(s.formula)
		if n := len(s.rows); n > 0 {
			s.rows[n-1] = append(s.rows[n-1], s.at)
		}
	}
}

// hyperlinkFormula is the address in `HYPERLINK("http://…","text")`.
func hyperlinkFormula(formula string) string {
	rest, ok := strings.CutPrefix(strings.TrimLeft(strings.TrimPrefix(formula, "of:"), "= "), `HYPERLINK("`)
	if !ok {
		return ""
	}
	address, _, _ := strings.Cut(rest, `"`)
	return address
}

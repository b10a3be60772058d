package citation

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// readODS reads the sheets of a spreadsheet in OpenDocument.
func readODS(c *collector, body []byte) error {
	_, content, err := openODF(body)
	if err != nil {
		return unreadableIn(c.name, err)
	}
	s := &openSheet{t: newTable(c)}
	dec := newXMLDecoder(bytes.NewReader(content))
	for c.err == nil {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return unreadableIn(c.name, fmt.Errorf("its sheets are damaged: %w", err))
		}
		s.token(token)
	}
	return c.err
}

// openSheet reads the sheets of a spreadsheet in OpenDocument token by token.
type openSheet struct {
	t        *table
	cells    []cell
	text     strings.Builder
	links    []string
	formula  string
	depth    int // of paragraphs in cells
	remarked int // depth of remarks
	line     int
}

func (s *openSheet) token(token xml.Token) {
	switch t := token.(type) {
	case xml.CharData:
		if s.depth > 0 && s.remarked == 0 {
			s.text.Write(t)
		}
	case xml.StartElement:
		switch t.Name.Local {
		case "table":
			s.t, s.line = newTable(s.t.c), 0
		case "table-row":
			s.cells = s.cells[:0]
			s.line++
		case "table-cell":
			s.text.Reset()
			s.links, s.formula = s.links[:0], xmlAttr(&t, "formula")
		case "annotation":
			s.remarked++
		case "p":
			s.depth++
		case "a":
			s.links = append(s.links, xmlAttr(&t, "href"))
		}
	case xml.EndElement:
		switch t.Name.Local {
		case "table-cell":
			s.cell()
		case "table-row":
			s.t.row(s.cells, s.line)
		case "annotation":
			s.remarked--
		case "p":
			s.depth--
		}
	}
}

// cell keeps the cell that was read, once for each of its links.
func (s *openSheet) cell() {
	text := s.text.String()
	if len(s.links) == 0 {
		s.cells = append(s.cells, cell{text: text, href: hyperlinkFormula(s.formula)})
		return
	}
	text = strings.ToValidUTF8(text[:min(len(text), maxBeside)], "") // it is looked at for each of them
	for _, href := range s.links {
		s.cells = append(s.cells, cell{text: text, href: href})
	}
}

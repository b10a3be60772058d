package citation

import (
	"encoding/xml"
	"errors"
	"strings"
)

// mods reads records of the Metadata Object Description Schema (Library of Congress, MODS 3), as libraries and converters of
// bibliographies write them. What a record says of the work that holds it, or of other works, is not its own.
type mods struct {
	records []record
	now     *record
	// path are the elements that are open, related how many of those speak of another work.
	path    []*xml.StartElement
	related int
	text    strings.Builder
	// family and given are the parts of the name that is being read, whole a name in one part.
	family, given, whole string
}

// readMODS reads a record or a collection of them.
func readMODS(c *collector, text string) error {
	m := &mods{}
	if err := m.read(text); err != nil && len(m.records) == 0 {
		return unreadableIn(c.name, err)
	}
	for _, r := range m.records {
		c.addRecord(r, place{})
	}
	return c.err
}

func (m *mods) read(text string) error {
	dec := newXMLDecoder(strings.NewReader(text))
	for {
		token, err := dec.RawToken()
		if err != nil {
			if m.now != nil { // the file is cut
				m.records = append(m.records, *m.now)
			}
			if len(m.records) == 0 {
				return errors.New("its XML is damaged, or holds no MODS records")
			}
			return nil
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(m.path) >= maxDepth {
				return errors.New("its XML has elements that stand too deep in one another")
			}
			line, _ := dec.InputPos()
			e := t.Copy()
			m.open(&e, line)
		case xml.CharData:
			m.text.Write(t)
		case xml.EndElement:
			m.close()
		}
	}
}

func (m *mods) open(e *xml.StartElement, line int) {
	m.path = append(m.path, e)
	m.text.Reset()
	switch e.Name.Local {
	case "mods":
		if m.related == 0 {
			m.now = &record{line: line, key: xmlAttr(e, "ID")}
		}
	case "relatedItem", "subject":
		m.related++
	case "name":
		m.family, m.given, m.whole = "", "", ""
	}
}

func (m *mods) close() {
	n := len(m.path) - 1
	if n < 0 {
		return
	}
	e := m.path[n]
	m.path = m.path[:n]
	value := folded(m.text.String())
	m.text.Reset()
	switch e.Name.Local {
	case "relatedItem", "subject":
		m.related--
		return
	case "mods":
		if m.now != nil && m.related == 0 {
			m.records, m.now = append(m.records, *m.now), nil
		}
		return
	}
	if m.now != nil && m.related == 0 {
		m.field(e, value)
	}
}

// field keeps what stands in the element e.
func (m *mods) field(e *xml.StartElement, value string) {
	r := m.now
	switch e.Name.Local {
	case "title":
		if r.title == "" {
			r.title = value
		}
	case "namePart":
		switch xmlAttr(e, "type") {
		case "family":
			m.family = value
		case "given":
			m.given = folded(m.given + " " + value)
		case "":
			m.whole = value
		}
	case "name":
		m.name()
	case "url":
		r.give(value)
		if date := xmlAttr(e, "dateLastAccessed"); date != "" {
			r.accessed = metadataDate(date)
		}
	case "identifier":
		r.identifier(xmlAttr(e, "type"), value)
	}
}

// name keeps the name that was read.
func (m *mods) name() {
	switch {
	case m.family != "" && m.given != "":
		m.now.authors = append(m.now.authors, m.family+", "+m.given)
	case m.family+m.whole != "":
		m.now.authors = append(m.now.authors, m.family+m.whole)
	}
}

// identifier keeps an identifier by the name that MODS has for its type.
func (r *record) identifier(kind, value string) {
	switch strings.ToLower(kind) {
	case "doi":
		r.doi = value
	case "uri", "hdl":
		r.give(value)
	case "isbn":
		r.identify("isbn", value)
	case "pmid", "pubmed", "accession number":
		r.identify("pmid", value)
	case "pmcid", "pmc":
		r.identify("pmcid", value)
	case "arxiv":
		r.identify("arxiv", value)
	}
}

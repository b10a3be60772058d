package citation

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// readEndNote reads a library in EndNote's XML, as EndNote, Bookends and others export it.
func readEndNote(c *collector, text string) error {
	records := endNoteRecords([]byte(text))
	if len(records) == 0 {
		return unreadableIn(c.name, errors.New("its XML is damaged, or holds no EndNote records"))
	}
	for _, r := range records {
		c.addRecord(r, place{})
	}
	return c.err
}

// endNoteRecords are the records in body, up to where it is damaged.
func endNoteRecords(body []byte) []record {
	dec := newXMLDecoder(bytes.NewReader(body))
	var records []record
	var path []string
	var r *record
	var text strings.Builder
	for {
		token, err := dec.RawToken()
		if err != nil {
			if !errors.Is(err, io.EOF) && r != nil {
				records = append(records, *r)
			}
			return records
		}
		switch t := token.(type) {
		case xml.StartElement:
			name := strings.ToLower(t.Name.Local)
			if path = append(path, name); len(path) > maxDepth {
				return records
			}
			if name == "record" {
				line, _ := dec.InputPos()
				r = &record{line: line}
			}
			if name != "style" {
				text.Reset()
			}
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			if len(path) == 0 {
				continue
			}
			name := path[len(path)-1]
			path = path[:len(path)-1]
			switch {
			case r == nil || name == "style":
			case name == "record":
				records, r = append(records, *r), nil
			default:
				r.endNote(path, name, strings.TrimSpace(text.String()))
				text.Reset()
			}
		}
	}
}

// endNote keeps what stands in the element name below path.
func (r *record) endNote(path []string, name, value string) {
	parent := ""
	if len(path) > 0 {
		parent = path[len(path)-1]
	}
	if value == "" {
		return
	}
	if name == "url" { // in which a break counts
		r.give(strings.ReplaceAll(value, "\r", "\n"))
		return
	}
	switch value = folded(value); name {
	case "electronic-resource-num":
		if r.doi = value; doiOf(value) == "" {
			r.give(value)
		}
	case "title":
		r.title = value
	case "author":
		if parent == "authors" || parent == "contributors" {
			r.authors = append(r.authors, person(value))
		}
	case "rec-number":
		r.key = value
	case "access-date":
		r.accessed = metadataDate(value)
	case "isbn":
		r.identify("isbn", value)
	case "accession-num":
		r.identify("pmid", value)
	}
}

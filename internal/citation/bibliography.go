package citation

import (
	"strconv"
	"strings"
)

func decimal(n int) string { return strconv.Itoa(n) }

// maxBibliographies bounds how many bibliographies of one document are read.
const maxBibliographies = 50

// bibliography reads the bibliographies of those names that lie beside the document: BibTeX, CSL-JSON, RIS.
func (c *collector) bibliography(names []string) []record {
	var all []record
	for _, name := range names[:min(len(names), maxBibliographies)] {
		name = strings.Trim(strings.TrimSpace(name), `"'`)
		for _, path := range []string{name, name + ".bib"} {
			if name == "" {
				continue
			}
			if body, err := c.beside(path); err == nil {
				all = append(all, recordsIn(path, body)...)
				break
			}
		}
	}
	return all
}

// recordsIn are the entries of one bibliography.
func recordsIn(name string, body []byte) []record {
	kind, err := typeOf(Source{Name: name, Body: body})
	if err != nil {
		return nil
	}
	text, err := decoded(Source{Name: name, Body: body}, kind)
	if err != nil {
		return nil
	}
	var all []record
	switch kind {
	case typeBibTeX:
		for _, e := range bibEntries(text) {
			all = append(all, e.record())
		}
	case typeCSL:
		items, _ := cslItems([]byte(text))
		for _, item := range items {
			all = append(all, item.record())
		}
	case typeEndNote:
		return endNoteRecords([]byte(text))
	case typeRIS:
		r := risReader{keep: func(kept record) { all = append(all, kept) }}
		r.read(text)
	}
	return all
}

// citedEntries are the entries of those keys, in that order; of the key "*" all.
func citedEntries(entries []record, keys []string) []record {
	byKey := make(map[string]record, len(entries))
	for _, e := range entries {
		if _, known := byKey[e.key]; !known {
			byKey[e.key] = e
		}
	}
	var cited []record
	for _, key := range keys {
		if key == "*" {
			return entries
		}
		if e, ok := byKey[key]; ok {
			e.line = 0 // that is a line of another file
			cited = append(cited, e)
		}
	}
	return cited
}

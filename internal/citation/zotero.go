package citation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// zotero reads a library of Zotero out of a copy of its zotero.sqlite. What lies in the bin is not cited, nor what is attached to
// an item.
type zotero struct {
	db      *sqliteFile
	fields  map[int64]string           // by id
	values  map[int64]string           // by id
	items   map[int64]map[string]int64 // field to value, by item
	authors map[int64][]string
	left    map[int64]bool // out
	keys    map[int64]string
	err     error
}

// readZotero reads a Zotero library.
func readZotero(c *collector, body []byte) error {
	db, err := openSQLite(body)
	if err != nil {
		return unreadableIn(c.name, err)
	}
	if _, ok := db.tables["itemDataValues"]; !ok {
		return unreadableIn(c.name, fmt.Errorf("it is a SQLite database, but no Zotero library"))
	}
	z := &zotero{
		db: db, fields: make(map[int64]string), values: make(map[int64]string), items: make(map[int64]map[string]int64),
		authors: make(map[int64][]string), left: make(map[int64]bool), keys: make(map[int64]string),
	}
	z.read()
	if z.err != nil {
		return unreadableIn(c.name, z.err)
	}
	for _, id := range slices.Sorted(maps.Keys(z.items)) {
		if !z.left[id] {
			c.addRecord(z.record(id), place{})
		}
	}
	return c.err
}

// each reads a table, unless one before it was damaged.
func (z *zotero) each(table, columns string, do func(v []sqliteValue)) {
	if z.err == nil {
		z.err = z.db.each(table, strings.Fields(columns), do)
	}
}

func (z *zotero) read() {
	z.each("fields", "fieldID fieldName", func(v []sqliteValue) { z.fields[v[0].number] = v[1].text })
	z.each("itemDataValues", "valueID value", func(v []sqliteValue) { z.values[v[0].number] = v[1].text })
	z.each("deletedItems", "itemID", func(v []sqliteValue) { z.left[v[0].number] = true })
	z.each("itemAttachments", "itemID parentItemID", func(v []sqliteValue) {
		if !v[1].null {
			z.left[v[0].number] = true
		}
	})
	z.each("items", "itemID key", func(v []sqliteValue) { z.keys[v[0].number] = v[1].text })
	z.each("itemData", "itemID fieldID valueID", func(v []sqliteValue) {
		field := z.fields[v[1].number]
		if !zoteroFields[field] {
			return
		}
		if z.items[v[0].number] == nil {
			z.items[v[0].number] = make(map[string]int64)
		}
		z.items[v[0].number][field] = v[2].number
	})
	names := make(map[int64]string)
	z.each("creators", "creatorID firstName lastName", func(v []sqliteValue) {
		names[v[0].number] = strings.Trim(v[2].text+", "+v[1].text, ", ")
	})
	z.each("itemCreators", "itemID creatorID", func(v []sqliteValue) {
		if name := names[v[1].number]; name != "" {
			z.authors[v[0].number] = append(z.authors[v[0].number], name)
		}
	})
}

// zoteroFields are the fields that are read.
var zoteroFields = wordSet("title url DOI ISBN accessDate extra caseName nameOfAct subject")

func (z *zotero) record(id int64) record {
	value := func(field string) string {
		v, ok := z.items[id][field]
		if !ok {
			return ""
		}
		return z.values[v]
	}
	r := record{key: z.keys[id], title: value("title"), doi: value("DOI"), authors: z.authors[id]}
	accessed, _, _ := strings.Cut(value("accessDate"), " ")
	r.accessed = metadataDate(accessed)
	r.give(value("url"))
	r.identify("isbn", value("ISBN"))
	r.extra(value("extra"))
	return r
}

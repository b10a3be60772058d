package metadata

import (
	"encoding/json"
	"strings"
)

// maxMetas bounds how many <meta> values are kept of one page.
const maxMetas = 2000

// metaValue is one content of a <meta>; property says that it was named by property=, not name=.
type metaValue struct {
	text     string
	property bool
}

// metas holds the <meta> values of a page by their key, in document order.
type metas struct {
	values map[string][]metaValue
	n      int
}

// add keeps content under each key in names: RDFa lets property= hold several, parted by spaces.
func (m *metas) add(names, content string, property bool) {
	content = strings.TrimSpace(content)
	if content == "" || len(names) > maxName {
		return
	}
	for name := range strings.FieldsSeq(names) {
		if m.n++; m.n > maxMetas {
			return
		}
		key := metaKey(name)
		m.values[key] = append(m.values[key], metaValue{content, property})
	}
}

// parsely keeps what an older <meta> of that service holds as one JSON object, under the keys of its newer ones.
func (m *metas) parsely(content string) {
	var page struct {
		Title   string   `json:"title"`
		Author  string   `json:"author"`
		Authors []string `json:"authors"`
		Date    string   `json:"pub_date"`
	}
	if len(content) > maxAbstract || json.Unmarshal([]byte(content), &page) != nil {
		return
	}
	m.add("parsely-title", page.Title, false)
	m.add("parsely-pub-date", page.Date, false)
	for _, name := range append(page.Authors, page.Author) {
		m.add("parsely-author", name, false)
	}
}

// metaKey brings the spellings of one key together: lower case, "DC:title" and "DC.Title" as
// "dc.title", "og:article:author" as "article:author".
func metaKey(name string) string {
	key := strings.ToLower(name)
	if rest, ok := strings.CutPrefix(key, "og:article:"); ok {
		return "article:" + rest
	}
	for _, prefix := range []string{"dcterms", "dcterm", "dct", "dc"} {
		rest, ok := strings.CutPrefix(key, prefix)
		if !ok || len(rest) < 2 || rest[0] != '.' && rest[0] != ':' {
			continue
		}
		if prefix != "dc" {
			prefix = "dcterms"
		}
		return prefix + "." + strings.ReplaceAll(rest[1:], ":", ".")
	}
	return key
}

// first returns the first value of the first key that has one, with that key. Where one key is given
// both by property= and by name=, the former counts: it is the form that the vocabularies define.
func (m *metas) first(keys ...string) (text, key string) {
	for _, key := range keys {
		values := m.values[key]
		if len(values) == 0 {
			continue
		}
		for _, v := range values {
			if v.property {
				return v.text, key
			}
		}
		return values[0].text, key
	}
	return "", ""
}

// text is first without the key.
func (m *metas) text(keys ...string) string {
	text, _ := m.first(keys...)
	return text
}

// all returns the values of key in document order; those by property= alone, if there are any.
func (m *metas) all(key string) []string {
	var named, properties []string
	for _, v := range m.values[key] {
		if v.property {
			properties = append(properties, v.text)
		} else {
			named = append(named, v.text)
		}
	}
	if len(properties) > 0 {
		return properties
	}
	return named
}

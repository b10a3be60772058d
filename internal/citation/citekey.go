package citation

import (
	"strings"
)

// citeKeys are the keys that text cites as pandoc writes it: "[see @smith2009, p. 3; -@doe2010]", "@{key}".
func citeKeys(text string) []string {
	var keys []string
	for i := strings.IndexByte(text, '@'); i >= 0 && i < len(text); {
		if i == 0 || !isAlnum(text[i-1]) && text[i-1] < 0x80 && text[i-1] != '.' && text[i-1] != '/' {
			if key := citeKey(text[i+1:]); key != "" {
				keys = append(keys, key)
			}
		}
		next := strings.IndexByte(text[i+1:], '@')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return keys
}

// citeKey is the key that s begins with: letters, digits, "_", and single marks between them.
func citeKey(s string) string {
	if inside, ok := strings.CutPrefix(s, "{"); ok {
		key, _, closed := strings.Cut(inside[:min(len(inside), 200)], "}")
		if !closed {
			return ""
		}
		return key
	}
	if strings.HasPrefix(s, "*") {
		return "*"
	}
	end := 0
	for end < len(s) && end < 200 {
		switch c := s[end]; {
		case isAlnum(c) || c == '_' || c >= 0x80:
		case strings.IndexByte(":.#$%&-+?<>~/", c) < 0 || end == 0 || end+1 == len(s) || !isAlnum(s[end+1]) && s[end+1] != '_':
			return s[:end]
		}
		end++
	}
	return s[:end]
}

// citing keeps what a document cites by key, until its bibliographies are read.
type citing struct {
	keys           []string
	seen           map[string]bool
	bibliographies []string
}

// cite keeps the keys in text.
func (c *collector) cite(text string) {
	if strings.IndexByte(text, '@') >= 0 {
		c.citeEach(citeKeys(text))
	}
}

func (c *collector) citeEach(keys []string) {
	if c.citing.seen == nil {
		c.citing.seen = make(map[string]bool)
	}
	for _, key := range keys {
		if !c.citing.seen[key] {
			c.citing.seen[key] = true
			c.citing.keys = append(c.citing.keys, key)
		}
	}
}

// resolveKeys adds what is cited by key, out of the bibliographies that the document names, or else that lie beside it under
// one of the usual names. It says whether there were any.
func (c *collector) resolveKeys() bool {
	if len(c.citing.keys) == 0 {
		return false
	}
	names := c.citing.bibliographies
	if len(names) == 0 {
		base := baseName(c.name)
		names = append([]string{strings.TrimSuffix(base, endingOf(base)) + ".bib"}, usualBibliographies...)
	}
	entries := c.bibliography(names)
	for _, r := range citedEntries(entries, c.citing.keys) {
		c.addRecord(r, place{})
	}
	return len(entries) > 0
}

var usualBibliographies = []string{"references.bib", "bibliography.bib", "refs.bib", "literature.bib", "references.json", "bibliography.json", "library.bib"}

// metadataList is the list at a key of the first level of a metadata block: a scalar, "[a, b]", or lines of "- a".
func metadataList(block, key string) []string {
	if value := metadataValue(block, key); value != "" {
		return []string{value}
	}
	_, rest, ok := strings.Cut("\n"+block, "\n"+key+":")
	if !ok {
		return nil
	}
	line, rest, _ := strings.Cut(rest, "\n")
	var list []string
	if inside, ok := strings.CutPrefix(strings.TrimSpace(line), "["); ok {
		for item := range strings.SplitSeq(strings.TrimSuffix(inside, "]"), ",") {
			list = append(list, scalar(item))
		}
		return list
	}
	for line := range strings.Lines(rest) {
		item, ok := strings.CutPrefix(strings.TrimSpace(line), "- ")
		if !ok {
			break
		}
		list = append(list, scalar(item))
	}
	return list
}

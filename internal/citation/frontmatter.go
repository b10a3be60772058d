package citation

import (
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// readFrontMatter reads the metadata block at the begin of a Markdown document, and returns what follows it and how many lines
// were taken: YAML between "---" and "---" or "...", TOML between "+++", or pandoc's "% title" lines. Only title, language,
// date and the addresses of pandoc's references are used.
func readFrontMatter(c *collector, source string) (body string, lines int) {
	source = strings.TrimPrefix(source, "\ufeff")
	mark, end := "", ""
	switch {
	case strings.HasPrefix(source, "---\n"):
		mark, end = "---", "..."
	case strings.HasPrefix(source, "+++\n"):
		mark, end = "+++", "+++"
	case strings.HasPrefix(source, "% "):
		return pandocTitle(c, source)
	default:
		return source, 0
	}
	at := len(mark) + 1
	for n, rest := 1, source[at:]; rest != "" && n < 2000; n++ {
		line, after, _ := strings.Cut(rest, "\n")
		if trimmed := strings.TrimRight(line, " \t"); trimmed == mark || trimmed == end {
			if !isMetadata(source[at : len(source)-len(rest)]) {
				return source, 0
			}
			c.frontMatter(source[at : len(source)-len(rest)])
			return after, n + 1
		}
		rest = after
	}
	return source, 0
}

// isMetadata says whether the first line that is not a comment has a key: "---" also divides text.
func isMetadata(block string) bool {
	for line := range strings.Lines(block) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		key, _, ok := strings.Cut(strings.Replace(line, "=", ":", 1), ":")
		return ok && key != "" && !strings.ContainsAny(key, " \t[](")
	}
	return true
}

// frontMatter reads the lines of a metadata block.
func (c *collector) frontMatter(block string) {
	c.document.Title = metadataValue(block, "title")
	for _, key := range []string{"lang", "language", "locale"} {
		if c.document.Language == "" {
			c.document.Language = languageTag(metadataValue(block, key))
		}
	}
	for _, key := range []string{"date", "published", "created", "publishdate", "pubdate"} {
		if c.document.Date == "" {
			c.document.Date = metadataDate(metadataValue(block, key))
		}
	}
	c.citing.bibliographies = metadataList(block, "bibliography")
	_, nocite, _ := strings.Cut("\n"+block, "\nnocite:")
	c.cite(nocite[:min(len(nocite), maxNote)])
	c.frontReferences(block)
}

// metadataValue is the scalar at a key of the first level.
func metadataValue(block, key string) string {
	for line := range strings.Lines(block) {
		if !hasPrefixFold(line, key) {
			continue
		}
		rest := strings.TrimLeft(line[len(key):], " \t")
		if rest != "" && (rest[0] == ':' || rest[0] == '=') {
			return scalar(rest[1:])
		}
	}
	return ""
}

// scalar is a YAML or TOML value without its quotes and comment.
func scalar(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || s[0] == '|' || s[0] == '>' || s[0] == '[' || s[0] == '{' {
		return ""
	}
	if q := s[0]; q == '"' || q == '\'' {
		if i := strings.LastIndexByte(s, q); i > 0 {
			return s[1:i]
		}
	}
	s, _, _ = strings.Cut(s, " #")
	return strings.TrimSpace(s)
}

// frontReferences reads the entries of pandoc's "references:", which have the fields of CSL-JSON.
func (c *collector) frontReferences(block string) {
	_, list, ok := strings.Cut("\n"+block, "\nreferences:")
	if !ok {
		return
	}
	entry, indent := cslItem{}, -1
	add := func() {
		c.addCSL(entry, place{kind: ibid.Bibliography}, 0)
		entry = cslItem{}
	}
	for line := range strings.Lines(list) {
		if line[0] != ' ' && line[0] != '-' && line[0] != '\t' && strings.TrimSpace(line) != "" {
			break
		}
		if strings.HasPrefix(strings.TrimLeft(line, " "), "- ") {
			if indent < 0 {
				indent = indentOf(line)
			}
			if indentOf(line) <= indent { // deeper ones are its authors
				add()
			}
		}
		key, value, _ := strings.Cut(strings.TrimLeft(line, " \t-"), ":")
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "id":
			entry.ID = cslID(scalar(value))
		case "title":
			entry.Title = scalar(value)
		case "url":
			entry.URL = cslID(scalar(value))
		case "doi":
			entry.DOI = cslID(scalar(value))
		}
	}
	add()
}

// pandocTitle reads "% title", "% authors", "% date" at the begin of a document.
func pandocTitle(c *collector, source string) (string, int) {
	n := 0
	for n < 3 {
		rest, ok := strings.CutPrefix(source, "%")
		if !ok {
			break
		}
		var line string
		line, source, _ = strings.Cut(rest, "\n")
		switch line = strings.TrimSpace(line); n {
		case 0:
			c.document.Title = line
		case 2:
			c.document.Date = metadataDate(line)
		}
		n++
	}
	return source, n
}

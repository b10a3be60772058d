package metadata

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxLabelled bounds the text that stands in one line with a label for authors, in bytes.
const maxLabelled = 2000

// isAuthorLabel says whether a text is no more than the label of authors, as libraries of documents show
// them: "Author(s):".
func isAuthorLabel(s string) bool {
	s = strings.TrimSpace(s)
	if len(s) > 40 || !mayBeLabel(s) {
		return false
	}
	switch s = strings.Trim(s, " :：\u00a0"); s {
	case "作者", "著者", "저자", "المؤلف", "المؤلفون", "מחבר":
		return true
	}
	switch strings.ToLower(s) {
	case "author", "authors", "author(s)", "author/s", "by author", "written by", "corporate author", "corporate authors", "personal author",
		"auteur", "auteurs", "auteur(s)", "auteur(e)s", "auteur·e·s", "autor", "autora", "autores", "autor(es)", "autores/as", "autor/es",
		"autor:in", "autoren", "autor(en)", "autorinnen und autoren", "verfasser", "verfasser/in", "autore", "autori", "autor(a)", "autoria",
		"forfatter", "forfattere", "författare", "tekijä", "tekijät", "autorzy", "автор", "авторы", "автор(ы)", "автори",
		"yazar", "yazarlar", "συγγραφέας", "συγγραφείς":
		return true
	}
	return false
}

// mayBeLabel tells nearly all other texts by their first two letters, for there are many.
func mayBeLabel(s string) bool {
	if len(s) < 4 {
		return false
	}
	if s[0] >= utf8.RuneSelf || s[1] >= utf8.RuneSelf {
		return true
	}
	switch string([]byte{s[0] | 0x20, s[1] | 0x20}) {
	case "au", "by", "wr", "co", "pe", "ve", "fo", "te", "ya":
		return true
	}
	return false
}

// labelledAuthors reads what stands under a label for authors: <dt>Author</dt><dd>Ann Other</dd>. Pages
// that label different authors list documents, and have none of their own.
func (d *describer) labelledAuthors() ([]string, string) {
	var only []string
	for i := range d.page.labels {
		var names []string
		for _, value := range labelledValues(d.page.labels[i].node) {
			names = append(names, plausible(splitNames(value, manyNames))...)
		}
		if len(names) == 0 || !strings.ContainsAny(names[0], " ,") && isASCII(names[0]) {
			continue // the next heading of a table
		}
		if only != nil && !slices.Equal(only, names) {
			return nil, ""
		}
		only = names
	}
	return only, "html label"
}

func isASCII(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0 }

// labelledValues returns the texts that a label speaks of: what follows it in its line, else the elements
// after the one that it is in, as long as they are of the same sort.
func labelledValues(label *html.Node) []string {
	text := clean(label.Data, maxLabelled)
	for e := label.Parent; e != nil && e.Parent != nil && beginsOf(e, len(text)) == text; e = e.Parent {
		next := e.NextSibling
		for next != nil && next.Type != html.ElementNode && strings.Trim(next.Data, " :\t\r\n\u00a0") == "" {
			next = next.NextSibling
		}
		switch {
		case next == nil:
			continue
		case next.Type == html.TextNode:
			return []string{strings.Trim(clean(next.Data, maxLabelled), ": ")}
		case next.Type != html.ElementNode || next.DataAtom == atom.Th || next.DataAtom == atom.Dt:
			return nil
		}
		return alike(next)
	}
	return nil
}

// alike returns the texts of an element and of those right after it that are of the same sort: each author
// often has one. Cells of a table are of one sort but speak of different things.
func alike(n *html.Node) []string {
	values := []string{textOf(n)}
	class := classOf(n)
	if n.DataAtom == atom.Td || class == "" && n.DataAtom != atom.Dd {
		return values
	}
	for next := n.NextSibling; next != nil && len(values) < maxAuthors; next = next.NextSibling {
		if next.Type != html.ElementNode {
			continue
		}
		if next.DataAtom != n.DataAtom || classOf(next) != class {
			break
		}
		values = append(values, textOf(next))
	}
	return values
}

func classOf(n *html.Node) string {
	for i := range n.Attr {
		if n.Attr[i].Key == "class" {
			return n.Attr[i].Val
		}
	}
	return ""
}

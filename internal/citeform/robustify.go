package citeform

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/ibid-archive/ibid"
)

// Rewrite says how a document is made robust.
type Rewrite struct {
	// Name is that of the document: its ending decides where the content does not.
	Name string
	// Language is that of the document, a BCP 47 tag: in it one reads that a version is archived.
	Language string
	Spec     Spec
	// Script adds a script to HTML that shows the archived versions. It asks no service.
	Script bool
}

// Robust is a document whose links carry their archived versions.
type Robust struct {
	// Body is the whole document. It is the one that was given where Links is 0.
	Body []byte
	// Links is how many links were made robust.
	Links int
	parts []part
}

// Changed says whether Body is another than was given.
func (r *Robust) Changed() bool { return len(r.parts) > 0 }

// part is a text that was changed: the document itself, or a file within it.
type part struct {
	name  string // empty: the document itself
	was   []byte
	edits []edit
}

// edit puts text into a document at an offset in bytes.
type edit struct {
	at   int
	text string
}

// rewriter finds the links of a text and says what is put where.
type rewriter func(body []byte, t *table, o Rewrite) ([]edit, error)

// Robustify returns a copy of a document in which each link to one of items is followed by, or carries, its archived version.
// Every other byte of it stays as it is, and a link that has an archived version already is left as it is: the copy of a copy is
// the same again. It reads HTML, Markdown, LaTeX, wikitext, DOCX and ODT. The error is one sentence that says why it cannot.
func Robustify(body []byte, items []Item, o Rewrite) (*Robust, error) {
	t := newTable(items)
	if bytes.HasPrefix(body, []byte("PK\x03\x04")) {
		return robustZip(body, t, o)
	}
	rewrite, err := rewriterOf(body, o.Name)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(body) {
		o.Language = "en" // all that is put into it is ASCII then
	}
	edits, err := rewrite(body, t, o)
	if err != nil {
		return nil, err
	}
	r := &Robust{Body: body, Links: t.used}
	if len(edits) > 0 {
		r.Body, r.parts = applied(body, edits), []part{{was: body, edits: edits}}
	}
	return r, nil
}

// rewriterOf knows a text by its content where it says what it is, else by the ending of its name.
func rewriterOf(body []byte, name string) (rewriter, error) {
	if !isASCIIBased(body) {
		return nil, fmt.Errorf("its encoding is not one in which links can be changed: save it in UTF-8")
	}
	name, _, _ = strings.Cut(name, "?")
	head := bytes.ToLower(bytes.TrimLeft(body[:min(len(body), 2048)], " \t\r\n\xef\xbb\xbf"))
	isPage := bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))
	switch ext := strings.ToLower(path.Ext(strings.ReplaceAll(name, `\`, "/"))); {
	case isPage, ext == ".html", ext == ".htm", ext == ".xhtml", ext == ".xht", ext == ".shtml":
		return robustHTML, nil
	case ext == ".md", ext == ".markdown", ext == ".mdown", ext == ".mkd", ext == ".mkdn", ext == ".rmd", ext == ".qmd":
		return robustMarkdown, nil
	case ext == ".wiki", ext == ".mediawiki", ext == ".wikitext":
		return robustWikitext, nil
	case ext == ".tex", ext == ".ltx", ext == ".latex", bytes.Contains(head, []byte(`\documentclass`)):
		return robustLaTeX, nil
	case bytes.HasPrefix(head, []byte("<head")), bytes.HasPrefix(head, []byte("<body")):
		return robustHTML, nil
	case ext == "":
		return robustMarkdown, nil
	}
	return nil, fmt.Errorf("its links cannot carry anything: give an HTML, Markdown, LaTeX, wikitext, DOCX or ODT document")
}

// isASCIIBased says whether the bytes of ASCII mean ASCII in body: not in UTF-16, and not in a binary file.
func isASCIIBased(body []byte) bool {
	head := body[:min(len(body), 4096)]
	return !bytes.HasPrefix(head, []byte("\xff\xfe")) && !bytes.HasPrefix(head, []byte("\xfe\xff")) && bytes.IndexByte(head, 0) < 0
}

// applied is body with the edits, which are in order.
func applied(body []byte, edits []edit) []byte {
	size := len(body)
	for _, e := range edits {
		size += len(e.text)
	}
	out, at := make([]byte, 0, size), 0
	for _, e := range edits {
		out = append(append(out, body[at:e.at]...), e.text...)
		at = e.at
	}
	return append(out, body[at:]...)
}

// Diff writes what was changed as a unified diff between two names. Of a file within a document each element stands on a line of
// its own. The error is that of w.
func (r *Robust) Diff(w io.Writer, from, to string) error {
	for _, p := range r.parts {
		was, edits, a, b := p.was, p.edits, from, to
		if p.name != "" {
			was, edits = spread(was, edits)
			a, b = from+"/"+p.name, to+"/"+p.name
		}
		if err := unifiedDiff(w, a, b, was, edits); err != nil {
			return err
		}
	}
	return nil
}

// robustTypes are the media types of what Robustify reads.
var robustTypes = map[ibid.MediaType]bool{
	"text/html": true, "text/markdown": true, "text/x-tex": true, "text/x-wiki": true, "application/vnd.oasis.opendocument.text": true,
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": true,
}

// CanRobustify says whether Robustify reads documents of that media type.
func CanRobustify(t ibid.MediaType) bool { return robustTypes[t] }

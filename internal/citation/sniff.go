package citation

import (
	"bytes"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	ibid "github.com/ibid-archive/ibid"
)

// The media types of documents that are known by their text.
const (
	typePDF      ibid.MediaType = "application/pdf"
	typeHTML     ibid.MediaType = "text/html"
	typeMarkdown ibid.MediaType = "text/markdown"
	typeText     ibid.MediaType = "text/plain"
)

// foreign are the first bytes of what cannot be read, and what a person calls it.
var foreign = []struct{ magic, name string }{
	{"\x89PNG\r\n", "a PNG image"}, {"\xff\xd8\xff", "a JPEG image"}, {"GIF8", "a GIF image"}, {"II*\x00", "a TIFF image"},
	{"MM\x00*", "a TIFF image"}, {"\x7fELF", "a program"}, {"MZ", "a program"}, {"\x1f\x8b", "a gzip file"}, {"BZh", "a bzip2 file"},
	{"\xfd7zXZ", "an xz file"}, {"7z\xbc\xaf", "a 7z archive"}, {"Rar!", "a RAR archive"}, {"(\xb5/\xfd", "a zstd file"},
	{"\xd0\xcf\x11\xe0", "an old Office document (DOC, XLS or PPT)"}, {"{\\rtf", "an RTF document"}, {"%!PS", "a PostScript document"},
	{"WARC/", "a WARC file"}, {"OggS", "a sound or film"}, {"ID3", "a sound"}, {"\x00\x00\x00", "a film or other binary file"},
}

// typeOf decides what src is: by its first bytes, then by the type that HTTP gave, then by the ending of its name, then by
// what its text looks like.
func typeOf(src Source) (ibid.MediaType, error) {
	head := bytes.TrimLeft(src.Body[:min(len(src.Body), 4096)], " \t\r\n\f")
	if len(head) == 0 && len(bytes.TrimSpace(src.Body)) == 0 {
		return "", fmt.Errorf("it is empty")
	}
	if i := bytes.Index(src.Body[:min(len(src.Body), 1024)], []byte("%PDF-")); i >= 0 && pdfAt(src.Body[:i]) {
		return typePDF, nil
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return zipType(src.Body)
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return typeZotero, nil
	}
	if err := unsupported(head, src.Body); err != nil {
		return "", err
	}
	wide := utf16Order(src.Body) != nil
	if !wide && bytes.Count(head, []byte{0}) > len(head)/100 {
		return "", fmt.Errorf("it is a binary file: give a document as text, PDF or of a word processor")
	}
	named := namedType(src)
	if named == typePDF {
		return "", fmt.Errorf("it is named a PDF, but does not begin like one: it is damaged, cut or of another type")
	}
	if wide {
		if text, err := decoded(Source{Body: src.Body[:len(head)&^1]}, typeText); err == nil {
			head = []byte(strings.TrimLeft(text, " \t\r\n"))
		}
	}
	return textType(head, named)
}

// pdfAt says whether "%PDF-" after the bytes before begins a PDF: some have a little rubbish before it, but no text that
// merely speaks of PDFs is one.
func pdfAt(before []byte) bool {
	return len(bytes.Trim(before, " \t\r\n\x00\xef\xbb\xbf")) == 0 || !utf8.Valid(before) || bytes.IndexByte(before, 0) >= 0
}

// unsupported names the type of what cannot be read, and the way out; nil for text.
func unsupported(head, body []byte) error {
	if bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")) && bytes.Contains(body, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P")) {
		return errEncrypted
	}
	for _, f := range foreign {
		if bytes.HasPrefix(head, []byte(f.magic)) && !(f.magic == "MZ" && utf8.Valid(head[:min(len(head), 64)])) {
			return fmt.Errorf("it is %s: give a document as text, PDF or of a word processor", f.name)
		}
	}
	return nil
}

// namedType is the type that src claims by its ContentType or its name; empty if it claims none that is read.
func namedType(src Source) ibid.MediaType {
	if t, _, err := mime.ParseMediaType(src.ContentType); err == nil {
		if kind := mediaTypes[t]; kind != "" {
			return kind
		}
	}
	return endings[endingOf(src.Name)]
}

// textType decides between the types of text. A page that says itself what it is wins over its name; a fragment of HTML at the
// begin of a Markdown file does not.
func textType(head []byte, named ibid.MediaType) (ibid.MediaType, error) {
	start := afterComments(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	lower := bytes.ToLower(start[:min(len(start), 1024)])
	switch {
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<html")):
		return typeHTML, nil
	case bytes.HasPrefix(lower, []byte("<?xml")), bytes.HasPrefix(lower, []byte("<!doctype")):
		if bytes.Contains(lower, []byte("<html")) || bytes.Contains(lower, []byte("html public")) || named == typeHTML {
			return typeHTML, nil
		}
		return xmlDocument(start)
	case bytes.HasPrefix(lower, []byte("<")) && named == "":
		if kind, ok := xmlType(start); ok {
			return kind, nil
		}
	}
	return markupType(head, lower, named)
}

// xmlDocument is the type of what declares itself to be XML.
func xmlDocument(start []byte) (ibid.MediaType, error) {
	if bytes.Contains(bytes.ToLower(start[:min(len(start), 200)]), []byte("<!doctype netscape-bookmark")) {
		return typeHTML, nil
	}
	if kind, ok := xmlType(start); ok {
		return kind, nil
	}
	return "", fmt.Errorf("it is XML of a type that is not supported: save it as PDF, HTML or Markdown")
}

// markupType decides between the types of text that declare nothing. What only a program writes is known by its first lines, unless its name
// is that of another type.
func markupType(head, lower []byte, named ibid.MediaType) (ibid.MediaType, error) {
	listed := listType(head)
	if (listed == typeCSL || listed == typeBookmarks || listed == typeNotebook) && named != typeCSL && !beginsJSON(head) {
		listed = "" // "{{" begins a template too
	}
	switch {
	case listed != "" && (named == "" || named == typeText || named == typeCSL):
		return listed, nil
	case named == typeCSL:
		return "", fmt.Errorf("it is JSON of a type that is not supported: CSL-JSON, notebooks and bookmarks are")
	case named != "":
		return named, nil
	case wikiStart.Match(head):
		return typeWikitext, nil
	case bytes.HasPrefix(lower, []byte("<head")), bytes.HasPrefix(lower, []byte("<body")), bytes.HasPrefix(lower, []byte("<title")):
		return typeHTML, nil
	case looksMarkdown(head):
		return typeMarkdown, nil
	case bytes.HasPrefix(lower, []byte("<")) && bytes.Contains(lower, []byte("</")):
		return typeHTML, nil
	}
	return typeText, nil
}

// afterComments goes over the comments that stand before the first tag.
func afterComments(s []byte) []byte {
	for bytes.HasPrefix(s, []byte("<!--")) {
		i := bytes.Index(s, []byte("-->"))
		if i < 0 {
			break
		}
		s = bytes.TrimLeft(s[i+3:], " \t\r\n")
	}
	return s
}

// looksMarkdown looks for what only Markdown has: headings with "#", links, definitions of notes, a metadata block.
func looksMarkdown(head []byte) bool {
	if bytes.HasPrefix(head, []byte("---\n")) || bytes.Contains(head, []byte("](http")) || bytes.Contains(head, []byte("\n[^1]:")) {
		return true
	}
	for line := range bytes.Lines(head) {
		text := bytes.TrimLeft(line, "#")
		if level := len(line) - len(text); level > 0 && level < 7 && len(text) > 2 && text[0] == ' ' && text[1] != ' ' {
			return true
		}
	}
	return false
}

package citation

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path"
	"regexp"
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// The media types of the documents of word processors, of books and of archives, which are ZIP files.
const (
	typeDOCX ibid.MediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	typeXLSX ibid.MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typeODT  ibid.MediaType = "application/vnd.oasis.opendocument.text"
	typeODS  ibid.MediaType = "application/vnd.oasis.opendocument.spreadsheet"
	typeEPUB ibid.MediaType = "application/epub+zip"
	typeZIP  ibid.MediaType = "application/zip"
)

// The media types of lists of sources, of markup and of XML. Where none is registered, it is the one in use.
const (
	typeBibTeX    ibid.MediaType = "application/x-bibtex"
	typeRIS       ibid.MediaType = "application/x-research-info-systems"
	typeEndNote   ibid.MediaType = "application/x-endnote+xml"
	typeRefer     ibid.MediaType = "application/x-endnote-refer"
	typeMODS      ibid.MediaType = "application/mods+xml"
	typeCSL       ibid.MediaType = "application/vnd.citationstyles.csl+json"
	typeBookmarks ibid.MediaType = "application/x-bookmarks+json"
	typeCSV       ibid.MediaType = "text/csv"
	typeOPML      ibid.MediaType = "text/x-opml"
	typeZotero    ibid.MediaType = "application/vnd.sqlite3"
	typeRST       ibid.MediaType = "text/x-rst"
	typeOrg       ibid.MediaType = "text/org"
	typeASCIIDoc  ibid.MediaType = "text/asciidoc"
	typeWikitext  ibid.MediaType = "text/x-wiki"
	typeLaTeX     ibid.MediaType = "text/x-tex"
	typeJATS      ibid.MediaType = "application/jats+xml"
	typeDocBook   ibid.MediaType = "application/docbook+xml"
	typeNotebook  ibid.MediaType = "application/x-ipynb+json"
	typeTypst     ibid.MediaType = "text/vnd.typst"
	typeFlatODT   ibid.MediaType = "application/vnd.oasis.opendocument.text-flat-xml"
)

// endings are the types that the endings of names stand for.
var endings = map[string]ibid.MediaType{
	".html": typeHTML, ".htm": typeHTML, ".xhtml": typeHTML, ".xht": typeHTML, ".shtml": typeHTML,
	".md": typeMarkdown, ".markdown": typeMarkdown, ".mdown": typeMarkdown, ".mkd": typeMarkdown, ".mkdn": typeMarkdown, ".mdx": typeMarkdown,
	".rmd": typeMarkdown, ".qmd": typeMarkdown, ".pdf": typePDF, ".txt": typeText, ".text": typeText,
	".rst": typeRST, ".rest": typeRST, ".org": typeOrg, ".adoc": typeASCIIDoc, ".asciidoc": typeASCIIDoc, ".asc": typeASCIIDoc,
	".wiki": typeWikitext, ".mediawiki": typeWikitext, ".wikitext": typeWikitext, ".tex": typeLaTeX, ".ltx": typeLaTeX, ".latex": typeLaTeX,
	".bbl": typeLaTeX, ".bib": typeBibTeX, ".bibtex": typeBibTeX, ".biblatex": typeBibTeX, ".ris": typeRIS, ".nbib": typeRIS, ".csv": typeCSV, ".tsv": typeCSV,
	".tab": typeCSV, ".json": typeCSL, ".enw": typeRefer, ".ipynb": typeNotebook, ".typ": typeTypst,
}

// mediaTypes are the types of answers of servers that are read under another name.
var mediaTypes = map[string]ibid.MediaType{
	"text/html": typeHTML, "application/xhtml+xml": typeHTML, "text/markdown": typeMarkdown, "text/x-markdown": typeMarkdown,
	"application/pdf": typePDF, "text/csv": typeCSV, "text/tab-separated-values": typeCSV, "text/x-bibtex": typeBibTeX,
	"application/x-bibtex": typeBibTeX, "application/x-research-info-systems": typeRIS, "text/x-rst": typeRST, "text/org": typeOrg,
	"text/asciidoc": typeASCIIDoc, "text/x-wiki": typeWikitext, "text/x-tex": typeLaTeX, "application/x-tex": typeLaTeX,
	"application/x-latex": typeLaTeX, "application/x-endnote-refer": typeRefer, "application/vnd.citationstyles.csl+json": typeCSL, "application/json": typeCSL,
	"application/x-ipynb+json": typeNotebook, "text/vnd.typst": typeTypst, "text/x-typst": typeTypst,
}

// zipType decides what a ZIP file is by the names of what it holds.
func zipType(body []byte) (ibid.MediaType, error) {
	p, err := openParts(body)
	if err != nil {
		return "", err
	}
	if p.files["mimetype"] != nil {
		switch kind := ibid.MediaType(bytes.TrimSpace(p.optional("mimetype"))); kind {
		case typeODT, typeODS, typeEPUB:
			return kind, nil
		case typeODT + "-template", typeODT + "-master":
			return typeODT, nil
		}
	}
	for _, name := range p.names {
		switch first, _, _ := strings.Cut(name, "/"); {
		case name == "META-INF/container.xml":
			return typeEPUB, nil
		case first == "word":
			return typeDOCX, nil
		case first == "xl":
			return typeXLSX, nil
		case first == "ppt":
			return "", errors.New("it is a PPTX presentation, which is not supported: save it as PDF")
		}
	}
	if p.files["content.xml"] != nil && p.files["META-INF/manifest.xml"] != nil {
		if bytes.Contains(p.optional("META-INF/manifest.xml"), []byte(typeODS)) {
			return typeODS, nil
		}
		return typeODT, nil
	}
	return typeZIP, nil
}

// xmlRoots are the languages of XML that are read, by their root elements, in lower case.
var xmlRoots = map[string]ibid.MediaType{
	"html": typeHTML, "opml": typeOPML, "article": typeJATS, "pmc-articleset": typeJATS, "book-part-wrapper": typeJATS,
	"records": typeEndNote, "xml": typeEndNote, "office:document": typeFlatODT, "document": typeFlatODT, "mediawiki": typeWikitext,
	"mods": typeMODS, "modscollection": typeMODS,
}

// docBookRoots are the root elements of DocBook; "article" is also that of JATS.
var docBookRoots = wordSet("book article chapter section refentry appendix preface part set glossary bibliography sect1 reference")

// xmlType decides what XML is by its root element and its namespace; ok is false if it is of no type that is read.
func xmlType(text []byte) (kind ibid.MediaType, ok bool) {
	root := xmlRoot.FindSubmatch(text)
	if root == nil {
		return "", false
	}
	name := strings.ToLower(string(root[1]))
	if i := strings.IndexByte(name, ':'); i >= 0 && name != "office:document" {
		name = name[i+1:]
	}
	lower := bytes.ToLower(text)
	if docBookRoots[name] && (bytes.Contains(lower, []byte("docbook")) || name != "article" && !bytes.Contains(lower, []byte("jats"))) {
		return typeDocBook, true
	}
	kind, ok = xmlRoots[name]
	return kind, ok
}

// xmlRoot is the first element: what stands before it are declarations and comments.
var xmlRoot = regexp.MustCompile(`<([A-Za-z_][\w:.-]*)`)

// listType tells by its first lines a text that only a program writes; empty if it is none.
func listType(head []byte) ibid.MediaType {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case bibTeXStart.Match(text):
		return typeBibTeX
	case risStart.Match(text):
		return typeRIS
	case referStart.Match(text):
		return typeRefer
	case len(text) > 1 && (text[0] == '[' || text[0] == '{'):
		return jsonType(text)
	case bytes.HasPrefix(text, []byte(`\documentclass`)), bytes.HasPrefix(text, []byte(`\documentstyle`)), texStart.Match(text):
		return typeLaTeX
	case orgStart.Match(text):
		return typeOrg
	case typstStart.Match(text):
		return typeTypst
	}
	return ""
}

var (
	bibTeXStart = regexp.MustCompile(`^(?:%[^\n]*\n|\s)*@[A-Za-z]+\s*[{(]`)
	risStart    = regexp.MustCompile(`^(?:TY|PMID|JF|AU|T1|TI)(?:  |)- ?`)
	referStart  = regexp.MustCompile(`^%0 [A-Z][^\n]*\r?\n(?:%[A-Z0-9@\[>] |\s)`)
	texStart    = regexp.MustCompile(`(?m)^\s*\\(?:documentclass|begin\{document\})`)
	wikiStart   = regexp.MustCompile(`(?i)\{\{(?:cite |citation|webarchive|short description|infobox )|<ref[ >]`)
	typstStart  = regexp.MustCompile(`^#(?:import "|show: |set [a-z.]+\()`)
	orgStart    = regexp.MustCompile(`(?i)^#\+(?:title|author|date|options|startup|language|setupfile):`)
)

// jsonType tells CSL-JSON, bookmarks and notebooks from other JSON, and from text that begins with a bracket.
func jsonType(text []byte) ibid.MediaType {
	switch {
	case bytes.Contains(text, []byte(`"text/x-moz-place`)), bytes.Contains(text, []byte(`"bookmark_bar"`)), bytes.Contains(text, []byte(`"date_added"`)):
		return typeBookmarks
	case notebookStart.Match(text) && bytes.Contains(text, []byte(`"cell_type"`)):
		return typeNotebook
	case cslStart.Match(text):
		return typeCSL
	}
	return ""
}

// beginsJSON says whether text is JSON, as far as it goes: it may be cut.
func beginsJSON(text []byte) bool {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
	for {
		if _, err := d.Token(); err != nil {
			return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		}
	}
}

var notebookStart = regexp.MustCompile(`^\{\s*"(?:cells|metadata|nbformat|nbformat_minor)"\s*:`)

var cslStart = regexp.MustCompile(`^[\[{]\s*(?:\]|\{|"(?:id|type|title|URL|DOI|items|author|number|source|version)"\s*:)`)

// endingOf is the ending of the name of a document, in lower case.
func endingOf(name string) string {
	name, _, _ = strings.Cut(name, "?")
	return strings.ToLower(path.Ext(name))
}

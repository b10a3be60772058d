package pdf

import "slices"

// Document is the text of a PDF. Its size is bounded by the limits of [Options].
type Document struct {
	Info  Info
	Pages []Page
}

// Page is one page. Lengths are in points (1/72 inch), with the origin at the bottom left.
type Page struct {
	// Number counts from 1.
	Number        int     `json:"n"`
	Width, Height float32 `json:",omitempty"`
	// Lines stand in the order of the content stream, which is the reading order in all but odd files.
	Lines []Line `json:",omitempty"`
	Links []Link `json:",omitempty"`
}

// Line is one printed line of one column. A hyphen at its end is there as printed; whether the word or the
// address has it is for the reader of the text to judge.
type Line struct {
	Text string `json:"t"`
	Box  Rect   `json:"b"`
	// Size is the font size of most of the line, Lead that of its first character: the mark of a note is
	// smaller than its text.
	Size float32 `json:"s"`
	Lead float32 `json:"l"`
}

// Rect is a rectangle on a page.
type Rect struct {
	Left, Bottom, Right, Top float32
}

// Link is a link annotation that leads to a URI. Links within the document are left out.
type Link struct {
	URI string `json:"u"`
	// Spans say what text it covers, in the order of the lines; there may be none.
	Spans []Span `json:"s,omitempty"`
}

// Span is a run of text: bytes Start to End of Lines[Line].
type Span struct {
	Line, Start, End int
}

// dropBadSpans takes out spans that lie outside their line: a worker that a document has taken over must not
// bring its reader down.
func (p *Page) dropBadSpans() {
	for i := range p.Links {
		p.Links[i].Spans = slices.DeleteFunc(p.Links[i].Spans, func(s Span) bool {
			return s.Line < 0 || s.Line >= len(p.Lines) || s.Start < 0 || s.Start > s.End || s.End > len(p.Lines[s.Line].Text)
		})
	}
}

// Info is what a PDF says of itself (ISO 32000-1, 14.3).
type Info struct {
	// Dict holds the text entries of the Info dictionary by name, without slash: "Title", "CreationDate".
	Dict map[string]string `json:",omitempty"`
	// XMP holds the properties of the document's XMP packet by their usual names, "dc:title". Values
	// keep their order; of language alternatives, x-default comes first.
	XMP map[string][]string `json:",omitempty"`
	// Language is the catalogue's own (/Lang), as written.
	Language string `json:",omitempty"`
	// Encrypted says that the document is encrypted, with or without asking for a password.
	Encrypted bool `json:",omitempty"`
}

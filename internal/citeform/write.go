package citeform

import (
	"fmt"
	"io"
)

// Format is a form of citations.
type Format string

// The Formats.
const (
	RobustLinks Format = "robustlinks"
	CSL         Format = "csl"
	BibTeX      Format = "bibtex"
	Biblatex    Format = "biblatex"
	RIS         Format = "ris"
	CS1         Format = "cs1"
	PWID        Format = "pwid"
	Text        Format = "text"
)

// Style is how citations are written for people.
type Style string

// The Styles: the 7th edition of the APA's manual, the notes and bibliography of the 17th of the Chicago Manual of Style, the 9th of
// the MLA's handbook, the 4th of OSCOLA.
const (
	APA     Style = "apa"
	Chicago Style = "chicago"
	MLA     Style = "mla"
	OSCOLA  Style = "oscola"
)

// Options say how citations are written. The zero value is APA and Spec2020.
type Options struct {
	Style Style
	Spec  Spec
}

// Write writes items in a format, in UTF-8. The error is that of w, or says that there is no such format or style.
func Write(w io.Writer, f Format, items []Item, o Options) error {
	write := map[Format]func(io.Writer, []Item, Options) error{
		RobustLinks: writeRobustLinks, CSL: writeCSL, BibTeX: writeBibTeX, Biblatex: writeBiblatex, RIS: writeRIS, CS1: writeCS1,
		PWID: writePWID, Text: writeText,
	}[f]
	if write == nil {
		return fmt.Errorf("there is no format %q", f)
	}
	clean := make([]Item, len(items))
	for i := range items {
		clean[i] = items[i].clean()
	}
	return write(w, clean, o)
}

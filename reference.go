package ibid

import (
	"net/url"
	"strings"
)

// Reference is one citation, in one Document, of one URI. The same address in two notes is two
// References and one Seed.
type Reference struct {
	// ID is unique and stable within the Document: it does not change when the same bytes are read again.
	ID string `json:"id"`
	// URI is the absolute, usable address. It is empty where only Works are named.
	URI string `json:"uri"`
	// Original is the address whose archived copy URI is: the citation leads to a web archive. Empty otherwise.
	Original string `json:"original,omitempty"`
	// Cited is what stands in the Document, to the letter.
	Cited   string  `json:"cited"`
	Locator Locator `json:"locator"`
	// Context is the sentence around the citation, white space folded.
	Context string `json:"context,omitempty"`
	// Title is the title of the cited source, as the Document gives it.
	Title   string   `json:"title,omitempty"`
	Authors []string `json:"authors,omitempty"`
	// Accessed is the date on which the author says to have looked.
	Accessed Date `json:"accessed,omitempty"`
	// Identifiers are keyed "doi", "arxiv", "isbn", "pmid", "pmcid", "handle", "urn".
	Identifiers map[string]string `json:"identifiers,omitempty"`
	Works       []Work            `json:"works,omitempty"`
	// Candidates are other readings of Cited, the likeliest first, where it leaves open where the address ends or how it goes
	// on: a line break, punctuation, the mark of a note. They are looked at when the source is not to be had at URI.
	Candidates []Candidate `json:"candidates,omitempty"`
	// Repaired says why URI is what was one of the Candidates. The address that was read at first is then the first of them.
	Repaired string `json:"repaired,omitempty"`
}

// Candidate is another way to read a printed address.
type Candidate struct {
	URI string `json:"uri"`
	// Reading is how it is read: "without the hyphen at the end of its line".
	Reading string `json:"reading"`
}

// Address is where the source of a Reference is to be had, and what is kept of it: not the copy in an archive, but the
// Original; and where the Document gives an identifier and no address, that of its resolver. Empty where only Works are named.
func (r Reference) Address() string {
	switch {
	case r.Original != "":
		return r.Original
	case r.URI != "":
		return r.URI
	}
	for _, by := range []struct{ key, resolver string }{
		{"doi", "https://doi.org/"},
		{"arxiv", "https://arxiv.org/abs/"},
		{"pmid", "https://pubmed.ncbi.nlm.nih.gov/"},
		{"pmcid", "https://pmc.ncbi.nlm.nih.gov/articles/"},
		{"handle", "https://hdl.handle.net/"},
	} {
		if id := r.Identifiers[by.key]; id != "" {
			return by.resolver + (&url.URL{Path: id}).EscapedPath()
		}
	}
	if urn := r.Identifiers["urn"]; strings.HasPrefix(strings.ToLower(urn), "urn:nbn:") {
		return "https://nbn-resolving.org/" + urn
	}
	return ""
}

// LocatorKind says what part of a Document a citation stands in.
type LocatorKind string

// The kinds of Locator.
const (
	Footnote     LocatorKind = "footnote"
	Endnote      LocatorKind = "endnote"
	Bibliography LocatorKind = "bibliography"
	Inline       LocatorKind = "inline"
	Link         LocatorKind = "link"
)

// Locator says where in its Document a Reference stands. File is the path of the document in an archive of several. Page and Line count from 1; 0 is unknown.
type Locator struct {
	Kind LocatorKind `json:"kind"`
	// Label is the number or mark of the note or list entry, as printed.
	Label string `json:"label,omitempty"`
	File  string `json:"file,omitempty"`
	Page  int    `json:"page,omitempty"`
	Line  int    `json:"line,omitempty"`
}

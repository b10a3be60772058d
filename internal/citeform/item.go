package citeform

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// Item is one cited source. Of all its fields only URI must be there.
type Item struct {
	// URI is the address of the source, and Cited what stands in the citing document for it, to the letter.
	URI, Cited string
	Title      string
	// Authors are persons, "Given Family" or "Family, Given", and organisations.
	Authors []string
	// Published and Modified are the source's own dates. Accessed is when the author says to have looked at it, CitedOn the date
	// that counts for the citation where none says so: that of the citing document.
	Published, Modified, Accessed, CitedOn ibid.Date
	// Language is a BCP 47 tag.
	Language  string
	Publisher string
	// Type is what the source is, in the words of schema.org or Dublin Core: "Report", "NewsArticle". Empty is a page.
	Type string
	// MediaType is that of the archived version.
	MediaType ibid.MediaType
	// Identifiers are keyed as in ibid.Reference and ibid.Description.
	Identifiers map[string]string
	Health      ibid.Health
	// Copies are archived versions, the one to cite first. Empty: none is held.
	Copies []Copy
}

// Copy is an archived version of a source.
type Copy struct {
	// URI is the address at which people read it, and Archive the name of the archive that has it.
	URI, Archive string
	// ID is the archive's id in PWIDs: "archive.org".
	ID string
	// Time is when it was captured.
	Time time.Time
}

// absolute says whether others can follow the address of the copy: a path on a site of ours is none.
func (c *Copy) absolute() bool {
	return strings.HasPrefix(c.URI, "https://") || strings.HasPrefix(c.URI, "http://")
}

// day is the day of the capture in UTC.
func (c *Copy) day() string { return c.Time.UTC().Format(time.DateOnly) }

// copy is the one to cite; nil: none is held.
func (it *Item) copy() *Copy {
	if len(it.Copies) == 0 {
		return nil
	}
	return &it.Copies[0]
}

// issued is the date under which the source is filed.
func (it *Item) issued() ibid.Date { return cmp.Or(it.Published, it.Modified) }

// number is what the body that published the source files it under: its symbol, or the number of a report.
func (it *Item) number() string {
	return oneLine(cmp.Or(it.Identifiers["symbol"], it.Identifiers["number"]))
}

// host is the site of the source, as people call it.
func (it *Item) host() string {
	u, err := url.Parse(it.URI)
	if err != nil || u.Host == "" {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

// clean returns it with all that is shown of it on one line and without what steers a terminal or reverses the reading.
func (it Item) clean() Item {
	it.URI, it.Title, it.Publisher, it.Language = oneLine(it.URI), oneLine(it.Title), oneLine(it.Publisher), oneLine(it.Language)
	authors := make([]string, 0, len(it.Authors))
	for _, a := range it.Authors {
		if a = oneLine(a); a != "" {
			authors = append(authors, a)
		}
	}
	it.Authors = authors
	it.Copies = slices.Clone(it.Copies)
	for i := range it.Copies {
		it.Copies[i].URI, it.Copies[i].Archive = oneLine(it.Copies[i].URI), oneLine(it.Copies[i].Archive)
	}
	if !it.Published.Valid() {
		it.Published = ""
	}
	if !it.Modified.Valid() {
		it.Modified = ""
	}
	if !it.Accessed.Valid() {
		it.Accessed = ""
	}
	if !it.CitedOn.Valid() {
		it.CitedOn = ""
	}
	return it
}

// ReadingAddress is the address at which people read the Memento at uriM: without the modifier ("id_") that asks an archive for
// the bytes as they were sent.
func ReadingAddress(uriM string) string {
	for at := 0; ; {
		i := strings.IndexByte(uriM[at:], '/')
		if i < 0 {
			return uriM
		}
		at += i + 1
		n := 0
		for at+n < len(uriM) && uriM[at+n] >= '0' && uriM[at+n] <= '9' {
			n++
		}
		rest := uriM[at+n:]
		if n == 14 && len(rest) > 3 && rest[2] == '_' && rest[3] == '/' && isLower(rest[0]) && isLower(rest[1]) {
			return uriM[:at+n] + rest[3:]
		}
		if n == 14 {
			return uriM
		}
	}
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

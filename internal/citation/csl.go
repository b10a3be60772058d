package citation

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// cslItem is what is read of an item of CSL-JSON (citationstyles.org, csl-data.json).
type cslItem struct {
	ID     cslID  `json:"id"`
	Title  string `json:"title"`
	URL    cslID  `json:"URL"`
	DOI    cslID  `json:"DOI"`
	PMID   cslID  `json:"PMID"`
	PMCID  cslID  `json:"PMCID"`
	ISBN   cslID  `json:"ISBN"`
	Note   cslID  `json:"note"`
	Number cslID  `json:"number"`
	// Archive is where Number counts, if it is a repository.
	Archive string `json:"archive"`
	Author  []struct {
		Family  string `json:"family"`
		Given   string `json:"given"`
		Literal string `json:"literal"`
	} `json:"author"`
	Accessed cslDate `json:"accessed"`
	Custom   struct {
		More []string `json:"additional-urls"`
	} `json:"custom"`
}

// cslID is the id of an item: a string or a number. Anything else is none.
type cslID string

// UnmarshalJSON takes either.
func (id *cslID) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*id = cslID(s)
	} else if b[0] == '-' || isDigit(b[0]) {
		*id = cslID(b)
	}
	return nil
}

// cslItems reads CSL-JSON: an item, a list of them, or an object with a list of "items". ok is false for anything else.
func cslItems(text []byte) (items []cslItem, ok bool) {
	if json.Unmarshal(text, &items) == nil {
		return items, true
	}
	var one struct {
		cslItem

		Items []cslItem `json:"items"`
	}
	if json.Unmarshal(text, &one) != nil {
		return nil, false
	}
	return append(one.Items, one.cslItem), true
}

// readCSL reads a block of CSL-JSON: some documents carry the data of their notes in one. A block that is none is code.
func (c *collector) readCSL(text string, at place, line int) {
	items, _ := cslItems([]byte(text))
	for _, item := range items {
		c.addCSL(item, at, line)
	}
}

// readCSLFile reads a whole document of CSL-JSON.
func readCSLFile(c *collector, text string) error {
	items, ok := cslItems([]byte(text))
	if !ok {
		return unreadableIn(c.name, errors.New("its JSON is damaged, or not CSL-JSON"))
	}
	for _, item := range items {
		c.addCSL(item, place{}, 0)
	}
	return c.err
}

// addCSL adds the references of an item.
func (c *collector) addCSL(item cslItem, at place, line int) {
	r := item.record()
	r.line = line
	c.addRecord(r, at)
}

// record is what is known of an item.
func (item cslItem) record() record {
	r := record{key: string(item.ID), title: item.Title, authors: item.authors(), accessed: item.accessed(), doi: string(item.DOI)}
	for _, address := range append([]string{string(item.URL)}, item.Custom.More...) {
		r.give(address)
	}
	r.identify("pmid", string(item.PMID))
	r.identify("pmcid", string(item.PMCID))
	r.identify("isbn", string(item.ISBN))
	if strings.EqualFold(item.Archive, "arxiv") {
		r.identify("arxiv", string(item.Number))
	}
	r.extra(string(item.Note))
	return r
}

func (item cslItem) authors() []string {
	var names []string
	for _, a := range item.Author {
		name := strings.Trim(a.Family+", "+a.Given, ", ")
		if name == "" {
			name = a.Literal
		}
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// cslDate is a date variable: parts as numbers or strings, or a string.
type cslDate struct {
	Parts [][]cslID `json:"date-parts"`
	Raw   string    `json:"raw"`
}

func (item cslItem) accessed() ibid.Date {
	if len(item.Accessed.Parts) == 0 {
		return metadataDate(item.Accessed.Raw)
	}
	date := ""
	for i, part := range item.Accessed.Parts[0] {
		n := atoi(string(part))
		if n <= 0 || i > 2 {
			break
		}
		date += fmt.Sprintf([]string{"%04d", "-%02d", "-%02d"}[i], n)
	}
	if d := ibid.Date(date); d.Valid() {
		return d
	}
	return ""
}

package citation

import (
	"encoding/json"
	"fmt"
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// cslItem is what is read of an item of CSL-JSON (citationstyles.org, csl-data.json).
type cslItem struct {
	ID     cslID  `json:"id"`
	Title  string `json:"title"`
	URL    string `json:"URL"`
	DOI    string `json:"DOI"`
	Author []struct {
		Family  string `json:"family"`
		Given   string `json:"given"`
		Literal string `json:"literal"`
	} `json:"author"`
	Accessed struct {
		Parts [][]json.Number `json:"date-parts"`
	} `json:"accessed"`
	Custom struct {
		More []string `json:"additional-urls"`
	} `json:"custom"`
}

// cslID is the id of an item: a string or a number.
type cslID string

// UnmarshalJSON takes either.
func (id *cslID) UnmarshalJSON(b []byte) error {
	*id = cslID(strings.Trim(string(b), `"`))
	return nil
}

// readCSL reads a block of CSL-JSON: some documents carry the data of their notes in one. A block that is none is code.
func (c *collector) readCSL(text string, at place, line int) {
	var items []cslItem
	if err := json.Unmarshal([]byte(text), &items); err != nil {
		var item cslItem
		if err := json.Unmarshal([]byte(text), &item); err != nil {
			return
		}
		items = []cslItem{item}
	}
	for _, item := range items {
		c.addCSL(item, at, line)
	}
}

// addCSL adds a reference for each address of an item: its own, its DOI where that is another, and further ones.
func (c *collector) addCSL(item cslItem, at place, line int) {
	if at.kind == "" {
		at.kind = ibid.Bibliography
	}
	if at.label == "" {
		at.label = string(item.ID)
	}
	seen := make(map[string]bool)
	for _, cited := range append([]string{item.URL, item.DOI}, item.Custom.More...) {
		uri := c.resolve(cited)
		if uri == "" {
			uri, _ = repairAddress(cited)
		}
		identifiers := identifiersOf(uri)
		doi := strings.ToLower(identifiers["doi"])
		if uri == "" || seen[uri] || cited == item.DOI && seen[doi] {
			continue
		}
		seen[uri], seen[doi] = true, true
		c.append(ibid.Reference{
			URI: uri, Cited: cited, Title: cleanTitle(item.Title), Authors: item.authors(), Accessed: item.accessed(),
			Identifiers: identifiers, Locator: ibid.Locator{Kind: at.kind, Label: at.label, Line: line},
		})
	}
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

func (item cslItem) accessed() ibid.Date {
	if len(item.Accessed.Parts) == 0 {
		return ""
	}
	date := ""
	for i, part := range item.Accessed.Parts[0] {
		n, err := part.Int64()
		if err != nil || i > 2 {
			break
		}
		date += fmt.Sprintf([]string{"%04d", "-%02d", "-%02d"}[i], n)
	}
	if d := ibid.Date(date); d.Valid() {
		return d
	}
	return ""
}

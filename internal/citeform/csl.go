package citeform

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/ibid-archive/ibid"
)

// cslItem is an item of CSL-JSON (citationstyles.org, csl-data.json of CSL 1.0.2).
type cslItem struct {
	ID              string   `json:"id"`
	Type            string   `json:"type"`
	Title           string   `json:"title,omitempty"`
	Author          []name   `json:"author,omitempty"`
	Issued          *cslDate `json:"issued,omitempty"`
	Accessed        *cslDate `json:"accessed,omitempty"`
	ContainerTitle  string   `json:"container-title,omitempty"`
	Publisher       string   `json:"publisher,omitempty"`
	URL             string   `json:"URL"`
	DOI             string   `json:"DOI,omitempty"`
	ISBN            string   `json:"ISBN,omitempty"`
	PMID            string   `json:"PMID,omitempty"`
	PMCID           string   `json:"PMCID,omitempty"`
	Number          string   `json:"number,omitempty"`
	Language        string   `json:"language,omitempty"`
	Archive         string   `json:"archive,omitempty"`
	ArchiveLocation string   `json:"archive_location,omitempty"`
	Note            string   `json:"note,omitempty"`
}

type cslDate struct {
	Parts [][]int `json:"date-parts"`
}

func cslDateOf(d ibid.Date) *cslDate {
	if p := dateParts(d); p != nil {
		return &cslDate{Parts: [][]int{p}}
	}
	return nil
}

// writeCSL writes CSL-JSON: one array.
func writeCSL(w io.Writer, items []Item, _ Options) error {
	all, ids := make([]cslItem, len(items)), keys(items)
	for i := range items {
		all[i] = cslOf(&items[i], ids[i])
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(all)
}

func cslOf(it *Item, id string) cslItem {
	c := cslItem{
		ID: id, Type: kindOf(it).csl, Title: it.Title, Author: names(it.Authors), Issued: cslDateOf(it.issued()), Accessed: cslDateOf(it.Accessed),
		URL: linkURL(it.URI), DOI: it.Identifiers["doi"], ISBN: it.Identifiers["isbn"], PMID: it.Identifiers["pmid"], PMCID: it.Identifiers["pmcid"], Number: it.number(), Language: it.Language,
	}
	if kindOf(it).published {
		c.Publisher = it.Publisher
	} else {
		c.ContainerTitle = it.Publisher
	}
	if copied := it.copy(); copied != nil {
		c.Archive, c.ArchiveLocation = copied.Archive, linkURL(copied.URI)
		c.Note = "Archived " + copied.day()
	}
	return c
}

// kind is what a source is, in the words of each format. published: who brought it out is its publisher, and not the site that it
// is a page of.
type kind struct {
	csl, bibtex, biblatex, ris, cs1 string
	published                       bool
}

var aPage = kind{csl: "webpage", bibtex: "misc", biblatex: "online", ris: "ELEC", cs1: "cite web"}

// kinds are the words of schema.org and Dublin Core in small letters. Articles are pages: what is known of a source does not say
// in which journal they are.
var kinds = map[string]kind{
	"report":           {csl: "report", bibtex: "techreport", biblatex: "report", ris: "RPRT", cs1: "cite report", published: true},
	"book":             {csl: "book", bibtex: "book", biblatex: "book", ris: "BOOK", cs1: "cite book", published: true},
	"thesis":           {csl: "thesis", bibtex: "phdthesis", biblatex: "thesis", ris: "THES", cs1: "cite thesis", published: true},
	"dataset":          {csl: "dataset", bibtex: "misc", biblatex: "dataset", ris: "DATA", cs1: "cite web", published: true},
	"newsarticle":      {csl: "article-newspaper", bibtex: "misc", biblatex: "online", ris: "ELEC", cs1: "cite news"},
	"blogposting":      {csl: "post-weblog", bibtex: "misc", biblatex: "online", ris: "BLOG", cs1: "cite web"},
	"scholarlyarticle": {csl: "article", bibtex: "misc", biblatex: "online", ris: "ELEC", cs1: "cite web"},
}

// kindOf is the kind of a source.
func kindOf(it *Item) kind {
	if k, ok := kinds[strings.ToLower(strings.TrimSpace(it.Type))]; ok {
		return k
	}
	return aPage
}

package testsite

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"

	"golang.org/x/tools/txtar"
)

//go:embed demo/*.txtar list/*.txtar
var bundled embed.FS

//go:embed demo/background-note.md
var demoNote []byte

//go:embed list/reading-list.md
var readingList []byte

// Demo is the web of `ibid demo`: the three sites that the founding case cites, dead and alive as they are today,
// their successor, a clone of that, and two web archives, which captured the sites when they were as ReadingList has
// them. All texts are made up. The note of DemoDocument, dated 4 June 2009, asks for twelve things, and the web is made
// so that they fare thus:
//
//	note 1   www.iom.int/jahia/…/pid/866   gone     rescued: web.archive.org, 2009-05-28, 7 days before
//	note 2   www.gfmd-fmmd.org/            parked   rescued: arquivo.pt, 2009-06-11, 7 days after
//	         gfmd2008.org/                 refused  rescued: web.archive.org, 2008-10-29, 218 days before
//	2007 Session 3.4                       en, fr captured live on www.gfmd.org; es rescued
//	2008 Session 2.2                       en, fr rescued; es lost: it is listed, and held by nobody
//	2008 Session 3.3                       en, fr rescued; es succeeded by a page on www.gfmd.org
func Demo() (*Web, error) {
	past, err := ReadingList()
	if err != nil {
		return nil, err
	}
	return bundledWeb("demo/*.txtar", past)
}

// DemoDocument is the document of `ibid demo`: a background note in Markdown that cites three addresses in two notes,
// and names three papers, each in three languages.
func DemoDocument() (name string, body []byte) {
	return "background-note.md", bytes.Clone(demoNote)
}

// ReadingList is a larger web for tests, without archives: the same sites at a time at which their libraries still
// answered, and only their home pages had gone.
func ReadingList() (*Web, error) { return bundledWeb("list/*.txtar", nil) }

// ReadingListDocument is a note in Markdown that cites ten sources of the ReadingList web in nine notes, two of them the
// same, and names three papers.
func ReadingListDocument() (name string, body []byte) {
	return "reading-list.md", bytes.Clone(readingList)
}

// bundledWeb is all files that match, as one web.
func bundledWeb(pattern string, past *Web) (*Web, error) {
	names, err := fs.Glob(bundled, pattern)
	if err != nil {
		return nil, err
	}
	var all txtar.Archive
	for _, name := range names {
		text, err := bundled.ReadFile(name)
		if err != nil {
			return nil, err
		}
		all.Files = append(all.Files, txtar.Parse(text).Files...)
	}
	w, err := parse(&all, past)
	if err != nil {
		return nil, fmt.Errorf("the bundled web: %w", err)
	}
	return w, nil
}

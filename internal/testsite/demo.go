package testsite

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"

	"golang.org/x/tools/txtar"
)

//go:embed demo/*.txtar
var demoFiles embed.FS

//go:embed demo/background-note.md
var demoNote []byte

// Demo is the web of `ibid demo`: the three sites that the founding case cites, dead and alive as they are today,
// and their successor. All texts are made up.
func Demo() (*Web, error) {
	names, err := fs.Glob(demoFiles, "demo/*.txtar")
	if err != nil {
		return nil, err
	}
	var all txtar.Archive
	for _, name := range names {
		text, err := demoFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		all.Files = append(all.Files, txtar.Parse(text).Files...)
	}
	w, err := Parse(&all)
	if err != nil {
		return nil, fmt.Errorf("the bundled web: %w", err)
	}
	return w, nil
}

// DemoDocument is the document of `ibid demo`: a background note in Markdown that cites ten sources of the
// Demo web in nine notes, two of them the same, and names three papers.
func DemoDocument() (name string, body []byte) {
	return "background-note.md", bytes.Clone(demoNote)
}

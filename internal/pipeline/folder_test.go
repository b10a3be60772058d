package pipeline

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/citation"
)

// written writes files below a folder of the test's own.
func written(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, body := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestExpand(t *testing.T) {
	t.Parallel()
	folder := written(t, map[string]string{
		"thesis/main.tex": "\\documentclass{book}", "thesis/one.tex": "x", "thesis/refs.bib": "@misc{a}", "notes.md": "x", ".git/a.md": "x", "a.png": "x",
	})
	found, err := Expand(Input(folder), 1000)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, in := range found {
		name, err := filepath.Rel(folder, string(in))
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, filepath.ToSlash(name))
	}
	if got := strings.Join(names, " "); got != "notes.md thesis/main.tex" {
		t.Errorf("got %s", got)
	}
	for _, in := range []Input{"http://example.org/", Input(filepath.Join(folder, "missing.md")), Input(filepath.Join(folder, "notes.md"))} {
		if same, err := Expand(in, 1000); err != nil || len(same) != 1 || same[0] != in {
			t.Errorf("%s: got %v, %v", in, same, err)
		}
	}
	if _, err := Expand(Input(filepath.Join(folder, ".git")), 1); err != nil {
		t.Errorf("a hidden folder that is named: %v", err)
	}
	if _, err := Expand(Input(t.TempDir()), 1000); ibid.KindOf(err) != ibid.KindInput {
		t.Errorf("nothing in it: %v", err)
	}
}

func TestBibliographyIsReadBesideTheDocumentOnly(t *testing.T) {
	t.Parallel()
	folder := written(t, map[string]string{
		"d/a.md":      "---\nbibliography: [refs.bib, ../other.bib]\n---\n[@a; @b]",
		"d/refs.bib":  "@misc{a, url={http://example.org/a}}",
		"other.bib":   "@misc{b, url={http://no.example/}}",
		"d/large.bib": strings.Repeat("@misc{a, url={http://example.org/a}}", 100),
	})
	res, _, err := Extract(context.Background(), filepath.Join(folder, "d", "a.md"), 1000, citation.Options{})
	if err != nil || len(res.References) != 1 || res.References[0].URI != "http://example.org/a" {
		t.Errorf("got %+v, %v", res, err)
	}
	read, closeFolder, err := openBeside(filepath.Join(folder, "d", "a.md"), 1000)
	if err != nil {
		t.Fatal(err)
	}
	defer closeFolder()
	for _, name := range []string{"large.bib", "../other.bib", "missing.bib", "."} {
		if _, err := read(name); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

package library

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/ibid-archive/ibid"
)

// web answers from txtar files in the form of internal/testsite: heads are read as far as it takes to tell pages from the rest.
type web struct {
	files map[string]string
	asked []string
}

func newWeb(t *testing.T, pattern string) *web {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatal("no sites", err)
	}
	w := &web{files: make(map[string]string)}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			w.files[f.Name] = string(f.Data)
		}
	}
	return w
}

var errStatus = errors.New("status 404")

// source gives the web as a Source. Files that begin with "@pdf" have a text, all others are pages.
func (w *web) source(t *testing.T, origin ibid.Origin) Source {
	fetch := func(ctx context.Context, uri string) (*Page, error) {
		w.asked = append(w.asked, uri)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		file, ok := w.file(uri)
		head, body, headed := strings.Cut(file, "\n\n")
		if !strings.HasPrefix(file, "HTTP") {
			head, body = "", file
		}
		if to, ok := strings.CutPrefix(head, "HTTP 301\nLocation: "); ok {
			return &Page{URI: strings.TrimSpace(to), Doc: parsed(t, body)}, nil
		}
		switch {
		case !ok || headed && strings.HasPrefix(head, "HTTP 4"):
			return nil, errStatus
		case strings.Contains(head, "\n@pdf"):
			return &Page{URI: uri, Text: body}, nil
		}
		return &Page{URI: uri, Doc: parsed(t, w.included(body))}, nil
	}
	return Source{Origin: origin, Fetch: fetch, Open: fetch}
}

func (w *web) file(uri string) (string, bool) {
	name := strings.TrimPrefix(strings.TrimPrefix(uri, "http://"), "https://")
	file, ok := w.files[name]
	if _, like, found := strings.Cut(file, "\n@like "); found {
		file, ok = w.files[strings.TrimSpace(like)]
	}
	return file, ok
}

func (w *web) included(body string) string {
	const begin, end = `<!--#include virtual="`, `" -->`
	for {
		before, rest, ok := strings.Cut(body, begin)
		if !ok {
			return body
		}
		name, after, _ := strings.Cut(rest, end)
		body = before + w.files["#"+name] + after
	}
}

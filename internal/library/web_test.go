package library

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/ibid-archive/ibid"
)

// web answers from txtar files in the form of internal/testsite: heads are read as far as it takes to tell pages from the rest.
type web struct {
	files map[string]string
	// former is the web as it was, of which archives have something.
	former map[string]string
	asked  []string
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
	return w.sourceOf(t, origin, func(uri string) (string, bool) {
		name := strings.TrimPrefix(strings.TrimPrefix(uri, "http://"), "https://")
		file, ok := w.files[name]
		if host, _, _ := strings.Cut(name, "/"); !ok {
			file, ok = w.files[host+"/*"]
		}
		return file, ok
	})
}

// archive gives the captures below a prefix as a Source: of an address that nearest June 2009 which has status 200.
func (w *web) archive(t *testing.T, origin ibid.Origin, prefix string) Source {
	return w.sourceOf(t, origin, func(uri string) (string, bool) {
		var best, file string
		for name, f := range w.files {
			at, of, ok := strings.Cut(strings.TrimPrefix(name, prefix), "/")
			if !strings.HasPrefix(name, prefix) || !ok || of != uri || !strings.HasPrefix(f, "HTTP 200") || strings.Contains(f, "Incapsula") {
				continue
			}
			if best == "" || away(at) < away(best) {
				best, file = at, f
			}
		}
		return file, best != ""
	})
}

// away is how far a time of 14 digits is from the note, for comparison.
func away(stamp string) int {
	n, err := strconv.Atoi(stamp)
	if err != nil {
		return math.MaxInt
	}
	return max(n-20090604000000, 20090604000000-n)
}

func (w *web) sourceOf(t *testing.T, origin ibid.Origin, find func(uri string) (string, bool)) Source {
	fetch := func(ctx context.Context, uri string) (*Page, error) {
		w.asked = append(w.asked, uri)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		file, ok := find(uri)
		file = w.linked(file)
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

// linked follows "@like", which gives the answer of another file, and "@was", which gives that of the former web.
func (w *web) linked(file string) string {
	for range 5 {
		if _, name, ok := strings.Cut(file, "\n@like "); ok {
			name, _, _ = strings.Cut(name, "\n")
			file = w.files[name]
		} else if _, name, ok := strings.Cut(file, "\n@was "); ok {
			name, _, _ = strings.Cut(name, "\n")
			file = w.former[name]
		}
	}
	return file
}

func (w *web) included(body string) string {
	const begin, end = `<!--#include virtual="`, `" -->`
	for {
		before, rest, ok := strings.Cut(body, begin)
		if !ok {
			return body
		}
		name, after, _ := strings.Cut(rest, end)
		part, ok := w.files["#"+name]
		if !ok {
			part = w.former["#"+name]
		}
		body = before + part + after
	}
}

package replay

import (
	"bytes"
	_ "embed"
	"errors"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// The interactive view is that of ReplayWeb.page, in the reader's browser: its worker (wabac.js) answers for all that a page and
// its scripts ask for, and takes it from here as it was sent. It is only there where Options.Assets has its files.

// assetsPath is before what belongs to it. No archived page is below it, so the worker counts for none of those that are shown
// without it.
const assetsPath = "/replaywebpage/"

//go:embed interactive.js
var interactiveJS string

// scriptName is that of interactive.js below assetsPath.
const scriptName = "show.js"

// assets are the files of ReplayWeb.page that are sent, with their media types.
var assets = map[string]string{"sw.js": "text/javascript; charset=utf-8", "LICENSE": "text/plain; charset=utf-8"}

// CheckAssets says whether files has what the interactive view needs. KindInput: it has not.
func CheckAssets(files fs.FS) error {
	for name := range assets {
		if f, err := fs.Stat(files, name); err != nil || !f.Mode().IsRegular() {
			return &ibid.Error{Kind: ibid.KindInput, Op: "show pages with ReplayWeb.page", URI: name, Err: errors.New(`it is not in the folder of its files: "make replay-assets" gets them`)}
		}
	}
	return nil
}

// asset sends what belongs to the interactive view.
func (s *Service) asset(w http.ResponseWriter, r *http.Request, name string) error {
	name, _, _ = strings.Cut(name, "?")
	kind, body := assets[name], []byte(interactiveJS)
	switch {
	case name == scriptName:
		kind = "text/javascript; charset=utf-8"
	case kind == "":
		return notHeld(r.URL.Path)
	default:
		var err error
		if body, err = fs.ReadFile(s.o.Assets, name); err != nil {
			return &ibid.Error{Kind: ibid.KindStorage, Op: "read", URI: name, Err: err}
		}
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-cache")
	// The policy of the worker, which fetches for the pages: from here, and from nowhere else.
	h.Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	return nil
}

// isAsset says whether r asks for a file of the interactive view, and its name.
func (s *Service) isAsset(r *http.Request) (name string, ok bool) {
	name, ok = strings.CutPrefix(rawPath(r), assetsPath)
	return name, ok && s.o.Assets != nil && (r.Method == http.MethodGet || r.Method == http.MethodHead)
}

// interactive sends the page that shows the memento e in the interactive view.
func (s *Service) interactive(w http.ResponseWriter, r *http.Request, e *cdx.Entry) error {
	own, app := s.o.Replay.base(r, true), s.o.Application.base(r, false)
	h := w.Header()
	mementoHeader(h, e, places{app}.aboutLinks(e.URI, neighbours{}, true))
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src "+own+assetsPath+"; worker-src "+own+assetsPath+"; frame-src "+own+assetsPath+
		"; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors "+app)
	return interactivePage.Execute(w, struct{ Files, Script, Prefix, URI, Address string }{
		assetsPath, assetsPath + scriptName, own + "/web/", e.URI, assetsPath + "w/archive/" + ibid.Timestamp14(e.Timestamp) + "mp_/" + e.URI,
	})
}

// isInteractive says whether a view with that modifier is the interactive one.
func (s *Service) isInteractive(modifier string) bool {
	return modifier == modifierInteractive && s.o.Assets != nil
}

var interactivePage = template.Must(template.New("interactive").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{.URI}}</title>
<style>html, body { height: 100%; margin: 0; font: 16px/1.5 system-ui, sans-serif } p:empty { display: none } p { margin: 1em } iframe { border: 0; width: 100%; height: 100%; display: block }</style>
</head><body><p role="status"></p><iframe title="The archived page, with its scripts"></iframe>
<script src="{{.Script}}" data-files="{{.Files}}" data-prefix="{{.Prefix}}" data-address="{{.Address}}"></script></body></html>
`))

package replay

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// Replay returns the handler for the origin on which mementos are shown: "/web/{timestamp}{modifier}/{uri}", and nothing
// else. It knows no users, sets no cookies and reads none.
func (s *Service) Replay() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guard(w.Header())
		s.pageHeader(w, r, view{}, "")
		r, err := s.admit(w, r)
		if name, ok := s.isAsset(r); ok && err == nil {
			err = s.asset(w, r, name)
		} else if err == nil {
			err = s.play(w, r)
		}
		if err != nil {
			s.failReplay(w, r, err)
		}
	})
}

func (s *Service) play(w http.ResponseWriter, r *http.Request) error {
	rest, found := strings.CutPrefix(rawPath(r), "/web/")
	switch dest := r.Header.Get("Sec-Fetch-Dest"); {
	case r.Header.Get("Service-Worker") != "" || dest == "serviceworker" || dest == "sharedworker":
		return &ibid.Error{Kind: ibid.KindPolicy, Op: "install", URI: "a worker", Err: errWorker}
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		return badRequest(r.Method, "only GET and HEAD are answered here")
	case len(r.RequestURI) > maxAddress:
		return badRequest("the address", "it is too long")
	case !found:
		return notHeld(r.URL.Path)
	}
	t, stamped, err := parseWeb(rest)
	if err != nil {
		return err
	}
	if !stamped {
		t.at = s.o.Now()
		if t.uri, err = original(rest); err != nil {
			return err
		}
	}
	_, e, err := s.nearest(r, t.uri, t.at)
	if err != nil {
		return err
	}
	if !t.exact() {
		redirect(w, prefixOf(r)+mementoPath(e, t.modifier))
		return nil
	}
	if s.o.Access(r, e) == Block {
		return blocked(e.URI)
	}
	// A page with scripts can go anywhere, unless it is in a frame of ours, which lets nothing else in. A ticket is not for it.
	if viewOf(t.modifier).scripts && (r.Header.Get("Sec-Fetch-Dest") == "document" || prefixOf(r) != "") {
		redirect(w, prefixOf(r)+mementoPath(e, ""))
		return nil
	}
	if s.isInteractive(t.modifier) {
		return s.interactive(w, r, e)
	}
	return s.show(w, r, e, &t)
}

// show answers with the memento e.
func (s *Service) show(w http.ResponseWriter, r *http.Request, e *cdx.Entry, t *target) error {
	v := viewOf(t.modifier)
	record, err := s.o.Records.Open(r.Context(), *e)
	if err != nil {
		return reading(e.URI, err)
	}
	p := &playing{s: s, w: w, r: r, e: e, v: v, record: record, status: e.Status}
	defer func() { _ = p.record.Body.Close() }() // what was read of it has been verified or has failed
	if record.Status != 0 {
		p.status = record.Status
	}
	p.kind, p.contentType = contentType(record.Header.Get("Content-Type"), e.MediaType)
	s.pageHeader(w, r, v, p.kind)
	app := places{s.o.Application.base(r, false)}
	mementoHeader(w.Header(), e, app.aboutLinks(e.URI, neighbours{}, true))
	originalHeader(w.Header(), record.Header)
	if p.status >= 300 && p.status < 400 {
		to, err := s.location(r, e, t.uri, record.Header.Get("Location"))
		if err != nil {
			return err
		}
		if to != "" {
			w.Header().Set("Location", prefixOf(r)+before(e, v.modifier())+to)
		}
	}
	return p.send()
}

// errWorker is why a worker of a page is not run.
var errWorker = &ibid.Error{Kind: ibid.KindPolicy, Op: "run", URI: "it", Err: errOutlives}

// failReplay answers for what cannot be shown, in the form in which it was to be shown: a picture that is missing says so
// where it would have been.
func (s *Service) failReplay(w http.ResponseWriter, r *http.Request, err error) {
	h := w.Header()
	for _, name := range []string{"Memento-Datetime", "Link", "Location", "Content-Encoding", "Content-Language", "Content-Disposition", "Etag"} {
		h.Del(name)
	}
	for name := range h {
		if strings.HasPrefix(name, originalPrefix) {
			h.Del(name)
		}
	}
	dest := r.Header.Get("Sec-Fetch-Dest")
	var page *template.Template
	switch {
	case strings.Contains(r.Header.Get("Accept"), "json"):
	case dest == "image":
		page = missingImage
		h.Set("Content-Type", "image/svg+xml; charset=utf-8")
	case dest == "document" || dest == "iframe" || dest == "frame" || dest == "" && strings.Contains(r.Header.Get("Accept"), "text/html"):
		page = missingPage
		h.Set("Content-Type", "text/html; charset=utf-8")
	}
	if page == nil || r.Context().Err() != nil {
		s.failAs(w, r, err, false)
		return
	}
	status := statusOf(err)
	if status >= http.StatusInternalServerError {
		s.o.Log.ErrorContext(r.Context(), "a memento cannot be shown", "path", clipped(r.URL.Path), "error", err)
	}
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = page.Execute(w, err.Error()) // whoever asked may be gone
}

var (
	missingPage = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Not in the archive</title>
<style>:root { color-scheme: light dark } body { font: 16px/1.5 system-ui, sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em; overflow-wrap: anywhere }</style>
</head><body><main><h1>This cannot be shown</h1><p>{{.}}.</p></main></body></html>
`))
	missingImage = template.Must(template.New("image").Parse(`<svg xmlns="http://www.w3.org/2000/svg" width="240" height="60" role="img"><title>{{.}}</title>
<rect width="100%" height="100%" fill="#eee" stroke="#999" stroke-dasharray="4"/>
<text x="8" y="20" font-family="sans-serif" font-size="12" fill="#333">not in the archive</text>
<text x="8" y="40" font-family="sans-serif" font-size="9" fill="#333">{{.}}</text></svg>
`))
)

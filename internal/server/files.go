package server

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Package is a package of what is held (WACZ), to be read from any place in it.
type Package struct {
	// Tag is its entity tag, without quotes: another one is another package.
	Tag     string
	Made    time.Time
	Content io.ReadSeekCloser
}

// RobustCopy is a copy of a citing document whose links carry their archived versions.
type RobustCopy struct {
	Name string
	Body []byte
}

// addFiles has mux answer with what can be taken away.
func (s *server) addFiles(mux *routes) {
	mux.HandleFunc("GET /documents/{id}/{report}", s.report)
	mux.HandleFunc("GET /documents/{id}/robust", s.robust)
	if s.Pages.Export != nil {
		mux.HandleFunc("GET /export/{file}", s.export)
		mux.HandleFunc("OPTIONS /export/{file}", s.preflight)
	}
}

// report sends the report of a Document, or citations of what it cites, in one of the forms.
func (s *server) report(w http.ResponseWriter, r *http.Request) {
	key := DocumentKey{r.URL.Query().Get("collection"), r.PathValue("id")}
	for prefix, forms := range map[string][]ReportForm{"report.": s.Pages.Reports, "citations.": s.Pages.Citations} {
		for _, form := range forms {
			if r.PathValue("report") == prefix+form.Name {
				s.sendForm(w, r, key, form)
				return
			}
		}
	}
	s.nothing(w, r)
}

func (s *server) sendForm(w http.ResponseWriter, r *http.Request, key DocumentKey, form ReportForm) {
	var body bytes.Buffer
	if err := form.Write(r.Context(), &body, key); err != nil {
		s.fail(w, r, err)
		return
	}
	attach(w, key.ID[:min(len(key.ID), 16)]+"."+form.Name, form.MediaType) // the ID was found, so it is one
	_, _ = w.Write(body.Bytes())                                           // whoever asked may be gone
}

// robust sends a copy of a Document whose links carry their archived versions.
func (s *server) robust(w http.ResponseWriter, r *http.Request) {
	c, err := s.Pages.Robust(r.Context(), DocumentKey{r.URL.Query().Get("collection"), r.PathValue("id")})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	// It is a stranger's document: whatever it is, a browser is to keep it and not to open it here.
	attach(w, c.Name, "application/octet-stream")
	_, _ = w.Write(c.Body) // as above
}

// attach says that what follows is a file to keep.
func attach(w http.ResponseWriter, name, mediaType string) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": plain(name)}))
	h.Set("Cache-Control", "private, no-cache")
}

// export sends a package of a Document or of a collection. Readers in a browser take it in parts, from pages elsewhere
// (Fetch, CORS): they are given what anybody may have, since they send no cookie.
func (s *server) export(w http.ResponseWriter, r *http.Request) {
	s.shared(w)
	name, ok := strings.CutSuffix(r.PathValue("file"), ".wacz")
	if !ok {
		s.nothing(w, r)
		return
	}
	p, err := s.Pages.Export(r.Context(), r.URL.Query().Get("collection"), name)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	defer p.Content.Close() //nolint:errcheck // it was only read
	attach(w, name+".wacz", "application/wacz")
	w.Header().Set("ETag", `"`+p.Tag+`"`)
	http.ServeContent(w, r, "", p.Made, p.Content)
}

// preflight says what pages elsewhere may ask for.
func (s *server) preflight(w http.ResponseWriter, _ *http.Request) {
	s.shared(w)
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, HEAD")
	h.Set("Access-Control-Allow-Headers", "Range, If-Range, If-None-Match")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

// shared lets pages elsewhere read the answer, and what they need of its header. Where whoever sits at this machine may do
// everything, nothing is shared.
func (s *server) shared(w http.ResponseWriter) {
	if s.LocalOnly {
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "Accept-Ranges, Content-Encoding, Content-Length, Content-Range, ETag")
}

// exportPath is where the package of a Document or, without an ID, of a collection is.
func exportPath(k DocumentKey) string {
	if k.ID == "" {
		return "/export/" + url.PathEscape(k.Collection) + ".wacz"
	}
	return "/export/" + url.PathEscape(k.ID) + ".wacz" + k.query()
}

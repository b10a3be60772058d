package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/ibid-archive/ibid"
)

// feed answers with what happened last, of ?collection= or of all.
func (s *server) feed(w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	if err := s.Feed(r.Context(), &body, r.URL.Query().Get("collection")); err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	_, _ = w.Write(body.Bytes()) // whoever asked may be gone
}

// fail answers with err, as JSON to those who ask for it.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	kind := ibid.KindOf(err)
	status := kind.HTTPStatus()
	if status >= http.StatusInternalServerError {
		s.Log.ErrorContext(r.Context(), "a request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	if !strings.Contains(r.Header.Get("Accept"), "json") {
		s.text(w, status, err.Error()+"\n")
		return
	}
	type problem struct {
		Kind    ibid.Kind `json:"kind"`
		Message string    `json:"message"`
		URI     string    `json:"uri,omitempty"`
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]problem{"error": {kind, err.Error(), r.URL.Path}}) // as above
}

package server

import (
	"bytes"
	"net/http"
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
	s.failing(w, r, err)
	if asksForJSON(r) {
		s.problem(w, r, err)
		return
	}
	s.text(w, statusOf(err), clipText(err.Error())+"\n")
}

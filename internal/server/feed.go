package server

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
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

// fail answers with err: as a page to browsers, as JSON to those who ask for it.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	s.failing(w, r, err)
	if s.Pages != nil && !asksForJSON(r) && strings.Contains(r.Header.Get("Accept"), "text/html") {
		s.failPage(w, r, err)
		return
	}
	s.problem(w, r, err)
}

// failure is what the page of an error shows.
type failure struct {
	Status int
	Kind   ibid.Kind
	// Message is why; empty for what is a fault of ours, which the log tells.
	Message string
	// Request names the request in the log.
	Request string
}

func (s *server) failPage(w http.ResponseWriter, r *http.Request, err error) {
	kind := ibid.KindOf(err)
	f := failure{Status: statusOf(err), Kind: kind, Request: ClientOf(r.Context()).Request}
	if f.Status < http.StatusInternalServerError {
		f.Message = err.Error()
	}
	a := answer{page: "error", status: f.Status, data: f}
	if uri, _, ok := calendarOf(r); ok {
		a.here = searchPath(uri, "") // a language added to it would become part of the address
	}
	s.render(w, r, a)
}

// notSo says that what is at this address is asked otherwise.
func (s *server) notSo(w http.ResponseWriter, r *http.Request, allowed []string) {
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	s.fail(w, r, &ibid.Error{Kind: ibid.KindInput, Op: "answer " + clip(maxMethod, r.Method) + " for", URI: r.URL.Path, Err: errMethod})
}

// nothing says that there is nothing at this address, or that it is asked otherwise.
func (s *server) nothing(w http.ResponseWriter, r *http.Request) {
	if allowed := s.mux.methods(r); len(allowed) > 0 && !slices.Contains(allowed, r.Method) {
		s.notSo(w, r, allowed)
		return
	}
	s.fail(w, r, &ibid.Error{Kind: ibid.KindNotFound, Op: "find", URI: r.URL.Path, Err: errors.New("there is nothing at this address")})
}

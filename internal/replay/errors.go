package replay

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/ibid-archive/ibid"
)

// errBlocked is found in the error for what access rules withhold (RFC 7725).
var errBlocked = errors.New("it is held, and may not be shown here")

// notHeld is the error for an address of which nothing is held.
func notHeld(uri string) error {
	return &ibid.Error{Kind: ibid.KindNotFound, Op: "show", URI: clipped(uri), Err: errors.New("no capture of it is held")}
}

// absent is notHeld, or that it was destroyed.
func (s *Service) absent(r *http.Request, uri string) error {
	if s.o.Destroyed != nil && s.o.Destroyed(r, uri) {
		return gone(uri)
	}
	return notHeld(uri)
}

func gone(uri string) error {
	return &ibid.Error{Kind: ibid.KindGone, Op: "show", URI: clipped(uri), Err: errors.New("what was held of it was destroyed")}
}

func blocked(uri string) error {
	return &ibid.Error{Kind: ibid.KindPolicy, Op: "show", URI: clipped(uri), Err: errBlocked}
}

// statusOf is the status that answers an error.
func statusOf(err error) int {
	if errors.Is(err, errBlocked) {
		return http.StatusUnavailableForLegalReasons
	}
	if class := ibid.ClassOf(err); class == ibid.ClassDecodeFailed || class == ibid.ClassDecodedTooLarge {
		return http.StatusBadGateway // it is the source's fault, not that of whoever asks
	}
	return ibid.KindOf(err).HTTPStatus()
}

// fail answers with err: as a page to a browser, as JSON to all others.
func (s *Service) fail(w http.ResponseWriter, r *http.Request, err error) {
	accept := r.Header.Get("Accept")
	s.failAs(w, r, err, strings.Contains(accept, "text/html") && !strings.Contains(accept, "json"))
}

func (s *Service) failAs(w http.ResponseWriter, r *http.Request, err error, page bool) {
	status := statusOf(err)
	if r.Context().Err() != nil {
		return // whoever asked is gone
	}
	if status == http.StatusBadRequest && w.Header().Get("Allow") != "" {
		status = http.StatusMethodNotAllowed
	}
	if status >= http.StatusInternalServerError {
		s.o.Log.ErrorContext(r.Context(), "a request failed", "method", r.Method, "path", clipped(r.URL.Path), "error", err)
	}
	h := w.Header()
	h.Del("Content-Length")
	h.Set("Cache-Control", "no-store")
	if page {
		s.o.Fail(w, r, status, err)
		return
	}
	writeJSONError(w, r, status, err)
}

func writeJSONError(w http.ResponseWriter, r *http.Request, status int, err error) {
	type problem struct {
		Kind    ibid.Kind `json:"kind"`
		Message string    `json:"message"`
		URI     string    `json:"uri,omitempty"`
	}
	p := problem{Kind: ibid.KindOf(err), Message: err.Error(), URI: clipped(r.URL.Path)}
	var own *ibid.Error
	if errors.As(err, &own) && strings.Contains(own.URI, "://") {
		p.URI = own.URI
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]problem{"error": p}) // as above
}

// reading gives an error that came from below the words of what was being done.
func reading(uri string, err error) error {
	return fmt.Errorf("read the capture of %s: %w", clipped(uri), err)
}

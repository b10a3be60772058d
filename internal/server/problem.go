package server

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// problem is an error as programs read it: problem details (RFC 9457), with what the contract calls error.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Error  struct {
		Kind    ibid.Kind `json:"kind"`
		Message string    `json:"message"`
		URI     string    `json:"uri,omitempty"`
	} `json:"error"`
	// Request names the request in the log.
	Request string `json:"request,omitempty"`
}

// maxDetail bounds what of an error is told, in bytes: a request can have a megabyte.
const maxDetail = 1000

func clipText(s string) string {
	if len(s) <= maxDetail {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.ToValidUTF8(s[:maxDetail], "") + "…"
}

// problem answers with err as JSON. What is a fault of ours is told to the log, and to nobody else.
func (s *server) problem(w http.ResponseWriter, r *http.Request, err error) {
	kind := ibid.KindOf(err)
	status := statusOf(err)
	message := clipText(err.Error())
	if kind == ibid.KindInternal {
		message = "something went wrong here; the log of the server says what"
	}
	p := problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: message}
	p.Error.Kind, p.Error.Message, p.Error.URI = kind, message, clipText(r.URL.Path)
	p.Request = ClientOf(r.Context()).Request
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(p) // whoever asked may be gone
}

// statusOf is the status with which err is answered: that of its Kind, but for a body that is too large.
func statusOf(err error) int {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return http.StatusRequestEntityTooLarge
	}
	if _, later := retryAfter(err); later {
		return http.StatusTooManyRequests
	}
	if errors.Is(err, errMethod) {
		return http.StatusMethodNotAllowed
	}
	return ibid.KindOf(err).HTTPStatus()
}

// retryAfter is how long whoever asks has to wait before they may ask again.
func retryAfter(err error) (time.Duration, bool) {
	var later interface {
		error
		RetryAfter() time.Duration
	}
	if !errors.As(err, &later) {
		return 0, false
	}
	return later.RetryAfter(), true
}

// failing sets what answers with an error have in common, and logs it when it is ours.
func (s *server) failing(w http.ResponseWriter, r *http.Request, err error) {
	switch kind := ibid.KindOf(err); {
	case kind == ibid.KindCredential:
		w.Header().Set("WWW-Authenticate", `Bearer realm="ibid"`)
		if wait, later := retryAfter(err); later {
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		}
	case kind.HTTPStatus() >= http.StatusInternalServerError:
		if kind == ibid.KindStorage {
			w.Header().Set("Retry-After", "30")
		}
		s.Log.ErrorContext(r.Context(), "a request failed", "method", r.Method, "path", clipText(r.URL.Path), "error", err)
	}
}

// asksForJSON says whether whoever asks is a program.
func asksForJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "json") || strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/save")
}

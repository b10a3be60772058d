package testsite

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// handler answers all hosts of one scheme.
func (s *Server) handler(scheme string) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		target := r.URL.RequestURI()
		done := s.counters.begin(scheme, r.Host, target)
		defer done()
		site := s.web.lookup(scheme, r.Host)
		if site == nil {
			http.Error(rw, "no such host here: "+r.Host, http.StatusMisdirectedRequest)
			return
		}
		if a := site.host.archive; a != nil && s.serveArchive(rw, r, a, scheme) {
			return
		}
		p := site.find(target)
		if p == nil {
			http.NotFound(rw, r)
			return
		}
		p.answer(rw, r, site.host.header)
	})
}

// answer sends p; shared are the headers that all answers of its host carry.
func (p *page) answer(rw http.ResponseWriter, r *http.Request, shared http.Header) {
	if !pause(r, p.delay) {
		return
	}
	h := rw.Header()
	for _, from := range []http.Header{shared, p.header} {
		for key, values := range from {
			h[key] = values
		}
	}
	if h.Get("Content-Type") == "" {
		h["Content-Type"] = nil // nothing is guessed from the body
	}
	if p.status == http.StatusOK && fresh(r, p.header) {
		h.Del("Content-Type")
		h.Del("Content-Encoding")
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	if !p.chunked && p.status != http.StatusNoContent && p.status != http.StatusNotModified {
		h.Set("Content-Length", strconv.FormatInt(p.body.size, 10))
	}
	rw.WriteHeader(p.status)
	if r.Method == http.MethodHead {
		return
	}
	if f, ok := rw.(http.Flusher); ok && p.chunked {
		f.Flush()
	}
	// An error here is a client that went away; nobody is left to tell.
	_ = p.body.write(rw)
}

// pause waits, and says whether the client still does.
func pause(r *http.Request, d time.Duration) bool {
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// fresh says whether the client has this answer already (RFC 9110, 13.2.2).
func fresh(r *http.Request, h http.Header) bool {
	if match := r.Header.Get("If-None-Match"); match != "" {
		tag := strings.TrimPrefix(h.Get("ETag"), "W/")
		for candidate := range strings.SplitSeq(match, ",") {
			candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
			if tag != "" && (candidate == tag || candidate == "*") {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	if err != nil {
		return false
	}
	modified, err := http.ParseTime(h.Get("Last-Modified"))
	return err == nil && !modified.After(since)
}

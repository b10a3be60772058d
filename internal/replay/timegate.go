package replay

import (
	"net/http"
	"strings"
	"time"

	"github.com/ibid-archive/ibid/archive/cdx"
)

// timeGate redirects to the memento nearest to Accept-Datetime (RFC 7089, pattern 2.1).
func (s *Service) timeGate(w http.ResponseWriter, r *http.Request) error {
	return s.gate(w, r, strings.TrimPrefix(rawPath(r), "/timegate/"))
}

// gate is the TimeGate of the address at the end of a path.
func (s *Service) gate(w http.ResponseWriter, r *http.Request, tail string) error {
	w.Header().Set("Vary", "accept-datetime")
	uri, err := original(tail)
	if err != nil {
		return err
	}
	p := places{s.o.Application.base(r, true)}
	w.Header().Set("Link", header([]link{{uri: uri, rel: "original"}}))
	at := s.o.Now()
	if wanted := r.Header.Get("Accept-Datetime"); wanted != "" {
		if at, err = http.ParseTime(wanted); err != nil {
			return badRequest("the Accept-Datetime "+clipped(wanted), "it is no time of HTTP, as in Thu, 04 Jun 2009 12:00:00 GMT")
		}
	}
	f, e, err := s.nearest(r, uri, at)
	if err != nil {
		return err
	}
	n, err := f.ends()
	if err != nil {
		return err
	}
	links := append(p.aboutLinks(uri, n, false), p.mementoLinks(n, e)...)
	w.Header().Set("Link", header(links))
	redirect(w, p.memento(e, ""))
	return nil
}

// redirect answers with 302 and no body.
func redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusFound)
}

// mementoHeader says of an answer that it is the memento e (RFC 7089, 2.2.3).
func mementoHeader(h http.Header, e *cdx.Entry, links []link) {
	h.Set("Memento-Datetime", e.Timestamp.UTC().Format(http.TimeFormat))
	h.Set("Link", header(links))
}

// sameSecond says whether e has the timestamp of 14 digits that at begins.
func sameSecond(e *cdx.Entry, at time.Time) bool {
	return e.Timestamp.Truncate(time.Second).Equal(at.Truncate(time.Second))
}

package replay

import (
	"net/http"
	"strings"
	"time"

	"github.com/ibid-archive/ibid/archive/cdx"
)

// web answers for "/web/{timestamp}{modifier}/{uri}" on the application's origin: with the page that frames the memento, or
// with the way to the origin where its bytes are. Without a timestamp it is the TimeGate.
func (s *Service) web(w http.ResponseWriter, r *http.Request) error {
	rest := strings.TrimPrefix(rawPath(r), "/web/")
	t, stamped, err := parseWeb(rest)
	if err != nil {
		return err
	}
	if !stamped {
		return s.gate(w, r, rest)
	}
	f, e, err := s.nearest(r, t.uri, t.at)
	if err != nil {
		return err
	}
	here := places{s.o.Application.base(r, true)}
	there, withTicket := s.ticketed(r, e)
	framed, isFrame := frames[t.modifier]
	switch {
	case withTicket && viewOf(t.modifier).scripts:
		redirect(w, here.memento(e, "")) // a script could read the ticket, and tell it by the names that it looks up
		return nil
	case !isFrame || t.modifier == modifierInteractive && s.o.Assets == nil:
		redirectTo(w, there.memento(e, t.modifier), http.StatusTemporaryRedirect)
		return nil
	case !t.exact() || !sameSecond(e, t.at) || e.URI != t.uri && !sameAddress(e.URI, t.uri):
		w.Header().Set("Link", header([]link{{uri: e.URI, rel: "original"}}))
		redirect(w, here.memento(e, t.modifier))
		return nil
	case s.o.Access(r, e) == Block:
		return blocked(e.URI)
	}
	n, err := f.around(e)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-cache") // a redirect that was permanent then is not one of ours
	mementoHeader(w.Header(), e, append(here.aboutLinks(e.URI, n, true), here.mementoLinks(n, e)...))
	return s.frame(w, r, e, n, framed)
}

// redirectTo is redirect with another status. What was asked for is no memento, and says no time of its own.
func redirectTo(w http.ResponseWriter, to string, status int) {
	w.Header().Set("Location", to)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(status)
}

// sameAddress says whether two addresses are one in their canonical form.
func sameAddress(a, b string) bool {
	one, err1 := cdx.Canonical(a)
	two, err2 := cdx.Canonical(b)
	return err1 == nil && err2 == nil && one == two
}

// frames are the modifiers whose pages the application frames, with what the frame shows: the page without its scripts, or
// with them, here or in the reader's browser.
var frames = map[string]string{"": "", modifierScripts: modifierScripts, modifierInteractive: modifierInteractive}

// frame writes the page around the memento e. An archived redirect is followed here, so that what the frame says is said of
// what it shows.
func (s *Service) frame(w http.ResponseWriter, r *http.Request, e *cdx.Entry, n neighbours, modifier string) error {
	status := e.Status
	if status >= 300 && status < 400 {
		to, err := s.leadsTo(r, e)
		if err != nil {
			return err
		}
		if to != "" {
			redirectTo(w, s.o.Application.base(r, true)+before(e, modifier)+to, redirectStatus(status))
			return nil
		}
	}
	if bodiless(status) || status < 200 || status > 599 {
		status = http.StatusOK
	}
	s.o.Page(w, r, status, s.newFrame(r, e, n, modifier))
	return nil
}

// bodiless says whether an answer with that status cannot be read as a page.
func bodiless(status int) bool {
	return status == http.StatusNoContent || status == http.StatusResetContent || status == http.StatusNotModified || status == http.StatusPartialContent
}

// redirectStatus is the status with which an archived redirect is given on: that of the answer, or the usual one in the place
// of those that need more than a Location.
func redirectStatus(status int) int {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return status
	}
	return http.StatusFound
}

// leadsTo is where the archived redirect e leads, as the end of an address; empty: nowhere, or back to itself.
func (s *Service) leadsTo(r *http.Request, e *cdx.Entry) (string, error) {
	record, err := s.o.Records.Open(r.Context(), *e)
	if err != nil {
		return "", reading(e.URI, err)
	}
	defer record.Body.Close() //nolint:errcheck // only the head was read
	return s.location(r, e, e.URI, record.Header.Get("Location"))
}

// location resolves the Location of the archived redirect e, which answers for asked, to the end of an address. It is empty when the redirect leads
// to what it is taken for itself: "http" to "https" where only the one is held, or a page that wants a cookie first.
func (s *Service) location(r *http.Request, e *cdx.Entry, asked, location string) (string, error) {
	if location == "" {
		return "", nil
	}
	to, fragment, err := cdx.Resolve(e.URI, location)
	if err != nil || !isWeb(to) {
		return "", nil //nolint:nilerr // it leads nowhere that an archive could hold
	}
	if sameAddress(to, e.URI) || sameAddress(to, asked) {
		return "", nil
	}
	_, found, err := s.nearest(r, to, e.Timestamp)
	switch {
	case err != nil && statusOf(err) == http.StatusNotFound:
	case err != nil:
		return "", err
	case found.Key == e.Key && found.RecordID == e.RecordID && found.Collection == e.Collection:
		return "", nil
	}
	return withFragment(tail(to), fragment), nil
}

// isWeb says whether uri is of a scheme that is archived.
func isWeb(uri string) bool {
	return strings.HasPrefix(uri, "http://") || strings.HasPrefix(uri, "https://") || strings.HasPrefix(uri, "ftp://")
}

// stampTime is the time of e as an address says it, to the second.
func stampTime(e *cdx.Entry) time.Time { return e.Timestamp.UTC().Truncate(time.Second) }

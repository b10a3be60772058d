package replay

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/ibid-archive/ibid/archive/cdx"
)

// ticketPrefix is before the ticket in an address of the replay origin: "/t/{ticket}/web/…". All that a page refers to keeps
// it, so what belongs to the page is shown too.
const ticketPrefix = "/t/"

// ticketKey is where the context of a request has what stood before its path: "/t/{ticket}".
type ticketKey struct{}

// prefixOf is what stands before the addresses of all that belongs to what r asks for.
func prefixOf(r *http.Request) string {
	prefix, _ := r.Context().Value(ticketKey{}).(string)
	return prefix
}

// admit takes the ticket off the address of r, if there is one. What is shown with one is not kept by anybody on the way.
func (s *Service) admit(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	rest, has := strings.CutPrefix(rawPath(r), ticketPrefix)
	if !has || s.o.Tickets == nil {
		return r, nil
	}
	w.Header().Set("Cache-Control", "private, no-store")
	ticket, tail, _ := strings.Cut(rest, "/")
	r = withoutTicket(r, "/"+tail)
	ctx, err := s.o.Tickets.Admit(r.Context(), ticket)
	if err != nil {
		return r, err
	}
	return r.WithContext(context.WithValue(ctx, ticketKey{}, ticketPrefix+ticket)), nil
}

// withoutTicket is r for path: nothing that is logged has the ticket.
func withoutTicket(r *http.Request, path string) *http.Request {
	r = r.Clone(r.Context())
	r.RequestURI = path
	if u, err := url.ParseRequestURI(path); err == nil {
		r.URL = u
	} else {
		r.URL = &url.URL{Path: "/"}
	}
	return r
}

// ticketed is the replay origin for what whoever sent r may see of e, and whether that takes a ticket.
func (s *Service) ticketed(r *http.Request, e *cdx.Entry) (places, bool) {
	there := places{s.o.Replay.base(r, false)}
	if s.o.Tickets == nil {
		return there, false
	}
	ticket := s.o.Tickets.Issue(r, e)
	if ticket == "" {
		return there, false
	}
	return places{there.base + ticketPrefix + ticket}, true
}

// Shown is where a frame on the application's origin shows e to whoever sent r, without its scripts, and the origin of that.
// Whether they may see it, Access decides there.
func (s *Service) Shown(r *http.Request, e *cdx.Entry) (address, origin string) {
	there, _ := s.ticketed(r, e)
	return there.memento(e, ""), s.o.Replay.base(r, false)
}

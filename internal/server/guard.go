package server

import (
	"errors"
	"net"
	"net/http"
	"net/netip"

	"github.com/ibid-archive/ibid"
)

// Handler answers for all addresses, and knows which they are.
type Handler struct {
	http.Handler
	patterns []string
	server   *server
}

// Archived is the handler of the origin of what is archived: next, whose answers are counted here.
func (h *Handler) Archived(next http.Handler) http.Handler { return h.server.measured(ofReplay, next) }

// Patterns are the patterns of all addresses (net/http.ServeMux), in the order in which they were added.
func (h *Handler) Patterns() []string { return h.patterns }

// routes is a ServeMux that knows its patterns.
type routes struct {
	*http.ServeMux
	patterns []string
}

// Handle is as that of ServeMux.
func (m *routes) Handle(pattern string, h http.Handler) {
	m.patterns = append(m.patterns, pattern)
	m.ServeMux.Handle(pattern, h)
}

// HandleFunc is as that of ServeMux.
func (m *routes) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	m.Handle(pattern, http.HandlerFunc(h))
}

// errMethod is found in the error for an address that is there, and is not asked so.
var errMethod = errors.New("it is not asked in this way; the field Allow names those in which it is")

// maxMethod bounds what is said of a method, in bytes.
const maxMethod = 20

// methods are those with which there is something at the address of r.
func (m *routes) methods(r *http.Request) (all []string) {
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions} {
		if _, pattern := m.Handler(&http.Request{Method: method, Host: r.Host, URL: r.URL}); pattern != "" && pattern != "/" {
			all = append(all, method)
		}
	}
	return all
}

// protected keeps pages of others from writing in the name of a reader: a browser says where a request comes from
// (Sec-Fetch-Site, Origin), and a program does not have to.
func (s *server) protected(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, &ibid.Error{Kind: ibid.KindPolicy, Op: "do this", Err: errors.New("the request comes from a page of another origin")})
	}))
	checked := guard.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.LocalOnly && !(isLocalName(r.Host) && isSameSite(r)) {
			s.fail(w, r, &ibid.Error{Kind: ibid.KindPolicy, Op: "answer", Err: errors.New(
				"without tokens (server.auth: none) only requests to this machine by its own address are answered")})
			return
		}
		checked.ServeHTTP(w, r)
	})
}

// isLocalName says whether host is this machine by a name that nobody else can give it: a site whose name leads here is read
// by the browser as that site.
func isLocalName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	a, err := netip.ParseAddr(trimBrackets(host))
	return host == "localhost" || err == nil && a.Unmap().IsLoopback()
}

func trimBrackets(host string) string {
	if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		return host[1 : len(host)-1]
	}
	return host
}

// isSameSite says whether a browser fetches this for a page of ours, or because a person typed it.
func isSameSite(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	// A link on a page elsewhere may lead here; it must not be loaded into that page.
	dest := r.Header.Get("Sec-Fetch-Dest")
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && (dest == "" || dest == "document")
}

// forOperators lets those see next who ask from this machine, or may operate this archive: figures name nothing that is
// held, but they tell how much of it there is, in private collections too.
func (s *server) forOperators(next http.Handler) http.Handler {
	asked := s.identify(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.MayOperate(r.Context()); err != nil {
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.MayOperate == nil || isLocal(r) {
			next.ServeHTTP(w, r)
			return
		}
		asked.ServeHTTP(w, r)
	})
}

// isOperator says that whoever sent r, who is identified, may see what operators see.
func (s *server) isOperator(r *http.Request) bool {
	return s.MayOperate == nil || isLocal(r) || s.MayOperate(r.Context()) == nil
}

// operators are the addresses that tell nothing of what is held, and must answer while the catalogue is away.
var operators = map[string]bool{"/healthz": true, "/readyz": true, "/metrics": true, openAPIPath: true}

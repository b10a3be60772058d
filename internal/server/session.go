package server

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/ibid-archive/ibid"
)

// Sessions let people sign in with a browser.
type Sessions struct {
	// Begin begins one for whoever has that token, and returns the credential that the browser sends from now on: no token
	// that a person has. KindCredential: the token does not count.
	Begin func(ctx context.Context, token string) (credential string, err error)
	// Login is an issuer; nil: there is none.
	Login *Login
	// End ends the one in which a request came.
	End func(ctx context.Context) error
	// Who is whose it is in which a request came; empty: it came in none.
	Who func(ctx context.Context) string
}

// Login lets people sign in with an issuer that knows them.
type Login struct {
	// Begin returns where a browser is sent, and what it keeps until it comes back.
	Begin func(ctx context.Context) (to, keep string, err error)
	// Finish begins a session for whoever the issuer has sent back with query, and returns its credential. KindCredential:
	// the issuer did not let them in; KindPolicy: they have no role here.
	Finish func(ctx context.Context, keep string, query url.Values) (credential string, err error)
}

// sessionCookie keeps the credential of a session.
const sessionCookie = "ibid_session"

// cookieName is the name of a cookie: over HTTPS with the prefix that keeps other hosts of the domain from setting it (RFC
// 6265bis, 4.1.3.2).
func cookieName(r *http.Request, name string) string {
	if isHTTPS(r) {
		return "__Host-" + name
	}
	return name
}

// isHTTPS says whether the browser reached us over HTTPS.
func isHTTPS(r *http.Request) bool { return r.TLS != nil }

// setCookie sets a cookie that is for us alone: scripts do not see it, and nothing elsewhere makes a browser send it. It
// ends with the browser, or earlier.
func setCookie(w http.ResponseWriter, r *http.Request, name, value string) {
	c := &http.Cookie{Name: cookieName(r, name), Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: isHTTPS(r)} //nolint:gosec // secure where it can be
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// cookie is the value of a cookie; empty: there is none.
func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(cookieName(r, name))
	if err != nil {
		return ""
	}
	return c.Value
}

// hasCredential says whether a request names one of ours itself. What a browser adds for a proxy before us ("Basic") is none.
func hasCredential(r *http.Request) bool {
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "bearer") || strings.EqualFold(scheme, "low")
}

// sessionOf is the credential of the session in which a request came; empty: none. Writing over what is for programs needs
// the credential in the header: only the forms of pages are protected from being sent by a page elsewhere (see checkForm).
func (s *server) sessionOf(r *http.Request) string {
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead
	if s.Sessions == nil || hasCredential(r) || !safe && isForPrograms(r) {
		return ""
	}
	return cookie(r, sessionCookie)
}

func isForPrograms(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/save")
}

// identified finds out who asks, but for the addresses of operators.
func (s *server) identified(next http.Handler) http.Handler {
	known := s.identify(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Identify == nil || operators[r.URL.Path] {
			next.ServeHTTP(w, r)
			return
		}
		known.ServeHTTP(w, r)
	})
}

// identify finds out who asks.
func (s *server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Authorization, Cookie")
		credential, session := r.Header.Get("Authorization"), s.sessionOf(r)
		if session != "" {
			credential = "Bearer " + session
		}
		ctx, err := s.Identify(r.Context(), credential)
		if err != nil && session != "" && ibid.KindOf(err) == ibid.KindCredential { // it has ended: they read on as anybody
			setCookie(w, r, sessionCookie, "")
			ctx, err = s.Identify(r.Context(), "")
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

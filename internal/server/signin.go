package server

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/ibid-archive/ibid"
)

// signInPage is where people sign in.
type signInPage struct {
	// To is the page to go on with.
	To string
	// Refused says that the last token did not count.
	Refused bool
	// Issuer says that there is one to sign in with.
	Issuer bool
}

// addSessions has mux let people sign in and out.
func (s *server) addSessions(mux *routes) {
	mux.HandleFunc("GET /signin", s.page(func(r *http.Request) (answer, error) {
		return answer{page: "signin", data: s.signInPage(localPath(r.URL.Query().Get("to")), false)}, nil
	}))
	mux.HandleFunc("POST /signin", s.form(s.signIn))
	mux.HandleFunc("POST /signout", s.form(s.signOut))
	if s.Sessions.Login != nil {
		mux.HandleFunc("GET /signin/issuer", s.beginLogin)
		mux.HandleFunc("GET /signin/callback", func(w http.ResponseWriter, r *http.Request) {
			s.page(func(r *http.Request) (answer, error) { return s.finishLogin(w, r) })(w, r)
		})
	}
}

func (s *server) signInPage(to string, refused bool) signInPage {
	return signInPage{To: to, Refused: refused, Issuer: s.Sessions.Login != nil}
}

func (s *server) signIn(w http.ResponseWriter, r *http.Request, fields url.Values) error {
	to := localPath(fields.Get("to"))
	credential, err := s.Sessions.Begin(r.Context(), strings.TrimSpace(fields.Get("token")))
	switch {
	case err == nil:
		setCookie(w, r, sessionCookie, credential)
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	case ibid.KindOf(err) != ibid.KindCredential || asksForJSON(r):
		return err
	}
	s.failing(w, r, err)
	s.render(w, r, answer{page: "signin", status: statusOf(err), data: s.signInPage(to, true)})
	return nil
}

func (s *server) signOut(w http.ResponseWriter, r *http.Request, _ url.Values) error {
	if err := s.Sessions.End(r.Context()); err != nil {
		return err
	}
	setCookie(w, r, sessionCookie, "")
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// localPath is the page of ours that to names; else the first one. What a browser could take for another host is none.
func localPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") || len(to) > maxQuery {
		return "/"
	}
	return to
}

package server

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/ibid-archive/ibid"
)

// loginCookie keeps what is to come back from an issuer. It is sent along from there, as no other cookie of ours is.
const loginCookie = "ibid_login"

// loginTime is how long signing in with an issuer may take, in seconds.
const loginTime = 10 * 60

func setLogin(w http.ResponseWriter, r *http.Request, value string) {
	c := &http.Cookie{ //nolint:gosec // secure where it can be
		Name: cookieName(r, loginCookie), Value: value, Path: "/", MaxAge: loginTime, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: isHTTPS(r),
	}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// beginLogin sends a browser to the issuer.
func (s *server) beginLogin(w http.ResponseWriter, r *http.Request) {
	to, keep, err := s.Sessions.Login.Begin(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	setLogin(w, r, keep+"~"+base64.RawURLEncoding.EncodeToString([]byte(localPath(r.URL.Query().Get("to")))))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusFound)
}

// finishLogin takes a browser back from the issuer. The page goes on by itself: of a redirect, the browser would say that it
// comes from elsewhere, and not send the cookie that it has just got.
func (s *server) finishLogin(w http.ResponseWriter, r *http.Request) (answer, error) {
	keep, to, found := strings.Cut(cookie(r, loginCookie), "~")
	setLogin(w, r, "")
	path, err := base64.RawURLEncoding.DecodeString(to)
	if !found || err != nil {
		return answer{}, &ibid.Error{Kind: ibid.KindCredential, Op: "sign you in", Err: errors.New("this browser has not asked for it, or too long ago; begin again")}
	}
	credential, err := s.Sessions.Login.Finish(r.Context(), keep, r.URL.Query())
	if err != nil {
		return answer{}, err
	}
	setCookie(w, r, sessionCookie, credential)
	return answer{page: "signedin", data: localPath(string(path)), here: "/"}, nil
}

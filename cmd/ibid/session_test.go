package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
)

var formTokens = regexp.MustCompile(`name="form_token" value="([^"]+)"`)

// TestASessionIsItsTokenInABrowser signs in with a token, reads what is private, and ends with the session or with the token.
func TestASessionIsItsTokenInABrowser(t *testing.T) {
	s := startAPI(t, "")
	form := []string{"Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html"}
	post := func(path string, fields url.Values, cookies string) *httptest.ResponseRecorder {
		return s.call("POST", path, "", fields.Encode(), append([]string{"Cookie", cookies}, form...)...)
	}
	signIn := func() string {
		t.Helper()
		page := s.call("GET", "/signin", "", "", "Accept", "text/html")
		before := page.Result().Cookies()[0]
		fields := url.Values{"token": {s.tokens["reader"]}, "to": {"/collections/desk"}, "form_token": {formTokens.FindStringSubmatch(page.Body.String())[1]}}
		w := post("/signin", fields, before.Name+"="+before.Value)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/collections/desk" {
			t.Fatal(w.Code, w.Header(), w.Body)
		}
		got := w.Result().Cookies()[0]
		if strings.Contains(s.tokens["reader"], got.Value) || !strings.HasPrefix(got.Value, "ibid_") {
			t.Errorf("the cookie is %q", got.Value)
		}
		return got.Name + "=" + got.Value
	}
	reads := func(cookies string) int {
		return s.call("GET", "/collections/desk", "", "", "Cookie", cookies, "Accept", "text/html").Code
	}
	session := signIn()
	if got := reads(session); got != http.StatusOK {
		t.Errorf("signed in: %d", got)
	}
	one := s.site + "/one"
	s.rule(ibid.AccessRule{Verb: ibid.AccessExclude, Collection: "notes"})
	if w := s.callOf(s.archived, "GET", "/web/2099id_/"+one, "", "", "Cookie", session); w.Code != http.StatusNotFound {
		t.Errorf("the origin of what is archived goes by the cookie: %d", w.Code)
	}
	if w := s.call("POST", "/save", "", "url="+url.QueryEscape(one), append([]string{"Cookie", session}, form...)...); w.Code != http.StatusUnauthorized {
		t.Errorf("the cookie writes over the API: %d", w.Code)
	}
	page := s.call("GET", "/", "", "", "Cookie", session, "Accept", "text/html").Body.String()
	if w := post("/signout", url.Values{"form_token": {formTokens.FindStringSubmatch(page)[1]}}, session); w.Code != http.StatusSeeOther {
		t.Errorf("signing out: %d", w.Code)
	}
	if got := reads(session); got != http.StatusNotFound {
		t.Errorf("signed out: %d", got)
	}
	session = signIn()
	id, _, _ := access.Split(s.tokens["reader"])
	if _, err := s.h.catalog.RevokeToken(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := reads(session); got != http.StatusNotFound {
		t.Errorf("the token is revoked: %d", got)
	}
}

// TestOthersAreLetInOnlyWithATokenThatCounts: the session of a browser is none, nor is one that has ended or was revoked.
func TestOthersAreLetInOnlyWithATokenThatCounts(t *testing.T) {
	s := startAPI(t, "")
	ask := func(address string) error { return s.p.mayListen(t.Context(), s.h, address) }
	if err := ask("0.0.0.0:1"); err != nil {
		t.Errorf("with tokens: %v", err)
	}
	tokens, err := s.h.catalog.Tokens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, session, err := access.MakeSession(tokens[0], time.Now().Add(-time.Minute))
	if err == nil {
		err = s.h.catalog.PutToken(t.Context(), session)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range tokens {
		if _, err := s.h.catalog.RevokeToken(t.Context(), token.ID); err != nil {
			t.Fatal(err)
		}
	}
	for address, refused := range map[string]bool{"0.0.0.0:1": true, "[::]:1": true, "localhost:1": true, ":1": true, "127.0.0.1:1": false, "[::1]:1": false} {
		if err := ask(address); (err != nil) != refused {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestAnIssuerIsAskedWhenSomebodySignsIn: not before, and one that is away keeps nobody else out.
func TestAnIssuerIsAskedWhenSomebodySignsIn(t *testing.T) {
	s := startAPI(t, `
server:
  url: https://ibid.example
  oidc: {issuer: "http://127.0.0.1:1", client_id: ibid, read: ["*"]}
`)
	if !slices.Contains(s.handler.Patterns(), "GET /signin/issuer") || !slices.Contains(s.handler.Patterns(), "GET /signin/callback") {
		t.Error("there is no way to the issuer")
	}
	for path, status := range map[string]int{"/signin": 200, "/signin/issuer": 502, "/signin/callback?state=a&code=b": 401} {
		if w := s.call("GET", path, "", "", "Accept", "text/html"); w.Code != status {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	s.h.config.Server.URL = ""
	if _, err := s.p.login(s.h); ibid.KindOf(err) != ibid.KindInput {
		t.Errorf("an issuer that could send nobody back: %v", err)
	}
}

// TestWhoTriesTooOftenIsToldToWait: and whoever has a token that counts is let in at the same address.
func TestWhoTriesTooOftenIsToldToWait(t *testing.T) {
	s := startAPI(t, "")
	try := func(as string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/api/v1/collections", nil)
		r.Header.Set("Authorization", "Bearer "+s.tokens[as])
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		return w
	}
	for range 5 {
		if w := try("revoked"); w.Code != http.StatusUnauthorized {
			t.Errorf("a first try: %d", w.Code)
		}
	}
	if w := try("revoked"); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "1" || w.Header().Get("WWW-Authenticate") == "" {
		t.Errorf("one too many: %d, %v", w.Code, w.Header())
	}
	if w := try("reader"); w.Code != http.StatusOK {
		t.Errorf("somebody else: %d", w.Code)
	}
}

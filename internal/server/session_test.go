package server

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

type whoKey struct{}

// signable is a server where the token "good" begins the session "s".
func signable() http.Handler {
	o := options()
	o.Pages = demoShelf().pages()
	o.Identify = func(ctx context.Context, authorization string) (context.Context, error) {
		switch authorization {
		case "":
			return ctx, nil
		case "Bearer s", "Bearer good":
			return context.WithValue(ctx, whoKey{}, "Ada"), nil
		}
		return ctx, &ibid.Error{Kind: ibid.KindCredential, Op: "let you in", Err: errors.New("no")}
	}
	o.Sessions = &Sessions{
		Begin: func(_ context.Context, token string) (string, error) {
			if token != "good" {
				return "", &ibid.Error{Kind: ibid.KindCredential, Op: "let you in", Err: errors.New("no")}
			}
			return "s", nil
		},
		Login: &Login{
			Begin: func(context.Context) (string, string, error) { return "https://login.example/?state=x", "x.y.z", nil },
			Finish: func(_ context.Context, keep string, query url.Values) (string, error) {
				if keep != "x.y.z" || query.Get("state") != "x" {
					return "", &ibid.Error{Kind: ibid.KindCredential, Op: "let you in", Err: errors.New("no")}
				}
				return "s", nil
			},
		},
		End: func(context.Context) error { return nil },
		Who: func(ctx context.Context) string { who, _ := ctx.Value(whoKey{}).(string); return who },
	}
	return New(o)
}

// browser is one with its cookies.
type browser struct {
	t    *testing.T
	h    http.Handler
	jar  map[string]string
	base string
}

func (b *browser) do(method, target string, fields url.Values, header ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), method, b.base+target, strings.NewReader(fields.Encode()))
	r.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range b.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value}) //nolint:gosec // sent, not set
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.Name != languageCookie && !strings.HasSuffix(c.Name, loginCookie) && (!c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "") {
			b.t.Errorf("the cookie %v", c)
		}
		if b.jar[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.jar, c.Name)
		}
	}
	return w
}

var formTokens = regexp.MustCompile(`name="form_token" value="([^"]+)"`)

// token is that of the first form of a page.
func (b *browser) token(target string) string {
	b.t.Helper()
	found := formTokens.FindStringSubmatch(b.do("GET", target, nil).Body.String())
	if found == nil {
		b.t.Fatalf("%s has no form", target)
	}
	return found[1]
}

func TestPeopleSignInAndOut(t *testing.T) {
	for base, prefix := range map[string]string{"http://ibid.example": "", "https://ibid.example": "__Host-"} {
		b := &browser{t, signable(), map[string]string{}, base}
		if page := b.do("GET", "/documents", nil).Body.String(); !strings.Contains(page, `href="/signin?to=%2Fdocuments"`) || len(b.jar) > 0 {
			t.Errorf("%s: it offers nothing, or sets cookies: %v", base, b.jar)
		}
		form := b.token("/signin?to=/documents")
		if w := b.do("POST", "/signin", url.Values{"token": {"bad"}, formField: {form}}); w.Code != 401 || !strings.Contains(w.Body.String(), "role=\"alert\"") {
			t.Errorf("%s: a bad token: %d", base, w.Code)
		}
		w := b.do("POST", "/signin", url.Values{"token": {" good\n"}, "to": {"/documents"}, formField: {form}})
		if w.Code != 303 || w.Header().Get("Location") != "/documents" || b.jar[prefix+sessionCookie] != "s" {
			t.Fatalf("%s: %d %v %v", base, w.Code, w.Header(), b.jar)
		}
		if page := b.do("GET", "/documents", nil).Body.String(); !strings.Contains(page, "Ada") || !strings.Contains(page, `action="/signout"`) {
			t.Errorf("%s: it does not say who is signed in", base)
		}
		if w := b.do("POST", "/signout", url.Values{formField: {form}}); w.Code != 403 {
			t.Errorf("%s: a form from before: %d", base, w.Code)
		}
		if w := b.do("POST", "/signout", url.Values{formField: {b.token("/")}}); w.Code != 303 || b.jar[prefix+sessionCookie] != "" {
			t.Errorf("%s: signing out: %d, %v", base, w.Code, b.jar)
		}
	}
}

// An issuer sends a browser back with what it kept, and nobody else's.
func TestPeopleComeBackFromAnIssuer(t *testing.T) {
	b := &browser{t, signable(), map[string]string{}, "https://ibid.example"}
	if page := b.do("GET", "/signin?to=/documents%3Fpage=1", nil).Body.String(); !strings.Contains(page, `href="/signin/issuer?to=%2fdocuments%3fpage%3d1"`) {
		t.Errorf("the issuer is not offered:\n%s", page)
	}
	w := b.do("GET", "/signin/issuer?to=/documents%3Fpage=1", nil)
	kept := w.Result().Cookies()[0]
	if w.Code != 302 || w.Header().Get("Location") != "https://login.example/?state=x" || !kept.HttpOnly || !kept.Secure || kept.SameSite != http.SameSiteLaxMode || kept.MaxAge != loginTime {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	other := &browser{t, b.h, map[string]string{}, b.base}
	if w := other.do("GET", "/signin/callback?state=x&code=c", nil); w.Code != 401 || len(other.jar) > 0 {
		t.Errorf("in another browser: %d %v", w.Code, other.jar)
	}
	w = b.do("GET", "/signin/callback?state=x&code=c", nil)
	if w.Code != 200 || b.jar["__Host-"+sessionCookie] != "s" || b.jar["__Host-"+loginCookie] != "" || !strings.Contains(w.Body.String(), `content="0; url=/documents?page=1"`) {
		t.Errorf("%d %v:\n%s", w.Code, b.jar, w.Body)
	}
	b.jar["__Host-"+loginCookie] = kept.Value
	if w := b.do("GET", "/signin/callback?state=other&code=c", nil); w.Code != 401 || b.jar["__Host-"+loginCookie] != "" {
		t.Errorf("another state: %d", w.Code)
	}
}

func TestASessionThatEndedIsNobodys(t *testing.T) {
	b := &browser{t, signable(), map[string]string{sessionCookie: "old"}, ""}
	if w := b.do("GET", "/documents", nil); w.Code != 200 || b.jar[sessionCookie] != "" || strings.Contains(w.Body.String(), "Ada") {
		t.Errorf("%d, %v", w.Code, b.jar)
	}
}

// No page elsewhere can send a form in the name of somebody.
func TestFormsOfOthersAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name, path string
		fields     url.Values
		header     []string
		status     int
	}{
		{"no token", "/signout", nil, nil, 403},
		{"another token", "/signout", url.Values{formField: {tokenOf("other")}}, nil, 403},
		{"of another origin", "/signout", url.Values{formField: {tokenOf("s")}}, []string{"Origin", "https://evil.example"}, 403},
		{"of another site", "/signout", url.Values{formField: {tokenOf("s")}}, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"of another port", "/signout", url.Values{formField: {tokenOf("s")}}, []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"of a sandbox", "/signout", url.Values{formField: {tokenOf("s")}}, []string{"Origin", "null"}, 403},
		{"a credential in the place of a cookie", "/signout", nil, []string{"Authorization", "Bearer good"}, 303},
		{"no form", "/signout", url.Values{formField: {tokenOf("s")}}, []string{"Content-Type", "text/plain"}, 400},
		{"of our page", "/signout", url.Values{formField: {tokenOf("s")}}, []string{"Sec-Fetch-Site", "same-origin"}, 303},
	} {
		b := &browser{t, signable(), map[string]string{sessionCookie: "s"}, ""}
		if w := b.do("POST", tt.path, tt.fields, tt.header...); w.Code != tt.status {
			t.Errorf("%s: %d: %s", tt.name, w.Code, w.Body)
		}
	}
}

// What is for programs takes no cookie for writing, which no form token protects there.
func TestACookieWritesOverPagesAlone(t *testing.T) {
	s := &server{Options: Options{Sessions: &Sessions{}}}
	for _, tt := range []struct {
		method, path string
		counts       bool
	}{
		{"GET", "/api/v1/collections", true}, {"POST", "/api/v1/collections/c/documents", false}, {"POST", "/save", false}, {"PUT", "/save/", false},
		{"POST", "/documents", true}, {"GET", "/", true},
	} {
		r := httptest.NewRequestWithContext(t.Context(), tt.method, tt.path, nil)
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: "s"}) //nolint:gosec // sent, not set
		if got := s.sessionOf(r) != ""; got != tt.counts {
			t.Errorf("%s %s: %t", tt.method, tt.path, got)
		}
	}
}

func TestOneGoesOnWithAPageOfOurs(t *testing.T) {
	for to, want := range map[string]string{
		"/documents?page=2": "/documents?page=2", "": "/", "https://evil.example/": "/", "//evil.example/": "/", `/\evil.example`: "/", "documents": "/",
		"/\tevil": "/", "javascript:alert(1)": "/", "/web/*/http://a.example/": "/web/*/http://a.example/",
	} {
		if got := localPath(to); got != want {
			t.Errorf("%q: %q", to, got)
		}
	}
}

package main

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/chromiumtest"
	"github.com/ibid-archive/ibid/internal/testsite"
)

// replayWebVariable names the folder of the files of ReplayWeb.page. "make browser" sets it.
const replayWebVariable = "IBID_REPLAYWEB"

// seen is the demo's archive, served by a process of its own, and a browser in which its administrator is signed in, and that
// reaches it and nothing else.
type seen struct {
	*testing.T
	*chromiumtest.Browser
	served *serving
	dir    string
	// token is that of the administrator.
	token string
	// app and replay are its origins, and site is one of which it may archive pages.
	app, replay, site string
}

// newSeen archives the demo, with the web of which it tells, and serves it beside that web.
func newSeen(t *testing.T) *seen {
	t.Helper()
	b := chromiumtest.Start(t)
	dir := t.TempDir()
	if _, errs, code := runProgram(t, "--store", filepath.Join(dir, "ibid-data"), "demo", "--once"); code != ibid.ExitOK {
		t.Fatalf("the demo ends with %d: %s", code, errs)
	}
	s := &seen{T: t, Browser: b, dir: dir}
	out, errs, code := runProgram(t, "--store", filepath.Join(dir, "ibid-data"), "token", "create", "administrator", "--scope", "admin")
	if s.token = regexp.MustCompile(`ibid_[\w-]+`).FindString(out); s.token == "" {
		t.Fatalf("no token is made, and it ends with %d: %s%s", code, out, errs)
	}
	site := httptest.NewUnstartedServer(nil)
	t.Cleanup(site.Close)
	s.served = startProgram(t, dir, writeSeen(t, dir, site.Listener.Addr().String()), "serve")
	s.app = "http://" + s.served.addr
	site.Config.Handler = trapSite(s.app)
	site.Start()
	s.site = site.URL
	s.replay = s.find("/web/20090611054321/"+brussels, `(http://[^/"]+)/web/`)
	s.Allow(s.served.addr, strings.TrimPrefix(s.replay, "http://"))
	s.signIn()
	return s
}

// signIn signs in, for all tabs.
func (s *seen) signIn() {
	s.Helper()
	tab := s.Tab(s.T)
	tab.Open(s.app + "/signin")
	tab.Type("#token", s.token)
	tab.Click("form.signin button")
	tab.Open(s.app + "/")
	tab.Text("Sign out")
	tab.Close()
}

// end ends the server.
func (s *seen) end() {
	if err := s.served.stop(s.T, syscall.SIGTERM); err != nil {
		s.Errorf("it ends with %v: %s", err, s.served.errs)
	}
}

// writeSeen writes what the server is to know, and returns its environment. Beside the web of the demo it may reach allow.
func writeSeen(t *testing.T, dir, allow string) (env []string) {
	t.Helper()
	web, err := testsite.Demo()
	if err != nil {
		t.Fatal(err)
	}
	site, err := web.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := site.Close(); err != nil {
			t.Error(err)
		}
	})
	name, body := testsite.DemoDocument()
	config := `
server: {listen: "127.0.0.1:0", replay_listen: "127.0.0.1:0", replay_assets: "` + os.Getenv(replayWebVariable) + `"}
crawl: {per_host: {delay: 0s}}
collections:
  - {name: default, title: The demo, schedule: "@monthly", documents: [` + name + `]}
rescue:
  archives:
`
	for _, a := range web.Archives() {
		config += fmt.Sprintf("    - id: %s\n      timemap: %s\n      timegate: %s\n      cdx: %q\n      raw: %q\n      rate: %d\n", a.ID, a.TimeMap, a.TimeGate, a.CDX, a.Raw, a.Rate)
	}
	for name, text := range map[string]string{name: string(body), "ibid.yaml": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return []string{
		"IBID_NETWORK_CONNECT_TO=" + strings.Join(site.ConnectTo(), ","), "IBID_NETWORK_ALLOW=" + strings.Join(append(site.Allow(), allow), ","),
		"IBID_NETWORK_RESOLVER=" + site.Resolver(), noRescue + "=true",
	}
}

// ask is what the application answers, without the browser.
func (s *seen) ask(method, path, body string) string {
	s.Helper()
	u, err := url.Parse(s.app)
	if err != nil {
		s.Fatal(err)
	}
	u.Opaque = s.app + path // as it is: the two slashes of an address within stay two
	r := &http.Request{Method: method, URL: u, Host: u.Host, Header: http.Header{"Content-Type": {"text/markdown"}, "Authorization": {"Bearer " + s.token}}, Body: io.NopCloser(strings.NewReader(body))}
	res, err := new(http.Transport).RoundTrip(r.WithContext(s.Context()))
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // only read from
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	return string(answer)
}

// find is the first part of a page that matches, or of that its first group.
func (s *seen) find(path, pattern string) string {
	s.Helper()
	page := s.ask(http.MethodGet, path, "")
	found := regexp.MustCompile(pattern).FindStringSubmatch(page)
	if found == nil {
		s.Fatalf("%s has no %s:\n%s", path, pattern, page)
	}
	return html.UnescapeString(found[len(found)-1])
}

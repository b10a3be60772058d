package main

import (
	"fmt"
	"html"
	"io"
	"net/http"
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

// seen is the demo's archive, served by a process of its own to whoever asks from this machine, and a browser that reaches
// it and nothing else.
type seen struct {
	*testing.T
	*chromiumtest.Browser
	served *serving
	dir    string
	// app and replay are its origins.
	app, replay string
}

// newSeen archives the demo, with the web of which it tells, and serves it beside that web.
func newSeen(t *testing.T) *seen {
	t.Helper()
	b := chromiumtest.Start(t)
	dir := t.TempDir()
	if _, errs, code := runProgram(t, "--store", filepath.Join(dir, "ibid-data"), "demo", "--once"); code != ibid.ExitOK {
		t.Fatalf("the demo ends with %d: %s", code, errs)
	}
	env := writeSeen(t, dir)
	served := startProgram(t, dir, env, "serve")
	s := &seen{T: t, Browser: b, served: served, dir: dir, app: "http://" + served.addr}
	s.replay = s.find("/web/20090604/"+brussels, `(http://[^/"]+)/web/`)
	s.Allow(served.addr, strings.TrimPrefix(s.replay, "http://"))
	return s
}

// end ends the server.
func (s *seen) end() {
	if err := s.served.stop(s.T, syscall.SIGTERM); err != nil {
		s.Errorf("it ends with %v: %s", err, s.served.errs)
	}
}

// writeSeen writes what the server is to know, and returns its environment.
func writeSeen(t *testing.T, dir string) (env []string) {
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
server: {listen: "127.0.0.1:0", replay_listen: "127.0.0.1:0", auth: none}
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
		"IBID_NETWORK_CONNECT_TO=" + strings.Join(site.ConnectTo(), ","), "IBID_NETWORK_ALLOW=" + strings.Join(site.Allow(), ","),
		"IBID_NETWORK_RESOLVER=" + site.Resolver(), noRescue + "=true",
	}
}

// get is what the application answers, without the browser.
func (s *seen) get(path string) string {
	s.Helper()
	u, err := url.Parse(s.app)
	if err != nil {
		s.Fatal(err)
	}
	u.Opaque = s.app + path                                                                                               // as it is: the two slashes of an address within stay two
	res, err := http.DefaultClient.Do(&http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{}}) //nolint:forbidigo // to a test's own server
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // only read from
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	return string(body)
}

// find is the first part of a page that matches, or of that its first group.
func (s *seen) find(path, pattern string) string {
	s.Helper()
	page := s.get(path)
	found := regexp.MustCompile(pattern).FindStringSubmatch(page)
	if found == nil {
		s.Fatalf("%s has no %s:\n%s", path, pattern, page)
	}
	return html.UnescapeString(found[len(found)-1])
}

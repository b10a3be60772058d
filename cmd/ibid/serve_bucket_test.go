package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob/blobtest/fakes3"
	"github.com/ibid-archive/ibid/archive/blob/blobtest/faulty"
)

// TestServeOutlastsItsBucket starts the program while its bucket is away. It works, says that it is not ready and why, and
// tells people that its spool is full, once; when the bucket is there, all of it goes there, and that is told once, too.
func TestServeOutlastsItsBucket(t *testing.T) {
	told := make(chan ibid.Event, 100)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hook" {
			var sent struct{ Data ibid.Event }
			if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
				t.Error(err)
			}
			told <- sent.Data
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, "<title>Page %s</title>", r.URL.Path) //nolint:gosec // a test site
		noise := rand.NewChaCha8([32]byte{byte(len(r.URL.Path))})
		_, _ = io.CopyN(w, noise, 3<<19) // more than the spool takes
	}))
	defer site.Close()
	server, err := fakes3.Start("archive")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	proxy, err := faulty.Start(server.URL, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close() //nolint:errcheck // a test
	if err := proxy.Down(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	err = os.WriteFile(filepath.Join(dir, "ibid.yaml"), []byte(`
store: s3://archive/some/prefix
s3: {endpoint: "`+strings.TrimPrefix(proxy.URL, "http://")+`", secure: false}
network: {allow: ["127.0.0.0/8"], connect_to: ["other.example:80:`+strings.TrimPrefix(site.URL, "http://")+`"]}
crawl: {per_host: {delay: 0s}}
server: {listen: "127.0.0.1:0", replay_listen: "127.0.0.1:0", auth: none}
spool: {max: 1 MiB}
schedule: "@yearly"
collections:
  - name: notes
    seeds: [{uri: "`+site.URL+`/one"}, {uri: "http://other.example/two"}, {uri: "`+site.URL+`/three"}]
notify:
  webhooks: [{name: desk, url: "`+site.URL+`/hook", secret: "env:IBID_TEST_HOOK"}]
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	s := startProgram(t, dir, []string{
		asProgram + "=" + usualLease.String(), patienceOf + "=3s", "AWS_ACCESS_KEY_ID=key", "AWS_SECRET_ACCESS_KEY=secret",
		"IBID_TEST_HOOK=whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32)),
	}, "serve")
	await := func(path, want string) {
		t.Helper()
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for got := ""; !strings.Contains(got, want); <-tick.C {
			got = s.get(t, path)
			if t.Context().Err() != nil {
				t.Fatalf("%s never says %q: %q", path, want, got)
			}
		}
	}
	await("/readyz", "not ready: the store is away since ")
	await("/readyz", "wait for it in the spool): ")
	if got := s.get(t, "/readyz"); !strings.Contains(got, "connection refused") {
		t.Errorf("readyz says %q", got)
	}
	full := <-told
	if full.Kind != ibid.SpoolFull || !strings.Contains(full.Text, "captures wait") {
		t.Errorf("told %+v", full)
	}
	if got := s.get(t, "/metrics"); !strings.Contains(got, "ibid_captures_total 0\n") {
		t.Errorf("captures are counted that are not in the bucket:\n%s", got)
	}
	if err := proxy.Up(); err != nil {
		t.Fatal(err)
	}
	if e := <-told; e.Kind != ibid.SpoolDrained || e.When.Before(full.When) {
		t.Errorf("told %+v", e)
	}
	await("/readyz", "ready\n")
	await("/metrics", "ibid_captures_total 5\n") // with a robots.txt each
	if got := s.get(t, "/feed.atom"); strings.Count(got, "<entry>")-strings.Count(got, `"source.captured"`) != 2 {
		t.Errorf("the feed:\n%s", got)
	}
	if err := s.stop(t, syscall.SIGTERM); err != nil {
		t.Fatalf("it did not end well: %v\n%s", err, s.errs)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*", "spool", "to-*", "*")); err != nil || len(left) > 0 {
		t.Errorf("%q are left, %v", left, err)
	}
	if len(told) > 0 {
		t.Errorf("told more: %+v", <-told)
	}
}

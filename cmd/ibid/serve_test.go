package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/ibid-archive/ibid"
)

// serving is `ibid serve` as a process of its own, in a folder of its own.
type serving struct {
	cmd  *exec.Cmd
	addr string
	errs *bytes.Buffer
	read chan struct{} // closed when all that it said was read
}

var saysWhere = regexp.MustCompile(`http://(\S+)/readyz`)

// startServing starts `ibid serve` in dir and waits until it says where it answers.
func startServing(t *testing.T, dir string) *serving {
	t.Helper()
	return startProgram(t, dir, []string{"IBID_TEST_HOOK=whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32))}, "serve")
}

// startProgram starts the program in dir, with more in its environment, and waits until it says where it answers.
func startProgram(t *testing.T, dir string, env []string, args ...string) *serving {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &serving{cmd: exec.CommandContext(t.Context(), exe, args...), errs: new(bytes.Buffer), read: make(chan struct{})} //nolint:gosec // this test itself
	s.cmd.Dir, s.cmd.Env = dir, append(append(os.Environ(), asProgram+"=1"), env...)
	out, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 4<<10)
	for s.addr == "" {
		n, err := out.Read(said)
		s.errs.Write(said[:n])
		if err != nil {
			t.Fatalf("it ended: %v\n%s", err, s.errs)
		}
		if found := saysWhere.FindStringSubmatch(s.errs.String()); found != nil {
			s.addr = found[1]
		}
	}
	go func() {
		defer close(s.read)
		_, _ = io.Copy(s.errs, out) // its end is the end of the program
	}()
	return s
}

// stop ends the program by a signal and returns how it ended.
func (s *serving) stop(t *testing.T, signal os.Signal) error {
	t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	<-s.read
	return s.cmd.Wait()
}

func (s *serving) get(t *testing.T, path string) string {
	t.Helper()
	resp, err := http.Get("http://" + s.addr + path) //nolint:noctx // ends with the program
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // only read from
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestServeLooksAgainAndAgain runs the program by a schedule of each second, stops it, kills it, and has it tell what it did.
func TestServeLooksAgainAndAgain(t *testing.T) {
	asked := make(chan string, 1000)
	told := make(chan ibid.Event, 100)
	var gone atomic.Bool
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hook" {
			var sent struct{ Data ibid.Event }
			if err := json.NewDecoder(r.Body).Decode(&sent); err != nil || r.Header.Get("webhook-signature") == "" {
				t.Errorf("the hook got %v, signed %q", err, r.Header.Get("webhook-signature"))
			}
			told <- sent.Data
			return
		}
		if r.URL.Path == "/two" && gone.Load() {
			w.WriteHeader(http.StatusGone)
			return
		}
		if r.Method != http.MethodGet || r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			asked <- r.URL.Path + " again"
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, "<title>Page %s</title>", r.URL.Path) //nolint:gosec // a test site
		asked <- r.URL.Path
	}))
	defer site.Close()
	dir := t.TempDir()
	write := func(name, body string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("note.md", "# A note\n\nSee "+site.URL+"/one and "+site.URL+"/two.\n")
	write("ibid.yaml", `
network: {allow: ["127.0.0.0/8"]}
health: {strikes: 1}
crawl: {per_host: {delay: 0s}}
server: {listen: "127.0.0.1:0", replay_listen: "127.0.0.1:0"}
schedule: "* * * * * *"
scheduler: {jitter: 0s}
collections:
  - name: notes
    documents: [note.md, missing.md]
    seeds: [{uri: "`+site.URL+`/never", schedule: never}]
notify:
  webhooks: [{name: desk, url: "`+site.URL+`/hook", secret: "env:IBID_TEST_HOOK"}]
`)
	// wait returns when each of these was asked for.
	wait := func(paths ...string) {
		t.Helper()
		left := map[string]bool{}
		for _, p := range paths {
			left[p] = true
		}
		for len(left) > 0 {
			select {
			case p := <-asked:
				delete(left, p)
			case <-t.Context().Done():
				t.Fatalf("%v were never asked for", left)
			}
		}
	}
	s := startServing(t, dir)
	wait("/one", "/two") // at once: nobody has looked at them yet
	wait("/one again", "/two again")
	if got := s.get(t, "/readyz"); got != "ready\n" {
		t.Errorf("readyz says %q", got)
	}
	if got := s.get(t, "/metrics"); !strings.Contains(got, "ibid_schedule_sources 2\n") || !strings.Contains(got, "ibid_figures_failing 0\n") {
		t.Errorf("metrics:\n%s", got)
	}
	gone.Store(true)
	if e := <-told; e.Kind != ibid.SourceDied || e.Seed != site.URL+"/two" || e.Collection != "notes" || len(e.Documents) != 1 {
		t.Errorf("told %+v", e)
	}
	if got := s.get(t, "/feed.atom"); !strings.Contains(got, "/two is gone") {
		t.Errorf("the feed:\n%s", got)
	}
	gone.Store(false)
	if err := s.stop(t, syscall.SIGTERM); err != nil {
		t.Fatalf("it did not end well: %v\n%s", err, s.errs)
	}
	if !strings.Contains(s.errs.String(), "missing.md") {
		t.Errorf("it says nothing of the document that is not there:\n%s", s.errs)
	}

	s = startServing(t, dir)
	wait("/one again", "/two again")
	if err := s.stop(t, syscall.SIGKILL); err == nil {
		t.Error("a kill is no good end")
	}
	s = startServing(t, dir)
	wait("/one again", "/two again")
	if err := s.stop(t, syscall.SIGINT); err != nil {
		t.Fatalf("it did not end well: %v\n%s", err, s.errs)
	}
	checkServed(t, dir, site.URL)
}

// checkServed holds what the commands tell of dir against what happened.
func checkServed(t *testing.T, dir, site string) {
	t.Helper()
	run := func(args ...string) string {
		t.Helper()
		out, errs, code := runProgram(t, append([]string{"--config", filepath.Join(dir, "ibid.yaml"), "--store", filepath.Join(dir, "ibid-data"), "--collection", "notes"}, args...)...)
		if code != ibid.ExitOK {
			t.Errorf("%v ends with %d\n%s%s", args, code, out, errs)
		}
		return out
	}
	lines := strings.Split(strings.TrimSpace(run("--json", "schedule", "list")), "\n")
	if len(lines) != 2 {
		t.Fatalf("plans:\n%s", strings.Join(lines, "\n"))
	}
	for _, text := range lines {
		var l planLine
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		if l.Collection != "notes" || l.Schedule != "* * * * * *" || l.Next == nil || l.Last == nil {
			t.Errorf("%s", text)
		}
	}
	if got := run("schedule", "pause", "notes"); got != "2 sources paused\n" {
		t.Errorf("pause says %q", got)
	}
	if got := run("schedule"); strings.Count(got, "paused") != 2 || !strings.Contains(got, "\n collection notes\n") || !strings.Contains(got, "* * * * * *") {
		t.Errorf("list says\n%s", got)
	}
	if got := run("schedule", "resume", site+"/one"); got != "1 source looked at again when due\n" {
		t.Errorf("resume says %q", got)
	}
	if got := run("schedule", "run", site+"/one"); !strings.HasPrefix(got, "1 source due now") {
		t.Errorf("run says %q", got)
	}
	if _, errs, code := runProgram(t, "--store", filepath.Join(dir, "ibid-data"), "schedule", "run", "nobody"); code != ibid.ExitIncomplete || !strings.Contains(errs, "nobody") {
		t.Errorf("run of nothing ends with %d: %s", code, errs)
	}
	run("verify")
	before := run("--json", "report", "note.md")
	run("reindex")
	if after := run("--json", "report", "note.md"); after != before {
		t.Errorf("after reindex the report is\n%s\nand was\n%s", after, before)
	}
	for uri, h := range heldIn(t, filepath.Join(dir, "ibid-data")) {
		if strings.HasSuffix(uri, "/robots.txt") || strings.HasSuffix(uri, "/never") {
			continue
		}
		if len(h.visits) == 0 || h.records != len(h.visits) || h.revisits == 0 && len(h.visits) > 2 {
			t.Errorf("%s: %d visits, %d records, %d revisits", uri, len(h.visits), h.records, h.revisits)
		}
	}
}

package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestServeReadsAroundDamage damages what a running server holds: it serves the copy, verify repairs the store beside it, and
// what is damaged in both is a clear 502.
func TestServeReadsAroundDamage(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, strings.Repeat("Ships come and go. ", 100)) // a test site
	}))
	defer site.Close()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	config := `
store: ` + at("first") + `
copies: [` + at("second") + `]
network: {allow: ["127.0.0.0/8"]}
crawl: {per_host: {delay: 0s}}
server: {listen: "127.0.0.1:0", replay_listen: "127.0.0.1:0"}
`
	if err := os.WriteFile(at("ibid.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (string, int) {
		t.Helper()
		out, errs, code := runProgram(t, append([]string{"--config", at("ibid.yaml")}, args...)...)
		return out + errs, code
	}
	if said, code := run("archive", "--seed", site.URL+"/a"); code != 0 {
		t.Fatal(code, said)
	}
	s := startServing(t, dir)
	get := func() (int, string) {
		t.Helper()
		resp, err := http.Get("http://" + s.addr + "/web/2050id_/" + site.URL + "/a") //nolint:noctx // ends with the program
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close() //nolint:errcheck // only read from
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(b)
	}
	strike := func(store string) {
		t.Helper()
		names, err := filepath.Glob(at(store + "/warc/default/*/*.warc.gz"))
		if err != nil || len(names) != 1 {
			t.Fatal(names, err)
		}
		b, err := os.ReadFile(names[0])
		if err != nil {
			t.Fatal(err)
		}
		for i := range b {
			if i > 20 && i%50 == 0 {
				b[i] ^= 1
			}
		}
		if err := os.Remove(names[0]); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(names[0], b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	good := func(when string) {
		t.Helper()
		if code, body := get(); code != http.StatusOK || body != strings.Repeat("Ships come and go. ", 100) {
			t.Errorf("%s: %d, %.80q", when, code, body)
		}
	}
	good("whole")
	strike("first")
	good("damaged in the store")
	if said, code := run("verify"); code != 4 || !strings.Contains(said, "1 of them repaired") {
		t.Errorf("verify beside serve: %d, %s", code, said)
	}
	if said, code := run("verify"); code != 0 {
		t.Errorf("verify beside serve, once more: %d, %s", code, said)
	}
	strike("second")
	good("damaged in the copy")
	strike("first")
	if code, body := get(); code != http.StatusBadGateway {
		t.Errorf("damaged in both: %d, %.80q", code, body)
	}
	if err := s.stop(t, syscall.SIGTERM); err != nil {
		t.Errorf("it ended with %v\n%s", err, s.errs)
	}
}

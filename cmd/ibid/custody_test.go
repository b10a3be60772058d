package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/archive/custody"
)

// imported is a store with a key and two captures, and the file that they came from.
func imported(t *testing.T) (environ []string, file string) {
	t.Helper()
	var b strings.Builder
	for i, page := range []string{"a secret that must go, and some more of it", "another page, which stays where it is"} {
		http := "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + page
		fmt.Fprintf(&b, "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-00000000000%d>\r\n"+
			"WARC-Date: 2009-05-12T00:00:00Z\r\nWARC-Target-URI: http://press.example/%d\r\n"+
			"Content-Type: application/http;msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", i, i, len(http), http)
	}
	dir := t.TempDir()
	file = filepath.Join(dir, "pages.warc")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	environ = []string{"IBID_STORE=" + filepath.Join(dir, "store")}
	must(t, environ, 0, "key", "init")
	must(t, environ, 0, "import", file)
	return environ, file
}

// must runs the program, which must end with that code.
func must(t *testing.T, environ []string, code int, args ...string) string {
	t.Helper()
	stdout, stderr, got := runWith(t, environ, nil, args...)
	if got != code {
		t.Fatalf("ibid %q ends with %d, not %d: %s%s", args, got, code, stdout, stderr)
	}
	return stdout
}

// opened opens the store of environ as a command would.
func opened(t *testing.T, environ []string, now func() time.Time) (*program, *house) {
	t.Helper()
	p := &program{stdout: io.Discard, stderr: io.Discard, environ: environ, now: now, flags: &globals{}, log: slog.New(slog.DiscardHandler)}
	c, err := p.config()
	if err != nil {
		t.Fatal(err)
	}
	h, err := p.open(t.Context(), c, toWrite)
	if err != nil {
		t.Fatal(err)
	}
	return p, h
}

func TestADestructionThatWasDecidedIsFinished(t *testing.T) {
	environ, file := imported(t)
	_, h := opened(t, environ, time.Now)
	records, err := h.archive.FindDoomed(t.Context(), func(_ string, l *cdx.Line) bool { return l.URL == "http://press.example/0" })
	if err != nil || len(records) != 1 {
		t.Fatal(records, err)
	}
	if _, err := h.archive.DecideDestruction(t.Context(), archive.Destruction{Target: "http://press.example/0", Reason: "a test", Records: records}); err != nil {
		t.Fatal(err)
	}
	if err := h.close(); err != nil { // and here the process dies
		t.Fatal(err)
	}
	if found := must(t, environ, 4, "verify"); !strings.Contains(found, "V19") {
		t.Errorf("%s", found)
	}
	if said := must(t, environ, 0, "destroy", "--resume"); !strings.Contains(said, "finished 1") {
		t.Errorf("%s", said)
	}
	must(t, environ, 0, "import", file) // it was imported: it does not come back
	must(t, environ, 3, "get", "http://press.example/0")
	must(t, environ, 0, "get", "http://press.example/1")
	if found := must(t, environ, 0, "verify"); !strings.Contains(found, "1 destroyed") {
		t.Errorf("%s", found)
	}
}

func TestATombstoneThatWasOnlyWrittenIsSigned(t *testing.T) {
	environ, _ := imported(t)
	p, h := opened(t, environ, time.Now)
	records, err := h.archive.FindDoomed(t.Context(), func(_ string, l *cdx.Line) bool { return l.URL == "http://press.example/0" })
	if err != nil || len(records) != 1 {
		t.Fatal(records, err)
	}
	d, err := h.archive.DecideDestruction(t.Context(), archive.Destruction{Target: "http://press.example/0", Reason: "a test", Records: records})
	if err != nil {
		t.Fatal(err)
	}
	log, err := p.openLog(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	key, err := keyFileOf(h.config).read()
	if err != nil {
		t.Fatal(err)
	}
	c, err := log.Append(t.Context(), key, custody.Addition{Entries: tombstones(log, &d)})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(h.close(), os.Remove(filepath.Join(h.config.Store, c.Key))); err != nil { // as if the process had died before it signed
		t.Fatal(err)
	}
	must(t, environ, 0, "destroy", "--resume")
	if found := must(t, environ, 0, "verify"); !strings.Contains(found, "1 destroyed") {
		t.Errorf("%s", found)
	}
}

func TestTheLogIsSignedDaily(t *testing.T) {
	environ, _ := imported(t)
	now := time.Now()
	p, h := opened(t, environ, func() time.Time { return now })
	defer func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	}()
	for _, step := range []struct {
		later  time.Duration
		signed bool
	}{{time.Hour, false}, {22 * time.Hour, false}, {2 * time.Hour, true}, {time.Hour, false}} {
		before := checkpoint(t, p, h)
		now = now.Add(step.later)
		if err := p.signDaily(t.Context(), h); err != nil {
			t.Fatal(err)
		}
		if after := checkpoint(t, p, h); after.After(before) != step.signed {
			t.Errorf("after %v: signed %v, then %v", step.later, before, after)
		}
	}
}

// checkpoint is when the log was last signed.
func checkpoint(t *testing.T, p *program, h *house) time.Time {
	t.Helper()
	log, err := p.openLog(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	last, ok := log.Last()
	if !ok {
		t.Fatal("it was never signed")
	}
	return last.Time
}

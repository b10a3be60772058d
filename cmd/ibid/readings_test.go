package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/testsite"
)

// TestTheReadingThatExistsWins archives a document whose addresses can be read in several ways: of each, the reading that the
// web or an archive has becomes its address, and a new catalogue says the same.
func TestTheReadingThatExistsWins(t *testing.T) {
	t.Parallel()
	w := newReadingsWeb(t)
	out, errs, code := w.run(t, "--json", "archive", "note.txt")
	if code != ibid.ExitIncomplete {
		t.Fatalf("it ends with %d: %s", code, errs)
	}
	r := documentReport(t, out)
	want := []struct {
		uri     string
		outcome ibid.Outcome
		why     string
	}{
		{"http://live.example/papers/multilateral.html", ibid.OutcomeCaptured, "without the hyphen at the end of its line: it is on the web"},
		{"http://live.example/study.html", ibid.OutcomeCaptured, "without 12, as the mark of a note: it is on the web"},
		{"http://live.example/reports/", ibid.OutcomeCaptured, "only what stands on its first line: it is on the web"},
		{"http://past.example/international.html", ibid.OutcomeRescued, "without the hyphen at the end of its line: an archive has it"},
		{"http://lost.example/no-where.html", ibid.OutcomeLost, ""},
		{"http://live.example/Harbours!", ibid.OutcomeCaptured, "with the exclamation mark: it is on the web"},
		{"http://live.example/well-known.html", ibid.OutcomeCaptured, ""},
	}
	if len(r.References) != len(want) {
		t.Fatalf("%d references: %+v", len(r.References), r.References)
	}
	for i, ref := range r.References {
		if w := want[i]; ref.URI != w.uri || ref.Outcome != w.outcome || !strings.HasPrefix(ref.Repaired, w.why) || w.why == "" && ref.Repaired != "" {
			t.Errorf("%s is read as %s, %s: %q", ref.Cited, ref.URI, ref.Outcome, ref.Repaired)
		}
	}
	first := r.References[0]
	if first.Cited != "http://live.example/papers/multi-lateral.html" || first.Candidates[0].URI != first.Cited || !saysTried(first, first.Cited, "404") {
		t.Errorf("what was read at first is not told: %+v", first)
	}
	if lost := r.References[4]; !saysTried(lost, "http://lost.example/nowhere.html", "404") {
		t.Errorf("what was tried is not told: %+v", lost.Tried)
	}
	if known := r.References[6]; len(known.Tried) > 0 && saysTried(known, "http://live.example/wellknown.html", "") {
		t.Error("another reading of what is there was looked at")
	}
	w.checkAgain(t, out)
}

// saysTried says whether it is told that ref was read as uri, with that result.
func saysTried(ref pipeline.ReferenceReport, uri, result string) bool {
	for _, a := range ref.Tried {
		if strings.HasPrefix(a.What, "read it as "+uri+", ") && strings.Contains(a.Result, result) {
			return true
		}
	}
	return false
}

// checkAgain holds that a new catalogue says the same, and that the command does not look for anything twice.
func (w *readingsWeb) checkAgain(t *testing.T, archived string) {
	t.Helper()
	w.run(t, "reindex")
	again, _, _ := w.run(t, "report", "note.txt", "--format", "json")
	if again != archived {
		t.Errorf("a new catalogue says something else:\n%s\n%s", archived, again)
	}
	out, _, _ := w.run(t, "--json", "archive", "note.txt")
	before, after := documentReport(t, archived), documentReport(t, out)
	for i, ref := range after.References {
		if was := before.References[i]; ref.URI != was.URI || ref.Repaired != was.Repaired || ref.Outcome != was.Outcome {
			t.Errorf("%s is read as %s the second time: %q", ref.Cited, ref.URI, ref.Repaired)
		}
	}
	versions, err := filepath.Glob(filepath.Join(w.dir, "store", "documents", "default", "*", "document*.json"))
	if err != nil || len(versions) < 2 || len(versions) > 3 {
		t.Errorf("the document was stored as %q", versions)
	}
	if _, errs, code := w.run(t, "verify"); code != ibid.ExitOK {
		t.Errorf("the store is not sound: %s", errs)
	}
}

// readingsWeb is the web of testdata/readings.txtar, with its archive, and a folder for what is made of it.
type readingsWeb struct {
	dir string
	env []string
}

func newReadingsWeb(t *testing.T) *readingsWeb {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "readings.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	note, sites, _ := strings.Cut(string(text), "-- sites --\n")
	web, err := testsite.Parse(txtar.Parse([]byte(sites)))
	if err != nil {
		t.Fatal(err)
	}
	server, err := web.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &readingsWeb{dir: t.TempDir(), env: []string{
		"IBID_NETWORK_CONNECT_TO=" + strings.Join(server.ConnectTo(), ","), "IBID_NETWORK_ALLOW=" + strings.Join(server.Allow(), ","),
		"IBID_NETWORK_RESOLVER=" + server.Resolver(), "IBID_CRAWL_PER_HOST_DELAY=0s", "IBID_RESCUE_ENABLED=true", "IBID_RESCUE_COMPARE=0s",
	}}
	a := web.Archives()[0]
	config := fmt.Sprintf("store: %s\nrescue:\n  archives:\n    - id: %s\n      timemap: %s\n      timegate: %s\n      cdx: %s\n      rate: %d\n",
		filepath.Join(w.dir, "store"), a.ID, a.TimeMap, a.TimeGate, a.CDX, a.Rate)
	for name, body := range map[string]string{"ibid.yaml": config, "note.txt": strings.TrimPrefix(note, "-- note.txt --\n")} {
		if err := os.WriteFile(filepath.Join(w.dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *readingsWeb) run(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	for i, arg := range args {
		if arg == "note.txt" {
			args[i] = filepath.Join(w.dir, arg)
		}
	}
	return runWith(t, w.env, nil, append([]string{"--config", filepath.Join(w.dir, "ibid.yaml")}, args...)...)
}

package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/testsite"
)

// TestDemoTellsWhatBecameOfEachCitedThing holds that all twelve things of the founding case are told of.
func TestDemoTellsWhatBecameOfEachCitedThing(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store")
	out, errs, code := runProgram(t, "--store", store, "--json", "demo", "--once")
	if code != ibid.ExitOK {
		t.Fatalf("the demo ends with %d: %s", code, errs)
	}
	r := documentReport(t, out)
	want := map[string]ibid.Outcome{
		"http://www.iom.int/jahia/Jahia/policy-research/regional-consultative-processes/pid/866": ibid.OutcomeLost,
		"http://www.gfmd-fmmd.org/": ibid.OutcomeCaptured,
		"http://gfmd2008.org/":      ibid.OutcomeFailed,
	}
	if editions := checkOutcomes(t, r, want); editions != 9 || len(r.References) != 3 {
		t.Errorf("%d editions of named papers, not 9, and %d references, not 3", editions, len(r.References))
	}
	sound(t, store)
}

// TestReadingListIsKeptOnce archives a larger note twice: what did not change is not kept again.
func TestReadingListIsKeptOnce(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store")
	r := archiveReadingList(t, store)
	want := map[string]ibid.Outcome{
		"http://www.iom.int/jahia/Jahia/policy-research/regional-consultative-processes/pid/866": ibid.OutcomeLost,
		"http://www.gfmd-fmmd.org/":           ibid.OutcomeLost,
		"http://gfmd2008.org/":                ibid.OutcomeLost,
		"http://www.gfmd-fmmd.org/en/node/46": ibid.OutcomeCaptured,
	}
	if editions := checkOutcomes(t, r, want); editions != 9 {
		t.Errorf("%d editions of named papers, not 9", editions)
	}
	archiveReadingList(t, store)
	sound(t, store)
	onlyRevisits(t, store)
}

// archiveReadingList archives the reading list in store, against its web on loopback, and returns what is said.
func archiveReadingList(t *testing.T, store string) pipeline.DocumentReport {
	t.Helper()
	web, err := testsite.ReadingList()
	if err != nil {
		t.Fatal(err)
	}
	server, err := web.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}()
	name, body := testsite.ReadingListDocument()
	// The same note each time, so that the second run knows it.
	document := filepath.Join(filepath.Dir(store), name)
	if err := os.WriteFile(document, body, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs strings.Builder
	p := program{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, environ: []string{
		"IBID_NETWORK_CONNECT_TO=" + strings.Join(server.ConnectTo(), ","),
		"IBID_NETWORK_ALLOW=" + strings.Join(server.Allow(), ","),
		"IBID_NETWORK_RESOLVER=" + server.Resolver(),
		"IBID_CRAWL_PER_HOST_DELAY=0s",
	}}
	if code := p.run(context.Background(), []string{"--store", store, "--json", "archive", document}); code != ibid.ExitIncomplete {
		t.Fatalf("it ends with %d: %s", code, errs.String())
	}
	return documentReport(t, out.String())
}

func documentReport(t *testing.T, out string) pipeline.DocumentReport {
	t.Helper()
	var r pipeline.DocumentReport
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return r
}

// checkOutcomes compares r with want, by address, and counts the editions of named papers.
func checkOutcomes(t *testing.T, r pipeline.DocumentReport, want map[string]ibid.Outcome) (editions int) {
	t.Helper()
	for _, ref := range r.References {
		if o, ok := want[ref.URI]; ok && ref.Outcome != o {
			t.Errorf("%s is %s (%s), not %s", ref.URI, ref.Outcome, ref.Reason, o)
		}
		delete(want, ref.URI)
		for _, w := range ref.Works {
			editions += len(w.Editions)
		}
	}
	if len(want) > 0 {
		t.Errorf("not cited: %v", want)
	}
	return editions
}

func sound(t *testing.T, store string) {
	t.Helper()
	if out, errs, code := runProgram(t, "--store", store, "verify"); code != ibid.ExitOK {
		t.Errorf("verify ends with %d\n%s%s", code, out, errs)
	}
}

// onlyRevisits holds that the second of two runs kept no payload again: no address has two whole responses.
func onlyRevisits(t *testing.T, store string) {
	t.Helper()
	for uri, h := range heldIn(t, store) {
		if h.records-h.revisits > 1 {
			t.Errorf("%s was kept whole %d times", uri, h.records-h.revisits)
		}
	}
}

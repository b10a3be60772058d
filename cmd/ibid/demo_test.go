package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/testsite"
)

// The three addresses of the founding case.
const (
	pid866   = "http://www.iom.int/jahia/Jahia/policy-research/regional-consultative-processes/pid/866"
	brussels = "http://www.gfmd-fmmd.org/"
	manila   = "http://gfmd2008.org/"
)

// TestDemoTellsWhatBecameOfEachCitedThing holds that all twelve things of the founding case are told of, and that what
// was rescued is here when the web, its archives with it, is gone.
func TestDemoTellsWhatBecameOfEachCitedThing(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store")
	out, errs, code := runProgram(t, "--store", store, "--json", "demo", "--once")
	if code != ibid.ExitOK || strings.Contains(errs, "level=") {
		t.Fatalf("the demo ends with %d: %s", code, errs)
	}
	const ia, pt = "web.archive.org", "arquivo.pt"
	want := map[string]ending{
		pid866:                {ibid.OutcomeRescued, ia, "2009-05-28", -7},
		brussels:              {ibid.OutcomeRescued, pt, "2009-06-11", 7},
		manila:                {ibid.OutcomeRescued, ia, "2008-10-29", -218},
		"2007 Session 3.4 en": {outcome: ibid.OutcomeCaptured, origin: ibid.OriginLive},
		"2007 Session 3.4 fr": {outcome: ibid.OutcomeCaptured, origin: ibid.OriginLive},
		"2007 Session 3.4 es": {ibid.OutcomeRescued, ia, "2008-03-01", -460},
		"2008 Session 2.2 en": {ibid.OutcomeRescued, ia, "2008-11-05", -211},
		"2008 Session 2.2 fr": {ibid.OutcomeRescued, pt, "2009-01-15", -140},
		"2008 Session 2.2 es": {outcome: ibid.OutcomeLost},
		"2008 Session 3.3 en": {ibid.OutcomeRescued, ia, "2008-11-05", -211},
		"2008 Session 3.3 fr": {ibid.OutcomeRescued, ia, "2008-11-06", -210},
		"2008 Session 3.3 es": {outcome: ibid.OutcomeSucceeded, origin: ibid.OriginLive},
	}
	r := documentReport(t, out)
	got := endings(r)
	for name, f := range want {
		if got[name] != f {
			t.Errorf("%s: %+v, not %+v", name, got[name], f)
		}
	}
	sum := pipeline.Summary{References: 3, Captured: 2, Rescued: 8, Succeeded: 1, Lost: 1}
	if len(got) != len(want) || r.Summary != sum {
		t.Errorf("%d things: %+v", len(got), r.Summary)
	}
	sound(t, store)
	page, errs, code := runProgram(t, "--store", store, "report", "--format", "html")
	if code != ibid.ExitOK || !strings.HasPrefix(page, "<!doctype html>") || !strings.Contains(page, "2 captured, 8 rescued, 1 succeeded, 1 lost") {
		t.Errorf("the page ends with %d: %s\n%s", code, errs, page)
	}
	d := newDemoHeld(t, store, r)
	d.checkPayloads()
	d.checkRequisites()
	d.checkTraps()
	d.checkRecords()
	d.checkForeign()
	d.checkReindexed()
}

// ending is what became of a thing: where its memento is from, and if it is rescued, of which day that is, and how many
// days from the citation.
type ending struct {
	outcome ibid.Outcome
	origin  ibid.Origin
	day     string
	days    int
}

// endings are those of the addresses, and of the papers by label and language.
func endings(r pipeline.DocumentReport) map[string]ending {
	of := func(s pipeline.State) ending {
		f := ending{outcome: s.Outcome}
		if s.Memento == nil {
			return f
		}
		if f.origin = s.Memento.Origin; f.origin != ibid.OriginLive && s.Memento.DistanceDays != nil {
			f.day, f.days = s.Memento.Timestamp.UTC().Format(time.DateOnly), *s.Memento.DistanceDays
		}
		return f
	}
	out := map[string]ending{}
	for _, ref := range r.References {
		out[ref.URI] = of(ref.State)
		for _, w := range ref.Works {
			for _, e := range w.Editions {
				out[w.Label+" "+e.Language] = of(e.State)
			}
		}
	}
	return out
}

// TestReadingListIsKeptOnce archives a larger note twice: what did not change is not kept again.
func TestReadingListIsKeptOnce(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store")
	r := archiveReadingList(t, store)
	want := map[string]ibid.Outcome{
		pid866:                                ibid.OutcomeLost,
		brussels:                              ibid.OutcomeLost,
		manila:                                ibid.OutcomeLost,
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
		"IBID_RESCUE_ENABLED=false", // that web has no archives
	}}
	if code := p.run(context.Background(), []string{"--store", store, "--json", "archive", document}); code != ibid.ExitIncomplete {
		t.Fatalf("it ends with %d: %s", code, errs.String())
	}
	return documentReport(t, out.String())
}

func documentReport(t *testing.T, out string) pipeline.DocumentReport {
	t.Helper()
	asDescribed(t, "report", out)
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

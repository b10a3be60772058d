package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

// demoOnce runs the demo in a store of the test, and returns what it says.
func demoOnce(t *testing.T, store string) pipeline.DocumentReport {
	t.Helper()
	out, errs, code := runProgram(t, "--store", store, "--json", "demo", "--once")
	if code != ibid.ExitOK {
		t.Fatalf("the demo ends with %d: %s", code, errs)
	}
	var r pipeline.DocumentReport
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return r
}

func TestDemoTellsWhatBecameOfEachCitedThing(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store")
	r := demoOnce(t, store)
	want := map[string]ibid.Outcome{
		"http://www.iom.int/jahia/Jahia/policy-research/regional-consultative-processes/pid/866": ibid.OutcomeLost,
		"http://www.gfmd-fmmd.org/":           ibid.OutcomeLost,
		"http://gfmd2008.org/":                ibid.OutcomeLost,
		"http://www.gfmd-fmmd.org/en/node/46": ibid.OutcomeCaptured,
	}
	editions := 0
	for _, ref := range r.References {
		if o, ok := want[ref.URI]; ok && ref.Outcome != o {
			t.Errorf("%s is %s (%s), not %s", ref.URI, ref.Outcome, ref.Reason, o)
		}
		delete(want, ref.URI)
		for _, w := range ref.Works {
			editions += len(w.Editions)
		}
	}
	if len(want) > 0 || editions != 9 {
		t.Errorf("not cited: %v; %d editions of named papers, not 9", want, editions)
	}
	demoOnce(t, store)
	sound(t, store)
	onlyRevisits(t, store)
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

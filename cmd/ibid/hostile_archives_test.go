package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/testsite"
)

// hostileKept are those that do give what they have: with which exit code.
var hostileKept = map[string]int{
	"memento-injects": ibid.ExitOK,         // what is wrong with its headers is left out
	"memento-10gb":    ibid.ExitIncomplete, // as much as network.max_body allows
}

// longWaits are left to the tests of rescue: they are waited for as they ask, which takes minutes.
var longWaits = map[string]string{
	"throttle-nonsense": "asks for a pause without saying how long: a minute, three times",
	"timemap-trickle":   "a list may take a minute",
}

// TestHostileArchivesCostNothing archives a dead source and a live one with each hostile archive as the only one that
// can be asked. It ends soon, says in one line what is wrong with the archive, and the live source is kept.
func TestHostileArchivesCostNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute under the race detector, under which the tests of rescue ask them all")
	}
	t.Parallel()
	hostile, err := testsite.HostileArchives()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := hostile.Close(); err != nil {
			t.Error(err)
		}
	})
	live := webHosts(t, 1, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, crashPage(1))
	})[0]
	env := []string{
		"IBID_NETWORK_CONNECT_TO=" + strings.Join(append(hostile.ConnectTo(), "source.example:80:127.0.0.1:1"), ","),
		"IBID_NETWORK_ALLOW=" + strings.Join(append(hostile.Allow(), live, "127.0.0.1:1"), ","),
		"IBID_NETWORK_TIMEOUT_IDLE=500ms", "IBID_NETWORK_TRIES=1", "IBID_NETWORK_MAX_BODY=1MiB", "IBID_CRAWL_PER_HOST_DELAY=0s",
		"IBID_RESCUE_COMPARE=0s",
	}
	note := fmt.Sprintf("---\ndate: 2009-06-04\n---\nSee <%s> and <http://%s/s/1>.\n", testsite.HostileArchiveSource, live)
	t.Run("each", func(t *testing.T) {
		for _, a := range hostile.Archives() {
			if longWaits[a.ID] != "" {
				continue // those are asked in the tests of the package that asks
			}
			t.Run(a.ID, func(t *testing.T) {
				if testing.Short() && (strings.Contains(a.ID, "10gb") || strings.Contains(a.ID, "million")) {
					t.Skip("as much of it as is read takes a minute under the race detector")
				}
				t.Parallel()
				archiveWithHostile(t, env, note, a.Archive)
			})
		}
	})
	if hostile.Canary() != 0 {
		t.Error("the canary was reached")
	}
}

func archiveWithHostile(t *testing.T, env []string, note string, a testsite.Archive) {
	t.Helper()
	dir := t.TempDir()
	config := fmt.Sprintf("store: %s\nrescue:\n  archives:\n    - id: %s\n      timemap: %s\n      timegate: %s\n      cdx: %q\n      rate: 6000\n",
		filepath.Join(dir, "store"), a.ID, a.TimeMap, a.TimeGate, a.CDX)
	files := map[string]string{"ibid.yaml": config, "note.md": note}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Ten times what it takes; some of them never end.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out, errs strings.Builder
	p := program{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, environ: env}
	code := p.run(ctx, []string{"--config", filepath.Join(dir, "ibid.yaml"), "--json", "archive", filepath.Join(dir, "note.md")})
	r := documentReport(t, out.String())
	dead, live := r.References[0], r.References[1]
	if live.Outcome != ibid.OutcomeCaptured {
		t.Errorf("the live source is %s: %s", live.Outcome, live.Reason)
	}
	outcome, want := ibid.OutcomeFailed, ibid.ExitIncomplete
	if as, kept := hostileKept[a.ID]; kept {
		outcome, want = ibid.OutcomeRescued, as
	}
	if dead.Outcome != outcome || code != want {
		t.Errorf("the dead source is %s (%s), and it ends with %d: %s", dead.Outcome, dead.Reason, code, errs.String())
	}
	lines := 0
	for _, x := range dead.Tried {
		if x.What == "look for "+testsite.HostileArchiveSource+" in "+a.ID {
			lines++
		}
		if x.Result == "" || strings.ContainsAny(x.What+x.Result, "\r\n\x00") || len(x.Result) > 500 {
			t.Errorf("%q -> %q", x.What, x.Result)
		}
	}
	if lines != 1 {
		t.Errorf("%d lines say what the archive has: %+v", lines, dead.Tried)
	}
}

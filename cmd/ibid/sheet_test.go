package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

// demoReport is what the demo came to once.
func demoReport(t *testing.T) (r pipeline.DocumentReport) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "internal", "report", "testdata", "demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

const demoAt80 = `background-note.md — Inter-regional Dialogue on Migration: Background Note,
2009-06-04

 note  source                 now              kept
 1     www.iom.int/…/pid/866  gone             rescued  2009-05-28
                              (1 of 3 checks)  7 days before, web.archive.org
 2     www.gfmd-fmmd.org/     parked           rescued  2009-06-11
                              (1 of 3 checks)  7 days after, arquivo.pt
       └ 2007 Session 3.4   en ✓ fr ✓ es ✓
 2     gfmd2008.org/          unreachable      rescued  2008-10-29
                              (1 of 3 checks)  218 days before, web.archive.org
       └ 2008 Session 2.2   en ✓ fr ✓ es ✗
         Spanish: not found (2 archives, 11 listings asked)
       └ 2008 Session 3.3   en ✓ fr ✓ es →
         Spanish: only what succeeds it,
         www.gfmd.org/es/docs/philippines-2008/rt-33

 12 things cited: 2 captured, 8 rescued, 1 succeeded, 1 lost
 archived in ./ibid-data
 link rot 3 of 3 addresses, content drift 0 of 3
 next: ibid report /home/someone/background-note.md --format html
       ibid lookup URL
`

const demoAt100 = `background-note.md — Inter-regional Dialogue on Migration: Background Note, 2009-06-04

 note  source                 now              kept
 1     www.iom.int/…/pid/866  gone             rescued  2009-05-28, 7 days before  web.archive.org
                              (1 of 3 checks)
 2     www.gfmd-fmmd.org/     parked           rescued  2009-06-11, 7 days after  arquivo.pt
                              (1 of 3 checks)
       └ 2007 Session 3.4   en ✓ fr ✓ es ✓
 2     gfmd2008.org/          unreachable      rescued  2008-10-29, 218 days before  web.archive.org
                              (1 of 3 checks)
       └ 2008 Session 2.2   en ✓ fr ✓ es ✗  Spanish: not found (2 archives, 11 listings asked)
       └ 2008 Session 3.3   en ✓ fr ✓ es →
         Spanish: only what succeeds it, www.gfmd.org/es/docs/philippines-2008/rt-33

 12 things cited: 2 captured, 8 rescued, 1 succeeded, 1 lost        archived in ./ibid-data
 link rot 3 of 3 addresses, content drift 0 of 3
 next: ibid report /home/someone/background-note.md --format html
       ibid lookup URL
`

// TestDemoOnATerminal holds what a person sees, to the letter.
func TestDemoOnATerminal(t *testing.T) {
	for width, want := range map[int]string{80: demoAt80, 100: demoAt100} {
		var out strings.Builder
		if err := (sheet{width: width, strikes: 3, store: "./ibid-data", command: "ibid"}).write(&out, demoReport(t)); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != want {
			t.Errorf("%d columns:\n%s", width, got)
		}
	}
}

// TestReportFitsItsTerminal is about long names, long reasons and every outcome.
func TestReportFitsItsTerminal(t *testing.T) {
	at, days := time.Date(2009, 5, 28, 0, 0, 0, 0, time.UTC), -888
	memento := &ibid.Memento{Timestamp: at, Origin: "an-archive-with-a-long-name.national-library.example", DistanceDays: &days}
	var r pipeline.DocumentReport
	r.Document = ibid.Document{ID: "1c1517ea914c6730", Source: "/a/" + strings.Repeat("long/", 30) + "note.md", Title: strings.Repeat("A title ", 40)}
	for _, o := range []ibid.Outcome{
		ibid.OutcomeCaptured, ibid.OutcomeRescued, ibid.OutcomeSucceeded, ibid.OutcomeLost, ibid.OutcomeExcluded, ibid.OutcomeFailed, ibid.OutcomePending,
	} {
		s := pipeline.State{
			Outcome: o, Health: ibid.HealthUnreachable, Strikes: 2, GivenUp: o == ibid.OutcomeLost, Reason: strings.Repeat("because of this ", 30) + strings.Repeat("x", 300),
			Memento: memento, Verdict: ibid.Truncated, Successor: &ibid.Successor{URI: "https://" + strings.Repeat("host.", 30) + "example/" + strings.Repeat("path/", 300)},
		}
		if o == ibid.OutcomeLost {
			s.Memento = nil
		}
		e := pipeline.Edition{Language: "es", URI: s.Successor.URI, State: s}
		r.References = append(r.References, pipeline.ReferenceReport{
			Reference: ibid.Reference{URI: s.Successor.URI, Locator: ibid.Locator{Label: "123"}}, State: s,
			Works: []pipeline.WorkReport{{Work: ibid.Work{Title: strings.Repeat("A paper ", 30)}, Editions: []pipeline.Edition{e, e}}},
		})
		r.Summary.Add(o)
	}
	for _, width := range []int{80, 100, 120} {
		var out strings.Builder
		if err := (sheet{width: width, strikes: 3, store: strings.Repeat("d", 40), command: "ibid"}).write(&out, r); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
				t.Errorf("%d of %d columns: %s", n, width, line)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	for name, tt := range map[string]struct {
		in      string
		n, most int
		want    string
	}{
		"fits":       {"one two", 7, 3, "one two"},
		"breaks":     {"one two three", 8, 3, "one two\nthree"},
		"a long one": {"abcdefghij k", 4, 5, "abcd\nefgh\nij k"},
		"cut":        {"one two three four", 5, 2, "one\ntwo…"},
		"cut within": {"abcdefghij", 4, 1, "abc…"},
		"nothing":    {"", 5, 2, ""},
	} {
		if got := wrap(tt.in, tt.n, tt.most); got != tt.want {
			t.Errorf("%s: %q, not %q", name, got, tt.want)
		}
	}
}

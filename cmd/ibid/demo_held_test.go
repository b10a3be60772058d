package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/testsite"
)

// demoHeld is what a demo kept, and what the archives of its web hold. That web is not served any more.
type demoHeld struct {
	*testing.T
	store  string
	web    *testsite.Web
	report pipeline.DocumentReport
	// rescued are the states of what came from an archive, by name.
	rescued map[string]pipeline.State
}

func newDemoHeld(t *testing.T, store string, r pipeline.DocumentReport) *demoHeld {
	t.Helper()
	web, err := testsite.Demo()
	if err != nil {
		t.Fatal(err)
	}
	d := &demoHeld{T: t, store: store, web: web, report: r, rescued: map[string]pipeline.State{}}
	note := func(name string, s pipeline.State) {
		if s.Outcome == ibid.OutcomeRescued {
			d.rescued[name] = s
		}
	}
	for _, ref := range r.References {
		note(ref.URI, ref.State)
		for _, w := range ref.Works {
			for _, e := range w.Editions {
				note(w.Label+" "+e.Language, e.State)
			}
		}
	}
	return d
}

// get is what the program gives of an address at a time.
func (d *demoHeld) get(uri string, at time.Time, flags ...string) []byte {
	d.Helper()
	args := append([]string{"--store", d.store, "get", uri, "--at", ibid.Timestamp14(at)}, flags...)
	out, errs, code := runProgram(d.T, args...)
	if code != ibid.ExitOK {
		d.Errorf("%s at %s is not had: %s", uri, at, errs)
	}
	return []byte(out)
}

// checkPayloads holds that what is given of each rescued thing is what the archive has, byte for byte.
func (d *demoHeld) checkPayloads() {
	d.Helper()
	for name, s := range d.rescued {
		m := s.Memento
		d.checkPayload(string(m.Origin), m.URI, m.Timestamp)
		if s.Provenance == nil || s.Provenance.Archive != m.Origin || s.Provenance.URIM != m.URIM || s.Provenance.DistanceDays != *m.DistanceDays {
			d.Errorf("%s: %+v comes from %+v", name, m, s.Provenance)
		}
	}
}

func (d *demoHeld) checkPayload(archive, uri string, at time.Time) {
	d.Helper()
	want, err := d.web.Bytes(archive, uri, ibid.Timestamp14(at))
	if err != nil {
		d.Fatal(err)
	}
	if raw := d.get(uri, at, "--raw"); !bytes.Equal(raw, want) {
		d.Errorf("%s at %s: %d bytes as sent, and %s has %d", uri, at, len(raw), archive, len(want))
	}
	if r, err := gzip.NewReader(bytes.NewReader(want)); err == nil {
		if want, err = io.ReadAll(r); err != nil {
			d.Fatal(err)
		}
	}
	if got := d.get(uri, at); !bytes.Equal(got, want) {
		d.Errorf("%s at %s: %d bytes, and %s has %d", uri, at, len(got), archive, len(want))
	}
}

var parts = regexp.MustCompile(`\.(css|gif|jpg|png|js|ico)$`)

// checkRequisites holds that all that the archive of a page has of its site near its date is here too, and that the one
// that is missing is named.
func (d *demoHeld) checkRequisites() {
	d.Helper()
	for _, uri := range []string{pid866, brussels, manila} {
		m := d.rescued[uri].Memento
		if m == nil {
			continue // it was told
		}
		site, n := strings.Join(strings.SplitN(uri, "/", 4)[:3], "/")+"/", 0
		for _, c := range d.web.Captures(string(m.Origin)) {
			at, err := time.Parse("20060102150405", c.Timestamp)
			if err != nil {
				d.Fatal(err)
			}
			if strings.HasPrefix(c.URI, site) && parts.MatchString(c.URI) && at.Sub(m.Timestamp).Abs() < 31*24*time.Hour {
				n++
				d.checkPayload(string(m.Origin), c.URI, at)
			}
		}
		if n < 5 {
			d.Errorf("%s has %d parts", uri, n)
		}
	}
	const missing = "http://www.iom.int/jahia/images/arrow.gif"
	if !wasTried(d.rescued[pid866], missing, "not had: the archive does not have it after all") {
		d.Errorf("of %s is told: %+v", missing, d.rescued[pid866].Tried)
	}
	if out, _, code := runProgram(d.T, "--store", d.store, "get", missing); code == ibid.ExitOK {
		d.Errorf("%s is had: %d bytes", missing, len(out))
	}
}

// wasTried says whether an attempt at what ended so.
func wasTried(s pipeline.State, what string, results ...string) bool {
	for _, a := range s.Tried {
		all := strings.Contains(a.What, what)
		for _, result := range results {
			all = all && strings.Contains(a.Result, result)
		}
		if all {
			return true
		}
	}
	return false
}

// checkTraps holds that what a careless client takes was seen for what it is, and that it is told.
func (d *demoHeld) checkTraps() {
	d.Helper()
	for _, trap := range []struct {
		name, uri, what string
		results         []string
	}{
		{"newest is a 404", pid866, "look for " + pid866 + " in Wayback Machine", []string{"to 2019-03-02", "captures of error pages"}},
		{"error pages only", manila, "look for " + manila + " in Arquivo.pt", []string{"1 capture", "passed over: captures of error pages"}},
		{"block page with 403", brussels, "look for " + brussels + " in Wayback Machine", []string{"passed over: captures of a block"}},
		{"block page with 200", brussels, "the capture of 2009-06-03", []string{"refused", "blocked: Imperva"}},
		{"parked", brussels, "the capture of 2009-06-08", []string{"refused", "parked: for sale"}},
		{"unplayable, another timestamp", manila, "the capture of 2009-02-10", []string{"refused", "led on to the capture of 20090511060708"}},
		{"redirect to another page", manila, "the capture of 2009-05-11", []string{"refused", "archived redirect (302)", "account suspended"}},
	} {
		if !wasTried(d.rescued[trap.uri], trap.what, trap.results...) {
			d.Errorf("%s: %+v", trap.name, d.rescued[trap.uri].Tried)
		}
	}
}

// checkRecords holds that the records of what was rescued say where it comes from.
func (d *demoHeld) checkRecords() {
	d.Helper()
	var sources, notes int
	eachRecord(d.T, d.store, func(e *warc.Entry) {
		if e.Header.Get("WARC-Source-URI") == "" {
			return
		}
		created, err := time.Parse(time.RFC3339, e.Header.Get("WARC-Creation-Date"))
		if err != nil || time.Since(created).Abs() > time.Hour || e.Date.After(created.AddDate(-1, 0, 0)) {
			d.Errorf("%s of %s is dated %s and was made at %s, %v", e.Type, e.TargetURI, e.Date, created, err)
		}
		if e.Type == warc.Response || e.Type == warc.Resource || e.Type == warc.Revisit {
			sources++
		}
	})
	eachRecord(d.T, d.store, func(e *warc.Entry) {
		if e.Type != warc.Metadata {
			return
		}
		if block, err := io.ReadAll(e.Block); err == nil && bytes.Contains(block, []byte("\r\ndistance-days: ")) {
			notes++
		}
	})
	if sources < len(d.rescued) || notes != sources {
		d.Errorf("%d records from elsewhere, and %d notes on them", sources, notes)
	}
}

// checkReindexed holds that a catalogue which is made from the store tells the same.
func (d *demoHeld) checkReindexed() {
	d.Helper()
	again := "sqlite:" + filepath.Join(d.TempDir(), "again.db")
	if _, errs, code := runProgram(d.T, "--store", d.store, "--catalog", again, "reindex"); code != ibid.ExitOK {
		d.Fatalf("reindex ends with %d: %s", code, errs)
	}
	before, _, _ := runProgram(d.T, "--store", d.store, "--json", "report")
	after, _, _ := runProgram(d.T, "--store", d.store, "--catalog", again, "--json", "report")
	told, err := json.Marshal(d.report)
	if err != nil {
		d.Fatal(err)
	}
	if again, err := json.Marshal(documentReport(d.T, before)); err != nil || !bytes.Equal(again, told) {
		d.Errorf("it was told\n%s\nand is now, %v\n%s", told, err, again)
	}
	if before != after {
		d.Errorf("before it is told\n%s\nand after\n%s", before, after)
	}
}

// eachRecord reads all records of a store, with none of the code that wrote them but the reader.
func eachRecord(t *testing.T, store string, visit func(*warc.Entry)) {
	t.Helper()
	for _, name := range filesBelow(t, store, ".warc.gz") {
		f, err := os.Open(name) //nolint:gosec // found above
		if err != nil {
			t.Fatal(err)
		}
		records := warc.NewReader(func(offset int64) (io.ReadCloser, error) {
			_, err := f.Seek(offset, io.SeekStart)
			return io.NopCloser(f), err
		})
		for {
			e, err := records.Next()
			if err == io.EOF { //nolint:errorlint // as Next returns it
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			visit(e)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

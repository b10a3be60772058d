package main

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/archive/cdx"
)

// warcioEnv names the folder of the npm package warcio. `make interop` sets it.
const warcioEnv = "IBID_WARCIO"

// foreignRecord is a WARC record as warcio.js understands it: see testdata/warcio/read.mjs.
type foreignRecord struct {
	File         string `json:"file"`
	Offset       int64  `json:"offset"`
	Type         string `json:"type"`
	ID           string `json:"id"`
	URI          string `json:"uri"`
	Date         string `json:"date"`
	Declared     string `json:"declared"`
	Payload      string `json:"payload"`
	Truncated    string `json:"truncated"`
	RefersToURI  string `json:"refers_to_uri"`
	RefersToDate string `json:"refers_to_date"`
	ConcurrentTo string `json:"concurrent_to"`
	SourceURI    string `json:"source_uri"`
	CreationDate string `json:"creation_date"`
}

// TestWarcioReadsWhatWasWritten archives the reading list twice in one store and has a reader that shares no line with
// Ibid read every record: the payloads have the digests that are declared, the CDXJ lines point at records of
// the same address and digest, and the second run's revisits lead back to the first run's responses.
func TestWarcioReadsWhatWasWritten(t *testing.T) {
	folder := os.Getenv(warcioEnv)
	if folder == "" {
		t.Skipf("%s does not name the folder of the npm package warcio: make interop does", warcioEnv)
	}
	store := filepath.Join(t.TempDir(), "store")
	for range 2 {
		archiveReadingList(t, store)
	}
	files := filesBelow(t, store, ".warc.gz")
	if len(files) < 2 {
		t.Fatalf("two runs left %d WARC files: %q", len(files), files)
	}
	records := readWithWarcio(t, folder, files)
	checkDigests(t, records)
	checkRevisits(t, records)
	checkIndex(t, store, records)
}

// checkForeign has warcio read what the demo rescued, where it is there: each record leads to the Memento that it was
// copied from, and has a note on it.
func (d *demoHeld) checkForeign() {
	d.Helper()
	folder := os.Getenv(warcioEnv)
	if folder == "" {
		d.Logf("%s does not name the folder of the npm package warcio: make interop does", warcioEnv)
		return
	}
	records := readWithWarcio(d.T, folder, filesBelow(d.T, d.store, ".warc.gz"))
	checkDigests(d.T, records)
	noted, copied := map[string]bool{}, map[string]foreignRecord{}
	for _, r := range records {
		if r.Type == "metadata" {
			noted[r.ConcurrentTo] = true
		}
		if r.SourceURI != "" && r.Type != "metadata" {
			copied[r.SourceURI] = r
		}
	}
	for name, s := range d.rescued {
		r := copied[s.Memento.URIM]
		at, err := time.Parse(time.RFC3339, r.Date)
		if err != nil || !at.Equal(s.Memento.Timestamp) || r.URI != s.Memento.URI || r.Payload != string(s.Memento.Digest) || r.CreationDate == "" || !noted[r.ID] {
			d.Errorf("%s: %+v, %v\n%+v, noted %t", name, s.Memento, err, r, noted[r.ID])
		}
	}
}

func filesBelow(t *testing.T, dir, suffix string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(name, suffix) {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func readWithWarcio(t *testing.T, folder string, files []string) []foreignRecord {
	t.Helper()
	node := exec.CommandContext(t.Context(), "node", append([]string{"testdata/warcio/read.mjs", folder}, files...)...)
	var complaints strings.Builder
	node.Stderr = &complaints
	out, err := node.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("warcio: %v\n%s", err, complaints.String())
	}
	var records []foreignRecord
	lines := bufio.NewScanner(strings.NewReader(string(out)))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r foreignRecord
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		records = append(records, r)
	}
	return records
}

func checkDigests(t *testing.T, records []foreignRecord) {
	t.Helper()
	checked := map[string]int{}
	for _, r := range records {
		if r.Declared == "" || r.Type == "revisit" || r.Truncated != "" {
			continue
		}
		checked[r.Type]++
		if r.Declared != r.Payload {
			t.Errorf("%s at %d (%s %s): declares %s, warcio reads %s", r.File, r.Offset, r.Type, r.URI, r.Declared, r.Payload)
		}
	}
	if checked["response"] == 0 {
		t.Errorf("no response had a digest to check: %v", checked)
	}
}

func checkRevisits(t *testing.T, records []foreignRecord) {
	t.Helper()
	type instant struct{ uri, date string }
	responses := map[instant]string{}
	for _, r := range records {
		if r.Type == "response" {
			responses[instant{r.URI, r.Date}] = r.Declared
		}
	}
	revisits := 0
	for _, r := range records {
		if r.Type != "revisit" {
			continue
		}
		revisits++
		if got := responses[instant{r.RefersToURI, r.RefersToDate}]; got == "" || got != r.Declared {
			t.Errorf("%s at %d: the revisit of %s (%s) leads to %q", r.File, r.Offset, r.URI, r.Declared, got)
		}
	}
	if revisits == 0 {
		t.Error("the second run stored no revisit")
	}
}

func checkIndex(t *testing.T, store string, records []foreignRecord) {
	t.Helper()
	type place struct {
		file   string
		offset int64
	}
	held := map[place]foreignRecord{}
	for _, r := range records {
		held[place{filepath.Base(r.File), r.Offset}] = r
	}
	lines := 0
	for _, name := range filesBelow(t, store, ".cdxj") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for raw := range strings.Lines(string(text)) {
			line, err := cdx.Parse([]byte(raw))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			lines++
			r := held[place{filepath.Base(line.Filename), line.Offset}]
			if r.URI != line.URL || r.Declared != string(line.Digest) {
				t.Errorf("%s: %s %s points at %q %s", name, line.URL, line.Digest, r.URI, r.Declared)
			}
		}
	}
	if lines == 0 {
		t.Error("no CDXJ line was written")
	}
}

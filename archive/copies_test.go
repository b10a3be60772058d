package archive

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"github.com/ibid-archive/ibid"
)

// TestAuditRepairs has a fixture for each code of an audit over copies.
func TestAuditRepairs(t *testing.T) {
	t.Parallel() // it waits for the disk
	dir := documentDir("papers", testDocument.ID)
	const warcKey = "warc/papers/202603/job-000000-00001.warc.gz"
	cdxj, sumsKey := beside(warcKey, cdxjSuffix), beside(warcKey, sumsSuffix)
	other := func(b []byte) []byte { return append(bytes.Clone(b[:len(b)-2]), "?\n"...) }
	gone := func([]byte) []byte { return nil }
	with := func(s string) func([]byte) []byte { return func([]byte) []byte { return []byte(s) } }
	type blow struct {
		at     int
		key    string
		change func([]byte) []byte
	}
	for _, c := range []struct {
		name  string
		blows []blow
		// codes are found; left of them are not repaired.
		codes []string
		left  int
	}{
		{"nothing", nil, nil, 0},
		{"WARC changed", []blow{{0, warcKey, other}}, []string{CodeChecksum}, 0},
		{"WARC changed in the copy", []blow{{1, warcKey, other}}, []string{CodeChecksum}, 0},
		{"WARC changed in both", []blow{{0, warcKey, other}, {1, warcKey, other}}, []string{CodeChecksum, CodeChecksum}, 2},
		{"CDXJ changed in both", []blow{{0, cdxj, other}, {1, cdxj, gone}}, []string{CodeChecksum, CodeLost}, 0},
		{"checksums changed in both", []blow{{0, sumsKey, other}, {1, sumsKey, with("")}}, []string{CodeNoChecksum, CodeNoChecksum}, 0},
		{"all but the WARC file gone here", []blow{{0, cdxj, gone}, {0, sumsKey, gone}}, []string{CodeLost, CodeLost}, 0},
		{"all of it gone here", []blow{{0, warcKey, gone}, {0, cdxj, gone}, {0, sumsKey, gone}}, []string{CodeLost, CodeLost, CodeLost}, 0},
		{"gone there", []blow{{1, warcKey, gone}}, []string{CodeLost}, 0},
		{"document changed", []blow{{0, dir + sourceName, other}}, []string{CodeSource}, 0},
		{"document changed in both", []blow{{0, dir + sourceName, other}, {1, dir + sourceName, gone}}, []string{CodeSource}, 1},
		{"references changed", []blow{{1, dir + "document.json", other}}, []string{CodeSealed}, 0},
		{"references changed in both", []blow{{0, dir + "document.json", other}, {1, dir + "document.json", other}}, []string{CodeSealed, CodeSealed}, 2},
		{"two access rules under one key", []blow{
			{0, "access/x.json", with(sealedText(t, ibid.AccessRule{ID: "a"}))}, {1, "access/x.json", with(sealedText(t, ibid.AccessRule{ID: "b"}))},
		}, []string{CodeDiffer, CodeDiffer}, 2},
		{"another file, as whole, under the same key", []blow{
			{1, warcKey, with("other")}, {1, cdxj, with("")}, {1, sumsKey, with(string(sumsOf(warcKey, ibid.DigestOf([]byte("other")), ibid.DigestOf(nil))))},
		}, []string{CodeDiffer, CodeDiffer}, 2},
		{"foreign", []blow{{1, "documents/papers/x", with("mine")}}, []string{CodeForeign}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newTwice(t)
			w.fill(t, 3)
			if err := w.PutDocument(t.Context(), "papers", testDocument, nil, []byte("the document")); err != nil {
				t.Fatal(err)
			}
			w.copyAll(t)
			before := w.state(t)
			for _, b := range c.blows {
				w.change(t, b.at, b.key, b.change)
			}
			audit := w.repair(t)
			var codes []string
			for _, f := range audit.Findings {
				codes = append(codes, f.Code)
			}
			slices.Sort(codes)
			slices.Sort(c.codes)
			if !slices.Equal(codes, c.codes) || len(codes)-audit.Repaired() != c.left {
				t.Fatalf("found %v, repaired %d", audit.Findings, audit.Repaired())
			}
			if bad := w.ledger.damaged(); (c.left > 0) != (len(bad) > 0) {
				t.Errorf("marked: %v", bad)
			}
			after := w.state(t)
			for k, d := range before {
				if c.left == 0 && after[k] != d {
					t.Errorf("%s is not as it was", k)
				}
			}
			if again := w.repair(t); len(again.Findings) != c.left || again.Repaired() > 0 {
				t.Errorf("the second time: %v", again.Findings)
			}
		})
	}
}

func sealedText(t *testing.T, v any) string {
	t.Helper()
	b, err := seal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestExportReadsAroundDamage: an export is made of records from whichever store has them as they were.
func TestExportReadsAroundDamage(t *testing.T) {
	t.Parallel()
	w := newTwice(t)
	w.fill(t, 3)
	w.copyAll(t)
	w.change(t, 0, "warc/papers/202603/job-000000-00001.warc.gz", func(b []byte) []byte {
		for i := 30; i < len(b); i += 60 {
			b[i] ^= 1
		}
		return b
	})
	for _, c := range w.committed {
		r, err := w.openStretch(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.copyFirst(io.Discard); err != nil {
			t.Error(err)
		}
		r.close()
	}
}

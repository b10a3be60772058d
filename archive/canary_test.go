package archive

import (
	"os"
	"testing"

	"github.com/ibid-archive/ibid"
)

// TestCanary: what is built in is put there once, and read back from then on; what came in its place, or nothing, is found.
func TestCanary(t *testing.T) {
	t.Parallel()
	w := newTwice(t)
	for range 2 {
		if err := w.Canary(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if audit, err := w.Verify(t.Context(), VerifyOptions{}, func(f Finding) { t.Error(f) }); err != nil || audit.Objects != 1 {
		t.Fatalf("%+v, %v", audit, err)
	}
	w.copyAll(t)
	other := func(b []byte) []byte { return append(b[:len(b)-1], 'x') }
	both := func(change func([]byte) []byte) func() {
		return func() { w.change(t, 0, canaryKey, change); w.change(t, 1, canaryKey, change) }
	}
	for _, c := range []struct {
		name   string
		change func()
		kind   ibid.Kind
		left   int
	}{
		{"changed here", func() { w.change(t, 0, canaryKey, other) }, "", 0},
		{"gone there", func() { w.change(t, 1, canaryKey, func([]byte) []byte { return nil }) }, "", 0},
		{"changed in both", both(other), ibid.KindFixity, 0},
		{"another record", both(func([]byte) []byte { return anotherCanary(t) }), ibid.KindFixity, 0},
	} {
		c.change()
		if err := w.Canary(t.Context()); (err != nil) != (c.kind != "") || err != nil && ibid.KindOf(err) != c.kind {
			t.Errorf("%s: %v", c.name, err)
		}
		if audit := w.repair(t); len(audit.Findings) == 0 || len(audit.Findings) != audit.Repaired() {
			t.Errorf("%s: %v", c.name, audit.Findings)
		}
		if err := w.Canary(t.Context()); err != nil {
			t.Errorf("%s, repaired: %v", c.name, err)
		}
	}
	for _, dir := range w.dirs { // as when a disk is not mounted: it is not put again
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Canary(t.Context()); ibid.KindOf(err) != ibid.KindFixity {
		t.Errorf("all gone: %v", err)
	}
}

// anotherCanary is a whole record of another text.
func anotherCanary(t *testing.T) []byte {
	t.Helper()
	h := newHouse(t)
	wr := h.Begin(testJob)
	c := write(t, wr, exchange("http://example.org/", 200, text(100)))
	h.commit(t, wr)
	b, err := h.readAll(t.Context(), h.committed[c.RecordID].Location.Key, maxDocumentFile)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

package archive

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid/archive/custody"
)

// logged signs the custody log of all that w holds, in two steps, and copies it.
func (w *twice) logged(t *testing.T) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	warcs, err := w.WARCs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		l, err := custody.Open(t.Context(), custody.Options{Store: w.Kept()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Append(t.Context(), key, custody.Addition{WARCs: warcs[:len(warcs)*(n+1)/3]}); err != nil {
			t.Fatal(err)
		}
	}
	w.copyAll(t)
}

// verifyLog gives what is wrong with the log in one place.
func (w *twice) verifyLog(t *testing.T, at int) (found []*custody.Finding) {
	t.Helper()
	warcs, err := w.WARCs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v, err := custody.Verify(t.Context(), custody.Options{Store: w.places[at].Store}, warcs, nil, func(f *custody.Finding) { found = append(found, f) })
	if err != nil || v.Entries == 0 || v.Waiting > 0 {
		t.Errorf("%+v %v", v, err)
	}
	return found
}

// TestAuditRepairsTheLog: what is lost or changed of the custody log in one place comes from the other.
func TestAuditRepairsTheLog(t *testing.T) {
	t.Parallel() // it waits for the disk
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte {
			b = bytes.Clone(b)
			b[(at+len(b))%len(b)] ^= 1
			return b
		}
	}
	gone := func([]byte) []byte { return nil }
	type blow struct {
		at     int
		find   string // the last key with it
		change func([]byte) []byte
	}
	for _, c := range []struct {
		name  string
		blows []blow
		codes []string
	}{
		{"nothing", nil, nil},
		{"a tile lost", []blow{{0, "/tile/0/", gone}}, []string{CodeLost}},
		{"a tile changed", []blow{{1, "/tile/0/", flip(40)}}, []string{"C01"}},
		{"entries changed", []blow{{0, "/tile/entries/", flip(90)}}, []string{"C01"}},
		{"a batch changed", []blow{{0, "/batches/", flip(-20)}}, []string{"C01"}},
		{"a batch changed in its middle", []blow{{1, "/batches/", flip(40)}}, []string{"C01"}},
		{"the last checkpoint changed", []blow{{0, "/checkpoints/", flip(5)}}, []string{"C02"}},
		{"its signature changed", []blow{{1, "/checkpoints/", flip(-20)}}, []string{"C02"}},
		{"a tile lost and a checkpoint changed", []blow{{0, "/tile/0/", gone}, {1, "/checkpoints/", flip(60)}}, []string{"C02", CodeLost}},
		{"all of it lost", []blow{{0, "all", gone}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newTwice(t)
			w.fill(t, 27)
			w.copyAll(t)
			w.logged(t)
			before := w.state(t)
			var log []string
			for _, key := range w.keys(t) {
				if strings.HasPrefix(key, custody.Prefix) {
					log = append(log, key)
				}
			}
			for _, b := range c.blows {
				for _, key := range slices.Backward(log) {
					if b.find == "all" || strings.Contains(key, b.find) {
						w.change(t, b.at, key, b.change)
						if b.find != "all" {
							break
						}
					}
				}
			}
			audit := w.repair(t)
			var codes []string
			for _, f := range audit.Findings {
				codes = append(codes, f.Code)
			}
			slices.Sort(codes)
			if c.name == "all of it lost" {
				c.codes = slices.Repeat([]string{CodeLost}, len(log))
			}
			if !slices.Equal(codes, c.codes) || audit.Repaired() != len(codes) {
				t.Errorf("found %v, repaired %d", audit.Findings, audit.Repaired())
			}
			for k, d := range before {
				if w.state(t)[k] != d {
					t.Errorf("%s is not as it was", k)
				}
			}
			for at := range w.places {
				if found := w.verifyLog(t, at); len(found) > 0 {
					t.Errorf("%d: %v", at, found)
				}
			}
			if again := w.repair(t); len(again.Findings) > 0 {
				t.Errorf("the second time: %v", again.Findings)
			}
		})
	}
}

// TestTwoLogsDiffer: of two logs that are each signed, none is put over the other; what nobody has signed is.
func TestTwoLogsDiffer(t *testing.T) {
	t.Parallel()
	for _, signed := range []bool{true, false} {
		w, other := newTwice(t), newTwice(t)
		for _, one := range []*twice{w, other} {
			one.fill(t, 3)
			one.copyAll(t)
			one.logged(t)
		}
		for _, key := range w.keys(t) {
			if signed && strings.HasPrefix(key, custody.Prefix) {
				w.change(t, 1, key, func([]byte) []byte { return nil })
			}
		}
		for _, key := range other.keys(t) {
			if strings.HasPrefix(key, custody.Prefix) && (signed || !strings.Contains(key, "/checkpoints/")) {
				w.change(t, 1, key, func([]byte) []byte { return other.object(t, key) })
			}
		}
		audit := w.repair(t)
		if len(audit.Findings) == 0 {
			t.Error("nothing was found")
		}
		for _, f := range audit.Findings {
			if strings.HasPrefix(f.Key, custody.Prefix+"batches/") && (f.Code == CodeDiffer) != signed || f.Repaired && f.Copy == "" && f.Code != CodeLost {
				t.Error(f)
			}
		}
		if found := w.verifyLog(t, 0); len(found) > 0 {
			t.Error(found)
		}
	}
}

package archive

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/mem"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// frail are Stores of one process, which dies at its n-th change of any of them. One that is away answers nothing.
type frail struct {
	*mem.Store
	left *int
	away *bool
}

func (f frail) change() error {
	if *f.left--; *f.left < 0 {
		return errDied
	}
	return f.there()
}

var errGone = &ibid.Error{Kind: ibid.KindStorage, Op: "reach the store", Err: errors.New("it is away")}

func (f frail) there() error {
	if *f.away {
		return errGone
	}
	return nil
}

func (f frail) Put(ctx context.Context, o blob.Object) error {
	if err := f.change(); err != nil {
		return err
	}
	return f.Store.Put(ctx, o)
}

func (f frail) Remove(ctx context.Context, key string) error {
	if err := f.change(); err != nil {
		return err
	}
	return f.Store.Remove(ctx, key)
}

func (f frail) Purge(ctx context.Context, prefix string) error {
	if err := f.change(); err != nil {
		return err
	}
	return f.Store.Purge(ctx, prefix)
}

func (f frail) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := f.there(); err != nil {
		return nil, err
	}
	return f.Store.Open(ctx, key, offset, length)
}

func (f frail) Stat(ctx context.Context, key string) (blob.Info, error) {
	if err := f.there(); err != nil {
		return blob.Info{}, err
	}
	return f.Store.Stat(ctx, key)
}

func (f frail) List(ctx context.Context, prefix string, yield func(blob.Info) error) error {
	if err := f.there(); err != nil {
		return err
	}
	return f.Store.List(ctx, prefix, yield)
}

// manyDoomed are three Stores with all of doomedHouse in each of them. In quarantine of the last one lies what is to be
// destroyed as well, damaged.
type manyDoomed struct {
	*house
	stores []*mem.Store
	away   bool // the last one
	left   int  // changes until it dies
}

func newManyDoomed(t *testing.T) *manyDoomed {
	t.Helper()
	from, first := doomedHouse(t)
	m := &manyDoomed{stores: []*mem.Store{first, mem.New(), mem.New()}, left: 1 << 30}
	for _, key := range from.keys(t) {
		for _, s := range m.stores[1:] {
			if err := putBytes(t.Context(), s, key, from.object(t, key)); err != nil {
				t.Fatal(err)
			}
		}
	}
	no := false
	m.house = newHouse(t, func(o *Options) {
		o.Store = frail{first, &m.left, &no}
		o.Copies = []Copy{{Name: "b", Store: frail{m.stores[1], &m.left, &no}}, {Name: "c", Store: frail{m.stores[2], &m.left, &m.away}}}
		o.Ledger = &memoryLedger{all: map[string]map[string]ibid.Check{}}
	})
	// What is moved away of the third, by hand: damage that was repaired.
	records := m.doomed(t)
	last := m.stores[2]
	whole := from.object(t, records[0].Key)
	if _, err := last.Quarantine(t.Context(), records[0].Key); err != nil {
		t.Fatal(err)
	}
	if _, err := last.Quarantine(t.Context(), DocumentFolder("papers", testDocument.ID)+sourceName); err != nil {
		t.Fatal(err)
	}
	for key, b := range map[string][]byte{records[0].Key: whole, DocumentFolder("papers", testDocument.ID) + sourceName: []byte("the document")} {
		if err := putBytes(t.Context(), last, key, b); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func (m *manyDoomed) doomed(t *testing.T) []Doomed {
	t.Helper()
	digest := ibid.DigestOf([]byte(strings.Repeat(secret+" ", 20)))
	records, err := m.FindDoomed(t.Context(), func(_ string, l *cdx.Line) bool { return l.Digest == digest })
	if err != nil || len(records) != 2 {
		t.Fatal(records, err)
	}
	return records
}

// left of what was destroyed, by the place in which it is.
func (m *manyDoomed) remains(t *testing.T) (where []string) {
	t.Helper()
	for i, s := range m.stores {
		name := []string{"a", "b", "c"}[i]
		look := func(key string, b []byte) {
			if z, err := gzip.NewReader(bytes.NewReader(b)); err == nil {
				if b, err = io.ReadAll(z); err != nil {
					t.Fatal(key, err)
				}
			}
			if bytes.Contains(b, []byte(secret)) || bytes.Contains(b, []byte("the document")) {
				where = append(where, name+": "+key)
			}
		}
		err := s.List(t.Context(), "", func(info blob.Info) error {
			r, err := s.Open(t.Context(), info.Key, 0, -1)
			if err != nil {
				return err
			}
			b, err := io.ReadAll(r)
			look(info.Key, b)
			return errors.Join(err, r.Close())
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range s.Quarantined() {
			look("quarantine", b)
		}
	}
	return where
}

// allGone looks whether it is gone from everywhere, and nothing else, and whether audits leave it so.
func (m *manyDoomed) allGone(t *testing.T, when string) {
	t.Helper()
	if where := m.remains(t); len(where) > 0 {
		t.Errorf("%s: it is in %v", when, where)
	}
	for range 2 {
		audit, err := m.Audit(t.Context(), AuditOptions{Repair: true}, func(f Finding) { t.Errorf("%s: %s", when, f) })
		if err != nil || audit.Copied > 2 { // the marks of the end
			t.Errorf("%s: %v, %d copied", when, err, audit.Copied)
		}
	}
	for i := range m.stores {
		one := m.in(m.places[i])
		one.o.Now = m.o.Now
		audit, err := one.Verify(t.Context(), VerifyOptions{}, func(f Finding) { t.Errorf("%s: %d: %s", when, i, f) })
		if err != nil || audit.Captures != 5 {
			t.Errorf("%s: %d: %v, %d captures", when, i, err, audit.Captures)
		}
	}
	if where := m.remains(t); len(where) > 0 {
		t.Errorf("%s: after an audit it is in %v", when, where)
	}
}

func (m *manyDoomed) decide(t *testing.T) Destruction {
	t.Helper()
	d, err := m.DecideDestruction(t.Context(), Destruction{
		Target: "http://example.org/secret", Reason: "a court said so", Records: m.doomed(t),
		Document: DocumentFolder("papers", testDocument.ID), Digest: testDocument.Digest,
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDestroyReachesEveryCopy(t *testing.T) {
	t.Parallel()
	for n := 0; ; n++ {
		m := newManyDoomed(t)
		d := m.decide(t)
		m.left = n
		died := carryOut(t, m.Archive, &d)
		m.left = 1 << 30
		if died != nil {
			// In whatever state that is, an audit brings nothing back that is gone.
			before := m.remains(t)
			if _, err := m.Audit(t.Context(), AuditOptions{Repair: true}, func(Finding) {}); err != nil {
				t.Fatal(n, err)
			}
			for _, where := range m.remains(t) {
				if !slices.Contains(before, where) {
					t.Errorf("after %d changes an audit has brought back %s", n, where)
				}
			}
			if err := carryOut(t, m.Archive, &d); err != nil {
				t.Fatalf("after %d changes: %v", n, err)
			}
		}
		m.allGone(t, d.ID)
		if died == nil {
			if n < 20 {
				t.Errorf("only %d points", n)
			}
			return
		}
	}
}

func TestDestroyWaitsForACopyThatIsAway(t *testing.T) {
	t.Parallel()
	m := newManyDoomed(t)
	d := m.decide(t)
	m.away = true
	err := carryOut(t, m.Archive, &d)
	if ibid.KindOf(err) != ibid.KindStorage || !strings.Contains(err.Error(), "c is away") {
		t.Fatal(err)
	}
	for _, where := range m.remains(t) {
		if !strings.HasPrefix(where, "c: ") {
			t.Errorf("it is in %s", where)
		}
	}
	var found []string
	if _, err := m.Audit(t.Context(), AuditOptions{Repair: true}, func(f Finding) { found = append(found, f.Code+" "+f.Copy) }); err != nil || !slices.Equal(found, []string{"V19 c"}) {
		t.Errorf("%v %v", found, err)
	}
	if n, err := m.FinishAll(t.Context()); n != 0 || ibid.KindOf(err) != ibid.KindStorage {
		t.Error(n, err)
	}
	m.away = false
	// The copy has the file as it was, right by the checksums beside it: it is stale, and not another opinion.
	found = nil
	audit, err := m.Audit(t.Context(), AuditOptions{Repair: true}, func(f Finding) { found = append(found, f.Code+" "+f.Copy) })
	if err != nil || len(found) == 0 || audit.Repaired() != len(found) {
		t.Error(audit.Findings, err)
	}
	for _, f := range found {
		if f != "V19 c" {
			t.Error(f)
		}
	}
	if n, err := m.FinishAll(t.Context()); n != 1 || err != nil {
		t.Error(n, err)
	}
	m.allGone(t, "back")
	if n, err := m.FinishAll(t.Context()); n != 0 || err != nil {
		t.Error("a second time", n, err)
	}
}

// TestDestroyedComesFromNowhere: a copy that comes back from before has all of it, and what is done is not undone.
func TestDestroyedComesFromNowhere(t *testing.T) {
	t.Parallel()
	m := newManyDoomed(t)
	back := mem.New()
	for _, key := range m.keys(t) {
		if err := putBytes(t.Context(), back, key, m.object(t, key)); err != nil {
			t.Fatal(err)
		}
	}
	d := m.decide(t)
	if err := carryOut(t, m.Archive, &d); err != nil {
		t.Fatal(err)
	}
	old, err := New(Options{Store: m.places[0].Store, Copies: []Copy{{Name: "old", Store: back}}, SpoolDir: t.TempDir(), Ledger: m.o.Ledger})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []AuditOptions{{Repair: true, Lacking: true}, {Repair: true}} {
		if audit, err := old.Audit(t.Context(), o, func(Finding) {}); err != nil || audit.Repaired() != len(audit.Findings) {
			t.Errorf("%v %v", audit.Findings, err)
		}
	}
	m.stores[1] = back
	m.places[1].Store = back
	m.allGone(t, "from before")
}

func TestDestroyIsRefusedWhereNothingCanBeTakenOut(t *testing.T) {
	t.Parallel()
	m := newManyDoomed(t)
	a, err := New(Options{Store: m.places[0].Store, Copies: []Copy{{Name: "tape", Store: struct{ blob.Store }{m.stores[1]}}}, SpoolDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Locks(t.Context(), &Destruction{Records: m.doomed(t)}); ibid.KindOf(err) != ibid.KindInput || !strings.Contains(err.Error(), "tape") {
		t.Error(err)
	}
}

// TestDestroyInDirectories: on disk, with what was moved away there.
func TestDestroyInDirectories(t *testing.T) {
	t.Parallel() // it waits for the disk
	w := newTwice(t)
	w.fill(t, 3)
	w.copyAll(t)
	const key = "warc/papers/202603/job-000000-00001.warc.gz"
	w.change(t, 1, key, func(b []byte) []byte { return append(bytes.Clone(b), 0) })
	if audit := w.repair(t); audit.Repaired() != 1 {
		t.Fatal(audit.Findings)
	}
	records, err := w.FindDoomed(t.Context(), func(_ string, l *cdx.Line) bool { return strings.HasSuffix(l.URL, "/0/1") })
	if err != nil || len(records) != 1 {
		t.Fatal(records, err)
	}
	d, err := w.DecideDestruction(t.Context(), Destruction{Target: "http://example.org/0/1", Reason: "why", Records: records})
	if err != nil {
		t.Fatal(err)
	}
	if err := carryOut(t, w.Archive, &d); err != nil {
		t.Fatal(err)
	}
	for _, dir := range w.dirs {
		files := os.DirFS(dir)
		err := fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			b, err := fs.ReadFile(files, name)
			if err != nil {
				return err
			}
			if z, zerr := gzip.NewReader(bytes.NewReader(b)); zerr == nil {
				b, _ = io.ReadAll(z) // what was moved away ends otherwise
			}
			if bytes.Contains(b, []byte("the words of page 1 of 0")) {
				t.Errorf("it is in %s of %s", name, dir)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if audit := w.repair(t); len(audit.Findings) > 0 {
		t.Error(audit.Findings)
	}
}

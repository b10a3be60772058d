package archive

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/fs"
)

// fixityObjects is how many objects the table of damage is tried with: `make fixity` has 10,000.
var fixityObjects = flag.Int("fixity", 420, "objects of the test of fixity")

// memoryLedger is a Ledger for tests.
type memoryLedger struct {
	mu  sync.Mutex
	all map[string]map[string]ibid.Check
}

func (m *memoryLedger) Checks(_ context.Context, object string) ([]ibid.Check, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Values(m.all[object])), nil
}

func (m *memoryLedger) PutChecks(_ context.Context, checks []ibid.Check) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range checks {
		if m.all[k.Object] == nil {
			m.all[k.Object] = map[string]ibid.Check{}
		}
		m.all[k.Object][k.Copy] = k
	}
	return nil
}

// damaged are the checks that found something wrong.
func (m *memoryLedger) damaged() (found []ibid.Check) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, places := range m.all {
		for _, k := range places {
			if k.Code != "" {
				found = append(found, k)
			}
		}
	}
	return found
}

// twice is an archive with two copies, each in a directory.
type twice struct {
	*house
	ledger *memoryLedger
	dirs   [2]string
	bodies map[string]string // by record id
}

// copyName is that of the second directory.
const copyName = "second"

func openTwice(t testing.TB, dirs [2]string, wrap func(blob.Store) blob.Store) *twice {
	t.Helper()
	w := &twice{ledger: &memoryLedger{all: map[string]map[string]ibid.Check{}}, dirs: dirs, bodies: map[string]string{}}
	stores := [2]blob.Store{}
	for i, dir := range dirs {
		s, err := fs.New(dir)
		if err != nil {
			t.Fatal(err)
		}
		stores[i] = wrap(s)
	}
	w.house = newHouse(t, func(o *Options) {
		o.Store, o.Copies, o.Ledger = stores[0], []Copy{{Name: copyName, Store: stores[1]}}, w.ledger
	})
	return w
}

func unwrapped(s blob.Store) blob.Store { return s }

func newTwice(t testing.TB) *twice {
	t.Helper()
	dir := t.TempDir()
	return openTwice(t, [2]string{filepath.Join(dir, "a"), filepath.Join(dir, "b")}, unwrapped)
}

// fill stores n objects: segments of a few small captures each.
func (w *twice) fill(t testing.TB, n int) {
	t.Helper()
	for i := range n / 3 {
		job := *testJob
		job.ID = fmt.Sprintf("job-%06d", i)
		wr := w.Begin(&job)
		for k := range 3 {
			body := strings.Repeat(fmt.Sprintf("the words of page %d of %d, ", k, i), 20)
			c := write(t, wr, exchange(fmt.Sprintf("http://example.org/%d/%d", i, k), 200, body, "Content-Type: text/html"))
			w.bodies[c.RecordID] = body
		}
		w.commit(t, wr)
	}
}

// copyAll copies everything.
func (w *twice) copyAll(t testing.TB) {
	t.Helper()
	fail := func(err error) { t.Error(err) }
	if err := w.CopyFresh(t.Context(), true, func(f Finding) { t.Error(f) }, fail); err != nil {
		t.Fatal(err)
	}
	if n := w.Backlog(); n != 0 {
		t.Fatalf("%d are not copied", n)
	}
}

func (w *twice) path(at int, key string) string {
	return filepath.Join(w.dirs[at], filepath.FromSlash(key))
}

// change puts other bytes in the place of an object, as a disk or a person would; nil removes it.
func (w *twice) change(t testing.TB, at int, key string, change func([]byte) []byte) {
	t.Helper()
	name := w.path(at, key)
	b, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if err == nil {
		if err := os.Remove(name); err != nil { // a name of its own, should it be linked
			t.Fatal(err)
		}
	}
	if b = change(b); b == nil {
		return
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o750), os.WriteFile(name, b, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// state is all that both directories hold.
func (w *twice) state(t testing.TB) map[string]ibid.Digest {
	t.Helper()
	all := map[string]ibid.Digest{}
	for at, p := range w.places {
		for _, prefix := range []string{warcPrefix, documentsPrefix} {
			err := p.Store.List(t.Context(), prefix, func(i blob.Info) error {
				b, err := os.ReadFile(w.path(at, i.Key))
				all[fmt.Sprint(at, " ", i.Key)] = ibid.DigestOf(b)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return all
}

func (w *twice) repair(t testing.TB) Audit {
	t.Helper()
	audit, err := w.Audit(t.Context(), AuditOptions{Repair: true, Record: true}, func(Finding) {})
	if err != nil {
		t.Fatal(err)
	}
	return audit
}

func flip(rng *rand.Rand) func([]byte) []byte {
	return func(b []byte) []byte {
		b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
		return b
	}
}

// damage is one of the table.
type damage struct {
	at        int
	key, code string
}

// strike damages what the table says, and returns what has to be found. The last one is in both.
func (w *twice) strike(t testing.TB, rng *rand.Rand) (all []damage, both string) {
	t.Helper()
	var keys []string
	for k := range w.state(t) {
		if at, key, _ := strings.Cut(k, " "); at == "0" {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	next := func(suffix string) string {
		i := slices.IndexFunc(keys, func(k string) bool { return strings.HasSuffix(k, suffix) })
		key := keys[i]
		keys = slices.Delete(keys, i, i+1)
		return key
	}
	do := func(at int, key string, change func([]byte) []byte, code string) {
		w.change(t, at, key, change)
		all = append(all, damage{at, key, code})
	}
	codeOf := func(key string) string {
		if strings.HasSuffix(key, sumsSuffix) {
			return CodeNoChecksum
		}
		return CodeChecksum
	}
	for i := range 98 {
		key := next("")
		do(i%2, key, flip(rng), codeOf(key))
	}
	do(0, next(cdxjSuffix), flip(rng), CodeChecksum)
	do(1, next(warcSuffix), func(b []byte) []byte { b[30] ^= 4; return b }, CodeChecksum) // in its first header
	for i := range 10 {
		key := next("")
		do(i%2, key, func(b []byte) []byte { return b[:rng.IntN(len(b))] }, codeOf(key))
		do(i%2, next(""), func([]byte) []byte { return nil }, CodeLost)
	}
	one, two := next(warcSuffix), next(warcSuffix)
	var first []byte
	do(0, one, func(b []byte) []byte { first = b; o, _ := os.ReadFile(w.path(0, two)); return o }, CodeChecksum)
	do(0, two, func([]byte) []byte { return first }, CodeChecksum)
	do(1, "warc/papers/202603/notes.txt", func([]byte) []byte { return []byte("mine") }, CodeForeign)
	both = next(warcSuffix)
	do(0, both, flip(rng), CodeChecksum)
	do(1, both, flip(rng), CodeChecksum)
	return all, both
}

// serve reads every capture, and returns how many could not be had. None may be wrong.
func (w *twice) serve(t testing.TB) (failed []ibid.Capture) {
	t.Helper()
	for _, c := range w.committed {
		b, err := w.read200(t, c)
		switch {
		case err != nil && ibid.KindOf(err).HTTPStatus() != 502:
			t.Errorf("%s: no clear error: %v", c.URI, err)
		case err != nil:
			failed = append(failed, c)
		case string(b) != w.bodies[c.RecordID]:
			t.Errorf("%s: wrong bytes were served", c.URI)
		}
	}
	return failed
}

func (w *twice) read200(t testing.TB, c ibid.Capture) ([]byte, error) {
	t.Helper()
	p, err := w.Payload(t.Context(), testJob.Collection, c)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(p)
	return b, errors.Join(err, p.Close())
}

// TestFixity is the table of damage: all is found and named, what can be is repaired, no good copy is harmed, and nothing
// wrong is served meanwhile.
func TestFixity(t *testing.T) {
	t.Parallel() // it waits for the disk
	rng := rand.New(rand.NewPCG(53, uint64(*fixityObjects)))
	w := newTwice(t)
	w.fill(t, *fixityObjects)
	w.copyAll(t)
	before := w.state(t)
	struck, both := w.strike(t, rng)
	unread := w.serve(t)
	marked := len(w.ledger.damaged())
	audit := w.repair(t)
	found := map[damage]bool{}
	repaired := 0
	for _, f := range audit.Findings {
		at := 0
		if f.Copy == copyName {
			at = 1
		}
		found[damage{at, f.Key, f.Code}] = true
		if f.Repaired {
			repaired++
		} else if f.Key != both {
			t.Errorf("not repaired: %s", f)
		}
	}
	for _, d := range struck {
		if !found[d] {
			t.Errorf("not found: %+v", d)
		}
	}
	if len(audit.Findings) != len(struck) || repaired != len(struck)-2 {
		t.Errorf("%d findings of %d, %d repaired", len(audit.Findings), len(struck), repaired)
	}
	after := w.state(t)
	for k, d := range before {
		if _, key, _ := strings.Cut(k, " "); key != both && after[k] != d {
			t.Errorf("%s is not as it was", k)
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d objects, and %d before", len(after), len(before))
	}
	again := w.repair(t)
	if len(again.Findings) != 2 || again.Repaired() != 0 || !maps.Equal(after, w.state(t)) {
		t.Errorf("the second time: %v", again.Findings)
	}
	for _, c := range w.serve(t) {
		if c.Location.Key != both {
			t.Errorf("%s cannot be read", c.URI)
		}
	}
	t.Logf("%d objects in 2 copies: %d damages found of %d, %d repaired; before, %d of %d reads answered 502 and %d objects were marked by reading; %d bytes read by the audit",
		len(before)/2, len(audit.Findings), len(struck), repaired, len(unread), len(w.committed), marked, audit.Bytes)
}

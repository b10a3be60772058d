package archive

import (
	"context"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// unsteady is a Store that is read wrong now and then, and that ends its caller after so many calls.
type unsteady struct {
	blob.Store
	mu           sync.Mutex
	rng          *rand.Rand
	wrong, short float64
	// left is how many calls are made before stop is called; 0: it never is.
	left int
	stop func()
	// away is what every call fails with.
	away error
}

func (u *unsteady) call() (wrong, short bool, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.left > 0 {
		if u.left--; u.left == 0 {
			u.stop()
		}
	}
	return u.rng.Float64() < u.wrong, u.rng.Float64() < u.short, u.away
}

func (u *unsteady) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	wrong, short, err := u.call()
	if err != nil {
		return nil, err
	}
	r, err := u.Store.Open(ctx, key, offset, length)
	if err != nil || !wrong && !short {
		return r, err
	}
	b, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil || len(b) == 0 {
		return nil, err
	}
	u.mu.Lock()
	at, bit := u.rng.IntN(len(b)), u.rng.IntN(8)
	u.mu.Unlock()
	if wrong {
		b[at] ^= 1 << bit
	} else {
		b = b[:at]
	}
	return io.NopCloser(strings.NewReader(string(b))), nil
}

func (u *unsteady) Put(ctx context.Context, o blob.Object) error {
	if _, _, err := u.call(); err != nil {
		return err
	}
	return u.Store.Put(ctx, o)
}

func (u *unsteady) Stat(ctx context.Context, key string) (blob.Info, error) {
	if _, _, err := u.call(); err != nil {
		return blob.Info{}, err
	}
	return u.Store.Stat(ctx, key)
}

func (u *unsteady) List(ctx context.Context, prefix string, yield func(blob.Info) error) error {
	if _, _, err := u.call(); err != nil {
		return err
	}
	return u.Store.List(ctx, prefix, yield)
}

func (u *unsteady) Quarantine(ctx context.Context, key string) (string, error) {
	if _, _, err := u.call(); err != nil {
		return "", err
	}
	return blob.Quarantine(ctx, u.Store, key)
}

func newUnsteady(t testing.TB, n int, wrong, short float64) (*twice, []*unsteady) {
	t.Helper()
	dir := t.TempDir()
	var all []*unsteady
	w := openTwice(t, [2]string{filepath.Join(dir, "a"), filepath.Join(dir, "b")}, func(s blob.Store) blob.Store {
		u := &unsteady{Store: s, rng: rand.New(rand.NewPCG(7, uint64(len(all)))), stop: func() {}}
		all = append(all, u)
		return u
	})
	w.fill(t, n)
	w.copyAll(t)
	for _, u := range all {
		u.wrong, u.short = wrong, short
	}
	return w, all
}

// TestReadsRepairOnTheFly: whatever both stores do to what is read, nothing wrong is served.
func TestReadsRepairOnTheFly(t *testing.T) {
	t.Parallel() // it waits for the disk
	w, stores := newUnsteady(t, 90, 0.05, 0.05)
	reads, failed := 0, 0
	for reads < max(*fixityObjects, 900) {
		failed += len(w.serve(t))
		reads += len(w.committed)
	}
	if failed > reads/100 {
		t.Errorf("%d of %d could not be read", failed, reads)
	}
	for _, u := range stores {
		u.wrong, u.short = 0, 0
	}
	if _, err := w.Mend(t.Context(), w.ledger.damaged(), func(f Finding) { t.Errorf("nothing is wrong: %s", f) }); err != nil {
		t.Error(err)
	}
	if bad := w.ledger.damaged(); len(bad) > 0 {
		t.Errorf("marked still: %v", bad)
	}
	t.Logf("%d reads, one in ten of each store damaged: %d answered 502, 0 with wrong bytes", reads, failed)
}

// TestAuditsAreEndedAtAnyMoment: an audit that repairs is stopped again and again, after so many calls of the stores.
func TestAuditsAreEndedAtAnyMoment(t *testing.T) {
	t.Parallel() // it waits for the disk
	w, stores := newUnsteady(t, 30, 0, 0)
	w.fill(t, 300)
	w.copyAll(t)
	before := w.state(t)
	_, both := w.strike(t, rand.New(rand.NewPCG(3, 3)))
	rng := rand.New(rand.NewPCG(1, 2))
	ended := 0
	for {
		ctx, cancel := context.WithCancel(t.Context())
		at := stores[ended%2]
		at.mu.Lock()
		at.left, at.stop = 1+rng.IntN(40*(ended+1)), cancel
		at.mu.Unlock()
		_, err := w.Audit(ctx, AuditOptions{Repair: true}, func(Finding) {})
		cancel()
		at.left = 0
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		ended++
	}
	after := w.state(t)
	for k := range before {
		if strings.HasSuffix(k, both) {
			delete(before, k)
			delete(after, k)
		}
	}
	if ended == 0 || !maps.Equal(before, after) {
		t.Errorf("ended %d times, and it is not as it was", ended)
	}
	t.Logf("ended %d times before it came to its end", ended)
}

// TestCopyIsAway: it delays nothing, is named, and gets what it lacks when it is back.
func TestCopyIsAway(t *testing.T) {
	t.Parallel() // it waits for the disk
	w, stores := newUnsteady(t, 30, 0, 0)
	gone := &ibid.Error{Kind: ibid.KindStorage, Op: "ask", Err: errors.New("connection refused")}
	stores[1].away = gone
	w.fill(t, 60)
	if failed := w.serve(t); len(failed) > 0 {
		t.Errorf("%d cannot be read", len(failed))
	}
	var told []error
	if err := w.CopyFresh(t.Context(), true, func(f Finding) { t.Error(f) }, func(err error) { told = append(told, err) }); err != nil {
		t.Fatal(err)
	}
	if len(told) == 0 || !errors.Is(told[0], gone) {
		t.Errorf("told: %v", told)
	}
	audit, err := w.Audit(t.Context(), AuditOptions{Repair: true}, func(f Finding) { t.Error(f) })
	if err != nil || len(audit.Away) != 1 {
		t.Errorf("away: %v, %v", audit.Away, err)
	}
	stores[1].away = nil
	audit, err = w.Audit(t.Context(), AuditOptions{Repair: true, Lacking: true}, func(f Finding) { t.Error(f) })
	if err != nil || audit.Copied != 60 || len(audit.Away) != 0 {
		t.Errorf("copied %d, away %v, %v", audit.Copied, audit.Away, err)
	}
	held := w.state(t)
	for k, d := range held {
		if at, key, _ := strings.Cut(k, " "); at == "0" && held["1 "+key] != d {
			t.Fatalf("%s is not copied", key)
		}
	}
}

// TestFirstStoreFails: what it does not give is read from the copy, and what it refuses is not archived.
func TestFirstStoreFails(t *testing.T) {
	t.Parallel() // it waits for the disk
	w, stores := newUnsteady(t, 30, 0, 0)
	stores[0].away = &ibid.Error{Kind: ibid.KindStorage, Op: "ask", Err: errors.New("input/output error")}
	if failed := w.serve(t); len(failed) > 0 {
		t.Errorf("%d captures cannot be read", len(failed))
	}
	wr := w.Begin(testJob)
	write(t, wr, exchange("http://example.org/new", 200, text(300)))
	if _, err := wr.Commit(t.Context()); err == nil {
		t.Error("it is archived, and nothing has it")
	}
	if _, err := w.Audit(t.Context(), AuditOptions{Repair: true}, func(f Finding) { t.Error(f) }); err == nil {
		t.Error("there is an audit without the first store")
	}
	if bad := w.ledger.damaged(); len(bad) > 0 {
		t.Errorf("what is away is taken for damaged: %v", bad)
	}
}

package fs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
)

// The order of writes, tried at every point at which it can be broken: whatever an Archive has reported
// on this Store before the power went, or a disk failed, can be read afterwards and is verified.

const (
	crashJobs     = 6
	crashCaptures = 8 // a Job
)

var crashTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

type reported struct {
	captures []ibid.Capture
	bodies   map[string]string // by record id
	index    map[ibid.Digest]ibid.Capture
}

func (r *reported) ByDigest(_ context.Context, _ string, d ibid.Digest) (ibid.Capture, error) {
	if c, ok := r.index[d]; ok {
		return c, nil
	}
	return ibid.Capture{}, &ibid.Error{Kind: ibid.KindNotFound, Op: "look up", Err: errors.New("not held")}
}

func (r *reported) AtAddress(ctx context.Context, collection, _ string, d ibid.Digest) (ibid.Capture, error) {
	return r.ByDigest(ctx, collection, d)
}

func newArchive(t *testing.T, s *Store, r *reported) *archive.Archive {
	t.Helper()
	a, err := archive.New(archive.Options{Store: s, SpoolDir: t.TempDir(), Index: r, Now: func() time.Time { return crashTime }})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// crashRun works all Jobs on s, each once more when it fails, and returns what was reported.
func crashRun(t *testing.T, s *Store) *reported {
	t.Helper()
	r := &reported{bodies: map[string]string{}, index: map[ibid.Digest]ibid.Capture{}}
	a := newArchive(t, s, r)
	for j := range crashJobs {
		for try := range 2 {
			if err := crashJob(t, a, r, j); err == nil {
				break
			} else if errors.Is(err, errPower) {
				return r
			} else if try == 1 {
				t.Errorf("job %d fails again: %v", j, err)
			}
		}
	}
	return r
}

func crashJob(t *testing.T, a *archive.Archive, r *reported, j int) error {
	t.Helper()
	w := a.Begin(&ibid.Job{ID: fmt.Sprintf("job-%d", j), Collection: "c", Due: crashTime})
	bodies := map[string]string{}
	for i := range crashCaptures {
		body := fmt.Sprintf("%s of job %d", strings.Repeat("text ", 40), j*(i%3)) // some are alike
		c, err := w.Write(t.Context(), crashExchange(fmt.Sprintf("http://example.org/%d/%d", j, i), body))
		if err != nil {
			return errors.Join(err, w.Abort())
		}
		bodies[c.RecordID] = body
	}
	done, err := w.Commit(t.Context())
	if err != nil {
		return errors.Join(err, w.Abort())
	}
	for _, c := range done.Captures {
		r.captures = append(r.captures, c)
		r.bodies[c.RecordID] = bodies[c.RecordID]
		if !c.Revisit {
			r.index[c.Digest] = c
		}
	}
	return nil
}

func crashExchange(uri, body string) *ibid.Exchange {
	head := "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
	block := func(s string) ibid.Block {
		return ibid.Block{ReaderAt: strings.NewReader(s), Size: int64(len(s)), Digest: ibid.DigestOf([]byte(s))}
	}
	return &ibid.Exchange{
		Seed: uri, URI: uri, Role: ibid.RoleSource, Began: crashTime, Status: 200, MediaType: "text/plain", HeadLen: int64(len(head)),
		Request: block("GET / HTTP/1.1\r\n\r\n"), Response: block(head + body), PayloadDigest: ibid.DigestOf([]byte(body)), PayloadLen: int64(len(body)),
	}
}

// check reads everything that was reported back from the directory.
func (r *reported) check(t *testing.T, root, when string) {
	t.Helper()
	s, err := New(root)
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	a := newArchive(t, s, r)
	for _, c := range r.captures {
		p, err := a.Payload(t.Context(), "c", c)
		var b []byte
		if err == nil {
			b, err = io.ReadAll(p)
			err = errors.Join(err, p.Close())
		}
		if err != nil || string(b) != r.bodies[c.RecordID] {
			t.Errorf("%s: %s was reported, but: %v", when, c.URI, err)
		}
	}
	for j := range crashJobs { // what was stored and not reported is adopted
		if _, err := a.Segments(t.Context(), "c", fmt.Sprintf("job-%d", j)); err != nil {
			t.Errorf("%s: adopt job %d: %v", when, j, err)
		}
	}
	if _, err := a.Verify(t.Context(), archive.VerifyOptions{}, func(f archive.Finding) { t.Errorf("%s: %s", when, f) }); err != nil {
		t.Errorf("%s: verify: %v", when, err)
	}
}

// operations counts those of an undisturbed run.
func operations(t *testing.T) int {
	t.Helper()
	l := newLossy(t, 0, nil)
	root := filepath.Join(t.TempDir(), "store")
	s, err := open(root, l.system())
	if err != nil {
		t.Fatal(err)
	}
	r := crashRun(t, s)
	if len(r.captures) != crashJobs*crashCaptures {
		t.Fatalf("%d captures", len(r.captures))
	}
	r.check(t, l.survivors(root, rand.New(rand.NewPCG(1, 1))), "undisturbed")
	return l.ops
}

func TestPowerLossAtEachPoint(t *testing.T) {
	n := operations(t)
	for k := 1; k <= n; k++ {
		l := newLossy(t, k, nil)
		root := filepath.Join(t.TempDir(), "store")
		s, err := open(root, l.system())
		if err != nil {
			continue // the power went before there was a Store
		}
		r := crashRun(t, s)
		for round := range 3 {
			rng := rand.New(rand.NewPCG(uint64(k), uint64(round)))
			r.check(t, l.survivors(root, rng), fmt.Sprintf("power lost at %d of %d", k, n))
		}
		if t.Failed() {
			return
		}
	}
}

func TestOneFaultAtEachPoint(t *testing.T) {
	n := operations(t)
	for _, fault := range []error{syscall.EIO, syscall.ENOSPC} {
		for k := 1; k <= n; k++ {
			l := newLossy(t, k, fault)
			root := filepath.Join(t.TempDir(), "store")
			s, err := open(root, l.system())
			if err != nil {
				continue
			}
			r := crashRun(t, s)
			rng := rand.New(rand.NewPCG(uint64(k), 9))
			r.check(t, l.survivors(root, rng), fmt.Sprintf("%v at %d of %d", fault, k, n))
			if t.Failed() {
				return
			}
		}
	}
}

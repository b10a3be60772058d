package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/blobtest/fakes3"
	"github.com/ibid-archive/ibid/archive/blob/blobtest/faulty"
	"github.com/ibid-archive/ibid/archive/blob/fs"
	"github.com/ibid-archive/ibid/archive/blob/retry"
	"github.com/ibid-archive/ibid/archive/blob/s3"
)

// faultyCopy is an archive in a directory whose copy is a bucket, behind what goes wrong.
type faultyCopy struct {
	*twice
	proxy *faulty.Proxy
}

func newFaultyCopy(t *testing.T) *faultyCopy {
	t.Helper()
	server, err := fakes3.Start("copy")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	proxy, err := faulty.Start(server.URL, 54)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Close() })
	bucket, err := s3.New(s3.Options{
		Endpoint: proxy.URL[len("http://"):], Insecure: true, Bucket: "copy", AccessKey: "key", SecretKey: "secret", Timeout: 500 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bucket.Close)
	first, err := fs.New(filepath.Join(t.TempDir(), "first"))
	if err != nil {
		t.Fatal(err)
	}
	w := &twice{ledger: &memoryLedger{all: map[string]map[string]ibid.Check{}}, bodies: map[string]string{}}
	copied := retry.New(bucket, retry.Options{First: 5 * time.Millisecond, Longest: 20 * time.Millisecond, Reading: time.Second})
	w.house = newHouse(t, func(o *Options) {
		o.Store, o.Copies, o.Ledger = first, []Copy{{Name: "s3://copy", Store: copied}}, w.ledger
	})
	return &faultyCopy{w, proxy}
}

// held is all that one place holds, by digest.
func (w *faultyCopy) held(t *testing.T, at int) map[string]ibid.Digest {
	t.Helper()
	all := map[string]ibid.Digest{}
	var audit Audit
	x := w.examiner(&audit, func(Finding) {})
	err := w.places[at].Store.List(t.Context(), warcPrefix, func(i blob.Info) error {
		all[i.Key] = x.look(t.Context(), at, i.Key).digest
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCopyFails: what goes wrong with a copy keeps nothing from being archived and read, and what it lacks is there, right
// and once, when it is over.
func TestCopyFails(t *testing.T) {
	t.Parallel() // it waits for the disk
	refuse := func(status int, code string) faulty.Faults {
		body := "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code></Error>"
		return faulty.Faults{Refuse: func(*http.Request) *faulty.Answer { return &faulty.Answer{Status: status, Body: body} }}
	}
	none := func(*testing.T, *faultyCopy) func() { return func() {} }
	for _, c := range []struct {
		name   string
		faults faulty.Faults
		begin  func(t *testing.T, w *faultyCopy) (end func())
	}{
		{"connections refused", faulty.Faults{}, func(t *testing.T, w *faultyCopy) func() {
			if err := w.proxy.Down(); err != nil {
				t.Fatal(err)
			}
			return func() {
				if err := w.proxy.Up(); err != nil {
					t.Fatal(err)
				}
			}
		}},
		{"hangs", faulty.Faults{}, func(_ *testing.T, w *faultyCopy) func() { return w.proxy.Hang() }},
		{"credentials expired", refuse(http.StatusForbidden, "ExpiredToken"), none},
		{"bucket gone", refuse(http.StatusNotFound, "NoSuchBucket"), none},
		{"a wrong clock", refuse(http.StatusForbidden, "RequestTimeTooSkewed"), none},
		{"503 at 30 %", faulty.Faults{Busy: 0.3}, nil},
		{"lost answers", faulty.Faults{LoseAnswer: 0.2}, nil},
		{"corrupt writes", faulty.Faults{FlipUpload: 0.2}, nil},
		{"cut uploads", faulty.Faults{CutUpload: 0.2}, nil},
		{"corrupt reads", faulty.Faults{FlipDownload: 0.1}, nil},
		{"short reads", faulty.Faults{ShortDownload: 0.1, CutDownload: 0.1}, nil},
		{"slow", faulty.Faults{Latency: 20 * time.Millisecond, Rate: 1 << 20}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // it waits more than it works
			w := newFaultyCopy(t)
			w.proxy.Set(c.faults)
			end := func() {}
			if c.begin != nil {
				end = c.begin(t, w)
			}
			w.fill(t, 15) // fails when anything is not archived
			if failed := w.serve(t); len(failed) > 0 {
				t.Errorf("%d captures cannot be read meanwhile", len(failed))
			}
			if c.begin == nil {
				err := w.CopyFresh(t.Context(), true, func(f Finding) { t.Log(f) }, func(err error) { t.Log(err) })
				if err != nil {
					t.Error(err)
				}
			} else if audit, err := w.Audit(t.Context(), AuditOptions{Repair: true, Lacking: true}, func(f Finding) { t.Error(f) }); err != nil || len(audit.Away) != 1 {
				t.Errorf("away: %v, %v", audit.Away, err)
			}
			end()
			w.proxy.Set(faulty.Faults{})
			for range 2 { // what was damaged on its way is repaired
				if _, err := w.Audit(t.Context(), AuditOptions{Repair: true}, func(f Finding) {
					if !f.Repaired {
						t.Error(f)
					}
				}); err != nil {
					t.Fatal(err)
				}
			}
			if first := w.held(t, 0); len(first) != 15 || !maps.Equal(first, w.held(t, 1)) {
				t.Errorf("%d objects, and the copy differs", len(first))
			}
			if bad := w.ledger.damaged(); len(bad) > 0 {
				t.Errorf("marked: %v", bad)
			}
		})
	}
}

// TestCopyDiskFails is the same for a copy in a directory.
func TestCopyDiskFails(t *testing.T) {
	t.Parallel() // it waits for the disk
	for _, fault := range []error{syscall.ENOSPC, syscall.EIO, syscall.EROFS, syscall.EACCES, syscall.EMFILE} {
		t.Run(fmt.Sprint(fault), func(t *testing.T) {
			w, stores := newUnsteady(t, 9, 0, 0)
			stores[1].away = &ibid.Error{Kind: ibid.KindStorage, Op: "store", Err: fault}
			w.fill(t, 12)
			if failed := w.serve(t); len(failed) > 0 {
				t.Errorf("%d captures cannot be read", len(failed))
			}
			var told error
			if err := w.CopyFresh(t.Context(), true, func(f Finding) { t.Error(f) }, func(err error) { told = err }); err != nil || !errors.Is(told, fault) {
				t.Errorf("told %v, %v", told, err)
			}
			stores[1].away = nil
			if audit := w.repair(t); len(audit.Findings) > 0 || audit.Copied == 0 {
				t.Errorf("afterwards: copied %d, %v", audit.Copied, audit.Findings)
			}
		})
	}
}

// TestReadersDoNotWaitForWhatIsAway: the first store hangs, which is known, and the copy is asked before it.
func TestReadersDoNotWaitForWhatIsAway(t *testing.T) {
	t.Parallel()
	w, stores := newUnsteady(t, 9, 0, 0)
	asked := 0
	w.places[0].Store = awayStore{stores[0], func() { asked++ }}
	if failed := w.serve(t); len(failed) > 0 || asked > 0 {
		t.Errorf("%d cannot be read; what is away was asked %d times", len(failed), asked)
	}
}

type awayStore struct {
	blob.Store
	asked func()
}

func (a awayStore) Away() (time.Time, error) { return testNow, errors.New("it hangs") }

func (a awayStore) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	a.asked()
	return a.Store.Open(ctx, key, offset, length)
}

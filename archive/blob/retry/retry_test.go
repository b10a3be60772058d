package retry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/blobtest"
	"github.com/ibid-archive/ibid/archive/blob/mem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore(t *testing.T) {
	blobtest.Run(t, func(*testing.T) blob.Store { return New(mem.New(), Options{}) })
}

func unavailable(cause error) error {
	return &ibid.Error{Kind: ibid.KindStorage, Op: "test", URI: "k", Class: ibid.ClassStorageUnavailable, Err: cause}
}

var (
	errDown   = unavailable(errors.New("connection refused"))
	errDenied = unavailable(fmt.Errorf("%w: wrong key", blob.ErrRefused))
)

// broken is a Store that fails as it is told.
type broken struct {
	*mem.Store
	mu    sync.Mutex
	calls int
	// now is what every call fails with.
	now func(call int) error
	// lose: a Put succeeds and says that it failed.
	lose bool
	// cut: bodies end after so many bytes.
	cut int
}

func (b *broken) fails() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	if b.now == nil {
		return nil
	}
	return b.now(b.calls)
}

func (b *broken) Put(ctx context.Context, o blob.Object) error {
	err := b.fails()
	if err != nil && b.lose {
		return errors.Join(err, b.Store.Put(ctx, o))
	}
	if err != nil {
		return err
	}
	return b.Store.Put(ctx, o)
}

func (b *broken) Stat(ctx context.Context, key string) (blob.Info, error) {
	if err := b.fails(); err != nil {
		return blob.Info{}, err
	}
	return b.Store.Stat(ctx, key)
}

func (b *broken) List(ctx context.Context, prefix string, yield func(blob.Info) error) error {
	n := 0
	broken := b.fails()
	err := b.Store.List(ctx, prefix, func(i blob.Info) error {
		if n++; broken != nil && n > 2 {
			return broken
		}
		return yield(i)
	})
	if err == nil {
		err = broken
	}
	return err
}

func (b *broken) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := b.fails(); err != nil {
		return nil, err
	}
	r, err := b.Store.Open(ctx, key, offset, length)
	if err == nil && b.cut > 0 {
		r = &cutBody{r, b.cut}
	}
	return r, err
}

type cutBody struct {
	io.ReadCloser
	left int
}

func (c *cutBody) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, unavailable(io.ErrUnexpectedEOF)
	}
	n, err := c.ReadCloser.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

func until(end time.Time, err error) func(int) error {
	return func(int) error {
		if time.Now().Before(end) {
			return err
		}
		return nil
	}
}

// An outage of ten minutes, with a hundred Puts waiting: each is stored, the store is asked seldom, and what
// waits is stored within a minute of its return.
func TestAnOutageIsRiddenOut(t *testing.T) {
	for name, failure := range map[string]error{"away": errDown, "refusing": errDenied} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log strings.Builder
				began := time.Now()
				b := &broken{Store: mem.New(), now: until(began.Add(10*time.Minute), failure)}
				s := New(b, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
				var wg sync.WaitGroup
				for i := range 100 {
					wg.Go(func() {
						if err := s.Put(t.Context(), blobtest.Object(fmt.Sprintf("k%d", i), []byte(fmt.Sprint(i)))); err != nil {
							t.Error(err)
						}
						if time.Since(began) < 10*time.Minute {
							t.Error("reported before it could be stored")
						}
					})
				}
				synctest.Wait()
				if since, why := s.Away(); !errors.Is(why, failure) || since.Sub(began) > time.Minute {
					t.Errorf("away since %v: %v", since, why)
				}
				wg.Wait()
				if _, why := s.Away(); why != nil {
					t.Errorf("away after its return: %v", why)
				}
				if took := time.Since(began); took > 11*time.Minute {
					t.Errorf("stored after %v", took)
				}
				// 100 that were under way when it began, one from time to time, 100 that succeed.
				if b.calls > 100+100+100 {
					t.Errorf("%d calls", b.calls)
				}
				if n := strings.Count(log.String(), "level=ERROR"); n != 1 || !strings.Contains(log.String(), `level=WARN msg="the store is back"`) {
					t.Errorf("%d errors in the log:\n%s", n, log.String())
				}
			})
		})
	}
}

func TestALostAnswerIsNoHarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broken{Store: mem.New(), lose: true, now: func(call int) error {
			if call < 3 {
				return errDown
			}
			return nil
		}}
		if err := New(b, Options{}).Put(t.Context(), blobtest.Object("k", []byte("x"))); err != nil || b.calls != 3 {
			t.Errorf("%v after %d calls", err, b.calls)
		}
	})
}

// What the store has decided is not asked again.
func TestAnAnswerIsAnAnswer(t *testing.T) {
	for name, answer := range map[string]error{
		"no such key": blob.NotFound("read", "k"), "other bytes": blob.Mismatch("k", blob.ErrExists), "not the bytes": blob.Mismatch("k", blob.ErrMismatch),
		"no key": &ibid.Error{Kind: ibid.KindInput, Op: "use as a key", URI: "/", Err: errors.New("bad")}, "outside": blob.Range("k", 9, 3),
	} {
		t.Run(name, func(t *testing.T) {
			b := &broken{Store: mem.New(), now: func(int) error { return answer }}
			s := New(b, Options{})
			_, stat := s.Stat(t.Context(), "k")
			_, open := s.Open(t.Context(), "k", 0, -1)
			for _, err := range []error{stat, open, s.Put(t.Context(), blobtest.Object("k", nil))} {
				if !errors.Is(err, answer) {
					t.Errorf("%v, want %v", err, answer)
				}
			}
			if b.calls != 3 {
				t.Errorf("%d calls", b.calls)
			}
		})
	}
}

func TestReadingIsGivenUpAfterAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broken{Store: mem.New(), now: func(int) error { return errDown }}
		s := New(b, Options{})
		began := time.Now()
		_, stat := s.Stat(t.Context(), "k")
		_, open := s.Open(t.Context(), "k", 0, -1)
		list := s.List(t.Context(), "", nil)
		for _, err := range []error{stat, open, list} {
			if !errors.Is(err, errDown) || ibid.KindOf(err) != ibid.KindStorage {
				t.Errorf("%v, want %v", err, errDown)
			}
		}
		if took := time.Since(began); took > 91*time.Second || took < 80*time.Second || b.calls > 60 {
			t.Errorf("three reads took %v and %d calls", took, b.calls)
		}
	})
}

// Who works for nobody who waits, reads when the store is back, and also when it refused meanwhile.
func TestThePatientReadWhenItIsBack(t *testing.T) {
	for name, failure := range map[string]error{"away": errDown, "refusing": errDenied} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				b := &broken{Store: mem.New(), now: until(began.Add(time.Hour), failure)}
				if err := b.Store.Put(t.Context(), blobtest.Object("k", []byte("x"))); err != nil {
					t.Fatal(err)
				}
				s, ctx := New(b, Options{}), blob.Patient(t.Context())
				_, stat := s.Stat(ctx, "k")
				body, open := s.Open(ctx, "k", 0, -1)
				list := s.List(ctx, "", func(blob.Info) error { return nil })
				if err := errors.Join(stat, open, list, body.Close()); err != nil {
					t.Error(err)
				}
				if took := time.Since(began); took < time.Hour || took > 61*time.Minute {
					t.Errorf("it took %v", took)
				}
				b.now = func(int) error { return failure }
				ctx, cancel := context.WithTimeout(ctx, 50*time.Second) // between two tries
				defer cancel()
				if _, err := s.Stat(ctx, "k"); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v", err)
				}
			})
		})
	}
}

// A store that refuses is no matter of waiting for those who read.
func TestARefusedReadFailsAtOnce(t *testing.T) {
	b := &broken{Store: mem.New(), now: func(int) error { return errDenied }}
	s := New(b, Options{})
	for range 3 {
		if _, err := s.Stat(t.Context(), "k"); !errors.Is(err, blob.ErrRefused) {
			t.Error(err)
		}
	}
	if b.calls != 3 {
		t.Errorf("%d calls", b.calls)
	}
}

// One key that fails says nothing about the others.
func TestOneFailureKeepsNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broken{Store: mem.New(), now: func(call int) error {
			if call == 1 {
				return errDown
			}
			return nil
		}}
		s := New(b, Options{First: time.Hour, Longest: time.Hour})
		began := time.Now()
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := s.Put(t.Context(), blobtest.Object("a", nil)); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		if err := s.Put(t.Context(), blobtest.Object("b", nil)); err != nil || time.Since(began) != 0 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		wg.Wait()
	})
}

func TestAPutThatWaitsEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broken{Store: mem.New(), now: func(int) error { return errDown }}
		s := New(b, Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				err := s.Put(ctx, blobtest.Object("k", nil))
				if !errors.Is(err, context.DeadlineExceeded) || ibid.KindOf(err) != ibid.KindStorage {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		b.now = nil // the one that was to ask has ended: another must be let in
		if err := s.Put(t.Context(), blobtest.Object("k", nil)); err != nil {
			t.Error(err)
		}
	})
}

func TestABodyGoesOnWhereItBrokeOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broken{Store: mem.New(), cut: 7}
		s := New(b, Options{})
		body := strings.Repeat("0123456789", 10)
		if err := s.Put(t.Context(), blobtest.Object("k", []byte(body))); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ offset, length int64 }{{0, -1}, {3, 50}, {95, 100}, {0, 7}, {0, 14}, {100, -1}, {4, 0}} {
			end := int64(len(body))
			if c.length >= 0 {
				end = min(end, c.offset+c.length)
			}
			if got := string(blobtest.Read(t, s, "k", c.offset, c.length)); got != body[c.offset:end] {
				t.Errorf("%d+%d: %q", c.offset, c.length, got)
			}
		}
		b.cut = 0
		b.now = func(int) error { return nil }
		r, err := s.Open(t.Context(), "k", 0, -1)
		if err != nil {
			t.Fatal(err)
		}
		b.now = func(int) error { return errDown }
		if got, err := io.ReadAll(r); err != nil || len(got) != 100 {
			t.Errorf("a body that was open: %d bytes, %v", len(got), err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestABodyThatBringsNothingIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broken{Store: mem.New()}
		s := New(b, Options{})
		if err := s.Put(t.Context(), blobtest.Object("k", []byte("some"))); err != nil {
			t.Fatal(err)
		}
		b.cut = 4
		r, err := s.Open(t.Context(), "k", 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r) // the last byte is there, and the end is never told
		if string(got) != "some" || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q, %v", got, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestAListingIsBegunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broken{Store: mem.New()}
		s := New(b, Options{})
		for i := range 5 {
			if err := s.Put(t.Context(), blobtest.Object(fmt.Sprintf("k%d", i), nil)); err != nil {
				t.Fatal(err)
			}
		}
		calls := b.calls
		b.now = func(call int) error {
			if call < calls+3 {
				return errDown
			}
			return nil
		}
		var got []string
		err := s.List(t.Context(), "", func(i blob.Info) error {
			got = append(got, i.Key)
			return nil
		})
		if err != nil || strings.Join(got, " ") != "k0 k1 k2 k3 k4" {
			t.Errorf("%q, %v", got, err)
		}
	})
}

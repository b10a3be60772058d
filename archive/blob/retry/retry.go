// Package retry is a Store around a Store: it rides out what passes.
//
// A Put that the store does not answer is made again until it succeeds or its context ends; it may have succeeded
// before, which is no harm, since the same bytes under the same key are success. Reading is given up after a while,
// for somebody waits for it, unless its context is a [blob.Patient] one; a body that breaks off goes on where it broke off. What the bytes themselves decide
// (there is no such key, other bytes lie there) is passed on at once.
//
// When nothing succeeds any more, the store is away: all wait, one asks from time to time, and the first success lets
// all go on. The same holds when the store refuses (credentials, bucket, clock): that is said once, asked again
// seldom, and work goes on by itself when it was put right.
package retry

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// Options are how long is waited. The zero value is good for a store on the network.
type Options struct {
	// First is the wait before the second try, doubled with each more: by default 250 ms.
	First time.Duration
	// Longest bounds the wait, and is that of a store that refuses: by default 30 s.
	Longest time.Duration
	// Reading is how long a read is tried before it is given up: by default 30 s.
	Reading time.Duration
	// Log is told when the store is away and when it is back.
	Log *slog.Logger
}

// Store is a blob.Store around another.
type Store struct {
	store blob.Store
	o     Options
	gate  *gate
}

// New returns a Store around store.
func New(store blob.Store, o Options) *Store {
	if o.First <= 0 {
		o.First = 250 * time.Millisecond
	}
	if o.Longest <= 0 {
		o.Longest = 30 * time.Second
	}
	if o.Reading <= 0 {
		o.Reading = 30 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Store{store: store, o: o, gate: newGate(o)}
}

// Away says since when the store is away, and why; a nil error: it is not known to be.
func (s *Store) Away() (since time.Time, because error) {
	s.gate.mu.Lock()
	defer s.gate.mu.Unlock()
	if !s.gate.closed {
		return time.Time{}, nil
	}
	return s.gate.since, s.gate.because
}

// outcome says what an error means for the next try.
type outcome int

const (
	// settled: the store has answered; asking again gives the same.
	settled outcome = iota
	// passing: it may go away by itself.
	passing
	// refused: it goes away when a person has put something right.
	refused
)

func outcomeOf(err error) outcome {
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, blob.ErrExists), errors.Is(err, blob.ErrMismatch),
		errors.Is(err, blob.ErrNotFound), errors.Is(err, blob.ErrRange), ibid.KindOf(err) != ibid.KindStorage:
		return settled
	case errors.Is(err, blob.ErrRefused):
		return refused
	}
	return passing
}

// Put implements blob.Store. It ends when the object is stored, when it never can be, or with ctx.
func (s *Store) Put(ctx context.Context, o blob.Object) error {
	return s.do(ctx, call{op: "store", key: o.Key, patient: true, f: func() error { return s.store.Put(ctx, o) }})
}

// Quarantine implements that of [blob.Quarantine]. It is tried once.
func (s *Store) Quarantine(ctx context.Context, key string) (string, error) {
	return blob.Quarantine(ctx, s.store, key)
}

// Stat implements blob.Store.
func (s *Store) Stat(ctx context.Context, key string) (blob.Info, error) {
	var info blob.Info
	err := s.reading(ctx, "look up", key, func(waiting context.Context) (err error) {
		info, err = s.store.Stat(waiting, key)
		return err
	})
	return info, err
}

// List implements blob.Store. A listing that breaks off is begun again, and what was yielded is left out.
func (s *Store) List(ctx context.Context, prefix string, yield func(blob.Info) error) error {
	var stop error
	last := ""
	for {
		before := last
		err := s.reading(ctx, "list", prefix, func(context.Context) error {
			err := s.store.List(ctx, prefix, func(i blob.Info) error {
				if i.Key <= last {
					return nil
				}
				last = i.Key
				stop = yield(i)
				return stop
			})
			if stop != nil {
				return nil // the store has done its part
			}
			return err
		})
		if stop != nil || err == nil {
			return stop
		}
		if last == before || outcomeOf(err) != passing || ctx.Err() != nil {
			return err
		}
	}
}

// Open implements blob.Store.
func (s *Store) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	r := &reader{ctx: ctx, s: s, key: key, offset: offset, length: length}
	if err := r.open(); err != nil {
		return nil, err
	}
	return r, nil
}

// call is one call of the store, to be made until it is settled.
type call struct {
	op, key string
	// patient: for whoever waits until a person has put right what the store refuses.
	patient bool
	f       func() error
}

func (s *Store) do(ctx context.Context, c call) error {
	for n := 0; ; n++ {
		asks, err := s.gate.enter(ctx, n)
		if err != nil {
			return &ibid.Error{Kind: ibid.KindStorage, Op: c.op, URI: c.key, Class: ibid.ClassStorageUnavailable, Err: err}
		}
		err = c.f()
		what := outcomeOf(err)
		if err != nil && ctx.Err() != nil || what == refused && !c.patient {
			s.gate.abandon(asks)
			return err
		}
		s.gate.leave(asks, what, err)
		if what == settled {
			return err
		}
	}
}

// reading makes a call that is given up after a while, with what the store last said, unless ctx is that of a Patient.
func (s *Store) reading(ctx context.Context, op, key string, f func(context.Context) error) error {
	if blob.IsPatient(ctx) {
		return s.do(ctx, call{op: op, key: key, patient: true, f: func() error { return f(ctx) }})
	}
	waiting, cancel := context.WithTimeoutCause(ctx, s.o.Reading, errAway)
	defer cancel()
	var last error
	err := s.do(waiting, call{op: op, key: key, f: func() error {
		last = f(waiting)
		return last
	}})
	if err != nil && last != nil && ctx.Err() == nil {
		return last
	}
	return err
}

// errAway is why a read is given up.
var errAway = errors.New("the store is away")

// Package spool is a Store around a Store that may be away: what is put waits on the local disk until it is there.
//
// A Put writes the object to a directory of the spool, durably, then puts it into the Store around which it stands,
// and returns nil only when it is there: nothing is taken for stored that is not. What the directory is for is the
// process that dies while it waits, or is told to end: what lies there then is put into the Store by the next one,
// and found there as what it is, the whole object of a try that nobody reported. Until then it is as if it were not
// stored; but whoever asks for its key has it stored first, so that no two answers contradict each other.
//
// The spool is bounded: when that much waits, a Put waits before it takes more, and so does whoever asks for Room. Who is
// to know that it is full, and later that it is empty again, is told so once each.
package spool

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// defaultMax is how many bytes wait at the most, in bytes, when Options does not say.
const defaultMax = 8 << 30

// Options say where, and how much. Dir is needed.
type Options struct {
	// Dir is a directory of this Store alone, on a local disk: best on that of the files that are put, which are linked
	// then and not copied. One process uses it at a time.
	Dir string
	// Max is how many bytes may wait before a Put waits; one object may pass it.
	Max int64
	// Full, when set, is told once that the spool has taken nothing more since that moment, when that has lasted for
	// Patience: by default 30 s. Then it is full until all that it held has left it, over restarts as well, and Drained
	// is told that. Neither may wait.
	Full     func(since time.Time)
	Drained  func(since, now time.Time)
	Patience time.Duration
	Log      *slog.Logger
}

// Store is a blob.Store with a spool before it.
type Store struct {
	store blob.Store
	o     Options

	mu sync.Mutex
	// used is what waits, in bytes.
	used int64
	// left are the objects that wait and that no Put is taking care of, by their key: more than one only if two
	// tries put different bytes under it.
	left map[string][]*entry
	// room is closed and made anew when something has left the spool.
	room chan struct{}
	fullness
}

// entry is an object in the spool.
type entry struct {
	key, path string
	size      int64
	digest    ibid.Digest
	// at is when it was made: what was put first is stored first.
	at time.Time
	// settling holds one value while somebody puts it into the Store.
	settling chan struct{}
	settled  bool
	place    place
}

func newEntry(key, path string, size int64, digest ibid.Digest, at time.Time) *entry {
	return &entry{key: key, path: path, size: size, digest: digest, at: at, settling: make(chan struct{}, 1)}
}

// New returns a Store before store. It reads what an earlier process left in the directory; nothing of it is put
// before it is asked for, or Drain is called. The error is of KindStorage.
func New(store blob.Store, o Options) (*Store, error) {
	if o.Max <= 0 {
		o.Max = defaultMax
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Patience <= 0 {
		o.Patience = 30 * time.Second
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, diskError("open the spool", o.Dir, err)
	}
	o.Dir = dir
	s := &Store{store: store, o: o, left: map[string][]*entry{}, room: make(chan struct{})}
	if err := makeDir(dir); err != nil {
		return nil, diskError("open the spool", dir, err)
	}
	if err := s.load(); err != nil {
		return nil, diskError("open the spool", dir, err)
	}
	s.remember()
	return s, nil
}

// load finds what was left.
func (s *Store) load() error {
	files, err := os.ReadDir(s.o.Dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(s.o.Dir, f.Name())
		if strings.HasPrefix(f.Name(), temporary) {
			if err := os.Remove(path); err != nil {
				return err
			}
			continue
		}
		key, digest, ok := parseName(f.Name())
		info, err := f.Info()
		if err != nil {
			return err
		}
		if !ok || !info.Mode().IsRegular() {
			continue
		}
		s.left[key] = append(s.left[key], newEntry(key, path, info.Size(), digest, info.ModTime()))
		s.take(info.Size())
	}
	return nil
}

// Used is how many bytes wait to be stored.
func (s *Store) Used() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// Room waits until less than Max waits to be stored, or ctx ends. Whoever makes more to be stored asks first.
func (s *Store) Room(ctx context.Context) error { return s.admit(ctx, func() {}) }

// Drain puts everything that was left into the Store, and returns how many objects that were.
func (s *Store) Drain(ctx context.Context) (int, error) { return s.settleAll(ctx, "") }

// Put implements blob.Store.
func (s *Store) Put(ctx context.Context, o blob.Object) error {
	if err := blob.CheckKey(o.Key); err != nil {
		return err
	}
	if err := s.settle(ctx, o.Key); err != nil {
		return err
	}
	name, ok := nameOf(o.Key, o.Digest)
	if !ok { // too long for a file: it is stored, and is not found again if the process dies before
		return s.store.Put(ctx, o)
	}
	e := newEntry(o.Key, filepath.Join(s.o.Dir, name), o.Size, o.Digest, time.Now())
	if err := s.admit(ctx, func() { e.place = s.take(o.Size) }); err != nil {
		return err
	}
	if err := s.write(ctx, e.path, o); err != nil {
		s.release(e)
		return err
	}
	err := s.store.Put(ctx, o)
	if isFinal(err) {
		return errors.Join(err, s.remove(e))
	}
	s.mu.Lock()
	s.left[e.key] = append(s.left[e.key], e)
	s.mu.Unlock()
	return err
}

// isFinal says whether the Store has taken the object or never will.
func isFinal(err error) bool {
	return err == nil || errors.Is(err, blob.ErrExists) || errors.Is(err, blob.ErrMismatch) || ibid.KindOf(err) != ibid.KindStorage
}

// Away implements that of [blob.Away].
func (s *Store) Away() (since time.Time, because error) { return blob.Away(s.store) }

// Quarantine implements that of [blob.Quarantine].
func (s *Store) Quarantine(ctx context.Context, key string) (string, error) {
	if err := s.settle(ctx, key); err != nil {
		return "", err
	}
	return blob.Quarantine(ctx, s.store, key)
}

// Stat implements blob.Store.
func (s *Store) Stat(ctx context.Context, key string) (blob.Info, error) {
	if err := s.settle(ctx, key); err != nil {
		return blob.Info{}, err
	}
	return s.store.Stat(ctx, key)
}

// Open implements blob.Store.
func (s *Store) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := s.settle(ctx, key); err != nil {
		return nil, err
	}
	return s.store.Open(ctx, key, offset, length)
}

// List implements blob.Store.
func (s *Store) List(ctx context.Context, prefix string, yield func(blob.Info) error) error {
	if _, err := s.settleAll(ctx, prefix); err != nil {
		return err
	}
	return s.store.List(ctx, prefix, yield)
}

var _ blob.Store = (*Store)(nil)

// Package mem is a Store in memory: for tests, and for trying things out. It is as durable as the process.
package mem

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// Store is a blob.Store in memory. The zero value is not usable: call New.
type Store struct {
	mu          sync.RWMutex
	objects     map[string][]byte
	quarantined map[string]moved
	moves       int
}

// moved is an object that was moved away.
type moved struct {
	key  string
	body []byte
}

// New returns an empty Store.
func New() *Store { return &Store{objects: map[string][]byte{}, quarantined: map[string]moved{}} }

// Put implements blob.Store.
func (s *Store) Put(ctx context.Context, o blob.Object) error {
	if err := blob.CheckKey(o.Key); err != nil {
		return err
	}
	r := blob.WithContext(ctx, io.NopCloser(io.NewSectionReader(o.Body, 0, o.Size)))
	b, err := io.ReadAll(r)
	if err != nil {
		return &ibid.Error{Kind: ibid.KindStorage, Op: "store", URI: o.Key, Err: err}
	}
	if int64(len(b)) != o.Size || ibid.DigestOf(b) != o.Digest {
		return blob.Mismatch(o.Key, blob.ErrMismatch)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.objects[o.Key]; ok && !bytes.Equal(old, b) {
		return blob.Mismatch(o.Key, blob.ErrExists)
	}
	s.objects[o.Key] = b
	return nil
}

// Open implements blob.Store.
func (s *Store) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	b, err := s.get(ctx, "read", key)
	if err != nil {
		return nil, err
	}
	if offset < 0 || offset > int64(len(b)) {
		return nil, blob.Range(key, offset, int64(len(b)))
	}
	b = b[offset:]
	if length >= 0 && length < int64(len(b)) {
		b = b[:length]
	}
	return blob.WithContext(ctx, io.NopCloser(bytes.NewReader(b))), nil
}

// Stat implements blob.Store.
func (s *Store) Stat(ctx context.Context, key string) (blob.Info, error) {
	b, err := s.get(ctx, "look up", key)
	if err != nil {
		return blob.Info{}, err
	}
	return blob.Info{Key: key, Size: int64(len(b))}, nil
}

func (s *Store) get(ctx context.Context, op, key string) ([]byte, error) {
	if err := blob.CheckKey(key); err != nil {
		return nil, err
	}
	if err := context.Cause(ctx); err != nil {
		return nil, &ibid.Error{Kind: ibid.KindStorage, Op: op, URI: key, Err: err}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	b, ok := s.objects[key]
	if !ok {
		return nil, blob.NotFound(op, key)
	}
	return b, nil
}

// Quarantine implements that of [blob.Quarantine].
func (s *Store) Quarantine(ctx context.Context, key string) (string, error) {
	b, err := s.get(ctx, "move away", key)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moves++
	name := fmt.Sprintf(".quarantine/%d/%s", s.moves, key)
	s.quarantined[name] = moved{key, b}
	delete(s.objects, key)
	return name, nil
}

// List implements blob.Store.
func (s *Store) List(ctx context.Context, prefix string, yield func(blob.Info) error) error {
	if err := blob.CheckPrefix(prefix); err != nil {
		return err
	}
	s.mu.RLock()
	objects := maps.Clone(s.objects)
	s.mu.RUnlock()
	for _, key := range slices.Sorted(maps.Keys(objects)) {
		if !strings.HasPrefix(key, prefix) {
			continue
		}
		if err := context.Cause(ctx); err != nil {
			return &ibid.Error{Kind: ibid.KindStorage, Op: "list", URI: prefix, Err: err}
		}
		if err := yield(blob.Info{Key: key, Size: int64(len(objects[key]))}); err != nil {
			return err
		}
	}
	return nil
}

// Remove implements blob.Remover.
func (s *Store) Remove(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.objects, key)
	return nil
}

// Quarantined are the bytes that were moved away.
func (s *Store) Quarantined() (all [][]byte) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, q := range s.quarantined {
		all = append(all, q.body)
	}
	return all
}

// Purge implements that of [blob.Purge].
func (s *Store) Purge(_ context.Context, prefix string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.quarantined, func(_ string, q moved) bool { return strings.HasPrefix(q.key, prefix) })
	return nil
}

// Locked implements blob.Remover: nothing is.
func (s *Store) Locked(context.Context, string) (string, error) { return "", nil }

var _ blob.Remover = (*Store)(nil)

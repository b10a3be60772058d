package spool

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/ibid-archive/ibid/archive/blob"
)

// settle puts what was left under a key into the Store.
func (s *Store) settle(ctx context.Context, key string) error {
	s.mu.Lock()
	e := s.left[key]
	s.mu.Unlock()
	if e == nil {
		return nil
	}
	e.settling.Lock()
	defer e.settling.Unlock()
	if e.settled {
		return nil
	}
	err := s.putLeft(ctx, e)
	if err != nil && !isFinal(err) {
		return err
	}
	if err != nil {
		err = s.refuse(e, err)
	} else {
		s.o.Log.Info("stored what an earlier try had left in the spool", "key", e.key, "bytes", e.size)
		err = s.remove(e)
	}
	if err != nil {
		return err
	}
	e.settled = true
	s.mu.Lock()
	delete(s.left, key)
	s.mu.Unlock()
	return nil
}

// settleAll settles everything below a prefix.
func (s *Store) settleAll(ctx context.Context, prefix string) (int, error) {
	s.mu.Lock()
	var left []*entry
	for key, e := range s.left {
		if strings.HasPrefix(key, prefix) {
			left = append(left, e)
		}
	}
	s.mu.Unlock()
	slices.SortFunc(left, func(a, b *entry) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.key, b.key)) })
	for i, e := range left {
		if err := s.settle(ctx, e.key); err != nil {
			return i, err
		}
	}
	return len(left), nil
}

func (s *Store) putLeft(ctx context.Context, e *entry) error {
	f, err := os.Open(e.path)
	if errors.Is(err, os.ErrNotExist) { // another Put of the same bytes has stored it
		return nil
	}
	if err != nil {
		return diskError("read the spool", e.path, err)
	}
	return errors.Join(s.store.Put(ctx, blob.Object{Key: e.key, Body: f, Size: e.size, Digest: e.digest}), f.Close())
}

// refuse puts aside what the Store will never take: other bytes lie there, or these were damaged. It was never
// reported, so nothing is lost; a person may want to see it.
func (s *Store) refuse(e *entry, because error) error {
	aside := e.path + refusedSuffix
	s.o.Log.Error("what an earlier try had left in the spool cannot be stored; it was never reported, and is put aside",
		"key", e.key, "file", aside, "error", because)
	if err := os.Rename(e.path, aside); err != nil {
		return diskError("put aside", e.path, err)
	}
	s.release(e.size)
	return nil
}

// remove takes an object out of the spool. If its name comes back after a loss of power, it is stored once more,
// which changes nothing.
func (s *Store) remove(e *entry) error {
	err := os.Remove(e.path)
	s.release(e.size)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return diskError("empty the spool", e.path, err)
	}
	return nil
}

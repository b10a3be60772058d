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
	left := slices.Clone(s.left[key])
	s.mu.Unlock()
	_, err := s.settleEach(ctx, left)
	return err
}

// settleAll settles everything below a prefix.
func (s *Store) settleAll(ctx context.Context, prefix string) (int, error) {
	s.mu.Lock()
	var left []*entry
	for key, entries := range s.left {
		if strings.HasPrefix(key, prefix) {
			left = append(left, entries...)
		}
	}
	s.mu.Unlock()
	return s.settleEach(ctx, left)
}

// settleEach settles what was put first before what was put later, and returns how many it did.
func (s *Store) settleEach(ctx context.Context, left []*entry) (int, error) {
	slices.SortFunc(left, func(a, b *entry) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.path, b.path)) })
	for i, e := range left {
		if err := s.settleOne(ctx, e); err != nil {
			return i, err
		}
	}
	return len(left), nil
}

func (s *Store) settleOne(ctx context.Context, e *entry) error {
	select {
	case e.settling <- struct{}{}:
		defer func() { <-e.settling }()
	case <-ctx.Done():
		return diskError("empty the spool", e.path, context.Cause(ctx))
	}
	if e.settled {
		return nil
	}
	err := s.putLeft(ctx, e)
	switch {
	case !isFinal(err):
		return err
	case err != nil:
		err = s.refuse(e, err)
	default:
		s.o.Log.Info("stored what an earlier try had left in the spool", "key", e.key, "bytes", e.size)
		err = s.remove(e)
	}
	if err != nil {
		return err
	}
	e.settled = true
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left[e.key] = slices.DeleteFunc(s.left[e.key], func(other *entry) bool { return other == e })
	if len(s.left[e.key]) == 0 {
		delete(s.left, e.key)
	}
	return nil
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
	s.release(e)
	return nil
}

// remove takes an object out of the spool. If its name comes back after a loss of power, it is stored once more,
// which changes nothing.
func (s *Store) remove(e *entry) error {
	err := os.Remove(e.path)
	s.release(e)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return diskError("empty the spool", e.path, err)
	}
	return nil
}

package spool

import (
	"context"

	"github.com/ibid-archive/ibid/archive/blob"
)

// Remove implements blob.Remover. What waits under the key is stored first, so that nothing puts it back later.
func (s *Store) Remove(ctx context.Context, key string) error {
	r, err := blob.Removing(s.store)
	if err != nil {
		return err
	}
	if err := s.settle(ctx, key); err != nil {
		return err
	}
	return r.Remove(ctx, key)
}

// Purge implements that of [blob.Purge].
func (s *Store) Purge(ctx context.Context, prefix string) error {
	return blob.Purge(ctx, s.store, prefix)
}

// Locked implements blob.Remover.
func (s *Store) Locked(ctx context.Context, key string) (string, error) {
	r, err := blob.Removing(s.store)
	if err != nil {
		return "", err
	}
	return r.Locked(ctx, key)
}

// CanHold implements that of [blob.CanHold].
func (s *Store) CanHold(ctx context.Context) (bool, error) { return blob.CanHold(ctx, s.store) }

// Hold implements that of [blob.Hold]. What waits is in no store yet, and held when it is.
func (s *Store) Hold(ctx context.Context, key string, on bool) (blob.HoldChange, error) {
	return blob.Hold(ctx, s.store, key, on)
}

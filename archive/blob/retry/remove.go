package retry

import (
	"context"

	"github.com/ibid-archive/ibid/archive/blob"
)

// Remove implements blob.Remover. It is tried as long as a Put is.
func (s *Store) Remove(ctx context.Context, key string) error {
	r, err := blob.Removing(s.store)
	if err != nil {
		return err
	}
	return s.do(ctx, call{op: "remove", key: key, f: func() error { return r.Remove(ctx, key) }})
}

// Purge implements that of [blob.Purge].
func (s *Store) Purge(ctx context.Context, prefix string) error {
	return s.do(ctx, call{op: "clear what was moved away of", key: prefix, f: func() error { return blob.Purge(ctx, s.store, prefix) }})
}

// Locked implements blob.Remover.
func (s *Store) Locked(ctx context.Context, key string) (why string, err error) {
	r, err := blob.Removing(s.store)
	if err != nil {
		return "", err
	}
	err = s.reading(ctx, "ask about the lock of", key, func(ctx context.Context) (err error) {
		why, err = r.Locked(ctx, key)
		return err
	})
	return why, err
}

// CanHold implements that of [blob.CanHold].
func (s *Store) CanHold(ctx context.Context) (can bool, err error) {
	err = s.reading(ctx, "ask about holds in", "", func(ctx context.Context) (err error) {
		can, err = blob.CanHold(ctx, s.store)
		return err
	})
	return can, err
}

// Hold implements that of [blob.Hold]. It is tried as long as a read is.
func (s *Store) Hold(ctx context.Context, key string, on bool) (change blob.HoldChange, err error) {
	err = s.reading(ctx, "hold", key, func(ctx context.Context) (err error) {
		change, err = blob.Hold(ctx, s.store, key, on)
		return err
	})
	return change, err
}

package fs

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/ibid-archive/ibid/archive/blob"
)

// Remove implements blob.Remover. What the disk itself keeps of a file without a name, and what backups have, is not ours to
// clear.
func (s *Store) Remove(_ context.Context, key string) error {
	if err := blob.CheckKey(key); err != nil {
		return err
	}
	target := s.path(key)
	err := s.sys.remove(target)
	if errors.Is(err, os.ErrNotExist) {
		return nil // that it is gone was flushed, or it never was
	}
	if err == nil {
		err = s.sys.syncDir(filepath.Dir(target))
	}
	if err != nil {
		return storageError("remove", key, err)
	}
	return nil
}

// Locked implements blob.Remover: nothing is.
func (s *Store) Locked(context.Context, string) (string, error) { return "", nil }

var _ blob.Remover = (*Store)(nil)

package fs

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

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
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.distrustedKeys, key) // what comes under it next is another file
	return nil
}

// Purge implements that of [blob.Purge].
func (s *Store) Purge(ctx context.Context, prefix string) error {
	if err := blob.CheckPrefix(prefix); err != nil {
		return err
	}
	folders, err := os.ReadDir(filepath.Join(s.root, quarantineDir))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return storageError("clear what was moved away of", prefix, err)
	}
	for _, f := range folders {
		folder := filepath.Join(s.root, quarantineDir, f.Name())
		err := filepath.WalkDir(folder, func(name string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || context.Cause(ctx) != nil {
				return errors.Join(err, context.Cause(ctx))
			}
			of, err := filepath.Rel(folder, name)
			if err != nil || !strings.HasPrefix(filepath.ToSlash(of), prefix) {
				return err
			}
			return errors.Join(s.sys.remove(name), s.sys.syncDir(filepath.Dir(name)))
		})
		if err != nil {
			return storageError("clear what was moved away of", prefix, err)
		}
	}
	return nil
}

// Locked implements blob.Remover: nothing is.
func (s *Store) Locked(context.Context, string) (string, error) { return "", nil }

var _ blob.Remover = (*Store)(nil)

package fs

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// List implements blob.Store. It reads only the directories in which the prefix can occur.
func (s *Store) List(ctx context.Context, prefix string, yield func(blob.Info) error) error {
	if err := blob.CheckPrefix(prefix); err != nil {
		return err
	}
	dir := prefix[:strings.LastIndexByte(prefix, '/')+1]
	return s.listDir(ctx, dir, prefix, yield)
}

// listDir yields what lies below dir, which is empty or ends with a slash.
func (s *Store) listDir(ctx context.Context, dir, prefix string, yield func(blob.Info) error) error {
	if err := context.Cause(ctx); err != nil {
		return &ibid.Error{Kind: ibid.KindStorage, Op: "list", URI: prefix, Err: err}
	}
	names, err := s.names(dir, prefix)
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "/") {
			if err := s.listDir(ctx, dir+name, prefix, yield); err != nil {
				return err
			}
			continue
		}
		info, err := s.Stat(ctx, dir+name)
		if errors.Is(err, blob.ErrNotFound) { // gone since, or no regular file
			continue
		}
		if err != nil {
			return err
		}
		if err := yield(info); err != nil {
			return err
		}
	}
	return nil
}

// names are the entries of dir that can begin with prefix; directories end with a slash. They are sorted
// as keys are: "a-b" comes before "a/".
func (s *Store) names(dir, prefix string) ([]string, error) {
	entries, err := os.ReadDir(s.path(dir))
	if err != nil {
		if errors.Is(lookupError("list", dir, err), blob.ErrNotFound) {
			return nil, nil
		}
		return nil, storageError("list", dir, err)
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		name := e.Name()
		if blob.CheckKey(name) != nil {
			continue
		}
		if e.IsDir() {
			name += "/"
		}
		if full := dir + name; strings.HasPrefix(full, prefix) || e.IsDir() && strings.HasPrefix(prefix, full) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

package fs

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// quarantineDir holds what was moved out of the way, each in a folder of its own. No key begins with a dot.
const quarantineDir = ".quarantine"

// Quarantine implements that of [blob.Quarantine]. At no moment is the file without a name.
func (s *Store) Quarantine(ctx context.Context, key string) (string, error) {
	const op = "move away"
	if err := blob.CheckKey(key); err != nil {
		return "", err
	}
	if err := context.Cause(ctx); err != nil {
		return "", &ibid.Error{Kind: ibid.KindStorage, Op: op, URI: key, Err: err}
	}
	if _, err := s.Stat(ctx, key); err != nil {
		return "", err
	}
	from := s.path(key)
	to := filepath.Join(s.root, quarantineDir, time.Now().UTC().Format("20060102T150405Z")+"-"+rand.Text()[:8], filepath.FromSlash(key))
	if err := s.makeDir(filepath.Dir(to)); err != nil {
		return "", storageError(op, key, err)
	}
	err := s.sys.link(from, to)
	if cannotLink(err) {
		err = os.Rename(from, to)
	}
	if err == nil {
		err = s.sys.syncDir(filepath.Dir(to))
	}
	if err == nil {
		err = s.dropName(key)
	}
	if err != nil {
		return "", storageError(op, key, err)
	}
	return to, nil
}

// dropName takes the name of key away, which its file has elsewhere too.
func (s *Store) dropName(key string) error {
	name := s.path(key)
	if err := s.sys.remove(name); err != nil && !os.IsNotExist(err) {
		return err
	}
	if err := s.sys.syncDir(filepath.Dir(name)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.distrustedKeys, key) // what comes under it next is another file
	return nil
}

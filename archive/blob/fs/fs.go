// Package fs is a Store in a directory: the key is the path below it.
//
// An object is written to a temporary file, flushed (fsync), given its name by a hard link that fails
// when the name is taken, and the directory is flushed. When Put returns nil, a loss of power cannot
// take the object away. A flush that failed once is never tried again on the same file: the kernel may
// have dropped the bytes and would say yes the second time.
package fs

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// tempDir holds files that have no name yet. No key begins with a dot, so no key can lie in it.
const tempDir = ".tmp"

// Store is a blob.Store in a directory.
type Store struct {
	root string
	sys  system

	mu sync.Mutex
	// durable are the directories whose names are known to be on disk.
	durable map[string]bool
	// distrusted are files and keys whose flush failed.
	distrusted     []os.FileInfo
	distrustedKeys map[string]bool
}

// New opens the Store in the directory root, which is made when it is missing. The error is of
// KindStorage: root cannot be made or written to.
func New(root string) (*Store, error) { return open(root, realSystem()) }

// Existing opens the Store in the directory root, which must be there, without a look whether it can be written to: nothing
// is made in it before something is put. The error is of KindStorage: there is no such directory.
func Existing(root string) (*Store, error) {
	s, err := at(root, realSystem())
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(s.root)
	if err == nil && !info.IsDir() {
		err = syscall.ENOTDIR
	}
	if err != nil {
		return nil, storageError("open the store", root, err)
	}
	return s, nil
}

// at is the Store in the directory root, of which nothing was looked at.
func at(root string, sys system) (*Store, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, storageError("open the store", root, err)
	}
	return &Store{root: abs, sys: sys, durable: map[string]bool{}, distrustedKeys: map[string]bool{}}, nil
}

func open(root string, sys system) (*Store, error) {
	s, err := at(root, sys)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(s.root), 0o755); err != nil { //nolint:gosec // readers such as pywb run as other users
		return nil, storageError("open the store", root, err)
	}
	probe, name, err := s.temp()
	if err != nil {
		return nil, storageError("open the store", root, err)
	}
	if err := errors.Join(probe.Close(), s.sys.remove(name)); err != nil {
		return nil, storageError("open the store", root, err)
	}
	return s, nil
}

// Sweep removes what dead processes left half written, and returns how many files that were. Call it
// only while no other process works in the same directory.
func (s *Store) Sweep() (int, error) {
	dir := filepath.Join(s.root, tempDir)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, storageError("sweep the store", dir, err)
	}
	for i, e := range entries {
		if err := s.sys.remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, os.ErrNotExist) {
			return i, storageError("sweep the store", dir, err)
		}
	}
	return len(entries), nil
}

func (s *Store) path(key string) string { return filepath.Join(s.root, filepath.FromSlash(key)) }

// Open implements blob.Store.
func (s *Store) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := blob.CheckKey(key); err != nil {
		return nil, err
	}
	f, info, err := s.openFile(ctx, "read", key)
	if err != nil {
		return nil, err
	}
	if offset < 0 || offset > info.Size() {
		return nil, errors.Join(blob.Range(key, offset, info.Size()), f.Close())
	}
	if length < 0 || length > info.Size()-offset {
		length = info.Size() - offset
	}
	r := &section{SectionReader: io.NewSectionReader(f, offset, length), key: key, closer: f}
	return blob.WithContext(ctx, r), nil
}

func (s *Store) openFile(ctx context.Context, op, key string) (*os.File, os.FileInfo, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, nil, &ibid.Error{Kind: ibid.KindStorage, Op: op, URI: key, Err: err}
	}
	f, err := os.Open(s.path(key))
	if err != nil {
		return nil, nil, lookupError(op, key, err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		return nil, nil, errors.Join(blob.NotFound(op, key), f.Close())
	}
	if err != nil {
		return nil, nil, errors.Join(storageError(op, key, err), f.Close())
	}
	return f, info, nil
}

// section reads a part of a file and says which object could not be read.
type section struct {
	*io.SectionReader
	key    string
	closer io.Closer
}

func (s *section) Read(p []byte) (int, error) {
	n, err := s.SectionReader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = storageError("read", s.key, err)
	}
	return n, err //nolint:wrapcheck // io.EOF must stay bare
}

func (s *section) Close() error { return s.closer.Close() }

// Stat implements blob.Store.
func (s *Store) Stat(ctx context.Context, key string) (blob.Info, error) {
	if err := blob.CheckKey(key); err != nil {
		return blob.Info{}, err
	}
	if err := context.Cause(ctx); err != nil {
		return blob.Info{}, &ibid.Error{Kind: ibid.KindStorage, Op: "look up", URI: key, Err: err}
	}
	info, err := os.Stat(s.path(key))
	if err == nil && !info.Mode().IsRegular() {
		return blob.Info{}, blob.NotFound("look up", key)
	}
	if err != nil {
		return blob.Info{}, lookupError("look up", key, err)
	}
	return blob.Info{Key: key, Size: info.Size()}, nil
}

// makeDir makes dir and its parents below root, and sees to it that their names are on disk. A directory
// that is there already may come from a process that died before it flushed the name.
func (s *Store) makeDir(dir string) error {
	if s.isDurable(dir) {
		return nil
	}
	parent := filepath.Dir(dir)
	if dir != s.root {
		if err := s.makeDir(parent); err != nil {
			return err
		}
	}
	if err := s.sys.mkdir(dir); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	if err := s.sys.syncDir(parent); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.durable[dir] = true
	return nil
}

func (s *Store) isDurable(dir string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.durable[dir]
}

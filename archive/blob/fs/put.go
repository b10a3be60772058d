package fs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// Put implements blob.Store. A Body that is an *os.File on the same file system is flushed and linked;
// anything else is copied.
func (s *Store) Put(ctx context.Context, o blob.Object) error {
	if err := blob.CheckKey(o.Key); err != nil {
		return err
	}
	target := s.path(o.Key)
	if err := s.makeDir(filepath.Dir(target)); err != nil {
		return storageError("store", o.Key, err)
	}
	if _, err := os.Lstat(target); err == nil {
		return s.confirm(ctx, o)
	}
	linked, err := s.putLinked(ctx, o)
	if err != nil || linked {
		return err
	}
	return s.putCopy(ctx, o)
}

// putLinked gives the file that is o.Body a second name; false means that it must be copied.
func (s *Store) putLinked(ctx context.Context, o blob.Object) (bool, error) {
	f, ok := o.Body.(*os.File)
	if !ok {
		return false, nil
	}
	info, err := f.Stat()
	if err != nil || info.Size() != o.Size || s.isDistrusted(info) {
		return false, nil //nolint:nilerr // the copy finds out what is wrong with it
	}
	if named, err := os.Lstat(f.Name()); err != nil || !os.SameFile(info, named) {
		return false, nil //nolint:nilerr // the name is gone or another's: only the bytes can be had
	}
	if err := verify(ctx, o); err != nil {
		return false, err
	}
	if err := f.Chmod(objectMode); err != nil {
		return false, nil //nolint:nilerr // not ours to link
	}
	if err := s.sys.sync(f); err != nil {
		s.distrust(info)
		return false, storageError("store", o.Key, err)
	}
	if err := s.name(ctx, f.Name(), o); cannotLink(err) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	return true, nil
}

// cannotLink says whether err means that these two places cannot share a file.
func cannotLink(err error) bool {
	return errors.Is(err, syscall.EXDEV) || errors.Is(err, syscall.EPERM) ||
		errors.Is(err, syscall.EMLINK) || errors.Is(err, errors.ErrUnsupported)
}

// verify reads o's body once and compares it with what o says of it.
func verify(ctx context.Context, o blob.Object) error {
	return copyVerified(ctx, io.Discard, o)
}

func copyVerified(ctx context.Context, to io.Writer, o blob.Object) error {
	h := sha256.New()
	body := blob.WithContext(ctx, io.NopCloser(io.NewSectionReader(o.Body, 0, o.Size)))
	n, err := io.CopyBuffer(io.MultiWriter(h, to), struct{ io.Reader }{body}, make([]byte, max(1, min(o.Size, 64<<10))))
	if err != nil {
		return storageError("store", o.Key, err)
	}
	if n != o.Size || ibid.DigestSum(h) != o.Digest {
		return blob.Mismatch(o.Key, blob.ErrMismatch)
	}
	return nil
}

func (s *Store) putCopy(ctx context.Context, o blob.Object) (err error) {
	f, temp, err := s.temp()
	if err != nil {
		return storageError("store", o.Key, err)
	}
	defer func() {
		if rm := s.sys.remove(temp); err == nil && rm != nil && !errors.Is(rm, os.ErrNotExist) {
			err = storageError("store", o.Key, rm)
		}
	}()
	if err := copyVerified(ctx, f, o); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(storageError("store", o.Key, err), f.Close())
	}
	if err := f.Close(); err != nil {
		return storageError("store", o.Key, err)
	}
	err = s.name(ctx, temp, o)
	if cannotLink(err) {
		return s.rename(temp, o)
	}
	return err
}

// name gives the flushed file at from the name of o, and flushes the directory. The error is the bare
// one of the operating system when the two cannot be linked.
func (s *Store) name(ctx context.Context, from string, o blob.Object) error {
	target := s.path(o.Key)
	err := s.sys.link(from, target)
	switch {
	case errors.Is(err, os.ErrExist):
		return s.confirm(ctx, o)
	case cannotLink(err):
		return err
	case err != nil:
		return storageError("store", o.Key, err)
	}
	return s.flushName(o.Key)
}

// rename is for file systems without hard links. The lock keeps this process from putting one file over
// another; two processes on such a file system must not share a Store.
func (s *Store) rename(temp string, o blob.Object) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	target := s.path(o.Key)
	if _, err := os.Lstat(target); err == nil {
		return blob.Mismatch(o.Key, blob.ErrExists)
	}
	if err := os.Rename(temp, target); err != nil {
		return storageError("store", o.Key, err)
	}
	if err := s.sys.syncDir(filepath.Dir(target)); err != nil {
		return storageError("store", o.Key, err)
	}
	return nil
}

// flushName makes the name of key last. A name whose flush failed is taken back, and never vouched for
// again by this Store.
func (s *Store) flushName(key string) error {
	target := s.path(key)
	err := s.sys.syncDir(filepath.Dir(target))
	if err == nil {
		return nil
	}
	if rm := s.sys.remove(target); rm != nil {
		s.mu.Lock()
		s.distrustedKeys[key] = true
		s.mu.Unlock()
		err = errors.Join(err, rm)
	}
	return storageError("store", key, err)
}

// confirm answers a Put whose key is taken: success only for the same bytes, and only once they and
// their name are flushed, since the Put that made them may have died before.
func (s *Store) confirm(ctx context.Context, o blob.Object) error {
	s.mu.Lock()
	bad := s.distrustedKeys[o.Key]
	s.mu.Unlock()
	if bad {
		return storageError("store", o.Key, errors.New("a flush of this object failed: restart on a sound disk"))
	}
	f, info, err := s.openFile(ctx, "store", o.Key)
	if err != nil {
		return err
	}
	held := blob.Object{Key: o.Key, Body: f, Size: info.Size(), Digest: o.Digest}
	err = verify(ctx, held)
	switch {
	case errors.Is(err, blob.ErrMismatch), err == nil && info.Size() != o.Size:
		err = blob.Mismatch(o.Key, blob.ErrExists)
	case err == nil:
		if err = s.sys.sync(f); err != nil {
			err = storageError("store", o.Key, err)
			s.distrustKey(o.Key)
		} else {
			err = s.flushName(o.Key)
		}
	}
	return errors.Join(err, f.Close())
}

func (s *Store) distrustKey(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.distrustedKeys[key] = true
}

func (s *Store) distrust(info os.FileInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.distrusted = append(s.distrusted, info)
}

func (s *Store) isDistrusted(info os.FileInfo) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.distrusted, func(bad os.FileInfo) bool { return os.SameFile(bad, info) })
}

// temp makes a file that has no key yet.
func (s *Store) temp() (file, string, error) {
	dir := filepath.Join(s.root, tempDir)
	if err := s.makeDir(dir); err != nil {
		return nil, "", err
	}
	name := filepath.Join(dir, fmt.Sprintf("%d-%s", os.Getpid(), rand.Text()))
	f, err := s.sys.create(name)
	return f, name, err
}

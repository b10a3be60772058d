package spool

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// The name of a file is DIGEST=KEY, with "=" for each slash of the key: no key has one.
const (
	temporary     = "new="
	refusedSuffix = "=refused"
	fullMark      = "full=" // no object's: its time is since when the spool is full
	maxName       = 255 - len(refusedSuffix)
)

func nameOf(key string, digest ibid.Digest) (name string, ok bool) {
	name = digest.Hex() + "=" + strings.ReplaceAll(key, "/", "=")
	return name, digest.Valid() && len(name) <= maxName
}

func parseName(name string) (key string, digest ibid.Digest, ok bool) {
	hex, key, ok := strings.Cut(name, "=")
	digest, key = ibid.Digest("sha256:"+hex), strings.ReplaceAll(key, "=", "/")
	ok = ok && !strings.Contains(name, "/") // a file cannot be named so
	return key, digest, ok && digest.Valid() && !strings.HasSuffix(name, refusedSuffix) && blob.CheckKey(key) == nil
}

// write makes o a file of the spool, durably: linked where it is a file already, else copied.
func (s *Store) write(ctx context.Context, path string, o blob.Object) error {
	linked, err := link(path, o)
	if err == nil && !linked {
		err = s.copy(ctx, path, o)
	}
	if err == nil {
		err = syncDir(s.o.Dir)
	}
	if err != nil {
		return diskError("write to the spool", path, err)
	}
	return nil
}

// link gives the flushed file that is o's body a name in the spool; false means that it must be copied.
func link(path string, o blob.Object) (bool, error) {
	f, ok := o.Body.(*os.File)
	if !ok {
		return false, nil
	}
	info, err := f.Stat()
	named, named2 := os.Lstat(f.Name())
	if err != nil || named2 != nil || info.Size() != o.Size || !os.SameFile(info, named) {
		return false, nil //nolint:nilerr // the copy finds out what is wrong with it
	}
	if err := f.Sync(); err != nil {
		return false, err
	}
	err = os.Link(f.Name(), path)
	if errors.Is(err, os.ErrExist) {
		return true, nil // the digest is in the name: it is the same
	}
	if errors.Is(err, syscall.EXDEV) || errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EMLINK) || errors.Is(err, errors.ErrUnsupported) {
		return false, nil
	}
	return err == nil, err
}

func (s *Store) copy(ctx context.Context, path string, o blob.Object) (err error) {
	temp := filepath.Join(s.o.Dir, temporary+rand.Text())
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the name is ours
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp))
		}
	}()
	body := blob.WithContext(ctx, io.NopCloser(io.NewSectionReader(o.Body, 0, o.Size)))
	if _, err := io.CopyBuffer(struct{ io.Writer }{f}, body, make([]byte, 256<<10)); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// makeDir makes a directory whose name lasts.
func makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the name is ours
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) { // a file system that cannot flush a directory has nothing to flush
		err = nil
	}
	return errors.Join(err, d.Close())
}

// diskError is what the local disk has against the spool.
func diskError(op, name string, err error) error {
	var own *ibid.Error
	if errors.As(err, &own) {
		return err
	}
	class := ibid.ClassStorageUnavailable
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		class = ibid.ClassStorageFull
		err = fmt.Errorf("%w (free some space on the disk of the spool directory)", err)
	}
	return &ibid.Error{Kind: ibid.KindStorage, Op: op, URI: name, Class: class, Err: err}
}

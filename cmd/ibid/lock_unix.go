//go:build unix

package main

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// fileLock is a lock that ends with the process, however that ends.
type fileLock struct{ f *os.File }

var errHeld = errors.New("another ibid is writing to it; wait until it is done, or name another store with --store")

// lock takes the lock of a file, which is made when it is not there: alone, or together with others. Who cannot have
// it at once gets errHeld.
func lock(name string, alone bool) (*fileLock, error) {
	f, err := os.OpenFile(filepath.Clean(name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	l := &fileLock{f}
	if err := l.as(alone); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, nil
}

// as makes it a lock of one's own, or one together with others.
func (l *fileLock) as(alone bool) error {
	how := unix.LOCK_SH
	if alone {
		how = unix.LOCK_EX
	}
	err := unix.Flock(int(l.f.Fd()), how|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return errHeld
	}
	return err
}

// cannotWrite says whether dir is there, and this user may not make anything in it, or nobody may.
func cannotWrite(dir string) bool {
	err := unix.Faccessat(unix.AT_FDCWD, dir, unix.W_OK, unix.AT_EACCESS)
	return errors.Is(err, os.ErrPermission) || errors.Is(err, unix.EROFS)
}

func (l *fileLock) close() error { return l.f.Close() }

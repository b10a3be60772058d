package fs

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// file is a file being written.
type file interface {
	io.WriteCloser
	Sync() error
	Stat() (os.FileInfo, error)
}

// system is every call by which the Store changes the disk or makes a change last. Tests put one in its
// place that loses power.
type system struct {
	// create makes a new file that only its maker can write to; it fails when the name is taken.
	create func(name string) (file, error)
	link   func(from, to string) error
	remove func(name string) error
	mkdir  func(name string) error
	// sync flushes a file that somebody else wrote.
	sync    func(f *os.File) error
	syncDir func(name string) error
}

func realSystem() system {
	return system{
		create:  createFile,
		link:    os.Link,
		remove:  os.Remove,
		mkdir:   func(name string) error { return os.Mkdir(name, 0o755) }, //nolint:gosec // readers such as pywb run as other users
		sync:    (*os.File).Sync,
		syncDir: syncDir,
	}
}

// objectMode: whoever may enter the directory may read; nobody writes again.
const objectMode = 0o444

func createFile(name string) (file, error) {
	// A mode without write permission binds later openers, not the descriptor that is returned.
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, objectMode) //nolint:gosec // name is ours
	if err != nil {
		return nil, err
	}
	return f, nil
}

func syncDir(name string) error {
	d, err := os.Open(name) //nolint:gosec // name is ours
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) { // a file system that cannot flush a directory has nothing to flush
		err = nil
	}
	return errors.Join(err, d.Close())
}

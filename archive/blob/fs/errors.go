package fs

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// storageError gives err its Class, and the way out.
func storageError(op, name string, err error) error {
	class, way := ibid.ClassStorageUnavailable, ""
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		class, way = ibid.ClassStorageFull, "free some space, or set `store` to a larger disk"
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		way = "make the directory writable for this user, or set `store` to another one"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		way = "raise the limit of open files (ulimit -n), or lower crawl.concurrency"
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, os.ErrExist):
		way = "a file lies where a directory should be: move it away, or set `store` to another directory"
	case errors.Is(err, syscall.EIO):
		way = "the disk reports a fault: check it before anything else is stored there"
	}
	if way != "" {
		err = fmt.Errorf("%w (%s)", err, way)
	}
	return &ibid.Error{Kind: ibid.KindStorage, Op: op, URI: name, Class: class, Err: err}
}

// lookupError tells "not there" from "cannot be read".
func lookupError(op, key string, err error) error {
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return blob.NotFound(op, key)
	}
	return storageError(op, key, err)
}

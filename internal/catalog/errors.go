package catalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/ibid-archive/ibid"
	sqlite3 "modernc.org/sqlite/lib"
)

// storageError says that op failed on uri for a reason of the database. Errors that already speak for
// themselves, and those of a context, keep their own words.
func storageError(op, uri string, err error) error {
	var known *ibid.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: %w", op, err)
	}
	if sqliteCode(err) == sqlite3.SQLITE_READONLY {
		err = errFixed
	}
	class := ibid.ClassStorageUnavailable
	if sqliteCode(err) == sqlite3.SQLITE_FULL || pgCode(err) == pgDiskFull {
		class = ibid.ClassStorageFull
	}
	return &ibid.Error{Kind: ibid.KindStorage, Op: op, URI: uri, Class: class, Err: err}
}

func notFound(op, uri, collection, what string) error {
	return &ibid.Error{
		Kind: ibid.KindNotFound, Op: op, URI: uri,
		Err: fmt.Errorf("no %s of it is held in the collection %q", what, collection),
	}
}

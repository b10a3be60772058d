package catalog

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"

	sqlite3 "modernc.org/sqlite/lib"
)

// A catalogue on a disk that is mounted to be read, or in a directory of somebody else, can be read as a file that does not
// change: SQLite then takes no lock, makes nothing beside it, and does not look for its write-ahead log. Where that log holds
// something, or the tables are those of an older version, a copy is read that has all of it.

var errFixed = errors.New("the catalogue cannot be written to: its directory is read-only, or not this user's")

// logSuffix is that of the name of the write-ahead log.
const logSuffix = "-wal"

// isFixed says whether the file at path is there, and err is that it cannot be written to.
func isFixed(path string, err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		info, err := os.Stat(path)
		return err == nil && info.Mode().IsRegular()
	}
	return false
}

// openFixed opens the file at path to be read. why is the reason for which it was not opened to be written to.
func openFixed(ctx context.Context, path string, o Options, why error) (*Catalog, error) {
	c := newCatalog(o)
	c.fixed = true
	whole, err := c.openImmutable(ctx, path)
	if err == nil && whole {
		return c, nil
	}
	if err := errors.Join(err, c.Close()); err != nil {
		return nil, storageError(opOpen, path, sqliteOpenError(errors.Join(err, why)))
	}
	c = newCatalog(o)
	c.fixed = true
	return c.opened(path, sqliteOpenError(c.openCopy(ctx, path, o)))
}

// openImmutable opens the file itself, and says whether all is in it that should be.
func (c *Catalog) openImmutable(ctx context.Context, path string) (whole bool, err error) {
	if log, err := os.Stat(path + logSuffix); err == nil && log.Size() > 0 {
		return false, nil
	}
	c.engine = sqliteEngine()
	settings := readerSettings()
	settings.Set("immutable", "1")
	if c.write, err = sql.Open("sqlite", fileURI(path, settings)); err != nil {
		return false, err
	}
	_, current, known, err := c.versions(ctx)
	if err != nil || current != known {
		return false, err
	}
	return true, c.openReaders(ctx, path, settings)
}

// openCopy opens a copy of the file and its log, which goes when the catalogue is closed.
func (c *Catalog) openCopy(ctx context.Context, path string, o Options) (err error) {
	if c.temp, err = os.MkdirTemp("", "ibid-catalog-"); err != nil {
		return err
	}
	to := filepath.Join(c.temp, filepath.Base(path))
	for _, suffix := range []string{"", logSuffix} {
		if err := copyFile(ctx, path+suffix, to+suffix); err != nil && !(suffix != "" && errors.Is(err, os.ErrNotExist)) {
			return err
		}
	}
	if err := c.openFile(ctx, to, o); err != nil {
		return err
	}
	// What is written to the copy would be lost.
	_, err = c.write.ExecContext(ctx, "PRAGMA query_only = 1")
	return err
}

func copyFile(ctx context.Context, from, to string) (err error) {
	in, err := os.Open(filepath.Clean(from))
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // only read from
	out, err := os.OpenFile(filepath.Clean(to), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close(), ctx.Err())
}

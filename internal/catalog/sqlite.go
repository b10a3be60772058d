package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // also registers the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	sqliteScheme = "sqlite:"
	// busyWait is how long a statement of an open catalogue waits for another process: a backup tool that
	// locks the file for half a minute must not fail a run.
	busyWait = 45 * time.Second
	// readers bounds the connections that only read.
	readers = 4
)

func sqliteEngine() engine {
	return engine{
		dialect: goose.DialectSQLite3, migrations: "migrations/sqlite", transient: sqliteBusy,
		texts: sqliteTexts, search: sqliteSearch, match: sqliteMatch,
	}
}

// openSQLite opens one connection that writes, since SQLite has one writer, and some that read and never wait for
// a write.
func (c *Catalog) openSQLite(ctx context.Context, path string, o Options) error {
	return sqliteOpenError(c.openFile(ctx, path, o))
}

func (c *Catalog) openFile(ctx context.Context, path string, o Options) (err error) {
	c.engine = sqliteEngine()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	// The order matters: the file and its write-ahead log must exist before it can be opened read-only.
	if c.write, err = sql.Open("sqlite", fileURI(path, writerSettings(o.Wait))); err != nil {
		return err
	}
	c.write.SetMaxOpenConns(1)
	if err := c.migrate(ctx); err != nil {
		return err
	}
	if _, err := c.write.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", busyWait.Milliseconds())); err != nil {
		return err
	}
	return c.openReaders(ctx, path, readerSettings())
}

// openReaders opens the connections that only read.
func (c *Catalog) openReaders(ctx context.Context, path string, settings url.Values) (err error) {
	if c.read, err = sql.Open("sqlite", fileURI(path, settings)); err != nil {
		return err
	}
	c.read.SetMaxOpenConns(readers)
	c.read.SetMaxIdleConns(readers)
	return c.hot.prepare(ctx, c.read)
}

// writerSettings: WAL lets readers go on; FULL makes a commit durable (the default of a WAL is not);
// immediate transactions wait for the lock at their start, where waiting is safe. A page that many commits
// touch is copied from the log once in 4,000 pages (16 MiB), and the journal of an INSERT of many rows stays
// in memory: together they halve the writes of a commit.
func writerSettings(wait time.Duration) url.Values {
	return url.Values{
		"_pragma": {
			fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()),
			"journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(4000)", "cache_size(-16384)", "temp_store(MEMORY)",
		},
		"_txlock": {"immediate"},
	}
}

func readerSettings() url.Values {
	return url.Values{
		"mode":    {"ro"},
		"_pragma": {fmt.Sprintf("busy_timeout(%d)", busyWait.Milliseconds()), "query_only(1)"},
	}
}

// fileURI escapes path: a '?', '#' or '%' in it would else be read as the syntax of an address.
func fileURI(path string, settings url.Values) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + settings.Encode()
}

var errLocked = errors.New("another process is using it; wait until that has finished, or give another --catalog")

// sqliteOpenError makes of what SQLite or the file system says one sentence that names the way out.
func sqliteOpenError(err error) error {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("it is damaged or not a catalogue; move it away and run \"ibid reindex\": %w", err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR:
		return fmt.Errorf("it cannot be written; check that its folder is writable and not full: %w", err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return errLocked
	}
	return err
}

// sqliteBusy says whether another process has had the lock for longer than busyWait.
func sqliteBusy(err error) bool { return sqliteCode(err) == sqlite3.SQLITE_BUSY }

// sqliteCode is the primary result code, or 0 for an error that is not SQLite's.
func sqliteCode(err error) int {
	var s *sqlite.Error
	if !errors.As(err, &s) {
		return 0
	}
	return s.Code() & 0xff
}

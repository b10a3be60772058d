package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"modernc.org/sqlite" // also registers the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	scheme = "sqlite:"
	// openWait is the default of Options.Wait.
	openWait = 10 * time.Second
	// busyWait is how long a statement of an open catalogue waits for another process: a backup tool that
	// locks the file for half a minute must not fail a run.
	busyWait = 45 * time.Second
	// readers bounds the connections that only read.
	readers = 4
)

// Options are the settings of Open.
type Options struct {
	// Log gets what may interest an operator; nil is silence.
	Log *slog.Logger
	// Wait bounds how long Open waits for another process that holds the database; 0 is 10 s.
	Wait time.Duration
}

// Catalog is an open catalogue. It is safe for concurrent use. Writes queue for one connection, since
// SQLite has one writer; reads have connections of their own and never wait for a write.
type Catalog struct {
	write, read *sql.DB
	hot         statements
}

// Open opens the catalogue at dsn, "sqlite:/path/catalog.db", creates it and its directory when they are
// not there, and brings its tables up to date. An *ibid.Error of KindStorage says that it cannot be
// written, is not a catalogue, was made by a newer program or is held by another process; KindInput that
// dsn is not an address.
func Open(ctx context.Context, dsn string, o Options) (*Catalog, error) {
	path, ok := strings.CutPrefix(dsn, scheme)
	path = strings.TrimPrefix(path, "//")
	if !ok || path == "" {
		err := errors.New(`the address of a catalogue is "sqlite:" and the path of its file`)
		return nil, &ibid.Error{Kind: ibid.KindInput, Op: opOpen, URI: dsn, Err: err}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Wait == 0 {
		o.Wait = openWait
	}
	c, err := open(ctx, path, o)
	if err != nil {
		return nil, openError(path, err)
	}
	return c, nil
}

func open(ctx context.Context, path string, o Options) (_ *Catalog, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, err
	}
	c := &Catalog{}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	// The order matters: the file and its write-ahead log must exist before it can be opened read-only.
	if c.write, err = sql.Open("sqlite", fileURI(path, writerSettings(o.Wait))); err != nil {
		return nil, err
	}
	c.write.SetMaxOpenConns(1)
	if err := migrate(ctx, c.write, o.Log); err != nil {
		return nil, err
	}
	if _, err := c.write.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", busyWait.Milliseconds())); err != nil {
		return nil, err
	}
	if c.read, err = sql.Open("sqlite", fileURI(path, readerSettings())); err != nil {
		return nil, err
	}
	c.read.SetMaxOpenConns(readers)
	c.read.SetMaxIdleConns(readers)
	return c, c.hot.prepare(ctx, c.read)
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

// Close closes all connections. It waits for statements under way.
func (c *Catalog) Close() error {
	errs := []error{c.hot.close()}
	for _, db := range []*sql.DB{c.read, c.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// DB is the writing connection, for the queue, which lives in the same database so that the end of a Job
// and its Captures are one transaction. A transaction on it keeps all other writers waiting.
func (c *Catalog) DB() *sql.DB { return c.write }

const opOpen = "open the catalogue"

var (
	errLocked = errors.New("another process is using it; wait until that has finished, or give another --catalog")
	errNewer  = errors.New("it was made by a newer version of this program; use that version, or give another --catalog")
)

// openError makes of what SQLite or the file system says one sentence that names the way out.
func openError(path string, err error) error {
	var s *sqlite.Error
	if errors.As(err, &s) {
		switch s.Code() & 0xff {
		case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
			err = fmt.Errorf("it is damaged or not a catalogue; move it away and run \"ibid reindex\": %w", err)
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR:
			err = fmt.Errorf("it cannot be written; check that its folder is writable and not full: %w", err)
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			err = errLocked
		}
	}
	return storageError(opOpen, path, err)
}

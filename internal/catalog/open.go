package catalog

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

const (
	// openWait is the default of Options.Wait.
	openWait = 10 * time.Second
	// outage is the default of Options.Outage: a database server is restarted, or another takes its place, within.
	outage = 5 * time.Minute
)

// Options are the settings of Open.
type Options struct {
	// Log gets what may interest an operator; nil is silence.
	Log *slog.Logger
	// Wait bounds how long Open waits for a database that is locked or does not answer; 0 is 10 s.
	Wait time.Duration
	// Outage bounds how long an open catalogue waits for a database that is away, or locked, before that is an
	// error; 0 is 5 min.
	Outage time.Duration
	// Now is the clock on the wall; nil is time.Now.
	Now func() time.Time
	// Reads: a file that is there is opened as it stands where it, or its directory, cannot be written to.
	Reads bool
}

// Catalog is an open catalogue. It is safe for concurrent use.
type Catalog struct {
	write, read *sql.DB
	engine      engine
	hot         statements
	spare       spare
	outage      time.Duration
	now         func() time.Time
	log         *slog.Logger
	// fixed: it is a file that is read as it stands, and temp, if not empty, the directory that has a copy of it.
	fixed bool
	temp  string
}

// Open opens the catalogue at dsn and brings its tables up to date. "sqlite:/path/catalog.db" is a file, which is
// made with its directory when it is not there; "postgres://user@host/database" a database of PostgreSQL, which
// must be there. An *ibid.Error of KindStorage says that it cannot be reached or written, is not a catalogue,
// was made by a newer program or is held by another process; KindInput that dsn is not an address.
func Open(ctx context.Context, dsn string, o Options) (*Catalog, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Wait == 0 {
		o.Wait = openWait
	}
	if o.Outage == 0 {
		o.Outage = outage
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	c := newCatalog(o)
	if path, ok := strings.CutPrefix(dsn, sqliteScheme); ok && strings.TrimPrefix(path, "//") != "" {
		path = strings.TrimPrefix(path, "//")
		err := c.openSQLite(ctx, path, o)
		if o.Reads && isFixed(path, err) {
			return openFixed(ctx, path, o, errors.Join(err, c.Close()))
		}
		return c.opened(path, err)
	}
	if IsPostgres(dsn) {
		return c.opened(withoutPassword(dsn), c.openPostgres(ctx, dsn, o))
	}
	err := errors.New(`the address of a catalogue is "sqlite:" and the path of its file, or "postgres://" and a database`)
	return nil, &ibid.Error{Kind: ibid.KindInput, Op: opOpen, URI: dsn, Err: err}
}

func newCatalog(o Options) *Catalog { return &Catalog{outage: o.Outage, now: o.Now, log: o.Log} }

// opened is the catalogue, or nil and why it could not be opened.
func (c *Catalog) opened(name string, err error) (*Catalog, error) {
	if err != nil {
		return nil, storageError(opOpen, name, errors.Join(err, c.Close()))
	}
	return c, nil
}

// Close closes all connections. It waits for statements under way.
func (c *Catalog) Close() error {
	errs := []error{c.hot.close()}
	c.spare.close()
	for _, db := range []*sql.DB{c.read, c.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if c.temp != "" {
		errs = append(errs, os.RemoveAll(c.temp))
	}
	return errors.Join(errs...)
}

// Fixed says whether the catalogue cannot be written to, and was opened to be read as it stands ([Options].Reads).
func (c *Catalog) Fixed() bool { return c.fixed }

// DB is where the queue lives as well, so that the end of a Job and its Captures are one transaction. With SQLite
// it is the one connection that writes, and a transaction on it keeps all other writers waiting; with PostgreSQL
// it is a pool.
func (c *Catalog) DB() *sql.DB { return c.write }

// Shared says whether several processes may write to this catalogue at once: with PostgreSQL they may.
func (c *Catalog) Shared() bool { return c.engine.shared }

const opOpen = "open the catalogue"

var errNewer = errors.New("it was made by a newer version of this program; use that version, or give another --catalog")

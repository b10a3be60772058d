package catalog

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
)

const captureColumns = `uri, ts, status, media_type, digest, length, origin, role, seed, truncated, class, revisit, record_id,
	etag, last_modified, object, object_offset, object_length`

func scanCapture(row scanner) (ibid.Capture, error) {
	var c ibid.Capture
	var ts int64
	err := row.Scan(&c.URI, &ts, &c.Status, &c.MediaType, &c.Digest, &c.Length, &c.Origin, &c.Role, &c.Seed, &c.Truncated,
		&c.Class, &c.Revisit, &c.RecordID, &c.ETag, &c.LastModified, &c.Location.Key, &c.Location.Offset, &c.Location.Length)
	c.Timestamp = timeOf(ts)
	return c, err
}

// statements are the questions that are asked most, prepared once for each connection.
type statements struct {
	byDigest, atAddress, latestVisit, latestAt, exactNear, anyNear *sql.Stmt
	// texts are those of Entries, by their text, of which there are some dozens: each is prepared when it is first asked.
	texts sync.Map
}

// prepared is the statement with that text.
func (s *statements) prepared(ctx context.Context, db *sql.DB, text string) (*sql.Stmt, error) {
	if known, ok := s.texts.Load(text); ok {
		return known.(*sql.Stmt), nil
	}
	stmt, err := db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if known, ok := s.texts.LoadOrStore(text, stmt); ok {
		return known.(*sql.Stmt), stmt.Close()
	}
	return stmt, nil
}

func (s *statements) prepare(ctx context.Context, db *sql.DB) error {
	const (
		find   = `SELECT ` + captureColumns + ` FROM captures WHERE collection = $1 AND surt = $2 AND `
		before = `ts <= $3 ORDER BY ts DESC LIMIT 1`
		after  = `ts > $3 ORDER BY ts LIMIT 1`
		exact  = `uri = $4 AND `
		// The last before and the first after, in one question: each costs as much as what it finds.
		near, andNear, nearEnd = `SELECT * FROM (`, `) AS earlier UNION ALL SELECT * FROM (`, `) AS later`
	)
	for stmt, text := range map[**sql.Stmt]string{
		&s.byDigest: `SELECT ` + captureColumns + ` FROM captures WHERE digest_key = $1 AND revisit = 0 AND digest = $2
			AND collection = $3 ORDER BY ts LIMIT 1`,
		&s.latestAt: find + `uri = $3 ORDER BY ts DESC LIMIT 1`,
		&s.latestVisit: `SELECT body FROM visits WHERE collection = $1 AND seed IN ($2, $3) AND kind = ''
			ORDER BY began DESC LIMIT 1`,
		&s.atAddress: find + `digest = $3 AND uri = $4 AND revisit = 0 ORDER BY ts LIMIT 1`,
		&s.exactNear: near + find + exact + before + andNear + find + exact + after + nearEnd,
		&s.anyNear:   near + find + before + andNear + find + after + nearEnd,
	} {
		var err error
		if *stmt, err = db.PrepareContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

func (s *statements) close() error {
	var errs []error
	for _, stmt := range []*sql.Stmt{s.byDigest, s.atAddress, s.latestVisit, s.latestAt, s.exactNear, s.anyNear} {
		if stmt != nil {
			errs = append(errs, stmt.Close())
		}
	}
	s.texts.Range(func(_, stmt any) bool {
		errs = append(errs, stmt.(*sql.Stmt).Close())
		return true
	})
	return errors.Join(errs...)
}

// ByDigest returns the first Capture of a collection that holds the payload with that digest itself (that
// is, not a revisit): what a revisit may point to. None is KindNotFound.
func (c *Catalog) ByDigest(ctx context.Context, collection string, d ibid.Digest) (ibid.Capture, error) {
	const op = "find the payload"
	found, err := ask(ctx, c, scanCapture, c.hot.byDigest, digestKey(d), string(d), collection)
	if errors.Is(err, sql.ErrNoRows) {
		return found, notFound(op, string(d), collection, "capture")
	}
	return found, storageError(op, string(d), err)
}

// AtAddress is [Catalog.ByDigest] for the Captures of one address.
func (c *Catalog) AtAddress(ctx context.Context, collection, uri string, d ibid.Digest) (ibid.Capture, error) {
	const op = "find the payload"
	found, err := ask(ctx, c, scanCapture, c.hot.atAddress, collection, surtOf(uri), string(d), uri)
	if errors.Is(err, sql.ErrNoRows) {
		return found, notFound(op, uri, collection, "capture")
	}
	return found, storageError(op, uri, err)
}

// Confirmable returns what a server can be asked to confirm of an address: the Capture that holds the payload of the
// last one, with the validators of that. KindNotFound: there is none, or it had no validators, was not whole, or was
// no plain success.
func (c *Catalog) Confirmable(ctx context.Context, collection, uri string) (ibid.Capture, error) {
	const op = "find what can be confirmed of"
	last, err := ask(ctx, c, scanCapture, c.hot.latestAt, collection, surtOf(uri), uri)
	switch {
	case errors.Is(err, sql.ErrNoRows),
		err == nil && (last.Status != http.StatusOK || last.Truncated != "" || last.Class != "" || last.Origin != ibid.OriginLive || last.ETag+last.LastModified == ""):
		return last, notFound(op, uri, collection, "capture with validators")
	case err != nil || !last.Revisit:
		return last, storageError(op, uri, err)
	}
	first, err := c.ByDigest(ctx, collection, last.Digest)
	first.Status, first.MediaType, first.ETag, first.LastModified = last.Status, last.MediaType, last.ETag, last.LastModified
	return first, err
}

// Mementos returns the Captures of an address, in whatever role they were made. Addresses are the same
// when their SURT keys are (scheme, "www." and the order of a query make no difference): those of the very
// address, in its canonical form, come first, then the others, each by time. None is KindNotFound.
func (c *Catalog) Mementos(ctx context.Context, collection, uri string) ([]ibid.Capture, error) {
	const op = "look up"
	found, err := list(ctx, c, scanCapture, `SELECT `+captureColumns+` FROM captures WHERE collection = $1 AND surt = $2
		ORDER BY (CASE WHEN uri = $3 THEN 0 ELSE 1 END), ts`, collection, surtOf(uri), canonical(uri))
	if err == nil && len(found) == 0 {
		return nil, notFound(op, uri, collection, "capture")
	}
	return found, storageError(op, uri, err)
}

// Nearest returns the Capture of an address that is nearest in time to at: of the very address, or, when
// there is none, of one with the same SURT key. Of two as near, the earlier; when at is a whole second, as that of a timestamp
// of 14 digits, one within that second is nearer than any other. None is KindNotFound.
func (c *Catalog) Nearest(ctx context.Context, collection, uri string, at time.Time) (ibid.Capture, error) {
	const op = "look up"
	args := []any{collection, surtOf(uri), instant(at), canonical(uri)}
	found, err := askAll(ctx, c, scanCapture, c.hot.exactNear, args...)
	if err == nil && len(found) == 0 {
		found, err = askAll(ctx, c, scanCapture, c.hot.anyNear, args[:3]...)
	}
	switch {
	case err != nil:
		return ibid.Capture{}, storageError(op, uri, err)
	case len(found) == 0:
		return ibid.Capture{}, notFound(op, uri, collection, "capture")
	}
	return nearest(found, at), nil
}

// nearest is that of the last Capture up to at and the first one behind it; one of the two may not be there.
func nearest(found []ibid.Capture, at time.Time) ibid.Capture {
	if len(found) == 1 {
		return found[0]
	}
	earlier, later := found[0], found[1]
	if earlier.Timestamp.After(at) {
		earlier, later = later, earlier
	}
	after := later.Timestamp.Sub(at)
	if !earlier.Timestamp.Equal(at) && (after < at.Sub(earlier.Timestamp) || at.Nanosecond() == 0 && after < time.Second) {
		return later
	}
	return earlier
}

// Captures goes through all Captures of a collection in the order in which their records lie in the store,
// so that each object is read once from end to end. It ends after the first error.
func (c *Catalog) Captures(ctx context.Context, collection string) iter.Seq2[ibid.Capture, error] {
	return func(yield func(ibid.Capture, error) bool) {
		rows, err := c.read.QueryContext(ctx, `SELECT `+captureColumns+` FROM captures WHERE collection = $1
			ORDER BY object, object_offset`, collection)
		if err != nil {
			yield(ibid.Capture{}, storageError("list the captures of", collection, err))
			return
		}
		defer rows.Close() //nolint:errcheck // rows.Err has said what there is to say
		for rows.Next() {
			found, err := scanCapture(rows)
			if !yield(found, storageError("list the captures of", collection, err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(ibid.Capture{}, storageError("list the captures of", collection, err))
		}
	}
}

// Collections returns the names of the collections that hold anything, sorted.
func (c *Catalog) Collections(ctx context.Context) ([]string, error) {
	const op = "list the collections of the catalogue"
	var names []string
	for _, table := range []string{"documents", "captures", "visits", "seeds"} {
		// From one name to the next: to go through an index of millions for a few names takes seconds.
		some, err := list(ctx, c, scanString, `WITH RECURSIVE held (name) AS (
			SELECT min(collection) FROM `+table+` UNION ALL
			SELECT (SELECT min(collection) FROM `+table+` WHERE collection > name) FROM held WHERE name IS NOT NULL)
			SELECT name FROM held WHERE name IS NOT NULL`) //nolint:gosec // names of ours
		if err != nil {
			return nil, storageError(op, "", err)
		}
		names = append(names, some...)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// Counts says how much a collection holds.
type Counts struct {
	Documents  int `json:"documents"`
	References int `json:"references"`
	Seeds      int `json:"seeds"`
	Visits     int `json:"visits"`
	Captures   int `json:"captures"`
	// Revisits are those of the Captures whose payload lies in an earlier record.
	Revisits int `json:"revisits"`
	// Bytes is the length of all payloads, each counted once.
	Bytes int64 `json:"bytes"`
}

// Counts counts what a collection holds.
func (c *Catalog) Counts(ctx context.Context, collection string) (n Counts, err error) {
	n, err = one(ctx, c, scanCounts, `SELECT
		(SELECT count(*) FROM documents WHERE collection = $1), (SELECT count(*) FROM citations WHERE collection = $1),
		(SELECT count(*) FROM seeds WHERE collection = $1), (SELECT count(*) FROM visits WHERE collection = $1),
		count(*), coalesce(sum(revisit), 0), CAST(coalesce(sum(CASE WHEN revisit = 0 THEN length ELSE 0 END), 0) AS BIGINT)
		FROM captures WHERE collection = $1`, collection)
	return n, storageError("count what is held in", collection, err)
}

func scanCounts(row scanner) (n Counts, err error) {
	return n, row.Scan(&n.Documents, &n.References, &n.Seeds, &n.Visits, &n.Captures, &n.Revisits, &n.Bytes)
}

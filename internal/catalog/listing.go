package catalog

import (
	"context"
	"time"

	"github.com/ibid-archive/ibid"
)

// Lists that are read a part at a time: each begins behind the last one of the part before.

// DocumentsAfter returns up to n Documents of a collection by ID, behind the one of that ID.
func (c *Catalog) DocumentsAfter(ctx context.Context, collection, after string, n int) ([]ibid.Document, error) {
	docs, err := list(ctx, c, scanBody[ibid.Document], `SELECT body FROM documents WHERE collection = $1 AND id > $2 ORDER BY id LIMIT $3`,
		collection, after, n)
	return docs, storageError("list the documents of", collection, err)
}

// After is where a part of a list of what has a time ended: ID tells apart what is of the same time.
type After struct {
	Time time.Time
	ID   string
}

// MementosAfter returns up to n Captures of an address and of those with the same key, by time and record.
func (c *Catalog) MementosAfter(ctx context.Context, collection, uri string, after After, n int) ([]ibid.Capture, error) {
	found, err := list(ctx, c, scanCapture, `SELECT `+captureColumns+` FROM captures WHERE collection = $1 AND surt = $2
		AND (ts > $3 OR (ts = $3 AND record_id > $4)) ORDER BY ts, record_id LIMIT $5`, collection, surtOf(uri), instant(after.Time), after.ID, n)
	return found, storageError("look up", uri, err)
}

// VisitsAfter returns up to n Visits of a Seed of all kinds, by time and run.
func (c *Catalog) VisitsAfter(ctx context.Context, collection, uri string, after After, n int) ([]ibid.Visit, error) {
	visits, err := list(ctx, c, scanBody[ibid.Visit], `SELECT body FROM visits WHERE collection = $1 AND seed IN ($2, $3)
		AND (began > $4 OR (began = $4 AND run > $5)) ORDER BY began, run LIMIT $6`,
		collection, seedKey(bare(uri)), seedKey(canonical(uri)), instant(after.Time), after.ID, n)
	return visits, storageError("list the visits of", uri, err)
}

// EventsBefore returns up to n Events of a collection, the latest first, behind the one of that time and ID.
func (o *Outbox) EventsBefore(ctx context.Context, collection string, before After, n int) ([]ibid.Event, error) {
	events, err := list(ctx, o.c, scanBody[ibid.Event], `SELECT body FROM events WHERE collection = $1
		AND (happened < $2 OR (happened = $2 AND id < $3)) ORDER BY happened DESC, id DESC LIMIT $4`, collection, instant(before.Time), before.ID, n)
	return events, storageError("list the last events", collection, err)
}

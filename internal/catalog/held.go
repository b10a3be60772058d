package catalog

import (
	"context"
	"database/sql"
	"errors"
	"iter"

	"github.com/ibid-archive/ibid"
)

// Held returns the Capture of an address that has that record id. None is KindNotFound.
func (c *Catalog) Held(ctx context.Context, collection, uri, recordID string) (ibid.Capture, error) {
	const op = "find the record of"
	found, err := one(ctx, c, scanCapture, `SELECT `+captureColumns+` FROM captures WHERE collection = $1 AND surt = $2 AND record_id = $3
		ORDER BY object, object_offset LIMIT 1`, collection, surtOf(uri), recordID)
	if errors.Is(err, sql.ErrNoRows) {
		return found, notFound(op, uri, collection, "capture")
	}
	return found, storageError(op, uri, err)
}

// HeldVisit says whether there is a Visit of a Seed in a run.
func (c *Catalog) HeldVisit(ctx context.Context, collection, run, seed string) (bool, error) {
	n, err := one(ctx, c, scanCount, `SELECT count(*) FROM visits WHERE collection = $1 AND run = $2 AND seed = $3`,
		collection, run, seedKey(seed))
	return n > 0, storageError("find the visit of", seed, err)
}

// AllVisits goes through all Visits of a collection, those of one run together, each run by time. It ends after the
// first error.
func (c *Catalog) AllVisits(ctx context.Context, collection string) iter.Seq2[ibid.Visit, error] {
	return func(yield func(ibid.Visit, error) bool) {
		const op = "list the visits of"
		rows, err := c.read.QueryContext(ctx, `SELECT body FROM visits WHERE collection = $1 ORDER BY run, seed`, collection)
		if err != nil {
			yield(ibid.Visit{}, storageError(op, collection, err))
			return
		}
		defer rows.Close() //nolint:errcheck // rows.Err has said what there is to say
		for rows.Next() {
			found, err := scanBody[ibid.Visit](rows)
			if !yield(found, storageError(op, collection, err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(ibid.Visit{}, storageError(op, collection, err))
		}
	}
}

// Adopt is [Catalog.Commit] for several Batches in one transaction.
func (c *Catalog) Adopt(ctx context.Context, batches []Batch) (New, error) {
	var added New
	err := c.inTx(ctx, func(tx txn) error {
		var sum New
		for _, b := range batches {
			n, err := commit(ctx, tx, b)
			if err != nil {
				return err
			}
			sum.Captures, sum.Visits = sum.Captures+n.Captures, sum.Visits+n.Visits
		}
		added = New{Captures: max(added.Captures, sum.Captures), Visits: max(added.Visits, sum.Visits)}
		return nil
	})
	if err != nil {
		return New{}, storageError("record what was taken in", "", err)
	}
	return added, nil
}

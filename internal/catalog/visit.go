package catalog

import (
	"context"
	"database/sql"
	"errors"

	"github.com/ibid-archive/ibid"
)

// LatestVisit returns the last Visit of the Seed with that URI, as the Seed was given or in its canonical
// form; a fragment makes no difference. None is KindNotFound.
func (c *Catalog) LatestVisit(ctx context.Context, collection, uri string) (ibid.Visit, error) {
	const op = "find the last visit of"
	v, err := ask(ctx, c, scanBody[ibid.Visit], c.hot.latestVisit, collection, seedKey(bare(uri)), seedKey(canonical(uri)))
	if errors.Is(err, sql.ErrNoRows) {
		return v, notFound(op, uri, collection, "visit")
	}
	return v, storageError(op, uri, err)
}

// Visits returns all Visits of the Seed that LatestVisit would find, by time; none is no error.
func (c *Catalog) Visits(ctx context.Context, collection, uri string) ([]ibid.Visit, error) {
	const op = "list the visits of"
	visits, err := list(ctx, c, scanBody[ibid.Visit], `SELECT body FROM visits WHERE collection = $1 AND seed IN ($2, $3)
		ORDER BY began`, collection, seedKey(bare(uri)), seedKey(canonical(uri)))
	return visits, storageError(op, uri, err)
}

// VisitsOfRun returns the Visits of a run, by time; none is no error.
func (c *Catalog) VisitsOfRun(ctx context.Context, collection, run string) ([]ibid.Visit, error) {
	const op = "list the visits of run"
	visits, err := list(ctx, c, scanBody[ibid.Visit], `SELECT body FROM visits WHERE collection = $1 AND run = $2
		ORDER BY began, seed`, collection, run)
	return visits, storageError(op, run, err)
}

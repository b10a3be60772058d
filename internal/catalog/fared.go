package catalog

import (
	"context"

	"github.com/ibid-archive/ibid"
)

// lookedAt are the kinds of Visits that found out how a Seed fares.
const lookedAt = `SELECT body FROM visits WHERE collection = $1 AND kind IN ('', 'check')`

// Fared returns how the Seed that LatestVisit would find fared, at each look at it; none is no error. In any order.
func (c *Catalog) Fared(ctx context.Context, collection, uri string) ([]ibid.Fared, error) {
	all, err := list(ctx, c, scanBody[ibid.Fared], lookedAt+` AND seed IN ($2, $3)`, collection, seedKey(bare(uri)), seedKey(canonical(uri)))
	return all, storageError("list the looks at", uri, err)
}

// AllFared returns how all Seeds of a collection fared, at each look at them, in any order.
func (c *Catalog) AllFared(ctx context.Context, collection string) ([]ibid.Fared, error) {
	all, err := list(ctx, c, scanBody[ibid.Fared], lookedAt, collection)
	return all, storageError("list the looks at the sources of", collection, err)
}

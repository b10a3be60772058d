package catalog

import (
	"context"

	"github.com/ibid-archive/ibid"
)

// Timetable returns up to n Plans of collections after the first skip, and how many there are: what is due next first,
// then what is paused or never due.
func (c *Catalog) Timetable(ctx context.Context, collections []string, skip, n int) ([]ibid.Plan, int, error) {
	const op = "list what is due"
	if len(collections) == 0 {
		return nil, 0, nil
	}
	args := make([]any, 0, len(collections)+2)
	for _, name := range collections {
		args = append(args, name)
	}
	from := ` FROM plans WHERE collection IN (` + parameters(1, len(collections)) + `)`
	total, err := one(ctx, c, scanInt, `SELECT count(*)`+from, args...)
	if err != nil {
		return nil, 0, storageError(op, "", err)
	}
	query := `SELECT ` + planColumns + from + ` ORDER BY paused, (CASE WHEN due IS NULL THEN 1 ELSE 0 END), due_at, collection, seed
		LIMIT ` + parameters(len(collections)+1, 1) + ` OFFSET ` + parameters(len(collections)+2, 1) //nolint:gosec // only words of ours and "$n" are added
	plans, err := list(ctx, c, scanPlan, query, append(args, n, skip)...)
	return plans, total, storageError(op, "", err)
}

func scanInt(row scanner) (n int, err error) { return n, row.Scan(&n) }

// LastKept returns the last n Visits of a Collection that stored something, the latest first: those of its last runs,
// whose IDs grow with time.
func (c *Catalog) LastKept(ctx context.Context, collection string, n int) ([]ibid.Visit, error) {
	const op = "list what was archived last in"
	visits, err := list(ctx, c, scanBody[ibid.Visit], `SELECT body FROM visits WHERE collection = $1 AND kind IN ('', 'rescue') AND run IN
		(SELECT DISTINCT run FROM visits WHERE collection = $1 AND kind IN ('', 'rescue') ORDER BY run DESC LIMIT $2) ORDER BY began DESC, seed LIMIT $3`,
		collection, lastRuns, keptOf*n)
	kept := make([]ibid.Visit, 0, n)
	for i := range visits {
		if visits[i].Final != nil && len(kept) < n {
			kept = append(kept, visits[i])
		}
	}
	return kept, storageError(op, collection, err)
}

const (
	// lastRuns is in how many runs LastKept looks.
	lastRuns = 200
	// keptOf is how many Visits it looks at for each that it returns: not all store something.
	keptOf = 8
)

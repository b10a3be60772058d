package catalog

import (
	"context"
	"database/sql"
	"errors"

	"github.com/ibid-archive/ibid"
)

// LatestVisit returns the last Visit that captured the Seed with that URI, as the Seed was given or in its canonical
// form; a fragment makes no difference. None is KindNotFound.
func (c *Catalog) LatestVisit(ctx context.Context, collection, uri string) (ibid.Visit, error) {
	const op = "find the last visit of"
	v, err := ask(ctx, c, scanBody[ibid.Visit], c.hot.latestVisit, collection, seedKey(bare(uri)), seedKey(canonical(uri)))
	if errors.Is(err, sql.ErrNoRows) {
		return v, notFound(op, uri, collection, "visit")
	}
	return v, storageError(op, uri, err)
}

// Seen returns which of seeds were captured before, by URI.
func (c *Catalog) Seen(ctx context.Context, collection string, seeds []ibid.Seed) (map[string]bool, error) {
	const op = "look for visits in"
	found := map[string]bool{}
	err := inChunks(seeds, func(part []ibid.Seed) error {
		query := `SELECT DISTINCT seed FROM visits WHERE collection = $1 AND kind = '' AND seed IN (` + parameters(2, len(part)) + `)` //nolint:gosec // only "$n" is added
		keys, err := list(ctx, c, scanString, query, seedArgs(part, collection)...)
		for _, key := range keys {
			found[key] = true
		}
		return err
	})
	seen := make(map[string]bool, len(found))
	for _, s := range seeds {
		seen[s.URI] = found[seedKey(s.URI)]
	}
	return seen, storageError(op, collection, err)
}

// LatestVisits returns the last Visit of that kind of each of seeds that has one, by the URI of the Seed.
func (c *Catalog) LatestVisits(ctx context.Context, collection string, kind ibid.VisitKind, seeds []ibid.Seed) (map[string]*ibid.Visit, error) {
	const op = "find the last visits in"
	last := make(map[string]*ibid.Visit, len(seeds))
	err := inChunks(seeds, func(part []ibid.Seed) error {
		query := `SELECT v.body FROM visits v WHERE v.collection = $1 AND v.kind = $2 AND v.seed IN (` + parameters(3, len(part)) + `)
			AND v.began = (SELECT max(began) FROM visits w WHERE w.collection = v.collection AND w.seed = v.seed AND w.kind = v.kind)` //nolint:gosec // only "$n" is added
		found, err := list(ctx, c, scanBody[ibid.Visit], query, seedArgs(part, collection, string(kind))...)
		for i := range found {
			last[found[i].Seed] = &found[i]
		}
		return err
	})
	return last, storageError(op, collection, err)
}

// seedArgs are first, and the keys of seeds.
func seedArgs(seeds []ibid.Seed, first ...any) []any {
	args := append(make([]any, 0, len(first)+len(seeds)), first...)
	for i := range seeds {
		args = append(args, seedKey(seeds[i].URI))
	}
	return args
}

// Visits returns all Visits of the Seed that LatestVisit would find, by time; none is no error.
func (c *Catalog) Visits(ctx context.Context, collection, uri string) ([]ibid.Visit, error) {
	const op = "list the visits of"
	visits, err := list(ctx, c, scanBody[ibid.Visit], `SELECT body FROM visits WHERE collection = $1 AND seed IN ($2, $3)
		ORDER BY began`, collection, seedKey(bare(uri)), seedKey(canonical(uri)))
	return visits, storageError(op, uri, err)
}

// LastLook returns the last Visit that captured or checked a Seed; nil: there was none.
func (c *Catalog) LastLook(ctx context.Context, collection, seed string) (*ibid.Visit, error) {
	v, err := one(ctx, c, scanBody[ibid.Visit], `SELECT body FROM visits WHERE collection = $1 AND seed = $2 AND kind IN ('', 'check')
		ORDER BY began DESC, run LIMIT 1`, collection, seedKey(seed))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // none is an answer
	}
	return &v, storageError("find the last look at", seed, err)
}

// FirstVisits returns the first n Visits that were to capture a Seed, by time; none is no error.
func (c *Catalog) FirstVisits(ctx context.Context, collection, seed string, n int) ([]ibid.Visit, error) {
	visits, err := list(ctx, c, scanBody[ibid.Visit], `SELECT body FROM visits WHERE collection = $1 AND seed = $2 AND kind = ''
		ORDER BY began, run LIMIT $3`, collection, seedKey(seed), n)
	return visits, storageError("find the first visits of", seed, err)
}

// maxOthers bounds the Visits of other kinds that are looked at for one Seed.
const maxOthers = 200

// OtherVisits returns the Visits of a Seed that were not made to capture it, checks and rescues, the latest first and the
// last 200 at the most; none is no error.
func (c *Catalog) OtherVisits(ctx context.Context, collection, uri string) ([]ibid.Visit, error) {
	const op = "list the checks and rescues of"
	visits, err := list(ctx, c, scanBody[ibid.Visit], `SELECT body FROM visits WHERE collection = $1 AND seed IN ($2, $3) AND kind <> ''
		ORDER BY began DESC, run LIMIT $4`, collection, seedKey(bare(uri)), seedKey(canonical(uri)), maxOthers)
	return visits, storageError(op, uri, err)
}

// VisitsOfRun returns the Visits of a run, by time; none is no error.
func (c *Catalog) VisitsOfRun(ctx context.Context, collection, run string) ([]ibid.Visit, error) {
	const op = "list the visits of run"
	visits, err := list(ctx, c, scanBody[ibid.Visit], `SELECT body FROM visits WHERE collection = $1 AND run = $2
		ORDER BY began, seed`, collection, run)
	return visits, storageError(op, run, err)
}

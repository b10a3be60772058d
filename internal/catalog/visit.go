package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

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

// LatestVisits is LatestVisit for many Seeds at once, by their URIs in canonical form.
func (c *Catalog) LatestVisits(ctx context.Context, collection string, uris []string) (map[string]*ibid.Visit, error) {
	return c.lastOf(ctx, collection, uris, `= ''`)
}

// LastLooks is LastLook for many Seeds at once: each of uris is in what it returns, with nil where there was none.
func (c *Catalog) LastLooks(ctx context.Context, collection string, uris []string) (map[string]*ibid.Visit, error) {
	last, err := c.lastOf(ctx, collection, uris, `IN ('', 'check')`)
	for _, uri := range uris {
		if last[uri] == nil {
			last[uri] = nil
		}
	}
	return last, err
}

// lastOf returns the last Visit of those kinds of each Seed that has one.
func (c *Catalog) lastOf(ctx context.Context, collection string, uris []string, kinds string) (map[string]*ibid.Visit, error) {
	last := make(map[string]*ibid.Visit, len(uris))
	err := inChunks(uris, func(part []string) error {
		query := `WITH wanted (seed) AS (VALUES ` + rowsOf(2, len(part)) + `) SELECT w.seed, (SELECT v.body FROM visits v
			WHERE v.collection = $1 AND v.seed = w.seed AND v.kind ` + kinds + ` ORDER BY v.began DESC, v.run LIMIT 1) FROM wanted w`
		found, err := listOften(ctx, c, scanKeyed, query, keyArgs(part, collection)...)
		byKey := make(map[string]*ibid.Visit, len(found))
		for _, f := range found {
			byKey[f.key] = f.visit
		}
		for _, uri := range part {
			if v := byKey[seedKey(uri)]; v != nil {
				last[uri] = v
			}
		}
		return err
	})
	return last, storageError("find the last visits in", collection, err)
}

// keyed is the Visit that was asked for by the key of its Seed; nil: there was none.
type keyed struct {
	key   string
	visit *ibid.Visit
}

func scanKeyed(row scanner) (k keyed, err error) {
	var body []byte
	if err := row.Scan(&k.key, &body); err != nil || body == nil {
		return k, err
	}
	k.visit = &ibid.Visit{}
	return k, json.Unmarshal(body, k.visit)
}

// keyArgs are first, and the keys of the Seeds with those URIs.
func keyArgs(uris []string, first ...any) []any {
	args := append(make([]any, 0, len(first)+len(uris)), first...)
	for _, uri := range uris {
		args = append(args, seedKey(uri))
	}
	return args
}

// OtherwiseSeen returns which of the Seeds with those URIs have OtherVisits.
func (c *Catalog) OtherwiseSeen(ctx context.Context, collection string, uris []string) (map[string]bool, error) {
	seen := make(map[string]bool)
	err := inChunks(uris, func(part []string) error {
		query := `SELECT DISTINCT seed FROM visits WHERE collection = $1 AND kind <> '' AND seed IN (` + parameters(2, len(part)) + `)`
		keys, err := listOften(ctx, c, scanString, query, keyArgs(part, collection)...)
		for _, uri := range part {
			if slices.Contains(keys, seedKey(uri)) {
				seen[uri] = true
			}
		}
		return err
	})
	return seen, storageError("look for other visits in", collection, err)
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

// FirstVisit returns the first wanted one of the first n Visits that were to capture a Seed, by time; nil: there is none.
func (c *Catalog) FirstVisit(ctx context.Context, collection, seed string, n int, wanted func(*ibid.Visit) bool) (found *ibid.Visit, err error) {
	const op = "find the first visit of"
	err = c.Retry(ctx, func() (err error) {
		question, err := c.hot.prepared(ctx, c.read, `SELECT body FROM visits WHERE collection = $1 AND seed = $2 AND kind = ''
			ORDER BY began, run LIMIT $3`)
		if err != nil {
			return err
		}
		rows, err := question.QueryContext(ctx, collection, seedKey(seed), n)
		if err != nil {
			return err
		}
		defer rows.Close() //nolint:errcheck // rows.Err has said what there is to say
		for rows.Next() {
			v, err := scanBody[ibid.Visit](rows)
			if err != nil {
				return err
			}
			if wanted(&v) {
				found = &v
				return nil
			}
		}
		return rows.Err()
	})
	return found, storageError(op, seed, err)
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

package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/ibid-archive/ibid"
)

// Visits are read back in pages: the first one tells nearly always. What is not found within lookBack of them counts as
// not there.
const (
	lookBack = 1000
	maxPage  = 256
)

// SettledBefore returns the last Visit of a Seed that began before that time and told how the source is (see
// [ibid.Health.Settled]); nil if there is none among the last 1,000. It reads beside all transactions, so it is to be
// called before [Catalog.Commit], and not in it.
func (c *Catalog) SettledBefore(ctx context.Context, collection, seed string, before time.Time) (*ibid.Visit, error) {
	return c.VisitBefore(ctx, collection, seed, before, func(v *ibid.Visit) bool { return v.Health.Settled() })
}

// VisitBefore returns the last Visit of a Seed that began before that time and is a wanted one; nil if there is none
// among the last 1,000. It reads as SettledBefore does.
func (c *Catalog) VisitBefore(ctx context.Context, collection, seed string, before time.Time, wanted func(*ibid.Visit) bool) (*ibid.Visit, error) {
	const op = "find an earlier visit of"
	for n, seen := 1, 0; seen < lookBack; n = min(4*n, maxPage, lookBack-seen) {
		visits, err := listOften(ctx, c, scanBody[ibid.Visit], `SELECT body FROM visits WHERE collection = $1 AND seed = $2 AND began < $3
			AND kind IN ('', 'check') ORDER BY began DESC, run LIMIT $4 OFFSET $5`, collection, seedKey(seed), instant(before), n, seen)
		if err != nil {
			return nil, storageError(op, seed, err)
		}
		for i := range visits {
			if wanted(&visits[i]) {
				return &visits[i], nil
			}
		}
		if len(visits) < n {
			break
		}
		seen += n
	}
	return nil, nil //nolint:nilnil // none is an answer
}

// Citing returns the first n Documents, by ID, that cite a Seed; none is no error. As SettledBefore, it is not to be
// called in a transaction.
func (c *Catalog) Citing(ctx context.Context, collection, seed string, n int) ([]ibid.Citing, error) {
	docs, err := list(ctx, c, scanBody[ibid.Document], `SELECT body FROM documents WHERE collection = $1
		AND id IN (SELECT document FROM citations WHERE collection = $1 AND seed = $2 AND seed <> '') ORDER BY id LIMIT $3`,
		collection, citedKey(seed), n)
	var citing []ibid.Citing
	for i := range docs {
		citing = append(citing, ibid.Citing{ID: docs[i].ID, Title: docs[i].Title})
	}
	return citing, storageError("find what cites", seed, err)
}

// Citation is a Reference and the Document that it stands in.
type Citation struct {
	ibid.Reference
	Document ibid.Document
}

// CitedAs returns the first n citations of a Seed; none is no error. As SettledBefore, it is not to be called in a
// transaction.
func (c *Catalog) CitedAs(ctx context.Context, collection, seed string, n int) ([]Citation, error) {
	found, err := list(ctx, c, scanCitation, `SELECT c.body, d.body FROM citations c
		JOIN documents d ON d.collection = c.collection AND d.id = c.document
		WHERE c.collection = $1 AND c.seed = $2 AND c.seed <> '' ORDER BY c.document, c.n LIMIT $3`, collection, citedKey(seed), n)
	return found, storageError("find the citations of", seed, err)
}

func scanCitation(row scanner) (c Citation, err error) {
	var ref, doc []byte
	if err := row.Scan(&ref, &doc); err != nil {
		return c, err
	}
	return c, errors.Join(json.Unmarshal(ref, &c.Reference), json.Unmarshal(doc, &c.Document))
}

// citedKey is the key of the Seed that an address in a Document leads to.
func citedKey(uri string) string { return seedKey(canonical(uri)) }

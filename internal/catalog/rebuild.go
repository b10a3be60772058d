package catalog

import (
	"context"
	"time"

	"github.com/ibid-archive/ibid"
)

// Filler puts what the store holds into an empty catalogue. It is not safe for concurrent use.
type Filler struct {
	tx  txn
	now func() time.Time
}

// PutDocument is as [Catalog.PutDocument].
func (f *Filler) PutDocument(ctx context.Context, collection string, doc ibid.Document, refs []ibid.Reference) error {
	return storageError("record the document", doc.Source, putDocument(ctx, f.tx, collection, doc, refs, f.now()))
}

// Put records a Batch as [Catalog.Commit] does.
func (f *Filler) Put(ctx context.Context, b Batch) (New, error) {
	added, err := commit(ctx, f.tx, b)
	return added, storageError("record the captures of job", b.Job, err)
}

// Rebuild empties the catalogue, but for Seeds, the state of runs, of schedules and of the queue, tokens, and what is
// to be told, and has fill put everything back. It is one transaction: readers see the old catalogue until fill returns nil, then the
// new one; a crash, an error or the end of ctx leaves the old one. No one else can write meanwhile, and
// the disk must have room for both.
func (c *Catalog) Rebuild(ctx context.Context, fill func(f *Filler) error) error {
	err := c.once(ctx, func(tx txn) error { // not again: fill reads a whole store
		if c.engine.alone != "" {
			if _, err := tx.ExecContext(ctx, c.engine.alone); err != nil {
				return err
			}
		}
		for _, table := range []string{"documents", "citations", "visits", "captures", "texts", "access_rules", "fixity"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil { //nolint:gosec // names of ours
				return err
			}
		}
		return fill(&Filler{tx: tx, now: c.now})
	})
	return storageError("rebuild the catalogue", "", err)
}

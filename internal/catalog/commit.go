package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"

	"github.com/ibid-archive/ibid"
)

// Batch is what one transaction says: Captures whose objects are durably stored, and the Visits that they
// were made in.
type Batch struct {
	Collection string
	// Run and Job are where it comes from; they are part of the Visits as well.
	Run, Job string
	Captures []ibid.Capture
	Visits   []ibid.Visit
}

// New counts the rows that a Commit added.
type New struct {
	Captures, Visits int
}

// Commit records b and marks the Seeds of its Visits as done in their run, and calls also in the same
// transaction, if it is not nil: all of it is durable when Commit returns nil, and none of it happened
// when it returns an error other than that of the commit itself. also must write through its tx alone: any
// other write waits for this transaction, for ever.
//
// Nothing is recorded twice: not a record of the store (known by its Location), not a second Visit of a
// Seed in a run, and not the Captures of such a second Visit. So when the database was away for a moment, and
// also when nobody can say whether the COMMIT took place, all of it is done again; also must bear that too.
func (c *Catalog) Commit(ctx context.Context, b Batch, also func(tx *sql.Tx) error) (New, error) {
	var added New
	err := c.inTx(ctx, func(tx txn) error {
		n, err := commit(ctx, tx, b)
		// Of a second try that finds the first one done, the first one's are new.
		added = New{Captures: max(added.Captures, n.Captures), Visits: max(added.Visits, n.Visits)}
		if err != nil || also == nil {
			return err
		}
		return also(tx.Tx)
	})
	if err != nil {
		return New{}, storageError("record the captures of job", b.Job, err)
	}
	return added, nil
}

func commit(ctx context.Context, tx txn, b Batch) (added New, err error) {
	known, err := knownVisits(ctx, tx, b)
	if err != nil {
		return added, err
	}
	captures, visits := b.Captures, b.Visits
	if len(known) > 0 {
		captures = keep(captures, func(c *ibid.Capture) bool { return !known[seedKey(c.Seed)] })
		visits = keep(visits, func(v *ibid.Visit) bool { return !known[seedKey(v.Seed)] })
	}
	if added.Captures, err = insertCaptures(ctx, tx, b.Collection, captures); err != nil {
		return added, err
	}
	if added.Visits, err = insertVisits(ctx, tx, b, visits); err != nil {
		return added, err
	}
	if err := markDone(ctx, tx, b.Run, b.Visits); err != nil {
		return added, err
	}
	return added, putSourceTexts(ctx, tx, b.Collection, visits)
}

func keep[T any](all []T, wanted func(*T) bool) []T {
	kept := make([]T, 0, len(all))
	for i := range all {
		if wanted(&all[i]) {
			kept = append(kept, all[i])
		}
	}
	return kept
}

// knownVisits returns the keys of the Seeds of b's Visits that have a Visit in b's run already.
func knownVisits(ctx context.Context, tx txn, b Batch) (map[string]bool, error) {
	known := map[string]bool{}
	err := inChunks(b.Visits, func(part []ibid.Visit) error {
		args := append(make([]any, 0, 2+len(part)), b.Collection, b.Run)
		for i := range part {
			args = append(args, seedKey(part[i].Seed))
		}
		query := `SELECT seed FROM visits WHERE collection = $1 AND run = $2 AND seed IN (` + parameters(3, len(part)) + `)` //nolint:gosec // only "$n" is added
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		seeds, err := scanAll(rows, scanString)
		for _, s := range seeds {
			known[s] = true
		}
		return err
	})
	return known, err
}

func markDone(ctx context.Context, tx txn, run string, visits []ibid.Visit) error {
	return inChunks(visits, func(part []ibid.Visit) error {
		args := append(make([]any, 0, 1+len(part)), run)
		for i := range part {
			args = append(args, seedKey(part[i].Seed))
		}
		query := `UPDATE run_seeds SET done = 1 WHERE run = $1 AND done = 0 AND seed IN (` + parameters(2, len(part)) + `)` //nolint:gosec // only "$n" is added
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

func inChunks[T any](all []T, do func(part []T) error) error {
	for len(all) > 0 {
		n := min(len(all), rowsAStatement)
		if err := do(all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

var insertCaptureRows = insert{
	head: `INSERT INTO captures (collection, record_id, surt, uri, ts, status, media_type, digest, digest_key, length, origin, role,
		seed, truncated, class, revisit, etag, last_modified, object, object_offset, object_length)`,
	columns: 21, tail: "ON CONFLICT (collection, object, object_offset) DO NOTHING",
}

func insertCaptures(ctx context.Context, tx txn, collection string, captures []ibid.Capture) (int, error) {
	return insertCaptureRows.exec(ctx, tx, len(captures), func(i int, args []any) ([]any, error) {
		c := &captures[i]
		revisit := 0
		if c.Revisit {
			revisit = 1
		}
		return append(args, collection, c.RecordID, surtOf(c.URI), c.URI, instant(c.Timestamp), c.Status, string(c.MediaType),
			string(c.Digest), digestKey(c.Digest), c.Length, string(c.Origin), string(c.Role), c.Seed, string(c.Truncated),
			string(c.Class), revisit, c.ETag, c.LastModified, c.Location.Key, c.Location.Offset, c.Location.Length), nil
	})
}

// digestKey is the first 8 bytes of d as a number: what the index on digests holds. Digests of another
// form share 0.
func digestKey(d ibid.Digest) int64 {
	hex := d.Hex()
	n, err := strconv.ParseUint(hex[:min(16, len(hex))], 16, 64)
	if err != nil {
		return 0
	}
	return int64(n) //nolint:gosec // all 64 bits are wanted, whatever their sign
}

var insertVisitRows = insert{
	head: "INSERT INTO visits (collection, run, seed, began, kind, body)", columns: 6,
	tail: "ON CONFLICT (collection, run, seed) DO NOTHING",
}

func insertVisits(ctx context.Context, tx txn, b Batch, visits []ibid.Visit) (int, error) {
	return insertVisitRows.exec(ctx, tx, len(visits), func(i int, args []any) ([]any, error) {
		body, err := json.Marshal(&visits[i])
		return append(args, b.Collection, b.Run, seedKey(visits[i].Seed), instant(visits[i].Began), string(visits[i].Kind), string(body)), err
	})
}

package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
)

// Look is a Turn that is handed on: one look at one Seed.
type Look struct {
	ibid.PlanKey
	Due time.Time
}

// Plans are the Plans of a catalogue, as a scheduler asks for them.
type Plans struct {
	c    *Catalog
	hand func(ctx context.Context, tx *sql.Tx, looks []Look) error
}

// Plans returns the Plans of c. hand, if it is not nil, is called with the looks of a transaction of Advance and
// makes work of them; it writes through its tx alone.
func (c *Catalog) Plans(hand func(ctx context.Context, tx *sql.Tx, looks []Look) error) *Plans {
	return &Plans{c: c, hand: hand}
}

const planColumns = `collection, seed, schedule, zone, grid, due, due_at, zone_offset, reason, fence, paused, held, unfinished, facts, long_uri`

// Due returns up to n Plans that are to be moved on by now, the earliest first.
func (p *Plans) Due(ctx context.Context, now time.Time, n int) ([]ibid.Plan, error) {
	const op = "look up what is due"
	plans, err := list(ctx, p.c, scanPlan, `SELECT `+planColumns+` FROM plans
		WHERE paused = 0 AND due IS NOT NULL AND due_at <= $1 ORDER BY due_at, collection, seed LIMIT $2`, instant(now), n)
	return plans, storageError(op, "", err)
}

// Advance takes steps and returns how many it took: those whose Plan has still the fence that they name.
func (p *Plans) Advance(ctx context.Context, steps []ibid.Step) (taken int, err error) {
	// In one order, so that two that advance the same never wait for each other.
	ordered := slices.Clone(steps)
	slices.SortStableFunc(ordered, func(a, b ibid.Step) int {
		return cmp.Or(cmp.Compare(a.Collection, b.Collection), cmp.Compare(a.Seed, b.Seed))
	})
	err = p.c.inTx(ctx, func(tx txn) error {
		n, looks, err := advance(ctx, tx.Tx, ordered)
		taken = max(taken, n) // of a second try that finds the first one done, the first one's were taken
		if err != nil || p.hand == nil || len(looks) == 0 {
			return err
		}
		return p.hand(ctx, tx.Tx, looks)
	})
	if err != nil {
		return 0, storageError("move on what is due", "", err)
	}
	return taken, nil
}

func advance(ctx context.Context, tx *sql.Tx, steps []ibid.Step) (taken int, looks []Look, err error) {
	move, err := tx.PrepareContext(ctx, `UPDATE plans SET fence = fence + 1, grid = $1, due = $2, due_at = $3, zone_offset = $4, reason = $5
		WHERE collection = $6 AND seed = $7 AND fence = $8`)
	if err != nil {
		return 0, nil, err
	}
	defer move.Close() //nolint:errcheck // the end of the transaction closes it as well
	record, err := tx.PrepareContext(ctx, `INSERT INTO turns (collection, seed, due, last, times, outcome, decided, unfinished)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (collection, seed, due) DO NOTHING`)
	if err != nil {
		return 0, nil, err
	}
	defer record.Close() //nolint:errcheck // as above
	for i := range steps {
		s := &steps[i]
		moved, err := changed(move.ExecContext(ctx, maybe(s.Next.Grid), maybe(s.Next.Due), maybe(s.Next.At), s.Next.Offset, s.Next.Reason,
			s.Collection, seedKey(s.Seed), s.Fence))
		if err != nil {
			return 0, nil, err
		}
		if !moved {
			continue
		}
		taken++
		for _, t := range s.Turns {
			recorded, err := changed(record.ExecContext(ctx, s.Collection, seedKey(s.Seed), instant(t.Due), instant(t.Until), t.Count,
				string(t.Outcome), instant(t.At), truth(t.Outcome.Look())))
			if err != nil {
				return 0, nil, err
			}
			if recorded && t.Outcome.Look() {
				looks = append(looks, Look{PlanKey: s.PlanKey, Due: t.Due})
			}
		}
	}
	return taken, looks, countUnfinished(ctx, tx, looks, 1)
}

// countUnfinished adds by for each of looks to what is unfinished of its Plan.
func countUnfinished(ctx context.Context, tx *sql.Tx, looks []Look, by int) error {
	for _, l := range looks {
		_, err := tx.ExecContext(ctx, `UPDATE plans SET unfinished = unfinished + $1 WHERE collection = $2 AND seed = $3`, by, l.Collection, seedKey(l.Seed))
		if err != nil {
			return err
		}
	}
	return nil
}

// finishLook says, in the transaction that records what came of it, that a look is over; that it was given up is an end
// as well. It returns whether the look was unfinished: a second time it changes nothing.
func finishLook(ctx context.Context, tx *sql.Tx, l Look) (bool, error) {
	ended, err := changed(tx.ExecContext(ctx, `UPDATE turns SET unfinished = 0
		WHERE collection = $1 AND seed = $2 AND due = $3 AND unfinished = 1`, l.Collection, seedKey(l.Seed), instant(l.Due)))
	if err == nil && ended {
		err = countUnfinished(ctx, tx, []Look{l}, -1)
	}
	return ended, err
}

// PutFacts records what is known of the Seed of a Plan, in the transaction in which it became known. Without such a
// Plan it does nothing.
func PutFacts(ctx context.Context, tx *sql.Tx, key ibid.PlanKey, f ibid.Facts) error {
	body, err := json.Marshal(f)
	if err == nil {
		_, err = tx.ExecContext(ctx, `UPDATE plans SET facts = $1 WHERE collection = $2 AND seed = $3`, string(body), key.Collection, seedKey(key.Seed))
	}
	return storageError("record the facts of", key.Seed, err)
}

// changed says whether a statement changed a row.
func changed(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// maybe is an instant, or null for the zero time.
func maybe(t time.Time) sql.NullInt64 {
	if t.IsZero() {
		return sql.NullInt64{}
	}
	return sql.NullInt64{Int64: instant(t), Valid: true}
}

func maybeTime(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return timeOf(n.Int64)
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func scanPlan(row scanner) (p ibid.Plan, err error) {
	var grid, due, at, held sql.NullInt64
	var paused int
	var facts []byte
	var long string
	err = row.Scan(&p.Collection, &p.Seed, &p.Schedule, &p.Zone, &grid, &due, &at, &p.Offset, &p.Reason, &p.Fence, &paused, &held,
		&p.Unfinished, &facts, &long)
	if err != nil {
		return p, err
	}
	p.Seed = cmp.Or(long, p.Seed)
	p.Grid, p.Due, p.At, p.Held, p.Paused = maybeTime(grid), maybeTime(due), maybeTime(at), maybeTime(held), paused == 1
	return p, json.Unmarshal(facts, &p.Facts)
}

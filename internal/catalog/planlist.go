package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/ibid-archive/ibid"
)

var insertPlans = insert{
	head: `INSERT INTO plans (collection, seed, schedule, zone, grid, due, due_at, zone_offset, reason, fence, paused, held, facts, long_uri)`, columns: 14,
	tail: `ON CONFLICT (collection, seed) DO UPDATE SET schedule = excluded.schedule, zone = excluded.zone, grid = excluded.grid,
		due = excluded.due, due_at = excluded.due_at, zone_offset = excluded.zone_offset, reason = excluded.reason,
		fence = CASE WHEN excluded.fence > plans.fence THEN excluded.fence ELSE plans.fence + 1 END,
		paused = excluded.paused, held = excluded.held, facts = excluded.facts
		WHERE excluded.fence > plans.fence OR excluded.schedule <> plans.schedule OR excluded.zone <> plans.zone`,
}

// PutPlans adds plans, or puts them in the place of those of the same key, of which each may be listed once. What is
// unfinished stays so. A Plan that is changed gets another Fence, so that a Step made from what it was is refused. One
// whose Fence is not greater than that of the Plan that is there was made from what is no more, by one of two who bring
// the same rules: it counts only if it brings another rule.
func (c *Catalog) PutPlans(ctx context.Context, plans []ibid.Plan) error {
	err := c.inTx(ctx, func(tx txn) error {
		_, err := insertPlans.exec(ctx, tx, len(plans), func(i int, args []any) ([]any, error) {
			p := &plans[i]
			facts, err := json.Marshal(p.Facts)
			return append(args, p.Collection, seedKey(p.Seed), p.Schedule, p.Zone, maybe(p.Grid), maybe(p.Due), maybe(p.At), p.Offset, p.Reason, p.Fence,
				truth(p.Paused), maybe(p.Held), string(facts), longURI(p.Seed)), err
		})
		return err
	})
	return storageError("record plans", "", err)
}

// Plan returns the Plan of that key. None is KindNotFound.
func (c *Catalog) Plan(ctx context.Context, key ibid.PlanKey) (ibid.Plan, error) {
	const op = "find the plan of"
	p, err := one(ctx, c, scanPlan, `SELECT `+planColumns+` FROM plans WHERE collection = $1 AND seed = $2`, key.Collection, seedKey(key.Seed))
	if errors.Is(err, sql.ErrNoRows) {
		return p, notFound(op, key.Seed, key.Collection, "plan")
	}
	return p, storageError(op, key.Seed, err)
}

// PlansOf returns up to n Plans of a Collection by Seed, from after a Seed on; none is no error. With the last Seed
// of what came, the next n follow.
func (c *Catalog) PlansOf(ctx context.Context, collection, after string, n int) ([]ibid.Plan, error) {
	const op = "list the plans of collection"
	plans, err := list(ctx, c, scanPlan, `SELECT `+planColumns+` FROM plans WHERE collection = $1 AND seed > $2 ORDER BY seed LIMIT $3`,
		collection, seedKey(after), n)
	return plans, storageError(op, collection, err)
}

// DeletePlan forgets a Plan. Its Turns stay on record.
func (c *Catalog) DeletePlan(ctx context.Context, key ibid.PlanKey) error {
	_, err := c.exec(ctx, `DELETE FROM plans WHERE collection = $1 AND seed = $2`, key.Collection, seedKey(key.Seed))
	return storageError("forget the plan of", key.Seed, err)
}

// Turns returns up to n Turns of a Plan, the latest due times first.
func (c *Catalog) Turns(ctx context.Context, key ibid.PlanKey, n int) ([]ibid.Turn, error) {
	const op = "list the due times of"
	turns, err := list(ctx, c, scanTurn, `SELECT outcome, due, last, times, decided FROM turns
		WHERE collection = $1 AND seed = $2 ORDER BY due DESC LIMIT $3`, key.Collection, seedKey(key.Seed), n)
	return turns, storageError(op, key.Seed, err)
}

func scanTurn(row scanner) (t ibid.Turn, err error) {
	var due, until, at int64
	err = row.Scan(&t.Outcome, &due, &until, &t.Count, &at)
	t.Due, t.Until, t.At = timeOf(due), timeOf(until), timeOf(at)
	return t, err
}

// UnfinishedLooks returns up to n looks that were handed on and are not over, the earliest first.
func (c *Catalog) UnfinishedLooks(ctx context.Context, n int) ([]Look, error) {
	const op = "list the looks that are not over"
	looks, err := list(ctx, c, scanLook, `SELECT t.collection, t.seed, coalesce(p.long_uri, ''), t.due FROM turns t
		LEFT JOIN plans p ON p.collection = t.collection AND p.seed = t.seed
		WHERE t.unfinished = 1 ORDER BY t.decided, t.collection, t.seed, t.due LIMIT $1`, n)
	return looks, storageError(op, "", err)
}

func scanLook(row scanner) (l Look, err error) {
	var long string
	var due int64
	err = row.Scan(&l.Collection, &l.Seed, &long, &due)
	l.Seed, l.Due = cmp.Or(long, l.Seed), timeOf(due)
	return l, err
}

// Pause has nothing be due of a Collection or, if seed is not empty, of that Seed of it, until Resume. It returns how
// many Plans that changed.
func (c *Catalog) Pause(ctx context.Context, collection, seed string) (int64, error) {
	return c.changePlans(ctx, "pause", collection, seed, `paused = 1`, `paused = 0`)
}

// Resume ends a pause: due times up to now are left out on purpose. It returns how many Plans that changed.
func (c *Catalog) Resume(ctx context.Context, collection, seed string, now time.Time) (int64, error) {
	return c.changePlans(ctx, "resume", collection, seed, `paused = 0, held = $3`, `paused = 1`, instant(now))
}

func (c *Catalog) changePlans(ctx context.Context, op, collection, seed, set, where string, args ...any) (int64, error) {
	query := `UPDATE plans SET ` + set + `, fence = fence + 1 WHERE collection = $1 AND ($2 = '' OR seed = $2) AND ` + where //nolint:gosec // words of ours
	n, err := c.exec(ctx, query, append([]any{collection, seedKey(seed)}, args...)...)
	return n, storageError(op, collection, err)
}

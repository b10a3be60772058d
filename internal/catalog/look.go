package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ibid-archive/ibid"
)

var insertLooks = insert{
	head: "INSERT INTO run_seeds (run, seed, host, n, due)", columns: 5, tail: "ON CONFLICT (run, seed) DO NOTHING",
}

// AddLooks makes a run of looks that a schedule hands on, in the transaction that does, and returns the hosts that are to
// be asked. All are of the Collection of run. Nobody takes such a run up by its inputs: its Jobs end it.
func (c *Catalog) AddLooks(ctx context.Context, tx *sql.Tx, run Run, looks []Look, scope ibid.Scope) (hosts []string, err error) {
	const op = "make a run of what is due in"
	_, err = tx.ExecContext(ctx, `INSERT INTO runs (id, collection, fingerprint, started, finished) VALUES ($1, $2, $3, $4, $4)`,
		run.ID, run.Collection, run.Fingerprint, instant(run.Started))
	if err != nil {
		return nil, storageError(op, run.Collection, err)
	}
	seeds := make([]ibid.Seed, len(looks))
	for i, l := range looks {
		seeds[i] = ibid.Seed{URI: l.Seed, Scope: scope}
	}
	in := txn{tx, &c.engine}
	if err := insertSeedScopes(ctx, in, run.Collection, seeds); err != nil {
		return nil, storageError(op, run.Collection, err)
	}
	known := map[string]bool{}
	_, err = insertLooks.exec(ctx, in, len(looks), func(i int, args []any) ([]any, error) {
		host := HostOf(looks[i].Seed)
		if !known[host] {
			known[host] = true
			hosts = append(hosts, host)
		}
		return append(args, run.ID, seedKey(looks[i].Seed), host, i, instant(looks[i].Due)), nil
	})
	return hosts, storageError(op, run.Collection, err)
}

// EndLooks ends those looks of a run whose Visits these are, in the transaction that records them, and takes down what
// is known of their Seeds by now: after says how a Visit changes that. It returns the Plans that this concerns. A
// second time it changes nothing.
func (c *Catalog) EndLooks(ctx context.Context, tx *sql.Tx, collection, run string, visits []ibid.Visit, after func(ibid.Facts, *ibid.Visit) ibid.Facts) ([]ibid.PlanKey, error) {
	const op = "end the looks of run"
	looks, err := looksOf(ctx, tx, collection, run, visits)
	if err != nil {
		return nil, storageError(op, run, err)
	}
	var keys []ibid.PlanKey
	for i, l := range looks {
		ended, err := finishLook(ctx, tx, l)
		if err != nil {
			return nil, storageError(op, run, err)
		}
		if !ended {
			continue
		}
		if err := ChangeFacts(ctx, tx, l.PlanKey, func(f ibid.Facts) ibid.Facts { return after(f, &visits[i]) }); err != nil {
			return nil, storageError(op, run, err)
		}
		keys = append(keys, l.PlanKey)
	}
	return keys, nil
}

// looksOf returns the look of each of visits; those that no schedule asked for have no due time.
func looksOf(ctx context.Context, tx *sql.Tx, collection, run string, visits []ibid.Visit) ([]Look, error) {
	due := map[string]int64{}
	err := inChunks(visits, func(part []ibid.Visit) error {
		args := append(make([]any, 0, 1+len(part)), run)
		for i := range part {
			args = append(args, seedKey(part[i].Seed))
		}
		query := `SELECT seed, due FROM run_seeds WHERE run = $1 AND due IS NOT NULL AND seed IN (` + parameters(2, len(part)) + `)` //nolint:gosec // only "$n" is added
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		_, err = scanAll(rows, func(row scanner) (_ struct{}, err error) {
			var seed string
			var at int64
			err = row.Scan(&seed, &at)
			due[seed] = at
			return struct{}{}, err
		})
		return err
	})
	if err != nil || len(due) == 0 {
		return nil, err
	}
	looks := make([]Look, len(visits))
	for i := range visits {
		looks[i].PlanKey = ibid.PlanKey{Collection: collection, Seed: visits[i].Seed}
		if at, ok := due[seedKey(visits[i].Seed)]; ok {
			looks[i].Due = timeOf(at)
		}
	}
	return looks, nil
}

// ChangeFacts changes what is known of the Seed of a Plan, in the transaction in which it became known. Without such a
// Plan it does nothing.
func ChangeFacts(ctx context.Context, tx *sql.Tx, key ibid.PlanKey, change func(ibid.Facts) ibid.Facts) error {
	var body []byte
	err := tx.QueryRowContext(ctx, `SELECT facts FROM plans WHERE collection = $1 AND seed = $2`, key.Collection, seedKey(key.Seed)).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) { // the Plan was taken away meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	var f ibid.Facts
	if err := json.Unmarshal(body, &f); err != nil {
		return fmt.Errorf("what is known of %s: %w", key.Seed, err)
	}
	return PutFacts(ctx, tx, key, change(f))
}

// GiveUpLooks ends the looks of a run at a host that nobody will make any more, and calls also in the same transaction,
// under the rules of Commit.
func (c *Catalog) GiveUpLooks(ctx context.Context, collection, run, host string, also func(tx *sql.Tx) error) error {
	const op = "give up what is due at"
	err := c.inTx(ctx, func(tx txn) error {
		rows, err := tx.QueryContext(ctx, `SELECT seed, due FROM run_seeds WHERE run = $1 AND host = $2 AND done = 0 AND due IS NOT NULL`, run, host)
		if err != nil {
			return err
		}
		looks, err := scanAll(rows, func(row scanner) (l Look, err error) {
			var due int64
			err = row.Scan(&l.Seed, &due)
			l.Collection, l.Due = collection, timeOf(due)
			return l, err
		})
		for _, l := range looks {
			if _, err := finishLook(ctx, tx.Tx, l); err != nil {
				return err
			}
		}
		if err != nil || also == nil {
			return err
		}
		return also(tx.Tx)
	})
	return storageError(op, host, err)
}

// SeedsOf returns up to n Seeds of a Collection by URI, from after a Seed on; none is no error.
func (c *Catalog) SeedsOf(ctx context.Context, collection, after string, n int) ([]ibid.Seed, error) {
	seeds, err := list(ctx, c, scanSeed, `SELECT uri, long_uri, scope, NULL FROM seeds WHERE collection = $1 AND uri > $2 ORDER BY uri LIMIT $3`,
		collection, seedKey(after), n)
	return seeds, storageError("list the seeds of collection", collection, err)
}

// SeedsWithoutPlan returns up to n Seeds of a Collection that have no Plan by URI, from after a Seed on.
func (c *Catalog) SeedsWithoutPlan(ctx context.Context, collection, after string, n int) ([]ibid.Seed, error) {
	seeds, err := list(ctx, c, scanSeed, `SELECT uri, long_uri, scope, NULL FROM seeds s WHERE collection = $1 AND uri > $2
		AND NOT EXISTS (SELECT 1 FROM plans p WHERE p.collection = s.collection AND p.seed = s.uri) ORDER BY uri LIMIT $3`,
		collection, seedKey(after), n)
	return seeds, storageError("list the seeds without a plan of collection", collection, err)
}

// PlannedOtherwise returns up to n Seeds of a Collection, in no order, whose Plan is of another schedule or zone; those of
// which but is true are left out. What is as it should be costs no more than to pass over it: the plans are gone through as
// they lie, since a million look-ups by way of an index take ten times as long.
func (c *Catalog) PlannedOtherwise(ctx context.Context, collection, schedule, zone string, n int, but func(uri string) bool) ([]ibid.Seed, error) {
	var seeds []ibid.Seed
	err := c.Retry(ctx, func() error {
		seeds = nil
		// Nothing is added to the name of the collection, so that no index is thought to help.
		rows, err := c.read.QueryContext(ctx, `SELECT seed, long_uri FROM plans
			WHERE collection || '' = $1 AND (schedule <> $2 OR zone <> $3)`, collection, schedule, zone)
		if err != nil {
			return err
		}
		defer rows.Close() //nolint:errcheck // rows.Err has said what there is to say
		for len(seeds) < n && rows.Next() {
			var key, long string
			if err := rows.Scan(&key, &long); err != nil {
				return err
			}
			if uri := cmp.Or(long, key); !but(uri) {
				seeds = append(seeds, ibid.Seed{URI: uri})
			}
		}
		return rows.Err()
	})
	return seeds, storageError("list the plans of collection", collection, err)
}

// PlanCounts counts the Plans of all Collections, and those that are due and were not handed on.
func (c *Catalog) PlanCounts(ctx context.Context, now time.Time) (plans, overdue int64, err error) {
	err = c.Retry(ctx, func() error {
		return c.read.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM plans),
			(SELECT count(*) FROM plans WHERE paused = 0 AND due IS NOT NULL AND due_at <= $1)`, instant(now)).Scan(&plans, &overdue)
	})
	return plans, overdue, storageError("count what is due", "", err)
}

// PutSeeds makes Seeds known to a Collection.
func (c *Catalog) PutSeeds(ctx context.Context, collection string, seeds []ibid.Seed) error {
	err := c.inTx(ctx, func(tx txn) error { return insertSeedScopes(ctx, tx, collection, seeds) })
	return storageError("record the seeds of collection", collection, err)
}

// PlansFor returns the Plans of those of seeds that have one, by the URI of the Seed.
func (c *Catalog) PlansFor(ctx context.Context, collection string, seeds []ibid.Seed) (map[string]ibid.Plan, error) {
	held := make(map[string]ibid.Plan, len(seeds))
	err := inChunks(seeds, func(part []ibid.Seed) error {
		query := `SELECT ` + planColumns + ` FROM plans WHERE collection = $1 AND seed IN (` + parameters(2, len(part)) + `)` //nolint:gosec // only "$n" is added
		plans, err := list(ctx, c, scanPlan, query, seedArgs(part, collection)...)
		for _, p := range plans {
			held[p.Seed] = p
		}
		return err
	})
	return held, storageError("look up the plans of collection", collection, err)
}

// DueNow makes Plans of a Collection, or that of one Seed of it, due at an instant; what is due after that stays as it
// is. It returns how many Plans that changed: not those that are paused.
func (c *Catalog) DueNow(ctx context.Context, collection, seed string, now time.Time) (int64, error) {
	const op = "make due"
	n, err := c.exec(ctx, `UPDATE plans SET due = $3, due_at = $3, reason = 'it was asked for', fence = fence + 1
		WHERE collection = $1 AND ($2 = '' OR seed = $2) AND paused = 0`, collection, seedKey(seed), instant(now.UTC().Truncate(time.Second)))
	return n, storageError(op, collection, err)
}

// Ping says why the catalogue cannot be asked now; nil: it can.
func (c *Catalog) Ping(ctx context.Context) error {
	return storageError("ask the catalogue", "", c.read.PingContext(ctx))
}

// Tell adds events in a transaction of its own.
func (c *Catalog) Tell(ctx context.Context, events []ibid.Event) error {
	return c.inTx(ctx, func(tx txn) error { return AddEvents(ctx, tx.Tx, events) })
}

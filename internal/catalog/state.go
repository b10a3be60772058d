package catalog

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
)

// What a catalogue holds and the store does not: the state of runs, schedules with what became of their due times, what is
// to be told, when other archives may be asked again, and who may do and has asked for what.
// key is the column in which a Seed is; where the URI is too long for that, long_uri has it whole.
var stateTables = []struct {
	name, columns, key string
}{
	{"seeds", "collection, uri, scope, long_uri", "uri"},
	{"runs", "id, collection, fingerprint, started, finished", ""},
	{"run_seeds", "run, seed, host, n, done, due, target", "seed"},
	{"plans", "collection, seed, schedule, zone, grid, due, due_at, zone_offset, reason, fence, paused, held, unfinished, facts, long_uri", "seed"},
	{"turns", "collection, seed, due, last, times, outcome, decided, unfinished", "seed"},
	{"events", "id, n, happened, collection, body", ""},
	{"channels", "name", ""},
	{"deliveries", "channel, event, n, due, attempts", ""},
	{"budgets", "archive, kind, next, why", ""},
	{"tokens", "id, secret, created, revoked, body", ""},
	{"requests", "id, collection, asker, idempotency, fingerprint, created, finished, body", ""},
}

// State counts what TakeState took.
type State struct{ Runs, Plans, Turns int }

// TakeState takes from another catalogue what cannot be made from the store: Seeds, runs, Plans, Turns, Events. It comes
// before what is put from the store, so that a Visit which is in the store is done in its run. Nothing may write to
// the other one meanwhile.
func (f *Filler) TakeState(ctx context.Context, from *Catalog) (s State, err error) {
	for _, t := range stateTables {
		n, err := f.take(ctx, from, t.name, strings.Split(t.columns, ", "), t.key)
		if err != nil {
			return s, storageError("take over the table", t.name, err)
		}
		switch t.name {
		case "runs":
			s.Runs = n
		case "plans":
			s.Plans = n
		case "turns":
			s.Turns = n
		}
	}
	return s, nil
}

// take copies a table, so many rows at a time.
func (f *Filler) take(ctx context.Context, from *Catalog, table string, columns []string, key string) (total int, err error) {
	rows, err := from.read.QueryContext(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM "+table) //nolint:gosec // names of ours
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	in := insert{head: "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ")", columns: len(columns)}
	keyAt, longAt := slices.Index(columns, key), slices.Index(columns, "long_uri")
	var part [][]any
	put := func() error {
		n, err := in.exec(ctx, f.tx, len(part), func(i int, args []any) ([]any, error) { return append(args, part[i]...), nil })
		total += n
		part = part[:0]
		return err
	}
	for rows.Next() {
		row, err := scanRow(rows, len(columns))
		if err != nil {
			return total, err
		}
		if keyAt >= 0 {
			shorten(row, keyAt, longAt)
		}
		if part = append(part, row); len(part) == takeRows {
			if err := put(); err != nil {
				return total, err
			}
		}
	}
	return total, errors.Join(rows.Err(), put())
}

// takeRows is how many rows are held in memory while a table is copied.
const takeRows = 16 * rowsAStatement

func scanRow(rows *sql.Rows, n int) ([]any, error) {
	row, at := make([]any, n), make([]any, n)
	for i := range row {
		at[i] = &row[i]
	}
	err := rows.Scan(at...)
	for i, v := range row {
		if b, ok := v.([]byte); ok {
			row[i] = string(b)
		}
	}
	return row, err
}

// shorten makes a key of a Seed's URI that was stored before keys had a length.
func shorten(row []any, keyAt, longAt int) {
	uri, _ := row[keyAt].(string)
	row[keyAt] = seedKey(uri)
	if longAt >= 0 && row[longAt] == "" {
		row[longAt] = longURI(uri)
	}
}

// Tx is the transaction, for the queue, which lives in the same database.
func (f *Filler) Tx() *sql.Tx { return f.tx.Tx }

// IsEmpty says whether the catalogue holds nothing yet.
func (c *Catalog) IsEmpty(ctx context.Context) (bool, error) {
	names, err := c.Collections(ctx)
	if err != nil || len(names) > 0 {
		return false, err
	}
	n, err := one(ctx, c, func(row scanner) (n int, err error) { return n, row.Scan(&n) },
		`SELECT (SELECT count(*) FROM runs) + (SELECT count(*) FROM plans)
			+ (SELECT count(*) FROM events) + (SELECT count(*) FROM channels) + (SELECT count(*) FROM tokens)`)
	return n == 0, storageError("look into the catalogue", "", err)
}

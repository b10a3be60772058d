package catalog

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"
)

// rowsAStatement bounds the rows of one INSERT: enough to make the cost of a statement small, few enough
// that both engines take the parameters (SQLite 32,766, PostgreSQL 65,535).
const rowsAStatement = 64

// insert is an INSERT of many rows: head is up to VALUES, tail what follows the rows.
type insert struct {
	head    string
	columns int
	tail    string
}

// exec inserts n rows, the i-th as row says, and returns how many were new.
func (in insert) exec(ctx context.Context, tx *sql.Tx, n int, row func(i int, args []any) ([]any, error)) (int, error) {
	total := 0
	args := make([]any, 0, min(n, rowsAStatement)*in.columns)
	var full *sql.Stmt // of the statement that inserts rowsAStatement rows
	for from := 0; from < n; from += rowsAStatement {
		to := min(from+rowsAStatement, n)
		args = args[:0]
		for i := from; i < to; i++ {
			var err error
			if args, err = row(i, args); err != nil {
				return total, err
			}
		}
		if full == nil && n >= 2*rowsAStatement {
			var err error
			if full, err = tx.PrepareContext(ctx, in.text(rowsAStatement)); err != nil {
				return total, err
			}
			defer full.Close() //nolint:errcheck // the end of the transaction closes it as well
		}
		var res sql.Result
		var err error
		if full != nil && to-from == rowsAStatement {
			res, err = full.ExecContext(ctx, args...)
		} else {
			res, err = tx.ExecContext(ctx, in.text(to-from), args...)
		}
		if err != nil {
			return total, err
		}
		added, err := res.RowsAffected()
		if err != nil {
			return total, err
		}
		total += int(added)
	}
	return total, nil
}

// text is the statement for that many rows. Its parameters have no number, unlike all others here: SQLite
// looks numbers up one by one, which for a thousand parameters costs more than the rows.
func (in insert) text(rows int) string {
	row := "(?" + strings.Repeat(",?", in.columns-1) + ")"
	return in.head + " VALUES " + row + strings.Repeat(","+row, rows-1) + " " + in.tail
}

// parameters is "$from,…" for n parameters.
func parameters(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
	return b.String()
}

// scanAll reads all rows of a query.
func scanAll[T any](rows *sql.Rows, scan func(scanner) (T, error)) (all []T, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// scanner is a row to read: *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

// inTx runs do in one write transaction: all of it happens, durably, or none.
func (c *Catalog) inTx(ctx context.Context, do func(tx *sql.Tx) error) (err error) {
	tx, err := c.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			if rb := tx.Rollback(); rb != nil && !errors.Is(rb, sql.ErrTxDone) {
				err = errors.Join(err, rb)
			}
		}
	}()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func instant(t time.Time) int64 { return t.UnixMicro() }

func timeOf(instant int64) time.Time { return time.UnixMicro(instant).UTC() }

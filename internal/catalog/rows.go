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
func (in insert) exec(ctx context.Context, tx txn, n int, row func(i int, args []any) ([]any, error)) (int, error) {
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
			if full, err = tx.PrepareContext(ctx, in.text(rowsAStatement, tx.engine.numbered)); err != nil {
				return total, err
			}
			defer full.Close() //nolint:errcheck // the end of the transaction closes it as well
		}
		var res sql.Result
		var err error
		if full != nil && to-from == rowsAStatement {
			res, err = full.ExecContext(ctx, args...)
		} else {
			res, err = tx.ExecContext(ctx, in.text(to-from, tx.engine.numbered), args...)
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

// text is the statement for that many rows. SQLite's parameters have no number, unlike all others here: it looks
// numbers up one by one, which for a thousand parameters costs more than the rows.
func (in insert) text(rows int, numbered bool) string {
	var b strings.Builder
	b.WriteString(in.head)
	b.WriteString(" VALUES ")
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		if numbered {
			b.WriteString("(" + parameters(r*in.columns+1, in.columns) + ")")
		} else {
			b.WriteString("(?" + strings.Repeat(",?", in.columns-1) + ")")
		}
	}
	return b.String() + " " + in.tail
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

// rowsOf is "($from),…" for n rows of one parameter.
func rowsOf(from, n int) string {
	return "(" + strings.ReplaceAll(parameters(from, n), ",", "),(") + ")"
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

// ask is one for a prepared question.
func ask[T any](ctx context.Context, c *Catalog, scan func(scanner) (T, error), question *sql.Stmt, args ...any) (v T, err error) {
	short := c.short(ctx)
	err = c.Retry(ctx, func() error {
		v, err = scan(question.QueryRowContext(short, args...))
		return err
	})
	return v, err
}

// askAll is ask for all rows.
func askAll[T any](ctx context.Context, c *Catalog, scan func(scanner) (T, error), question *sql.Stmt, args ...any) (all []T, err error) {
	short := c.short(ctx)
	err = c.Retry(ctx, func() error {
		rows, err := question.QueryContext(short, args...)
		if err != nil {
			return err
		}
		all, err = scanAll(rows, scan)
		return err
	})
	return all, err
}

// short is ctx for a question that a file answers in microseconds: to be able to stop it would take as long again, two
// goroutines each. A server may be far away.
func (c *Catalog) short(ctx context.Context) context.Context {
	if c.engine.shared {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

// exec runs one statement and returns how many rows it changed, again when the database was away: it must bear that.
func (c *Catalog) exec(ctx context.Context, statement string, args ...any) (n int64, err error) {
	err = c.Retry(ctx, func() error {
		res, err := c.write.ExecContext(ctx, statement, args...)
		if err != nil {
			return err
		}
		changed, err := res.RowsAffected()
		n = max(n, changed) // of a second try that finds the first one done, the first one's count
		return err
	})
	return n, err
}

func scanString(row scanner) (s string, err error) { return s, row.Scan(&s) }

// scanner is a row to read: *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

// list reads all rows of a query, again when the database was away.
func list[T any](ctx context.Context, c *Catalog, scan func(scanner) (T, error), query string, args ...any) (all []T, err error) {
	err = c.Retry(ctx, func() error {
		rows, err := c.read.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		all, err = scanAll(rows, scan)
		return err
	})
	return all, err
}

// listOften is list for a question that is asked often: it is prepared once.
func listOften[T any](ctx context.Context, c *Catalog, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	return listAsking(ctx, ctx, c, scan, query, args...)
}

// listShort is listOften for a question that is short.
func listShort[T any](ctx context.Context, c *Catalog, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	return listAsking(ctx, c.short(ctx), c, scan, query, args...)
}

func listAsking[T any](ctx, asking context.Context, c *Catalog, scan func(scanner) (T, error), query string, args ...any) (all []T, err error) {
	err = c.Retry(ctx, func() error {
		question, err := c.hot.prepared(ctx, c.read, query)
		if err != nil {
			return err
		}
		rows, err := question.QueryContext(asking, args...)
		if err != nil {
			return err
		}
		all, err = scanAll(rows, scan)
		return err
	})
	return all, err
}

// one is list for a query of one row; sql.ErrNoRows says that there is none.
func one[T any](ctx context.Context, c *Catalog, scan func(scanner) (T, error), query string, args ...any) (v T, err error) {
	err = c.Retry(ctx, func() error {
		v, err = scan(c.read.QueryRowContext(ctx, query, args...))
		return err
	})
	return v, err
}

func instant(t time.Time) int64 { return t.UnixMicro() }

func timeOf(instant int64) time.Time { return time.UnixMicro(instant).UTC() }

package catalog

import (
	"context"
	"iter"
	"strconv"
	"strings"

	"github.com/ibid-archive/ibid/archive/cdx"
)

// The rows of one question of Entries: few at first, for most who ask want one, then more and more.
const (
	firstRows = 16
	mostRows  = 1024
)

// behindAll is behind every record id.
const behindAll = "\U0010FFFF"

// Entries goes through the Captures that q asks for, over all its collections, in the order of their Positions. It asks
// for some rows at a time and holds no connection between, so that whoever reads slowly keeps nobody waiting. An
// address that is none is an error of KindInput; none held is no error.
func (c *Catalog) Entries(ctx context.Context, q cdx.Query) iter.Seq2[cdx.Entry, error] {
	return func(yield func(cdx.Entry, error) bool) {
		cursors, err := c.cursors(ctx, q)
		if err != nil {
			yield(cdx.Entry{}, storageError("look up", q.URI, err))
			return
		}
		for n := 0; q.Limit == 0 || n < q.Limit; n++ {
			e, err := foremost(ctx, cursors, q.Reverse)
			if err != nil {
				yield(cdx.Entry{}, storageError("look up", q.URI, err))
				return
			}
			if e == nil || !yield(*e, nil) {
				return
			}
		}
	}
}

// Count counts the Captures that q asks for; Limit and After say nothing to it.
func (c *Catalog) Count(ctx context.Context, q cdx.Query) (n int64, err error) {
	collections, err := c.asked(ctx, q)
	if err != nil {
		return 0, storageError("count", q.URI, err)
	}
	q.After = nil
	for _, name := range collections {
		cur := cursor{c: c, q: q, collection: name}
		if err := cur.bounds(); err != nil {
			return 0, err
		}
		where, args := cur.where()
		found, err := one(ctx, c, scanCount, `SELECT count(*) FROM captures WHERE `+where, args...)
		if err != nil {
			return 0, storageError("count", q.URI, err)
		}
		n += found
	}
	return n, nil
}

func scanCount(row scanner) (n int64, err error) { return n, row.Scan(&n) }

// asked are the collections of q. Those with captures are found by stepping from one name to the next, which costs the
// same whatever they hold.
func (c *Catalog) asked(ctx context.Context, q cdx.Query) ([]string, error) {
	if len(q.Collections) > 0 {
		return q.Collections, nil
	}
	return c.Holders(ctx)
}

// Holders are the names of the collections that hold captures, sorted.
func (c *Catalog) Holders(ctx context.Context) ([]string, error) {
	names, err := listShort(ctx, c, scanString, `WITH RECURSIVE held (name) AS (SELECT min(collection) FROM captures
		UNION ALL SELECT (SELECT min(collection) FROM captures WHERE collection > held.name) FROM held WHERE held.name IS NOT NULL)
		SELECT name FROM held WHERE name IS NOT NULL`)
	return names, storageError("list the collections", "", err)
}

func (c *Catalog) cursors(ctx context.Context, q cdx.Query) ([]*cursor, error) {
	names, err := c.asked(ctx, q)
	if err != nil {
		return nil, err
	}
	all := make([]*cursor, len(names))
	for i, name := range names {
		all[i] = &cursor{c: c, q: q, collection: name, size: firstRows}
		if q.Limit > 0 {
			all[i].size = min(q.Limit, firstRows)
		}
		if err := all[i].bounds(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// foremost takes the first Entry of all cursors; nil is their end.
func foremost(ctx context.Context, all []*cursor, reverse bool) (*cdx.Entry, error) {
	var best *cursor
	for _, cur := range all {
		if err := cur.fill(ctx); err != nil {
			return nil, err
		}
		if len(cur.rows) == 0 {
			continue
		}
		if best == nil || (cur.rows[0].Position().Compare(best.rows[0].Position()) < 0) != reverse {
			best = cur
		}
	}
	if best == nil {
		return nil, nil //nolint:nilnil // the end is an answer
	}
	e := &best.rows[0]
	best.rows = best.rows[1:]
	return e, nil
}

// cursor is how far the Entries of one collection have been read.
type cursor struct {
	c          *Catalog
	q          cdx.Query
	collection string
	from       string // the key, or the first of them
	until      string // empty: there is one key
	size       int
	rows       []cdx.Entry
	end        bool
}

func (cur *cursor) bounds() (err error) {
	cur.from, cur.until, err = cur.q.Keys()
	if err != nil && (cur.q.Match == cdx.MatchURI || cur.q.Match == cdx.MatchExact) {
		err = nil // what is no address is its own key, and may be held
	}
	if cur.until == "" {
		cur.from = surtOf(cur.q.URI)
	}
	return err
}

// fill reads the next rows when there are none.
func (cur *cursor) fill(ctx context.Context) error {
	if len(cur.rows) > 0 || cur.end {
		return nil
	}
	where, args := cur.where()
	order := ` ORDER BY surt, ts, record_id`
	if cur.q.Reverse {
		order = ` ORDER BY surt DESC, ts DESC, record_id DESC`
	}
	args = append(args, cur.size)
	ask := listOften[cdx.Entry]
	if cur.until == "" { // what one key has is soon found
		ask = listShort[cdx.Entry]
	}
	rows, err := ask(ctx, cur.c, scanEntry, `SELECT surt, collection, `+captureColumns+` FROM captures WHERE `+where+order+` LIMIT $`+strconv.Itoa(len(args)), args...)
	if err != nil {
		return err
	}
	cur.rows, cur.end = rows, len(rows) < cur.size
	cur.size = min(4*cur.size, mostRows)
	if len(rows) > 0 {
		last := rows[len(rows)-1].Position()
		cur.q.After = &last
	}
	return nil
}

// where is the condition for what comes next, and its parameters.
func (cur *cursor) where() (string, []any) {
	var b strings.Builder
	args := []any{cur.collection}
	add := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(args)), 1)
		}
		b.WriteString(" AND " + condition)
	}
	b.WriteString("collection = $1")
	if cur.until == "" {
		add("surt = ?", cur.from)
	} else {
		add("surt >= ? AND surt < ?", cur.from, cur.until)
	}
	if cur.q.Match == cdx.MatchURI {
		add("uri = ?", canonical(cur.q.URI))
	}
	if !cur.q.From.IsZero() {
		add("ts >= ?", instant(cur.q.From))
	}
	if !cur.q.To.IsZero() {
		add("ts <= ?", instant(cur.q.To))
	}
	if p := cur.q.After; p != nil {
		than := "> "
		if cur.q.Reverse {
			than = "< "
		}
		add("(surt, ts, record_id) "+than+"(?, ?, ?)", p.Key, instant(p.Time), cur.recordBound(*p))
	}
	return b.String(), args
}

// recordBound is the record id that p has for this collection: the names of collections come before those of records.
func (cur *cursor) recordBound(p cdx.Position) string {
	switch {
	case cur.collection == p.Collection:
		return p.RecordID
	case cur.collection > p.Collection:
		return ""
	}
	return behindAll
}

func scanEntry(row scanner) (cdx.Entry, error) {
	var e cdx.Entry
	c, err := scanCapture(prefixed{row, []any{&e.Key, &e.Collection}})
	e.Capture = c
	return e, err
}

// prefixed is a row with columns before those that are scanned.
type prefixed struct {
	row   scanner
	first []any
}

func (p prefixed) Scan(dest ...any) error { return p.row.Scan(append(p.first, dest...)...) }

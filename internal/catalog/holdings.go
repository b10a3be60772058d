package catalog

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// Holdings is what is known of all objects over some stores.
type Holdings struct {
	// Objects counts those that were looked at in any of the stores; what was archived and not looked at since is none of them.
	Objects int64
	// Once counts those that one store alone has without damage, Twice those that two or more have.
	Once, Twice int64
	// Recent counts those that were read since in every store that has them.
	Recent int64
	// Damaged counts those with which something is wrong now in one of them.
	Damaged int64
}

// HoldingsIn is what is known of the objects in one store.
type HoldingsIn struct {
	Objects, Damaged int64
	// Recent counts those that were read since.
	Recent int64
	// Oldest is when the one was read that was not read for the longest time; zero: one was never read.
	Oldest time.Time
}

// Holdings counts over the stores with these names; the first one is the empty name.
func (c *Catalog) Holdings(ctx context.Context, stores []string, since time.Time) (Holdings, error) {
	in, args := make([]string, len(stores)), []any{instant(since)}
	for i, name := range stores {
		in[i] = fmt.Sprintf("$%d", i+2)
		args = append(args, name)
	}
	all, err := list(ctx, c, func(row scanner) (h Holdings, err error) {
		return h, row.Scan(&h.Objects, &h.Once, &h.Twice, &h.Recent, &h.Damaged)
	}, `SELECT COUNT(*), COUNT(*) FILTER (WHERE good = 1), COUNT(*) FILTER (WHERE good > 1), COUNT(*) FILTER (WHERE oldest >= $1),
			COUNT(*) FILTER (WHERE good < had)
		FROM (SELECT object, COUNT(*) AS had, COUNT(*) FILTER (WHERE code = '') AS good, MIN(checked) AS oldest FROM fixity
			WHERE copy IN (`+strings.Join(in, ", ")+`) GROUP BY object) AS o`, args...)
	if err != nil || len(all) != 1 {
		return Holdings{}, storageError("count what is held", "", err)
	}
	return all[0], nil
}

// HoldingsIn counts in the store with that name.
func (c *Catalog) HoldingsIn(ctx context.Context, store string, since time.Time) (HoldingsIn, error) {
	all, err := list(ctx, c, func(row scanner) (h HoldingsIn, err error) {
		var oldest int64
		err = row.Scan(&h.Objects, &h.Damaged, &h.Recent, &oldest)
		if oldest > 0 {
			h.Oldest = timeOf(oldest)
		}
		return h, err
	}, `SELECT COUNT(*), COUNT(*) FILTER (WHERE code <> ''), COUNT(*) FILTER (WHERE checked >= $1), COALESCE(MIN(checked), 0)
		FROM fixity WHERE copy = $2`, instant(since), store)
	if err != nil || len(all) != 1 {
		return HoldingsIn{}, storageError("count what is held", "", err)
	}
	return all[0], nil
}

// OldestUnsecured is when the oldest live capture was made whose object is not sound in two of the stores with these names, as far as
// is known; zero: there is none. What came from other archives or imports is as old as it was there, and is left out.
func (c *Catalog) OldestUnsecured(ctx context.Context, stores []string) (oldest time.Time, err error) {
	const op = "look for what is not secured"
	names, err := c.Collections(ctx)
	if err != nil {
		return oldest, err
	}
	in, args := make([]string, len(stores)), []any{"", string(ibid.OriginLive)}
	for i, name := range stores {
		in[i] = fmt.Sprintf("$%d", i+3)
		args = append(args, name)
	}
	for _, name := range names {
		args[0] = name
		// From one object to the next, as in Collections.
		at, err := one(ctx, c, scanCount, `WITH RECURSIVE held (object) AS (
			SELECT min(object) FROM captures WHERE collection = $1 UNION ALL
			SELECT (SELECT min(object) FROM captures WHERE collection = $1 AND object > held.object) FROM held WHERE held.object IS NOT NULL)
			SELECT COALESCE(MIN(ts), 0) FROM captures WHERE collection = $1 AND origin = $2 AND object IN (
				SELECT object FROM held WHERE object IS NOT NULL AND (SELECT COUNT(*) FROM fixity
					WHERE fixity.object = held.object AND code = '' AND copy IN (`+strings.Join(in, ", ")+`)) < 2)`, args...)
		if err != nil {
			return oldest, storageError(op, name, err)
		}
		if t := timeOf(at); at != 0 && (oldest.IsZero() || t.Before(oldest)) {
			oldest = t
		}
	}
	return oldest, nil
}

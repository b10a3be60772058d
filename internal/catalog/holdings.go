package catalog

import (
	"context"
	"fmt"
	"strings"
	"time"
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

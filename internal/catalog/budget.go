package catalog

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Budgets say when other web archives may be asked. All processes of a catalogue share them, and a crash forgets nothing
// of what was spent.
type Budgets struct{ c *Catalog }

// Budgets returns the Budgets of c.
func (c *Catalog) Budgets() *Budgets { return &Budgets{c: c} }

const (
	// window is the time in which no more than window/every questions are asked.
	window = time.Minute
	// atOnce is the share of them that may come without a pause between them; the others are spread so that even then
	// there are not more in any window.
	atOnce = 4
)

// Take waits until archive may be asked one more question of that kind, when there are to be at least every between two
// on average over any minute. The turn is spent also when ctx ends before it comes.
func (b *Budgets) Take(ctx context.Context, archive, kind string, every time.Duration) error {
	now := b.c.now()
	at, err := b.Reserve(ctx, archive, kind, every, now)
	if err != nil {
		return err
	}
	turn := time.NewTimer(at.Sub(now))
	defer turn.Stop()
	select {
	case <-turn.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Reserve spends one turn and returns when it comes. It is the generic cell rate algorithm (ITU-T I.371): next is when
// the bucket is empty again.
func (b *Budgets) Reserve(ctx context.Context, archive, kind string, every time.Duration, now time.Time) (time.Time, error) {
	burst := time.Duration(0) // how much sooner than the even pace a question may come
	if n := window / max(every, 1) / atOnce; n > 1 {
		every = every * atOnce / (atOnce - 1)
		burst = (n - 1) * every
	}
	var next int64
	err := b.c.Retry(ctx, func() error {
		return b.c.write.QueryRowContext(ctx, `INSERT INTO budgets (archive, kind, next) VALUES ($1, $2, CAST($3 AS BIGINT) + CAST($4 AS BIGINT))
			ON CONFLICT (archive, kind) DO UPDATE SET next = CASE WHEN budgets.next > CAST($3 AS BIGINT) THEN budgets.next ELSE CAST($3 AS BIGINT) END + CAST($4 AS BIGINT)
			RETURNING next`, archive, kind, instant(now), every.Microseconds()).Scan(&next)
	})
	if err != nil {
		return time.Time{}, storageError("keep the budget of", archive, err)
	}
	at := timeOf(next).Add(-every - burst)
	if at.Before(now) {
		return now, nil
	}
	return at, nil
}

// Rest lets archive alone until then, because of why. A longer rest that it has already stays.
func (b *Budgets) Rest(ctx context.Context, archive string, until time.Time, why string) error {
	_, err := b.c.exec(ctx, `INSERT INTO budgets (archive, kind, next, why) VALUES ($1, '', $2, $3)
		ON CONFLICT (archive, kind) DO UPDATE SET next = excluded.next, why = excluded.why WHERE budgets.next < excluded.next`,
		archive, instant(until), storable(why))
	return storageError("let rest", archive, err)
}

// Resting returns until when archive is to be let alone, and why; the zero time: it is not.
func (b *Budgets) Resting(ctx context.Context, archive string) (until time.Time, why string, err error) {
	type rest struct {
		until int64
		why   string
	}
	r, err := one(ctx, b.c, func(row scanner) (r rest, err error) { return r, row.Scan(&r.until, &r.why) },
		`SELECT next, why FROM budgets WHERE archive = $1 AND kind = '' AND next > $2`, archive, instant(b.c.now()))
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, "", nil
	}
	return timeOf(r.until), r.why, storageError("ask whether to let alone", archive, err)
}

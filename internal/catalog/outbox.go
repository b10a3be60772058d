package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
)

// keepEvents is how long an Event is held that nobody is to be told of any more.
const keepEvents = 90 * 24 * time.Hour

// Outbox is where Events wait in a catalogue until every channel had them, as a notifier asks for it.
type Outbox struct{ c *Catalog }

// Outbox returns the Outbox of c.
func (c *Catalog) Outbox() *Outbox { return &Outbox{c: c} }

// AddEvents adds events, in the transaction that makes them true, for the channels that there are. One whose ID is
// there already is left out.
func AddEvents(ctx context.Context, tx *sql.Tx, events []ibid.Event) error {
	for i := range events {
		if err := addEvent(ctx, tx, &events[i]); err != nil {
			return storageError("record the event", events[i].ID, err)
		}
	}
	return nil
}

func addEvent(ctx context.Context, tx *sql.Tx, e *ibid.Event) error {
	body, err := json.Marshal(e)
	if err != nil {
		return err
	}
	// Two transactions at the same time may give the same n: which of them was first, nobody can say.
	added, err := changed(tx.ExecContext(ctx, `INSERT INTO events (id, n, happened, collection, body)
		VALUES ($1, (SELECT coalesce(max(n), 0) + 1 FROM events), $2, $3, $4) ON CONFLICT (id) DO NOTHING`,
		e.ID, instant(e.When), e.Collection, string(body)))
	if err != nil || !added {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO deliveries (channel, event, n, due, attempts)
		SELECT c.name, e.id, e.n, 0, 0 FROM channels c CROSS JOIN events e WHERE e.id = $1`, e.ID)
	return err
}

// Begin makes these the channels that there are: a new one is told what is added from now on, and what waits for one
// that is no more is forgotten. Events that are over are forgotten after 90 days.
func (o *Outbox) Begin(ctx context.Context, channels []string) error {
	const op = "register the channels of notifications"
	// In one order, so that two that begin at the same time do not wait for each other.
	channels = slices.Compact(slices.Sorted(slices.Values(channels)))
	err := o.c.inTx(ctx, func(tx txn) error { return register(ctx, tx.Tx, channels) })
	if err == nil {
		_, err = o.Forget(ctx, o.c.now().Add(-keepEvents))
	}
	return storageError(op, "", err)
}

func register(ctx context.Context, tx *sql.Tx, channels []string) error {
	rows, err := tx.QueryContext(ctx, `SELECT name FROM channels ORDER BY name`)
	if err != nil {
		return err
	}
	known, err := scanAll(rows, scanString)
	if err != nil {
		return err
	}
	for _, name := range known {
		if slices.Contains(channels, name) {
			continue
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM channels WHERE name = $1`, name); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM deliveries WHERE channel = $1`, name); err != nil {
			return err
		}
	}
	for _, name := range channels {
		added, err := changed(tx.ExecContext(ctx, `INSERT INTO channels (name) VALUES ($1) ON CONFLICT (name) DO NOTHING`, name))
		if err != nil {
			return err
		}
		if !added {
			continue
		}
		// What an event left here that was being added while a channel of this name ended.
		if _, err := tx.ExecContext(ctx, `DELETE FROM deliveries WHERE channel = $1`, name); err != nil {
			return err
		}
	}
	return nil
}

// forgetBatch is how many Events one statement forgets: others write between two of them.
const forgetBatch = 500

// Forget removes the Events from before that time that no channel is to be told of any more, so many at a time, and
// returns how many.
func (o *Outbox) Forget(ctx context.Context, before time.Time) (total int64, err error) {
	for {
		n, err := o.c.exec(ctx, `DELETE FROM events WHERE id IN (SELECT e.id FROM events e WHERE e.happened < $1
			AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event = e.id) ORDER BY e.happened LIMIT $2)`, instant(before), forgetBatch)
		total += n
		if err != nil || n < forgetBatch {
			return total, storageError("forget old events", "", err)
		}
	}
}

// Recent returns the last n Events, the latest first: those of that Collection, or all for an empty one.
func (o *Outbox) Recent(ctx context.Context, collection string, n int) ([]ibid.Event, error) {
	const op = "list the last events"
	query, args := `SELECT body FROM events ORDER BY happened DESC, n DESC LIMIT $1`, []any{n}
	if collection != "" {
		query = `SELECT body FROM events WHERE collection = $2 ORDER BY happened DESC, n DESC LIMIT $1`
		args = append(args, collection)
	}
	events, err := list(ctx, o.c, scanBody[ibid.Event], query, args...)
	return events, storageError(op, collection, err)
}

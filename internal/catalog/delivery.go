package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/ibid-archive/ibid"
)

// Take returns up to n Deliveries to a channel that are due by now, those due first first, and those due at the same
// time in the order in which they were added. They become due again at until; nobody else takes them before. When the
// answer to the COMMIT is lost, so are they until then.
func (o *Outbox) Take(ctx context.Context, channel string, now, until time.Time, n int) ([]ibid.Delivery, error) {
	const op = "take what is to be told by"
	var taken []ibid.Delivery
	err := o.c.inTx(ctx, func(tx txn) (err error) {
		taken, err = take(ctx, tx, channel, now, until, n)
		return err
	})
	if err != nil {
		return nil, storageError(op, channel, err)
	}
	return taken, nil
}

func take(ctx context.Context, tx txn, channel string, now, until time.Time, n int) ([]ibid.Delivery, error) {
	rows, err := tx.QueryContext(ctx, `SELECT e.body, d.attempts FROM deliveries d JOIN events e ON e.id = d.event
		WHERE d.channel = $1 AND d.due <= $2 ORDER BY d.due, d.n, d.event LIMIT $3 `+tx.engine.lockDeliveries, channel, instant(now), n)
	if err != nil {
		return nil, err
	}
	taken, err := scanAll(rows, scanDelivery)
	if err != nil {
		return nil, err
	}
	return taken, inChunks(taken, func(part []ibid.Delivery) error {
		args := []any{instant(until), channel}
		for i := range part {
			args = append(args, part[i].Event.ID)
		}
		query := `UPDATE deliveries SET due = $1 WHERE channel = $2 AND event IN (` + parameters(3, len(part)) + `)` //nolint:gosec // only "$n" is added
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

func scanDelivery(row scanner) (d ibid.Delivery, err error) {
	var body []byte
	if err := row.Scan(&body, &d.Attempts); err != nil {
		return d, err
	}
	return d, json.Unmarshal(body, &d.Event)
}

// Settle records what became of Deliveries to a channel, all of them or, with an error, none. What is not, or no
// longer, to be delivered makes no difference.
func (o *Outbox) Settle(ctx context.Context, channel string, results []ibid.DeliveryResult) error {
	err := o.c.inTx(ctx, func(tx txn) error { return settle(ctx, tx.Tx, channel, results) })
	return storageError("record what was told by", channel, err)
}

func settle(ctx context.Context, tx *sql.Tx, channel string, results []ibid.DeliveryResult) error {
	var over []string
	for _, r := range results {
		if r.Next.IsZero() {
			over = append(over, r.ID)
			continue
		}
		_, err := tx.ExecContext(ctx, `UPDATE deliveries SET due = $1, attempts = attempts + $2 WHERE channel = $3 AND event = $4`,
			instant(r.Next), truth(r.Err != ""), channel, r.ID)
		if err != nil {
			return err
		}
	}
	return inChunks(over, func(part []string) error {
		args := []any{channel}
		for _, id := range part {
			args = append(args, id)
		}
		query := `DELETE FROM deliveries WHERE channel = $1 AND event IN (` + parameters(2, len(part)) + `)` //nolint:gosec // only "$n" is added
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

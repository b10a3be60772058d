package catalog

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// The pauses between two tries of the same: short for a deadlock, not long for a server that starts again.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = time.Second
)

// retry does something again while it fails with an error that is transient, for as long as patience; ctx ends it
// sooner. waiting is told of each such error, if it is not nil.
func retry(ctx context.Context, transient func(error) bool, patience time.Duration, waiting func(error), do func() error) error {
	began := time.Now()
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := do()
		if err == nil || ctx.Err() != nil || !transient(err) {
			return err
		}
		if time.Since(began) > patience {
			return err
		}
		if waiting != nil {
			waiting(err)
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pause/2 + rand.N(pause)): //nolint:gosec // no secret: processes must not come back in step
		}
	}
}

// Retry does something again while the database is away, locked or refuses it because of what others do at the
// same time, for up to Options.Outage. do must bear to be done twice: that it failed does not say that nothing
// was done.
func (c *Catalog) Retry(ctx context.Context, do func() error) error {
	said := false
	return retry(ctx, c.engine.transient, c.outage, func(err error) {
		if pgCode(err) == pgReadOnly { // of the pool, some lead to a server that is no longer the first
			c.write.SetMaxIdleConns(0)
			c.write.SetMaxIdleConns(connections)
		}
		if !said {
			c.log.InfoContext(ctx, "the database does not answer as it should; trying again", "error", err)
		}
		said = true
	}, do)
}

// inTx runs do in one write transaction: all of it happens, durably, or none. It is done again, from its beginning, when the
// database was away or others were in the way, and also when it is not known whether the COMMIT took place:
// so do must find what it has done already, and leave no trace outside of tx when it is done twice.
func (c *Catalog) inTx(ctx context.Context, do func(tx txn) error) error {
	return c.Retry(ctx, func() error { return c.once(ctx, do) })
}

func (c *Catalog) once(ctx context.Context, do func(tx txn) error) (err error) {
	tx, err := c.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			if rb := tx.Rollback(); rb != nil && !errors.Is(rb, sql.ErrTxDone) && !c.engine.transient(err) {
				err = errors.Join(err, rb)
			}
		}
	}()
	if err := do(txn{tx, &c.engine}); err != nil {
		return err
	}
	return tx.Commit()
}

// SQLSTATE codes (PostgreSQL, appendix A).
const (
	pgSerialization   = "40001"
	pgDeadlock        = "40P01"
	pgReadOnly        = "25006"
	pgTooMany         = "53300"
	pgDiskFull        = "53100"
	pgIdleTransaction = "25P03"
	pgAdminShutdown   = "57P01"
	pgCrashShutdown   = "57P02"
	pgCannotConnect   = "57P03"
	pgConnectionClass = "08"
	pgNoDatabase      = "3D000"
	pgNotAllowed      = "28"
)

// pgCode is the SQLSTATE of an error of the server, or empty.
func pgCode(err error) string {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return ""
	}
	return e.Code
}

// pgTransient says whether an error is of a moment: others were in the way, or the server, or the way to it, is away.
func pgTransient(err error) bool {
	switch code := pgCode(err); code {
	case "":
		return isDisconnect(err)
	case pgSerialization, pgDeadlock, pgReadOnly, pgTooMany, pgIdleTransaction, pgAdminShutdown, pgCrashShutdown, pgCannotConnect:
		return true
	default:
		return strings.HasPrefix(code, pgConnectionClass)
	}
}

// isDisconnect says whether a connection was lost or could not be made.
func isDisconnect(err error) bool {
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &connect) ||
		errors.As(err, &network) || pgconn.SafeToRetry(err)
}

// pgOpenError makes of what the server or the network says one sentence that names the way out.
func pgOpenError(err error) error {
	var parse *pgconn.ParseConfigError
	code := pgCode(err)
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &parse):
		return fmt.Errorf("that is no address of a PostgreSQL database: %w", err)
	case code == pgNoDatabase:
		return fmt.Errorf("there is no such database; make it with createdb: %w", err)
	case strings.HasPrefix(code, pgNotAllowed):
		return fmt.Errorf("the server does not let us in; check user and password: %w", err)
	case pgTransient(err), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("the database server does not answer; check that it runs and can be reached: %v", err) //nolint:errorlint // the deadline was ours: the caller has not ended anything
	}
	return err
}

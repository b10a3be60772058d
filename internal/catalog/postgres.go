package catalog

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

const (
	// connections is how many a process holds at most, unless the address says so ("pool_max_conns"). A server has
	// 100 by default, for all processes together.
	connections = 8
	// connectWait bounds one attempt to connect, unless the address says so ("connect_timeout").
	connectWait = 10 * time.Second
	// connLife is when a connection makes place for another, so that servers behind a name can change.
	connLife = 30 * time.Minute
	// idleTransaction is how long a transaction may wait for its process, unless the server or the address says so
	// ("idle_in_transaction_session_timeout"). It is less than the lease of a Job.
	idleTransaction = 20 * time.Second
	// migrationLock keeps processes that start together from bringing tables up to date together.
	migrationLock = 0x69626964 // "ibid"
)

func postgresEngine() engine {
	return engine{
		dialect: goose.DialectPostgres, migrations: "migrations/pg", shared: true, numbered: true, transient: pgTransient,
		texts: pgTexts, lexemes: true, search: pgSearch, match: pgMatch,
		lockDeliveries: "FOR UPDATE OF d SKIP LOCKED",
		alone:          "SET LOCAL idle_in_transaction_session_timeout = 0; LOCK TABLE documents, citations, visits, captures, texts, access_rules IN SHARE ROW EXCLUSIVE MODE",
	}
}

// IsPostgres says whether dsn is the address of a PostgreSQL database.
func IsPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// withoutPassword is dsn as it may be printed: no password, and none of its settings, which can hold one as well.
func withoutPassword(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return "postgres://"
	}
	u.RawQuery = ""
	return u.Redacted()
}

// openPostgres opens a pool, and waits up to o.Wait for a server that does not answer yet.
func (c *Catalog) openPostgres(ctx context.Context, dsn string, o Options) error {
	c.engine = postgresEngine()
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return pgOpenError(err)
	}
	if !strings.Contains(dsn, "pool_max_conns") {
		config.MaxConns = connections
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectWait
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "ibid"
	}
	c.write = sql.OpenDB(pgConnector{stdlib.GetConnector(*config.ConnConfig, stdlib.OptionAfterConnect(settled))})
	c.write.SetMaxOpenConns(int(config.MaxConns))
	c.write.SetMaxIdleConns(int(config.MaxConns))
	c.write.SetConnMaxLifetime(connLife)
	c.read = c.write
	if err := c.spare.open(ctx, config); err != nil {
		return err
	}
	ready, cancel := context.WithTimeout(ctx, o.Wait)
	defer cancel()
	return pgOpenError(retry(ready, c.engine.transient, o.Wait, nil, func() error { return c.prepare(ready) }))
}

// prepare makes the tables and statements, and says what an operator should know of the server.
func (c *Catalog) prepare(ctx context.Context) error {
	if err := c.migrateAlone(ctx); err != nil {
		return err
	}
	var fsync string
	if err := c.write.QueryRowContext(ctx, "SHOW fsync").Scan(&fsync); err != nil {
		return err
	}
	if fsync == "off" {
		c.log.WarnContext(ctx, "the database server runs with fsync=off: a loss of power can damage the catalogue")
	}
	return c.hot.prepare(ctx, c.read)
}

func (c *Catalog) migrateAlone(ctx context.Context) (err error) {
	conn, err := c.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // it goes back to the pool, or is broken
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		return err
	}
	defer func() {
		_, unlockErr := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrationLock)
		if err == nil {
			err = unlockErr
		}
	}()
	return c.migrate(ctx)
}

// settled gives a connection what the rest counts on. A commit waits for the disk where a setting of the server or the
// role says otherwise; settings that wait for more stay. A process that stops in the middle of a transaction, asleep
// or with its machine, loses it before its Jobs are taken up: it would keep others from them, and from more.
func settled(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `SELECT set_config(name, value, false)
		FROM (VALUES ('synchronous_commit', 'on'), ('idle_in_transaction_session_timeout', $1)) AS want (name, value)
		WHERE current_setting(name) IN ('off', 'local', '0')`, strconv.FormatInt(idleTransaction.Milliseconds(), 10))
	if err != nil {
		return fmt.Errorf("settle the connection: %w", err)
	}
	return nil
}

// pgConnector makes connections that hold no text which PostgreSQL cannot hold.
type pgConnector struct{ driver.Connector }

// Connect wraps the connection of pgx.
func (c pgConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return pgConn{conn.(*stdlib.Conn)}, nil //nolint:forcetypeassert // what stdlib makes
}

type pgConn struct{ *stdlib.Conn }

// CheckNamedValue lets everything through, but for what is no text in a string: see storable.
func (c pgConn) CheckNamedValue(v *driver.NamedValue) error {
	if s, ok := v.Value.(string); ok {
		v.Value = storable(s)
	}
	return c.Conn.CheckNamedValue(v)
}

// spare is a pool of one connection for the queue: to hear of new Jobs, for which it keeps the connection to itself,
// and to say that it lives while all others are at work.
type spare struct{ pool *pgxpool.Pool }

func (s *spare) open(ctx context.Context, config *pgxpool.Config) (err error) {
	config = config.Copy()
	config.MinConns, config.MinIdleConns, config.MaxConns = 0, 0, 1
	s.pool, err = pgxpool.NewWithConfig(ctx, config)
	return err
}

func (s *spare) close() {
	if s.pool != nil {
		s.pool.Close()
	}
}

// Spare gives connections beside those of DB to the queue; nil with SQLite. It ends with the catalogue.
func (c *Catalog) Spare() *pgxpool.Pool { return c.spare.pool }

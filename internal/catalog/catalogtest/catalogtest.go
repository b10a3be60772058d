// Package catalogtest gives tests a catalogue of their own on each engine: a file of SQLite, and a schema on the
// server of PostgreSQL that the environment names.
package catalogtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Variable is the environment variable with the address of a PostgreSQL server for tests, whose database may be filled
// with schemas: "postgres://user@host:port/database".
const Variable = "IBID_TEST_POSTGRES"

// Engine is where catalogues of a test lie.
type Engine struct{ server string }

// Each runs test as "sqlite" and as "postgres", which is skipped where no server is named.
func Each(t *testing.T, test func(t *testing.T, e Engine)) {
	t.Run("sqlite", func(t *testing.T) { test(t, Engine{}) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// EachBenchmark is [Each] for a benchmark.
func EachBenchmark(b *testing.B, bench func(b *testing.B, e Engine)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, Engine{}) })
	b.Run("postgres", func(b *testing.B) { bench(b, Postgres(b)) })
}

// Postgres is the server that the environment names; without one the test is skipped.
func Postgres(t testing.TB) Engine {
	t.Helper()
	server := os.Getenv(Variable)
	if server == "" {
		t.Skip(Variable + ` names no PostgreSQL server: "make services" starts one`)
	}
	return Engine{server}
}

// Shared says whether several processes may write to one catalogue.
func (e Engine) Shared() bool { return e.server != "" }

// New is the address of a place where no catalogue is yet. It ends with the test.
func (e Engine) New(t testing.TB) string {
	t.Helper()
	if e.server == "" {
		return "sqlite:" + filepath.Join(t.TempDir(), "catalog.db")
	}
	schema := "ibid_" + strings.ToLower(rand.Text())
	e.admin(t, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { e.admin(t, "DROP SCHEMA "+schema+" CASCADE") })
	u, err := url.Parse(e.server)
	if err != nil {
		t.Fatal(err)
	}
	settings := u.Query()
	settings.Set("search_path", schema)
	u.RawQuery = settings.Encode()
	return u.String()
}

// admin runs a statement, also at the end of the test, when its context has ended.
func (e Engine) admin(t testing.TB, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", e.server)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // a test
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		t.Error(err)
	}
}

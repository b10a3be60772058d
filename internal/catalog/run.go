package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// Run is one invocation that archives: a list of Seeds, of which each is visited once.
type Run struct {
	// ID is unique for ever and safe in a file name.
	ID         string
	Collection string
	// Fingerprint is the same for the same inputs, so that a run that was killed is taken up again.
	Fingerprint string
	Started     time.Time
}

// StartRun opens a run over seeds. When the collection has an unfinished run with the same fingerprint,
// that one is returned instead, resumed is true and what it has done stays done; seeds that it does not
// know yet are added. A URI that is listed twice is one Seed; the scope given last holds.
func (c *Catalog) StartRun(ctx context.Context, run Run, seeds []ibid.Seed) (_ Run, resumed bool, err error) {
	err = c.inTx(ctx, func(tx *sql.Tx) error {
		unfinished, err := unfinishedRun(ctx, tx, run)
		if err != nil {
			return err
		}
		if unfinished != nil {
			run, resumed = *unfinished, true
		} else if err := insertRun(ctx, tx, run); err != nil {
			return err
		}
		return insertSeeds(ctx, tx, run, seeds)
	})
	return run, resumed, storageError("record the run", run.ID, err)
}

func unfinishedRun(ctx context.Context, tx *sql.Tx, like Run) (*Run, error) {
	var started int64
	err := tx.QueryRowContext(ctx, `SELECT id, started FROM runs WHERE collection = $1 AND fingerprint = $2 AND finished IS NULL
		ORDER BY started DESC, id LIMIT 1`, like.Collection, like.Fingerprint).Scan(&like.ID, &started)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // none is an answer
	}
	like.Started = timeOf(started)
	return &like, err
}

func insertRun(ctx context.Context, tx *sql.Tx, run Run) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO runs (id, collection, fingerprint, started) VALUES ($1, $2, $3, $4)`,
		run.ID, run.Collection, run.Fingerprint, instant(run.Started))
	return err
}

var (
	insertSeedRows = insert{
		head: "INSERT INTO seeds (collection, uri, scope)", columns: 3,
		tail: "ON CONFLICT (collection, uri) DO UPDATE SET scope = excluded.scope WHERE seeds.scope <> excluded.scope",
	}
	insertRunSeeds = insert{
		head: "INSERT INTO run_seeds (run, seed, host, n)", columns: 4, tail: "ON CONFLICT (run, seed) DO NOTHING",
	}
)

func insertSeeds(ctx context.Context, tx *sql.Tx, run Run, seeds []ibid.Seed) error {
	// PostgreSQL refuses to touch a row twice in one statement, so doubles are taken out here.
	order := make([]string, 0, len(seeds))
	scopes := make(map[string]ibid.Scope, len(seeds))
	for _, s := range seeds {
		if _, twice := scopes[s.URI]; !twice {
			order = append(order, s.URI)
		}
		scopes[s.URI] = s.Scope
	}
	_, err := insertSeedRows.exec(ctx, tx, len(order), func(i int, args []any) ([]any, error) {
		scope, err := json.Marshal(scopes[order[i]])
		return append(args, run.Collection, order[i], string(scope)), err
	})
	if err != nil {
		return err
	}
	_, err = insertRunSeeds.exec(ctx, tx, len(order), func(i int, args []any) ([]any, error) {
		return append(args, run.ID, order[i], HostOf(order[i]), i), nil
	})
	return err
}

// HostOf is the authority that politeness is about: the host of uri in lower case, and its port unless it
// is the scheme's own. It is empty for what has no host.
func HostOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if port == "" || u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	}
	return net.JoinHostPort(host, port)
}

// RunHosts returns the hosts of a run that have Seeds to visit, in the order of their first one.
func (c *Catalog) RunHosts(ctx context.Context, run string) ([]string, error) {
	const op = "list the hosts of run"
	rows, err := c.read.QueryContext(ctx, `SELECT host FROM run_seeds WHERE run = $1 AND done = 0 GROUP BY host ORDER BY min(n)`, run)
	if err != nil {
		return nil, storageError(op, run, err)
	}
	hosts, err := scanAll(rows, func(row scanner) (host string, err error) { return host, row.Scan(&host) })
	return hosts, storageError(op, run, err)
}

// NextSlice returns the first n Seeds of a host that a run has still to visit, in the order of its input.
func (c *Catalog) NextSlice(ctx context.Context, run, host string, n int) ([]ibid.Seed, error) {
	const op = "list the seeds of run"
	rows, err := c.read.QueryContext(ctx, `SELECT s.uri, s.scope FROM run_seeds rs
		JOIN runs r ON r.id = rs.run
		JOIN seeds s ON s.collection = r.collection AND s.uri = rs.seed
		WHERE rs.run = $1 AND rs.host = $2 AND rs.done = 0 ORDER BY rs.n LIMIT $3`, run, host, n)
	if err != nil {
		return nil, storageError(op, run, err)
	}
	seeds, err := scanAll(rows, func(row scanner) (ibid.Seed, error) {
		var s ibid.Seed
		var scope []byte
		if err := row.Scan(&s.URI, &scope); err != nil {
			return s, err
		}
		return s, json.Unmarshal(scope, &s.Scope)
	})
	return seeds, storageError(op, run, err)
}

// RunProgress counts the Seeds of a run: visited, and in all.
func (c *Catalog) RunProgress(ctx context.Context, run string) (done, total int, err error) {
	err = c.read.QueryRowContext(ctx, `SELECT coalesce(sum(done), 0), count(*) FROM run_seeds WHERE run = $1`, run).Scan(&done, &total)
	return done, total, storageError("count the seeds of run", run, err)
}

// FinishRun says that a run is over: the same inputs make a new one from now on. What it left unvisited
// stays on record. An unknown run is KindNotFound.
func (c *Catalog) FinishRun(ctx context.Context, run string, at time.Time) error {
	const op = "finish run"
	res, err := c.write.ExecContext(ctx, `UPDATE runs SET finished = $1 WHERE id = $2`, instant(at), run)
	if err != nil {
		return storageError(op, run, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(storageError(op, run, err), &ibid.Error{
			Kind: ibid.KindNotFound, Op: op, URI: run, Err: fmt.Errorf("there is no such run"),
		})
	}
	return nil
}

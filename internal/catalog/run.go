package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"slices"
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
func (c *Catalog) StartRun(ctx context.Context, run Run, seeds []ibid.Seed) (stored Run, resumed bool, err error) {
	err = c.inTx(ctx, func(tx txn) error {
		opened, err := openRun(ctx, tx, run)
		if err != nil {
			return err
		}
		stored = opened
		return insertSeeds(ctx, tx, stored, seeds)
	})
	return stored, stored.ID != run.ID, storageError("record the run", run.ID, err)
}

// UnfinishedRun returns the run of a Collection with that fingerprint that has not ended; nil: there is none.
func (c *Catalog) UnfinishedRun(ctx context.Context, collection, fingerprint string) (run *Run, err error) {
	err = c.inTx(ctx, func(tx txn) error {
		run, err = unfinishedRun(ctx, tx, Run{Collection: collection, Fingerprint: fingerprint})
		return err
	})
	return run, storageError("look for an unfinished run of", collection, err)
}

// openRun makes run, or returns the unfinished one of the same inputs: it may be of another process, and have come
// into being a moment ago.
func openRun(ctx context.Context, tx txn, run Run) (Run, error) {
	for {
		unfinished, err := unfinishedRun(ctx, tx, run)
		if err != nil || unfinished != nil {
			return *cmp.Or(unfinished, &run), err // the given one with an error
		}
		if made, err := insertRun(ctx, tx, run); err != nil || made {
			return run, err
		}
	}
}

func unfinishedRun(ctx context.Context, tx txn, like Run) (*Run, error) {
	var started int64
	err := tx.QueryRowContext(ctx, `SELECT id, started FROM runs WHERE collection = $1 AND fingerprint = $2 AND finished IS NULL
		ORDER BY started DESC, id LIMIT 1`, like.Collection, like.Fingerprint).Scan(&like.ID, &started)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // none is an answer
	}
	like.Started = timeOf(started)
	return &like, err
}

// insertRun says whether the run is new: another process may be making one of the same inputs, and its end is waited
// for.
func insertRun(ctx context.Context, tx txn, run Run) (bool, error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO runs (id, collection, fingerprint, started) VALUES ($1, $2, $3, $4)
		ON CONFLICT (collection, fingerprint) WHERE finished IS NULL DO NOTHING`,
		run.ID, run.Collection, run.Fingerprint, instant(run.Started))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

var (
	insertSeedRows = insert{
		head: "INSERT INTO seeds (collection, uri, scope, long_uri)", columns: 4,
		tail: "ON CONFLICT (collection, uri) DO UPDATE SET scope = excluded.scope WHERE seeds.scope <> excluded.scope",
	}
	insertRunSeeds = insert{
		head: "INSERT INTO run_seeds (run, seed, host, n, target)", columns: 5, tail: "ON CONFLICT (run, seed) DO NOTHING",
	}
)

func insertSeeds(ctx context.Context, tx txn, run Run, seeds []ibid.Seed) error {
	order := unique(seeds)
	if err := insertSeedScopes(ctx, tx, run.Collection, seeds); err != nil {
		return err
	}
	_, err := insertRunSeeds.exec(ctx, tx, len(order), func(i int, args []any) ([]any, error) {
		return append(args, run.ID, seedKey(order[i].URI), HostOf(order[i].URI), i, maybe(order[i].Target)), nil
	})
	return err
}

// unique are the Seeds without doubles, in their order; of a double the scope given last holds.
func unique(seeds []ibid.Seed) []ibid.Seed {
	at := make(map[string]int, len(seeds))
	out := make([]ibid.Seed, 0, len(seeds))
	for _, s := range seeds {
		key := seedKey(s.URI)
		if i, twice := at[key]; twice {
			out[i] = s
			continue
		}
		at[key] = len(out)
		out = append(out, s)
	}
	return out
}

// insertSeedScopes makes the Seeds known. PostgreSQL refuses to touch a row twice in one statement, so doubles are
// taken out; they are sorted, so that two that insert the same do not hold what the other one waits for.
func insertSeedScopes(ctx context.Context, tx txn, collection string, seeds []ibid.Seed) error {
	sorted := unique(seeds)
	slices.SortFunc(sorted, func(a, b ibid.Seed) int { return cmp.Compare(seedKey(a.URI), seedKey(b.URI)) })
	_, err := insertSeedRows.exec(ctx, tx, len(sorted), func(i int, args []any) ([]any, error) {
		scope, err := json.Marshal(sorted[i].Scope)
		return append(args, collection, seedKey(sorted[i].URI), string(scope), longURI(sorted[i].URI)), err
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
	host, port := strings.ToLower(storable(u.Hostname())), u.Port()
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
	hosts, err := list(ctx, c, scanString, `SELECT host FROM run_seeds WHERE run = $1 AND done = 0
		GROUP BY host ORDER BY min(n)`, run)
	return hosts, storageError(op, run, err)
}

// NextSlice returns the first n Seeds of a host that a run has still to visit, in the order of its input.
func (c *Catalog) NextSlice(ctx context.Context, run, host string, n int) ([]ibid.Seed, error) {
	const op = "list the seeds of run"
	seeds, err := list(ctx, c, scanSeed, `SELECT s.uri, s.long_uri, s.scope, rs.target FROM run_seeds rs
		JOIN runs r ON r.id = rs.run
		JOIN seeds s ON s.collection = r.collection AND s.uri = rs.seed
		WHERE rs.run = $1 AND rs.host = $2 AND rs.done = 0 ORDER BY rs.n LIMIT $3`, run, host, n)
	return seeds, storageError(op, run, err)
}

func scanSeed(row scanner) (s ibid.Seed, err error) {
	var long string
	var scope []byte
	var target sql.NullInt64
	if err := row.Scan(&s.URI, &long, &scope, &target); err != nil {
		return s, err
	}
	s.Target = maybeTime(target)
	s.URI = cmp.Or(long, s.URI)
	return s, json.Unmarshal(scope, &s.Scope)
}

// RunProgress counts the Seeds of a run: visited, and in all.
func (c *Catalog) RunProgress(ctx context.Context, run string) (done, total int, err error) {
	type progress struct{ done, total int }
	n, err := one(ctx, c, func(row scanner) (n progress, err error) { return n, row.Scan(&n.done, &n.total) },
		`SELECT coalesce(sum(done), 0), count(*) FROM run_seeds WHERE run = $1`, run)
	return n.done, n.total, storageError("count the seeds of run", run, err)
}

// FinishRun says that a run is over: the same inputs make a new one from now on. What it left unvisited
// stays on record. An unknown run is KindNotFound.
func (c *Catalog) FinishRun(ctx context.Context, run string, at time.Time) error {
	const op = "finish run"
	n, err := c.exec(ctx, `UPDATE runs SET finished = $1 WHERE id = $2`, instant(at), run)
	if err == nil && n == 0 {
		return &ibid.Error{Kind: ibid.KindNotFound, Op: op, URI: run, Err: errors.New("there is no such run")}
	}
	return storageError(op, run, err)
}

package queue

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/rivertype"
)

// lease keeps the Tasks that this process works, in a database that it shares with others, and takes up those of
// processes that died. The time of a row's last renewal is its attempted_at, by the clock of the database. A Task
// that is taken up gets another row id: whatever an old holder, or River for him, does to the old id, does nothing.
type lease struct {
	db *sql.DB
	// spare is for renewals, which must not wait behind the work of others for a connection.
	spare *pgxpool.Pool
	queue string
	log   *slog.Logger
	// length is how long a Task is left to a worker who does not renew it. Renewals are six times as frequent; a
	// worker trusts the last one for two thirds of the length, by its own clock.
	length time.Duration

	mu   sync.Mutex
	held map[int64]*heldTask
	// steady is since when the database has answered each time: those who were cut off together with this
	// process get as long as a lease to come back before their Tasks are taken up.
	steady, last time.Time
	// lost counts the tries that were ended because the lease was not trusted any more.
	lost int64
}

type heldTask struct {
	until time.Time // trusted until then
	end   context.CancelCauseFunc
}

func (l *lease) interval() time.Duration { return l.length / 6 }

// run renews and takes up until ctx ends.
func (l *lease) run(ctx context.Context) {
	ticker := time.NewTicker(l.interval())
	defer ticker.Stop()
	for {
		l.beat(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// beat first ends what is not trusted any more: after a sleep, that must not wait for an answer of the database.
func (l *lease) beat(ctx context.Context) {
	began := time.Now()
	l.expire(began)
	ctx, cancel := context.WithTimeout(ctx, l.interval())
	defer cancel()
	asked := l.ids()
	alive, err := l.renew(ctx, asked)
	wasSteady := l.settle(began, asked, alive, err)
	if err == nil && l.isSteady(began) {
		var n int64
		if n, err = l.takeUp(ctx); n > 0 {
			l.log.InfoContext(ctx, "jobs that another worker left unfinished are taken up", "jobs", n)
		}
	}
	if err != nil && wasSteady {
		l.log.WarnContext(ctx, "the leases of jobs could not be renewed", "error", err)
	}
}

func (l *lease) ids() []int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := make([]int64, 0, len(l.held))
	for id := range l.held {
		ids = append(ids, id)
	}
	return ids
}

// renew returns those that are still this process's. Rows that a transaction has locked are passed over: it is one of our
// own, which ends soon, or somebody takes the Task up.
func (l *lease) renew(ctx context.Context, ids []int64) (alive map[int64]bool, err error) {
	if len(ids) == 0 {
		return nil, l.spare.Ping(ctx)
	}
	_, err = l.spare.Exec(ctx, `UPDATE river_job SET attempted_at = now() WHERE id IN (
		SELECT id FROM river_job WHERE id = ANY($1) AND state = 'running' FOR UPDATE SKIP LOCKED)`, ids)
	if err != nil {
		return nil, err
	}
	rows, err := l.spare.Query(ctx, `SELECT id FROM river_job WHERE id = ANY($1) AND state = 'running'`, ids)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	alive = make(map[int64]bool, len(found))
	for _, id := range found {
		alive[id] = true
	}
	return alive, err
}

// expire ends the tries whose last renewal is too long ago, by either clock: one stands still while the machine is
// asleep, the other one can be set.
func (l *lease) expire(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, h := range l.held {
		if now.After(h.until) || now.Round(0).After(h.until.Round(0)) {
			l.drop(id)
		}
	}
}

// settle notes a renewal of the tries asked that began at an instant, and says whether all had been well before.
func (l *lease) settle(began time.Time, asked []int64, alive map[int64]bool, err error) (wasSteady bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	wasSteady = !l.steady.IsZero()
	if err != nil {
		l.steady = time.Time{}
		return wasSteady
	}
	if l.steady.IsZero() || began.Sub(l.last) > l.length {
		l.steady = began
	}
	l.last = began
	for _, id := range asked {
		h := l.held[id]
		switch {
		case h == nil: // ended meanwhile
		case alive[id]:
			h.until = began.Add(l.length * 2 / 3)
		default:
			l.drop(id)
		}
	}
	return wasSteady
}

// drop ends a try, under the lock.
func (l *lease) drop(id int64) {
	l.lost++
	l.held[id].end(ErrLost)
	delete(l.held, id)
}

func (l *lease) isSteady(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return now.Sub(l.steady) >= l.length
}

// takeUp makes Tasks available again whose holders have not renewed them, without counting that try.
func (l *lease) takeUp(ctx context.Context) (int64, error) {
	done, err := l.spare.Exec(ctx, `UPDATE river_job
		SET id = nextval(pg_get_serial_sequence('river_job', 'id')), state = 'available', attempt = greatest(attempt - 1, 0)
		WHERE id IN (SELECT id FROM river_job WHERE state = 'running' AND queue IN ($1, $2)
			AND attempted_at < now() - $3 * interval '1 microsecond' FOR UPDATE SKIP LOCKED)`, l.queue, l.queue+asideSuffix, l.length.Microseconds())
	return done.RowsAffected(), err
}

// begin makes a try of this process's own and its host too. It says no when another worker is with the host, or an
// older Task of it is waiting: then the try is for later. The context ends with ErrLost when the Task is lost.
func (l *lease) begin(ctx context.Context, kind Kind, row *rivertype.JobRow, host string) (t taken, ok bool, err error) {
	began := time.Now()
	query, args := `UPDATE river_job SET attempted_at = now() WHERE id = $1 AND state = 'running' RETURNING NULL::float8`, []any{row.ID}
	if host != "" && !kinds[kind].aside {
		query, args = takeHost, append(args, string(kind), host)
	}
	var ago sql.NullFloat64
	if err := l.db.QueryRowContext(ctx, query, args...).Scan(&ago); errors.Is(err, sql.ErrNoRows) {
		return t, false, nil
	} else if err != nil {
		return t, false, err
	}
	if ago.Valid {
		t.left = time.Now().Add(-time.Duration(ago.Float64 * float64(time.Second)))
	}
	ctx, cancel := context.WithCancelCause(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held[row.ID] = &heldTask{until: began.Add(l.length * 2 / 3), end: cancel}
	t.ctx, t.end = ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.held, row.ID)
		cancel(nil)
	}
	return t, true, nil
}

// taken is a try that is this process's own.
type taken struct {
	ctx context.Context //nolint:containedctx // what begin made of the one that it was given
	end func()
	// left is when another Task was done with the host; zero: none was there.
	left time.Time
}

// takeHost renews the Task $1 and gives it the host $3, unless another Task has it. Tasks of a host go in the order in
// which they were made: the next slice of a long run waits behind the first one of another.
const takeHost = `WITH mine AS (UPDATE river_job SET attempted_at = now() WHERE id = $1 AND state = 'running' RETURNING id)
	INSERT INTO busy_hosts (host, job) SELECT $3, id FROM mine WHERE NOT EXISTS (
		SELECT 1 FROM river_job older WHERE older.args ->> 'host' = $3 AND older.id < $1 AND older.kind = $2
		AND older.state IN ('available', 'running'))
	ON CONFLICT (host) DO UPDATE SET job = excluded.job, left_at = NULL, left_before = coalesce(busy_hosts.left_at, now())
		WHERE busy_hosts.job = excluded.job
		OR NOT EXISTS (SELECT 1 FROM river_job other WHERE other.id = busy_hosts.job AND other.state = 'running')
	RETURNING extract(epoch FROM clock_timestamp() - left_before)::float8`

// doneWithHost says that the Task $2 will not ask the host $1 any more. How one ended that says nothing is not known: to the
// next one it is as if that had just been.
const doneWithHost = `UPDATE busy_hosts SET left_at = now() WHERE host = $1 AND job = $2`

// leaveHost has the oldest Task of the kind $1 that waits for the host $2 be looked at soon.
const leaveHost = `UPDATE river_job SET scheduled_at = now() WHERE id = (
	SELECT id FROM river_job WHERE args ->> 'host' = $2 AND kind = $1 AND state IN ('available', 'running')
	AND state = 'available' AND scheduled_at > now() ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)`

// makeIndexes makes those for the questions above, and for Idle, once: to ask for an index that is there would wait
// for everyone who writes.
func (l *lease) makeIndexes(ctx context.Context) error {
	if l == nil {
		return nil
	}
	var missing bool
	if err := l.db.QueryRowContext(ctx, `SELECT to_regclass('ibid_jobs_by_run') IS NULL`).Scan(&missing); err != nil || !missing {
		return err
	}
	_, err := l.db.ExecContext(ctx, `
		CREATE INDEX IF NOT EXISTS ibid_jobs_by_host ON river_job ((args ->> 'host'), id) WHERE state IN ('available', 'running');
		CREATE INDEX IF NOT EXISTS ibid_jobs_by_run ON river_job ((args ->> 'run'))
			WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled')`)
	return err
}

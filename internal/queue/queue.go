package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/ibid-archive/ibid"
)

const (
	// pollInterval is how often workers look for Tasks of which nothing told them: those that wait for
	// another try, and those whose transaction was not ours. A look costs about 0.7 ms of CPU.
	pollInterval = 250 * time.Millisecond
	// fetchCooldown is the least time between two looks.
	fetchCooldown = 2 * time.Millisecond
	// stopWait bounds how long Run waits for workers whose context has ended.
	stopWait = 8 * time.Second
	// idlePoll is how often Idle looks when nothing tells it to.
	idlePoll = 250 * time.Millisecond
	// tries is how often a Task is tried before it is given up, unless its Kind says otherwise.
	tries = 4
	// leaseLength is the default of Options.Lease: a dead worker's Task is taken up within 35 s.
	leaseLength = 30 * time.Second
	// keepFinished is how long finished Tasks stay on record, for whoever looks for the cause of something.
	keepFinished = time.Hour
	// tasksAStatement bounds one INSERT.
	tasksAStatement = 1000
	// migrationLock keeps processes that start together from bringing tables up to date together.
	migrationLock = 0x72697672 // "rivr"
)

// Options are the settings of Open.
type Options struct {
	// DB is the catalogue's database.
	DB *sql.DB
	// Spare says that DB is PostgreSQL, where several processes may work: it gives the connections on which this
	// process hears of new Tasks and renews those that it works. nil: DB is SQLite, and the one process that works
	// on it takes up at once what a dead one has left.
	Spare *pgxpool.Pool
	// Workers is how many Tasks are worked at once, and Aside how many more of those Kinds that have a queue of their own.
	Workers, Aside int
	// Kinds says how Tasks are worked. A process works those that are named; it can enqueue all.
	Kinds map[Kind]Work
	// Lease is how long a Task stays with a worker who does not renew it; 0 is 30 s. It counts with PostgreSQL.
	Lease time.Duration
	// Retry does something again while the database is away; nil does it once.
	Retry func(ctx context.Context, do func() error) error
	// Queue is the name of the queue; empty is "jobs".
	Queue string
	Log   *slog.Logger
}

// Queue is an open queue. It is safe for concurrent use.
type Queue struct {
	o        Options
	client   *river.Client[*sql.Tx]
	bell     *bell  // SQLite
	lease    *lease // PostgreSQL
	stopping atomic.Bool

	mu      sync.Mutex
	running int           // tries under way
	settled chan struct{} // closed and replaced whenever running falls to 0
}

// Open makes the queue's tables where they are missing and, with SQLite, takes up what a dead process has left.
// Nothing is worked before Run.
func Open(ctx context.Context, o Options) (*Queue, error) {
	if o.Queue == "" {
		o.Queue = "jobs"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Lease == 0 {
		o.Lease = leaseLength
	}
	if o.Retry == nil {
		o.Retry = func(_ context.Context, do func() error) error { return do() }
	}
	q := &Queue{o: o, settled: make(chan struct{})}
	if err := q.open(ctx); err != nil {
		return nil, queueError("open the queue", "", err)
	}
	return q, nil
}

func (q *Queue) open(ctx context.Context) (err error) {
	log := slog.New(demoted{q.o.Log.Handler()})
	driver := q.driver()
	err = q.alone(ctx, func() error {
		migrator, err := rivermigrate.New[*sql.Tx](driver, &rivermigrate.Config{Logger: log})
		if err != nil {
			return err
		}
		if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
			return fmt.Errorf("bring its tables up to date: %w", err)
		}
		return q.lease.makeIndexes(ctx)
	})
	if err != nil {
		return err
	}
	if q.lease == nil {
		if err := q.takeUp(ctx); err != nil {
			return fmt.Errorf("take up unfinished jobs: %w", err)
		}
	}
	config := &river.Config{
		Logger: log, Workers: river.NewWorkers(), SkipUnknownJobCheck: true,
		FetchCooldown: fetchCooldown, FetchPollInterval: pollInterval,
		CompletedJobRetentionPeriod: keepFinished,
	}
	for kind := range q.o.Kinds {
		known, ok := kinds[kind]
		if !ok {
			return fmt.Errorf("there is no kind %q of jobs", kind)
		}
		if err := known.add(config.Workers, q); err != nil {
			return err
		}
	}
	if len(q.o.Kinds) > 0 {
		config.Queues = map[string]river.QueueConfig{q.o.Queue: {MaxWorkers: q.o.Workers}}
		if q.o.Aside > 0 {
			config.Queues[q.o.Queue+asideSuffix] = river.QueueConfig{MaxWorkers: q.o.Aside}
		}
	}
	q.client, err = river.NewClient[*sql.Tx](driver, config)
	return err
}

// driver is River's for the engine.
func (q *Queue) driver() riverdriver.Driver[*sql.Tx] {
	if q.o.Spare == nil {
		q.bell = newBell(q.o.Queue)
		return driver{Driver: riversqlite.New(q.o.DB), bell: q.bell}
	}
	q.lease = &lease{db: q.o.DB, spare: q.o.Spare, queue: q.o.Queue, log: q.o.Log, length: q.o.Lease, held: map[int64]*heldTask{}}
	return riverdatabasesql.NewWithPgxListener(q.o.DB, q.o.Spare)
}

// alone does something while no other process does it.
func (q *Queue) alone(ctx context.Context, do func() error) error {
	if q.o.Spare == nil {
		return do()
	}
	conn, err := q.o.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // it goes back to the pool, or is broken
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		return err
	}
	err = do()
	_, unlockErr := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrationLock)
	return errors.Join(err, unlockErr)
}

// takeUp makes Tasks that were being worked available again, without counting that try.
func (q *Queue) takeUp(ctx context.Context) error {
	res, err := q.o.DB.ExecContext(ctx, `UPDATE river_job SET state = 'available', attempt = attempt - 1
		WHERE state = 'running' AND queue IN ($1, $2)`, q.o.Queue, q.o.Queue+asideSuffix)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err == nil && n > 0 {
		q.o.Log.InfoContext(ctx, "jobs that an earlier process left unfinished are taken up", "jobs", n)
	}
	return nil
}

// Run works Tasks until ctx ends. Then it takes no more, ends the context of those under way and returns
// when they have, or after 8 s with an error. A Queue runs once.
func (q *Queue) Run(ctx context.Context) error {
	if err := q.o.Retry(ctx, func() error { return q.client.Start(context.WithoutCancel(ctx)) }); err != nil {
		return queueError("start the queue", "", err)
	}
	defer q.keep(ctx)()
	<-ctx.Done()
	q.stopping.Store(true)
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
	defer cancel()
	if err := q.client.StopAndCancel(patience); err != nil {
		return fmt.Errorf("stop the queue: work under way did not end within %s; it is taken up later: %w", stopWait, err)
	}
	return nil
}

// keep keeps the leases of this process, if there are any, until the function that it returns is called.
func (q *Queue) keep(ctx context.Context) (stop func()) {
	if q.lease == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(func() { q.lease.run(ctx) })
	return func() {
		cancel()
		wg.Wait()
	}
}

// Idle returns when no Task of run is unfinished: all are done or were given up. The error is that of ctx
// or of the database.
func (q *Queue) Idle(ctx context.Context, run string) error {
	ticker := time.NewTicker(idlePoll)
	defer ticker.Stop()
	for {
		settled := q.whenSettled() // before the look, so that nothing falls between
		busy, err := q.busy(ctx, run)
		if err != nil || !busy {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-settled:
		case <-ticker.C:
		}
	}
}

func (q *Queue) busy(ctx context.Context, run string) (busy bool, err error) {
	err = q.o.Retry(ctx, func() error {
		return q.o.DB.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM river_job WHERE args ->> 'run' = $1
			AND state IN ('available', 'pending', 'retryable', 'running', 'scheduled'))`, run).Scan(&busy)
	})
	return busy, queueErrorOf("look for unfinished jobs of run", run, err)
}

func (q *Queue) whenSettled() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.settled
}

func (q *Queue) began() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running++
}

func (q *Queue) ended() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.running--; q.running == 0 {
		close(q.settled)
		q.settled = make(chan struct{})
	}
}

// queueErrorOf is queueError, or nil for nil.
func queueErrorOf(op, uri string, err error) error {
	if err == nil {
		return nil
	}
	return queueError(op, uri, err)
}

func queueError(op, uri string, err error) error {
	var known *ibid.Error
	if errors.As(err, &known) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", op, err)
	}
	return &ibid.Error{Kind: ibid.KindStorage, Op: op, URI: uri, Class: ibid.ClassStorageUnavailable, Err: err}
}

// backoff is 250 ms, 1 s, 4 s: what fails here is our own store or database, which is back soon or not
// soon. All are below the 5 s from which River leaves waiting to its leader.
func backoff(n int) time.Duration {
	return min(250*time.Millisecond*time.Duration(math.Pow(4, float64(n-1))), 4*time.Second)
}

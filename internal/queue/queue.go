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

	"github.com/google/uuid"
	"github.com/ibid-archive/ibid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

const (
	// pollInterval is how often workers look for Tasks of which the bell did not tell: those that wait for
	// another try, and those whose transaction was not ours. A look costs about 0.7 ms of CPU.
	pollInterval = 250 * time.Millisecond
	// fetchCooldown is the least time between two looks.
	fetchCooldown = 2 * time.Millisecond
	// stopWait bounds how long Run waits for workers whose context has ended.
	stopWait = 8 * time.Second
	// idlePoll is how often Idle looks when nothing tells it to.
	idlePoll = 250 * time.Millisecond
	// maxAttempts is how often a Task is tried before it is given up.
	maxAttempts = 4
	// keepFinished is how long finished Tasks stay on record, for whoever looks for the cause of something.
	keepFinished = time.Hour
	// tasksAStatement bounds one INSERT.
	tasksAStatement = 1000
)

// Task is one unit of work: the next slice of the Seeds of one host of one run.
type Task struct {
	// ID is unique for ever, the same for all tries, and safe in a file name: letters, digits and '-'.
	// IDs made later sort later. Enqueue gives it.
	ID              string
	Run, Collection string
	Host            string
	// Attempt counts the tries from 1. A try that ended with the process is not counted, so two tries can
	// have the same number.
	Attempt int
}

// Complete ends a Task in tx: it is done if and only if tx commits. more makes the next Task of the same
// run and host, again in tx. ctx must derive from the context given to Work.
type Complete func(ctx context.Context, tx *sql.Tx, more bool) error

// Options are the settings of Open.
type Options struct {
	// DB is the catalogue's writing connection.
	DB *sql.DB
	// Workers is how many Tasks are worked at once.
	Workers int
	// Work works one Task. It must call complete, and return nil only when complete's transaction has
	// committed. An error makes the Task be tried again.
	Work func(ctx context.Context, t Task, complete Complete) error
	// Timeout ends the context of one Work; 0 is never. Workers that share the database with other
	// processes need one: a Task of a process that died is taken up a minute after it.
	Timeout time.Duration
	// Exclusive says that no other process works on this database: Tasks that a dead process has left are
	// taken up at once.
	Exclusive bool
	// Backoff is how long after the n-th failure (from 1) a Task is tried again; nil is 250 ms, 1 s, 4 s.
	Backoff func(n int) time.Duration
	// Queue is the name of the queue; empty is "jobs".
	Queue string
	Log   *slog.Logger
}

// Queue is an open queue. It is safe for concurrent use.
type Queue struct {
	o        Options
	client   *river.Client[*sql.Tx]
	bell     *bell
	stopping atomic.Bool

	mu      sync.Mutex
	running int           // Works under way
	settled chan struct{} // closed and replaced whenever running falls to 0
}

// Open makes the queue's tables where they are missing and takes up what a dead process has left, if
// o.Exclusive. Nothing is worked before Run.
func Open(ctx context.Context, o Options) (*Queue, error) {
	if o.Queue == "" {
		o.Queue = "jobs"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Backoff == nil {
		o.Backoff = backoff
	}
	q := &Queue{o: o, bell: newBell(o.Queue), settled: make(chan struct{})}
	if err := q.open(ctx); err != nil {
		return nil, queueError("open the queue", "", err)
	}
	return q, nil
}

func (q *Queue) open(ctx context.Context) (err error) {
	driver := driver{Driver: riversqlite.New(q.o.DB), bell: q.bell}
	log := slog.New(demoted{q.o.Log.Handler()})
	migrator, err := rivermigrate.New[*sql.Tx](driver, &rivermigrate.Config{Logger: log})
	if err != nil {
		return err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("bring its tables up to date: %w", err)
	}
	if q.o.Exclusive {
		if err := q.takeUp(ctx); err != nil {
			return fmt.Errorf("take up unfinished jobs: %w", err)
		}
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &worker{q: q}); err != nil {
		return err
	}
	config := &river.Config{
		Logger: log, Workers: workers,
		Queues:        map[string]river.QueueConfig{q.o.Queue: {MaxWorkers: q.o.Workers}},
		FetchCooldown: fetchCooldown, FetchPollInterval: pollInterval,
		MaxAttempts: maxAttempts, RetryPolicy: retryPolicy(q.o.Backoff),
		JobTimeout:                  -1, // River's default is a minute; and it never takes up a job without one
		CompletedJobRetentionPeriod: keepFinished,
	}
	if q.o.Timeout > 0 {
		config.JobTimeout = q.o.Timeout
		config.RescueStuckJobsAfter = q.o.Timeout + time.Minute
	}
	q.client, err = river.NewClient[*sql.Tx](driver, config)
	return err
}

// takeUp makes Tasks that were being worked available again, without counting that try.
func (q *Queue) takeUp(ctx context.Context) error {
	res, err := q.o.DB.ExecContext(ctx, `UPDATE river_job SET state = 'available', attempt = attempt - 1
		WHERE state = 'running' AND queue = $1`, q.o.Queue)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err == nil && n > 0 {
		q.o.Log.InfoContext(ctx, "jobs that an earlier process left unfinished are taken up", "jobs", n)
	}
	return nil
}

// Enqueue adds tasks; ID and Attempt are not read. A Task whose run and host have an unfinished one is
// left out. With a tx they exist if and only if it commits, and Wake after that has them worked at once;
// without one they are durable on return.
func (q *Queue) Enqueue(ctx context.Context, tx *sql.Tx, tasks ...Task) error {
	for len(tasks) > 0 {
		n := min(len(tasks), tasksAStatement)
		params, err := q.insertParams(tasks[:n])
		if err != nil {
			return err
		}
		if tx != nil {
			_, err = q.client.InsertManyTx(ctx, tx, params)
		} else {
			_, err = q.client.InsertMany(ctx, params)
		}
		if err != nil {
			return queueError("add to the queue", tasks[0].Host, err)
		}
		tasks = tasks[n:]
	}
	if tx == nil {
		q.Wake()
	}
	return nil
}

// Wake has workers look for Tasks now instead of within a quarter of a second.
func (q *Queue) Wake() { q.bell.ring() }

// unfinished are the states in which a Task is still to end.
func unfinished() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}
}

func (q *Queue) insertParams(tasks []Task) ([]river.InsertManyParams, error) {
	// River's default takes completed jobs as doubles too: a host would get one slice and no more.
	opts := &river.InsertOpts{
		Queue: q.o.Queue, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished()},
	}
	params := make([]river.InsertManyParams, len(tasks))
	for i, t := range tasks {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, err
		}
		params[i] = river.InsertManyParams{
			Args:       args{ID: id.String(), Run: t.Run, Collection: t.Collection, Host: t.Host},
			InsertOpts: opts,
		}
	}
	return params, nil
}

// Run works Tasks until ctx ends. Then it takes no more, ends the context of those under way and returns
// when they have, or after 8 s with an error. A Queue runs once.
func (q *Queue) Run(ctx context.Context) error {
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return queueError("start the queue", "", err)
	}
	<-ctx.Done()
	q.stopping.Store(true)
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
	defer cancel()
	if err := q.client.StopAndCancel(patience); err != nil {
		return fmt.Errorf("stop the queue: work under way did not end within %s; it is taken up at the next start: %w", stopWait, err)
	}
	return nil
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

func (q *Queue) busy(ctx context.Context, run string) (bool, error) {
	params := river.NewJobListParams().Kinds(args{}.Kind()).States(unfinished()...).
		Where("args ->> 'run' = @run", river.NamedArgs{"run": run}).First(1)
	found, err := q.client.JobList(ctx, params)
	if err != nil {
		return false, queueError("look for unfinished jobs of run", run, err)
	}
	return len(found.Jobs) > 0, nil
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

// retryPolicy is a backoff as River asks for it.
type retryPolicy func(n int) time.Duration

// NextRetry returns when a job that failed is tried again.
func (p retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(p(len(job.Errors) + 1))
}

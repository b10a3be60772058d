package queue_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/queue"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// database is a fresh catalogue, or the one at path.
func database(t testing.TB, path string) *sql.DB {
	t.Helper()
	c, err := catalog.Open(t.Context(), "sqlite:"+path, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c.DB()
}

func open(t testing.TB, o queue.Options) *queue.Queue {
	t.Helper()
	if o.Workers == 0 {
		o.Workers = 16
	}
	q, err := queue.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// start runs q; the function it returns stops it and says how Run ended.
func start(t testing.TB, q *queue.Queue) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- q.Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return stop
}

func idle(t testing.TB, q *queue.Queue, run string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := q.Idle(ctx, run); err != nil {
		t.Fatalf("Idle: %v", err)
	}
}

func enqueue(t testing.TB, q *queue.Queue, tasks ...queue.Task) {
	t.Helper()
	if err := q.Enqueue(t.Context(), nil, tasks...); err != nil {
		t.Fatal(err)
	}
}

// completeIn completes a Task in a transaction of its own.
func completeIn(ctx context.Context, db *sql.DB, complete queue.Complete, more bool) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := complete(ctx, tx, more); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func hosts(run string, n int) []queue.Task {
	tasks := make([]queue.Task, n)
	for i := range tasks {
		tasks[i] = queue.Task{Run: run, Collection: "default", Host: fmt.Sprintf("host-%d.example", i)}
	}
	return tasks
}

func TestStopLeavesNothingBehind(t *testing.T) {
	db := database(t, t.TempDir()+"/q.db")
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent()) // but for the connections
	started := make(chan struct{})
	q := open(t, queue.Options{DB: db, Work: func(ctx context.Context, _ queue.Task, _ queue.Complete) error {
		close(started)
		<-ctx.Done()
		return errors.New("cut off in the middle of something")
	}})
	stop := start(t, q)
	enqueue(t, q, hosts("r", 1)...)
	<-started
	began := time.Now()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("stopping took %s", took)
	}
	var state string
	var attempt int
	if err := db.QueryRow(`SELECT state, attempt FROM river_job`).Scan(&state, &attempt); err != nil {
		t.Fatal(err)
	}
	if state != "available" || attempt != 0 {
		t.Errorf("the interrupted job is %q after %d attempts; want available after 0", state, attempt)
	}
}

// BenchmarkStart is the time from Enqueue to the start of the work, one task at a time.
func BenchmarkStart(b *testing.B) {
	db := database(b, b.TempDir()+"/q.db")
	started := make(chan time.Time, 1)
	q := open(b, queue.Options{DB: db, Work: func(ctx context.Context, _ queue.Task, complete queue.Complete) error {
		started <- time.Now()
		return completeIn(ctx, db, complete, false)
	}})
	start(b, q)
	var total time.Duration
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		enqueue(b, q, queue.Task{Run: fmt.Sprint(i), Host: "example.org"})
		total += (<-started).Sub(began)
		idle(b, q, fmt.Sprint(i))
	}
	b.ReportMetric(float64(total.Microseconds())/float64(b.N), "µs/start")
}

// BenchmarkThroughput is 60 hosts at once, each with 20 slices one after the other.
func BenchmarkThroughput(b *testing.B) {
	db := database(b, b.TempDir()+"/q.db")
	var left sync.Map
	q := open(b, queue.Options{DB: db, Workers: 60, Work: func(ctx context.Context, t queue.Task, complete queue.Complete) error {
		n, _ := left.LoadOrStore(t.Run+t.Host, new(atomic.Int32))
		return completeIn(ctx, db, complete, n.(*atomic.Int32).Add(1) < 20)
	}})
	start(b, q)
	for i := 0; b.Loop(); i++ {
		enqueue(b, q, hosts(fmt.Sprint(i), 60)...)
		idle(b, q, fmt.Sprint(i))
	}
	b.ReportMetric(float64(b.N*1200)/b.Elapsed().Seconds(), "tasks/s")
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	for i := 0; b.Loop(); i++ {
		open(b, queue.Options{DB: database(b, fmt.Sprintf("%s/%d", dir, i)), Exclusive: true})
	}
}

package queue_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
	"github.com/ibid-archive/ibid/internal/queue"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// database is a fresh catalogue on e.
func database(t testing.TB, e catalogtest.Engine) *catalog.Catalog {
	t.Helper()
	return databaseAt(t, e.New(t))
}

// databaseAt is the catalogue at dsn.
func databaseAt(t testing.TB, dsn string) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Open(t.Context(), dsn, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// doFunc works a Task.
type doFunc = func(ctx context.Context, t queue.Task, h *queue.Hold) error

func open(t testing.TB, c *catalog.Catalog, o queue.Options, do doFunc) *queue.Queue {
	t.Helper()
	return openKinds(t, c, o, map[queue.Kind]queue.Work{queue.Capture: {Do: do}})
}

func openKinds(t testing.TB, c *catalog.Catalog, o queue.Options, kinds map[queue.Kind]queue.Work) *queue.Queue {
	t.Helper()
	o.DB, o.Spare, o.Retry, o.Kinds, o.Workers = c.DB(), c.Spare(), c.Retry, kinds, cmp.Or(o.Workers, 16)
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
func completeIn(ctx context.Context, c *catalog.Catalog, h *queue.Hold, more bool) error {
	tx, err := c.DB().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := h.Complete(ctx, tx, more); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func hosts(run string, n int) []queue.Task {
	tasks := make([]queue.Task, n)
	for i := range tasks {
		tasks[i] = queue.Task{Kind: queue.Capture, Run: run, Collection: "default", Host: fmt.Sprintf("host-%d.example", i)}
	}
	return tasks
}

func TestStopLeavesNothingBehind(t *testing.T) { catalogtest.Each(t, testStopLeavesNothingBehind) }

func testStopLeavesNothingBehind(t *testing.T, e catalogtest.Engine) {
	c := database(t, e)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent()) // but for the connections
	started := make(chan struct{})
	q := open(t, c, queue.Options{}, func(ctx context.Context, _ queue.Task, _ *queue.Hold) error {
		close(started)
		<-ctx.Done()
		return errors.New("cut off in the middle of something")
	})
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
	if err := c.DB().QueryRow(`SELECT state, attempt FROM river_job`).Scan(&state, &attempt); err != nil {
		t.Fatal(err)
	}
	if state != "available" || attempt != 0 {
		t.Errorf("the interrupted job is %q after %d attempts; want available after 0", state, attempt)
	}
}

// BenchmarkStart is the time from Enqueue to the start of the work, one task at a time.
func BenchmarkStart(b *testing.B) { catalogtest.EachBenchmark(b, benchmarkStart) }

func benchmarkStart(b *testing.B, e catalogtest.Engine) {
	c := database(b, e)
	started := make(chan time.Time, 1)
	q := open(b, c, queue.Options{}, func(ctx context.Context, _ queue.Task, h *queue.Hold) error {
		started <- time.Now()
		return completeIn(ctx, c, h, false)
	})
	start(b, q)
	var total time.Duration
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		enqueue(b, q, queue.Task{Kind: queue.Capture, Run: fmt.Sprint(i), Host: "example.org"})
		total += (<-started).Sub(began)
		idle(b, q, fmt.Sprint(i))
	}
	b.ReportMetric(float64(total.Microseconds())/float64(b.N), "µs/start")
}

// BenchmarkThroughput is 60 hosts at once, each with 20 slices one after the other.
func BenchmarkThroughput(b *testing.B) { catalogtest.EachBenchmark(b, benchmarkThroughput) }

func benchmarkThroughput(b *testing.B, e catalogtest.Engine) {
	c := database(b, e)
	var left sync.Map
	q := open(b, c, queue.Options{Workers: 60}, func(ctx context.Context, t queue.Task, h *queue.Hold) error {
		n, _ := left.LoadOrStore(t.Run+t.Host, new(atomic.Int32))
		return completeIn(ctx, c, h, n.(*atomic.Int32).Add(1) < 20)
	})
	start(b, q)
	for i := 0; b.Loop(); i++ {
		enqueue(b, q, hosts(fmt.Sprint(i), 60)...)
		idle(b, q, fmt.Sprint(i))
	}
	b.ReportMetric(float64(b.N*1200)/b.Elapsed().Seconds(), "tasks/s")
}

func BenchmarkOpen(b *testing.B) { catalogtest.EachBenchmark(b, benchmarkOpen) }

func benchmarkOpen(b *testing.B, e catalogtest.Engine) {
	for b.Loop() {
		open(b, database(b, e), queue.Options{}, nil)
	}
}

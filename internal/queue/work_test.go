package queue_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
	"github.com/ibid-archive/ibid/internal/queue"
)

func TestATaskExistsIfAndOnlyIfItsTransactionCommits(t *testing.T) {
	catalogtest.Each(t, testATaskExistsIfAndOnlyIfItsTransactionCommits)
}

func testATaskExistsIfAndOnlyIfItsTransactionCommits(t *testing.T, e catalogtest.Engine) {
	c := database(t, e)
	worked := make(chan queue.Task, 10)
	q := open(t, c, queue.Options{}, func(ctx context.Context, task queue.Task, h *queue.Hold) error {
		worked <- task
		return completeIn(ctx, c, h, false)
	})
	start(t, q)

	for _, commit := range []bool{false, true} {
		tx, err := c.DB().BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		host := map[bool]string{false: "rolled-back.example", true: "committed.example"}[commit]
		if err := q.Enqueue(t.Context(), tx, queue.Task{Kind: queue.Capture, Run: "r", Collection: "c", Host: host}); err != nil {
			t.Fatal(err)
		}
		end := map[bool]func() error{false: tx.Rollback, true: tx.Commit}[commit]
		if err := end(); err != nil {
			t.Fatal(err)
		}
		q.Wake()
	}
	task := <-worked
	idle(t, q, "r")
	if task.Host != "committed.example" || task.Run != "r" || task.Collection != "c" || task.Attempt != 1 {
		t.Errorf("worked %+v", task)
	}
	if !regexp.MustCompile(`^[0-9a-f-]{36}$`).MatchString(task.ID) {
		t.Errorf("the ID %q is not safe in a file name", task.ID)
	}
	if len(worked) != 0 {
		t.Errorf("also worked %+v", <-worked)
	}
}

// What the context of Run says, that of a Task says: whether it waits for a store, for one.
func TestATaskHasTheContextOfTheQueue(t *testing.T) {
	catalogtest.Each(t, func(t *testing.T, e catalogtest.Engine) {
		c := database(t, e)
		said := make(chan any, 1)
		q := open(t, c, queue.Options{}, func(ctx context.Context, _ queue.Task, h *queue.Hold) error {
			said <- ctx.Value(said)
			return completeIn(ctx, c, h, false)
		})
		ctx, stop := context.WithCancel(context.WithValue(t.Context(), said, "something")) //nolint:revive,staticcheck // a key of this test alone
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := q.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		if err := q.Enqueue(t.Context(), nil, queue.Task{Kind: queue.Capture, Run: "r", Collection: "c", Host: "h.example"}); err != nil {
			t.Fatal(err)
		}
		if got := <-said; got != "something" {
			t.Errorf("it says %v", got)
		}
		stop()
		wg.Wait()
	})
}

func TestOneHostOneTaskAtATime(t *testing.T) { catalogtest.Each(t, testOneHostOneTaskAtATime) }

func testOneHostOneTaskAtATime(t *testing.T, e catalogtest.Engine) {
	c := database(t, e)
	const slices, hostCount = 10, 5
	var mu sync.Mutex
	busy, done := map[string]int{}, map[string]int{}
	var q *queue.Queue
	q = open(t, c, queue.Options{Workers: 16}, func(ctx context.Context, task queue.Task, h *queue.Hold) error {
		mu.Lock()
		busy[task.Host]++
		if busy[task.Host] > 1 {
			t.Errorf("%d tasks of %s at once", busy[task.Host], task.Host)
		}
		done[task.Host]++
		more := done[task.Host] < slices
		mu.Unlock()
		// Whoever enqueues the host again, while it is worked, adds nothing.
		if err := q.Enqueue(ctx, nil, queue.Task{Kind: task.Kind, Run: task.Run, Host: task.Host}); err != nil {
			return err
		}
		mu.Lock()
		busy[task.Host]--
		mu.Unlock()
		return completeIn(ctx, c, h, more)
	})
	enqueue(t, q, hosts("r", hostCount)...)
	enqueue(t, q, hosts("r", hostCount)...)
	start(t, q)
	idle(t, q, "r")
	for host, n := range done {
		if n != slices {
			t.Errorf("%s: %d slices, want %d", host, n, slices)
		}
	}
	if len(done) != hostCount {
		t.Errorf("%d hosts worked, want %d", len(done), hostCount)
	}
	// Finished, so the same host may come again.
	enqueue(t, q, hosts("r", 1)...)
	idle(t, q, "r")
	if n := done["host-0.example"]; n != slices+1 {
		t.Errorf("a finished host was worked %d times more, want once", n-slices)
	}
}

func TestATaskKnowsWhenItsHostWasLeft(t *testing.T) {
	catalogtest.Each(t, testATaskKnowsWhenItsHostWasLeft)
}

func testATaskKnowsWhenItsHostWasLeft(t *testing.T, e catalogtest.Engine) {
	c := database(t, e)
	var left []time.Time
	q := open(t, c, queue.Options{}, func(ctx context.Context, task queue.Task, h *queue.Hold) error {
		left = append(left, task.Left)
		return completeIn(ctx, c, h, len(left) < 3)
	})
	began := time.Now()
	enqueue(t, q, hosts("r", 1)...)
	start(t, q)
	idle(t, q, "r")
	if len(left) != 3 || !left[0].IsZero() {
		t.Fatalf("the host was left at %v; want three tasks, and no time for the first", left)
	}
	for i, at := range left[1:] {
		if !e.Shared() {
			if !at.IsZero() { // one process knows by itself
				t.Errorf("task %d: the host was left at %v", i+2, at)
			}
			continue
		}
		if at.Before(began.Add(-time.Second)) || at.After(time.Now().Add(time.Second)) || i > 0 && !at.After(left[i]) {
			t.Errorf("task %d: the host was left at %v, of %v; all began at %v", i+2, at, left, began)
		}
	}
}

func TestTenThousandHosts(t *testing.T) { catalogtest.Each(t, testTenThousandHosts) }

func testTenThousandHosts(t *testing.T, e catalogtest.Engine) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	c := database(t, e)
	var worked atomic.Int32
	q := open(t, c, queue.Options{Workers: 500}, func(ctx context.Context, _ queue.Task, h *queue.Hold) error {
		worked.Add(1)
		return completeIn(ctx, c, h, false)
	})
	const n = 10_000
	began := time.Now()
	enqueue(t, q, hosts("r", n)...)
	t.Logf("enqueued in %s", time.Since(began))
	start(t, q)
	idle(t, q, "r")
	t.Logf("worked after %s", time.Since(began))
	if worked.Load() != n {
		t.Errorf("worked %d tasks, want %d", worked.Load(), n)
	}
}

func TestWhatFailsIsTriedAgainAndThenGivenUp(t *testing.T) {
	catalogtest.Each(t, testWhatFailsIsTriedAgainAndThenGivenUp)
}

func testWhatFailsIsTriedAgainAndThenGivenUp(t *testing.T, e catalogtest.Engine) {
	tests := []struct {
		name     string
		work     func(attempt int, end func() error) error
		attempts int32
	}{
		{"always", func(int, func() error) error { return errors.New("disk full") }, 4},
		{"once", func(attempt int, end func() error) error {
			if attempt == 1 {
				return errors.New("disk full")
			}
			return end()
		}, 2},
		{"panic", func(int, func() error) error { panic("boom") }, 4},
		{"forgets to complete", func(int, func() error) error { return nil }, 4},
		{"never", func(_ int, end func() error) error { return end() }, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := database(t, e)
			var tries atomic.Int32
			var ids sync.Map
			q := openKinds(t, c, queue.Options{}, map[queue.Kind]queue.Work{queue.Capture: {
				Backoff: func(int) time.Duration { return time.Millisecond },
				Do: func(ctx context.Context, task queue.Task, h *queue.Hold) error {
					ids.Store(task.ID, true)
					if got := int(tries.Add(1)); got != task.Attempt {
						t.Errorf("attempt is %d, want %d", task.Attempt, got)
					}
					return tt.work(task.Attempt, func() error { return completeIn(ctx, c, h, false) })
				},
			}})
			start(t, q)
			enqueue(t, q, hosts("r", 1)...)
			idle(t, q, "r")
			if tries.Load() != tt.attempts {
				t.Errorf("tried %d times, want %d", tries.Load(), tt.attempts)
			}
			count := 0
			ids.Range(func(any, any) bool { count++; return true })
			if count != 1 {
				t.Errorf("%d IDs for one task", count)
			}
		})
	}
}

func TestACompletionThatRollsBackDidNotHappen(t *testing.T) {
	catalogtest.Each(t, testACompletionThatRollsBackDidNotHappen)
}

func testACompletionThatRollsBackDidNotHappen(t *testing.T, e catalogtest.Engine) {
	c := database(t, e)
	var tries atomic.Int32
	q := openKinds(t, c, queue.Options{}, map[queue.Kind]queue.Work{queue.Capture: {
		Backoff: func(int) time.Duration { return time.Millisecond },
		Do: func(ctx context.Context, _ queue.Task, h *queue.Hold) error {
			if tries.Add(1) > 1 {
				return completeIn(ctx, c, h, false)
			}
			tx, err := c.DB().BeginTx(ctx, nil)
			if err != nil {
				return err
			}
			if err := h.Complete(ctx, tx, true); err != nil {
				t.Error(err)
			}
			return errors.Join(errors.New("the catalogue refused"), tx.Rollback())
		},
	}})
	start(t, q)
	enqueue(t, q, hosts("r", 1)...)
	idle(t, q, "r")
	if tries.Load() != 2 {
		t.Errorf("tried %d times, want 2", tries.Load())
	}
	if n := jobs(t, c.DB()); n != 1 {
		t.Errorf("%d jobs in the database, want 1: the next slice was rolled back too", n)
	}
}

func jobs(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	if err := db.QueryRow(`SELECT count(*) FROM river_job`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestIdleEndsWithItsContext(t *testing.T) { catalogtest.Each(t, testIdleEndsWithItsContext) }

func testIdleEndsWithItsContext(t *testing.T, e catalogtest.Engine) {
	c := database(t, e)
	q := openKinds(t, c, queue.Options{}, nil)
	enqueue(t, q, hosts("r", 1)...)
	if err := q.Idle(t.Context(), "another run"); err != nil {
		t.Errorf("Idle of a run without tasks: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := q.Idle(ctx, "r"); !errors.Is(err, context.Canceled) {
		t.Errorf("Idle returned %v, want that of its context", err)
	}
}

func TestRiverIsHeardInDebugOnly(t *testing.T) { catalogtest.Each(t, testRiverIsHeardInDebugOnly) }

func testRiverIsHeardInDebugOnly(t *testing.T, e catalogtest.Engine) {
	var info, debug bytes.Buffer
	for out, level := range map[*bytes.Buffer]slog.Level{&info: slog.LevelInfo, &debug: slog.LevelDebug} {
		c := database(t, e)
		log := slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level}))
		q := open(t, c, queue.Options{Log: log}, func(ctx context.Context, _ queue.Task, h *queue.Hold) error {
			return completeIn(ctx, c, h, false)
		})
		stop := start(t, q)
		enqueue(t, q, hosts("r", 1)...)
		idle(t, q, "r")
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
	if info.Len() > 0 {
		t.Errorf("a person would read: %s", &info)
	}
	if !strings.Contains(debug.String(), "river_level=INFO") {
		t.Errorf("debug says only: %s", &debug)
	}
}

package queue_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
	"github.com/ibid-archive/ibid/internal/queue"
)

// crashEnv makes the test binary the child of TestATaskOfADeadProcessIsWorkedAgain: the address of its database.
const crashEnv = "IBID_TEST_QUEUE_CRASH"

func TestATaskOfADeadProcessIsWorkedAgain(t *testing.T) {
	if dsn := os.Getenv(crashEnv); dsn != "" {
		workForEver(t, dsn)
		return
	}
	catalogtest.Each(t, testATaskOfADeadProcessIsWorkedAgain)
}

// shortLease has the tests wait less for what a dead process has left.
const shortLease = 600 * time.Millisecond

func testATaskOfADeadProcessIsWorkedAgain(t *testing.T, e catalogtest.Engine) {
	dsn := e.New(t)
	// More kills than tries that are allowed: a try that ended with its process does not count.
	for range 6 {
		killInTheMiddle(t, dsn)
	}
	c := databaseAt(t, dsn)
	worked := make(chan queue.Task, 10)
	q := open(t, c, queue.Options{Lease: shortLease}, func(ctx context.Context, task queue.Task, h *queue.Hold) error {
		worked <- task
		return completeIn(ctx, c, h, false)
	})
	start(t, q)
	idle(t, q, "r")
	if len(worked) != 1 {
		t.Fatalf("worked %d tasks, want 1", len(worked))
	}
	if task := <-worked; task.Host != "host-0.example" || task.Attempt != 1 || !task.Again {
		t.Errorf("worked %+v", task)
	}
}

// killInTheMiddle starts a process that works, and kills it once it says so.
func killInTheMiddle(t *testing.T, dsn string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestATaskOfADeadProcessIsWorkedAgain$") //nolint:gosec // ourselves
	child.Env = append(os.Environ(), crashEnv+"="+dsn)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "working\n" {
		t.Errorf("the child said %q, %v", line, err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Error(err)
	}
	if err := child.Wait(); err == nil {
		t.Error("the child ended by itself")
	}
}

func workForEver(t *testing.T, dsn string) {
	q := open(t, databaseAt(t, dsn), queue.Options{Lease: shortLease}, func(ctx context.Context, _ queue.Task, _ *queue.Hold) error {
		if _, err := os.Stdout.WriteString("working\n"); err != nil {
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	})
	enqueue(t, q, hosts("r", 1)...)
	if err := q.Run(t.Context()); err != nil {
		t.Error(err)
	}
}

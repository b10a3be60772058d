package queue_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"testing"

	"github.com/ibid-archive/ibid/internal/queue"
)

// crashEnv makes the test binary the child of TestATaskOfADeadProcessIsWorkedAgain: the path of its database.
const crashEnv = "IBID_TEST_QUEUE_CRASH"

func TestATaskOfADeadProcessIsWorkedAgain(t *testing.T) {
	if path := os.Getenv(crashEnv); path != "" {
		workForEver(t, path)
		return
	}
	path := t.TempDir() + "/q.db"
	// More kills than tries that are allowed: a try that ended with its process does not count.
	for range 6 {
		killInTheMiddle(t, path)
	}
	db := database(t, path)
	worked := make(chan queue.Task, 10)
	q := open(t, queue.Options{DB: db, Exclusive: true, Work: func(ctx context.Context, task queue.Task, complete queue.Complete) error {
		worked <- task
		return completeIn(ctx, db, complete, false)
	}})
	start(t, q)
	idle(t, q, "r")
	if len(worked) != 1 {
		t.Fatalf("worked %d tasks, want 1", len(worked))
	}
	if task := <-worked; task.Host != "host-0.example" || task.Attempt != 1 {
		t.Errorf("worked %+v", task)
	}
}

// killInTheMiddle starts a process that works, and kills it once it says so.
func killInTheMiddle(t *testing.T, path string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestATaskOfADeadProcessIsWorkedAgain$") //nolint:gosec // ourselves
	child.Env = append(os.Environ(), crashEnv+"="+path)
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

func workForEver(t *testing.T, path string) {
	q := open(t, queue.Options{DB: database(t, path), Exclusive: true, Work: func(ctx context.Context, _ queue.Task, _ queue.Complete) error {
		if _, err := os.Stdout.WriteString("working\n"); err != nil {
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	}})
	enqueue(t, q, hosts("r", 1)...)
	if err := q.Run(t.Context()); err != nil {
		t.Error(err)
	}
}

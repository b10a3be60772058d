package queue_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
	"github.com/ibid-archive/ibid/internal/queue"
)

// workerEnv makes the test binary a worker of TestWorkersThatDieOrSleep: the address of its database.
const workerEnv = "IBID_TEST_QUEUE_WORKER"

// TestWorkersThatDieOrSleep has processes work one queue, kills some and stops others for longer than their lease.
// However it goes, each Task ends once, and each host has as many as it is to have.
func TestWorkersThatDieOrSleep(t *testing.T) {
	if dsn := os.Getenv(workerEnv); dsn != "" {
		workAsProcess(t, dsn)
		return
	}
	e := catalogtest.Postgres(t)
	const hostCount, slices = 24, 12
	dsn := e.New(t) + "&idle_in_transaction_session_timeout=500" // as its default is less than the default lease
	c := databaseAt(t, dsn)
	q := openKinds(t, c, queue.Options{}, nil)
	makeLedger(t, c, hostCount, slices)
	enqueue(t, q, hosts("r", hostCount)...)
	w := startWorkers(t, dsn, 3)
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test that can be repeated
	for range 12 {
		w.await(3 + r.IntN(12))
		if victim := r.IntN(len(w.running)); r.IntN(2) == 0 {
			w.kill(victim)
		} else {
			w.sleep(victim)
		}
	}
	idle(t, q, "r")
	w.end()
	t.Logf("%d tasks of dead or sleeping workers were worked again, %d late ends were refused", w.again, w.refused)
	checkLedger(t, c, hostCount*slices)
}

// makeLedger makes the tables in which the workers note, in the transaction that ends a Task, that it ended.
func makeLedger(t *testing.T, c *catalog.Catalog, hostCount, slices int) {
	t.Helper()
	for _, statement := range []string{
		`CREATE TABLE ended (task TEXT PRIMARY KEY)`,
		`CREATE TABLE slices (host TEXT PRIMARY KEY, remaining INTEGER NOT NULL)`,
		fmt.Sprintf(`INSERT INTO slices SELECT 'host-' || n || '.example', %d FROM generate_series(0, %d) n`, slices, hostCount-1),
	} {
		if _, err := c.DB().Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

func checkLedger(t *testing.T, c *catalog.Catalog, want int) {
	t.Helper()
	var ended, off, given int
	err := c.DB().QueryRow(`SELECT (SELECT count(*) FROM ended), (SELECT count(*) FROM slices WHERE remaining <> 0),
		(SELECT count(*) FROM river_job WHERE state <> 'completed')`).Scan(&ended, &off, &given)
	if err != nil || ended != want || off != 0 || given != 0 {
		t.Errorf("%d tasks ended, want %d; %d hosts had too many or too few; %d tasks are left; %v", ended, want, off, given, err)
	}
}

// workAsProcess works Tasks and tells of each beginning and end. It does not care that its context has ended: what
// is written too late has to be refused where it is written.
func workAsProcess(t *testing.T, dsn string) {
	c := databaseAt(t, dsn)
	q := open(t, c, queue.Options{Workers: 6, Lease: shortLease}, func(ctx context.Context, task queue.Task, h *queue.Hold) error {
		tell("began", task)
		time.Sleep(30 * time.Millisecond)
		err := c.Retry(t.Context(), func() error { return endInLedger(context.WithoutCancel(ctx), c, task, h) })
		switch {
		case errors.Is(err, queue.ErrLost):
			tell("refused", task)
		case err == nil:
			tell("ended", task)
		}
		return err
	})
	go func() { // its parent has ended
		_, _ = bufio.NewReader(os.Stdin).ReadByte()
		os.Exit(1) //nolint:forbidigo // a child
	}()
	if err := q.Run(t.Context()); err != nil {
		t.Error(err)
	}
}

func tell(what string, task queue.Task) { fmt.Printf("%s %s %v\n", what, task.ID, task.Again) }

func endInLedger(ctx context.Context, c *catalog.Catalog, task queue.Task, h *queue.Hold) error {
	tx, err := c.DB().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // nothing happens after a commit
	var remaining int
	err = tx.QueryRowContext(ctx, `UPDATE slices SET remaining = remaining - 1 WHERE host = $1 RETURNING remaining`, task.Host).Scan(&remaining)
	if err != nil {
		return err
	}
	if err := h.Complete(ctx, tx, remaining > 0); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO ended (task) VALUES ($1)`, task.ID); err != nil {
		return err
	}
	return tx.Commit()
}

// workers are processes that work, and what they tell.
type workers struct {
	t       *testing.T
	dsn     string
	running []*exec.Cmd
	lines   chan said
	begun   map[*exec.Cmd]map[string]bool // Tasks that a worker has begun and not ended

	again, refused int
}

type said struct {
	by             *exec.Cmd
	what, id, more string
}

func startWorkers(t *testing.T, dsn string, n int) *workers {
	t.Helper()
	w := &workers{t: t, dsn: dsn, lines: make(chan said, 1000), begun: map[*exec.Cmd]map[string]bool{}}
	for range n {
		w.running = append(w.running, w.start())
	}
	t.Cleanup(w.end)
	return w
}

func (w *workers) start() *exec.Cmd {
	w.t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestWorkersThatDieOrSleep$") //nolint:gosec // ourselves
	cmd.Env = append(os.Environ(), workerEnv+"="+w.dsn)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.begun[cmd] = map[string]bool{}
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if f := strings.Fields(lines.Text()); len(f) == 3 {
				w.lines <- said{cmd, f[0], f[1], f[2]}
			}
		}
	}()
	return cmd
}

// next takes in what a worker says; false when none says anything for a second: all is done, or all are waiting for the
// lease of a dead one.
func (w *workers) next() (said, bool) {
	select {
	case s := <-w.lines:
		switch s.what {
		case "began":
			w.begun[s.by][s.id] = true
			if s.more == "true" {
				w.again++
			}
		case "refused":
			w.refused++
			fallthrough
		default:
			delete(w.begun[s.by], s.id)
		}
		return s, true
	case <-time.After(time.Second):
		return said{}, false
	}
}

// await waits until n Tasks have ended.
func (w *workers) await(n int) {
	for n > 0 {
		s, ok := w.next()
		if !ok {
			return
		}
		if s.what == "ended" {
			n--
		}
	}
}

// kill ends a worker at once, and another one takes its place.
func (w *workers) kill(i int) {
	if err := w.running[i].Process.Kill(); err != nil {
		w.t.Error(err)
	}
	_ = w.running[i].Wait()
	w.running[i] = w.start()
}

// sleep stops a worker until another one has begun what it was at, and wakes it up then.
func (w *workers) sleep(i int) {
	asleep := w.running[i]
	w.signal(asleep, syscall.SIGSTOP)
	defer w.signal(asleep, syscall.SIGCONT)
	for len(w.begun[asleep]) > 0 {
		s, ok := w.next()
		if ok && s.by != asleep && s.what == "began" && w.begun[asleep][s.id] {
			return
		}
		if !ok && w.idle() {
			return // a line of its own was not read before it slept
		}
	}
}

func (w *workers) idle() bool {
	var left int
	db, err := sql.Open("pgx", w.dsn)
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // a test
	if err := db.QueryRow(`SELECT count(*) FROM river_job WHERE state IN ('available', 'running', 'retryable')`).Scan(&left); err != nil {
		w.t.Error(err)
	}
	return left == 0
}

func (w *workers) signal(cmd *exec.Cmd, s syscall.Signal) {
	if err := cmd.Process.Signal(s); err != nil {
		w.t.Error(err)
	}
}

// end ends all workers, once.
func (w *workers) end() {
	for _, cmd := range w.running {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	w.running = nil
	for len(w.lines) > 0 {
		w.next()
	}
}

// TestAHostIsWithOneOfAllWorkers has two processes work two runs over the same hosts.
func TestAHostIsWithOneOfAllWorkers(t *testing.T) {
	e := catalogtest.Postgres(t)
	dsn := e.New(t)
	first, second := databaseAt(t, dsn), databaseAt(t, dsn)
	const hostCount, slices = 4, 6
	makeLedger(t, first, hostCount, 2*slices)
	var queues []*queue.Queue
	for _, c := range []*catalog.Catalog{first, second} {
		alone := func(ctx context.Context, task queue.Task, h *queue.Hold) error {
			return alone(ctx, t, c, task.Host, func() error { return endInLedger(ctx, c, task, h) })
		}
		queues = append(queues, open(t, c, queue.Options{Workers: 4, Lease: time.Minute}, alone))
	}
	for i, run := range []string{"a", "b"} {
		enqueue(t, queues[i], hosts(run, hostCount)...)
	}
	for _, q := range queues {
		start(t, q)
	}
	for _, run := range []string{"a", "b"} {
		idle(t, queues[0], run)
	}
	var left int
	if err := first.DB().QueryRow(`SELECT sum(remaining) FROM slices`).Scan(&left); err != nil || left > 0 {
		t.Errorf("%d slices are left, %v", left, err)
	}
}

// alone does something with a lock of the database for the host, and complains if another one has it.
func alone(ctx context.Context, t *testing.T, c *catalog.Catalog, host string, do func() error) error {
	h := fnv.New32a()
	_, _ = h.Write([]byte(host))
	key := int64(h.Sum32())
	conn, err := c.DB().Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // a test
	var mine bool
	if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, key).Scan(&mine); err != nil {
		return err
	}
	if !mine {
		t.Errorf("two workers are with %s", host)
	}
	time.Sleep(5 * time.Millisecond)
	_, err = conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, key)
	return errors.Join(err, do())
}

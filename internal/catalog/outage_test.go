package catalog_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

// TestAnUnknownCommitIsResolved loses the connection around a COMMIT: before it, and after it.
func TestAnUnknownCommitIsResolved(t *testing.T) {
	e := catalogtest.Postgres(t)
	for name, fault := range map[string]catalogtest.Fault{"not committed": catalogtest.LoseCommit, "committed": catalogtest.LoseAnswer} {
		t.Run(name, func(t *testing.T) {
			proxy, dsn := catalogtest.StartProxy(t, e.New(t))
			c := openAt(t, dsn)
			defer closeNow(t, c)
			b := jobBatch(0, 3, 7)
			startRunOf(t, c, b)
			proxy.Next(fault)
			calls := 0
			added, err := c.Commit(t.Context(), b, func(*sql.Tx) error { calls++; return nil })
			if err != nil || added != (catalog.New{Captures: 7, Visits: 3}) || calls != 2 {
				t.Errorf("%+v, %v after %d calls", added, err, calls)
			}
			checkOnce(t, c, b)
			proxy.Next(fault)
			run := catalog.Run{ID: "another", Collection: "default", Fingerprint: "g", Started: day}
			stored, resumed, err := c.StartRun(t.Context(), run, seedsOf("http://a.example/"))
			if err != nil || resumed || stored != run {
				t.Errorf("run %+v, resumed %v, %v", stored, resumed, err)
			}
		})
	}
}

func startRunOf(t *testing.T, c *catalog.Catalog, b catalog.Batch) {
	t.Helper()
	var seeds []ibid.Seed
	for _, v := range b.Visits {
		seeds = append(seeds, ibid.Seed{URI: v.Seed})
	}
	if _, _, err := c.StartRun(t.Context(), catalog.Run{ID: b.Run, Collection: b.Collection, Fingerprint: "f", Started: day}, seeds); err != nil {
		t.Fatal(err)
	}
}

// checkOnce demands that c holds b, and nothing else.
func checkOnce(t *testing.T, c *catalog.Catalog, b catalog.Batch) {
	t.Helper()
	n, err := c.Counts(t.Context(), b.Collection)
	done, total, progressErr := c.RunProgress(t.Context(), b.Run)
	if err != nil || progressErr != nil || n.Captures != len(b.Captures) || n.Visits != len(b.Visits) || done != len(b.Visits) || total != done {
		t.Errorf("counts %+v, %d of %d done, %v, %v", n, done, total, err, progressErr)
	}
}

// TestAConnectionThatIsCutInATransaction ends the server's side of it, as an administrator can.
func TestAConnectionThatIsCutInATransaction(t *testing.T) {
	c, other := openNew(t, catalogtest.Postgres(t)), openNew(t, catalogtest.Postgres(t))
	b := jobBatch(0, 3, 7)
	startRunOf(t, c, b)
	tries := 0
	added, err := c.Commit(t.Context(), b, func(tx *sql.Tx) error {
		if tries++; tries > 2 {
			return nil
		}
		var pid int
		if err := tx.QueryRow(`SELECT pg_backend_pid()`).Scan(&pid); err != nil {
			return err
		}
		if _, err := other.DB().Exec(`SELECT pg_terminate_backend($1, 10000)`, pid); err != nil {
			return err
		}
		_, err := tx.Exec(`SELECT 1`)
		return err
	})
	if err != nil || tries != 3 || added != (catalog.New{Captures: 7, Visits: 3}) {
		t.Errorf("%+v, %v after %d tries", added, err, tries)
	}
	checkOnce(t, c, b)
}

// TestADeadlockIsWorkedAgain has two transactions take two rows in opposite orders.
func TestADeadlockIsWorkedAgain(t *testing.T) {
	c := openNew(t, catalogtest.Postgres(t))
	if _, err := c.DB().Exec(`CREATE TABLE rows (id INTEGER PRIMARY KEY, n INTEGER NOT NULL); INSERT INTO rows VALUES (1, 0), (2, 0)`); err != nil {
		t.Fatal(err)
	}
	var barrier, all sync.WaitGroup
	barrier.Add(2)
	for _, order := range [][]int{{1, 2}, {2, 1}} {
		all.Go(func() {
			first := true
			_, err := c.Commit(t.Context(), catalog.Batch{Collection: "default"}, func(tx *sql.Tx) error {
				for _, id := range order {
					if _, err := tx.Exec(`UPDATE rows SET n = n + 1 WHERE id = $1`, id); err != nil {
						return err
					}
					if first {
						first = false
						barrier.Done()
						barrier.Wait()
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	var sum int
	if err := c.DB().QueryRow(`SELECT sum(n) FROM rows`).Scan(&sum); err != nil || sum != 4 {
		t.Errorf("%d updates, %v; want 4", sum, err)
	}
}

// TestCommitsOutlastARestart stops the server while writers are at work, and starts it again.
func TestCommitsOutlastARestart(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server of its own")
	}
	server := catalogtest.StartServer(t, "../../.ci/postgres")
	c := openNew(t, server.Engine)
	const writers, each = 6, 40
	var all sync.WaitGroup
	committed := make(chan int, writers*each)
	for i := range writers {
		all.Go(func() {
			for k := range each {
				b := jobBatch(i*each+k, 2, 5)
				added, err := c.Commit(t.Context(), b, nil)
				if err != nil || added != (catalog.New{Captures: 5, Visits: 2}) {
					t.Errorf("%+v, %v", added, err)
				}
				if _, err := c.Nearest(t.Context(), "default", b.Captures[4].URI, day); err != nil {
					t.Errorf("what was reported is not there: %v", err)
				}
				committed <- 1
			}
		})
	}
	for range 3 {
		for range writers * each / 5 {
			<-committed
		}
		server.Stop(t)
		server.Start(t)
	}
	all.Wait()
	if n, err := c.Counts(t.Context(), "default"); err != nil || n.Captures != 5*writers*each || n.Visits != 2*writers*each {
		t.Errorf("counts %+v, %v", n, err)
	}
}

// lockEnv makes the test binary hold the lock of a database: the path of its file.
const lockEnv = "IBID_TEST_CATALOG_LOCK"

// TestSQLiteLockedByAnotherProcess: work waits for longer than SQLite itself does, and goes on.
func TestSQLiteLockedByAnotherProcess(t *testing.T) {
	if path := os.Getenv(lockEnv); path != "" {
		lockUntilToldOtherwise(t, path)
		return
	}
	path := t.TempDir() + "/catalog.db"
	c := openAt(t, "sqlite:"+path)
	defer closeNow(t, c)
	b := jobBatch(0, 3, 7)
	startRunOf(t, c, b)
	if _, err := c.DB().Exec(`PRAGMA busy_timeout = 20`); err != nil {
		t.Fatal(err)
	}
	unlock := lockedByAnother(t, path)
	done := make(chan error, 1)
	go func() {
		_, err := c.Commit(t.Context(), b, nil)
		done <- err
	}()
	select {
	case err := <-done:
		t.Errorf("committed although another process has the lock: %v", err)
	case <-time.After(300 * time.Millisecond): // many times what SQLite waits
	}
	if n, err := c.Counts(t.Context(), "default"); err != nil || n.Visits != 0 {
		t.Errorf("readers do not wait: %+v, %v", n, err)
	}
	unlock()
	if err := <-done; err != nil {
		t.Error(err)
	}
	checkOnce(t, c, b)
	// And patience has an end.
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	defer lockedByAnother(t, path)()
	if _, err := c.Commit(ctx, jobBatch(1, 1, 1), nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with a context that ends: %v", err)
	}
}

// lockedByAnother has another process take the lock; the function that it returns ends it.
func lockedByAnother(t *testing.T, path string) (unlock func()) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSQLiteLockedByAnotherProcess$") //nolint:gosec // ourselves
	child.Env = append(os.Environ(), lockEnv+"="+path)
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "locked\n" {
		t.Fatalf("the other process said %q, %v", line, err)
	}
	return func() {
		_ = in.Close()
		_ = child.Wait()
	}
}

func lockUntilToldOtherwise(t *testing.T, path string) {
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // a test
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), `BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	fmt.Println("locked")
	_, _ = io.Copy(io.Discard, os.Stdin)
	_, _ = conn.ExecContext(t.Context(), `ROLLBACK`)
	_ = conn.Close()
}

func TestProcessesThatStartTogether(t *testing.T) {
	e := catalogtest.Postgres(t)
	dsn := e.New(t)
	const n = 6
	runs := make(chan string, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			c, err := catalog.Open(t.Context(), dsn, catalog.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer closeNow(t, c)
			run := catalog.Run{ID: fmt.Sprint(i), Collection: "default", Fingerprint: "f", Started: day}
			stored, resumed, err := c.StartRun(t.Context(), run, seedsOf("http://b.example/", "http://a.example/", fmt.Sprintf("http://%d.example/", i)))
			if err != nil || resumed != (stored.ID != run.ID) {
				t.Errorf("%+v, %v, %v", stored, resumed, err)
			}
			runs <- stored.ID
		})
	}
	all.Wait()
	close(runs)
	ids := slices.Compact(slices.Sorted(func(yield func(string) bool) {
		for id := range runs {
			if !yield(id) {
				return
			}
		}
	}))
	if len(ids) != 1 {
		t.Errorf("the same inputs made the runs %s", strings.Join(ids, ", "))
	}
}

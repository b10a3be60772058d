package queue_test

import (
	"context"
	"database/sql"
	"sync/atomic"
	"testing"

	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
	"github.com/ibid-archive/ibid/internal/queue"
)

// endByCommit ends a Task as the pipeline does, by a Commit of the catalogue.
func endByCommit(ctx context.Context, c *catalog.Catalog, h *queue.Hold, more bool) error {
	_, err := c.Commit(ctx, catalog.Batch{Collection: "default"}, func(tx *sql.Tx) error { return h.Complete(ctx, tx, more) })
	return err
}

// TestTheEndOfATaskIsKnownWhenItsAnswerIsLost loses the connection around the COMMIT of the end of each Task.
func TestTheEndOfATaskIsKnownWhenItsAnswerIsLost(t *testing.T) {
	e := catalogtest.Postgres(t)
	for name, fault := range map[string]catalogtest.Fault{"not committed": catalogtest.LoseCommit, "committed": catalogtest.LoseAnswer} {
		t.Run(name, func(t *testing.T) {
			proxy, dsn := catalogtest.StartProxy(t, e.New(t))
			c := databaseAt(t, dsn)
			var worked atomic.Int32
			q := open(t, c, queue.Options{Workers: 1}, func(ctx context.Context, task queue.Task, h *queue.Hold) error {
				more := worked.Add(1) < 3
				tx, err := c.DB().BeginTx(ctx, nil) // known to be good, so that the next COMMIT is that of the end
				if err != nil {
					return err
				}
				if err := tx.Rollback(); err != nil {
					return err
				}
				proxy.Next(fault)
				return endByCommit(ctx, c, h, more)
			})
			start(t, q)
			enqueue(t, q, hosts("r", 1)...)
			idle(t, q, "r")
			var done, tries int
			if err := c.DB().QueryRow(`SELECT count(*), max(attempt) FROM river_job WHERE state = 'completed'`).Scan(&done, &tries); err != nil {
				t.Fatal(err)
			}
			if worked.Load() != 3 || done != 3 || tries != 1 {
				t.Errorf("worked %d, done %d, at most %d tries; want 3, 3, 1", worked.Load(), done, tries)
			}
		})
	}
}

// TestWorkOutlastsARestart stops the server for longer than a lease while Tasks are worked, and starts it again.
func TestWorkOutlastsARestart(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server of its own")
	}
	server := catalogtest.StartServer(t, "../../.ci/postgres")
	const hostCount, slices = 10, 10
	c := database(t, server.Engine)
	makeLedger(t, c, hostCount, slices)
	var began atomic.Int32
	inside, stopped, away := make(chan bool), make(chan bool), make(chan bool, 10_000)
	q := open(t, c, queue.Options{Workers: 4, Lease: shortLease}, func(ctx context.Context, task queue.Task, h *queue.Hold) error {
		if began.Add(1) == hostCount*slices/4 {
			inside <- true
			<-stopped
		}
		err := c.Retry(ctx, func() error { return endInLedger(ctx, c, task, h) })
		if queue.Lost(ctx) {
			away <- true
		}
		return err
	})
	start(t, q)
	enqueue(t, q, hosts("r", hostCount)...)
	<-inside
	server.Stop(t)
	close(stopped)
	<-away // the process has noticed that it cannot renew its leases
	server.Start(t)
	idle(t, q, "r")
	checkLedger(t, c, hostCount*slices)
}

package main

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/notify"
)

// spoolNews takes what is to be told of the spool, which must not wait, to the outbox of the catalogue, which may be
// away itself. Whoever sends what is in the outbox finds it there.
type spoolNews struct {
	machine string
	limit   int64
	events  chan ibid.Event
	// wake is called when there is news in the outbox; nil: whoever sends it looks there from time to time.
	wake atomic.Pointer[func()]
}

// manyNews is more than can come up: between two Events of a spool lies an outage.
const manyNews = 16

func newSpoolNews(limit int64) *spoolNews {
	machine, err := os.Hostname()
	if err != nil {
		machine = "this machine"
	}
	return &spoolNews{machine: machine, limit: limit, events: make(chan ibid.Event, manyNews)}
}

func (n *spoolNews) full(since time.Time) { n.add(notify.SpoolFull(n.machine, since, n.limit)) }

func (n *spoolNews) drained(since, now time.Time) { n.add(notify.SpoolDrained(n.machine, since, now)) }

func (n *spoolNews) add(e ibid.Event) {
	select {
	case n.events <- e:
	default: // the catalogue is away for several outages of the store: the last ones are in the log
	}
}

// lastNews is how long what was not told yet may take when the program ends.
const lastNews = 5 * time.Second

// run tells until stop is called, which must come after the last news.
func (n *spoolNews) run(ctx context.Context, tell func(context.Context, []ibid.Event) error, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(func() {
		for e := range n.events {
			if err := tell(ctx, []ibid.Event{e}); err != nil {
				log.Error("what happened to the spool is not told", "event", e.Text, "error", err)
				continue
			}
			if wake := n.wake.Load(); wake != nil {
				(*wake)()
			}
		}
	})
	return func() {
		close(n.events)
		timer := time.AfterFunc(lastNews, cancel)
		wg.Wait()
		timer.Stop()
		cancel()
	}
}

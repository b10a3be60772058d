package pipeline

import (
	"context"
	"database/sql"

	"github.com/ibid-archive/ibid/internal/queue"
)

// adopt takes into the catalogue what an earlier try of the same Job had put into the Store when it died, or fell
// asleep: those records are whole and durable, so their Seeds are done. One segment after the other: two tries, of
// which one was asleep, can both have stored a Visit of a Seed, and the first one counts.
//
// It returns how many segments there are: who writes the next one must know all that come before it.
func (p *Pipeline) adopt(ctx context.Context, t queue.Task, r *run, hold *queue.Hold) (held int, err error) {
	if !t.Again {
		return 0, nil
	}
	segments, err := p.o.Archive.Segments(ctx, t.Collection, t.ID)
	if err != nil {
		return 0, err
	}
	for _, s := range segments {
		err := p.record(ctx, t, r, s.Committed, past{}, func(tx *sql.Tx) error { return hold.Check(ctx, tx) })
		if err != nil {
			return 0, err
		}
	}
	return len(segments), nil
}

// check is what a commit within a Job asks of the queue: whether the Job is still ours. A worker that was asleep
// while another one took its Job up may come to life at any line, and must not record anything then.
func (j *job) check(ctx context.Context) func(*sql.Tx) error {
	return func(tx *sql.Tx) error { return j.hold.Check(ctx, tx) }
}

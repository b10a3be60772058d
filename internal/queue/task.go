package queue

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/ibid-archive/ibid"
)

// Task is one unit of work: of the Kind Capture, the next slice of the Seeds of one host of one run.
type Task struct {
	Kind Kind
	// ID is unique for ever, the same for all tries, and safe in a file name: letters, digits and '-'.
	// IDs made later sort later. Enqueue gives it, unless the Task comes from another queue.
	ID              string
	Run, Collection string
	Host            string
	// Attempt counts the tries from 1. A try that ended with the process is not counted, so two tries can
	// have the same number.
	Attempt int
	// Last says that after this try, if it fails, the Task is given up.
	Last bool
	// Left is when another Task was done with the Host, at the latest, by the clock of this machine; zero: none was
	// there before. It is known with PostgreSQL.
	Left time.Time
	// Again says that an earlier try may have begun the work, here or elsewhere, and left something behind.
	Again bool
}

// Enqueue adds tasks; Attempt is not read. A Task whose kind, run and host have an unfinished one is
// left out. With a tx they exist if and only if it commits, and Wake after that has them worked at once;
// without one they are durable on return.
func (q *Queue) Enqueue(ctx context.Context, tx *sql.Tx, tasks ...Task) error {
	for len(tasks) > 0 {
		n := min(len(tasks), tasksAStatement)
		params, err := q.insertParams(tasks[:n])
		if err != nil {
			return err
		}
		if tx != nil {
			_, err = q.client.InsertManyTx(ctx, tx, params)
		} else {
			err = q.o.Retry(ctx, func() error {
				_, err := q.client.InsertMany(ctx, params)
				return err
			})
		}
		if err != nil {
			return queueError("add to the queue", tasks[0].Host, err)
		}
		tasks = tasks[n:]
	}
	if tx == nil {
		q.Wake()
	}
	return nil
}

// Wake has workers look for Tasks now instead of within a quarter of a second. PostgreSQL wakes them by itself, and
// those of other processes too.
func (q *Queue) Wake() {
	if q.bell != nil {
		q.bell.ring()
	}
}

// unfinished are the states in which a Task is still to end.
func unfinished() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}
}

func (q *Queue) insertParams(tasks []Task) ([]river.InsertManyParams, error) {
	params := make([]river.InsertManyParams, len(tasks))
	for i, t := range tasks {
		id := t.ID
		if id == "" {
			made, err := uuid.NewV7()
			if err != nil {
				return nil, err
			}
			id = made.String()
		}
		known, ok := kinds[t.Kind]
		if !ok {
			return nil, &ibid.Error{Kind: ibid.KindInternal, Op: "add to the queue", URI: t.Host, Err: fmt.Errorf("there is no kind %q of jobs", t.Kind)}
		}
		kind := q.o.Kinds[t.Kind]
		params[i] = river.InsertManyParams{
			Args: known.args(args{ID: id, Run: t.Run, Collection: t.Collection, Host: t.Host, Again: t.Again}),
			InsertOpts: &river.InsertOpts{
				Queue: q.queueOf(t.Kind), Priority: cmp.Or(kind.Priority, 1), MaxAttempts: cmp.Or(kind.Tries, tries),
				// River's default takes completed jobs as doubles too: a host would get one slice and no more.
				UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished()},
			},
		}
	}
	return params, nil
}

// Unfinished returns the Tasks that are neither done nor given up, the oldest first, as Enqueue of another queue takes
// them: each may have been begun. Nobody may work them meanwhile.
func (q *Queue) Unfinished(ctx context.Context) ([]Task, error) {
	const op = "list unfinished jobs"
	rows, err := q.o.DB.QueryContext(ctx, `SELECT kind, args ->> 'id', args ->> 'run', args ->> 'collection', args ->> 'host' FROM river_job
		WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled') ORDER BY id`)
	if err != nil {
		return nil, queueError(op, "", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err has said what there is to say
	var tasks []Task
	for rows.Next() {
		t := Task{Again: true}
		if err := rows.Scan(&t.Kind, &t.ID, &t.Run, &t.Collection, &t.Host); err != nil {
			return nil, queueError(op, "", err)
		}
		tasks = append(tasks, t)
	}
	return tasks, queueErrorOf(op, "", rows.Err())
}

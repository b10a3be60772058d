package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
)

// ErrLost is the cause with which the context of a try ends, and the error of its Hold, when the Task is not its own
// any more: the process was asleep or cut off from the database for longer than its lease.
var ErrLost = errors.New("the job was taken up by another worker, or may have been")

// Hold is a worker's right to a Task for one try. What is written for the Task belongs into a transaction with
// Check or Complete: these fail if the right is lost, and keep it until the end of the transaction otherwise.
type Hold struct {
	q    *Queue
	row  *rivertype.JobRow
	task Task

	completed, more bool
}

// Check fails in tx with ErrLost unless the Task is still this worker's.
func (h *Hold) Check(ctx context.Context, tx *sql.Tx) error {
	if h.q.lease == nil {
		return nil // one process: nobody else takes anything up while it lives
	}
	state, err := h.state(ctx, tx)
	if err == nil && state != rivertype.JobStateRunning {
		err = ErrLost
	}
	return queueErrorOf("record for job", h.task.ID, err)
}

// Complete ends the Task in tx: it is done if and only if tx commits. more makes the next Task of the same
// kind, run and host, again in tx. ctx must derive from the context given to Do. To do it again when it is not
// known whether tx has committed is right: a Task that this worker has ended is left as it is.
func (h *Hold) Complete(ctx context.Context, tx *sql.Tx, more bool) error {
	if err := h.complete(ctx, tx, more); err != nil {
		return queueErrorOf("complete job", h.task.ID, err)
	}
	h.completed, h.more = true, more
	return nil
}

func (h *Hold) complete(ctx context.Context, tx *sql.Tx, more bool) error {
	if h.q.lease != nil {
		state, err := h.state(ctx, tx)
		if err != nil || state == rivertype.JobStateCompleted {
			return err
		}
		if state != rivertype.JobStateRunning {
			return ErrLost
		}
	}
	done, err := river.JobCompleteTx[*riversqlite.Driver](ctx, tx, &river.Job[captureArgs]{JobRow: h.row}) // the types do not matter to it
	switch {
	case err != nil:
		return err
	case done.State != rivertype.JobStateCompleted:
		return fmt.Errorf("it is not being worked any more: it is %s", done.State)
	}
	if h.q.lease != nil && h.task.Host != "" && !kinds[h.task.Kind].aside {
		if _, err := tx.ExecContext(ctx, leaveHost, string(h.task.Kind), h.task.Host); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, doneWithHost, h.task.Host, h.row.ID); err != nil {
			return err
		}
	}
	if !more {
		return nil
	}
	return h.q.Enqueue(ctx, tx, Task{Kind: h.task.Kind, Run: h.task.Run, Collection: h.task.Collection, Host: h.task.Host})
}

// state is that of the row, which nobody can change before the end of tx. A Task that is taken up gets another row id: no
// row, or one that is done, can be another worker's.
func (h *Hold) state(ctx context.Context, tx *sql.Tx) (state rivertype.JobState, err error) {
	err = tx.QueryRowContext(ctx, `SELECT state FROM river_job WHERE id = $1 FOR UPDATE`, h.row.ID).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrLost
	}
	return state, err
}

// Lost says whether the try that ctx is of has lost its Task.
func Lost(ctx context.Context) bool { return errors.Is(context.Cause(ctx), ErrLost) }

package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// args is a Task as it lies in the database. Run and Host make it unique.
type args struct {
	ID         string `json:"id"`
	Run        string `json:"run" river:"unique"`
	Collection string `json:"collection"`
	Host       string `json:"host" river:"unique"`
}

// Kind is the name of the job in the database.
func (args) Kind() string { return "host-slice" }

type worker struct {
	river.WorkerDefaults[args]
	q *Queue
}

var errNotCompleted = errors.New("the work ended without completing the job")

// Work hands the job to Options.Work. A panic in there is an error to River.
func (w *worker) Work(ctx context.Context, job *river.Job[args]) error {
	w.q.began()
	defer w.q.ended()
	task := Task{
		ID: job.Args.ID, Run: job.Args.Run, Collection: job.Args.Collection, Host: job.Args.Host, Attempt: job.Attempt,
	}
	completed, next := false, false
	err := w.q.o.Work(ctx, task, func(ctx context.Context, tx *sql.Tx, more bool) error {
		if err := w.complete(ctx, tx, job, more); err != nil {
			return queueError("complete job", task.ID, err)
		}
		completed, next = true, more
		return nil
	})
	if next {
		w.q.Wake()
	}
	switch {
	case err == nil && !completed:
		err = errNotCompleted // River would take the nil for the end of the Task and lose the rest of the host
	case err != nil && w.q.stopping.Load():
		return river.JobSnooze(0) // the interruption is not the Task's failure: it does not count as a try
	}
	if err != nil {
		w.q.o.Log.WarnContext(ctx, "a job failed", "job", task.ID, "host", task.Host, "attempt", task.Attempt,
			"of", job.MaxAttempts, "error", err)
	}
	return err
}

func (w *worker) complete(ctx context.Context, tx *sql.Tx, job *river.Job[args], more bool) error {
	if _, err := river.JobCompleteTx[*riversqlite.Driver](ctx, tx, job); err != nil {
		return fmt.Errorf("it is not being worked any more: %w", err)
	}
	if !more {
		return nil
	}
	return w.q.Enqueue(ctx, tx, Task{Run: job.Args.Run, Collection: job.Args.Collection, Host: job.Args.Host})
}

// demoted is a slog.Handler that takes whatever River says for a detail: what matters to a person is said
// by this package and its callers.
type demoted struct{ slog.Handler }

// Enabled says whether details are wanted.
func (h demoted) Enabled(ctx context.Context, _ slog.Level) bool {
	return h.Handler.Enabled(ctx, slog.LevelDebug)
}

// Handle passes r on as a detail.
func (h demoted) Handle(ctx context.Context, r slog.Record) error {
	if r.Level > slog.LevelDebug {
		r = r.Clone()
		r.AddAttrs(slog.String("river_level", r.Level.String()))
		r.Level = slog.LevelDebug
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps the demotion.
func (h demoted) WithAttrs(attrs []slog.Attr) slog.Handler {
	return demoted{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the demotion.
func (h demoted) WithGroup(name string) slog.Handler { return demoted{h.Handler.WithGroup(name)} }

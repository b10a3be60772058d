package queue

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

var errNotCompleted = errors.New("the work ended without completing the job")

// work hands the job to the Do of its Kind. A panic in there is an error to River.
func (q *Queue) work(ctx context.Context, kind Kind, row *rivertype.JobRow, a args) error {
	q.began()
	defer q.ended()
	if q.stopping.Load() {
		// River goes on fetching for a moment after it has ended the contexts, and takes up what was just put back.
		return river.JobSnooze(0)
	}
	var left time.Time
	if q.lease != nil {
		held, ok, err := q.lease.begin(ctx, kind, row, a.Host)
		if err != nil || !ok {
			return river.JobSnooze(hostWait(row)) // not counted as a try
		}
		defer held.end()
		ctx, left = held.ctx, held.left
	}
	h := &Hold{q: q, row: row, task: Task{
		Kind: kind, ID: a.ID, Run: a.Run, Collection: a.Collection, Host: a.Host, Attempt: row.Attempt,
		Again: a.Again || len(row.AttemptedBy) > 1, Last: row.Attempt >= row.MaxAttempts,
		Left: left,
	}}
	err := q.o.Kinds[kind].Do(ctx, h.task, h)
	if h.more {
		q.Wake()
	}
	return q.outcome(ctx, h, err)
}

// outcome is what River is told of a try.
func (q *Queue) outcome(ctx context.Context, h *Hold, err error) error {
	switch {
	case err == nil && !h.completed:
		err = errNotCompleted // River would take the nil for the end of the Task and lose the rest of the host
	case err == nil:
		return nil
	case Lost(ctx), errors.Is(err, ErrLost):
		q.o.Log.InfoContext(ctx, "a job was left to others", "job", h.task.ID, "host", h.task.Host, "error", err)
		return river.JobSnooze(0) // for whoever takes it up, if nobody has
	case q.stopping.Load():
		return river.JobSnooze(0) // the interruption is not the Task's failure: it does not count as a try
	}
	q.o.Log.WarnContext(ctx, "a job failed", "job", h.task.ID, "host", h.task.Host, "attempt", h.task.Attempt,
		"of", h.row.MaxAttempts, "error", err)
	return err
}

// hostWait is how long a Task waits whose host another one has: longer each time, up to 4 s. The end of the other
// one shortens it.
func hostWait(row *rivertype.JobRow) time.Duration {
	return min(250*time.Millisecond<<min(len(row.AttemptedBy)-1, 4), 4*time.Second)
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

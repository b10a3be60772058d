package queue

import (
	"context"
	"time"

	"github.com/riverqueue/river"
)

// Kind is what a Task is about. Each has its own time limit, priority and number of tries.
type Kind string

// The Kinds. Each Task is a slice of the Seeds of one host of one run.
const (
	// Capture keeps them as they are.
	Capture Kind = "capture"
	// Check sees how they fare, and keeps nothing of them.
	Check Kind = "check"
	// Rescue looks for them in other archives. The host is not asked, so others may ask it meanwhile, and these
	// Tasks, which mostly wait for their turn, are worked beside all others.
	Rescue Kind = "rescue"
	// Push has another archive make copies of them. It is worked beside all others, too.
	Push Kind = "push"
)

// Work is how the Tasks of a Kind are worked.
type Work struct {
	// Do works one Task. It must call Complete of the Hold, and return nil only when that transaction has
	// committed. An error makes the Task be tried again.
	Do func(ctx context.Context, t Task, h *Hold) error
	// Timeout ends the context of one try; 0 is never.
	Timeout time.Duration
	// Priority is 1 for what goes first to 4 for what goes last; 0 is 1.
	Priority int
	// Tries is how often a Task is tried before it is given up; 0 is 4.
	Tries int
	// Backoff is how long after the n-th failure (from 1) a Task is tried again; nil is 250 ms, 1 s, 4 s.
	Backoff func(n int) time.Duration
}

// kinds are the Kinds that there are. River wants a type of arguments for each.
var kinds = map[Kind]struct {
	// aside: it has a queue of its own, and does not take its host.
	aside bool
	args  func(args) river.JobArgs
	add   func(*river.Workers, *Queue) error
}{
	Capture: {
		args: func(a args) river.JobArgs { return captureArgs(a) },
		add: func(w *river.Workers, q *Queue) error {
			return river.AddWorkerSafely(w, &worker[captureArgs]{q: q, kind: Capture})
		},
	},
	Check: {
		args: func(a args) river.JobArgs { return checkArgs(a) },
		add: func(w *river.Workers, q *Queue) error {
			return river.AddWorkerSafely(w, &worker[checkArgs]{q: q, kind: Check})
		},
	},
	Rescue: {
		aside: true,
		args:  func(a args) river.JobArgs { return rescueArgs(a) },
		add: func(w *river.Workers, q *Queue) error {
			return river.AddWorkerSafely(w, &worker[rescueArgs]{q: q, kind: Rescue})
		},
	},
	Push: {
		aside: true,
		args:  func(a args) river.JobArgs { return pushArgs(a) },
		add: func(w *river.Workers, q *Queue) error {
			return river.AddWorkerSafely(w, &worker[pushArgs]{q: q, kind: Push})
		},
	},
}

// asideSuffix is what the queue of Kinds that are worked beside all others is called after Options.Queue.
const asideSuffix = "-aside"

// queueOf is the name of the queue of a Kind.
func (q *Queue) queueOf(kind Kind) string {
	if kinds[kind].aside {
		return q.o.Queue + asideSuffix
	}
	return q.o.Queue
}

// args is a Task as it lies in the database. Run and Host make it unique in its Kind.
type args struct {
	ID         string `json:"id"`
	Run        string `json:"run" river:"unique"`
	Collection string `json:"collection"`
	Host       string `json:"host" river:"unique"`
	// Again is that of a Task that comes from another queue.
	Again bool `json:"again,omitempty"`
}

type (
	captureArgs args
	checkArgs   args
	rescueArgs  args
	pushArgs    args
)

// Kind is the name of the job in the database.
func (captureArgs) Kind() string { return string(Capture) }

// Kind is the name of the job in the database.
func (checkArgs) Kind() string { return string(Check) }

// Kind is the name of the job in the database.
func (rescueArgs) Kind() string { return string(Rescue) }

// Kind is the name of the job in the database.
func (pushArgs) Kind() string { return string(Push) }

func (a captureArgs) task() args { return args(a) }
func (a checkArgs) task() args   { return args(a) }
func (a rescueArgs) task() args  { return args(a) }
func (a pushArgs) task() args    { return args(a) }

// taskArgs are the arguments of any Kind.
type taskArgs interface {
	river.JobArgs
	task() args
}

// worker is River's view of a Kind.
type worker[A taskArgs] struct {
	river.WorkerDefaults[A]
	q    *Queue
	kind Kind
}

// Timeout is the limit of the Kind: -1 is none.
func (w *worker[A]) Timeout(*river.Job[A]) time.Duration {
	if limit := w.q.o.Kinds[w.kind].Timeout; limit > 0 {
		return limit
	}
	return -1
}

// NextRetry is when a job that failed is tried again.
func (w *worker[A]) NextRetry(job *river.Job[A]) time.Time {
	pause := w.q.o.Kinds[w.kind].Backoff
	if pause == nil {
		pause = backoff
	}
	return time.Now().Add(pause(len(job.Errors) + 1))
}

// Work hands the job to the Kind's Do.
func (w *worker[A]) Work(ctx context.Context, job *river.Job[A]) error {
	return w.q.work(ctx, w.kind, job.JobRow, job.Args.task())
}

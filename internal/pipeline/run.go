package pipeline

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/queue"
)

// Progress is how far a run has come.
type Progress struct {
	// Stage is what is done with the sources.
	Stage       ibid.VisitKind
	Done, Total int
	// Bytes were received, of all Exchanges.
	Bytes int64
	// Hosts are being asked now.
	Hosts []string
	// Resumed says that the run goes on where an earlier one was stopped.
	Resumed bool
}

// Watch is told what happens while a run goes on. Its functions may be nil, and are never called two at once.
type Watch struct {
	// Captured is called at the moment at which a Capture is durable.
	Captured func(ibid.Capture)
	// Read is called when the document is read, with what it cites.
	Read     func([]ibid.Reference)
	Progress func(Progress)
}

// run is one run of this process.
type run struct {
	id, collection string
	watch          Watch

	mu       sync.Mutex
	progress Progress
	hosts    map[string]int
	// failed is the last error that ended a Job of the run, and stop ends the wait for the others.
	failed error
	stop   context.CancelFunc
}

// archiveSeeds takes all seeds through the queue and returns when each has been looked at or was given up.
// The same seeds under the same name, stopped before, go on where they were.
func (p *Pipeline) archiveSeeds(ctx context.Context, collection, name string, seeds []ibid.Seed, w Watch) error {
	return p.runSeeds(ctx, queue.Capture, collection, fingerprint(collection, name, seeds), seeds, w)
}

// lookFirst is archiveSeeds as the first of several steps. The run, which is known again by its mark, is over when done is
// called, after the last of them: a command that is stopped in between does not begin with new looks.
func (p *Pipeline) lookFirst(ctx context.Context, collection, mark string, seeds []ibid.Seed, w Watch) (done func() error, err error) {
	run, err := p.workSeeds(ctx, queue.Capture, collection, mark, seeds, w)
	return func() error { return p.end(ctx, run) }, err
}

// runSeeds is archiveSeeds for any kind of Job. What has the same mark is the same run.
func (p *Pipeline) runSeeds(ctx context.Context, kind queue.Kind, collection, mark string, seeds []ibid.Seed, w Watch) error {
	run, err := p.workSeeds(ctx, kind, collection, mark, seeds, w)
	if err != nil {
		return err
	}
	return p.end(ctx, run)
}

// end says that a run is over; "" is none.
func (p *Pipeline) end(ctx context.Context, run string) error {
	if run == "" {
		return nil
	}
	return p.o.Catalog.FinishRun(ctx, run, p.o.Now())
}

// workSeeds works a run until nothing is left of it, and returns its id; of no seeds there is none.
func (p *Pipeline) workSeeds(ctx context.Context, kind queue.Kind, collection, mark string, seeds []ibid.Seed, w Watch) (string, error) {
	if len(seeds) == 0 {
		return "", nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return "", &ibid.Error{Kind: ibid.KindInternal, Op: "name a run", Err: err}
	}
	stored, resumed, err := p.o.Catalog.StartRun(ctx, catalog.Run{
		ID: id.String(), Collection: collection, Fingerprint: mark, Started: p.o.Now(),
	}, seeds)
	if err != nil {
		return "", err
	}
	return stored.ID, p.takeUp(ctx, kind, stored, resumed, w)
}

// resumeRun goes on with the run of that mark, if one was stopped before its end.
func (p *Pipeline) resumeRun(ctx context.Context, kind queue.Kind, collection, mark string, w Watch) error {
	stored, err := p.o.Catalog.UnfinishedRun(ctx, collection, mark)
	if err != nil || stored == nil {
		return err
	}
	if err := p.takeUp(ctx, kind, *stored, true, w); err != nil {
		return err
	}
	return p.end(ctx, stored.ID)
}

// takeUp works a run until nothing is left of it.
func (p *Pipeline) takeUp(ctx context.Context, kind queue.Kind, stored catalog.Run, resumed bool, w Watch) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r := &run{id: stored.ID, collection: stored.Collection, watch: w, hosts: map[string]int{}, stop: stop, progress: Progress{Stage: kindOf(kind)}}
	p.watchRun(r) // before its Jobs are worked: those that were left by a dead process begin at once
	defer p.forgetRun(r)
	p.wake.Do(func() { close(p.ready) })
	done, total, err := p.o.Catalog.RunProgress(ctx, r.id)
	if err != nil {
		return err
	}
	r.start(done, total, resumed)
	return p.workRun(ctx, kind, r)
}

// workRun enqueues a Job for each host of the run and waits until none is left.
func (p *Pipeline) workRun(ctx context.Context, kind queue.Kind, r *run) error {
	hosts, err := p.o.Catalog.RunHosts(ctx, r.id)
	if err != nil {
		return err
	}
	if err := p.queue.Enqueue(ctx, nil, tasksOf(kind, r.id, r.collection, hosts)...); err != nil {
		return err
	}
	defer p.following(ctx, r)()
	if err := p.queue.Idle(ctx, r.id); err != nil && !r.isFull() {
		return interrupted(ctx, err)
	}
	return p.leftOver(context.WithoutCancel(ctx), r)
}

// leftOver says why Seeds of the run were left without a Visit, if any were.
func (p *Pipeline) leftOver(ctx context.Context, r *run) error {
	done, total, err := p.o.Catalog.RunProgress(ctx, r.id)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	left := total - done
	switch {
	case left <= 0:
		return nil
	case r.failed != nil:
		return fmt.Errorf("%w; %d sources are left, and the same command goes on with them", r.failed, left)
	default:
		return &ibid.Error{
			Kind: ibid.KindInternal, Op: "finish the run",
			Err: fmt.Errorf("%d sources were given up; the same command tries them again", left),
		}
	}
}

// interrupted is the end of a run that a person or the system stopped.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return &ibid.Error{
		Kind: ibid.KindNetwork, Op: "finish the run",
		Err: errors.New("it was stopped; nothing that was reported is lost, and the same command goes on where it was"),
	}
}

func fingerprint(collection, name string, seeds []ibid.Seed) string {
	h := sha256.New()
	write := func(s string) { _, _ = io.WriteString(h, s+"\n") } // a hash never fails to write
	write(collection)
	write(name)
	for _, s := range seeds {
		write(s.URI)
		if !s.Target.IsZero() {
			write(s.Target.UTC().Format(time.RFC3339))
		}
	}
	return ibid.DigestSum(h).Hex()
}

func (p *Pipeline) watchRun(r *run) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.runs[r.id] = r
}

func (p *Pipeline) forgetRun(r *run) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.runs, r.id)
}

// watched returns the run with that id; one of another process, left behind, is worked unwatched.
func (p *Pipeline) watched(id, collection string) *run {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.runs[id]; r != nil {
		return r
	}
	return &run{id: id, collection: collection, hosts: map[string]int{}}
}

// enter and leave keep the list of hosts that are being asked.
func (r *run) enter(host string) {
	r.mu.Lock()
	r.hosts[host]++
	r.mu.Unlock()
}

func (r *run) leave(host string) {
	r.mu.Lock()
	if r.hosts[host]--; r.hosts[host] <= 0 {
		delete(r.hosts, host)
	}
	r.mu.Unlock()
}

// fail notes what ended a Job. When it is that the disk is full, the run ends: neither could the other Jobs
// store anything, nor the queue what became of them.
func (r *run) fail(err error) {
	if !r.isFull() {
		r.mu.Lock()
		r.failed = err
		r.mu.Unlock()
	}
	if r.isFull() && r.stop != nil {
		r.stop()
	}
}

func (r *run) isFull() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return ibid.ClassOf(r.failed) == ibid.ClassStorageFull
}

// committed tells the watcher what has just become durable.
func (r *run) committed(captures []ibid.Capture, visits int, bytes int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.watch.Captured != nil {
		for _, c := range captures {
			r.watch.Captured(c)
		}
	}
	r.progress.Done = min(r.progress.Done+visits, max(r.progress.Total, r.progress.Done))
	r.progress.Bytes += bytes
	r.tell()
}

// start says how far the run had come when it was begun or taken up again.
func (r *run) start(done, total int, resumed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress.Done, r.progress.Total, r.progress.Resumed = done, total, resumed
	r.tell()
}

func (r *run) tell() {
	if r.watch.Progress == nil {
		return
	}
	p := r.progress
	for h := range r.hosts {
		p.Hosts = append(p.Hosts, h)
	}
	r.watch.Progress(p)
}

// wait bounds how long what must still be written after an interrupt may take.
const wait = 5 * time.Second

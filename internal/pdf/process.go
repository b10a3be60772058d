package pdf

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"
)

// A worker is retired after so much work: what a document may have done to its process does not last.
const (
	maxDocuments = 512
	maxBusy      = 5 * time.Minute
	// startTimeout is generous: PDFium may have to be compiled, on a slow machine.
	startTimeout = 3 * time.Minute
	// stopGrace is how long a worker may take to end by itself.
	stopGrace = 2 * time.Second
)

// process is a running worker.
type process struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	// out is our end of the worker's standard output, and answers reads from it.
	out     *os.File
	answers *bufio.Reader
	stderr  head
	// done is closed when the process has ended.
	done      chan struct{}
	documents int
	busy      time.Duration
	broken    bool
}

// startProcess starts this program again as a worker and waits until it is ready.
func startProcess(ctx context.Context, o Options) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	// Not bound to ctx, which is that of one document: the worker outlives it, and stop ends it.
	p := &process{cmd: exec.Command(self), done: make(chan struct{})} //nolint:gosec,noctx // this very program
	p.cmd.Env = []string{
		workerEnv + "=1",
		memoryEnv + "=" + strconv.FormatInt(o.MaxMemory, 10),
		cacheEnv + "=" + o.CacheDir,
		cpuEnv + "=" + strconv.Itoa(int((2*maxBusy + 2*o.Timeout).Seconds())),
	}
	p.cmd.Stderr = &p.stderr
	if err := p.launch(); err != nil {
		return nil, fmt.Errorf("start the worker: %w", err)
	}
	timed, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	defer p.killWhenDone(timed)()
	if a, err := readAnswer(p.answers); err != nil || !a.Ready {
		p.stop()
		return nil, fmt.Errorf("the worker did not start: %w", errors.Join(err, p.stderr.err()))
	}
	return p, nil
}

func (p *process) launch() error {
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return err
	}
	// A pipe of our own, and not StdoutPipe, which Wait closes: an answer must be readable after the end.
	out, theirs, err := os.Pipe()
	if err != nil {
		return errors.Join(err, stdin.Close())
	}
	p.stdin, p.out, p.answers, p.cmd.Stdout = stdin, out, bufio.NewReaderSize(out, 64<<10), theirs
	err = p.cmd.Start()
	if closing := theirs.Close(); err == nil && closing == nil {
		go p.watch()
		return nil
	}
	return errors.Join(err, stdin.Close(), out.Close())
}

// watch waits for the end of the process. How it ended is of no interest: the answers tell.
func (p *process) watch() {
	_ = p.cmd.Wait()
	close(p.done)
}

// killWhenDone kills the process when ctx ends, until the function that it returns is called.
func (p *process) killWhenDone(ctx context.Context) func() bool {
	return context.AfterFunc(ctx, func() { _ = p.cmd.Process.Kill() })
}

// usable says whether the worker can take another document.
func (p *process) usable() bool {
	select {
	case <-p.done:
		return false
	default:
		return !p.broken && p.documents < maxDocuments && p.busy < maxBusy
	}
}

// stop ends the process and waits for its end.
func (p *process) stop() {
	_ = p.stdin.Close()
	if !p.broken {
		timer := time.AfterFunc(stopGrace, func() { _ = p.cmd.Process.Kill() })
		defer timer.Stop()
	} else {
		_ = p.cmd.Process.Kill()
	}
	<-p.done
	_ = p.out.Close()
}

// exchange sends one document and gathers the answer. The process is broken after any failure that is not
// a word of the worker's own.
func (p *process) exchange(ctx context.Context, q request, body []byte) (*Document, error) {
	stopKilling := p.killWhenDone(ctx)
	p.documents++
	p.broken = true
	sent := make(chan error, 1)
	// The worker may die before it has read everything.
	go func() { sent <- p.send(q, body) }()
	doc, whole, err := p.receive()
	if !whole {
		_ = p.cmd.Process.Kill()
	}
	// After these a worker ends by itself.
	ending := errors.Is(err, ErrMemory) || errors.Is(err, ErrStopped)
	delivered := <-sent == nil
	p.broken = !stopKilling() || !delivered || !whole || ending
	return doc, err
}

func (p *process) send(q request, body []byte) error {
	if err := writeJSON(p.stdin, q); err != nil {
		return err
	}
	return writeFrame(p.stdin, body)
}

// receive reads the frames of one answer, and says whether it has come to its end.
func (p *process) receive() (doc *Document, whole bool, err error) {
	doc = &Document{}
	for total := 0; total <= maxTotal; {
		b, err := readFrame(p.answers, maxAnswer)
		if err != nil {
			return nil, false, ErrStopped
		}
		total += len(b)
		a, err := decodeAnswer(b)
		switch {
		case err != nil:
			return nil, false, ErrStopped
		case a.Error != "":
			return nil, true, errorOf(a.Error, a.Detail)
		case a.Done:
			return doc, true, nil
		case a.Head != nil:
			doc.Info = *a.Head
		case a.Page != nil:
			a.Page.dropBadSpans()
			doc.Pages = append(doc.Pages, *a.Page)
		}
	}
	return nil, false, errorOf("large", "too much text")
}

// head keeps the first bytes written to it: what a worker says when it fails.
type head struct {
	mu sync.Mutex
	b  []byte
}

func (h *head) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.b = append(h.b, b[:min(len(b), 1<<10-min(len(h.b), 1<<10))]...)
	return len(b), nil
}

func (h *head) err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.b) == 0 {
		return nil
	}
	return errors.New(string(h.b))
}

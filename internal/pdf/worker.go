package pdf

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
)

// The environment by which a Reader tells a child process what to be.
const (
	workerEnv = "IBID_PDF_WORKER"
	memoryEnv = "IBID_PDF_MEMORY"
	cacheEnv  = "IBID_PDF_CACHE"
	cpuEnv    = "IBID_PDF_CPU"
)

// maxBody bounds a request in the worker; the reader has checked its own limit before.
const maxBody = 1 << 31

// ServeIfWorker makes this process a worker, and never returns, if a Reader has started it as one. A
// program that uses a Reader calls it before anything else in main, and in TestMain.
func ServeIfWorker() {
	if os.Getenv(workerEnv) != "1" {
		return
	}
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// serve answers requests until in ends.
func serve(in io.Reader, out io.Writer) error {
	memory, err1 := strconv.ParseInt(os.Getenv(memoryEnv), 10, 64)
	cpu, err2 := strconv.ParseUint(os.Getenv(cpuEnv), 10, 32)
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("read the environment of a PDF worker: %w", err)
	}
	e, err := newEngine(memory, os.Getenv(cacheEnv))
	if err != nil {
		return err
	}
	// Only now: compiling PDFium is not the document's doing.
	debug.SetMemoryLimit(memory)
	if err := limitProcess(cpu); err != nil {
		return err
	}
	w := bufio.NewWriterSize(out, 64<<10)
	r := bufio.NewReaderSize(in, 64<<10)
	for a := (answer{Ready: true}); ; {
		if err := errors.Join(writeJSON(w, a), w.Flush()); err != nil {
			return err
		}
		q, body, err := readRequest(r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		a = e.answer(q, body, w)
		if e.broken {
			// After a trap nothing in the sandbox can be trusted: another process takes over.
			return errors.Join(writeJSON(w, a), w.Flush())
		}
	}
}

// readRequest returns io.EOF when there are no more requests.
func readRequest(r io.Reader) (request, []byte, error) {
	var q request
	b, err := readFrame(r, 1<<10)
	if err != nil {
		return q, nil, err
	}
	if err := json.Unmarshal(b, &q); err != nil {
		return q, nil, fmt.Errorf("decode a request: %w", err)
	}
	body, err := readFrame(r, maxBody)
	if err != nil {
		// Not io.EOF, which would be a good end.
		return q, nil, fmt.Errorf("read a document: %w", io.ErrUnexpectedEOF)
	}
	return q, body, nil
}

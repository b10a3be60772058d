package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Options bound the work of a Reader. Zero values stand for the defaults.
type Options struct {
	// Timeout is for one document; 60 s by default. The start of a worker has a limit of its own.
	Timeout time.Duration
	// MaxPages and MaxBytes are the pages and the bytes of one document: 5,000 and 256 MiB by default.
	MaxPages int
	MaxBytes int64
	// MaxMemory is the memory of PDFium in bytes, the document's own bytes included: 384 MiB by default.
	MaxMemory int64
	// CacheDir keeps PDFium compiled between runs: start-up takes 0.1 s and 50 MB with it, 2.5 s and 320 MB
	// without. Empty is "ibid" in the user's cache directory; "-" keeps nothing.
	CacheDir string
}

// maxTotal bounds the text of one document, in bytes of answers.
const maxTotal = 256 << 20

// Reader reads PDFs, one at a time. It starts its worker when it first needs it, and starts another when
// that has died. It is safe for use by several goroutines; Close it when done.
type Reader struct {
	options Options
	// turn holds a token while nobody uses worker.
	turn   chan struct{}
	worker *process
	closed bool
}

// New returns a Reader. It starts nothing yet.
func New(o Options) *Reader {
	if o.Timeout <= 0 {
		o.Timeout = time.Minute
	}
	if o.MaxPages <= 0 {
		o.MaxPages = 5000
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 256 << 20
	}
	if o.MaxMemory <= 0 {
		o.MaxMemory = 384 << 20
	}
	if o.CacheDir == "" {
		o.CacheDir = defaultCacheDir()
	}
	r := &Reader{options: o, turn: make(chan struct{}, 1)}
	r.turn <- struct{}{}
	return r
}

func defaultCacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "-"
	}
	return filepath.Join(dir, "ibid", "pdfium")
}

// Close ends the worker. It waits for a document that is being read.
func (r *Reader) Close() error {
	<-r.turn
	defer func() { r.turn <- struct{}{} }()
	r.closed = true
	r.drop()
	return nil
}

// drop ends the worker, if there is one. The turn must be held.
func (r *Reader) drop() {
	if r.worker != nil {
		r.worker.stop()
		r.worker = nil
	}
}

// Text reads the whole text of a PDF. Errors are *ibid.Error: of KindInput for what is wrong with the PDF
// (see ErrFormat and its neighbours), of KindInternal when PDFium cannot be run.
func (r *Reader) Text(ctx context.Context, body []byte) (*Document, error) {
	info, err := readInfo(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, inputError(err)
	}
	doc, err := r.ask(ctx, request{MaxPages: r.options.MaxPages}, body)
	if err != nil {
		return nil, err
	}
	doc.Info = merge(info, doc.Info)
	return doc, nil
}

// Info reads what a PDF says of itself. It costs less than a millisecond for most files, and for files that
// are hopeless; encrypted ones are decrypted by PDFium. Errors are as those of Text.
func (r *Reader) Info(ctx context.Context, body io.ReaderAt, size int64) (*Info, error) {
	info, err := readInfo(body, size)
	if err != nil {
		return nil, inputError(err)
	}
	if !info.Encrypted {
		return info, nil
	}
	if size > r.options.MaxBytes {
		return nil, inputError(ErrTooLarge)
	}
	whole := make([]byte, size)
	if _, err := body.ReadAt(whole, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, inputError(err)
	}
	doc, err := r.ask(ctx, request{InfoOnly: true, MaxPages: r.options.MaxPages}, whole)
	if err != nil {
		return nil, err
	}
	merged := merge(info, doc.Info)
	return &merged, nil
}

// merge fills what own (read in Go) lacks with what PDFium found, which also knows encrypted and repaired
// documents.
func merge(own *Info, found Info) Info {
	out := *own
	if len(out.Dict) == 0 {
		out.Dict = found.Dict
	}
	if out.Language == "" {
		out.Language = found.Language
	}
	return out
}

// ask has the worker answer one request.
func (r *Reader) ask(ctx context.Context, q request, body []byte) (*Document, error) {
	if int64(len(body)) > r.options.MaxBytes {
		return nil, inputError(ErrTooLarge)
	}
	select {
	case <-r.turn:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the PDF reader: %w", ctx.Err())
	}
	defer func() { r.turn <- struct{}{} }()
	if r.closed {
		return nil, internalError(errClosed)
	}
	if err := r.start(ctx); err != nil {
		return nil, err
	}
	began := time.Now()
	timed, cancel := context.WithTimeoutCause(ctx, r.options.Timeout, ErrTime)
	defer cancel()
	doc, err := r.worker.exchange(timed, q, body)
	r.worker.busy += time.Since(began)
	if !r.worker.usable() {
		r.drop()
	}
	return doc, explain(ctx, timed, err)
}

func (r *Reader) start(ctx context.Context) error {
	if r.worker != nil && r.worker.usable() {
		return nil
	}
	r.drop()
	p, err := startProcess(ctx, r.options)
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("start the PDF reader: %w", ctx.Err())
		}
		return internalError(err)
	}
	r.worker = p
	return nil
}

// explain turns what went wrong with an exchange into what the caller is told.
func explain(ctx, timed context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("read the PDF: %w", ctx.Err())
	case timed.Err() != nil:
		return inputError(context.Cause(timed))
	default:
		return inputError(err)
	}
}

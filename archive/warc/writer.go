package warc

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// File is what a Writer writes to. After Truncate, writing goes on at the new end.
type File interface {
	io.Writer
	Truncate(size int64) error
}

// ErrBroken is the cause of every error of a Writer whose file could not be rolled back.
var ErrBroken = errors.New("the file ends with a torn record that could not be removed")

// Writer appends records to a file, each whole or not at all. It is not safe for concurrent use: encode
// outside the lock with Compressor.Encode, and append within.
type Writer struct {
	f      File
	end    int64
	broken error
}

// NewWriter returns a Writer that appends to f, which is size bytes long.
func NewWriter(f File, size int64) *Writer { return &Writer{f: f, end: size} }

// Size is the length of the file: where the next record will lie.
func (w *Writer) Size() int64 { return w.end }

// Append writes members, the bytes of whole records, and returns the offset of the first. After an error the
// file ends where it did.
func (w *Writer) Append(members []byte) (int64, error) {
	if w.broken != nil {
		return 0, w.broken
	}
	at := w.end
	if _, err := w.f.Write(members); err != nil {
		return 0, w.rollBack(err)
	}
	w.end += int64(len(members))
	return at, nil
}

// Stream encodes recs straight into the file: for blocks that are too large for a Batch.
func (w *Writer) Stream(ctx context.Context, c *Compressor, recs ...*Record) ([]Span, error) {
	if w.broken != nil {
		return nil, w.broken
	}
	e, err := c.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer c.release(e)
	e.out.reset(w.f)
	spans := make([]Span, 0, len(recs))
	at := int64(0)
	for _, r := range recs {
		if err := e.encode(r); err != nil {
			return nil, w.rollBack(err)
		}
		end := e.out.n + int64(len(e.out.b))
		spans = append(spans, Span{w.end + at, end - at})
		at = end
	}
	if err := e.out.flush(); err != nil {
		return nil, w.rollBack(err)
	}
	w.end += at
	return spans, nil
}

// rollBack takes a torn record away.
func (w *Writer) rollBack(cause error) error {
	if err := w.f.Truncate(w.end); err != nil {
		w.broken = fmt.Errorf("%w: %w", ErrBroken, err)
		return errors.Join(cause, w.broken)
	}
	return cause
}

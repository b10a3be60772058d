package archive

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/ibid-archive/ibid"
)

// Committed is what is durable now, and may be reported as archived.
type Committed struct {
	Captures []ibid.Capture
	Visits   []ibid.Visit
	// Bytes is the size of the WARC files.
	Bytes int64
	// Revisits counts the Captures that are revisits.
	Revisits int
}

func (c *Committed) add(captures []ibid.Capture, visits []ibid.Visit, size int64) {
	c.Captures = append(c.Captures, captures...)
	c.Visits = append(c.Visits, visits...)
	c.Bytes += size
	for i := range captures {
		if captures[i].Revisit {
			c.Revisits++
		}
	}
}

// Commit puts all that was written into the Store: WARC, CDXJ, checksums. When it returns nil, all that it
// returns survives a loss of power. Writes may go on meanwhile; they belong to the next Commit. After an
// error nothing more is taken: some segments may lie in the Store, whole, where Segments finds them. ErrOvertaken is
// among its errors.
func (w *Writer) Commit(ctx context.Context) (Committed, error) {
	w.committing.Lock()
	defer w.committing.Unlock()
	w.mu.Lock()
	err := w.endAll(ctx)
	w.mu.Unlock()
	if err != nil {
		return Committed{}, err
	}
	return w.putEnded(ctx)
}

// CommitEnded is Commit without the Visits that are under way. It may also leave out Visits that have ended,
// for the next time: those whose segment one of the others holds back.
func (w *Writer) CommitEnded(ctx context.Context) (Committed, error) {
	w.committing.Lock()
	defer w.committing.Unlock()
	return w.putEnded(ctx)
}

// endAll ends the Visits that are under way without a record of them.
func (w *Writer) endAll(ctx context.Context) error {
	for _, seed := range slices.Sorted(maps.Keys(w.stages)) {
		st := w.stages[seed]
		if len(*st.buf) > 0 {
			s, err := w.segment(ctx, int64(len(*st.buf)))
			if err != nil {
				return err
			}
			if err := w.flush(st, s); err != nil {
				return w.writeError(seed, err)
			}
		}
		w.end(st)
	}
	return nil
}

// putEnded puts the segments up to the first that is held back. That one takes no other Visit any more, so that
// its time comes.
func (w *Writer) putEnded(ctx context.Context) (Committed, error) {
	w.mu.Lock()
	n := slices.IndexFunc(w.open, func(s *segment) bool { return len(s.under) > 0 })
	if n < 0 {
		n = len(w.open)
	}
	segments, failed := w.open[:n:n], w.failed
	w.open = slices.Clone(w.open[n:])
	for _, s := range w.open {
		s.closed = true
	}
	w.mu.Unlock()
	if failed != nil {
		return Committed{}, failed
	}
	var done Committed
	for i, s := range segments {
		err := w.a.put(ctx, s)
		if err != nil {
			return Committed{}, errors.Join(err, w.fail(err, segments[i:]))
		}
		done.add(s.captures, s.visits, s.w.Size())
		if err := s.drop(); err != nil {
			w.a.o.Log.Warn("committed, but its spool file stays", "error", err)
		}
	}
	return done, nil
}

// fail ends the Writer because of cause.
func (w *Writer) fail(cause error, segments []*segment) error {
	w.mu.Lock()
	w.failed = fmt.Errorf("an earlier commit of this job failed: %w", cause)
	segments = append(segments[:len(segments):len(segments)], w.open...)
	w.open = nil
	clear(w.stages)
	w.mu.Unlock()
	return dropAll(segments)
}

func dropAll(segments []*segment) error {
	var errs []error
	for _, s := range segments {
		errs = append(errs, s.drop())
	}
	return errors.Join(errs...)
}

// Abort drops what was not committed. It leaves nothing behind.
func (w *Writer) Abort() error {
	w.committing.Lock()
	defer w.committing.Unlock()
	w.mu.Lock()
	segments := w.open
	w.open = nil
	clear(w.stages)
	maps.DeleteFunc(w.seen, func(_ ibid.Digest, c original) bool { return slices.Contains(segments, c.in) })
	if len(segments) > 0 {
		w.number = segments[0].number // the numbers of what was dropped are free again
	}
	w.mu.Unlock()
	return dropAll(segments)
}

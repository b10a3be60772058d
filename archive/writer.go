package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/archive/warc"
)

// Writer writes the Exchanges and Visits of one Job. It is safe for concurrent use; records are compressed
// outside its lock. After a Commit that failed it takes nothing more: Abort it, and begin the Job again.
type Writer struct {
	a   *Archive
	job *ibid.Job

	committing sync.Mutex // held while segments are put: they go in their order

	mu     sync.Mutex
	open   []*segment // not committed; records go to the last
	number int        // of the next segment; 0: not known yet
	// seen are the payloads that this Writer has written, committed or to be committed before all that
	// comes later.
	seen   map[ibid.Digest]ibid.Capture
	failed error
}

// Begin returns a Writer for job. Nothing is read or made before the first Write.
func (a *Archive) Begin(job *ibid.Job) *Writer {
	return &Writer{a: a, job: job, seen: map[ibid.Digest]ibid.Capture{}}
}

// Write adds the records of x and returns its Capture, with the Location that it will have once Commit
// has returned it. Of an Exchange whose response has no readable head, a metadata record is kept: its
// Capture has Status 0, and Commit does not return it. The errors are of KindStorage; of KindInput when
// the job or x cannot be written at all.
func (w *Writer) Write(ctx context.Context, x *ibid.Exchange) (ibid.Capture, error) {
	if _, err := cdx.SURT(x.URI); err != nil { // it could not be indexed
		return ibid.Capture{}, err
	}
	original := w.original(ctx, x)
	c, err := recordsOf(x, original)
	if err != nil {
		return ibid.Capture{}, w.writeError(x.URI, err)
	}
	err = w.append(ctx, c.records, func(s *segment, spans []warc.Span) {
		c.capture.Location = ibid.Location{Key: s.key, Offset: spans[0].Offset, Length: spans[0].Length}
		if c.failed {
			return
		}
		s.captures = append(s.captures, c.capture)
		if _, ok := w.seen[x.PayloadDigest]; !ok && original == nil && mayRevisit(x) {
			w.seen[x.PayloadDigest] = c.capture
			s.digests = append(s.digests, x.PayloadDigest)
		}
	})
	if err != nil {
		return ibid.Capture{}, w.writeError(x.URI, err)
	}
	return c.capture, nil
}

// original is the Capture of which x is a revisit; nil when x brings something new.
func (w *Writer) original(ctx context.Context, x *ibid.Exchange) *ibid.Capture {
	if !mayRevisit(x) {
		return nil
	}
	w.mu.Lock()
	c, ok := w.seen[x.PayloadDigest]
	w.mu.Unlock()
	if ok && serves(&c, x) {
		return &c
	}
	if w.a.o.Index == nil {
		return nil
	}
	c, err := w.held(ctx, x)
	if err != nil {
		if ibid.KindOf(err) != ibid.KindNotFound { // stored once more rather than lost
			w.a.o.Log.Warn("payload not looked up, stored whole", "uri", x.URI, "error", err)
		}
		return nil
	}
	if !serves(&c, x) {
		return nil
	}
	return &c
}

// held asks the Index for the payload of x: a small one at the same address only.
func (w *Writer) held(ctx context.Context, x *ibid.Exchange) (ibid.Capture, error) {
	if x.PayloadLen < minRevisit {
		return w.a.o.Index.AtAddress(ctx, w.job.Collection, x.URI, x.PayloadDigest)
	}
	return w.a.o.Index.ByDigest(ctx, w.job.Collection, x.PayloadDigest)
}

// WriteVisit adds v as a metadata record that refers to its final Capture.
func (w *Writer) WriteVisit(ctx context.Context, v *ibid.Visit) error {
	body, err := json.Marshal(v)
	if err != nil {
		return w.writeError(v.Seed, fmt.Errorf("the visit as JSON: %w", err))
	}
	id, err := warc.NewID()
	if err != nil {
		return w.writeError(v.Seed, err)
	}
	r := &warc.Record{Type: warc.Metadata, ID: id, Date: v.Began, ContentType: "application/json"}
	if target, err := cdx.Canonical(v.Seed); err == nil && target == v.Seed { // a Seed can be anything at all
		r.TargetURI = visitURN + target
	}
	if v.Final != nil && v.Final.RecordID != "" {
		r.Fields = append(r.Fields, warc.Field{Name: "WARC-Refers-To", Value: "<" + v.Final.RecordID + ">"})
	}
	r.Fields = append(r.Fields, warc.Field{Name: fieldRecord, Value: recordVisit})
	setBytes(r, body)
	kept := new(ibid.Visit)
	if err := json.Unmarshal(body, kept); err != nil {
		return w.writeError(v.Seed, fmt.Errorf("the visit as JSON: %w", err))
	}
	err = w.append(ctx, []*warc.Record{r}, func(s *segment, _ []warc.Span) { s.visits = append(s.visits, *kept) })
	if err != nil {
		return w.writeError(v.Seed, err)
	}
	return nil
}

// append writes records that belong together, and calls written, under the lock, with where they lie.
func (w *Writer) append(ctx context.Context, records []*warc.Record, written func(*segment, []warc.Span)) error {
	lengths := make([]int64, 0, 2)
	size := int64(0)
	for _, r := range records {
		lengths = append(lengths, r.Length)
		size += r.Length
	}
	if !warc.Fits(lengths...) {
		w.mu.Lock()
		defer w.mu.Unlock()
		s, err := w.segment(ctx, size)
		if err != nil {
			return err
		}
		spans, err := s.w.Stream(ctx, w.a.streams, records...)
		if err == nil {
			written(s, spans)
		}
		return err
	}
	b, err := w.a.batches.Encode(ctx, records...)
	if err != nil {
		return err
	}
	defer b.Release()
	w.mu.Lock()
	defer w.mu.Unlock()
	s, err := w.segment(ctx, b.Len())
	if err != nil {
		return err
	}
	at, err := s.w.Append(b)
	if err != nil {
		return err
	}
	for i := range b.Spans {
		b.Spans[i].Offset += at
	}
	written(s, b.Spans)
	return nil
}

// segment is the open one, or a new one when it has no room for size bytes more.
func (w *Writer) segment(ctx context.Context, size int64) (*segment, error) {
	if w.failed != nil {
		return nil, w.failed
	}
	if n := len(w.open); n > 0 {
		s := w.open[n-1]
		if s.w.Size() == s.first || s.w.Size()+size <= w.a.o.MaxSegment {
			return s, nil
		}
	}
	if w.number == 0 {
		n, err := w.a.nextNumber(ctx, w.job)
		if err != nil {
			return nil, err
		}
		w.number = n
	}
	key := warcKey(w.job.Collection, w.job.ID, w.a.o.Now(), w.number)
	if err := blob.CheckKey(key); err != nil {
		return nil, err
	}
	s, err := w.a.openSegment(ctx, w.job.Collection, key)
	if err != nil {
		return nil, err
	}
	w.number++
	w.open = append(w.open, s)
	return s, nil
}

func (w *Writer) writeError(uri string, err error) error {
	var own *ibid.Error
	if errors.As(err, &own) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return spoolError("archive", uri, err)
}

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

// Commit closes what was written since the last Commit and puts it into the Store: WARC, CDXJ, checksums. When
// it returns nil, all that it returns survives a loss of power. Writes may go on meanwhile; they belong to
// the next Commit. After an error nothing more is taken: some segments may lie in the Store, whole,
// where Segments finds them.
func (w *Writer) Commit(ctx context.Context) (Committed, error) {
	w.committing.Lock()
	defer w.committing.Unlock()
	w.mu.Lock()
	segments, failed := w.open, w.failed
	w.open = nil
	w.mu.Unlock()
	if failed != nil {
		return Committed{}, failed
	}
	var done Committed
	for i, s := range segments {
		err := s.put(ctx, w.a.o.Store)
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
	for _, s := range segments {
		for _, d := range s.digests {
			delete(w.seen, d)
		}
	}
	w.number = 0 // the numbers of what was dropped are free again
	w.mu.Unlock()
	return dropAll(segments)
}

package archive

import (
	"cmp"
	"context"
	"errors"
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
	stages map[string]*stage // by Seed
	open   []*segment        // not committed, by number
	number int               // of the next segment; 0: to be looked up
	// seen are the payloads that this Writer has put into a segment.
	seen   map[ibid.Digest]original
	failed error
}

// Begin returns a Writer for job. Nothing is read or made before the first Write.
func (a *Archive) Begin(job *ibid.Job) *Writer {
	return &Writer{a: a, job: job, stages: map[string]*stage{}, seen: map[ibid.Digest]original{}}
}

// Continue is Begin for a Job that others may be writing too: one that was asleep while its Job was taken up may wake.
// held is how many segments of the Job Segments has found. What is written is numbered after them, so that of those who
// go on from one place the Store lets one do so: the Commit of the others fails with ErrOvertaken.
func (a *Archive) Continue(job *ibid.Job, held int) *Writer {
	w := a.Begin(job)
	w.number = held + 1
	return w
}

// Write adds the records of x and returns its Capture; where it lies is known when the Visit of x.Seed has
// been written. Of an Exchange whose response has no readable head, a metadata record is kept: its Capture
// has Status 0, and Commit does not return it. The errors are of KindStorage; of KindInput when the job or x
// cannot be written at all.
func (w *Writer) Write(ctx context.Context, x *ibid.Exchange) (ibid.Capture, error) {
	if _, err := cdx.SURT(x.URI); err != nil { // it could not be indexed
		return ibid.Capture{}, err
	}
	if err := blob.CheckKey(warcKey(w.job.Collection, w.job.ID, w.a.o.Now(), 1)); err != nil {
		return ibid.Capture{}, err
	}
	original := w.original(ctx, x)
	c, err := recordsOf(x, original)
	if err != nil {
		return ibid.Capture{}, w.writeError(x.URI, err)
	}
	c.mayServe = original == nil && mayRevisit(x)
	if err := w.append(ctx, c); err != nil {
		return ibid.Capture{}, w.writeError(x.URI, err)
	}
	return c.capture, nil
}

// original is the Capture of which x is a revisit; nil when x brings something new.
func (w *Writer) original(ctx context.Context, x *ibid.Exchange) *ibid.Capture {
	if !mayRevisit(x) {
		return nil
	}
	if c, ok := w.own(x); ok && serves(&c, x) {
		return &c
	}
	if w.a.o.Index == nil {
		return nil
	}
	c, err := w.held(ctx, x)
	if err != nil {
		if ibid.KindOf(err) != ibid.KindNotFound && ctx.Err() == nil { // stored once more rather than lost
			w.a.o.Log.Warn("payload not looked up, stored whole", "uri", x.URI, "error", err)
		}
		return nil
	}
	if !serves(&c, x) {
		return nil
	}
	return &c
}

// own is the Capture with the payload of x that this Writer has written, if it is committed before x or with it.
func (w *Writer) own(x *ibid.Exchange) (ibid.Capture, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	in := (*segment)(nil)
	if st := w.stages[cmp.Or(x.Seed, x.URI)]; st != nil {
		for i := range st.waiting {
			if c := &st.waiting[i]; c.mayServe && c.Digest == x.PayloadDigest {
				return c.Capture, true
			}
		}
		in = st.in
	}
	c, ok := w.seen[x.PayloadDigest]
	return c.Capture, ok && (in == nil || c.in.number <= in.number)
}

// held asks the Index for the payload of x: a small one at the same address only.
func (w *Writer) held(ctx context.Context, x *ibid.Exchange) (ibid.Capture, error) {
	if x.PayloadLen < minRevisit {
		return w.a.o.Index.AtAddress(ctx, w.job.Collection, x.URI, x.PayloadDigest)
	}
	return w.a.o.Index.ByDigest(ctx, w.job.Collection, x.PayloadDigest)
}

// append writes the records of c, which belong together.
func (w *Writer) append(ctx context.Context, c *captured) error {
	lengths := make([]int64, 0, 2)
	size := int64(0)
	for _, r := range c.records {
		lengths = append(lengths, r.Length)
		size += r.Length
	}
	if !warc.Fits(lengths...) {
		return w.stream(ctx, c, size)
	}
	b, err := w.a.batches.Encode(ctx, c.records...)
	if err != nil {
		return err
	}
	defer b.Release()
	at := ibid.Location{Offset: b.Spans[0].Offset, Length: b.Spans[0].Length}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil {
		return w.failed
	}
	st := w.stageOf(c.capture.Seed)
	if st.hold(c, at, b.Bytes()) {
		return nil
	}
	s, err := w.spill(ctx, st, int64(len(b.Bytes())))
	if err != nil {
		return err
	}
	base, err := s.w.Append(b.Bytes())
	if err != nil {
		return err
	}
	at.Offset += base
	w.placeIn(s, c, at)
	return nil
}

// stream writes records that are too large to be encoded in memory.
func (w *Writer) stream(ctx context.Context, c *captured, size int64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil {
		return w.failed
	}
	s, err := w.spill(ctx, w.stageOf(c.capture.Seed), size)
	if err != nil {
		return err
	}
	spans, err := s.w.Stream(ctx, w.a.streams, c.records...)
	if err != nil {
		return err
	}
	w.placeIn(s, c, ibid.Location{Offset: spans[0].Offset, Length: spans[0].Length})
	return nil
}

func (w *Writer) placeIn(s *segment, c *captured, at ibid.Location) {
	c.capture.Location = at
	c.capture.Location.Key = s.key
	if !c.failed {
		w.place(staged{c.capture, c.mayServe}, s)
	}
}

// WriteVisit ends the Visit v: its records go to a segment, where v.Final gets its Location, and v itself will be
// among the Visits that end the segment. From now on the whole Visit is ready to be committed.
func (w *Writer) WriteVisit(ctx context.Context, v *ibid.Visit) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil {
		return w.failed
	}
	if err := w.writeVisit(ctx, v); err != nil {
		return w.writeError(v.Seed, err)
	}
	return nil
}

func (w *Writer) writeVisit(ctx context.Context, v *ibid.Visit) error {
	st := w.stageOf(v.Seed)
	s := st.in
	if s == nil {
		var err error
		if s, err = w.segment(ctx, int64(len(*st.buf))); err != nil {
			return err
		}
	}
	if v.Final != nil {
		if at, ok := w.locate(st, s, v.Final.RecordID); ok {
			v.Final.Location = at
		}
	}
	if err := w.flush(st, s); err != nil {
		return err
	}
	w.end(st)
	return s.note(v)
}

// segment is the last open one, or a new one when it has no room for size bytes more.
func (w *Writer) segment(ctx context.Context, size int64) (*segment, error) {
	if n := len(w.open); n > 0 && !w.open[n-1].closed && w.hasRoom(w.open[n-1], size) {
		return w.open[n-1], nil
	}
	if w.number == 0 {
		n, err := w.a.nextNumber(ctx, w.job)
		if err != nil {
			return nil, err
		}
		w.number = n
	}
	s, err := w.a.openSegment(ctx, w.job.Collection, warcKey(w.job.Collection, w.job.ID, w.a.o.Now(), w.number))
	if err != nil {
		return nil, err
	}
	s.number = w.number
	w.number++
	w.open = append(w.open, s)
	return s, nil
}

// hasRoom says whether size bytes more go into s. An empty segment takes anything.
func (w *Writer) hasRoom(s *segment, size int64) bool {
	return s.w.Size() == s.first || s.w.Size()+size <= w.a.o.MaxSegment
}

func (w *Writer) writeError(uri string, err error) error {
	var own *ibid.Error
	if errors.As(err, &own) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return spoolError("archive", uri, err)
}

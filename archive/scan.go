package archive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

// Segment is a WARC file of the Store as read back.
type Segment struct {
	Key, Collection, Job string
	Committed
	// Records counts the whole records.
	Records int
	damaged bool
	ids     map[string]bool // of all records
}

// scan reads a WARC file of the Store from its beginning to its end.
type scan struct {
	key    string
	check  bool // compare all digests, not only those of what is kept
	report func(Finding)
	ids    map[string]bool
	out    Segment
}

// scanSegment reads the WARC file key. What is wrong with it is reported, and left out of the result; the
// error is that of a Store that cannot be read.
func (a *Archive) scanSegment(ctx context.Context, key string, check bool, report func(Finding)) (_ *Segment, err error) {
	info, err := a.o.Store.Stat(ctx, key)
	if err != nil {
		return nil, err
	}
	s := &scan{key: key, check: check, ids: map[string]bool{}, out: Segment{Key: key}}
	s.report = func(f Finding) {
		s.out.damaged = true
		f.Key = key
		report(f)
	}
	s.out.ids = s.ids
	s.out.Collection, s.out.Job, _ = parseWARCKey(key)
	s.out.Bytes = info.Size
	r := warc.NewReader(func(offset int64) (io.ReadCloser, error) {
		return a.o.Store.Open(ctx, key, min(offset, info.Size), -1)
	})
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return &s.out, nil
		}
		if err == nil {
			err = s.record(r, e)
		}
		if err := s.problem(err); err != nil {
			return nil, err
		}
	}
}

// problem reports err when it is damage, and returns it when it is not.
func (s *scan) problem(err error) error {
	var p *warc.Problem
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		s.report(Finding{Code: string(p.Code), Offset: p.Offset, Text: p.Text})
		return nil
	}
	return readError(s.key, err)
}

// record takes one record in, once all of it was read and found good.
func (s *scan) record(r *warc.Reader, e *warc.Entry) error {
	bad := false
	for _, f := range e.Flaws {
		bad = bad || f.Code == warc.CodeRequired
		s.report(Finding{Code: string(f.Code), Offset: f.Offset, Text: f.Text})
	}
	holdsVisits := e.Type == warc.Metadata && e.Header.Get(fieldRecord) == recordVisits
	var body bytes.Buffer
	if holdsVisits {
		e.Block = io.TeeReader(e.Block, &body)
	}
	if holdsVisits || s.check {
		found, err := e.Check()
		if err != nil {
			return err
		}
		bad = bad || len(found) > 0
		for _, p := range found {
			s.report(Finding{Code: string(p.Code), Offset: p.Offset, Text: p.Text})
		}
	}
	span, err := r.Finish()
	if err != nil {
		return err
	}
	if s.ids[e.ID] {
		s.report(Finding{Code: CodeSameID, Offset: e.Offset, Text: fmt.Sprintf("record id %s is that of an earlier record", e.ID)})
	}
	s.ids[e.ID] = true
	if e.Type == warc.Metadata && e.Header.Get(fieldRecord) == recordTombstone {
		s.ids[bareID(e.Header.Get("WARC-Refers-To"))] = true // it was here: an import of the same file does not bring it back
	}
	s.out.Records++
	if bad {
		return nil
	}
	if holdsVisits {
		s.visits(e, &body)
		return nil
	}
	return s.capture(e, span)
}

func (s *scan) visits(e *warc.Entry, body io.Reader) {
	for lines := json.NewDecoder(body); ; {
		var v ibid.Visit
		err := lines.Decode(&v)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			s.report(Finding{Code: CodeRecord, Offset: e.Offset, Text: fmt.Sprintf("a visit in %s cannot be read: %v", e.ID, err)})
			return
		}
		s.out.Visits = append(s.out.Visits, v)
	}
}

func (s *scan) capture(e *warc.Entry, span warc.Span) error {
	c, ok, err := captureOf(e, s.key, span)
	if err != nil {
		s.report(Finding{Code: CodeRecord, Offset: e.Offset, Text: err.Error()})
		return nil
	}
	if ok {
		s.out.add([]ibid.Capture{c}, nil, 0)
	}
	return nil
}

// Segments returns what the Store holds of a Job, in the order of its segments: those that earlier tries had
// committed when they died. They are whole and durable, and can be adopted as if Commit had returned them; what of
// their index or checksums is missing is put beside them. Damaged records are left out, and logged.
func (a *Archive) Segments(ctx context.Context, collection, job string) ([]Segment, error) {
	var held []Segment
	now := a.o.Now()
	in := months(now.AddDate(0, 0, -backReading), now)
	for n := 1; ; n++ {
		key, err := a.segmentKey(ctx, collection, job, in, n)
		if err != nil || key == "" {
			return held, err
		}
		s, err := a.scanSegment(ctx, key, true, func(f Finding) {
			a.o.Log.Error("damaged record left out", "finding", f.String())
		})
		if err != nil {
			return held, err
		}
		if err := a.complete(ctx, s); err != nil {
			return held, err
		}
		held = append(held, *s)
	}
}

// complete puts beside a WARC file what a crash had kept from being put.
func (a *Archive) complete(ctx context.Context, s *Segment) error {
	_, err := a.o.Store.Stat(ctx, beside(s.Key, sumsSuffix))
	if ibid.KindOf(err) != ibid.KindNotFound || s.damaged {
		return err
	}
	if err == nil {
		return nil
	}
	records, whole, err := a.agreed(ctx, s)
	if err != nil {
		return readError(s.Key, err)
	}
	return putBeside(ctx, a.o.Store, s.Key, whole, s.Captures, records)
}

// agreeTries is how often a WARC file is read for two readings that agree.
const agreeTries = 6

// agreed reads a WARC file until two readings in a row agree. What comes over a line can differ from what lies at its end,
// where no checksum of its own shows it, as in the head of a gzip member; and what is put beside the file stays for ever.
func (a *Archive) agreed(ctx context.Context, s *Segment) (records []ibid.Digest, whole ibid.Digest, err error) {
	var before ibid.Digest
	for range agreeTries {
		file := &stored{ctx: ctx, a: a, key: s.Key}
		records, whole, err = digests(ctx, file, s.Bytes, s.Captures)
		if err = errors.Join(err, file.Close()); err != nil || whole == before {
			return records, whole, err
		}
		before = whole
	}
	return nil, "", fmt.Errorf("it was read %d times, and no two readings in a row agree", agreeTries)
}

// stored reads an object of the Store; it is quick when each read begins where the last one ended.
type stored struct {
	ctx context.Context //nolint:containedctx // lives within one call
	a   *Archive
	key string
	r   io.ReadCloser
	at  int64
}

func (s *stored) ReadAt(p []byte, off int64) (int, error) {
	if s.r == nil || s.at != off {
		if err := s.Close(); err != nil {
			return 0, err
		}
		r, err := s.a.o.Store.Open(s.ctx, s.key, off, -1)
		if err != nil {
			return 0, err
		}
		s.r, s.at = r, off
	}
	n, err := io.ReadFull(s.r, p)
	s.at += int64(n)
	return n, err //nolint:wrapcheck // io.EOF must stay bare
}

// Close closes what is open of the object.
func (s *stored) Close() error {
	if s.r == nil {
		return nil
	}
	err := s.r.Close()
	s.r = nil
	return err
}

package archive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

// maxVisits bounds a record of Visits that is read into memory, in bytes.
const maxVisits = 256 << 20

// write reads a file for the second time, and writes what is taken of it.
func (m *importer) write(ctx context.Context, n int) (err error) {
	w := m.i.WARCs[n]
	r := warc.NewReader(w.Open)
	defer func() { err = errors.Join(err, r.Close()) }()
	changed := func(err error) error {
		return &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: m.i.Name, Err: fmt.Errorf("it changed while it was read: %w", err)}
	}
	for at := 0; ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var bad *warc.Problem
		if errors.As(err, &bad) {
			continue // it was named
		}
		if err != nil {
			return &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: m.i.Name, Err: err}
		}
		if at >= len(m.plans[n]) || m.plans[n][at].offset != e.Offset {
			return changed(errors.New("its records lie elsewhere"))
		}
		p := m.plans[n][at]
		at++
		if p.skip || m.belongsToKnown(e) {
			continue
		}
		if err := m.record(ctx, w.Name, e, p); err != nil {
			if errors.As(err, &bad) {
				return changed(err)
			}
			return err
		}
	}
}

// belongsToKnown says whether e, or the capture that it belongs to, is there already.
func (m *importer) belongsToKnown(e *warc.Entry) bool {
	if m.known[e.ID] {
		return true
	}
	for _, name := range []string{"WARC-Concurrent-To", "WARC-Refers-To"} {
		for _, id := range e.Header.Values(name) {
			if m.known[bareID(id)] && e.Type != warc.Revisit && e.Type != warc.Response && e.Type != warc.Resource {
				return true
			}
		}
	}
	return false
}

// record writes one record.
func (m *importer) record(ctx context.Context, name string, e *warc.Entry, p *planned) error {
	if e.Type == warc.Metadata && e.Header.Get(fieldRecord) == recordVisits {
		return m.visits(ctx, name, e)
	}
	if e.Type == warc.Warcinfo {
		return nil // each segment has its own; what this one says is in the record about the import
	}
	r, err := m.recordOf(e, p)
	if err != nil {
		return err
	}
	s, err := m.segment(ctx, e.Length)
	if err != nil {
		return err
	}
	spans, err := s.w.Stream(ctx, m.a.streams, r)
	if err != nil {
		return m.writeError(s, err)
	}
	m.out.Records++
	if p.capture.RecordID == "" {
		return nil
	}
	c, ok, err := captureOf(&warc.Entry{Header: r.Fields, Type: r.Type, ID: r.ID, Date: p.capture.Timestamp, TargetURI: r.TargetURI}, s.key, spans[0])
	if err != nil || !ok {
		return fmt.Errorf("record %s is no capture: %w", r.ID, err)
	}
	s.captures = append(s.captures, c)
	m.held[c.RecordID] = c.Location
	return nil
}

// writeError tells what the disk has against a segment from what is wrong with a record.
func (m *importer) writeError(s *segment, err error) error {
	var bad *warc.Problem
	if errors.As(err, &bad) {
		return err
	}
	return spoolError("write to", s.f.Name(), err)
}

// recordOf is e as it is written: block, id, date, type and fields as they are, digests and facts as the Store has them.
func (m *importer) recordOf(e *warc.Entry, p *planned) (*warc.Record, error) {
	r := &warc.Record{
		Type: e.Type, ID: e.ID, Date: e.Date, TargetURI: encoded(e.TargetURI), ContentType: printable(e.Header.Get("Content-Type")), Block: e.Block, Length: e.Length,
	}
	drop := []string{
		"WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Target-URI", "Content-Type", "Content-Length", "WARC-Block-Digest",
	}
	if p.facts != nil || p.unchecked {
		drop = append(drop, "WARC-Payload-Digest")
	}
	if p.facts != nil {
		drop = append(drop, fieldExchange)
	}
	for _, f := range e.Header {
		if !slices.ContainsFunc(drop, func(name string) bool { return strings.EqualFold(f.Name, name) }) {
			f.Value = printable(f.Value)
			r.Fields = append(r.Fields, f)
		}
	}
	r.Fields = append(r.Fields, warc.Field{Name: "WARC-Block-Digest", Value: string(p.block)})
	if p.facts == nil {
		return r, nil
	}
	r.Stored = incompressible(&ibid.Exchange{MediaType: p.facts.Type})
	if p.capture.RecordID != "" && p.facts.Digest == "" {
		r.Fields = append(r.Fields, warc.Field{Name: "WARC-Payload-Digest", Value: string(p.capture.Digest)})
	}
	field, err := p.facts.field()
	if err != nil {
		return nil, err
	}
	r.Fields = append(r.Fields, field)
	return r, nil
}

// printable is s without what the header of a record may not have.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// segment is the open one, or a new one when it has no room for size bytes more.
func (m *importer) segment(ctx context.Context, size int64) (*segment, error) {
	if n := len(m.segments); n > 0 {
		if s := m.segments[n-1]; s.w.Size() == s.first || s.w.Size()+size <= m.a.o.MaxSegment {
			return s, nil
		}
	}
	m.number++
	s, err := m.a.openSegment(ctx, m.i.Collection, warcKey(m.i.Collection, m.i.JobID(), m.a.o.Now(), m.number))
	if err != nil {
		return nil, err
	}
	m.segments = append(m.segments, s)
	about, err := m.aboutRecord()
	if err != nil {
		return nil, err
	}
	if _, err := s.w.Stream(ctx, m.a.streams, about); err != nil {
		return nil, spoolError("write to", s.f.Name(), err)
	}
	s.first = s.w.Size()
	return s, nil
}

// visits takes the Visits of a record, with the places that their Captures have now.
func (m *importer) visits(ctx context.Context, name string, e *warc.Entry) error {
	offset := e.Offset
	b, err := io.ReadAll(io.LimitReader(e.Block, maxVisits))
	if err != nil {
		return err
	}
	for line := range bytes.Lines(b) {
		var v ibid.Visit
		if err := json.Unmarshal(line, &v); err != nil {
			m.report(Finding{Code: CodeVisit, Key: name, Offset: offset, Text: fmt.Sprintf("a visit cannot be read: %v", err)})
			m.out.LeftOut++
			continue
		}
		held := m.visited[[2]string{v.Run, v.Seed}]
		if !held {
			if held, err = m.i.Holdings.HeldVisit(ctx, m.i.Collection, v.Run, v.Seed); err != nil {
				return err
			}
		}
		if held {
			continue
		}
		if v.Final != nil {
			v.Final.Location = m.held[v.Final.RecordID]
		}
		s, err := m.segment(ctx, int64(len(line)))
		if err != nil {
			return err
		}
		if err := s.note(&v); err != nil {
			return err
		}
	}
	return nil
}

// put stores the segments in their order.
func (m *importer) put(ctx context.Context) error {
	for _, s := range m.segments {
		if err := m.a.put(ctx, s); err != nil {
			return err
		}
		seg := Segment{Key: s.key, Collection: m.i.Collection, Job: m.i.JobID()}
		seg.add(s.captures, s.visits, s.w.Size())
		m.out.Segments = append(m.out.Segments, seg)
	}
	return nil
}

package archive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/archive/warc"
)

// ExportSink takes what an export is made of.
type ExportSink interface {
	// WARC begins the n-th WARC file, counted from 1, and says how it is named.
	WARC(n int) (name string, w io.Writer, err error)
	// Index takes the line of a capture; its Filename is the name of a WARC file.
	Index(l *cdx.Line) error
}

// ExportOptions say what is exported.
type ExportOptions struct {
	Collection string
	// Captures are those that are exported, best in the order in which they lie in the Store.
	Captures iter.Seq2[ibid.Capture, error]
	// Visits are exported with them.
	Visits iter.Seq2[ibid.Visit, error]
	// Description is for the warcinfo record of each file.
	Description string
	// MaxFile is the size that a WARC file does not pass, in bytes, unless one record does; 0 makes one file of all.
	MaxFile int64
}

// Exported counts what an export has.
type Exported struct {
	Captures, Resolved, Visits int
	// Bytes is the size of the WARC files.
	Bytes int64
}

// Export writes Captures with what belongs to them (requests, provenance), and Visits, as WARC files that stand alone:
// for each revisit there is a whole response with the payload of the earlier record, which keeps the id of the revisit. All
// other records are copied to the byte. Nothing is written that does not match its digests: then the export ends with an
// error of KindFixity, and what was written until then is of no use. Nothing of a payload is held in memory or on disk.
func (a *Archive) Export(ctx context.Context, o ExportOptions, to ExportSink) (Exported, error) {
	e := &exporter{a: a, o: o, to: to, at: map[string]ibid.Location{}}
	for c, err := range o.Captures {
		if err == nil {
			err = e.capture(ctx, c)
		}
		if err != nil {
			return e.out, err
		}
	}
	if err := e.visits(ctx); err != nil {
		return e.out, err
	}
	e.out.Bytes += e.size
	return e.out, nil
}

type exporter struct {
	a     *Archive
	o     ExportOptions
	to    ExportSink
	n     int
	name  string
	size  int64
	w     io.Writer
	out   Exported
	began time.Time
	// at is where the records of captures lie in the export, by id.
	at map[string]ibid.Location
}

// Write implements io.Writer for the file that is open.
func (e *exporter) Write(p []byte) (int, error) {
	n, err := e.w.Write(p)
	e.size += int64(n)
	return n, err
}

// Truncate implements warc.File. What was passed on cannot be taken back: after an error, there is no export.
func (e *exporter) Truncate(int64) error {
	return errors.New("an export that failed is not gone on with")
}

// room makes sure that a file is open, and has room for size bytes more.
func (e *exporter) room(ctx context.Context, size int64) error {
	if e.w != nil && (e.o.MaxFile <= 0 || e.size+size <= e.o.MaxFile) {
		return nil
	}
	if e.n == 0 {
		e.began = e.a.o.Now()
	}
	e.out.Bytes += e.size
	e.n++
	name, w, err := e.to.WARC(e.n)
	if err != nil {
		return err
	}
	e.name, e.w, e.size = name, w, 0
	r, err := e.a.infoRecord(e.o.Collection, name, [2]string{"description", e.o.Description})
	if err != nil {
		return err
	}
	return e.stream(ctx, r)
}

// stream writes r as it is made.
func (e *exporter) stream(ctx context.Context, r *warc.Record) error {
	_, err := warc.NewWriter(e, e.size).Stream(ctx, e.a.streams, r)
	return err
}

// capture writes the record of c, whole, and those that belong to it. A second one with the same id is passed over.
func (e *exporter) capture(ctx context.Context, c ibid.Capture) error {
	if _, done := e.at[c.RecordID]; done {
		return nil
	}
	if err := e.room(ctx, max(c.Location.Length, c.Length)); err != nil {
		return err
	}
	r, err := e.a.openStretch(ctx, c)
	if err != nil {
		return err
	}
	defer r.close()
	var span warc.Span
	var digest ibid.Digest
	if c.Revisit {
		span, digest, err = e.resolve(ctx, r, c)
	} else {
		span.Offset, span.Length = e.size, c.Location.Length
		digest, err = r.copyFirst(e)
	}
	if err != nil {
		return err
	}
	if err := r.copyRest(e, c.RecordID); err != nil {
		return err
	}
	e.out.Captures++
	c.Location = ibid.Location{Key: e.name, Offset: span.Offset, Length: span.Length}
	c.Revisit = false
	e.at[c.RecordID] = c.Location
	line, err := lineOf(&c, e.name, digest)
	if err != nil {
		return err
	}
	return e.to.Index(&line)
}

// visits writes the Visits, those of one run together, with the places that their Captures have in the export.
func (e *exporter) visits(ctx context.Context) error {
	if e.o.Visits == nil {
		return nil
	}
	var said bytes.Buffer
	run := ""
	flush := func() error {
		if said.Len() == 0 {
			return nil
		}
		if err := e.room(ctx, int64(said.Len())); err != nil {
			return err
		}
		r, err := visitsRecord(e.began, "export", said.Bytes())
		if err == nil {
			err = e.stream(ctx, r)
		}
		said.Reset()
		return err
	}
	for v, err := range e.o.Visits {
		if err != nil {
			return err
		}
		if v.Run != run || said.Len() > maxStaged {
			if err := flush(); err != nil {
				return err
			}
		}
		run = v.Run
		if v.Final != nil {
			final := *v.Final
			final.Location, final.Revisit = e.at[final.RecordID], false
			v.Final = &final
		}
		if err := json.NewEncoder(&said).Encode(&v); err != nil {
			return fmt.Errorf("the visit as JSON: %w", err)
		}
		e.out.Visits++
	}
	return flush()
}

// visitsRecord is the record of Visits, one JSON object a line.
func visitsRecord(at time.Time, of string, said []byte) (*warc.Record, error) {
	id, err := warc.NewID()
	if err != nil {
		return nil, err
	}
	r := &warc.Record{
		Type: warc.Metadata, ID: id, Date: at, TargetURI: visitsURN + of, ContentType: "application/jsonl",
		Fields: warc.Header{{Name: fieldRecord, Value: recordVisits}},
	}
	setBytes(r, said)
	return r, nil
}

// belongs says whether e is a record beside the capture with that id.
func belongs(e *warc.Entry, id string) bool {
	if e.Type != warc.Request && e.Type != warc.Metadata {
		return false
	}
	return strings.Trim(e.Header.Get("WARC-Concurrent-To"), "<>") == id
}

package wacz

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

// place is where a record begins: the file of the package, and the byte in it.
type place struct {
	path   string
	offset int64
}

// short stands for a text of any length: the sets of a large package have to fit into memory.
type short uint64

func shortOf(s string) short {
	sum := sha256.Sum256([]byte(s))
	return short(binary.BigEndian.Uint64(sum[:]))
}

// record is what is kept of a record that was read.
type record struct {
	offset, length int64
	url            short
	timestamp      string
	digest         ibid.Digest
	// capture: readers look for it in the index; indexed: it was found there.
	capture, indexed bool
}

type revisit struct {
	path, uri, payload string
	offset             int64
}

// warc reads a WARC file record by record, and returns those that are whole, in their order.
func (v *verifier) warc(name string) (spans []*record, err error) {
	r := warc.NewReader(v.p.WARC(name))
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		if err := v.ctx.Err(); err != nil {
			return nil, err
		}
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return spans, nil
		}
		if err == nil {
			err = v.record(name, r, e, &spans)
		}
		var p *warc.Problem
		if errors.As(err, &p) {
			v.problem(name, p)
		} else if err != nil { // the ZIP file ends, or its deflate is damaged: reading the whole file tells
			return spans, nil
		}
	}
}

func (v *verifier) problem(name string, p *warc.Problem) {
	v.report(&Finding{Code: string(p.Code), Path: name, Offset: p.Offset, Text: p.Text})
}

func (v *verifier) record(name string, r *warc.Reader, e *warc.Entry, spans *[]*record) error {
	for _, p := range e.Flaws {
		if p.Code != warc.CodeLineEnd && p.Code != warc.CodeField { // they harm nobody
			v.problem(name, p)
		}
	}
	x, err := e.Examine()
	if err != nil {
		return err
	}
	for _, p := range x.Problems {
		v.problem(name, p)
	}
	span, err := r.Finish()
	if err != nil {
		return err
	}
	v.out.Records++
	rec := &record{
		offset: span.Offset, length: span.Length, url: shortOf(e.TargetURI), timestamp: ibid.Timestamp14(e.Date),
		capture: isCapture(e),
	}
	if rec.capture {
		v.out.Captures++
		v.urls[rec.url] = true
		v.payload(name, e, x)
	}
	if n := len(*spans); n > 0 && (*spans)[n-1].offset == rec.offset {
		return nil // in the gzip member of the one before, which was reported
	}
	v.records[place{name, rec.offset}] = rec
	*spans = append(*spans, rec)
	return nil
}

// isCapture says whether readers look for e in the index.
func isCapture(e *warc.Entry) bool {
	web := strings.HasPrefix(e.TargetURI, "http://") || strings.HasPrefix(e.TargetURI, "https://")
	return web && (e.Type == warc.Response || e.Type == warc.Revisit || e.Type == warc.Resource)
}

// payload remembers a payload under its digest, whatever algorithm that has, and under its address and time.
func (v *verifier) payload(name string, e *warc.Entry, x *warc.Examined) {
	declared := strings.ToLower(e.Header.Get("WARC-Payload-Digest"))
	if e.Type == warc.Revisit {
		if declared == "" {
			declared = fmt.Sprintf("%s %s", e.Header.Get("WARC-Refers-To-Target-URI"), e.Header.Get("WARC-Refers-To-Date"))
		}
		v.revisits = append(v.revisits, revisit{name, e.TargetURI, declared, e.Offset})
		return
	}
	if declared != "" {
		v.payloads[declared] = true
	}
	v.payloads[x.Payload] = true
	v.payloads[fmt.Sprintf("%s %s", e.TargetURI, e.Header.Get("WARC-Date"))] = true
}

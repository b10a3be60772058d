package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

// fieldResolved names, in a response that was made of a revisit, the record that its payload was taken from.
const fieldResolved = "Ibid-Resolved"

// resolve writes the revisit c as a whole response: its own head with the entity of the earlier record, or that record's
// block where its own head says no more than that nothing has changed (304).
func (e *exporter) resolve(ctx context.Context, r *stretch, c ibid.Capture) (warc.Span, ibid.Digest, error) {
	fail := func(err error) (warc.Span, ibid.Digest, error) { return warc.Span{}, "", err }
	own := r.first
	var head bytes.Buffer
	own.Block = io.TeeReader(own.Block, &head)
	if err := r.finishFirst(); err != nil {
		return fail(err)
	}
	original, err := e.a.original(ctx, e.o.Collection, c)
	if err != nil {
		return fail(err)
	}
	m, err := warc.ReadMessage(bytes.NewReader(head.Bytes()))
	if err != nil {
		return fail(fixity(r.name, err))
	}
	open := func() (io.ReadCloser, error) {
		return e.a.entityBehind(ctx, original, head.Bytes(), isChunked(m.Header))
	}
	if m.Status == http.StatusNotModified {
		open = func() (io.ReadCloser, error) { return e.a.Read(ctx, original.Location) }
	}
	sum, length, err := measure(open)
	if err != nil {
		return fail(err)
	}
	block, err := open()
	if err != nil {
		return fail(err)
	}
	defer block.Close() //nolint:errcheck // all of it was read, or the error is told
	raw := sha256.New()
	at := e.size
	spans, err := warc.NewWriter(tee{e, raw}, at).Stream(ctx, e.a.streams, resolvedRecord(own, original, block, length, sum))
	if err != nil {
		return fail(err)
	}
	e.out.Resolved++
	return spans[0], ibid.DigestSum(raw), nil
}

// resolvedRecord is the response that stands for the revisit own.
func resolvedRecord(own *warc.Entry, original ibid.Capture, block io.Reader, length int64, sum ibid.Digest) *warc.Record {
	rec := &warc.Record{
		Type: warc.Response, ID: own.ID, Date: own.Date, TargetURI: own.TargetURI, ContentType: warc.HTTPResponse,
		Block: block, Length: length,
	}
	for _, f := range own.Header {
		if !slices.ContainsFunc(rewritten, func(name string) bool { return strings.EqualFold(f.Name, name) }) {
			rec.Fields = append(rec.Fields, f)
		}
	}
	rec.Fields = append(rec.Fields,
		warc.Field{Name: "WARC-Payload-Digest", Value: string(original.Digest)}, warc.Field{Name: "WARC-Block-Digest", Value: string(sum)},
		warc.Field{Name: fieldResolved, Value: "<" + original.RecordID + ">"})
	return rec
}

// rewritten are the fields of a record that is written anew which do not stay as they are.
var rewritten = []string{
	"WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Target-URI", "Content-Type", "Content-Length", "WARC-Block-Digest", "WARC-Payload-Digest",
	"WARC-Profile", "WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date", "WARC-Truncated",
}

// entityBehind is head and behind it the entity of original, as one chunk where head promises chunks.
func (a *Archive) entityBehind(ctx context.Context, original ibid.Capture, head []byte, chunked bool) (io.ReadCloser, error) {
	p, err := a.payload(ctx, original)
	if err != nil {
		return nil, err
	}
	var body io.Reader = p
	switch {
	case chunked && original.Length > 0:
		body = io.MultiReader(strings.NewReader(fmt.Sprintf("%x\r\n", original.Length)), p, strings.NewReader("\r\n0\r\n\r\n"))
	case chunked:
		body = io.MultiReader(p, strings.NewReader("0\r\n\r\n"))
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), body), p}, nil
}

func isChunked(h warc.Header) bool {
	codings := strings.Split(strings.Join(h.Values("Transfer-Encoding"), ","), ",")
	return strings.EqualFold(strings.TrimSpace(codings[len(codings)-1]), "chunked")
}

// measure reads what open opens to its end.
func measure(open func() (io.ReadCloser, error)) (ibid.Digest, int64, error) {
	r, err := open()
	if err != nil {
		return "", 0, err
	}
	h := sha256.New()
	n, err := io.Copy(h, r)
	return ibid.DigestSum(h), n, errors.Join(err, r.Close())
}

// tee is a warc.File whose bytes go to a hash as well.
type tee struct {
	*exporter
	also io.Writer
}

func (t tee) Write(p []byte) (int, error) {
	_, _ = t.also.Write(p) // a hash never fails
	return t.exporter.Write(p)
}

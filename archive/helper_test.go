package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/mem"
	"github.com/ibid-archive/ibid/archive/warc"
)

var (
	testNow = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)
	testJob = &ibid.Job{ID: "job-7", Run: "run-1", Collection: "papers", Host: "example.org", Due: testNow}
)

// house is an Archive over a Store in memory, with an index of what was committed.
type house struct {
	*Archive
	store blob.Store
	index memoryIndex
	// committed are the Captures that were committed, by the id of their record.
	committed map[string]ibid.Capture
}

type memoryIndex map[ibid.Digest]ibid.Capture

func (m memoryIndex) ByDigest(_ context.Context, collection string, d ibid.Digest) (ibid.Capture, error) {
	c, ok := m[d]
	if !ok || !strings.HasPrefix(c.Location.Key, "warc/"+collection+"/") {
		return c, &ibid.Error{Kind: ibid.KindNotFound, Op: "look up", Err: fmt.Errorf("%s is not held", d)}
	}
	return c, nil
}

func (m memoryIndex) AtAddress(ctx context.Context, collection, uri string, d ibid.Digest) (ibid.Capture, error) {
	c, err := m.ByDigest(ctx, collection, d)
	if err == nil && c.URI != uri {
		err = &ibid.Error{Kind: ibid.KindNotFound, Op: "find", URI: uri, Err: errors.New("not there")}
	}
	return c, err
}

func (m memoryIndex) add(c Committed) {
	for _, capture := range c.Captures {
		if _, ok := m[capture.Digest]; !ok && !capture.Revisit {
			m[capture.Digest] = capture
		}
	}
}

func newHouse(t testing.TB, change ...func(*Options)) *house {
	t.Helper()
	h := &house{store: mem.New(), index: memoryIndex{}, committed: map[string]ibid.Capture{}}
	o := Options{
		Store: h.store, SpoolDir: t.TempDir(), Index: h.index, Software: "ibid/test", Operator: "someone@example.org",
		UserAgent: "ibid", Robots: "obey", Now: func() time.Time { return testNow },
	}
	for _, c := range change {
		c(&o)
	}
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	h.Archive, h.store = a, o.Store
	return h
}

// exchange makes an Exchange as the crawler would: fields are lines of the response head.
const requestLines = "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"

func exchange(uri string, status int, body string, fields ...string) *ibid.Exchange {
	head := fmt.Sprintf("HTTP/1.1 %d Whatever\r\n", status)
	header := http.Header{}
	for _, f := range fields {
		head += f + "\r\n"
		name, value, _ := strings.Cut(f, ": ")
		header.Add(name, value)
	}
	head += "\r\n"
	payload := body
	if header.Get("Transfer-Encoding") == "chunked" {
		body = fmt.Sprintf("%x;note=1\r\n%s\r\n%x\r\n%s\r\n0\r\nTrailer: x\r\n\r\n", len(body[:1]), body[:1], len(body[1:]), body[1:])
	}
	media, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	return &ibid.Exchange{
		Seed: "http://example.org/seed", URI: uri, Via: "http://example.org/via", Role: ibid.RoleSource, Began: testNow,
		Took: 1500 * time.Millisecond, Remote: netip.MustParseAddrPort("192.0.2.7:80"),
		Request:  blockOf(requestLines),
		Response: blockOf(head + body), HeadLen: int64(len(head)), Status: status, Header: header, MediaType: ibid.MediaType(media),
		PayloadDigest: ibid.DigestOf([]byte(payload)), PayloadLen: int64(len(payload)),
		TLS: &ibid.TLS{Version: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256", Certificate: ibid.DigestOf(nil), NotAfter: testNow.UTC()},
	}
}

func blockOf(s string) ibid.Block {
	return ibid.Block{ReaderAt: strings.NewReader(s), Size: int64(len(s)), Digest: ibid.DigestOf([]byte(s))}
}

func text(n int) string { return strings.Repeat("words of a page, ", n/17+1)[:n] }

func write(t testing.TB, w *Writer, x *ibid.Exchange) ibid.Capture {
	t.Helper()
	c, err := w.Write(t.Context(), x)
	if err != nil {
		t.Fatalf("write %s: %v", x.URI, err)
	}
	return c
}

func (h *house) commit(t testing.TB, w *Writer) Committed {
	t.Helper()
	done, err := w.Commit(t.Context())
	if err != nil {
		t.Fatalf("commit: %v", err)
	}
	h.index.add(done)
	for _, c := range done.Captures {
		h.committed[c.RecordID] = c
	}
	return done
}

// at is c with the Location that it has since it was committed.
func (h *house) at(t testing.TB, c ibid.Capture) ibid.Capture {
	t.Helper()
	placed, ok := h.committed[c.RecordID]
	if !ok {
		t.Fatalf("%s was not committed", c.URI)
	}
	return placed
}

// body reads the payload of c.
func (h *house) body(t testing.TB, c ibid.Capture) string {
	t.Helper()
	p, err := h.Payload(t.Context(), testJob.Collection, c)
	if err != nil {
		t.Fatalf("payload of %s: %v", c.URI, err)
	}
	b, err := io.ReadAll(p)
	if err != nil || p.Close() != nil {
		t.Fatalf("payload of %s: %v", c.URI, err)
	}
	return string(b)
}

func (h *house) object(t testing.TB, key string) []byte {
	t.Helper()
	b, err := h.readAll(t.Context(), key, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (h *house) keys(t testing.TB) []string {
	t.Helper()
	var keys []string
	if err := h.store.List(t.Context(), "", func(i blob.Info) error { keys = append(keys, i.Key); return nil }); err != nil {
		t.Fatal(err)
	}
	return keys
}

// damaged is the same house over a Store that differs in one object; nil removes it.
func (h *house) damaged(t testing.TB, key string, b []byte) *house {
	t.Helper()
	other := mem.New()
	for _, k := range h.keys(t) {
		if k == key {
			continue
		}
		if err := putBytes(t.Context(), other, k, h.object(t, k)); err != nil {
			t.Fatal(err)
		}
	}
	if b != nil {
		if err := putBytes(t.Context(), other, key, b); err != nil {
			t.Fatal(err)
		}
	}
	damaged := newHouse(t, func(o *Options) { o.Store = other })
	for d, c := range h.index {
		damaged.index[d] = c
	}
	return damaged
}

// verify gives the codes that an audit finds.
func (h *house) verify(t testing.TB) []string {
	t.Helper()
	var codes []string
	audit, err := h.Verify(t.Context(), VerifyOptions{}, func(f Finding) { codes = append(codes, f.Code) })
	if err != nil || len(audit.Findings) != len(codes) {
		t.Fatalf("verify: %v, %d findings", err, len(audit.Findings))
	}
	return codes
}

// records reads a WARC file as text: the records as they are inside their members.
func (h *house) records(t testing.TB, key string) []*warc.Entry {
	t.Helper()
	b := h.object(t, key)
	r := warc.NewReader(warc.FromReaderAt(bytes.NewReader(b), int64(len(b))))
	var all []*warc.Entry
	for {
		e, err := r.Next()
		if err != nil {
			if err != io.EOF { //nolint:errorlint // the reader gives it bare
				t.Fatal(err)
			}
			return all
		}
		block, err := io.ReadAll(e.Block)
		if err != nil || len(e.Flaws) > 0 {
			t.Fatal(err, e.Flaws)
		}
		e.Block = bytes.NewReader(block)
		all = append(all, e)
		if _, err := r.Finish(); err != nil {
			t.Fatal(err)
		}
	}
}

// random is a text that does not get shorter by compression, always the same.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b) // it never fails
	return string(b)
}

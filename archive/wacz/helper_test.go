package wacz

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/archive/warc"
)

var testTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func testKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// recordFile is a WARC.File in memory.
type recordFile struct{ bytes.Buffer }

func (f *recordFile) Truncate(n int64) error { f.Buffer.Truncate(int(n)); return nil }

// captured is a WARC file of n pages with its lines of an index.
func captured(t testing.TB, name string, n int) ([]byte, []cdx.Line) {
	t.Helper()
	var f recordFile
	w := warc.NewWriter(&f, 0)
	c := warc.NewCompressor(1)
	lines := make([]cdx.Line, 0, n)
	for i := range n {
		payload := fmt.Sprintf("<title>Page %d</title>", i)
		block := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + payload
		uri := fmt.Sprintf("http://example.org/%05d", i)
		r := &warc.Record{
			Type: warc.Response, ID: fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", i), Date: testTime, TargetURI: uri,
			ContentType: warc.HTTPResponse, Block: strings.NewReader(block), Length: int64(len(block)),
			Fields: warc.Header{
				{Name: "WARC-Block-Digest", Value: string(ibid.DigestOf([]byte(block)))},
				{Name: "WARC-Payload-Digest", Value: string(ibid.DigestOf([]byte(payload)))},
			},
		}
		spans, err := w.Stream(t.Context(), c, r)
		if err != nil {
			t.Fatal(err)
		}
		key, err := cdx.SURT(uri)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, cdx.Line{
			Key: key, Timestamp: ibid.Timestamp14(testTime), URL: uri, MIME: "text/html", Status: 200, Digest: ibid.DigestOf([]byte(payload)),
			Offset: spans[0].Offset, Length: spans[0].Length, Filename: name,
			RecordDigest: ibid.DigestOf(f.Bytes()[spans[0].Offset : spans[0].Offset+spans[0].Length]),
		})
	}
	return f.Bytes(), lines
}

// packed is a package of n pages, signed with key if there is one.
func packed(t testing.TB, key *ecdsa.PrivateKey, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out, Options{Title: "Harbours", Software: "test/1", Created: testTime, Key: key, TempDir: t.TempDir()})
	b, lines := captured(t, "data.warc.gz", n)
	to, err := w.WARC("data.warc.gz")
	if err == nil {
		_, err = to.Write(b)
	}
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(lines) // it is for the Writer to put them in order
	for i := range lines {
		if err := w.Index(&lines[i]); err != nil {
			t.Fatal(err)
		}
	}
	err = w.Page(Page{
		ID: "p1", URL: "http://example.org/00000", Time: testTime, Title: "Page <0> & more", Extra: map[string]json.RawMessage{"context": json.RawMessage(`"As said."`)},
	})
	if err == nil {
		to, err = w.File("ibid/note.txt")
	}
	if err == nil {
		_, err = io.WriteString(to, "a note")
	}
	if err == nil {
		err = w.Close(map[string]json.RawMessage{"ibid": json.RawMessage(`{"format":1}`)})
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// codes are those of what is wrong with b, each once, sorted.
func codes(t testing.TB, b []byte) ([]string, Verified) {
	t.Helper()
	seen := map[string]bool{}
	report := func(f *Finding) { seen[f.Code] = true }
	var v Verified
	p, err := Open(bytes.NewReader(b), int64(len(b)), report)
	if err == nil {
		v, err = p.Verify(context.Background(), trusting(), report)
		if err != nil {
			t.Fatal(err)
		}
	}
	all := []string{}
	for c := range seen {
		all = append(all, c)
	}
	slices.Sort(all)
	return all, v
}

// repack writes the entries of b again, each as change has it; change returns false for one that is left out.
func repack(t testing.TB, b []byte, change func(h *zip.FileHeader, body []byte) ([]byte, bool), more ...func(*zip.Writer)) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		h := &zip.FileHeader{Name: f.Name, Method: f.Method}
		body, keep := change(h, body)
		if !keep {
			continue
		}
		put(t, w, h, body)
	}
	for _, m := range more {
		m(w)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func put(t testing.TB, w *zip.Writer, h *zip.FileHeader, body []byte) {
	t.Helper()
	to, err := w.CreateHeader(h)
	if err == nil {
		_, err = to.Write(body)
	}
	if err != nil {
		t.Fatal(err)
	}
}

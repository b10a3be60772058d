package warc

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var testDate = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

const testHead = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nServer: x\r\n\r\n"

func testRecord(body string) *Record {
	return &Record{
		Type: Response, ID: "urn:uuid:00000000-0000-4000-8000-000000000001", Date: testDate, TargetURI: "http://example.org/a?b=c",
		Fields: Header{{"WARC-IP-Address", "192.0.2.1"}}, ContentType: HTTPResponse,
		Block: strings.NewReader(body), Length: int64(len(body)),
	}
}

const testRecordHead = "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n" +
	"WARC-Date: 2026-03-01T12:00:00.123456Z\r\nWARC-Target-URI: http://example.org/a?b=c\r\nWARC-IP-Address: 192.0.2.1\r\n" +
	"Content-Type: application/http;msgtype=response\r\n"

// sink is a File in memory that can fail.
type sink struct {
	bytes.Buffer
	writes  int
	failAt  int // the write that fails, counted from 1
	noTrunc error
}

func (s *sink) Write(p []byte) (int, error) {
	if s.writes++; s.writes == s.failAt {
		n, _ := s.Buffer.Write(p[:len(p)/2])
		return n, errDisk
	}
	return s.Buffer.Write(p)
}

func (s *sink) Truncate(n int64) error {
	if s.noTrunc != nil {
		return s.noTrunc
	}
	s.Buffer.Truncate(int(n))
	return nil
}

var errDisk = errors.New("disk fault")

func noise(n int) string {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return string(b)
}

func TestEveryGzipReaderReadsWhatIsWritten(t *testing.T) {
	for _, size := range []int{0, 1, 100, 65534, 65535, 65536, 200_000, 3 << 20} {
		for _, stored := range []bool{false, true} {
			for _, stream := range []bool{false, true} {
				name := fmt.Sprintf("%d bytes, stored %v, stream %v", size, stored, stream)
				body := noise(size)
				f := &sink{}
				span := writeOne(t, f, body, stored, stream)
				if span != (Span{0, int64(f.Len())}) {
					t.Errorf("%s: span %v of %d bytes", name, span, f.Len())
				}
				z, err := gzip.NewReader(bytes.NewReader(f.Bytes())) // the standard library's own
				if err != nil {
					t.Fatal(name, err)
				}
				z.Multistream(false)
				got, err := io.ReadAll(z)
				want := fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s\r\n\r\n", testRecordHead, size, body)
				if err != nil || string(got) != want {
					t.Errorf("%s: %d bytes instead of %d, %v", name, len(got), len(want), err)
				}
			}
		}
	}
}

func writeOne(t *testing.T, f *sink, body string, stored, stream bool) Span {
	t.Helper()
	c := NewCompressor(1)
	w := NewWriter(f, 0)
	rec := testRecord(body)
	rec.Stored = stored
	if stream {
		spans, err := w.Stream(t.Context(), c, rec)
		if err != nil {
			t.Fatal(err)
		}
		return spans[0]
	}
	b, err := c.Encode(t.Context(), rec)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Release()
	at, err := w.Append(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return Span{at, b.Spans[0].Length}
}

func TestStoredBlocksAreNotDeflated(t *testing.T) {
	f := &sink{}
	writeOne(t, f, strings.Repeat("a", 100_000), true, false)
	if f.Len() < 100_000 || f.Len() > 101_000 {
		t.Errorf("%d bytes for 100000 stored ones", f.Len())
	}
}

func TestSpansOfManyRecords(t *testing.T) {
	c, f := NewCompressor(2), &sink{}
	w := NewWriter(f, 0)
	var spans []Span
	for i := range 20 {
		body := strings.Repeat("x", i*1000)
		if i%3 == 0 {
			got, err := w.Stream(t.Context(), c, testRecord(body), testRecord(body+"second"))
			if err != nil {
				t.Fatal(err)
			}
			spans = append(spans, got...)
			continue
		}
		b, err := c.Encode(t.Context(), testRecord(body), testRecord(body+"second"))
		if err != nil {
			t.Fatal(err)
		}
		at, err := w.Append(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range b.Spans {
			spans = append(spans, Span{at + s.Offset, s.Length})
		}
		b.Release()
	}
	r := NewReader(FromReaderAt(bytes.NewReader(f.Bytes()), int64(f.Len())))
	for i, want := range spans {
		e, err := r.Next()
		if err != nil || len(e.Flaws) > 0 {
			t.Fatalf("record %d: %v", i, err)
		}
		if got, err := r.Finish(); err != nil || got != want {
			t.Errorf("record %d lies at %v, not %v: %v", i, got, want, err)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last: %v", err)
	}
}

func TestATornRecordIsRolledBack(t *testing.T) {
	for name, fail := range map[string]func(*Writer, *Compressor) error{
		"batch": func(w *Writer, c *Compressor) error {
			b, err := c.Encode(t.Context(), testRecord("body"))
			if err != nil {
				return err
			}
			defer b.Release()
			_, err = w.Append(b.Bytes())
			return err
		},
		"stream": func(w *Writer, c *Compressor) error {
			rec := testRecord(noise(3 << 20))
			rec.Stored = true
			_, err := w.Stream(t.Context(), c, rec)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := &sink{}
			first := writeOne(t, f, "first", false, false)
			f.failAt = f.writes + 1
			if name == "stream" {
				f.failAt++
			}
			w, c := NewWriter(f, first.Length), NewCompressor(1)
			if err := fail(w, c); !errors.Is(err, errDisk) {
				t.Fatalf("err = %v", err)
			}
			if int64(f.Len()) != first.Length || w.Size() != first.Length {
				t.Errorf("the file has %d bytes, the writer %d, want %d", f.Len(), w.Size(), first.Length)
			}
			if err := fail(w, c); err != nil {
				t.Errorf("the next one: %v", err)
			}
		})
	}
}

func TestAWriterThatCannotRollBackIsBroken(t *testing.T) {
	f := &sink{failAt: 1, noTrunc: errDisk}
	w, c := NewWriter(f, 0), NewCompressor(1)
	for range 2 {
		if _, err := w.Stream(t.Context(), c, testRecord("x")); !errors.Is(err, ErrBroken) {
			t.Errorf("err = %v", err)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, change := range map[string]func(*Record){
		"a block that ends early":       func(r *Record) { r.Length++ },
		"a line break in a field":       func(r *Record) { r.Fields[0].Value = "x\r\nWARC-Type: request" },
		"a line break in the URI":       func(r *Record) { r.TargetURI = "http://x/\nX: y" },
		"a field name that is no token": func(r *Record) { r.Fields[0].Name = "A: b" },
		"no type":                       func(r *Record) { r.Type = "" },
		"no id":                         func(r *Record) { r.ID = "" },
		"a negative length":             func(r *Record) { r.Length = -1 },
	} {
		c, f := NewCompressor(1), &sink{}
		rec := testRecord("body")
		change(rec)
		if _, err := c.Encode(t.Context(), rec); err == nil {
			t.Errorf("%s was encoded", name)
		}
		if _, err := NewWriter(f, 0).Stream(t.Context(), c, rec); err == nil || f.Len() != 0 {
			t.Errorf("%s was written: %d bytes, %v", name, f.Len(), err)
		}
	}
}

func TestParseDate(t *testing.T) {
	for s, want := range map[string]string{
		"2026-03-01T12:00:00Z": "2026-03-01T12:00:00Z", "2026-03-01T12:00:00.123456789Z": "2026-03-01T12:00:00.123456789Z",
		"2026-03-01T12:00Z": "2026-03-01T12:00:00Z", "2026-03": "2026-03-01T00:00:00Z", "2026": "2026-01-01T00:00:00Z",
		"20260301120000": "2026-03-01T12:00:00Z", "2026-03-01T13:00:00+01:00": "2026-03-01T12:00:00Z",
	} {
		if got, err := ParseDate(s); err != nil || got.Format(time.RFC3339Nano) != want {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "yesterday", "2026-13-01", "1 March 2026"} {
		if got, err := ParseDate(s); err == nil {
			t.Errorf("%q is %v", s, got)
		}
	}
}

// BenchmarkWrite writes response records of 50 KB of HTML, each one gzip member; plain is the least that
// anyone can do: one reused gzip writer, one write a record.
func BenchmarkWrite(b *testing.B) {
	html := page(50 << 10)
	b.Run("ibid", func(b *testing.B) { benchWrite(b, html, false) })
	b.Run("ibid/stored", func(b *testing.B) { benchWrite(b, noise(50<<10), true) })
	b.Run("plain", func(b *testing.B) { benchPlain(b, html) })
}

func benchWrite(b *testing.B, body string, stored bool) {
	f, err := os.Create(filepath.Join(b.TempDir(), "a.warc.gz"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	c := NewCompressor(1)
	w := NewWriter(f, 0)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		rec := testRecord(body)
		rec.Stored = stored
		batch, err := c.Encode(b.Context(), rec)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Append(batch.Bytes()); err != nil {
			b.Fatal(err)
		}
		batch.Release()
	}
	b.ReportMetric(float64(w.Size())/float64(b.N), "stored/op")
}

// page is HTML-like text: words that repeat, numbers that do not.
func page(n int) string {
	words := strings.Fields("the migration policy <p class=note> of states and </p> regional consultative process on human mobility <a href=/doc/")
	r := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	for b.Len() < n {
		if r.IntN(6) == 0 {
			fmt.Fprintf(&b, "%d ", r.Uint32())
			continue
		}
		b.WriteString(words[r.IntN(len(words))] + " ")
	}
	return b.String()[:n]
}

package warc

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	kgzip "github.com/klauspost/compress/gzip"
)

func benchPlain(b *testing.B, body string) {
	f, err := os.Create(filepath.Join(b.TempDir(), "b.warc.gz"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out bytes.Buffer
	z, err := kgzip.NewWriterLevel(&out, level)
	if err != nil {
		b.Fatal(err)
	}
	block, total := []byte(body), 0
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		z.Reset(&out)
		_, err1 := fmt.Fprintf(z, "%sContent-Length: %d\r\n\r\n", testRecordHead, len(block))
		_, err2 := z.Write(block)
		_, err3 := z.Write([]byte("\r\n\r\n"))
		if err1 != nil || err2 != nil || err3 != nil || z.Close() != nil {
			b.Fatal(err1, err2, err3)
		}
		n, err := f.Write(out.Bytes())
		if err != nil {
			b.Fatal(err)
		}
		total += n
	}
	b.ReportMetric(float64(total)/float64(b.N), "stored/op")
}

// What the writer may cost: at most 25 allocations and 2 writes a record, and what it stores is within 3 %
// of plain gzip.
func TestWriterKeepsItsBudget(t *testing.T) {
	body := page(50 << 10)
	c, f := NewCompressor(1), &sink{}
	w := NewWriter(f, 0)
	write := func() {
		batch, err := c.Encode(t.Context(), testRecord(body))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Append(batch.Bytes()); err != nil {
			t.Fatal(err)
		}
		batch.Release()
	}
	write()
	f.Reset()
	f.writes = 0
	w.end = 0
	write()
	if f.writes > 2 {
		t.Errorf("%d writes for one record", f.writes)
	}
	var plain bytes.Buffer
	z, err := kgzip.NewWriterLevel(&plain, level)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(z, "%sContent-Length: %d\r\n\r\n%s\r\n\r\n", testRecordHead, len(body), body)
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	if float64(f.Len()) > 1.03*float64(plain.Len()) {
		t.Errorf("%d bytes; plain gzip makes %d", f.Len(), plain.Len())
	}
	if n := testing.AllocsPerRun(100, write); n > 25 {
		t.Errorf("%v allocations a record", n)
	}
}

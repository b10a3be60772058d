package archive

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/fs"
)

// BenchmarkWrite is a page of 50 KB, new each time, from the Exchange to the segment: request and response.
func BenchmarkWrite(b *testing.B) {
	h := newHouse(b)
	w := h.Begin(testJob)
	page := text(50 << 10)
	x := exchange("http://example.org/a", 200, page, "Content-Type: text/html")
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	x.Truncated = "length" // no revisits of each other
	for b.Loop() {
		write(b, w, x)
	}
	if err := w.Abort(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkJob is a whole Job of 50 pages on a disk: written, flushed, indexed, put.
func BenchmarkJob(b *testing.B) {
	store, err := fs.New(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	benchJob(b, store)
}

func benchJob(b *testing.B, store blob.Store) {
	h := newHouse(b, func(o *Options) { o.Store, o.Index = store, nil })
	b.SetBytes(50 * 50 << 10)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		job := *testJob
		job.ID = fmt.Sprint("job-", n)
		w := h.Begin(&job)
		for i := range 50 {
			write(b, w, exchange(fmt.Sprintf("http://example.org/%d", i), 200, fmt.Sprint(i, strings.Repeat("x", i))+text(50<<10), "Content-Type: text/html"))
		}
		if _, err := w.Commit(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// What one Exchange may cost: at most 25 allocations a record, of which it has two.
func TestWriteKeepsItsBudget(t *testing.T) {
	h := newHouse(t)
	w := h.Begin(testJob)
	x := exchange("http://example.org/a", 200, text(50<<10), "Content-Type: text/html")
	x.Truncated = "length" // no revisits of each other
	write(t, w, x)
	if n := testing.AllocsPerRun(50, func() { write(t, w, x) }); n > 50 {
		t.Errorf("%v allocations for two records", n)
	}
	if err := w.Abort(); err != nil {
		t.Error(err)
	}
}

package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/archive/warc"
)

// shelf is an ExportSink in memory.
type shelf struct {
	files []*bytes.Buffer
	lines []cdx.Line
}

func (s *shelf) WARC(n int) (string, io.Writer, error) {
	s.files = append(s.files, &bytes.Buffer{})
	return fmt.Sprintf("data-%d.warc.gz", n), s.files[n-1], nil
}

func (s *shelf) Index(l *cdx.Line) error {
	s.lines = append(s.lines, *l)
	return nil
}

func each[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range all {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// lived is a house with all kinds of records in two Jobs: the second has revisits of the first.
func lived(t *testing.T) (*house, []ibid.Capture, []ibid.Visit) {
	t.Helper()
	h := newHouse(t)
	var captures []ibid.Capture
	var visits []ibid.Visit
	page := text(5000)
	for n, job := range []string{"job-1", "job-2"} {
		j := *testJob
		j.ID, j.Run = job, "run-"+job
		w := h.Begin(&j)
		x := exchange("http://example.org/page", 200, page, "Content-Type: text/html", fmt.Sprintf("X-Time: %d", n))
		final := write(t, w, x)
		write(t, w, exchange("http://example.org/chunked", 200, text(9000), "Content-Type: text/html", "Transfer-Encoding: chunked"))
		write(t, w, exchange(fmt.Sprintf("http://example.org/large%d.pdf", n), 200, text(3<<20), "Content-Type: application/pdf"))
		write(t, w, exchange("http://example.org/empty", 200, "", "Content-Type: text/plain"))
		v := ibid.Visit{Seed: "http://example.org/seed", Run: j.Run, Job: j.ID, Verdict: ibid.Archived, Began: testNow, Final: &final}
		if err := w.WriteVisit(t.Context(), &v); err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			same := exchange("http://example.org/page", 304, "", "ETag: x")
			was := captures[0]
			same.NotModified = &was
			same.Seed = "http://example.org/again"
			write(t, w, same)
		}
		done := h.commit(t, w)
		captures, visits = append(captures, done.Captures...), append(visits, done.Visits...)
	}
	return h, captures, visits
}

func export(t *testing.T, h *house, captures []ibid.Capture, visits []ibid.Visit, maxFile int64) (*shelf, Exported) {
	t.Helper()
	s := &shelf{}
	n, err := h.Export(t.Context(), ExportOptions{
		Collection: testJob.Collection, Captures: each(captures), Visits: each(visits), MaxFile: maxFile,
	}, s)
	if err != nil {
		t.Fatal(err)
	}
	return s, n
}

// Each capture of an export is whole, has the digest that it had, and lies where its line says.
func TestExportStandsAlone(t *testing.T) {
	h, captures, visits := lived(t)
	for _, c := range []struct {
		name  string
		max   int64
		files int
	}{{"one file", 0, 1}, {"small files", 4000, 5}} {
		t.Run(c.name, func(t *testing.T) {
			s, n := export(t, h, slices.Concat(captures, captures[:1]), visits, c.max)
			if n.Captures != len(captures) || n.Visits != len(visits) || n.Resolved < 4 || len(s.lines) != len(captures) {
				t.Fatalf("%+v of %d captures, %d lines", n, len(captures), len(s.lines))
			}
			if len(s.files) < c.files {
				t.Errorf("%d files", len(s.files))
			}
			types := map[warc.Type]int{}
			for _, f := range s.files {
				for _, e := range readAll(t, f.Bytes()) {
					types[e.Type]++
				}
			}
			// The request that was answered by 304 is in the facts of the answer.
			if types[warc.Revisit] != 0 || types[warc.Request] != len(captures)-1 || types[warc.Warcinfo] != len(s.files) {
				t.Errorf("it has %v", types)
			}
			for _, l := range s.lines {
				checkLine(t, s, l)
			}
		})
	}
}

// readAll reads a WARC file, and checks all its digests.
func readAll(t *testing.T, b []byte) []*warc.Entry {
	t.Helper()
	r := warc.NewReader(warc.FromReaderAt(bytes.NewReader(b), int64(len(b))))
	var all []*warc.Entry
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil || len(e.Flaws) > 0 {
			t.Fatal(err, e)
		}
		if found, err := e.Check(); err != nil || len(found) > 0 {
			t.Fatalf("%s: %v, %v", e.TargetURI, found, err)
		}
		all = append(all, e)
	}
}

func checkLine(t *testing.T, s *shelf, l cdx.Line) {
	t.Helper()
	var n int
	if _, err := fmt.Sscanf(l.Filename, "data-%d.warc.gz", &n); err != nil {
		t.Fatal(err)
	}
	member := s.files[n-1].Bytes()[l.Offset : l.Offset+l.Length]
	if ibid.DigestOf(member) != l.RecordDigest {
		t.Errorf("%s: the digest of its record is another one", l.URL)
	}
	e := readAll(t, member)[0]
	if e.TargetURI != l.URL || e.Header.Get("WARC-Payload-Digest") != string(l.Digest) || l.MIME == cdx.RevisitMIME {
		t.Errorf("%+v leads to %+v", l, e.Header)
	}
}

// The head of a revisit stays, and says what it said.
func TestExportKeepsTheHeadOfARevisit(t *testing.T) {
	h, captures, _ := lived(t)
	s, _ := export(t, h, captures, nil, 0)
	text := ""
	r := warc.NewReader(warc.FromReaderAt(bytes.NewReader(s.files[0].Bytes()), int64(s.files[0].Len())))
	for {
		e, err := r.Next()
		if err != nil {
			break
		}
		if e.Header.Get(fieldResolved) != "" && e.TargetURI == "http://example.org/page" {
			b, err := io.ReadAll(e.Block)
			if err != nil {
				t.Fatal(err)
			}
			text += string(b)
		}
	}
	if !strings.Contains(text, "X-Time: 1") || !strings.Contains(text, "X-Time: 0") || strings.Contains(text, "304") {
		t.Errorf("the heads are %.300q", text)
	}
}

// What is damaged ends the export: no file has bytes that are not those of their digest.
func TestExportOfDamage(t *testing.T) {
	h, captures, _ := lived(t)
	for _, at := range []int{0, len(captures) - 1} {
		key := captures[at].Location.Key
		b := bytes.Clone(h.object(t, key))
		b[captures[at].Location.Offset+captures[at].Location.Length/2] ^= 1
		d := h.damaged(t, key, b)
		_, err := d.Export(t.Context(), ExportOptions{Collection: testJob.Collection, Captures: each(captures)}, &shelf{})
		if ibid.KindOf(err) != ibid.KindFixity {
			t.Errorf("capture %d: %v", at, err)
		}
	}
}

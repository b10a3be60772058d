package archive

import (
	"slices"
	"testing"

	"github.com/ibid-archive/ibid"
)

// visitOf makes x the Exchange of a Visit of its own address.
func visitOf(x *ibid.Exchange) *ibid.Exchange {
	x.Seed = x.URI
	return x
}

// endVisit writes x and the end of its Visit.
func endVisit(t testing.TB, w *Writer, x *ibid.Exchange) ibid.Capture {
	t.Helper()
	c := write(t, w, x)
	finish(t, w, x)
	return c
}

func finish(t testing.TB, w *Writer, x *ibid.Exchange) {
	t.Helper()
	v := &ibid.Visit{Seed: x.Seed, Run: testJob.Run, Job: testJob.ID, Verdict: ibid.Archived, Began: testNow}
	if err := w.WriteVisit(t.Context(), v); err != nil {
		t.Fatal(err)
	}
}

// ended are the addresses of the Captures that CommitEnded makes durable.
func (h *house) ended(t testing.TB, w *Writer) []string {
	t.Helper()
	done, err := w.CommitEnded(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var uris []string
	for _, c := range done.Captures {
		uris = append(uris, c.URI)
	}
	return uris
}

func TestAVisitIsCommittedWholeOrNotAtAll(t *testing.T) {
	const a, b, c, d = "http://example.org/a", "http://example.org/b", "http://example.org/c", "http://example.org/d"
	for name, size := range map[string]int{"in memory": 5_000, "encoded, too large to wait": 600_000, "streamed": 3 << 20} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			w := h.Begin(testJob)
			expect := func(want ...string) {
				t.Helper()
				if got := h.ended(t, w); !slices.Equal(got, want) {
					t.Errorf("committed %q, want %q", got, want)
				}
			}
			large := visitOf(exchange(a, 200, random(size), "Content-Type: image/png"))
			write(t, w, large)
			more := exchange("http://example.org/a.css", 200, random(size)+"css", "Content-Type: image/png")
			more.Seed = a
			write(t, w, more)
			expect()
			endVisit(t, w, visitOf(exchange(b, 200, text(400))))
			held := size > maxStaged/2
			if held { // b lies behind a, and waits
				expect()
			} else {
				expect(b)
			}
			endVisit(t, w, visitOf(exchange(c, 200, text(500))))
			write(t, w, visitOf(exchange(d, 200, text(600)))) // never ends
			finish(t, w, large)
			if held {
				expect(a, more.URI, b, c)
			} else {
				expect(c, a, more.URI)
			}
			if err := w.Abort(); err != nil {
				t.Fatal(err)
			}
			if n := spoolFiles(t, h); n != 0 {
				t.Errorf("%d files stay in the spool", n)
			}
			if codes := h.verify(t); len(codes) != 0 {
				t.Errorf("verify finds %v", codes)
			}
		})
	}
}

func TestNoRevisitOfWhatIsCommittedLater(t *testing.T) {
	h := newHouse(t)
	w := h.Begin(testJob)
	large := visitOf(exchange("http://example.org/a", 200, random(3<<20), "Content-Type: image/png"))
	write(t, w, large)
	h.ended(t, w) // what begins now goes to the next segment
	first := endVisit(t, w, visitOf(exchange("http://example.org/b", 200, text(5000))))
	same := exchange("http://example.org/same", 200, text(5000))
	same.Seed = large.Seed
	if c := write(t, w, same); c.Revisit {
		t.Error("a revisit in the first segment of a capture in the second")
	}
	if c := endVisit(t, w, visitOf(exchange("http://example.org/c", 200, text(5000)))); !c.Revisit || first.Revisit {
		t.Error("no revisit within the second segment")
	}
	finish(t, w, large)
	if got := h.ended(t, w); len(got) != 4 {
		t.Errorf("committed %q", got)
	}
	if codes := h.verify(t); len(codes) != 0 {
		t.Errorf("verify finds %v", codes)
	}
}

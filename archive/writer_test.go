package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/archive/warc"
)

const firstKey = "warc/papers/202603/job-7-00001.warc.gz"

func spoolFiles(t *testing.T, h *house) int {
	t.Helper()
	entries, err := os.ReadDir(h.o.SpoolDir)
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestRoundTrip(t *testing.T) {
	h := newHouse(t)
	w := h.Begin(testJob)
	page := exchange("http://example.org/a", 200, text(5000), "Content-Type: text/html; charset=utf-8", "Transfer-Encoding: chunked")
	pdf := exchange("http://example.org/b.pdf", 200, text(300_000), "Content-Type: application/pdf")
	large := exchange("http://example.org/c", 200, text(3<<20), "Content-Type: text/plain")
	missing := exchange("http://example.org/d", 404, "not here", "Content-Type: text/html")
	missing.Truncated, missing.Class, missing.Seed = ibid.TruncatedDisconnect, ibid.ClassDisconnect, missing.URI
	var want []ibid.Capture
	bodies := []string{text(5000), text(300_000), text(3 << 20), "not here"}
	for _, x := range []*ibid.Exchange{page, pdf, large, missing} {
		want = append(want, write(t, w, x))
	}
	visit := &ibid.Visit{Seed: page.Seed, Run: "run-1", Job: "job-7", Verdict: ibid.Archived, Health: ibid.HealthLive, Began: testNow, Final: &want[0]}
	if err := w.WriteVisit(t.Context(), visit); err != nil {
		t.Fatal(err)
	}
	if keys := h.keys(t); len(keys) != 0 {
		t.Fatalf("before the commit the store holds %q", keys)
	}
	done := h.commit(t, w)
	if at := want[0].Location; at.Key == "" || at != done.Captures[0].Location {
		t.Errorf("the visit ends at %v, its capture lies at %v", at, done.Captures[0].Location)
	}
	for i := range want {
		want[i] = h.at(t, want[i])
	}
	if !reflect.DeepEqual(done.Captures, want) || len(done.Visits) != 1 || done.Revisits != 0 || done.Bytes != int64(len(h.object(t, firstKey))) {
		t.Errorf("committed %+v, want %+v", done, want)
	}
	for i, c := range done.Captures {
		if got := h.body(t, c); got != bodies[i] {
			t.Errorf("%s: %d bytes come back, want %d", c.URI, len(got), len(bodies[i]))
		}
	}
	if got := want[3]; got.Timestamp != testNow.Truncate(time.Microsecond) || got.Truncated != ibid.TruncatedDisconnect || got.Class != ibid.ClassDisconnect {
		t.Errorf("capture %+v", got)
	}
	if codes := h.verify(t); len(codes) != 0 {
		t.Errorf("verify finds %v", codes)
	}
	if n := spoolFiles(t, h); n != 0 {
		t.Errorf("%d files stay in the spool", n)
	}
	read, err := h.scanSegment(t.Context(), firstKey, true, func(f Finding) { t.Error(f) })
	if err != nil || !reflect.DeepEqual(read.Captures, done.Captures) || !reflect.DeepEqual(read.Visits, done.Visits) {
		t.Errorf("read back %+v, %v; want %+v", read, err, done)
	}
}

func TestRecordsAsWritten(t *testing.T) {
	h := newHouse(t)
	w := h.Begin(testJob)
	x := exchange("http://example.org/a", 200, text(100), "Content-Type: text/html")
	c := write(t, w, x)
	h.commit(t, w)
	all := h.records(t, firstKey)
	if len(all) != 3 || all[0].Type != warc.Warcinfo || all[1].Type != warc.Response || all[2].Type != warc.Request {
		t.Fatalf("%d records", len(all))
	}
	info, err := io.ReadAll(all[0].Block)
	for _, line := range []string{"software: ibid/test", "operator: someone@example.org", "robots: obey", "isPartOf: papers", "http-header-user-agent: ibid", "conformsTo: http"} {
		if err != nil || !strings.Contains(string(info), line) {
			t.Errorf("warcinfo lacks %q: %s", line, info)
		}
	}
	for name, want := range map[string]string{
		"WARC-Date": "2026-03-01T12:00:00.123456Z", "WARC-Target-URI": "http://example.org/a", "WARC-IP-Address": "192.0.2.7",
		"WARC-Payload-Digest": string(x.PayloadDigest), "WARC-Block-Digest": string(x.Response.Digest),
		"Content-Type": "application/http;msgtype=response", "WARC-Record-ID": "<" + c.RecordID + ">",
	} {
		if got := all[1].Header.Get(name); got != want {
			t.Errorf("response %s: %q, want %q", name, got, want)
		}
	}
	if got := all[2].Header.Get("WARC-Concurrent-To"); got != "<"+c.RecordID+">" {
		t.Errorf("request is concurrent to %q", got)
	}
	block, err := io.ReadAll(all[1].Block)
	wire, err2 := io.ReadAll(x.Response.Reader())
	if err != nil || err2 != nil || string(block) != string(wire) {
		t.Errorf("the block is not what came over the wire: %v, %v", err, err2)
	}
}

func TestIndexLines(t *testing.T) {
	h := newHouse(t)
	w := h.Begin(testJob)
	write(t, w, exchange("http://www.example.org/z", 200, text(100), "Content-Type: text/html"))
	write(t, w, exchange("http://example.org/a", 200, text(200)))
	write(t, w, exchange("http://example.org/b", 200, text(200)))
	done := h.commit(t, w)
	var mimes []string
	lines := strings.SplitAfter(string(h.object(t, "warc/papers/202603/job-7-00001.cdxj")), "\n")
	file := h.object(t, firstKey)
	for _, text := range lines[:len(lines)-1] {
		l, err := cdx.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		mimes = append(mimes, l.MIME)
		if l.Filename != "job-7-00001.warc.gz" || l.RecordDigest != ibid.DigestOf(file[l.Offset:l.Offset+l.Length]) {
			t.Errorf("%+v", l)
		}
	}
	if want := []string{"unk", cdx.RevisitMIME, "text/html"}; !slices.Equal(mimes, want) || done.Revisits != 1 {
		t.Errorf("lines are of %q, want %q", mimes, want)
	}
}

func TestRevisits(t *testing.T) {
	h := newHouse(t)
	w := h.Begin(testJob)
	first := write(t, w, exchange("http://example.org/a", 200, text(5000), "Content-Type: text/html"))
	same := write(t, w, exchange("http://example.org/b", 200, text(5000), "Content-Type: text/css"))
	h.commit(t, w)
	w = h.Begin(testJob) // a later Job knows it from the index
	later := exchange("http://example.org/a", 200, text(5000), "Content-Type: text/html", "X-Later: yes")
	third := write(t, w, later)
	h.commit(t, w)
	same, third = h.at(t, same), h.at(t, third)
	if first.Revisit || !same.Revisit || !third.Revisit {
		t.Fatalf("revisits: %v %v %v", first.Revisit, same.Revisit, third.Revisit)
	}
	for _, c := range []ibid.Capture{same, third} {
		if got := h.body(t, c); got != text(5000) || c.Digest != first.Digest || c.Length != 5000 {
			t.Errorf("%s: %d bytes", c.URI, len(got))
		}
	}
	p, err := h.Payload(t.Context(), "papers", third)
	if err != nil || p.Header.Get("X-Later") != "yes" || p.Close() != nil {
		t.Errorf("the head of a revisit is its own: %v, %v", p, err)
	}
	e := h.records(t, third.Location.Key)[1]
	for name, want := range map[string]string{
		"WARC-Profile": warc.IdenticalPayload, "WARC-Refers-To": "<" + first.RecordID + ">", "WARC-Refers-To-Target-URI": first.URI,
		"WARC-Refers-To-Date": "2026-03-01T12:00:00.123456Z", "WARC-Truncated": "length", "WARC-Payload-Digest": string(first.Digest),
	} {
		if got := e.Header.Get(name); got != want || e.Length != later.HeadLen {
			t.Errorf("%s: %q, want %q; %d bytes of head", name, got, want, e.Length)
		}
	}
	if codes := h.verify(t); len(codes) != 0 {
		t.Errorf("verify finds %v", codes)
	}
}

func TestWhatIsNoRevisit(t *testing.T) {
	for name, pair := range map[string][2]*ibid.Exchange{
		"a small payload":      {exchange("http://example.org/a", 200, "tiny"), exchange("http://example.org/b", 200, "tiny")},
		"an empty one":         {exchange("http://example.org/a", 302, ""), exchange("http://example.org/b", 302, "")},
		"another status":       {exchange("http://example.org/a", 404, text(500)), exchange("http://example.org/b", 200, text(500))},
		"a truncated response": {exchange("http://example.org/a", 200, text(500)), cut(exchange("http://example.org/b", 200, text(500)))},
		"of a truncated one":   {cut(exchange("http://example.org/a", 200, text(500))), exchange("http://example.org/b", 200, text(500))},
	} {
		h := newHouse(t)
		w := h.Begin(testJob)
		write(t, w, pair[0])
		if c := write(t, w, pair[1]); c.Revisit {
			t.Errorf("%s is a revisit", name)
		}
		h.commit(t, w)
	}
	h := newHouse(t)
	w := h.Begin(testJob)
	write(t, w, exchange("http://example.org/a", 200, text(500)))
	h.commit(t, w)
	other := *testJob
	other.Collection = "others"
	if c := write(t, h.Begin(&other), exchange("http://example.org/a", 200, text(500))); c.Revisit {
		t.Error("a revisit crosses the border of its collection")
	}
}

func TestASmallPayloadIsARevisitAtItsOwnAddress(t *testing.T) {
	h := newHouse(t)
	for i, want := range []bool{false, true} {
		w := h.Begin(testJob)
		if c := write(t, w, exchange("http://example.org/robots.txt", 200, "tiny")); c.Revisit != want {
			t.Errorf("visit %d: revisit %v", i, c.Revisit)
		}
		if c := write(t, w, exchange(fmt.Sprint("http://example.org/other/", i), 200, "tiny")); c.Revisit {
			t.Errorf("visit %d: a revisit of another address", i)
		}
		h.commit(t, w)
	}
}

func cut(x *ibid.Exchange) *ibid.Exchange {
	x.Truncated = ibid.TruncatedLength
	return x
}

func TestAnIndexThatFailsLosesNothing(t *testing.T) {
	h := newHouse(t, func(o *Options) { o.Index = brokenIndex{} })
	w := h.Begin(testJob)
	if c := write(t, w, exchange("http://example.org/a", 200, text(500))); c.Revisit {
		t.Error("a revisit of nothing")
	}
}

type brokenIndex struct{}

func (brokenIndex) ByDigest(context.Context, string, ibid.Digest) (ibid.Capture, error) {
	return ibid.Capture{}, &ibid.Error{Kind: ibid.KindStorage, Op: "look up", Err: errors.New("locked")}
}

func (b brokenIndex) AtAddress(ctx context.Context, collection, _ string, d ibid.Digest) (ibid.Capture, error) {
	return b.ByDigest(ctx, collection, d)
}

func TestFailuresAreNoCaptures(t *testing.T) {
	h := newHouse(t)
	w := h.Begin(testJob)
	silent := exchange("http://example.org/a", 0, "")
	silent.HeadLen, silent.Response, silent.Class, silent.PayloadLen = 0, ibid.Block{}, ibid.ClassConnectionReset, 0
	garbage := exchange("http://example.org/b", 0, "")
	garbage.HeadLen, garbage.Response, garbage.Class = 0, blockOf("SSH-2.0-OpenSSH\r\n"), ibid.ClassMalformedStatus
	for _, x := range []*ibid.Exchange{silent, garbage} {
		if c := write(t, w, x); c.Status != 0 || c.Class != x.Class || c.RecordID == "" {
			t.Errorf("capture %+v", c)
		}
	}
	if done := h.commit(t, w); len(done.Captures) != 0 {
		t.Errorf("committed %+v", done.Captures)
	}
	all := h.records(t, firstKey)
	for i, want := range map[int]string{1: "failure: connection-reset\r\nvia: http://example.org/via\r\n", 3: "SSH-2.0-OpenSSH\r\n"} {
		got, err := io.ReadAll(all[i].Block)
		if err != nil || string(got) != want || all[i].Type != warc.Metadata || !strings.HasPrefix(all[i].TargetURI, failureURN) || all[i+1].Type != warc.Request {
			t.Errorf("record %d: %s %q, %v", i, all[i].Type, got, err)
		}
	}
	if codes := h.verify(t); len(codes) != 0 {
		t.Errorf("verify finds %v", codes)
	}
}

func TestBrokenChunksKeepTheirDigest(t *testing.T) {
	h := newHouse(t)
	w := h.Begin(testJob)
	x := exchange("http://example.org/a", 200, "")
	head := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	x.Response, x.HeadLen = blockOf(head+"zz\r\nnot chunks"), int64(len(head))
	x.Class, x.Truncated = ibid.ClassMalformedChunk, ibid.TruncatedUnspecified
	write(t, w, x)
	done := h.commit(t, w)
	if codes := h.verify(t); len(codes) != 0 || done.Captures[0].Digest != x.PayloadDigest {
		t.Errorf("verify finds %v, capture %+v", codes, done.Captures[0])
	}
	read, err := h.scanSegment(t.Context(), firstKey, true, func(f Finding) { t.Error(f) })
	if err != nil || !reflect.DeepEqual(read.Captures, done.Captures) {
		t.Errorf("%+v, %v", read.Captures, err)
	}
}

func TestSegmentsRollOver(t *testing.T) {
	h := newHouse(t, func(o *Options) { o.MaxSegment = 23_000 })
	w := h.Begin(testJob)
	var want []string
	for i := range 10 {
		x := exchange(fmt.Sprintf("http://example.org/%d", i), 200, fmt.Sprint(i)+text(9000), "Content-Type: application/pdf")
		x.Seed = x.URI
		write(t, w, x)
		want = append(want, fmt.Sprint(i)+text(9000))
	}
	done := h.commit(t, w)
	if keys := h.keys(t); len(keys) != 15 {
		t.Errorf("store holds %q", keys)
	}
	for i, c := range done.Captures {
		if h.body(t, c) != want[i] {
			t.Errorf("capture %d of %s differs", i, c.Location.Key)
		}
	}
	write(t, w, exchange("http://example.org/more", 200, "more"))
	if next := h.commit(t, w); next.Captures[0].Location.Key != "warc/papers/202603/job-7-00006.warc.gz" {
		t.Errorf("the next segment is %s", next.Captures[0].Location.Key)
	}
}

func TestAJobThatRunsAgainGoesOnCounting(t *testing.T) {
	h := newHouse(t)
	for i, want := range []string{"00001", "00002", "00003"} {
		w := h.Begin(testJob)
		write(t, w, exchange("http://example.org/a", 200, fmt.Sprint("try ", i)))
		if done := h.commit(t, w); !strings.Contains(done.Captures[0].Location.Key, want) {
			t.Errorf("try %d is %s", i, done.Captures[0].Location.Key)
		}
	}
	later := newHouse(t, func(o *Options) {
		o.Store = h.store
		o.Now = func() time.Time { return testNow.AddDate(0, 1, 0) }
	})
	w := later.Begin(testJob)
	write(t, w, exchange("http://example.org/a", 200, "next month"))
	if done := later.commit(t, w); done.Captures[0].Location.Key != "warc/papers/202604/job-7-00004.warc.gz" {
		t.Errorf("next month's is %s", done.Captures[0].Location.Key)
	}
}

// TestOneOfTwoGoesOnWithAJob has two Writers of one Job: the first was asleep while the second took the Job up.
func TestOneOfTwoGoesOnWithAJob(t *testing.T) {
	for name, wakesFirst := range map[string]bool{"it wakes when the other one has stored": false, "it wakes before": true} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			asleep, awake := h.Continue(testJob, 0), h.Continue(testJob, 0)
			visit := func(w *Writer, body string) {
				t.Helper()
				x := exchange("http://example.org/a", 200, body)
				write(t, w, x)
				endVisit(t, w, visitOf(x))
			}
			visit(asleep, text(500))
			visit(awake, text(600))
			first, second := awake, asleep
			if wakesFirst {
				first, second = asleep, awake
			}
			h.commit(t, first)
			if _, err := second.CommitEnded(t.Context()); !errors.Is(err, ErrOvertaken) {
				t.Fatalf("the second one: %v", err)
			}
			if err := second.Abort(); err != nil {
				t.Fatal(err)
			}
			held, err := h.Segments(t.Context(), testJob.Collection, testJob.ID)
			if err != nil || len(held) != 1 || len(held[0].Visits) != 1 {
				t.Errorf("the store has %d segments of the job: %v", len(held), err)
			}
			w := h.Continue(testJob, len(held))
			visit(w, text(700))
			if done := h.commit(t, w); !strings.HasSuffix(done.Captures[0].Location.Key, "-00002.warc.gz") {
				t.Errorf("whoever goes on writes %s", done.Captures[0].Location.Key)
			}
			if codes := h.verify(t); len(codes) != 0 {
				t.Errorf("verify finds %v", codes)
			}
		})
	}
}

// blindStore is a Store that cannot be asked, only put to: as one that is away, behind a spool.
type blindStore struct{ blob.Store }

func (blindStore) Stat(_ context.Context, key string) (blob.Info, error) {
	return blob.Info{}, &ibid.Error{Kind: ibid.KindStorage, Op: "look up", URI: key, Class: ibid.ClassStorageUnavailable, Err: errors.New("away")}
}

// Who knows what the Store has of a Job does not ask it.
func TestWhoGoesOnAsksTheStoreNothing(t *testing.T) {
	h := newHouse(t, func(o *Options) { o.Store = blindStore{o.Store} })
	w := h.Continue(testJob, 0)
	x := exchange("http://example.org/a", 200, "a page")
	write(t, w, x)
	if done := h.commit(t, w); !strings.Contains(done.Captures[0].Location.Key, "00001") {
		t.Errorf("it is %s", done.Captures[0].Location.Key)
	}
}

func TestManyAtOnce(t *testing.T) {
	h := newHouse(t, func(o *Options) { o.MaxSegment = 200_000 })
	w := h.Begin(testJob)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var done Committed
	commit := func() {
		c, err := w.Commit(t.Context())
		if err != nil {
			t.Error(err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		h.index.add(c)
		done.add(c.Captures, c.Visits, c.Bytes)
	}
	h.o.Index = nil // the map of this test is not made for it
	for i := range 40 {
		wg.Go(func() {
			for k := range 5 {
				x := exchange(fmt.Sprintf("http://example.org/%d/%d", i, k), 200, fmt.Sprint(i%7, k)+text(20_000), "Content-Type: image/png")
				if _, err := w.Write(t.Context(), x); err != nil {
					t.Error(err)
				}
			}
			if i%10 == 0 {
				commit()
			}
		})
	}
	wg.Wait()
	commit()
	h.o.Index = h.index
	if len(done.Captures) != 200 {
		t.Fatalf("%d captures", len(done.Captures))
	}
	for _, c := range done.Captures {
		if got := h.body(t, c); ibid.DigestOf([]byte(got)) != c.Digest {
			t.Errorf("%s differs", c.URI)
		}
	}
	if codes := h.verify(t); len(codes) != 0 {
		t.Errorf("verify finds %v", codes)
	}
}

// failingStore fails the n-th Put.
type failingStore struct {
	blob.Store
	puts []string
	fail int
}

func (s *failingStore) Put(ctx context.Context, o blob.Object) error {
	s.puts = append(s.puts, o.Key[strings.LastIndexByte(o.Key, '.'):])
	if len(s.puts) == s.fail {
		return &ibid.Error{Kind: ibid.KindStorage, Op: "store", URI: o.Key, Class: ibid.ClassStorageFull, Err: syscall.ENOSPC}
	}
	return s.Store.Put(ctx, o)
}

func TestNothingIsReportedBeforeItIsStored(t *testing.T) {
	order := []string{".gz", ".cdxj", ".sha256"}
	for fail := range 4 {
		failing := &failingStore{fail: fail}
		h := newHouse(t, func(o *Options) { failing.Store, o.Store = o.Store, failing })
		w := h.Begin(testJob)
		write(t, w, exchange("http://example.org/a", 200, text(500)))
		done, err := w.Commit(t.Context())
		if fail == 0 {
			if err != nil || len(done.Captures) != 1 || !slices.Equal(failing.puts, order) {
				t.Errorf("%d captures after %v: %v", len(done.Captures), failing.puts, err)
			}
			continue
		}
		if len(done.Captures) != 0 || ibid.ClassOf(err) != ibid.ClassStorageFull || !slices.Equal(failing.puts, order[:fail]) {
			t.Errorf("put %d fails: %d captures, %v, %v", fail, len(done.Captures), failing.puts, err)
		}
		if _, err := w.Write(t.Context(), exchange("http://example.org/b", 200, "b")); ibid.ClassOf(err) != ibid.ClassStorageFull {
			t.Errorf("a write after the failure: %v", err)
		}
		if n := spoolFiles(t, h); n != 0 {
			t.Errorf("%d files stay in the spool", n)
		}
		if err := w.Abort(); err != nil {
			t.Error(err)
		}
	}
}

func TestAbortLeavesNothing(t *testing.T) {
	h := newHouse(t)
	w := h.Begin(testJob)
	write(t, w, exchange("http://example.org/a", 200, text(500)))
	if err := w.Abort(); err != nil {
		t.Fatal(err)
	}
	if n := spoolFiles(t, h); n != 0 || len(h.keys(t)) != 0 {
		t.Errorf("%d files, %q", n, h.keys(t))
	}
	if done := h.commit(t, w); len(done.Captures) != 0 {
		t.Errorf("committed %+v", done)
	}
	if c := write(t, w, exchange("http://example.org/b", 200, text(500))); c.Revisit {
		t.Error("a revisit of what was dropped")
	}
	h.commit(t, w)
	if codes := h.verify(t); len(codes) != 0 {
		t.Errorf("verify finds %v", codes)
	}
}

func TestSweepRemovesSegmentsOfTheDead(t *testing.T) {
	h := newHouse(t)
	endVisit(t, h.Begin(testJob), visitOf(exchange("http://example.org/a", 200, text(500))))
	if n, err := h.Sweep(); n != 1 || err != nil || spoolFiles(t, h) != 0 {
		t.Errorf("%d swept, %v", n, err)
	}
}

func TestWriteRefusesWhatCannotBeIndexed(t *testing.T) {
	h := newHouse(t)
	if _, err := h.Begin(testJob).Write(t.Context(), exchange("no address", 200, "x")); ibid.KindOf(err) != ibid.KindInput {
		t.Errorf("err = %v", err)
	}
	bad := *testJob
	bad.ID = "../job"
	if _, err := h.Begin(&bad).Write(t.Context(), exchange("http://example.org/", 200, "x")); ibid.KindOf(err) != ibid.KindInput {
		t.Errorf("err = %v", err)
	}
}

func TestAVisitOfSomethingThatIsNoAddress(t *testing.T) {
	h := newHouse(t)
	w := h.Begin(testJob)
	v := ibid.Visit{Seed: "mailto:\r\nX: y", Verdict: ibid.Refused, Class: ibid.ClassSchemeRefused, Began: testNow}
	if err := w.WriteVisit(t.Context(), &v); err != nil {
		t.Fatal(err)
	}
	if done := h.commit(t, w); len(done.Visits) != 1 || done.Visits[0].Seed != v.Seed {
		t.Errorf("%+v", done.Visits)
	}
	if codes := h.verify(t); len(codes) != 0 {
		t.Errorf("verify finds %v", codes)
	}
}

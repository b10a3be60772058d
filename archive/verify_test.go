package archive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/warc"
)

var testDocument = ibid.Document{ID: ibid.DocumentID(ibid.DigestOf([]byte("the document"))), Source: "paper.md", Title: "A paper", Digest: ibid.DigestOf([]byte("the document"))}

// full is a house with two segments, a revisit between them, a visit and a document.
func full(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	w := h.Begin(testJob)
	c := write(t, w, exchange("http://example.org/a", 200, text(3000), "Content-Type: text/html"))
	write(t, w, exchange("http://example.org/b.pdf", 200, text(4000), "Content-Type: application/pdf"))
	if err := w.WriteVisit(t.Context(), &ibid.Visit{Seed: c.Seed, Run: "r", Job: "job-7", Verdict: ibid.Archived, Began: testNow, Final: &c}); err != nil {
		t.Fatal(err)
	}
	h.commit(t, w)
	write(t, w, exchange("http://example.org/again", 200, text(3000), "Content-Type: text/html"))
	h.commit(t, w)
	refs := []ibid.Reference{{ID: "1", URI: "http://example.org/a", Cited: "example.org/a", Locator: ibid.Locator{Kind: ibid.Footnote, Label: "1"}}}
	if err := h.PutDocument(t.Context(), "papers", testDocument, refs, []byte("the document")); err != nil {
		t.Fatal(err)
	}
	return h
}

const (
	secondKey = "warc/papers/202603/job-7-00002.warc.gz"
	firstCDXJ = "warc/papers/202603/job-7-00001.cdxj"
	firstSums = "warc/papers/202603/job-7-00001.sha256"
)

func TestVerifyFinds(t *testing.T) {
	h := full(t)
	dir := documentDir("papers", testDocument.ID)
	sealed, err := seal(Audit{ID: "x"})
	if err != nil {
		t.Fatal(err)
	}
	remove := func(string, []byte) []byte { return nil }
	replace := func(old, new string) func(string, []byte) []byte {
		return func(_ string, b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(new), 1) }
	}
	with := func(b string) func(string, []byte) []byte { return func(string, []byte) []byte { return []byte(b) } }
	for _, c := range []struct {
		name, key string
		change    func(string, []byte) []byte
		codes     []string
	}{
		{"nothing", firstKey, func(_ string, b []byte) []byte { return b }, nil},
		{"CDXJ missing", firstCDXJ, remove, []string{CodeNoIndex}},
		{"checksums missing", firstSums, remove, []string{CodeNoChecksum}},
		{"checksums unreadable", firstSums, with("what?\n"), []string{CodeNoChecksum}},
		{"WARC missing", secondKey, remove, []string{CodeNoWARC, CodeNoWARC}},
		{"original missing", firstKey, remove, []string{CodeNoWARC, CodeNoWARC, CodeNoOriginal}},
		{"a line changed", firstCDXJ, replace(`"status":"200"`, `"status":"404"`), []string{CodeNoLine, CodeNoRecord, CodeChecksum}},
		{"CDXJ empty", firstCDXJ, with(""), []string{CodeNoLine, CodeNoLine, CodeChecksum}},
		{"a foreign line", firstCDXJ, func(_ string, b []byte) []byte { return append(bytes.Clone(b), "x 20260301000000 {}\n"...) }, []string{CodeNoRecord, CodeChecksum}},
		{"a foreign object", "warc/papers/notes.txt", with("mine"), []string{CodeForeign}},
		{"a foreign document", "documents/papers/x", with("mine"), []string{CodeForeign}},
		{"a foreign audit", "audits/x.txt", with("mine"), []string{CodeForeign}},
		{"document changed", dir + "source", with("The document"), []string{CodeSource}},
		{"document missing", dir + "source", remove, []string{CodeNoSource}},
		{"references missing", dir + "document.json", remove, []string{CodeNoDocument}},
		{"references changed", dir + "document.json", replace("example.org/a", "example.org/b"), []string{CodeSealed, CodeNoDocument}},
		{"audit changed", "audits/20260301T120000Z-x.json", with(strings.Replace(string(sealed), `"id":"x"`, `"id":"y"`, 1)), []string{CodeSealed}},
		{"audit sound", "audits/20260301T120000Z-x.json", with(string(sealed)), nil},
		{"gzip header changed", firstKey, func(_ string, b []byte) []byte { b = bytes.Clone(b); b[5] ^= 1; return b }, []string{CodeChecksum}},
		{"WARC cut short", secondKey, func(_ string, b []byte) []byte { return b[:len(b)-3] }, []string{string(warc.CodeGzip), CodeChecksum}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var old []byte
			if slices.Contains(h.keys(t), c.key) {
				old = h.object(t, c.key)
			}
			codes := h.damaged(t, c.key, c.change(c.key, old)).verify(t)
			slices.Sort(codes)
			slices.Sort(c.codes)
			if !slices.Equal(codes, c.codes) {
				t.Errorf("found %v, want %v", codes, c.codes)
			}
		})
	}
}

// A bit anywhere in the Store cannot change unnoticed.
func TestVerifyFindsEveryFlippedBit(t *testing.T) {
	h := full(t)
	r := rand.New(rand.NewPCG(5, 6))
	for _, key := range h.keys(t) {
		b := h.object(t, key)
		for range 40 {
			bad := bytes.Clone(b)
			i := r.IntN(len(bad))
			bad[i] ^= 1 << r.IntN(8)
			d := h.damaged(t, key, bad)
			found := 0
			if _, err := d.Verify(t.Context(), VerifyOptions{}, func(Finding) { found++ }); err != nil || found == 0 {
				t.Errorf("%s, byte %d: %d findings, %v", key, i, found, err)
			}
		}
	}
}

func TestVerifyFindsSwappedContents(t *testing.T) {
	h := full(t)
	one, two := h.object(t, firstKey), h.object(t, secondKey)
	codes := h.damaged(t, firstKey, two).damaged(t, secondKey, one).verify(t)
	if !slices.Contains(codes, CodeChecksum) || !slices.Contains(codes, CodeNoLine) || !slices.Contains(codes, CodeNoRecord) {
		t.Errorf("found %v", codes)
	}
}

// raw puts a WARC file that holds recs into the Store as if it were ours.
func raw(t *testing.T, h *house, recs ...*warc.Record) {
	t.Helper()
	s, err := h.openSegment(t.Context(), "papers", firstKey)
	if err != nil {
		t.Fatal(err)
	}
	spans, err := s.w.Stream(t.Context(), h.streams, recs...)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range recs {
		if (r.Type == warc.Response || r.Type == warc.Revisit) && r.TargetURI[0] != '/' {
			s.captures = append(s.captures, ibid.Capture{
				URI: r.TargetURI, Timestamp: testNow, Status: 200, Digest: ibid.Digest(r.Fields.Get("WARC-Payload-Digest")),
				Revisit: r.Type == warc.Revisit, RecordID: r.ID, Location: ibid.Location{Key: firstKey, Offset: spans[i].Offset, Length: spans[i].Length},
			})
		}
	}
	if err := h.put(t.Context(), s); err != nil || s.drop() != nil {
		t.Fatal(err)
	}
}

func TestVerifyFindsRecordsThatSpeakOfNothing(t *testing.T) {
	make := func(kind warc.Type, change func(*warc.Record)) []*warc.Record {
		c, err := recordsOf(exchange("http://example.org/a", 200, text(100)), nil)
		if err != nil {
			t.Fatal(err)
		}
		c.records[0].Type = kind
		c.records[0].Fields[len(c.records[0].Fields)-1].Value = `{"status":200}`
		change(c.records[0])
		return c.records[:1]
	}
	for name, c := range map[string]struct {
		records []*warc.Record
		code    string
	}{
		"revisit to nothing": {make(warc.Revisit, func(*warc.Record) {}), CodeNoOriginal},
		"two records with one id": {append(make(warc.Response, func(r *warc.Record) { r.ID = "urn:uuid:1" }),
			make(warc.Response, func(r *warc.Record) { r.ID = "urn:uuid:1" })...), CodeSameID},
		"wrong URI":     {make(warc.Response, func(r *warc.Record) { r.TargetURI = "/relative" }), string(warc.CodeTargetURI)},
		"wrong payload": {make(warc.Response, func(r *warc.Record) { r.Fields[0].Value = string(ibid.DigestOf(nil)) }), string(warc.CodePayload)},
		"facts that are no JSON": {make(warc.Response, func(r *warc.Record) {
			r.Fields[len(r.Fields)-1].Value = "{"
		}), CodeRecord},
		"a visit that is none": {make(warc.Metadata, func(r *warc.Record) {
			r.Fields = warc.Header{{Name: fieldRecord, Value: recordVisits}}
		}), CodeRecord},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			raw(t, h, c.records...)
			if codes := h.verify(t); !slices.Contains(codes, c.code) {
				t.Errorf("found %v, want %s", codes, c.code)
			}
		})
	}
}

func TestVerifyKeepsItsAudit(t *testing.T) {
	h := full(t)
	d := h.damaged(t, firstCDXJ, nil)
	audit, err := d.Verify(t.Context(), VerifyOptions{Record: true}, func(Finding) {})
	if err != nil || audit.Captures != 3 || audit.Records != 9 || audit.Documents != 1 || audit.Objects != 7 || len(audit.Findings) != 1 {
		t.Errorf("%+v, %v", audit, err)
	}
	var kept []Audit
	err = d.Walk(t.Context(), Visitor{Audit: func(a Audit) error { kept = append(kept, a); return nil }})
	if err != nil || len(kept) != 1 || !reflect.DeepEqual(kept[0], audit) {
		t.Errorf("kept %+v, %v", kept, err)
	}
}

func TestVerifyOneCollection(t *testing.T) {
	h := full(t)
	audit, err := h.Verify(t.Context(), VerifyOptions{Collection: "others"}, func(f Finding) { t.Error(f) })
	if err != nil || audit.Objects != 0 {
		t.Errorf("%+v, %v", audit, err)
	}
}

func TestWalkGivesWhatWasCommitted(t *testing.T) {
	h := full(t)
	var segments []Segment
	var titles []string
	visitor := Visitor{
		Document: func(collection string, d ibid.Document, refs []ibid.Reference) error {
			titles = append(titles, fmt.Sprint(collection, " ", d.Title, " ", len(refs)))
			return nil
		},
		Segment: func(s Segment) error { segments = append(segments, s); return nil },
		Damage:  func(f Finding) { t.Error(f) },
	}
	if err := h.Walk(t.Context(), visitor); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(titles, []string{"papers A paper 1"}) || len(segments) != 2 {
		t.Fatalf("%q, %d segments", titles, len(segments))
	}
	s := segments[0]
	if s.Collection != "papers" || s.Job != "job-7" || len(s.Captures) != 2 || len(s.Visits) != 1 || segments[1].Revisits != 1 {
		t.Errorf("%+v", segments)
	}
	if v := s.Visits[0]; v.Final == nil || *v.Final != s.Captures[0] {
		t.Errorf("the visit ends with %+v, not with %+v", v.Final, s.Captures[0])
	}
	stop := errors.New("stop")
	visitor.Segment = func(Segment) error { return stop }
	if err := h.Walk(t.Context(), visitor); !errors.Is(err, stop) {
		t.Errorf("err = %v", err)
	}
}

func TestWalkLeavesDamageOut(t *testing.T) {
	h := full(t)
	b := bytes.Clone(h.object(t, firstKey))
	offset := h.index[ibid.DigestOf([]byte(text(4000)))].Location.Offset
	b[offset+40] ^= 4
	var captures, damage int
	err := h.damaged(t, firstKey, b).Walk(t.Context(), Visitor{
		Segment: func(s Segment) error { captures += len(s.Captures); return nil },
		Damage:  func(Finding) { damage++ },
	})
	if err != nil || captures != 2 || damage != 1 {
		t.Errorf("%d captures, %d damaged, %v", captures, damage, err)
	}
}

func TestSegmentsAdoptsWhatACrashLeft(t *testing.T) {
	for _, lost := range [][]string{nil, {firstSums}, {firstCDXJ, firstSums}} {
		h := full(t)
		want := map[string]string{}
		for _, key := range []string{firstCDXJ, firstSums} {
			want[key] = string(h.object(t, key))
		}
		for _, key := range lost {
			h = h.damaged(t, key, nil)
		}
		held, err := h.Segments(t.Context(), "papers", "job-7")
		if err != nil || len(held) != 2 || len(held[0].Captures) != 2 || len(held[0].Visits) != 1 || held[0].Bytes == 0 ||
			len(held[1].Captures) != 1 || held[1].Revisits != 1 {
			t.Errorf("without %q: %+v, %v", lost, held, err)
		}
		for key, b := range want {
			if string(h.object(t, key)) != b {
				t.Errorf("without %q: %s is not as it was", lost, key)
			}
		}
		if codes := h.verify(t); len(codes) != 0 {
			t.Errorf("without %q: verify finds %v", lost, codes)
		}
	}
	none, err := full(t).Segments(t.Context(), "papers", "other-job")
	if err != nil || len(none) != 0 {
		t.Errorf("%+v, %v", none, err)
	}
}

// lyingStore sends another bit of the head of the first gzip member, which no checksum covers, when key is opened for the n-th time.
type lyingStore struct {
	blob.Store
	key string
	n   int
}

func (s *lyingStore) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	r, err := s.Store.Open(ctx, key, offset, length)
	if err != nil || key != s.key || offset != 0 {
		return r, err
	}
	if s.n--; s.n != 0 {
		return r, nil
	}
	b, err := io.ReadAll(r)
	b[4] ^= 1 // the time of modification (RFC 1952, 2.3)
	return io.NopCloser(bytes.NewReader(b)), errors.Join(err, r.Close())
}

// What is put beside a WARC file after a crash is not made of what one bad line said of it.
func TestAdoptedChecksumsAreOfWhatIsThere(t *testing.T) {
	for n := 1; n < 4; n++ {
		h := full(t)
		want := string(h.object(t, firstSums))
		h = h.damaged(t, firstCDXJ, nil).damaged(t, firstSums, nil)
		h.o.Store = &lyingStore{Store: h.o.Store, key: firstKey, n: n}
		if _, err := h.Segments(t.Context(), "papers", "job-7"); err != nil {
			t.Fatal(err)
		}
		if got := string(h.object(t, firstSums)); got != want {
			t.Errorf("the reading number %d was bad: the checksums are %q, not %q", n, got, want)
		}
	}
}

func TestDocuments(t *testing.T) {
	h := newHouse(t)
	body := []byte("the document")
	put := func(title string) {
		t.Helper()
		doc := testDocument
		doc.Title = title
		if err := h.PutDocument(t.Context(), "papers", doc, nil, body); err != nil {
			t.Fatal(err)
		}
	}
	for _, title := range []string{"one", "one", "two", "one"} { // the second is no news
		put(title)
	}
	var titles []string
	err := h.Walk(t.Context(), Visitor{Document: func(_ string, d ibid.Document, _ []ibid.Reference) error {
		titles = append(titles, d.Title)
		return nil
	}})
	if err != nil || !slices.Equal(titles, []string{"one", "two", "one"}) {
		t.Errorf("%q, %v", titles, err)
	}
	var file map[string]json.RawMessage
	if err := json.Unmarshal(h.object(t, documentDir("papers", testDocument.ID)+"document.json"), &file); err != nil || file["references"] == nil || file["digest"] == nil {
		t.Errorf("%v, %v", file, err)
	}
	if err := h.PutDocument(t.Context(), "papers", testDocument, nil, []byte("other")); ibid.KindOf(err) != ibid.KindInternal {
		t.Errorf("other bytes: %v", err)
	}
	if codes := h.verify(t); len(codes) != 0 {
		t.Errorf("verify finds %v", codes)
	}
}

func TestParseWARCKey(t *testing.T) {
	for key, want := range map[string]string{
		"warc/papers/202603/job-7-00001.warc.gz": "papers job-7", "warc/p/202603/a-00001.warc.gz": "p a",
		"warc/p/202603/00001.warc.gz": "", "warc/p/2026/a-00001.warc.gz": "", "warc/p/202603/x/a-00001.warc.gz": "",
		"documents/p/202603/a-00001.warc.gz": "", "warc/p/202603/a-00001.warc": "", "warc/p/202603/-00001.warc.gz": "",
	} {
		collection, job, ok := parseWARCKey(key)
		if got := collection + " " + job; ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q, %v", key, got, ok)
		}
	}
}

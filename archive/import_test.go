package archive

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/warc"
)

var corpus = flag.String("corpus", "", "folder with WARC files of other programs, for TestForeignFiles")

// catalogued is Holdings over what was committed to a house.
type catalogued struct {
	captures map[string]ibid.Capture
	visits   map[string]bool
}

func newCatalogued() *catalogued {
	return &catalogued{map[string]ibid.Capture{}, map[string]bool{}}
}

func (c *catalogued) Held(_ context.Context, _, uri, id string) (ibid.Capture, error) {
	if found, ok := c.captures[id]; ok && found.URI == uri {
		return found, nil
	}
	return ibid.Capture{}, &ibid.Error{Kind: ibid.KindNotFound, Op: "find", URI: uri, Err: os.ErrNotExist}
}

func (c *catalogued) HeldVisit(_ context.Context, _, run, seed string) (bool, error) {
	return c.visits[run+" "+seed], nil
}

func (c *catalogued) Nearest(_ context.Context, _, uri string, at time.Time) (best ibid.Capture, err error) {
	err = &ibid.Error{Kind: ibid.KindNotFound, Op: "find", URI: uri, Err: os.ErrNotExist}
	for _, found := range c.captures {
		if found.URI == uri && (err != nil || found.Timestamp.Sub(at).Abs() < best.Timestamp.Sub(at).Abs()) {
			best, err = found, nil
		}
	}
	return best, err
}

func (c *catalogued) add(t *Taken) {
	for _, s := range t.Segments {
		for _, x := range s.Captures {
			c.captures[x.RecordID] = x
		}
		for _, v := range s.Visits {
			c.visits[v.Run+" "+v.Seed] = true
		}
	}
}

// take imports WARC files, and returns the codes of what was found.
func (c *catalogued) take(t *testing.T, h *house, name string, warcs []ImportedWARC) (*Taken, []string, error) {
	t.Helper()
	var codes []string
	job := &Import{
		Collection: testJob.Collection, Name: name, Digest: ibid.DigestOf([]byte(name)), Origin: "elsewhere", WARCs: warcs, Holdings: c,
	}
	taken, err := h.Import(t.Context(), job, func(f Finding) { codes = append(codes, f.Code) })
	if err == nil {
		c.add(taken)
		for _, s := range taken.Segments {
			h.index.add(s.Committed)
		}
	}
	return taken, codes, err
}

func (s *shelf) warcs() []ImportedWARC {
	var all []ImportedWARC
	for i, f := range s.files {
		all = append(all, ImportedWARC{fmt.Sprintf("data-%d.warc.gz", i+1), warc.FromReaderAt(bytes.NewReader(f.Bytes()), int64(f.Len()))})
	}
	return all
}

func oneWARC(text string) []ImportedWARC {
	return []ImportedWARC{{"test.warc", warc.FromReaderAt(strings.NewReader(text), int64(len(text)))}}
}

// An export that is taken into an empty store gives what it had: captures, visits, facts and bytes; and the store is sound.
func TestImportOfAnExport(t *testing.T) {
	h, captures, visits := lived(t)
	for _, max := range []int64{0, 4000} {
		s, _ := export(t, h, captures, visits, max)
		other := newHouse(t)
		c := newCatalogued()
		taken, codes, err := c.take(t, other, "export", s.warcs())
		if err != nil || len(codes) > 0 || len(c.captures) != len(captures) || len(c.visits) != len(visits) {
			t.Fatalf("%+v, %v, %v", taken, codes, err)
		}
		for _, was := range captures {
			now := c.captures[was.RecordID]
			if other.body(t, now) != h.body(t, was) {
				t.Errorf("%s has another payload", was.URI)
			}
			now.Location, now.Revisit, was.Location, was.Revisit = ibid.Location{}, false, ibid.Location{}, false
			if now != was {
				t.Errorf("it was %+v, and is %+v", was, now)
			}
		}
		for _, seg := range taken.Segments {
			for _, v := range seg.Visits {
				if v.Final == nil || v.Final.Location != c.captures[v.Final.RecordID].Location {
					t.Errorf("the visit leads to %+v", v.Final)
				}
			}
		}
		if found := other.verify(t); len(found) > 0 {
			t.Errorf("the store has %v", found)
		}
		sameWhenWalked(t, other, c)
		// The same again changes nothing, also under another name; and so does to take it back to where it is from.
		before := len(other.keys(t))
		for _, name := range []string{"export", "copy of the export"} {
			if again, _, err := c.take(t, other, name, s.warcs()); err != nil || again.Records > 0 || len(other.keys(t)) != before {
				t.Errorf("%s again: %+v, %v, %d objects", name, again, err, len(other.keys(t))-before)
			}
		}
	}
}

// sameWhenWalked holds that the Store alone gives what the import has told.
func sameWhenWalked(t *testing.T, h *house, c *catalogued) {
	t.Helper()
	walked := newCatalogued()
	err := h.Walk(t.Context(), Visitor{
		Segment: func(s Segment) error { walked.add(&Taken{Segments: []Segment{s}}); return nil },
		Damage:  func(f Finding) { t.Error(f) },
	})
	if err != nil || len(walked.captures) != len(c.captures) || len(walked.visits) != len(c.visits) {
		t.Fatalf("%d captures, %d visits, %v", len(walked.captures), len(walked.visits), err)
	}
	for id, x := range walked.captures {
		if x != c.captures[id] {
			t.Errorf("walked %+v, told %+v", x, c.captures[id])
		}
	}
}

// A crash between two segments leaves whole ones; the next try goes on behind them.
func TestImportGoesOnAfterACrash(t *testing.T) {
	h, captures, visits := lived(t)
	s, _ := export(t, h, captures, visits, 0)
	var limit failing
	other := newHouse(t, func(o *Options) {
		limit = failing{Store: o.Store, left: 4}
		o.Store, o.MaxSegment = &limit, 4000
	})
	c := newCatalogued()
	if _, _, err := c.take(t, other, "export", s.warcs()); err == nil {
		t.Fatal("it did not fail")
	}
	limit.left = 1 << 20
	taken, codes, err := c.take(t, other, "export", s.warcs())
	if err != nil || len(codes) > 0 || len(c.captures) != len(captures) || len(c.visits) != len(visits) || taken.Known == 0 {
		t.Fatalf("%+v, %v, %v", taken, codes, err)
	}
	if found := other.verify(t); len(found) > 0 {
		t.Errorf("the store has %v", found)
	}
	sameWhenWalked(t, other, c)
}

// failing is a Store that takes so many objects and no more.
type failing struct {
	blob.Store
	left int
}

func (f *failing) Put(ctx context.Context, o blob.Object) error {
	if f.left--; f.left < 0 {
		return &ibid.Error{Kind: ibid.KindStorage, Op: "store", URI: o.Key, Err: os.ErrDeadlineExceeded}
	}
	return f.Store.Put(ctx, o)
}

const foreignHead = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"

// foreign is a record as other programs write it.
func foreign(kind, id, uri, fields, block string) string {
	return fmt.Sprintf("WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:%s>\r\nWARC-Date: 2009-06-04T12:00:00Z\r\nWARC-Target-URI: %s\r\n%s"+
		"Content-Type: application/http; msgtype=%s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", kind, id, uri, fields, kind, len(block), block)
}

func TestImportOfForeignRecords(t *testing.T) {
	file := foreign("response", "1", "<http://example.org/a>", "WARC-Payload-Digest: sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N\r\nWARC-IP-Address: 192.0.2.7\r\n", foreignHead+"hello") +
		foreign("request", "2", "http://example.org/a", "WARC-Concurrent-To: <urn:uuid:1>\r\n", "GET / HTTP/1.1\r\n\r\n") +
		foreign("revisit", "3", "http://example.org/b", "WARC-Payload-Digest: sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N\r\n"+
			"WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest\r\n", foreignHead) +
		foreign("response", "4", "http://example.org/a b", "", foreignHead+"spaces") +
		foreign("resource", "5", "urn:text:http://example.org/a", "", "words") +
		foreign("response", "6", "dns:example.org", "", "192.0.2.7") +
		strings.Replace(foreign("resource", "7", "http://example.org/r.png", "", "\x89PNG"), "application/http; msgtype=resource", "image/png", 1)
	h, c := newHouse(t), newCatalogued()
	taken, codes, err := c.take(t, h, "foreign.warc", oneWARC(file))
	if err != nil || !slices.Equal(codes, []string{CodeRenamed}) || taken.Records != 7 || len(c.captures) != 4 {
		t.Fatalf("%+v, %v, %v", taken, codes, err)
	}
	for _, want := range []ibid.Capture{
		{RecordID: "urn:uuid:1", URI: "http://example.org/a", Status: 200, MediaType: "text/html", Length: 5, Digest: ibid.DigestOf([]byte("hello"))},
		{RecordID: "urn:uuid:3", URI: "http://example.org/b", Status: 200, MediaType: "text/html", Length: 5, Digest: ibid.DigestOf([]byte("hello")), Revisit: true},
		{RecordID: "urn:uuid:4", URI: "http://example.org/a%20b", Status: 200, MediaType: "text/html", Length: 6, Digest: ibid.DigestOf([]byte("spaces"))},
		{RecordID: "urn:uuid:7", URI: "http://example.org/r.png", Status: 200, MediaType: "image/png", Length: 4, Digest: ibid.DigestOf([]byte("\x89PNG"))},
	} {
		got := c.captures[want.RecordID]
		want.Timestamp, want.Origin, want.Seed, want.Location = time.Date(2009, 6, 4, 12, 0, 0, 0, time.UTC), "elsewhere", want.URI, got.Location
		if got != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	if got := h.body(t, c.captures["urn:uuid:3"]); got != "hello" {
		t.Errorf("the revisit has %q", got)
	}
	if found := h.verify(t); len(found) > 0 {
		t.Errorf("the store has %v", found)
	}
	sameWhenWalked(t, h, c)
	keepsWhatItWas(t, h, taken.Segments[0].Key)
}

// keepsWhatItWas holds that the form in which records came is on record, and where they came from.
func keepsWhatItWas(t *testing.T, h *house, key string) {
	t.Helper()
	records := h.records(t, key)
	if about := records[1]; about.Header.Get(fieldRecord) != recordImport || !strings.HasPrefix(about.TargetURI, importURN) {
		t.Errorf("the second record is %+v", about.Header)
	}
	var f facts
	i := slices.IndexFunc(records, func(e *warc.Entry) bool { return e.ID == "urn:uuid:1" })
	if err := json.Unmarshal([]byte(records[i].Header.Get(fieldExchange)), &f); err != nil || f.Was == nil {
		t.Fatal(err, records[i].Header)
	}
	if *f.Was != (was{Payload: "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N", Date: "2009-06-04T12:00:00Z", Version: "WARC/1.0"}) {
		t.Errorf("it was %+v", *f.Was)
	}
	if records[i].Header.Get("WARC-IP-Address") != "192.0.2.7" {
		t.Error("a field was lost")
	}
}

// The fixtures of bad WARC files: each has its code, and what is whole beside it is taken.
func TestImportOfBadFiles(t *testing.T) {
	good := foreign("response", "1", "http://example.org/a", "", foreignHead+"hello")
	bad := foreign("response", "2", "http://example.org/b", "", foreignHead+"world")
	for _, c := range []struct {
		name, file, want string
		captures         int
	}{
		{"cut in the header", good + bad[:60], "W02", 1},
		{"cut in the block", good + bad[:len(bad)-12], "W02", 1},
		{"cut in the line ends", good + bad[:len(bad)-2], "W02", 1},
		{"a Content-Length that is too large", strings.Replace(bad, "Content-Length: 6", "Content-Length: 7", 1) + good, "W08", 1},
		{"a Content-Length that is no number", strings.Replace(bad, "Content-Length: ", "Content-Length: x", 1) + good, "W06", 1},
		{"a wrong digest of the block", foreign("response", "2", "http://example.org/b", "WARC-Block-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n", foreignHead) + good, "W14", 1},
		{"a wrong digest of the payload", foreign("response", "2", "http://example.org/b", "WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n", foreignHead) + good, "W15", 1},
		{"a header of 8 MiB", foreign("response", "2", "http://example.org/b", "X-Long: "+strings.Repeat("x", 8<<20)+"\r\n", foreignHead) + good, "W05", 1},
		{"a record without an id", strings.Replace(bad, "WARC-Record-ID", "X-Record-ID", 1) + good, "W07", 1},
		{"a record id with a control character", strings.Replace(bad, "uuid:2", "uuid:\x00", 1) + good, "W07", 1},
		{"a revisit to nothing", good + foreign("revisit", "2", "http://example.org/b", "WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n", foreignHead), "V09", 1},
		{"an address that is none", foreign("response", "2", "http://[::1", "", foreignHead) + good, "I02", 1},
		{"two records with one id", good + strings.Replace(bad, "uuid:2", "uuid:1", 1), "I07", 1},
		{"WARC/0.9", strings.Replace(bad, "WARC/1.0", "WARC/0.9", 1) + good, "W03", 1},
		{"lines that end with LF", strings.ReplaceAll(strings.Split(good, "\r\n\r\n")[0], "\r\n", "\n") + "\n\n" + foreignHead + "hello\n\n", "W09", 1},
		{"garbage behind the end", good + "garbage", "W10", 1},
		{"a part of a record", foreign("response", "2", "http://example.org/b", "WARC-Segment-Number: 1\r\n", foreignHead) + good, "I03", 1},
		{"control characters in addresses", good + foreign("response", "2", "http://example.org/\x1b", "", foreignHead+"world") +
			foreign("metadata", "3", "urn:x\x1b", "", "") + foreign("response", "4", "http://[::1", "", foreignHead), "I02", 2},
		{"no HTTP head", good + foreign("response", "2", "http://example.org/b", "", "what?"), "I01", 1},
		{"facts that are not true", foreign("response", "2", "http://example.org/b", "WARC-Payload-Digest: "+string(ibid.DigestOf([]byte("hello")))+
			"\r\nIbid-Exchange: {\"status\":404,\"length\":5}\r\n", foreignHead+"hello"), "I04", 1},
		{"zstd", "\x28\xb5\x2f\xfd and so on", "W12", 0},
		{"nothing of a WARC file", "<html>", "W03", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, held := newHouse(t), newCatalogued()
			taken, codes, err := held.take(t, h, c.name, oneWARC(c.file))
			if !slices.Contains(codes, c.want) {
				t.Errorf("found %v, not %s", codes, c.want)
			}
			if c.captures == 0 {
				if ibid.KindOf(err) != ibid.KindInput || len(h.keys(t)) > 0 {
					t.Errorf("error %v, %d objects", err, len(h.keys(t)))
				}
				return
			}
			if err != nil || len(held.captures) != c.captures {
				t.Fatalf("%+v, %d captures, %v", taken, len(held.captures), err)
			}
			if found := h.verify(t); len(found) > 0 {
				t.Errorf("the store has %v", found)
			}
			sameWhenWalked(t, h, held)
		})
	}
}

// A revisit may speak of what was taken in before, under the digest that it had there.
func TestRevisitAcrossImports(t *testing.T) {
	h, c := newHouse(t), newCatalogued()
	const digest = "WARC-Payload-Digest: sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N\r\n"
	if _, _, err := c.take(t, h, "one", oneWARC(foreign("response", "1", "http://example.org/a", digest, foreignHead+"hello"))); err != nil {
		t.Fatal(err)
	}
	revisit := foreign("revisit", "2", "http://example.org/a", digest, foreignHead)
	if _, codes, err := c.take(t, h, "two", oneWARC(revisit)); err != nil || len(codes) > 0 {
		t.Fatal(codes, err)
	}
	if got := h.body(t, c.captures["urn:uuid:2"]); got != "hello" {
		t.Errorf("the revisit has %q", got)
	}
	if found := h.verify(t); len(found) > 0 {
		t.Errorf("the store has %v", found)
	}
}

// TestForeignFiles takes in every WARC and ARC file below -corpus: each is taken or refused with a sentence, and the store is
// sound afterwards.
func TestForeignFiles(t *testing.T) {
	if *corpus == "" {
		t.Skip("-corpus names no folder with WARC files of other programs")
	}
	h, c := newHouse(t), newCatalogued()
	files := 0
	root := os.DirFS(*corpus)
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(name, ".warc") && !strings.Contains(name, ".arc") {
			return err
		}
		b, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		files++
		open := warc.FromReaderAt(bytes.NewReader(b), int64(len(b)))
		if is, err := warc.IsARC(open); err != nil || is {
			open = warc.FromARC(open)
		}
		taken, codes, err := c.take(t, h, filepath.Base(name), []ImportedWARC{{filepath.Base(name), open}})
		if err != nil && ibid.KindOf(err) != ibid.KindInput {
			t.Errorf("%s: %v", name, err)
		}
		if taken != nil {
			t.Logf("%s: %d records, %d known, %d left out, %v", filepath.Base(name), taken.Records, taken.Known, taken.LeftOut, codes)
		} else {
			t.Logf("%s: refused: %v", filepath.Base(name), err)
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files, %v", files, err)
	}
	if found := h.verify(t); len(found) > 0 {
		t.Errorf("the store has %v", found)
	}
	sameWhenWalked(t, h, c)
}

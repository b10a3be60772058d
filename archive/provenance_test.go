package archive

import (
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

// rescued makes x a Memento that another archive gave.
func rescued(x *ibid.Exchange) *ibid.Exchange {
	x.Request, x.Began = ibid.Block{}, time.Date(2008, 10, 29, 12, 0, 0, 0, time.UTC)
	x.Provenance = &ibid.Provenance{
		Archive: "other.example", URIM: "http://other.example/web/20081029120000id_/" + x.URI, Fetched: testNow,
		Record: "item/one.warc.gz", Digest: "ABC", Cited: "http://www.example.org/a", DistanceDays: -218, Quality: 0.9,
		Target: time.Date(2009, 6, 4, 0, 0, 0, 0, time.UTC), Reasons: []string{"the right title", "no\r\nother: field"},
		HeadersRebuilt: x.HeadLen > 0, Hypothesis: "without www",
	}
	return visitOf(x)
}

func TestARescuedMementoIsWrittenAsWhatItIs(t *testing.T) {
	withHead := exchange("http://example.org/a", 200, text(5000), "Content-Type: text/html")
	withoutHead := exchange("http://example.org/b", 200, text(6000), "Content-Type: text/html")
	body := withoutHead.Response.Reader()
	if _, err := body.Seek(withoutHead.HeadLen, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	withoutHead.Response = ibid.Block{ReaderAt: strings.NewReader(string(rest)), Size: int64(len(rest))}
	withoutHead.HeadLen, withoutHead.Header = 0, nil

	for name, want := range map[string]struct {
		x    *ibid.Exchange
		kind warc.Type
		body string
	}{
		"a head put together": {withHead, warc.Response, text(5000)},
		"no head known":       {withoutHead, warc.Resource, text(6000)},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			w := h.Begin(testJob)
			c := endVisit(t, w, rescued(want.x))
			h.commit(t, w)
			c = h.at(t, c)
			if c.Origin != "other.example" || !c.Timestamp.Equal(want.x.Began) || c.Status != 200 || c.MediaType != "text/html" {
				t.Errorf("%+v", c)
			}
			records := h.records(t, c.Location.Key)
			main, about := records[1], records[2]
			if main.Type != want.kind || main.Header.Get("WARC-Source-URI") != want.x.Provenance.URIM ||
				main.Header.Get("WARC-Creation-Date") != testNow.Format(warc.DateLayout) || !main.Date.Equal(want.x.Began) {
				t.Errorf("%s %v", main.Type, main.Header)
			}
			if about.Type != warc.Metadata || about.Header.Get("WARC-Concurrent-To") != "<"+c.RecordID+">" {
				t.Errorf("%s %v", about.Type, about.Header)
			}
			if got := h.body(t, c); got != want.body {
				t.Errorf("%d bytes come back", len(got))
			}
			read, err := h.scanSegment(t.Context(), c.Location.Key, true, func(f Finding) { t.Error(f) })
			if err != nil || !reflect.DeepEqual(read.Captures, []ibid.Capture{c}) {
				t.Errorf("read back %+v, %v", read, err)
			}
		})
	}
}

func TestProvenanceSaysAllThatIsKnown(t *testing.T) {
	x := rescued(exchange("http://example.org/a", 200, text(50), "Content-Type: text/html"))
	got := string(provenanceText(x.Provenance, "http://example.org/page"))
	want := strings.Join([]string{
		"via: http://other.example/web/20081029120000id_/http://example.org/a", "archive: other.example", "x-archive-src: item/one.warc.gz",
		"cdx-digest: ABC", "needed-by: http://example.org/page", "cited-uri: http://www.example.org/a", "cited-date: 2009-06-04T00:00:00.000000Z",
		"distance-days: -218", "quality: 0.90", "reasons: the right title; no  other: field", "hypothesis: without www", "headers-reconstructed: yes", "",
	}, "\r\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

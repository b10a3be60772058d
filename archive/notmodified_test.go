package archive

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

func TestWhatAServerConfirmsIsARevisit(t *testing.T) {
	h := newHouse(t)
	w := h.Begin(testJob)
	first := endVisit(t, w, visitOf(exchange("http://example.org/a", 200, text(5000), "Content-Type: text/html",
		`ETag: "one"`, "Last-Modified: Sun, 01 Mar 2026 11:00:00 GMT")))
	h.commit(t, w)
	first = h.at(t, first)
	if first.ETag != `"one"` || first.LastModified != "Sun, 01 Mar 2026 11:00:00 GMT" {
		t.Errorf("validators %q, %q", first.ETag, first.LastModified)
	}

	w = h.Begin(testJob)
	x := visitOf(exchange("http://example.org/a", 304, "", `ETag: W/"two"`))
	x.NotModified = &first
	again := endVisit(t, w, x)
	h.commit(t, w)
	again = h.at(t, again)
	if !again.Revisit || again.Status != 200 || again.Digest != first.Digest || again.Length != first.Length ||
		again.MediaType != first.MediaType || again.ETag != `W/"two"` || again.LastModified != first.LastModified {
		t.Errorf("%+v", again)
	}
	if got := h.body(t, again); got != text(5000) {
		t.Errorf("%d bytes come back", len(got))
	}
	p, err := h.Payload(t.Context(), "papers", again)
	if err != nil || p.Status != 200 || p.Header.Get("ETag") != `"one"` || p.Capture != again || p.Close() != nil {
		t.Errorf("the payload has the head of what was confirmed: %+v, %v", p, err)
	}
	e := h.records(t, again.Location.Key)[1]
	for name, want := range map[string]string{
		"WARC-Profile": warc.NotModified, "WARC-Refers-To": "<" + first.RecordID + ">", "WARC-Payload-Digest": string(first.Digest),
	} {
		if got := e.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	var said facts
	if err := json.Unmarshal([]byte(e.Header.Get(fieldExchange)), &said); err != nil || said.Request != requestLines {
		t.Errorf("the request is told as %q, %v", said.Request, err)
	}
	if all := h.records(t, again.Location.Key); len(all) != 3 { // with the warcinfo and the Visits
		t.Errorf("%d records, want one of the exchange", len(all))
	}
	read, err := h.scanSegment(t.Context(), again.Location.Key, true, func(f Finding) { t.Error(f) })
	if err != nil || !reflect.DeepEqual(read.Captures, []ibid.Capture{again}) {
		t.Errorf("read back %+v, %v", read, err)
	}
	if codes := h.verify(t); len(codes) != 0 {
		t.Errorf("verify finds %v", codes)
	}
}

func TestARequestThatIsNoTextHasARecord(t *testing.T) {
	for name, request := range map[string]string{
		"no UTF-8": "GET /\xff HTTP/1.1\r\n\r\n", "long": "GET / HTTP/1.1\r\nCookie: " + text(maxRequest) + "\r\n\r\n",
	} {
		x := exchange("http://example.org/a", 304, "", `ETag: "one"`)
		x.NotModified, x.Request = &ibid.Capture{URI: x.URI, Status: 200, RecordID: "urn:uuid:1"}, blockOf(request)
		c, err := recordsOf(x, nil)
		if err != nil || len(c.records) != 2 || c.records[1].Type != warc.Request {
			t.Errorf("%s: %d records, %v", name, len(c.records), err)
		}
	}
}

func TestValidatorsThatCannotBeSentBackAreNotKept(t *testing.T) {
	for name, value := range map[string]string{
		"too long":           `"` + text(300) + `"`,
		"a control":          "\"a\x01b\"",
		"not ASCII":          `"é"`,
		"invalid as a whole": "\"\xff\"",
	} {
		if etag, _ := validators(exchange("http://example.org/a", 200, "x", "ETag: "+value)); etag != "" {
			t.Errorf("%s: %q is kept", name, etag)
		}
	}
}

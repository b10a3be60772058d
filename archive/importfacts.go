package archive

import (
	"encoding/json"
	"fmt"
	"mime"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

const (
	importURN = "urn:ibid:import:"
	// recordImport is the Ibid-Record of the record that says where those of a segment come from.
	recordImport = "import"
)

// httpStatus is the HTTP status of e; 0 for a record without an HTTP head.
func httpStatus(e *warc.Entry, x *warc.Examined) int {
	switch {
	case x.Message != nil:
		return x.Message.Status
	case e.Type == warc.Resource:
		return 200
	}
	return 0
}

// factsFor are the facts of a record: its own, when an Ibid has written it and they are true, else what can be read of it.
func (m *importer) factsFor(name string, e *warc.Entry, x *warc.Examined, uri string) *facts {
	if value := e.Header.Get(fieldExchange); value != "" {
		var f facts
		err := json.Unmarshal([]byte(value), &f)
		if err == nil {
			err = f.holdFor(e, x)
		}
		if err == nil {
			return &f
		}
		m.report(Finding{Code: CodeFacts, Key: name, Offset: e.Offset, Text: fmt.Sprintf("its own %s is not true: %v", fieldExchange, err)})
	}
	f := &facts{Status: httpStatus(e, x), Type: mediaType(e, x), Length: x.PayloadLen, Origin: m.i.Origin}
	f.Via, f.Was = e.Header.Get("WARC-Source-URI"), wasOf(e, uri)
	if x.Message != nil {
		f.ETag, f.Modified = sendable(x.Message.Header.Get("ETag")), sendable(x.Message.Header.Get("Last-Modified"))
	}
	return f
}

// holdFor says in what f is not true of the record. Of a revisit, and of chunks that are none, the bytes do not tell.
func (f *facts) holdFor(e *warc.Entry, x *warc.Examined) error {
	if e.Type != warc.Response || f.Class == ibid.ClassMalformedChunk || !ibid.Digest(e.Header.Get("WARC-Payload-Digest")).Valid() {
		return nil
	}
	if s := httpStatus(e, x); s != f.Status || x.PayloadLen != f.Length {
		return fmt.Errorf("it says status %d and %d bytes, the record %d and %d", f.Status, f.Length, s, x.PayloadLen)
	}
	return nil
}

func wasOf(e *warc.Entry, uri string) *was {
	w := &was{Block: e.Header.Get("WARC-Block-Digest"), Payload: e.Header.Get("WARC-Payload-Digest"), Date: e.Header.Get("WARC-Date"), Version: e.Version}
	if uri != e.TargetURI {
		w.URI = e.TargetURI
	}
	return w
}

// mediaType is the type of the payload, as it says itself; empty when it says nothing that is one.
func mediaType(e *warc.Entry, x *warc.Examined) ibid.MediaType {
	value := e.Header.Get("Content-Type")
	if x.Message != nil {
		value = x.Message.Header.Get("Content-Type")
	} else if e.Type != warc.Resource {
		return ""
	}
	t, _, err := mime.ParseMediaType(value)
	if err != nil {
		t, _, _ = strings.Cut(value, ";")
		t = strings.ToLower(strings.TrimSpace(t))
	}
	if main, sub, ok := strings.Cut(t, "/"); !ok || main == "" || sub == "" || len(t) > 127 || strings.ContainsAny(t, " \t\"") {
		return ""
	}
	return ibid.MediaType(t)
}

package archive

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

// precision is that of a WARC-Date as we write it.
const precision = time.Microsecond

// captured is an Exchange as records, and the Capture that they make; its Location comes later.
type captured struct {
	records []*warc.Record
	capture ibid.Capture
	// failed: no response came that could be read; what is kept of it is no Capture.
	failed bool
	// mayServe: others with the same payload can be revisits of it.
	mayServe bool
}

// recordsOf makes the records of x: the response (or a revisit of original, or a note of the failure), and
// the request, unless that is told beside a "not modified".
func recordsOf(x *ibid.Exchange, original *ibid.Capture) (*captured, error) {
	id, err := warc.NewID()
	if err != nil {
		return nil, err
	}
	c := &captured{failed: x.Provenance == nil && (x.HeadLen == 0 || x.Status == 0)}
	facts := factsOf(x)
	if facts.Request, err = requestBeside(x); err != nil {
		return nil, err
	}
	field, err := facts.field()
	if err != nil {
		return nil, err
	}
	main := &warc.Record{ID: id, Date: x.Began, TargetURI: x.URI}
	switch {
	case c.failed:
		err = failureRecord(main, x)
	case x.Provenance != nil && x.HeadLen == 0:
		err = resourceRecord(main, x)
	case x.NotModified != nil:
		err = revisitRecord(main, x, x.NotModified, warc.NotModified)
	case original != nil:
		err = revisitRecord(main, x, original, warc.IdenticalPayload)
	default:
		err = responseRecord(main, x)
	}
	if err != nil {
		return nil, err
	}
	if x.Remote.Addr().IsValid() {
		main.Fields = append(main.Fields, warc.Field{Name: "WARC-IP-Address", Value: x.Remote.Addr().Unmap().String()})
	}
	main.Fields = append(main.Fields, field)
	c.records = append(c.records, main)
	switch {
	case x.Provenance != nil:
		main.Fields = append(main.Fields, sourceFields(x.Provenance)...)
		err = c.addProvenance(x, id)
	case facts.Request == "":
		err = c.addRequest(x, id)
	}
	if err != nil {
		return nil, err
	}
	c.capture = ibid.Capture{
		URI: x.URI, Timestamp: x.Began.UTC().Truncate(precision), Status: x.Status, MediaType: x.MediaType,
		Digest: x.PayloadDigest, Length: x.PayloadLen, Origin: originOf(x), Role: x.Role, Seed: x.Seed, Truncated: x.Truncated,
		Class: x.Class, Revisit: original != nil && !c.failed, RecordID: id,
	}
	if c.capture.Seed == "" {
		c.capture.Seed = x.URI
	}
	c.capture.ETag, c.capture.LastModified = validators(x)
	if was := x.NotModified; was != nil {
		c.capture.Revisit = true
		c.capture.Status, c.capture.MediaType, c.capture.Digest, c.capture.Length = was.Status, was.MediaType, was.Digest, was.Length
	}
	return c, nil
}

func (c *captured) addRequest(x *ibid.Exchange, concurrentTo string) error {
	if x.Request.Size == 0 {
		return nil
	}
	id, err := warc.NewID()
	if err != nil {
		return err
	}
	r := &warc.Record{Type: warc.Request, ID: id, Date: x.Began, TargetURI: x.URI, ContentType: warc.HTTPRequest}
	r.Fields = append(r.Fields, warc.Field{Name: "WARC-Concurrent-To", Value: "<" + concurrentTo + ">"})
	if err := setBlock(r, x.Request); err != nil {
		return err
	}
	c.records = append(c.records, r)
	return nil
}

// setBlock gives r the bytes of b and their digest.
func setBlock(r *warc.Record, b ibid.Block) error {
	d := b.Digest
	if !d.Valid() {
		h := sha256.New()
		if _, err := io.Copy(h, b.Reader()); err != nil {
			return fmt.Errorf("the spooled block of %s: %w", r.TargetURI, err)
		}
		d = ibid.DigestSum(h)
	}
	r.Block, r.Length = b.Reader(), b.Size
	r.Fields = append(r.Fields, warc.Field{Name: "WARC-Block-Digest", Value: string(d)})
	return nil
}

func setBytes(r *warc.Record, b []byte) {
	r.Block, r.Length = bytes.NewReader(b), int64(len(b))
	r.Fields = append(r.Fields, warc.Field{Name: "WARC-Block-Digest", Value: string(ibid.DigestOf(b))})
}

func responseRecord(r *warc.Record, x *ibid.Exchange) error {
	r.Type, r.ContentType, r.Stored = warc.Response, warc.HTTPResponse, incompressible(x)
	if payloadIsPlain(x) {
		r.Fields = append(r.Fields, warc.Field{Name: "WARC-Payload-Digest", Value: string(x.PayloadDigest)})
	}
	r.Fields = append(r.Fields, truncated(x)...)
	return setBlock(r, x.Response)
}

func truncated(x *ibid.Exchange) warc.Header {
	if x.Truncated == "" {
		return nil
	}
	return warc.Header{{Name: "WARC-Truncated", Value: string(x.Truncated)}}
}

// revisitRecord keeps the head only (ISO 28500:2017, 6.7.2 and 6.7.3).
func revisitRecord(r *warc.Record, x *ibid.Exchange, original *ibid.Capture, profile string) error {
	head := make([]byte, x.HeadLen)
	if _, err := io.ReadFull(x.Response.Reader(), head); err != nil {
		return fmt.Errorf("the spooled head of %s: %w", x.URI, err)
	}
	r.Type, r.ContentType = warc.Revisit, warc.HTTPResponse
	r.Fields = warc.Header{
		{Name: "WARC-Profile", Value: profile},
		{Name: "WARC-Refers-To", Value: "<" + original.RecordID + ">"},
		{Name: "WARC-Refers-To-Target-URI", Value: original.URI},
		{Name: "WARC-Refers-To-Date", Value: original.Timestamp.UTC().Format(warc.DateLayout)},
		{Name: "WARC-Payload-Digest", Value: string(original.Digest)},
		{Name: "WARC-Truncated", Value: string(ibid.TruncatedLength)},
	}
	setBytes(r, head)
	return nil
}

// failureRecord notes that no response could be read: the bytes that came, if any, and never an invented
// head. It is a metadata record, so that nobody takes it for what the source said.
func failureRecord(r *warc.Record, x *ibid.Exchange) error {
	r.Type, r.TargetURI = warc.Metadata, failureURN+x.URI
	if x.Response.Size > 0 {
		r.ContentType = "application/octet-stream"
		r.Fields = truncated(x)
		return setBlock(r, x.Response)
	}
	r.ContentType = warc.Fields
	text := "failure: " + string(x.Class) + "\r\n"
	if x.Via != "" {
		text += "via: " + x.Via + "\r\n"
	}
	setBytes(r, []byte(text))
	return nil
}

// incompressible says whether deflating the body again would only cost time.
func incompressible(x *ibid.Exchange) bool {
	if c := strings.ToLower(x.Header.Get("Content-Encoding")); c != "" && c != "identity" {
		return true
	}
	t := string(x.MediaType)
	switch main, sub, _ := strings.Cut(t, "/"); main {
	case "image":
		return sub != "svg+xml" && sub != "bmp" && sub != "x-ms-bmp" && sub != "tiff"
	case "video", "audio":
		return true
	case "font":
		return sub == "woff" || sub == "woff2"
	case "application":
		return packed(sub)
	}
	return false
}

func packed(sub string) bool {
	switch sub {
	case "pdf", "zip", "gzip", "x-gzip", "zstd", "x-bzip2", "x-xz", "x-7z-compressed", "vnd.rar", "x-rar-compressed", "java-archive",
		"epub+zip", "font-woff", "x-font-woff", "font-woff2", "x-zip-compressed":
		return true
	}
	return strings.HasPrefix(sub, "vnd.openxmlformats-") || strings.HasPrefix(sub, "vnd.oasis.opendocument.")
}

// minRevisit is the smallest payload, in bytes, of which a revisit is made at another address: below it,
// payloads are alike by chance.
const minRevisit = 32

// mayRevisit says whether x could be a revisit of something, or something of which there are revisits.
func mayRevisit(x *ibid.Exchange) bool {
	return x.NotModified == nil && x.HeadLen > 0 && x.Status > 0 && x.Truncated == "" && x.PayloadDigest.Valid() && payloadIsPlain(x)
}

// serves says whether the payload of the Capture c can stand for that of x.
func serves(c *ibid.Capture, x *ibid.Exchange) bool {
	return (x.PayloadLen >= minRevisit || c.URI == x.URI) && c.Digest == x.PayloadDigest && !c.Revisit && c.Truncated == "" && c.RecordID != "" &&
		(c.Status == x.Status || c.Status/100 == 2 && x.Status/100 == 2)
}

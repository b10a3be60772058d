package archive

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

// Fields of our own in WARC headers. docs/formats.md describes them.
const (
	fieldExchange = "Ibid-Exchange"
	fieldRecord   = "Ibid-Record"
)

// Prefixes of the target of records that are about an address and hold nothing of it. Under the address
// itself replay tools would index them as captures.
const (
	visitsURN     = "urn:ibid:visits:"
	failureURN    = "urn:ibid:failure:"
	provenanceURN = "urn:ibid:provenance:"
)

// recordVisits is the Ibid-Record of a metadata record that holds the Visits of a segment, one JSON object a line.
const recordVisits = "visits"

// recordTombstone is the Ibid-Record of a metadata record in the place of one that was destroyed.
const (
	recordTombstone = "tombstone"
	tombstoneURN    = "urn:ibid:tombstone:"
)

// facts is what an Exchange has beyond the fields of WARC: the JSON value of Ibid-Exchange.
type facts struct {
	Role   ibid.Role      `json:"role,omitempty"`
	Status int            `json:"status,omitempty"`
	Type   ibid.MediaType `json:"type,omitempty"`
	// Length is the size of the payload in bytes.
	Length int64 `json:"length,omitempty"`
	// Seed is left out when it is the target itself.
	Seed  string     `json:"seed,omitempty"`
	Via   string     `json:"via,omitempty"`
	Class ibid.Class `json:"class,omitempty"`
	// Seconds is how long the Exchange took.
	Seconds float64     `json:"seconds,omitempty"`
	TLS     *ibid.TLS   `json:"tls,omitempty"`
	Origin  ibid.Origin `json:"origin,omitempty"`
	// ETag and Modified are the validators of the response.
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
	// Digest is that of the payload where WARC-Payload-Digest is left out.
	Digest ibid.Digest `json:"digest,omitempty"`
	// Request is what was sent, where that has no record of its own.
	Request string `json:"request,omitempty"`
	// Was is what a record that was imported said of itself.
	Was *was `json:"was,omitempty"`
}

func factsOf(x *ibid.Exchange) facts {
	f := facts{
		Role: x.Role, Status: x.Status, Type: x.MediaType, Length: x.PayloadLen, Via: x.Via, Class: x.Class,
		Seconds: float64(x.Took.Microseconds()) / 1e6, TLS: x.TLS,
	}
	f.ETag, f.Modified = validators(x)
	if c := x.NotModified; c != nil {
		f.Status, f.Type, f.Length = c.Status, c.MediaType, c.Length
	}
	if x.Seed != x.URI {
		f.Seed = x.Seed
	}
	if !payloadIsPlain(x) {
		f.Digest = x.PayloadDigest
	}
	if x.Provenance != nil {
		f.Origin = x.Provenance.Archive
	}
	return f
}

// maxRequest is the longest request that is kept beside its answer, in bytes.
const maxRequest = 8 << 10

// requestBeside is the request of x, to the byte, where it is kept in the record of its answer: where the answer is that
// nothing has changed. A record of its own would take as much again. It is empty for what is no text.
func requestBeside(x *ibid.Exchange) (string, error) {
	if x.NotModified == nil || x.Request.Size > maxRequest {
		return "", nil
	}
	b, err := io.ReadAll(x.Request.Reader())
	if err != nil {
		return "", fmt.Errorf("the spooled request of %s: %w", x.URI, err)
	}
	if !utf8.Valid(b) {
		return "", nil
	}
	return string(b), nil
}

// maxValidator is the longest validator that is kept, in bytes.
const maxValidator = 256

// validators are the ETag and the Last-Modified of x, as far as they can be sent back as they are. A 304 need not
// repeat them.
func validators(x *ibid.Exchange) (etag, modified string) {
	etag, modified = sendable(x.Header.Get("ETag")), sendable(x.Header.Get("Last-Modified"))
	if c := x.NotModified; c != nil {
		etag, modified = cmp.Or(etag, c.ETag), cmp.Or(modified, c.LastModified)
	}
	return etag, modified
}

func sendable(s string) string {
	if len(s) > maxValidator || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		return ""
	}
	return s
}

// payloadIsPlain says whether every reader would find the same payload in the block. Of chunks that are
// no chunks, each reader makes something else.
func payloadIsPlain(x *ibid.Exchange) bool { return x.Class != ibid.ClassMalformedChunk }

func (f facts) field() (warc.Field, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return warc.Field{}, fmt.Errorf("the facts of an exchange as JSON: %w", err)
	}
	value := strings.ReplaceAll(string(b), "\x7f", `\u007f`) // the one control character that JSON lets stand
	return warc.Field{Name: fieldExchange, Value: value}, nil
}

// captureOf reads the Capture from the header of its record. False: the record is none.
func captureOf(e *warc.Entry, key string, span warc.Span) (ibid.Capture, bool, error) {
	if !isCaptured(e) {
		return ibid.Capture{}, false, nil
	}
	c := ibid.Capture{
		URI: e.TargetURI, Timestamp: e.Date, RecordID: e.ID, Revisit: e.Type == warc.Revisit, Origin: ibid.OriginLive,
		Digest:   ibid.Digest(e.Header.Get("WARC-Payload-Digest")),
		Location: ibid.Location{Key: key, Offset: span.Offset, Length: span.Length},
	}
	if !c.Revisit { // the body of a revisit is left out, whole though it is
		c.Truncated = ibid.Truncation(strings.ToLower(e.Header.Get("WARC-Truncated")))
	}
	var f facts
	if err := json.Unmarshal([]byte(e.Header.Get(fieldExchange)), &f); err != nil {
		return c, true, fmt.Errorf("%s of %s: %w", fieldExchange, e.ID, err)
	}
	if f.Status == 0 && e.Type != warc.Resource { // taken from elsewhere: no answer that could be read
		return ibid.Capture{}, false, nil
	}
	c.Status, c.MediaType, c.Length, c.Role, c.Seed, c.Class = f.Status, f.Type, f.Length, f.Role, f.Seed, f.Class
	c.ETag, c.LastModified = f.ETag, f.Modified
	if c.Seed == "" {
		c.Seed = c.URI
	}
	if f.Origin != "" {
		c.Origin = f.Origin
	}
	if c.Digest == "" {
		c.Digest = f.Digest
	}
	return c, true, nil
}

// isCaptured says whether e is of a kind that makes a Capture: something of the web.
func isCaptured(e *warc.Entry) bool {
	return (e.Type == warc.Response || e.Type == warc.Revisit || e.Type == warc.Resource) && isWeb(e.TargetURI)
}

func isWeb(uri string) bool {
	return len(uri) > 8 && (strings.EqualFold(uri[:7], "http://") || strings.EqualFold(uri[:8], "https://"))
}

// was is what a record from elsewhere said in fields that have another form here.
type was struct {
	Block   string `json:"block,omitempty"`
	Payload string `json:"payload,omitempty"`
	URI     string `json:"uri,omitempty"`
	Date    string `json:"date,omitempty"`
	Version string `json:"version,omitempty"`
}

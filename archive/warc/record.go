// Package warc writes and reads WARC files (ISO 28500:2017, WARC/1.1): one gzip member a record. It knows
// the format and nothing else.
//
// Writing: a [Compressor] turns [Record] values into gzip members, outside any lock; a [Writer] appends
// them to a file, whole or not at all. Reading: a [Reader] goes through a file record by record, gzip or
// plain, WARC/0.17 to 1.1, says what is wrong where as a [Problem], and goes on behind the damage.
package warc

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Type is the value of WARC-Type.
type Type string

// The types of ISO 28500:2017, 6.
const (
	Warcinfo   Type = "warcinfo"
	Request    Type = "request"
	Response   Type = "response"
	Revisit    Type = "revisit"
	Metadata   Type = "metadata"
	Resource   Type = "resource"
	Conversion Type = "conversion"
)

// IdenticalPayload is the WARC-Profile of a revisit whose payload is that of an earlier record (6.7.2).
const IdenticalPayload = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

// NotModified is the WARC-Profile of a revisit of which the server said that nothing had changed (6.7.3).
const NotModified = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

// Media types of blocks.
const (
	HTTPRequest  = "application/http;msgtype=request"
	HTTPResponse = "application/http;msgtype=response"
	Fields       = "application/warc-fields"
)

// Field is one named field of a record's header.
type Field struct{ Name, Value string }

// Header is the fields of a record, in their order. Names are compared without regard to case.
type Header []Field

// Get returns the first value of name, or the empty string.
func (h Header) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Values returns all values of name.
func (h Header) Values(name string) []string {
	var all []string
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			all = append(all, f.Value)
		}
	}
	return all
}

// Record is a record to be written.
type Record struct {
	Type Type
	// ID is the WARC-Record-ID without angle brackets, as NewID makes it.
	ID string
	// Date is the instant at which the capture began. It is written in UTC with microseconds.
	Date time.Time
	// TargetURI is empty for a warcinfo.
	TargetURI string
	// Fields are all others but Content-Type and Content-Length, which come last.
	Fields      Header
	ContentType string
	// Block has at least Length bytes, and Length of them are written.
	Block  io.Reader
	Length int64
	// Stored keeps the block as it is inside the gzip member: for what is compressed already.
	Stored bool
}

// NewID returns a new WARC-Record-ID without angle brackets. The error is that of the source of randomness.
func NewID() (string, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return "", fmt.Errorf("no random record id: %w", err)
	}
	return id.URN(), nil
}

// IDOf returns a record id that follows from seed: the same one each time (RFC 9562, 5.5).
func IDOf(seed string) string { return uuid.NewSHA1(uuid.NameSpaceURL, []byte(seed)).URN() }

// DateLayout is how dates are written: W3C ISO 8601 in UTC with microseconds (5.4).
const DateLayout = "2006-01-02T15:04:05.000000Z"

// ParseDate reads a WARC-Date: the profile of W3C ISO 8601 that WARC/1.1 allows, or the 14 digits that
// some old tools wrote.
func ParseDate(s string) (time.Time, error) {
	layouts := []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01", "2006", "20060102150405"}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%.40q is not a date in the form of WARC-Date", s)
}

var errBreak = errors.New("a field of a WARC header cannot hold a line break or a control character")

// appendHead appends the header of r, the empty line included.
func appendHead(b []byte, r *Record) ([]byte, error) {
	b = append(b, "WARC/1.1\r\nWARC-Type: "...)
	b = append(b, r.Type...)
	b = append(b, "\r\nWARC-Record-ID: <"...)
	b = append(b, r.ID...)
	b = append(b, ">\r\nWARC-Date: "...)
	b = r.Date.UTC().AppendFormat(b, DateLayout)
	b = append(b, "\r\n"...)
	if r.TargetURI != "" {
		b = appendField(b, "WARC-Target-URI", r.TargetURI)
	}
	for _, f := range r.Fields {
		if !isToken(f.Name) || hasControl(f.Value) {
			return nil, fmt.Errorf("%w: %.80q", errBreak, f.Name)
		}
		b = appendField(b, f.Name, f.Value)
	}
	if hasControl(r.TargetURI) || hasControl(r.ID) || hasControl(r.ContentType) || r.Type == "" || r.ID == "" || r.Length < 0 {
		return nil, fmt.Errorf("%w, and needs a type, an id and a length: %q %q", errBreak, r.Type, r.ID)
	}
	if r.ContentType != "" {
		b = appendField(b, "Content-Type", r.ContentType)
	}
	return fmt.Appendf(b, "Content-Length: %d\r\n\r\n", r.Length), nil
}

func appendField(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}

func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f {
			return true
		}
	}
	return false
}

// isToken says whether s can be a field name (5.1: a token of RFC 2616).
func isToken(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?={}`, s[i]) >= 0 {
			return false
		}
	}
	return s != ""
}

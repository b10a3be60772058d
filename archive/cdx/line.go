package cdx

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ibid-archive/ibid"
)

// RevisitMIME is the MIME of a line whose record is a revisit.
const RevisitMIME = "warc/revisit"

// Line is one line of a CDXJ index: a capture, and where its record lies.
type Line struct {
	// Key is the SURT of URL.
	Key string
	// Timestamp has 14 digits, in UTC.
	Timestamp string
	URL       string
	MIME      string
	Status    int
	Digest    ibid.Digest
	// Offset and Length are those of the compressed record in the file named Filename, in bytes.
	Offset, Length int64
	Filename       string
	// RecordDigest is over the compressed record.
	RecordDigest ibid.Digest
}

// Append appends l as one line, its end included. The values of the JSON object are strings, as pywb
// and wabac expect them. Sorted lines are sorted captures.
func (l *Line) Append(b []byte) []byte {
	b = append(b, l.Key...)
	b = append(b, ' ')
	b = append(b, l.Timestamp...)
	b = append(b, ` {"url":`...)
	b = appendString(b, l.URL)
	b = append(b, `,"mime":`...)
	b = appendString(b, l.MIME)
	b = append(b, `,"status":"`...)
	b = strconv.AppendInt(b, int64(l.Status), 10)
	b = append(b, `","digest":`...)
	b = appendString(b, string(l.Digest))
	b = append(b, `,"length":"`...)
	b = strconv.AppendInt(b, l.Length, 10)
	b = append(b, `","offset":"`...)
	b = strconv.AppendInt(b, l.Offset, 10)
	b = append(b, `","filename":`...)
	b = appendString(b, l.Filename)
	if l.RecordDigest != "" {
		b = append(b, `,"recordDigest":`...)
		b = appendString(b, string(l.RecordDigest))
	}
	return append(b, "}\n"...)
}

// appendString appends s as a JSON string (RFC 8259, 7).
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// Parse reads one line, with or without its end. Numbers may be strings or numbers; what a line has
// beyond our fields is passed over.
func Parse(line []byte) (Line, error) {
	text := strings.TrimRight(string(line), "\r\n")
	key, rest, ok := strings.Cut(text, " ")
	stamp, object, ok2 := strings.Cut(rest, " ")
	if !ok || !ok2 || key == "" {
		return Line{}, fmt.Errorf("CDXJ line %.60q has no key, timestamp and object", text)
	}
	if _, err := ParseTimestamp(stamp); err != nil {
		return Line{}, err
	}
	var f struct {
		URL, MIME, Filename  string
		Status, Offset       loose
		Length               loose
		Digest, RecordDigest ibid.Digest
	}
	if err := json.Unmarshal([]byte(object), &f); err != nil {
		return Line{}, fmt.Errorf("the object of CDXJ line %.60q: %w", text, err)
	}
	return Line{
		Key: key, Timestamp: stamp, URL: f.URL, MIME: f.MIME, Status: int(f.Status), Digest: f.Digest,
		Offset: int64(f.Offset), Length: int64(f.Length), Filename: f.Filename, RecordDigest: f.RecordDigest,
	}, nil
}

// loose is a number that may stand in quotation marks; "-" and "" are 0.
type loose int64

func (n *loose) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `"`)
	if s == "" || s == "-" || s == "null" {
		*n = 0
		return nil
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return fmt.Errorf("%.40q is no number", s)
	}
	*n = loose(v)
	return nil
}

// ParseTimestamp reads the 14 digits of a timestamp, in UTC; 17 digits have milliseconds.
func ParseTimestamp(s string) (time.Time, error) {
	layout := "20060102150405"
	if len(s) == 17 {
		s, layout = s[:14]+"."+s[14:], layout+".000"
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("timestamp %.40q has not the form YYYYMMDDhhmmss", s)
	}
	return t, nil
}

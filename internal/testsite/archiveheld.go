package testsite

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"mime"
	"time"
)

// Captured is one capture that an archive of a Web holds.
type Captured struct {
	// URI is the address as it was captured, and Timestamp the time in 14 digits.
	URI, Timestamp string
	// URIM is where it is read, without a modifier.
	URIM      string
	Status    int
	MediaType string
	// Unplayable says that it is in the index, and that another one is shown in its place.
	Unplayable bool
}

// Captures lists what the archive with that ID holds, by address and time. It is empty when there is no such archive.
func (w *Web) Captures(archive string) []Captured {
	a := w.archives[archive]
	if a == nil {
		return nil
	}
	var out []Captured
	for _, c := range a.captures {
		out = append(out, Captured{
			URI: c.uri, Timestamp: c.timestamp, URIM: a.base + c.timestamp + "/" + c.uri,
			Status: c.page.status, MediaType: c.mediaType(), Unplayable: c.unplayable,
		})
	}
	return out
}

// Bytes returns the payload that the archive with that ID gives, when it is asked for raw bytes, of the capture of
// uri at that timestamp of 14 digits.
func (w *Web) Bytes(archive, uri, timestamp string) ([]byte, error) {
	a := w.archives[archive]
	if a == nil {
		return nil, fmt.Errorf("there is no archive %s", archive)
	}
	for _, c := range a.held(surt(uri)) {
		if c.timestamp == timestamp && !c.unplayable {
			return a.payload(c)
		}
	}
	return nil, fmt.Errorf("%s holds no capture of %s at %s", archive, uri, timestamp)
}

// mediaType is what the index says.
func (c *capture) mediaType() string {
	media, _, err := mime.ParseMediaType(c.header.Get("Content-Type"))
	if err != nil {
		return "unk"
	}
	return media
}

// payload is what is sent for raw bytes: the Wayback Machine undoes content codings, pywb does not.
func (a *archive) payload(c *capture) ([]byte, error) {
	if a.dialect == wayback {
		return c.decoded()
	}
	var out bytes.Buffer
	err := c.page.body.write(&out)
	return out.Bytes(), err
}

// decoded is the payload without its content coding.
func (c *capture) decoded() ([]byte, error) {
	var coded bytes.Buffer
	if err := c.page.body.write(&coded); err != nil {
		return nil, err
	}
	var r io.ReadCloser
	var err error
	switch c.header.Get("Content-Encoding") {
	case "gzip":
		r, err = gzip.NewReader(&coded)
	case "deflate":
		r, err = zlib.NewReader(&coded)
	default:
		return coded.Bytes(), nil
	}
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return plain, r.Close()
}

// readStamp reads 1 to 14 digits; what is missing is taken from fill.
func readStamp(s, fill string) (time.Time, error) {
	if len(s) == 0 || len(s) > len(stamp) {
		return time.Time{}, fmt.Errorf("%q is not a timestamp of 1 to 14 digits", s)
	}
	return time.Parse(stamp, s+fill[len(s):])
}

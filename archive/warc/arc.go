package warc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/gzip"
)

// ARC is what web archives wrote before WARC: a line about each record, then its bytes
// (https://archive.org/web/researcher/ArcFileFormat.php). Here it is only read, as the WARC that says the same.

const (
	arcMagic = "filedesc://"
	// maxARCLine bounds the line about a record, in bytes.
	maxARCLine = 64 << 10
)

// IsARC says whether a file is an ARC file, plain or gzipped. The error is that of reading it.
func IsARC(open Opener) (bool, error) {
	a, err := openARC(open)
	if err != nil {
		return false, err
	}
	start, _ := a.br.Peek(len(arcMagic)) // what is shorter is none
	return string(start) == arcMagic, errors.Join(a.failed, a.Close())
}

// FromARC is an Opener of an ARC file as a plain WARC file: a response for each HTTP message, a resource for all else.
// The ids of the records follow from their address, time and place, so each reading gives the same ones. What is no ARC
// record ends it with an error.
func FromARC(open Opener) Opener {
	return func(offset int64) (io.ReadCloser, error) {
		a, err := openARC(open)
		if err != nil {
			return nil, err
		}
		if _, err := io.CopyN(io.Discard, a, offset); err != nil && !errors.Is(err, io.EOF) {
			return nil, errors.Join(err, a.Close())
		}
		return a, nil
	}
}

// arc gives an ARC file out as WARC.
type arc struct {
	rc     io.ReadCloser
	br     *bufio.Reader
	failed error // what the file could not be read for, unless io.EOF
	head   bytes.Reader
	left   int64 // of the bytes of the record
	n      int
	ended  bool // the end of the record was written
}

func openARC(open Opener) (*arc, error) {
	rc, err := open(0)
	if err != nil {
		return nil, err
	}
	a := &arc{rc: rc, ended: true}
	stored := bufio.NewReader(readerFunc(func(p []byte) (int, error) {
		n, err := rc.Read(p)
		if err != nil && !errors.Is(err, io.EOF) {
			a.failed = err
		}
		return n, err //nolint:wrapcheck // io.EOF must stay bare
	}))
	a.br = bufio.NewReaderSize(stored, maxARCLine)
	if magic, err := stored.Peek(2); err == nil && bytes.Equal(magic, gzipMagic[:2]) {
		z, err := gzip.NewReader(stored)
		if err != nil { // it is no ARC file: whoever asks finds none
			return a, nil //nolint:nilerr // see above
		}
		a.br = bufio.NewReaderSize(z, maxARCLine)
	}
	return a, nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Close closes the file.
func (a *arc) Close() error { return a.rc.Close() }

func (a *arc) Read(p []byte) (int, error) {
	for {
		if a.head.Len() > 0 {
			return a.head.Read(p)
		}
		if a.left > 0 {
			n, err := a.br.Read(p[:min(int64(len(p)), a.left)])
			a.left -= int64(n)
			if errors.Is(err, io.EOF) && a.left > 0 {
				err = io.EOF // the WARC reader says what that means
			} else if errors.Is(err, io.EOF) {
				err = nil
			}
			return n, err
		}
		if !a.ended {
			a.ended = true
			a.head.Reset([]byte("\r\n\r\n"))
			continue
		}
		if err := a.next(); err != nil {
			return 0, err
		}
	}
}

// next reads the line about the next record, and makes the header of a WARC record of it.
func (a *arc) next() error {
	line := []byte{}
	for len(bytes.TrimSpace(line)) == 0 { // records are parted by line ends
		var err error
		line, err = a.br.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(bytes.TrimSpace(line)) == 0 {
			return io.EOF
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("ARC record %d: %w", a.n+1, err)
		}
	}
	a.n++
	head, err := a.header(strings.TrimSpace(string(line)))
	if err != nil {
		return fmt.Errorf("ARC record %d: %w", a.n, err)
	}
	a.head.Reset(head)
	a.ended = false
	return nil
}

// header is the WARC header for an ARC line: URL, IP address, date, type, in version 2 more, and the length. Some tools
// left spaces in addresses.
func (a *arc) header(line string) ([]byte, error) {
	f := strings.Split(line, " ")
	n := 5
	if len(f) >= 10 && a.isDate(f[len(f)-8]) {
		n = 10
	}
	if len(f) < n || !a.isDate(f[len(f)-n+2]) {
		return nil, fmt.Errorf("%.80q is not a line about a record", line)
	}
	uri := strings.Join(f[:len(f)-n+1], "%20")
	ip, date, media := f[len(f)-n+1], f[len(f)-n+2], f[len(f)-n+3]
	length, err := strconv.ParseInt(f[len(f)-1], 10, 64)
	if err != nil || length < 0 || hasControl(line) {
		return nil, fmt.Errorf("%.80q is not a line about a record", line)
	}
	at, err := time.Parse("20060102150405", date)
	if err != nil {
		return nil, fmt.Errorf("the date of a record: %w", err)
	}
	a.left = length
	r := Record{
		Type: Resource, Date: at, TargetURI: uri, ContentType: media, Length: length,
		ID: uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "%d %s %s %d", a.n, date, uri, length)).URN(),
	}
	switch start, _ := a.br.Peek(int(min(length, 5))); {
	case strings.HasPrefix(uri, arcMagic):
		r.Type, r.TargetURI, r.ContentType = Warcinfo, "", "text/plain"
	case string(start) == "HTTP/":
		r.Type, r.ContentType = Response, HTTPResponse
	}
	if strings.Trim(ip, "0.") != "" && ip != "-" && r.Type != Warcinfo {
		r.Fields = Header{{"WARC-IP-Address", ip}}
	}
	return appendHead(nil, &r)
}

func (a *arc) isDate(s string) bool {
	return len(s) == 14 && strings.Trim(s, "0123456789") == ""
}

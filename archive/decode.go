package archive

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/ibid-archive/ibid"
)

// Limit bounds how many decoded bytes are given out; 0 is no bound, since decoding streams.
type Limit int64

// maxCodings bounds the content codings of one payload: more are an attack.
const maxCodings = 4

// zstdWindow is the largest window that a browser accepts (RFC 8878, 3.1.1.1.2; RFC 9659), in bytes.
const zstdWindow = 8 << 20

// Decoded returns the payload with its content codings undone (RFC 9110, 8.4). A body that is not coded as
// it says is taken as it is. The errors, also of reading, have the Class decode-failed, or
// decoded-too-large when more than limit bytes would come.
func (p *Payload) Decoded(limit Limit) (io.Reader, error) {
	fields := p.Header.Values("Content-Encoding")
	r, err := Decoded(fields, p)
	if err != nil {
		return nil, p.decodeError(err)
	}
	if len(fields) == 0 && limit <= 0 {
		return r, nil
	}
	return &decoded{p: p, r: r, left: int64(limit), bounded: limit > 0}, nil
}

// Decoded is r with the content codings undone that the Content-Encoding fields of a message name.
func Decoded(fields []string, r io.Reader) (io.Reader, error) {
	codings := strings.FieldsFunc(strings.Join(fields, ","), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
	if len(codings) > maxCodings {
		return nil, fmt.Errorf("%d content codings", len(codings))
	}
	for i := len(codings) - 1; i >= 0; i-- {
		next, err := undo(strings.ToLower(codings[i]), r)
		if err != nil {
			return nil, err
		}
		r = next
	}
	return r, nil
}

func (p *Payload) decodeError(err error) error {
	var own *ibid.Error
	if errors.As(err, &own) {
		return err
	}
	return &ibid.Error{Kind: ibid.KindInput, Op: "decode", URI: p.Capture.URI, Class: ibid.ClassDecodeFailed, Err: err}
}

// undo returns r with one content coding undone.
func undo(coding string, r io.Reader) (io.Reader, error) {
	br := bufio.NewReader(r)
	start, err := br.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(start) == 0 { // nothing was sent, so nothing is coded
		return br, nil
	}
	switch coding {
	case "identity":
		return br, nil
	case "gzip", "x-gzip":
		if !bytes.HasPrefix(start, []byte{0x1f, 0x8b}) {
			return br, nil
		}
		return gzip.NewReader(br)
	case "deflate": // zlib by the book, raw by some servers
		if len(start) >= 2 && start[0]&0x0f == 8 && (uint(start[0])<<8|uint(start[1]))%31 == 0 {
			return zlib.NewReader(br)
		}
		return flate.NewReader(br), nil
	case "br":
		return brotli.NewReader(br), nil
	case "zstd":
		if !bytes.Equal(start, []byte{0x28, 0xb5, 0x2f, 0xfd}) {
			return br, nil
		}
		z, err := zstd.NewReader(br, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		return z, nil
	}
	return nil, fmt.Errorf("content coding %.40q is unknown; the payload can be had as sent", coding)
}

// decoded gives errors their Class, and ends at the limit.
type decoded struct {
	p       *Payload
	r       io.Reader
	left    int64
	bounded bool
}

func (d *decoded) Read(b []byte) (int, error) {
	if d.bounded && int64(len(b)) > d.left+1 {
		b = b[:d.left+1] // one more, to tell an end at the limit from more to come
	}
	n, err := d.r.Read(b)
	if d.bounded {
		if int64(n) > d.left {
			n, err = int(d.left), &ibid.Error{
				Kind: ibid.KindInput, Op: "decode", URI: d.p.Capture.URI, Class: ibid.ClassDecodedTooLarge,
				Err: errors.New("it decodes to more than the limit"),
			}
		}
		d.left -= int64(n)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = d.p.decodeError(err)
	}
	return n, err
}

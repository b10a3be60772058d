package crawler

import (
	"bufio"
	"compress/flate"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http/httputil"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/ibid-archive/ibid"
)

// acceptEncoding is what we ask for. zstd is decoded when it is sent, but not asked for: what is stored
// is read by other people's tools for decades, and few of them know it.
const acceptEncoding = "gzip, deflate, br"

// maxCodings bounds how many content codings may lie on one another; more is an attack.
const maxCodings = 4

// maxWindow bounds the memory of a zstd decoder, in bytes (RFC 9659: 8 MB).
const maxWindow = 8 << 20

// payloadReader reads the transfer-decoded entity of m from its spool.
func (m *message) payloadReader() io.Reader {
	wire := m.spool.section(m.headLen, m.spool.size-m.headLen)
	if m.chunked {
		return httputil.NewChunkedReader(bufio.NewReaderSize(wire, blockSize))
	}
	return wire
}

// codings lists the content codings in the order in which they are to be undone.
func codings(header []string) []string {
	var list []string
	for _, line := range header {
		for name := range strings.SplitSeq(line, ",") {
			name = strings.ToLower(strings.TrimSpace(name))
			if name != "" && name != "identity" {
				list = append([]string{strings.TrimPrefix(name, "x-")}, list...)
			}
			if len(list) > maxCodings {
				return list
			}
		}
	}
	return list
}

var errUnknownCoding = errors.New("the content coding is unknown")

// pooled is a gzip.Reader whose memory is used again when it is closed.
type pooled struct {
	*gzip.Reader
	pool *sync.Pool
}

func (w *wire) gunzip(r io.Reader) (io.Reader, error) {
	z, ok := w.gzips.Get().(*gzip.Reader)
	if !ok {
		z = new(gzip.Reader)
	}
	if err := z.Reset(r); err != nil {
		return nil, err
	}
	return pooled{z, &w.gzips}, nil
}

// Close gives the memory back.
func (p pooled) Close() error {
	err := p.Reader.Close()
	p.pool.Put(p.Reader)
	return err
}

// decoder undoes one coding of r.
func (w *wire) decoder(coding string, r io.Reader) (io.Reader, error) {
	switch coding {
	case "gzip":
		return w.gunzip(r)
	case "deflate":
		return deflateReader(r)
	case "br":
		return brotli.NewReader(r), nil
	case "zstd":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	return nil, errUnknownCoding
}

// deflateReader takes both what "deflate" means (zlib, RFC 9110, 8.4.1.2) and what some servers send (raw).
func deflateReader(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	if h, err := b.Peek(2); err == nil && h[0]&0x0f == 8 && (int(h[0])<<8|int(h[1]))%31 == 0 {
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}

// decoded is the payload of an answer without its codings, at rest.
type decoded struct {
	body  *io.SectionReader
	own   *spool // nil where body lies in the message's spool
	class ibid.Class
}

// decode undoes transfer and content codings up to limit bytes. What cannot be undone is a note: the bytes
// sent are stored untouched, and what was decoded up to there is used. An error is one of the spool.
func (w *wire) decode(m *message, limit int64) (decoded, error) {
	list := codings(m.header["Content-Encoding"])
	if len(list) == 0 && !m.chunked {
		n := min(m.payloadLen, limit)
		return decoded{body: m.spool.section(m.headLen, n)}, nil
	}
	d := decoded{own: w.spools.new()}
	r, closeAll, err := w.openCodings(list, m.payloadReader())
	if err == nil {
		err = w.copyDecoded(d.own, r, limit)
	}
	closeAll()
	switch {
	case ibid.KindOf(err) == ibid.KindStorage && err != nil:
		d.own.release()
		return decoded{}, err
	case errors.Is(err, errDecodedTooLarge):
		d.class = ibid.ClassDecodedTooLarge
	case err != nil && m.stage == complete:
		d.class = ibid.ClassDecodeFailed
	}
	d.body = d.own.section(0, d.own.size)
	return d, nil
}

func (w *wire) openCodings(list []string, r io.Reader) (io.Reader, func(), error) {
	var closers []io.Closer
	closeAll := func() {
		for _, c := range closers {
			_ = c.Close() // Only memory is given back; the decoding has said what there was to say.
		}
	}
	if len(list) > maxCodings {
		return nil, closeAll, errUnknownCoding
	}
	for _, name := range list {
		next, err := w.decoder(name, r)
		if err != nil {
			return nil, closeAll, err
		}
		if c, ok := next.(io.Closer); ok {
			closers = append(closers, c)
		}
		r = next
	}
	return r, closeAll, nil
}

var errDecodedTooLarge = errors.New("the decoded payload is larger than the limit")

// copyDecoded copies until the end, the limit or the first error, keeping what came before it. A decoder that
// panics has met bytes that it cannot decode.
func (w *wire) copyDecoded(to *spool, from io.Reader, limit int64) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("decode: panic: %v", p)
		}
	}()
	buf := w.buffers.Get().(*[64 << 10]byte)
	defer w.buffers.Put(buf)
	for {
		n, err := from.Read(buf[:])
		over := to.size+int64(n) > limit
		if over {
			n = int(limit - to.size)
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return err
		}
		switch {
		case over:
			return errDecodedTooLarge
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

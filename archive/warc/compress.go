package warc

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
)

// level is the gzip level of everything that is deflated.
const level = 6

// gzipHeader begins every member (RFC 1952, 2.3): deflate, no flags, no time, unknown system.
const gzipHeader = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

// chunk is how much is gathered before it is written out: one write for an ordinary record.
const chunk = 512 << 10

// maxStored is the longest stored block of deflate (RFC 1951, 3.2.4).
const maxStored = 65535

// Span is where a record lies: Length compressed bytes from Offset.
type Span struct{ Offset, Length int64 }

// Compressor turns records into gzip members. It has a fixed number of encoders, which bounds the memory
// taken (about 1.5 MiB each) however many records are on their way. It is safe for concurrent use.
type Compressor struct{ free chan *encoder }

// NewCompressor returns a Compressor of n encoders, made when they are first needed.
func NewCompressor(n int) *Compressor {
	c := &Compressor{free: make(chan *encoder, max(n, 1))}
	for range cap(c.free) {
		c.free <- nil
	}
	return c
}

func (c *Compressor) acquire(ctx context.Context) (*encoder, error) {
	select {
	case e := <-c.free:
		if e == nil {
			return newEncoder()
		}
		return e, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (c *Compressor) release(e *encoder) {
	e.out.reset(nil)
	c.free <- e
}

// Fits says whether records with these block lengths are small enough to be encoded in memory.
func Fits(lengths ...int64) bool {
	var sum int64
	for _, n := range lengths {
		sum += n
	}
	return sum <= chunk*3/4
}

// Batch is encoded records in memory, waiting for their place in a file.
type Batch struct {
	c *Compressor
	e *encoder
	// Spans are those of the records, counted from the beginning of the Batch.
	Spans []Span
}

// Bytes are the gzip members. They are b's, and gone with Release.
func (b *Batch) Bytes() []byte { return b.e.out.b }

// Release gives the memory of b back. It must be called once, after the last use of b.
func (b *Batch) Release() { b.c.release(b.e) }

// Encode turns recs into a Batch. Their blocks should be small: see Fits.
func (c *Compressor) Encode(ctx context.Context, recs ...*Record) (*Batch, error) {
	e, err := c.acquire(ctx)
	if err != nil {
		return nil, err
	}
	b := &Batch{c: c, e: e, Spans: make([]Span, 0, len(recs))}
	for _, r := range recs {
		at := int64(len(e.out.b))
		if err := e.encode(r); err != nil {
			b.Release()
			return nil, err
		}
		b.Spans = append(b.Spans, Span{at, int64(len(e.out.b)) - at})
	}
	return b, nil
}

// encoder makes gzip members by hand, since one member may hold deflated and stored blocks.
type encoder struct {
	z    *flate.Writer
	out  buffer
	head []byte
	copy []byte
	crc  uint32
	size uint32 // ISIZE: the uncompressed length modulo 2^32
}

func newEncoder() (*encoder, error) {
	e := &encoder{copy: make([]byte, maxStored)}
	z, err := flate.NewWriter(&e.out, level)
	if err != nil {
		return nil, fmt.Errorf("deflate: %w", err)
	}
	e.z = z
	return e, nil
}

// encode appends one member to e.out.
func (e *encoder) encode(r *Record) error {
	head, err := appendHead(e.head[:0], r)
	if err != nil {
		return err
	}
	e.head, e.crc, e.size = head, 0, 0
	if _, err := io.WriteString(&e.out, gzipHeader); err != nil {
		return err
	}
	e.z.Reset(&e.out)
	if err := e.deflate(head); err != nil {
		return err
	}
	write := e.deflate
	if r.Stored {
		if err := e.z.Flush(); err != nil { // ends on a byte boundary
			return fmt.Errorf("deflate: %w", err)
		}
		write = e.store
	}
	if err := e.block(r, write); err != nil {
		return err
	}
	return e.finish(r.Stored)
}

// block passes exactly r.Length bytes of r.Block on.
func (e *encoder) block(r *Record, write func([]byte) error) error {
	for left := r.Length; left > 0; {
		n, err := io.ReadFull(r.Block, e.copy[:min(left, maxStored)])
		if err != nil {
			return fmt.Errorf("block of %s ends %d bytes early: %w", r.ID, left-int64(n), err)
		}
		if err := write(e.copy[:n]); err != nil {
			return err
		}
		left -= int64(n)
	}
	return nil
}

func (e *encoder) count(p []byte) {
	e.crc = crc32.Update(e.crc, crc32.IEEETable, p)
	e.size += uint32(len(p)) //nolint:gosec // at most maxStored, or a header in memory
}

func (e *encoder) deflate(p []byte) error {
	e.count(p)
	if _, err := e.z.Write(p); err != nil {
		return fmt.Errorf("deflate: %w", err)
	}
	return nil
}

func (e *encoder) store(p []byte) error {
	e.count(p)
	return e.storedBlock(0, p)
}

// storedBlock writes one stored block of deflate; final is 1 for the last of the stream.
func (e *encoder) storedBlock(final byte, p []byte) error {
	n := uint16(len(p)) //nolint:gosec // at most maxStored
	h := [5]byte{final, byte(n), byte(n >> 8), byte(^n), byte(^n >> 8)}
	if _, err := e.out.Write(h[:]); err != nil {
		return err
	}
	_, err := e.out.Write(p)
	return err
}

// finish writes the two line ends that follow a block, and the end of the member.
func (e *encoder) finish(stored bool) error {
	end := e.copy[:copy(e.copy, "\r\n\r\n")]
	if stored {
		e.count(end)
		if err := e.storedBlock(1, end); err != nil {
			return err
		}
	} else {
		if err := e.deflate(end); err != nil {
			return err
		}
		if err := e.z.Close(); err != nil {
			return fmt.Errorf("deflate: %w", err)
		}
	}
	trailer := binary.LittleEndian.AppendUint32(e.copy[:0], e.crc)
	_, err := e.out.Write(binary.LittleEndian.AppendUint32(trailer, e.size))
	return err
}

// buffer gathers bytes; with a destination it passes them on in chunks.
type buffer struct {
	b  []byte
	to io.Writer
	n  int64 // bytes passed on
}

func (b *buffer) reset(to io.Writer) {
	if cap(b.b) > 2*chunk { // one odd record should not keep its memory for ever
		b.b = nil
	}
	b.b, b.to, b.n = b.b[:0], to, 0
}

func (b *buffer) Write(p []byte) (int, error) {
	b.b = append(b.b, p...)
	if b.to != nil && len(b.b) >= chunk {
		return len(p), b.flush()
	}
	return len(p), nil
}

func (b *buffer) flush() error {
	n, err := b.to.Write(b.b)
	b.n += int64(n)
	b.b = b.b[:0]
	return err
}

package warc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"
)

// headerLimit bounds the header of a record, and the head of an HTTP message, in bytes.
const headerLimit = 1 << 20

// maxDamage is how many damaged places are gone past before a Reader gives up: looking for the next
// record costs time, and a hostile file could ask for it at every byte.
const maxDamage = 1000

// Reader reads a WARC record by record, gzip or plain. It is not safe for concurrent use.
type Reader struct {
	src    *source
	z      *gzip.Reader
	member *bufio.Reader // the inflated bytes of the current member
	cur    *bufio.Reader // what records are read from: member, or src.br for plain files
	start  int64         // where the current member or plain record begins
	inside bool          // cur stands at a further record of the current member
	entry  *Entry
	seen   int
	damage int
}

// Entry is a record being read.
type Entry struct {
	// Version is "WARC/1.1" or an older one.
	Version   string
	Header    Header
	Type      Type
	ID        string // without angle brackets
	Date      time.Time
	TargetURI string // without angle brackets
	// Length is the Content-Length.
	Length int64
	// Offset is where in the file the record lies, or the gzip member that it is in.
	Offset int64
	// Block has Length bytes; it ends with a *Problem when they are not all there.
	Block io.Reader
	// Flaws are faults that leave the record readable.
	Flaws []*Problem

	raw  io.Reader // Block, whatever the caller made of it
	left int64
	body int64 // in a plain file: the offset of the block
}

// NewReader returns a Reader of the file that open opens.
func NewReader(open Opener) *Reader {
	return &Reader{src: newSource(open), z: new(gzip.Reader), member: bufio.NewReaderSize(nil, sourceBuffer)}
}

// Reset makes r a Reader of the file that open opens, from its beginning, as NewReader gives one, with the buffers that r
// has. The file before must be closed.
func (r *Reader) Reset(open Opener) {
	src := r.src
	src.open, src.rc, src.read, src.err = open, nil, 0, nil
	src.br.Reset(src)
	*r = Reader{src: src, z: r.z, member: r.member}
}

// Close closes the file.
func (r *Reader) Close() error { return r.src.close() }

// Next returns the next record, after finishing the one before. A *Problem says what could not be read:
// call Next again to go on behind it. io.EOF is the end; any other error is the file's own.
func (r *Reader) Next() (*Entry, error) {
	if r.entry != nil {
		if _, err := r.Finish(); err != nil {
			return nil, err
		}
	}
	if !r.inside {
		if err := r.begin(); err != nil {
			return nil, err
		}
	}
	e := &Entry{Offset: r.start}
	if r.inside {
		e.flaw(CodeGlued, "this gzip member holds more than one record, so none can be read alone")
	}
	r.inside = false
	if err := r.head(e); err != nil {
		return nil, err
	}
	r.entry = e
	r.seen++
	return e, nil
}

// begin finds out what lies at the next place: a gzip member, a plain record, or neither.
func (r *Reader) begin() error {
	if err := r.skipLineEnds(); err != nil {
		return err
	}
	r.start = r.src.offset()
	magic, err := r.src.br.Peek(len(warcMagic))
	switch {
	case len(magic) == 0:
		if err := r.src.failure(err); err != nil {
			return err
		}
		return io.EOF
	case bytes.HasPrefix(magic, gzipMagic[:2]):
		if err := r.z.Reset(r.src.br); err != nil {
			return r.damaged(r.start+1, CodeGzip, "no gzip member", err)
		}
		r.z.Multistream(false)
		r.member.Reset(r.z)
		r.cur = r.member
		return nil
	case bytes.HasPrefix(magic, warcMagic):
		r.cur = r.src.br
		return nil
	}
	return r.foreign(magic)
}

func (r *Reader) skipLineEnds() error {
	for {
		c, err := r.src.br.ReadByte()
		if err != nil {
			return r.src.failure(err)
		}
		if c != '\r' && c != '\n' {
			return r.src.br.UnreadByte()
		}
	}
}

// foreign says what lies where a record should.
func (r *Reader) foreign(magic []byte) error {
	code, text := CodeVersion, "no record begins here"
	switch {
	case bytes.HasPrefix(magic, []byte("\x28\xb5\x2f\xfd")), bytes.HasPrefix(magic, []byte("\x5d\x2a\x4d\x18")):
		code, text = CodeUnknown, "this is compressed with Zstandard; only gzip and plain WARC files can be read"
	case bytes.HasPrefix(magic, []byte("filed")):
		text = "this is an ARC file, not a WARC file"
	}
	at := r.start
	found, err := r.src.scan(at + 1)
	if err != nil {
		return err
	}
	if !found && r.seen > 0 && code == CodeVersion {
		code, text = CodeGarbage, "the bytes from here to the end of the file belong to no record"
	} else if found {
		text = fmt.Sprintf("%s; %d bytes were skipped", text, r.src.offset()-at)
	}
	return r.counted(&Problem{Code: code, Offset: at, Text: text})
}

// damaged reports a fault of the record that begins at r.start, and goes on where the next one seems to
// begin, looking from offset on.
func (r *Reader) damaged(from int64, code Code, text string, cause error) error {
	p := &Problem{Code: code, Offset: r.start, Text: text, Err: cause}
	if r.src.err != nil {
		return r.src.failure(nil)
	}
	if _, err := r.src.scan(from); err != nil {
		return err
	}
	r.entry, r.inside = nil, false
	return r.counted(p)
}

func (r *Reader) counted(p *Problem) error {
	r.damage++
	if r.damage < maxDamage {
		return p
	}
	r.src.br.Reset(bytes.NewReader(nil))
	p.Code, p.Text = CodeGivenUp, fmt.Sprintf("%d damaged places: the rest of the file was not read", r.damage)
	return p
}

// Finish reads the current record to its end and returns where it lies. The error is a *Problem when
// the end is not as it should be.
func (r *Reader) Finish() (Span, error) {
	e := r.entry
	if e == nil {
		return Span{}, errors.New("no record is being read")
	}
	if _, err := io.Copy(io.Discard, e.raw); err != nil {
		return Span{}, r.abandon(err)
	}
	ok, err := r.lineEnds(e)
	if err != nil {
		return Span{}, r.abandon(err)
	}
	if !ok {
		return Span{}, r.badEnd(e)
	}
	if r.cur == r.member {
		if err := r.endMember(); err != nil {
			return Span{}, err
		}
	}
	r.entry = nil
	return Span{e.Offset, r.src.offset() - e.Offset}, nil
}

// lineEnds reads the two line ends behind a block; false means that something else is there.
func (r *Reader) lineEnds(e *Entry) (bool, error) {
	for range 2 {
		b, err := r.cur.Peek(2)
		switch {
		case bytes.Equal(b, []byte("\r\n")):
			_, err = r.cur.Discard(2)
		case len(b) > 0 && b[0] == '\n':
			e.lineEnd()
			_, err = r.cur.Discard(1)
		case err != nil && !errors.Is(err, io.EOF):
			return false, &Problem{Code: CodeGzip, Offset: e.Offset, Text: "the gzip member is damaged", Err: err}
		case len(b) == 0 && errors.Is(err, io.EOF):
			return false, &Problem{Code: CodeTruncated, Offset: e.Offset, Text: "the two line ends behind the block are missing", Err: io.ErrUnexpectedEOF}
		default:
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// badEnd goes on behind a block that is not followed by two line ends.
func (r *Reader) badEnd(e *Entry) error {
	const text = "no two line ends behind the block: Content-Length is wrong, or the record is damaged"
	if r.cur == r.src.br {
		return r.damaged(e.body, CodeBlockEnd, text, nil)
	}
	if _, err := io.Copy(io.Discard, r.member); err != nil {
		return r.damaged(e.Offset+1, CodeGzip, "the gzip member is damaged", err)
	}
	r.entry = nil
	return r.counted(&Problem{Code: CodeBlockEnd, Offset: e.Offset, Text: text})
}

// endMember checks what follows a record in its gzip member: nothing, another record, or garbage.
func (r *Reader) endMember() error {
	b, err := r.member.Peek(len(warcMagic))
	switch {
	case len(b) == 0 && errors.Is(err, io.EOF):
		return nil
	case len(b) == 0:
		return r.damaged(r.start+1, CodeGzip, "the gzip member is damaged", err)
	case bytes.Equal(b, warcMagic):
		r.inside = true
		return nil
	}
	if _, err := io.Copy(io.Discard, r.member); err != nil {
		return r.damaged(r.start+1, CodeGzip, "the gzip member is damaged", err)
	}
	r.entry = nil
	return r.counted(&Problem{Code: CodeGarbage, Offset: r.start, Text: "the gzip member goes on behind the record"})
}

// abandon gives up the current record because of err.
func (r *Reader) abandon(err error) error {
	e, from := r.entry, r.start+1
	if r.cur == r.src.br {
		from = e.body
	}
	var p *Problem
	if errors.As(err, &p) {
		return r.damaged(from, p.Code, p.Text, p.Err)
	}
	return r.damaged(from, CodeGzip, "the record cannot be read", err)
}

package warc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// Opener opens a WARC file at an offset.
type Opener func(offset int64) (io.ReadCloser, error)

// FromReaderAt is an Opener of the first size bytes of r.
func FromReaderAt(r io.ReaderAt, size int64) Opener {
	return func(offset int64) (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(r, offset, max(size-offset, 0))), nil
	}
}

// source is the file as stored, with the offset of the next byte.
type source struct {
	open Opener
	rc   io.ReadCloser
	br   *bufio.Reader
	read int64 // offset behind what br has taken from rc
	err  error // what rc failed with, unless io.EOF
}

const sourceBuffer = 64 << 10

func newSource(open Opener) *source {
	s := &source{open: open}
	s.br = bufio.NewReaderSize(s, sourceBuffer)
	return s
}

// Read implements io.Reader for br.
func (s *source) Read(p []byte) (int, error) {
	if s.rc == nil {
		if err := s.seek(s.read); err != nil {
			return 0, err
		}
	}
	n, err := s.rc.Read(p)
	s.read += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err //nolint:wrapcheck // io.EOF must stay bare
}

func (s *source) offset() int64 { return s.read - int64(s.br.Buffered()) }

func (s *source) seek(offset int64) error {
	if err := s.close(); err != nil {
		return err
	}
	rc, err := s.open(offset)
	if err != nil {
		s.err = err
		return err
	}
	s.rc, s.read = rc, offset
	s.br.Reset(s)
	return nil
}

func (s *source) close() error {
	if s.rc == nil {
		return nil
	}
	err := s.rc.Close()
	s.rc = nil
	return err
}

var (
	gzipMagic = []byte{0x1f, 0x8b, 0x08}
	warcMagic = []byte("WARC/")
)

// probe is how many bytes must be enough to inflate the beginning of a record.
const probe = 4096

// scan goes on from offset to where a record seems to begin: a gzip member that inflates to "WARC/", or a
// line that begins so. False: there is none up to the end.
func (s *source) scan(offset int64) (bool, error) {
	lineStart, err := s.seekLine(offset)
	if err != nil {
		return false, err
	}
	for {
		window, err := s.br.Peek(sourceBuffer / 2)
		if len(window) < len(warcMagic) {
			return false, errors.Join(s.failure(err), s.skip(len(window)))
		}
		i := nextMagic(window)
		if i < 0 {
			keep := min(len(window)-1, len(warcMagic))
			lineStart = window[len(window)-keep-1] == '\n'
			if err := s.skip(len(window) - keep); err != nil {
				return false, err
			}
			continue
		}
		if i > 0 {
			lineStart = window[i-1] == '\n'
		}
		if err := s.skip(i); err != nil {
			return false, err
		}
		head, _ := s.br.Peek(probe)
		if begins(head, lineStart) {
			return true, nil
		}
		lineStart = false
		if err := s.skip(1); err != nil {
			return false, err
		}
	}
}

// failure is what the file could not be read for; nil at its end.
func (s *source) failure(err error) error {
	if s.err != nil {
		return fmt.Errorf("reading the file at byte %d: %w", s.offset(), s.err)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

func (s *source) skip(n int) error {
	_, err := s.br.Discard(n)
	return s.failure(err)
}

// seekLine goes to offset and says whether a line begins there.
func (s *source) seekLine(offset int64) (bool, error) {
	if err := s.seek(max(offset-1, 0)); err != nil || offset == 0 {
		return true, err
	}
	c, err := s.br.ReadByte()
	return c == '\n', s.failure(err)
}

func nextMagic(b []byte) int {
	i, j := bytes.Index(b, gzipMagic), bytes.Index(b, warcMagic)
	if i < 0 || j >= 0 && j < i {
		return j
	}
	return i
}

func begins(head []byte, lineStart bool) bool {
	if bytes.HasPrefix(head, warcMagic) {
		line, _, ok := bytes.Cut(head[:min(len(head), 32)], []byte("\n"))
		return lineStart && ok && knownVersion(string(bytes.TrimRight(line, "\r")))
	}
	z, err := gzip.NewReader(bytes.NewReader(head))
	if err != nil {
		return false
	}
	var start [5]byte
	_, err = io.ReadFull(z, start[:])
	return err == nil && bytes.Equal(start[:], warcMagic)
}

func knownVersion(line string) bool {
	switch line {
	case "WARC/1.1", "WARC/1.0", "WARC/0.18", "WARC/0.17":
		return true
	}
	return false
}

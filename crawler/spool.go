package crawler

import (
	"errors"
	"io"
	"os"
	"sync"
	"syscall"

	"github.com/ibid-archive/ibid"
)

// blockSize is the unit of a spool's memory: most pages need one or two.
const blockSize = 32 << 10

// spools makes spools with shared, reused memory.
type spools struct {
	dir    string
	memory int64 // bytes of one spool that stay in memory
	blocks sync.Pool
	files  sync.Pool // empty ones without a name; those that are dropped from it are closed
}

func newSpools(dir string, memory int64) *spools {
	p := &spools{dir: dir, memory: memory}
	p.blocks.New = func() any { return new([blockSize]byte) }
	return p
}

// spool holds bytes at rest: the first in memory, the rest in a file without a name. Writing and reading
// are not concurrent; reading is an io.ReaderAt.
type spool struct {
	from   *spools
	blocks []*[blockSize]byte
	inMem  int64
	file   *os.File
	size   int64
}

func (p *spools) new() *spool { return &spool{from: p} }

// Write appends b. An error is an ibid.Error of KindStorage: the disk is full, or failed.
func (s *spool) Write(b []byte) (int, error) {
	written := 0
	for len(b) > 0 && s.file == nil && s.inMem < s.from.memory {
		at := int(s.inMem % blockSize)
		if at == 0 {
			s.blocks = append(s.blocks, s.from.blocks.Get().(*[blockSize]byte))
		}
		room := min(int64(blockSize-at), s.from.memory-s.inMem)
		n := copy(s.blocks[len(s.blocks)-1][at:int64(at)+room], b)
		b, written = b[n:], written+n
		s.inMem += int64(n)
		s.size += int64(n)
	}
	if len(b) == 0 {
		return written, nil
	}
	if s.file == nil {
		if err := s.spill(); err != nil {
			return written, spoolError(s.from.dir, err)
		}
	}
	n, err := s.file.Write(b)
	s.size += int64(n)
	if err != nil {
		return written + n, spoolError(s.from.dir, err)
	}
	return written + n, nil
}

// spill takes a file that another spool has used, or makes one. Its name is removed at once, so that no crash leaves it
// behind.
func (s *spool) spill() error {
	if f, ok := s.from.files.Get().(*os.File); ok {
		s.file = f
		return nil
	}
	f, err := os.CreateTemp(s.from.dir, "spool-*")
	if err != nil {
		return err
	}
	if err := os.Remove(f.Name()); err != nil {
		return errors.Join(err, f.Close())
	}
	s.file = f
	return nil
}

func spoolError(dir string, err error) error {
	class := ibid.ClassStorageUnavailable
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		class = ibid.ClassStorageFull
	}
	return &ibid.Error{Kind: ibid.KindStorage, Op: "use the spool directory", URI: dir, Class: class, Err: err}
}

// ReadAt reads from memory or the file, wherever off lies.
func (s *spool) ReadAt(b []byte, off int64) (int, error) {
	read := 0
	for len(b) > 0 && off < s.inMem {
		block := s.blocks[off/blockSize]
		from := off % blockSize
		to := min(int64(blockSize), from+s.inMem-off)
		n := copy(b, block[from:to])
		b, read, off = b[n:], read+n, off+int64(n)
	}
	if len(b) == 0 {
		return read, nil
	}
	if s.file == nil {
		return read, io.EOF
	}
	n, err := s.file.ReadAt(b, off-s.inMem)
	return read + n, err
}

// release gives the memory and the file back. The spool is empty then.
func (s *spool) release() {
	for _, b := range s.blocks {
		s.from.blocks.Put(b)
	}
	s.blocks = nil
	if s.file != nil {
		s.from.emptied(s.file)
		s.file = nil
	}
	s.inMem, s.size = 0, 0
}

// emptied keeps a file for the next spool, or closes it. It was never to last: an error here loses nothing.
func (p *spools) emptied(f *os.File) {
	if f.Truncate(0) == nil {
		if _, err := f.Seek(0, io.SeekStart); err == nil {
			p.files.Put(f)
			return
		}
	}
	_ = f.Close()
}

func (s *spool) section(off, n int64) *io.SectionReader { return io.NewSectionReader(s, off, n) }

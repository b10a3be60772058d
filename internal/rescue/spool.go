package rescue

import (
	"crypto/sha1" //nolint:gosec // the digest of CDX files; ours is SHA-256
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"hash"
	"io"
	"os"
	"syscall"

	"github.com/ibid-archive/ibid"
)

// inMemory is how much of a body stays in memory.
const inMemory = 64 << 10

// spool holds a body at rest: a small one in memory, another in a file without a name. It is written first, then read.
type spool struct {
	dir  string
	mem  []byte
	file *os.File
	size int64
	sum  hash.Hash
	// index is the digest of CDX files.
	index hash.Hash
}

func newSpool(dir string) *spool {
	return &spool{dir: dir, sum: sha256.New(), index: sha1.New()} //nolint:gosec // see above
}

// Write appends b. An error is an ibid.Error of KindStorage.
func (s *spool) Write(b []byte) (int, error) {
	s.sum.Write(b)
	s.index.Write(b)
	if s.file == nil && s.size+int64(len(b)) <= inMemory {
		s.mem = append(s.mem, b...)
		s.size += int64(len(b))
		return len(b), nil
	}
	if s.file == nil {
		if err := s.spill(); err != nil {
			return 0, s.failed(err)
		}
	}
	n, err := s.file.Write(b)
	s.size += int64(n)
	if err != nil {
		return n, s.failed(err)
	}
	return n, nil
}

// spill opens the file. Its name is removed at once, so that no crash leaves it behind.
func (s *spool) spill() error {
	f, err := os.CreateTemp(s.dir, "rescue-*")
	if err != nil {
		return err
	}
	s.file = f
	if err := os.Remove(f.Name()); err != nil {
		return err
	}
	_, err = f.Write(s.mem)
	s.mem = nil
	return err
}

func (s *spool) failed(err error) error {
	class := ibid.ClassStorageUnavailable
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		class = ibid.ClassStorageFull
	}
	return &ibid.Error{Kind: ibid.KindStorage, Op: "use the spool directory", URI: s.dir, Class: class, Err: err}
}

// ReadAt implements io.ReaderAt.
func (s *spool) ReadAt(b []byte, off int64) (int, error) {
	if s.file != nil {
		return s.file.ReadAt(b, off)
	}
	if off < 0 || off >= int64(len(s.mem)) {
		return 0, io.EOF
	}
	n := copy(b, s.mem[off:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (s *spool) digest() ibid.Digest { return ibid.DigestSum(s.sum) }

// cdxDigest is how the bytes would be listed in a CDX file.
func (s *spool) cdxDigest() string { return base32.StdEncoding.EncodeToString(s.index.Sum(nil)) }

func (s *spool) close() {
	if s.file != nil {
		_ = s.file.Close() // It was never to last: an error here loses nothing.
	}
	s.mem, s.file = nil, nil
}

// joined is a head and the body behind it.
type joined struct {
	head []byte
	body io.ReaderAt
}

// ReadAt implements io.ReaderAt.
func (j joined) ReadAt(b []byte, off int64) (int, error) {
	n := 0
	if off >= 0 && off < int64(len(j.head)) {
		n = copy(b, j.head[off:])
		if n == len(b) {
			return n, nil
		}
	}
	m, err := j.body.ReadAt(b[n:], off+int64(n)-int64(len(j.head)))
	return n + m, err
}

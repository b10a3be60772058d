package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// Bounds of looking through a damaged file, in bytes.
const (
	// scanWindow is how much of each end is looked through.
	scanWindow = 1 << 20
	// scanBlock is how much of it is held at a time, and maxMark how long a mark to look for can be: the
	// blocks overlap by that much.
	scanBlock = 32 << 10
	maxMark   = 32
)

var infoRef = regexp.MustCompile(`^/Info\s+(\d{1,9})\s+(\d{1,5})\s+R`)

// scan looks through both ends of a damaged file, block by block: many servers send megabytes that only
// begin like a PDF, and are not to cost memory.
type scan struct {
	r     io.ReaderAt
	size  int64
	block []byte
}

// scanInfo looks for an Info dictionary and an XMP packet in both ends of a damaged file.
func scanInfo(r io.ReaderAt, size int64) (*Info, error) {
	s := &scan{r: r, size: size, block: make([]byte, min(size, scanBlock))}
	if at, err := s.last(" obj"); err != nil {
		return nil, err
	} else if at[0] < 0 {
		return nil, ErrFormat
	}
	at, err := s.last("/Encrypt ", "/Info", "<?xpacket begin")
	if err != nil {
		return nil, err
	}
	encrypt, entry, packet := at[0], at[1], at[2]
	info := &Info{Encrypted: encrypt >= 0}
	if entry >= 0 && !info.Encrypted {
		if info.Dict, err = s.infoDict(entry); err != nil {
			return nil, err
		}
	}
	if packet >= 0 {
		b, err := s.read(packet, maxPacket)
		if err != nil {
			return nil, err
		}
		info.XMP = parseXMP(b)
	}
	return info, nil
}

// infoDict reads the dictionary that the entry /Info at that offset refers to; nil where there is none.
func (s *scan) infoDict(entry int64) (map[string]string, error) {
	b, err := s.read(entry, 128)
	if err != nil {
		return nil, err
	}
	m := infoRef.FindSubmatch(b)
	if m == nil {
		return nil, nil //nolint:nilnil // a damaged file that has no such dictionary is no error
	}
	mark := fmt.Sprintf("\n%s %s obj", m[1], m[2])
	at, err := s.last(mark)
	if err != nil || at[0] < 0 {
		return nil, err
	}
	b, err = s.read(at[0]+int64(len(mark)), objectWindow)
	if err != nil {
		return nil, err
	}
	if d, ok := (&lexer{b: b}).next(0).(dict); ok {
		return (&file{}).texts(d), nil
	}
	return nil, nil //nolint:nilnil // likewise
}

// last returns where each of the marks stands last in the ends of the file, or -1. Marks are no longer
// than maxMark.
func (s *scan) last(marks ...string) ([]int64, error) {
	at := make([]int64, len(marks))
	for i := range at {
		at[i] = -1
	}
	tail := max(scanWindow, s.size-scanWindow)
	for _, end := range [][2]int64{{0, min(s.size, scanWindow)}, {tail, s.size}} {
		for from := end[0]; from < end[1]; from += scanBlock - maxMark {
			n, err := s.r.ReadAt(s.block[:min(int64(len(s.block)), end[1]-from)], from)
			if err != nil && !errors.Is(err, io.EOF) {
				return nil, fmt.Errorf("read the file: %w", err)
			}
			for i, mark := range marks {
				if found := lastIndex(s.block[:n], []byte(mark)); found >= 0 {
					at[i] = from + int64(found)
				}
			}
		}
	}
	return at, nil
}

// read returns up to n bytes from off.
func (s *scan) read(off, n int64) ([]byte, error) {
	b := make([]byte, max(0, min(n, s.size-off)))
	got, err := s.r.ReadAt(b, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	return b[:got], nil
}

// lastIndex returns where mark stands last in b, or -1. Searching forwards is many times faster than
// backwards, for want of a vector routine.
func lastIndex(b, mark []byte) int {
	last := -1
	for i := 0; ; i++ {
		n := bytes.Index(b[i:], mark)
		if n < 0 {
			return last
		}
		i += n
		last = i
	}
}

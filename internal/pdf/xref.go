package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
)

// Bounds of what finding an object may cost, in bytes and steps.
const (
	tailWindow   = 2 << 10
	objectWindow = 64 << 10
	maxSections  = 16
	maxInflated  = 8 << 20
	readBudget   = 32 << 20
)

var errXref = errors.New("the cross-reference table cannot be followed")

// file finds objects by the cross-reference table (ISO 32000-1, 7.5.4 and 7.5.8), reading no more than it
// must and never more than budget bytes in all.
type file struct {
	r        io.ReaderAt
	size     int64
	budget   int64
	sections []section
	trailer  dict
	// packed is the object stream read last.
	packed     []byte
	packedNum  int
	packedDict dict
}

// section is one cross-reference section: runs of a table at rest in the file, or a decoded stream.
type section struct {
	runs   []run
	stream []byte
	widths [3]int
}

// run is count entries for the objects from first on, beginning at pos of the file or of the stream.
type run struct {
	first, count int
	pos          int64
}

func openFile(r io.ReaderAt, size int64) (*file, error) {
	f := &file{r: r, size: size, budget: readBudget, trailer: dict{}}
	tail, err := f.read(max(0, size-tailWindow), tailWindow)
	if err != nil {
		return nil, err
	}
	i := bytes.LastIndex(tail, []byte("startxref"))
	if i < 0 {
		return nil, errXref
	}
	l := &lexer{b: tail[i+len("startxref"):]}
	at, ok := l.next(0).(float64)
	if !ok {
		return nil, errXref
	}
	return f, f.follow(int64(at))
}

// read returns up to n bytes from off; what is beyond the end is left out.
func (f *file) read(off, n int64) ([]byte, error) {
	n = min(n, f.size-off)
	if off < 0 || n <= 0 || f.budget < n {
		return nil, errXref
	}
	f.budget -= n
	b := make([]byte, n)
	got, err := f.r.ReadAt(b, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read at %d: %w", off, err)
	}
	return b[:got], nil
}

// follow reads the sections from the newest to the oldest.
func (f *file) follow(at int64) error {
	seen := map[int64]bool{}
	for todo := []int64{at}; len(todo) > 0 && len(seen) < maxSections; {
		at, todo = todo[0], todo[1:]
		if seen[at] {
			continue
		}
		seen[at] = true
		t, err := f.section(at)
		if err != nil {
			return err
		}
		for key, v := range t {
			if _, ok := f.trailer[key]; !ok {
				f.trailer[key] = v
			}
		}
		for _, key := range []name{"XRefStm", "Prev"} {
			if n, ok := t[key].(float64); ok {
				todo = append(todo, int64(n))
			}
		}
	}
	return nil
}

func (f *file) section(at int64) (dict, error) {
	head, err := f.read(at, 32)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(bytes.TrimLeft(head, " \r\n\t"), []byte("xref")) {
		return f.table(at)
	}
	d, data, err := f.streamAt(at, -1)
	if err != nil {
		return nil, err
	}
	return d, f.xrefStream(d, data)
}

var tableHead = regexp.MustCompile(`^\s*(?:xref)?\s*(\d{1,9})\s+(\d{1,7})[ \t]*\r?\n?`)

// table notes where the runs of entries lie, each entry 20 bytes, and returns the trailer behind them.
func (f *file) table(at int64) (dict, error) {
	var s section
	for len(s.runs) < maxValues {
		head, err := f.read(at, 256)
		if err != nil {
			return nil, err
		}
		m := tableHead.FindSubmatch(head)
		if m == nil {
			break
		}
		first, _ := strconv.Atoi(string(m[1])) // digits by the expression
		count, _ := strconv.Atoi(string(m[2]))
		at += int64(len(m[0]))
		s.runs = append(s.runs, run{first: first, count: count, pos: at})
		at += int64(count) * 20
	}
	window, err := f.read(at, objectWindow)
	if err != nil {
		return nil, err
	}
	l := &lexer{b: window}
	if l.next(0) != keyword("trailer") {
		return nil, errXref
	}
	t, ok := l.next(0).(dict)
	if !ok {
		return nil, errXref
	}
	f.sections = append(f.sections, s)
	return t, nil
}

func (f *file) xrefStream(d dict, data []byte) error {
	s := section{stream: data}
	w, _ := d["W"].([]any)
	if len(w) < 3 || d["Type"] != name("XRef") {
		return errXref
	}
	total := 0
	for i := range s.widths {
		n, ok := w[i].(float64)
		if !ok || n < 0 || n > 8 {
			return errXref
		}
		s.widths[i] = int(n)
		total += int(n)
	}
	index, _ := d["Index"].([]any)
	if index == nil {
		index = []any{0.0, d["Size"]}
	}
	pos := int64(0)
	for i := 0; i+1 < len(index); i += 2 {
		first, ok1 := index[i].(float64)
		count, ok2 := index[i+1].(float64)
		if !ok1 || !ok2 || first < 0 || count < 0 || first > 1e9 || count > 1e9 {
			return errXref
		}
		s.runs = append(s.runs, run{first: int(first), count: int(count), pos: pos})
		pos += int64(count) * int64(total)
	}
	f.sections = append(f.sections, s)
	return nil
}

// entry returns where object n is: of kind 1 at an offset of the file, of kind 2 in the object stream of
// that number, of kind 0 nowhere.
func (f *file) entry(n int) (kind int, where int64) {
	for _, s := range f.sections {
		for _, r := range s.runs {
			if n < r.first || n >= r.first+r.count {
				continue
			}
			if kind, where = f.entryAt(s, r.pos, int64(n-r.first)); kind != 0 {
				return kind, where
			}
		}
	}
	return 0, 0
}

// entryAt reads the i-th entry of the run at pos.
func (f *file) entryAt(s section, pos, i int64) (kind int, where int64) {
	if s.stream == nil {
		line, err := f.read(pos+20*i, 20)
		if err != nil || len(line) < 18 || line[17] != 'n' {
			return 0, 0
		}
		off, err := strconv.ParseInt(string(line[:10]), 10, 64)
		if err != nil {
			return 0, 0
		}
		return 1, off
	}
	width := int64(s.widths[0] + s.widths[1] + s.widths[2])
	at := pos + width*i
	if at < 0 || at+width > int64(len(s.stream)) {
		return 0, 0
	}
	row := s.stream[at : at+width]
	var field [2]int64
	for k := range field {
		for _, c := range row[:s.widths[k]] {
			field[k] = field[k]<<8 | int64(c)
		}
		row = row[s.widths[k]:]
	}
	if s.widths[0] == 0 {
		field[0] = 1
	}
	return int(field[0]), field[1]
}

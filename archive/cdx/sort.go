package cdx

import (
	"bufio"
	"container/heap"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// sortMemory is how many bytes of lines a Sorter holds before it puts them aside.
const sortMemory = 32 << 20

// Sorter puts the lines of an index in the order of their bytes, however many there are: what passes 32 MiB goes to
// temporary files. It is not safe for concurrent use.
type Sorter struct {
	// Dir is where temporary files lie; empty is the system's place for them.
	Dir string

	lines []string
	held  int
	size  int64
	runs  []*os.File
}

// Size is that of all lines, in bytes.
func (s *Sorter) Size() int64 { return s.size }

// Add takes one line, its end included.
func (s *Sorter) Add(line string) error {
	s.lines = append(s.lines, line)
	s.held += len(line)
	s.size += int64(len(line))
	if s.held < sortMemory {
		return nil
	}
	return s.spill()
}

// spill puts the lines that are held to a file of their own.
func (s *Sorter) spill() error {
	slices.Sort(s.lines)
	f, err := os.CreateTemp(s.Dir, ".ibid-index-*")
	if err != nil {
		return fmt.Errorf("sort the index: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil { // at once, so that no crash leaves it behind
		return fmt.Errorf("sort the index: %w", errors.Join(err, f.Close()))
	}
	s.runs = append(s.runs, f)
	w := bufio.NewWriterSize(f, 1<<20)
	for _, line := range s.lines {
		if _, err := w.WriteString(line); err != nil {
			return fmt.Errorf("sort the index: %w", err)
		}
	}
	s.lines, s.held = nil, 0
	if err := w.Flush(); err != nil {
		return fmt.Errorf("sort the index: %w", err)
	}
	return nil
}

// Each gives all lines in their order. Call it once, after the last Add.
func (s *Sorter) Each(do func(line string) error) error {
	slices.Sort(s.lines)
	if len(s.runs) == 0 {
		for _, line := range s.lines {
			if err := do(line); err != nil {
				return err
			}
		}
		return nil
	}
	h := &runHeap{{next: fromMemory(s.lines)}}
	for _, f := range s.runs {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("sort the index: %w", err)
		}
		*h = append(*h, &run{next: fromFile(f)})
	}
	return h.merge(do)
}

// Close gives the temporary files back.
func (s *Sorter) Close() error {
	var errs []error
	for _, f := range s.runs {
		errs = append(errs, f.Close())
	}
	s.runs, s.lines = nil, nil
	return errors.Join(errs...)
}

// run is a sorted sequence of lines; next gives io.EOF at its end.
type run struct {
	line string
	next func() (string, error)
}

func fromMemory(lines []string) func() (string, error) {
	return func() (string, error) {
		if len(lines) == 0 {
			return "", io.EOF
		}
		line := lines[0]
		lines = lines[1:]
		return line, nil
	}
}

func fromFile(f *os.File) func() (string, error) {
	r := bufio.NewReaderSize(f, 256<<10)
	return func() (string, error) { return r.ReadString('\n') }
}

type runHeap []*run

func (h runHeap) Len() int           { return len(h) }
func (h runHeap) Less(i, j int) bool { return h[i].line < h[j].line }
func (h runHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *runHeap) Push(x any)        { *h = append(*h, x.(*run)) }
func (h *runHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

func (h *runHeap) merge(do func(line string) error) error {
	started := (*h)[:0:0]
	for _, r := range *h {
		more, err := r.advance()
		if err != nil {
			return err
		}
		if more {
			started = append(started, r)
		}
	}
	*h = started
	heap.Init(h)
	for h.Len() > 0 {
		r := (*h)[0]
		if err := do(r.line); err != nil {
			return err
		}
		more, err := r.advance()
		if err != nil {
			return err
		}
		if more {
			heap.Fix(h, 0)
		} else {
			heap.Pop(h)
		}
	}
	return nil
}

func (r *run) advance() (more bool, err error) {
	r.line, err = r.next()
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("sort the index: %w", err)
	}
	return true, nil
}

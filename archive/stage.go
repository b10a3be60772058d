package archive

import (
	"context"

	"github.com/ibid-archive/ibid"
)

// A Visit is committed whole or not at all: committed in part, it would be made again after a crash, and what
// lies in the Store by then would be recorded twice. So its records wait in memory until it ends, and go to
// a segment in one piece. One that is too large for that goes there at once; its segment, and with it those
// that are numbered after it, is then held back until it has ended.

// maxStaged is how much of a Visit waits in memory, in bytes of gzip members.
const maxStaged = 512 << 10

// stage is what was written of a Visit that is under way.
type stage struct {
	seed string
	// buf are the members that wait, and waiting the Captures in them: their offsets count from its beginning.
	buf     *[]byte
	waiting []staged
	// in is the segment that this Visit writes to; nil while all of it waits.
	in *segment
}

// staged is a Capture that was written.
type staged struct {
	ibid.Capture
	// mayServe says that others with the same payload can be revisits of it.
	mayServe bool
}

// original is a Capture that brought a payload, and where it lies.
type original struct {
	ibid.Capture
	in *segment
}

// stageOf returns what was written of the Visit of seed.
func (w *Writer) stageOf(seed string) *stage {
	st := w.stages[seed]
	if st == nil {
		st = &stage{seed: seed, buf: w.a.buffers.Get().(*[]byte)}
		*st.buf = (*st.buf)[:0]
		w.stages[seed] = st
	}
	return st
}

// hold keeps members in memory, and says whether there was room for them.
func (st *stage) hold(c *captured, at ibid.Location, members []byte) bool {
	if st.in != nil || len(*st.buf)+len(members) > maxStaged {
		return false
	}
	at.Offset += int64(len(*st.buf))
	*st.buf = append(*st.buf, members...)
	if !c.failed {
		c.capture.Location = at
		st.waiting = append(st.waiting, staged{c.capture, c.mayServe})
	}
	return true
}

// spill returns the segment to which the Visit of st writes from now on: one with room for size bytes more.
func (w *Writer) spill(ctx context.Context, st *stage, size int64) (*segment, error) {
	if st.in != nil && w.hasRoom(st.in, size) {
		return st.in, nil
	}
	s, err := w.segment(ctx, int64(len(*st.buf))+size)
	if err != nil {
		return nil, err
	}
	s.under[st.seed] = true
	st.in = s
	return s, w.flush(st, s)
}

// flush writes what waits in st to s.
func (w *Writer) flush(st *stage, s *segment) error {
	if len(*st.buf) == 0 {
		return nil
	}
	at, err := s.w.Append(*st.buf)
	*st.buf = (*st.buf)[:0]
	if err != nil {
		return err
	}
	for _, c := range st.waiting {
		c.Location.Offset += at
		w.place(c, s)
	}
	st.waiting = nil
	return nil
}

// place makes c, which lies in s now, one of its Captures.
func (w *Writer) place(c staged, s *segment) {
	c.Location.Key = s.key
	s.captures = append(s.captures, c.Capture)
	if _, known := w.seen[c.Digest]; c.mayServe && !known {
		w.seen[c.Digest] = original{c.Capture, s}
	}
}

// locate says where the record id of the Visit of st lies, or will lie when st is flushed to s.
func (w *Writer) locate(st *stage, s *segment, id string) (ibid.Location, bool) {
	for i := range st.waiting {
		if c := &st.waiting[i]; c.RecordID == id {
			return ibid.Location{Key: s.key, Offset: s.w.Size() + c.Location.Offset, Length: c.Location.Length}, true
		}
	}
	for _, held := range w.open {
		for i := range held.captures {
			if c := &held.captures[i]; held.under[st.seed] && c.RecordID == id {
				return c.Location, true
			}
		}
	}
	return ibid.Location{}, false
}

// end lets go of what the Visit of st held back.
func (w *Writer) end(st *stage) {
	for _, s := range w.open {
		delete(s.under, st.seed)
	}
	delete(w.stages, st.seed)
	w.a.buffers.Put(st.buf)
}

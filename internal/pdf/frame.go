package pdf

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
)

// A frame is a length (4 bytes, big endian), then as many bytes. A request is a frame of JSON (request),
// then a frame of the PDF's bytes. The answer is one frame of JSON (answer) for the head, one for each page
// and a last one; a worker that is ready for its first request says so with an answer of its own.

// maxAnswer bounds one frame of an answer, in bytes: one page.
const maxAnswer = 32 << 20

type request struct {
	InfoOnly bool
	MaxPages int
}

type answer struct {
	Ready bool   `json:",omitempty"`
	Head  *Info  `json:",omitempty"`
	Page  *Page  `json:",omitempty"`
	Done  bool   `json:",omitempty"`
	Error string `json:",omitempty"`
	// Detail goes with Error.
	Detail string `json:",omitempty"`
}

func writeFrame(w io.Writer, b []byte) error {
	var head [4]byte
	if uint64(len(b)) > 1<<32-1 {
		return ErrTooLarge
	}
	binary.BigEndian.PutUint32(head[:], uint32(len(b))) //nolint:gosec // bounded above
	if _, err := w.Write(head[:]); err != nil {
		return fmt.Errorf("write a frame: %w", err)
	}
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("write a frame: %w", err)
	}
	return nil
}

// readFrame reads one frame of at most limit bytes. It returns io.EOF only where no frame begins.
func readFrame(r io.Reader, limit int64) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := int64(binary.BigEndian.Uint32(head[:]))
	if size > limit {
		return nil, fmt.Errorf("frame of %d bytes: the limit is %d", size, limit)
	}
	// The length is a claim: room is made as bytes arrive, beyond the first mebibyte.
	b := make([]byte, 0, min(size, 1<<20))
	for int64(len(b)) < size {
		if len(b) == cap(b) {
			grown := make([]byte, len(b), min(size, 4*int64(cap(b))))
			copy(grown, b)
			b = grown
		}
		n, err := io.ReadFull(r, b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err != nil {
			return nil, fmt.Errorf("read a frame: %w", io.ErrUnexpectedEOF)
		}
	}
	return b, nil
}

func writeJSON(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a frame: %w", err)
	}
	return writeFrame(w, b)
}

func readAnswer(r io.Reader) (answer, error) {
	b, err := readFrame(r, maxAnswer)
	if err != nil {
		return answer{}, err
	}
	return decodeAnswer(b)
}

func decodeAnswer(b []byte) (answer, error) {
	var a answer
	if err := json.Unmarshal(b, &a); err != nil {
		return a, fmt.Errorf("decode an answer: %w", err)
	}
	return a, nil
}

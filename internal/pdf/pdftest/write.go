package pdftest

import (
	"bytes"
	"fmt"
	"unicode/utf16"
)

// plain writes the objects and a cross-reference table.
func (w *writer) plain(trailer string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(w.objects))
	for i, body := range w.objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, off := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", off)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d%s>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, trailer, start)
	return b.Bytes()
}

// packed writes all objects that are not streams into one object stream, and a cross-reference stream with
// the predictor that most producers use.
func (w *writer) packed(trailer string) []byte {
	var b, index, bodies bytes.Buffer
	b.WriteString("%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
	stm, xref := w.reserve(), w.reserve()
	rows := make([][5]byte, len(w.objects)+1)
	count := 0
	for i, body := range w.objects[:stm-1] {
		if w.streams[i+1] {
			rows[i+1] = row(1, b.Len(), 0)
			fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, body)
			continue
		}
		rows[i+1] = row(2, stm, count)
		fmt.Fprintf(&index, "%d %d ", i+1, bodies.Len())
		bodies.Write(body)
		bodies.WriteByte('\n')
		count++
	}
	rows[stm] = row(1, b.Len(), 0)
	w.stream(stm, fmt.Sprintf("/Type/ObjStm/N %d/First %d", count, index.Len()),
		append(index.Bytes(), bodies.Bytes()...), true)
	fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", stm, w.objects[stm-1])
	start := b.Len()
	rows[xref] = row(1, start, 0)
	w.lock = nil // a cross-reference stream is never encrypted (ISO 32000-1, 7.5.8.2)
	w.stream(xref, fmt.Sprintf("/Type/XRef/Size %d/W[1 3 1]%s/DecodeParms<</Predictor 12/Columns 5>>",
		len(rows), trailer), upPredict(rows), true)
	fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", xref, w.objects[xref-1], start)
	return b.Bytes()
}

// row packs an entry; an index in an object stream above 255 comes out wrong, which readers forgive that look
// at the numbers in the stream, as they should.
func row(kind, a, b int) [5]byte {
	return [5]byte{byte(kind), byte(a >> 16), byte(a >> 8), byte(a), byte(b)}
}

func upPredict(rows [][5]byte) []byte {
	var out []byte
	var above [5]byte
	for _, r := range rows {
		out = append(out, 2)
		for i := range r {
			out = append(out, r[i]-above[i])
		}
		above = r
	}
	return out
}

func latin1(s string) []byte {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			r = '?'
		}
		out = append(out, byte(r))
	}
	return out
}

// text writes a text string of object n: UTF-16 where ASCII does not do.
func (w *writer) text(n int, s string) string {
	for _, r := range s {
		if r > 0x7e {
			b := []byte{0xfe, 0xff}
			for _, u := range utf16.Encode([]rune(s)) {
				b = append(b, byte(u>>8), byte(u))
			}
			return w.bytes(n, b)
		}
	}
	return w.bytes(n, []byte(s))
}

func (w *writer) bytes(n int, b []byte) string {
	if w.lock != nil {
		return fmt.Sprintf("<%x>", w.lock.crypt(n, b))
	}
	return literal(b)
}

func literal(b []byte) string {
	out := []byte{'('}
	for _, c := range b {
		switch {
		case c == '(' || c == ')' || c == '\\':
			out = append(out, '\\', c)
		case c < ' ' || c > '~':
			out = fmt.Appendf(out, "\\%03o", c)
		default:
			out = append(out, c)
		}
	}
	return string(append(out, ')'))
}

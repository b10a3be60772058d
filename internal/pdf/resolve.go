package pdf

import (
	"bytes"
	"compress/zlib"
	"io"
)

// object returns object n, or nil.
func (f *file) object(n ref) any {
	switch kind, a := f.entry(int(n)); kind {
	case 1:
		v, _, err := f.objectAt(a, int(n))
		if err != nil {
			return nil
		}
		return v
	case 2:
		return f.unpack(int(a), int(n))
	default:
		return nil
	}
}

// resolve follows v if it is a reference.
func (f *file) resolve(v any) any {
	if r, ok := v.(ref); ok {
		return f.object(r)
	}
	return v
}

// objectAt reads the object at an offset, which must say that it is object n (any, if n is negative). It
// also returns where the object ends.
func (f *file) objectAt(at int64, n int) (any, int64, error) {
	// Most objects are small: try a small window first.
	for _, size := range []int64{1 << 10, objectWindow} {
		window, err := f.read(at, size)
		if err != nil {
			return nil, 0, err
		}
		l := &lexer{b: window}
		num, ok := l.next(0).(float64)
		_, gen := l.next(0).(float64)
		if !ok || !gen || l.next(0) != keyword("obj") || (n >= 0 && int(num) != n) {
			return nil, 0, errXref
		}
		v := l.next(0)
		if l.pos < len(window) || int64(len(window)) < size {
			return v, at + int64(l.pos), nil
		}
	}
	return nil, 0, errXref
}

// streamAt reads the stream object at an offset and returns its dictionary and its data, decoded.
func (f *file) streamAt(at int64, n int) (dict, []byte, error) {
	v, end, err := f.objectAt(at, n)
	d, ok := v.(dict)
	if err != nil || !ok {
		return nil, nil, errXref
	}
	head, err := f.read(end, 64)
	if err != nil {
		return nil, nil, err
	}
	trimmed := bytes.TrimLeft(head, " \r\n\t")
	rest, ok := bytes.CutPrefix(trimmed, []byte("stream"))
	if !ok {
		return nil, nil, errXref
	}
	start := end + int64(len(head)-len(rest))
	switch {
	case bytes.HasPrefix(rest, []byte("\r\n")):
		start += 2
	case bytes.HasPrefix(rest, []byte("\n")), bytes.HasPrefix(rest, []byte("\r")):
		start++
	}
	data, err := f.decode(d, start)
	return d, data, err
}

// decode undoes the filter of a stream: none, or FlateDecode, with or without a PNG predictor.
func (f *file) decode(d dict, start int64) ([]byte, error) {
	length, ok := f.resolve(d["Length"]).(float64)
	if !ok || length < 0 || length > float64(f.size-start) || length > maxInflated {
		return nil, errXref
	}
	raw, err := f.read(start, int64(length))
	if err != nil {
		return nil, err
	}
	switch first(d["Filter"]) {
	case nil:
		return raw, nil
	case name("FlateDecode"), name("Fl"):
	default:
		return nil, errXref
	}
	z, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, errXref
	}
	// A damaged end is no reason to drop what came before it.
	out, _ := io.ReadAll(io.LimitReader(z, maxInflated))
	parms, _ := first(d["DecodeParms"]).(dict)
	if p, _ := parms["Predictor"].(float64); p >= 10 {
		columns, _ := parms["Columns"].(float64)
		return unpredict(out, int(max(1, min(columns, 1<<16)))), nil
	}
	return out, nil
}

// first returns v, or the first element if v is an array of one.
func first(v any) any {
	a, ok := v.([]any)
	if !ok {
		return v
	}
	if len(a) == 0 {
		return nil
	}
	if len(a) > 1 {
		return a
	}
	return a[0]
}

// unpredict undoes the PNG predictors (ISO 32000-1, 7.4.4.4) for rows of columns one-byte samples.
func unpredict(b []byte, columns int) []byte {
	out := make([]byte, 0, len(b))
	above := make([]byte, columns)
	for ; len(b) > columns; b = b[columns+1:] {
		row := b[1 : columns+1]
		for i := range row {
			var left, corner byte
			if i > 0 {
				left, corner = row[i-1], above[i-1]
			}
			switch b[0] {
			case 1:
				row[i] += left
			case 2:
				row[i] += above[i]
			case 3:
				row[i] += byte((int(left) + int(above[i])) / 2) //nolint:gosec // a mean of two bytes
			case 4:
				row[i] += paeth(left, above[i], corner)
			}
		}
		out = append(out, row...)
		above = row
	}
	return out
}

func paeth(a, b, c byte) byte {
	pa, pb, pc := abs(int(b)-int(c)), abs(int(a)-int(c)), abs(int(a)+int(b)-2*int(c))
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	default:
		return c
	}
}

func abs(n int) int { return max(n, -n) }

// maxPacked bounds the objects of one object stream that are looked at.
const maxPacked = 1 << 16

// unpack returns object n of an object stream (ISO 32000-1, 7.5.7).
func (f *file) unpack(stream, n int) any {
	if f.packed == nil || f.packedNum != stream {
		kind, at := f.entry(stream)
		if kind != 1 {
			return nil
		}
		d, data, err := f.streamAt(at, stream)
		if err != nil {
			return nil
		}
		f.packed, f.packedNum, f.packedDict = data, stream, d
	}
	start, ok := f.packedDict["First"].(float64)
	if !ok || start < 0 || int(start) > len(f.packed) {
		return nil
	}
	l := &lexer{b: f.packed[:int(start)], values: -2 * maxPacked}
	for range maxPacked {
		num, ok := l.next(0).(float64)
		off, ok2 := l.next(0).(float64)
		if !ok || !ok2 {
			return nil
		}
		if at := int(start) + int(off); int(num) == n && off >= 0 && at <= len(f.packed) {
			return (&lexer{b: f.packed[at:]}).next(0)
		}
	}
	return nil
}

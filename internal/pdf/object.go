package pdf

import (
	"bytes"
	"strconv"
)

// The objects of ISO 32000-1, 7.3, as far as Info needs them: bool and null are nil, numbers are float64.
type (
	name string
	dict map[name]any
	// ref is an indirect reference; the generation plays no part in finding an object.
	ref int
	// text is a string object, its escapes undone.
	text []byte
	// keyword is a bare word: obj, stream, R.
	keyword string
)

// Bounds of one object: how deep it nests and how many values it holds.
const (
	maxDepth  = 32
	maxValues = 4096
)

// lexer reads objects from b. It never fails: what it cannot make sense of it steps over, and at the end of
// b or of its bounds it returns nil.
type lexer struct {
	b      []byte
	pos    int
	values int
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelim(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

func (l *lexer) skipSpace() {
	for l.pos < len(l.b) {
		switch c := l.b[l.pos]; {
		case isSpace(c):
			l.pos++
		case c == '%':
			for l.pos < len(l.b) && l.b[l.pos] != '\n' && l.b[l.pos] != '\r' {
				l.pos++
			}
		default:
			return
		}
	}
}

// next returns the next object; nil also stands for null, booleans and the end.
func (l *lexer) next(depth int) any {
	l.skipSpace()
	l.values++
	if l.pos >= len(l.b) || depth > maxDepth || l.values > maxValues {
		l.pos = len(l.b)
		return nil
	}
	switch c := l.b[l.pos]; {
	case c == '/':
		return l.name()
	case c == '(':
		return l.literal()
	case bytes.HasPrefix(l.b[l.pos:], []byte("<<")):
		l.pos += 2
		return l.dict(depth)
	case c == '<':
		return l.hex()
	case c == '[':
		l.pos++
		return l.array(depth)
	case isDelim(c):
		l.pos++
		return keyword(c)
	default:
		return l.word()
	}
}

func (l *lexer) run() []byte {
	start := l.pos
	for l.pos < len(l.b) && !isSpace(l.b[l.pos]) && !isDelim(l.b[l.pos]) {
		l.pos++
	}
	return l.b[start:l.pos]
}

// word reads a number, a reference or a keyword.
func (l *lexer) word() any {
	w := string(l.run())
	n, err := strconv.ParseFloat(w, 64)
	if err != nil {
		return keyword(w)
	}
	if n < 0 || n != float64(int64(n)) || len(w) > 10 {
		return n
	}
	// "12 0 R" is a reference: look ahead.
	back := l.pos
	l.skipSpace()
	if gen := l.run(); len(gen) > 0 && len(gen) <= 5 && allDigits(gen) {
		l.skipSpace()
		if r := l.run(); string(r) == "R" {
			return ref(n)
		}
	}
	l.pos = back
	return n
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func (l *lexer) name() any {
	l.pos++
	raw := l.run()
	if bytes.IndexByte(raw, '#') < 0 {
		return name(raw)
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) {
			if v, err := strconv.ParseUint(string(raw[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(v))
				i += 2
				continue
			}
		}
		out = append(out, raw[i])
	}
	return name(out)
}

func (l *lexer) dict(depth int) any {
	d := dict{}
	for l.pos < len(l.b) {
		l.skipSpace()
		if bytes.HasPrefix(l.b[l.pos:], []byte(">>")) {
			l.pos += 2
			return d
		}
		key, ok := l.next(depth + 1).(name)
		if !ok {
			continue
		}
		d[key] = l.next(depth + 1)
	}
	return d
}

func (l *lexer) array(depth int) any {
	var a []any
	for l.pos < len(l.b) {
		l.skipSpace()
		if l.pos < len(l.b) && l.b[l.pos] == ']' {
			l.pos++
			return a
		}
		a = append(a, l.next(depth+1))
	}
	return a
}

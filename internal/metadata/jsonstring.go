package metadata

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// str reads a string; raw control characters in it are allowed. Unwanted ones are not decoded.
func (r *jsonReader) str(decode bool) (string, bool) {
	r.i++
	start := r.i
	escaped := false
	for r.i < len(r.s) {
		switch r.s[r.i] {
		case '"':
			raw := r.s[start:r.i]
			r.i++
			if !decode || !escaped {
				return raw, true
			}
			return unescape(raw), true
		case '\\':
			escaped = true
			r.i++
		}
		r.i++
	}
	r.i = len(r.s)
	return "", false
}

// unescape undoes the escapes of JSON (RFC 8259, 7); an unknown one stands for its character.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 >= len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n', 'r', 't', 'b', 'f':
			b.WriteByte(' ')
		case 'u':
			r, n := unicodeEscape(s[i+1:])
			if n > 0 {
				b.WriteRune(r)
				i += n
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// unicodeEscape reads what follows `\u`, with the second half of a surrogate pair, and returns the
// character and the length read.
func unicodeEscape(s string) (rune, int) {
	r, ok := hex4(s)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 4
	}
	if len(s) >= 10 && s[4] == '\\' && s[5] == 'u' {
		if low, ok := hex4(s[6:]); ok {
			if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
				return both, 10
			}
		}
	}
	return utf8.RuneError, 4
}

func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(s[:4], 16, 32)
	return rune(n), err == nil //nolint:gosec // four hexadecimal digits
}

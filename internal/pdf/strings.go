package pdf

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// literal reads a string in parentheses (ISO 32000-1, 7.3.4.2).
func (l *lexer) literal() text {
	l.pos++
	var out text
	for open := 1; l.pos < len(l.b); l.pos++ {
		switch c := l.b[l.pos]; c {
		case '\\':
			out = l.escape(out)
			continue
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				l.pos++
				return out
			}
		}
		out = append(out, l.b[l.pos])
	}
	return out
}

// escape reads what follows a backslash and leaves pos on its last byte.
func (l *lexer) escape(out text) text {
	l.pos++
	if l.pos >= len(l.b) {
		return out
	}
	c := l.b[l.pos]
	if c >= '0' && c <= '7' {
		v := 0
		end := min(l.pos+3, len(l.b))
		for ; l.pos < end && l.b[l.pos] >= '0' && l.b[l.pos] <= '7'; l.pos++ {
			v = v*8 + int(l.b[l.pos]-'0')
		}
		l.pos--
		return append(out, byte(v)) //nolint:gosec // a high digit is ignored: 7.3.4.2
	}
	if i := strings.IndexByte("nrtbf", c); i >= 0 {
		return append(out, "\n\r\t\b\f"[i])
	}
	if c == '\r' && l.pos+1 < len(l.b) && l.b[l.pos+1] == '\n' {
		l.pos++
	}
	if c == '\r' || c == '\n' {
		return out
	}
	return append(out, c)
}

// hex reads a string of hexadecimal digits.
func (l *lexer) hex() text {
	l.pos++
	var out text
	half, have := byte(0), false
	for ; l.pos < len(l.b); l.pos++ {
		c := l.b[l.pos]
		if c == '>' {
			l.pos++
			break
		}
		v := strings.IndexByte("0123456789abcdef", c|0x20)
		if v < 0 {
			continue
		}
		if have {
			out = append(out, half<<4|byte(v)) //nolint:gosec // a hexadecimal digit
		}
		half, have = byte(v), !have //nolint:gosec // a hexadecimal digit
	}
	if have {
		out = append(out, half<<4)
	}
	return out
}

// pdfDoc are the characters of PDFDocEncoding that differ from Latin-1: 0x18 to 0x1f and 0x80 to 0xa0
// (ISO 32000-1, annex D.2).
const (
	pdfDocLow  = "˘ˇˆ˙˝˛˚˜"
	pdfDocHigh = "•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž\uFFFD€"
)

// String decodes a text string (ISO 32000-1, 7.9.2.2): UTF-16 or UTF-8 with a mark, or PDFDocEncoding.
// Files that break the rule and have UTF-8 without a mark are read as meant.
func (t text) String() string {
	switch {
	case len(t) >= 2 && t[0] == 0xfe && t[1] == 0xff:
		return utf16String(t[2:], 0, 1)
	case len(t) >= 2 && t[0] == 0xff && t[1] == 0xfe:
		return utf16String(t[2:], 1, 0)
	case len(t) >= 3 && string(t[:3]) == "\xef\xbb\xbf":
		return clean(strings.ToValidUTF8(string(t[3:]), "\uFFFD"))
	case utf8.Valid(t):
		return clean(string(t))
	}
	low, high := []rune(pdfDocLow), []rune(pdfDocHigh)
	out := make([]rune, 0, len(t))
	for _, c := range t {
		switch {
		case c >= 0x18 && c < 0x20:
			out = append(out, low[c-0x18])
		case c >= 0x80 && c <= 0xa0:
			out = append(out, high[c-0x80])
		default:
			out = append(out, rune(c))
		}
	}
	return clean(string(out))
}

func utf16String(b []byte, hi, lo int) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i+hi])<<8 | uint16(b[2*i+lo])
	}
	// A language may be named inside, between escape characters (7.9.2.2).
	inside := false
	return clean(strings.Map(func(r rune) rune {
		if r == '\x1b' {
			inside = !inside
		}
		if inside {
			return -1
		}
		return r
	}, string(utf16.Decode(units))))
}

// clean folds white space and drops control characters.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == 0 || r == 0xfeff || (r < ' ' && r != '\n' && r != '\r' && r != '\t') {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

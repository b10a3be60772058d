package crawler

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// css reads the addresses of a style sheet: url(...) and @import "..." (CSS Syntax 3), comments left out.
// It takes one pass and never fails: what it does not understand it steps over.
func (r *refs) css(s string) {
	for {
		i := strings.IndexAny(s, `/@uU"'\`)
		if i < 0 {
			return
		}
		s = s[i:]
		switch {
		case strings.HasPrefix(s, "/*"):
			end := strings.Index(s[2:], "*/")
			if end < 0 {
				return
			}
			s = s[2+end+2:]
		case hasScheme(s, "@import"):
			s = r.cssImport(s[len("@import"):])
		case hasScheme(s, "url("):
			var address string
			address, s = cssURL(s[len("url("):])
			r.need(address, plain)
		case s[0] == '"' || s[0] == '\'':
			_, s = cssString(s)
		case s[0] == '\\':
			s = s[min(2, len(s)):]
		default:
			s = s[1:]
		}
	}
}

func (r *refs) cssImport(s string) string {
	s = strings.TrimLeft(s, " \t\r\n\f")
	var address string
	switch {
	case hasScheme(s, "url("):
		address, s = cssURL(s[len("url("):])
	case s != "" && (s[0] == '"' || s[0] == '\''):
		address, s = cssString(s)
	default:
		return s
	}
	r.need(address, sheet)
	return s
}

// cssURL reads what stands after "url(", and returns what stands after its ")".
func cssURL(s string) (address, rest string) {
	s = strings.TrimLeft(s, " \t\r\n\f")
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		address, s = cssString(s)
		if end := strings.IndexByte(s, ')'); end >= 0 && strings.TrimSpace(s[:end]) == "" {
			s = s[end+1:]
		}
		return address, s
	}
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ')':
			return cssUnescape(strings.TrimSpace(s[:i])), s[i+1:]
		}
	}
	return "", ""
}

// cssString reads a quoted string; one that is not closed ends at its line.
func cssString(s string) (value, rest string) {
	quote := s[0]
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case quote:
			return cssUnescape(s[1:i]), s[i+1:]
		case '\n':
			return "", s[i:]
		}
	}
	return "", ""
}

// cssUnescape undoes "\26 " and "\(" (CSS Syntax 3, 4.3.7).
func cssUnescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		end := i + 1
		for end < len(s) && end < i+7 && strings.IndexByte("0123456789abcdefABCDEF", s[end]) >= 0 {
			end++
		}
		if end == i+1 {
			i++
			if s[i] != '\n' {
				b.WriteByte(s[i])
			}
			continue
		}
		n, err := strconv.ParseUint(s[i+1:end], 16, 32)
		if err != nil || n == 0 || n > utf8.MaxRune {
			n = utf8.RuneError
		}
		b.WriteRune(rune(n)) //nolint:gosec // at most utf8.MaxRune
		if end < len(s) && strings.IndexByte(" \t\n", s[end]) >= 0 {
			end++
		}
		i = end - 1
	}
	return b.String()
}

package notify

import (
	"strings"
	"unicode"
)

// maxText and maxTitle bound, in runes, what stands in a line: titles and reasons come from strangers' pages.
const (
	maxText  = 1000
	maxTitle = 200
)

// oneLine makes s fit for a line: valid UTF-8, white space folded, and what cannot be seen or turns the direction
// of the text around made visible. What is longer than limit runes ends in "…".
func oneLine(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d':
			return unicode.ReplacementChar // all but the joiners, without which some scripts cannot be written
		}
		return r
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return s
}

// absolute is a link to what an Event points to: base and path, or nothing where path is no path, or there is no
// base.
func absolute(base, path string) string {
	if base == "" || !strings.HasPrefix(path, "/") {
		return ""
	}
	return strings.TrimSuffix(base, "/") + path
}

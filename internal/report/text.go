package report

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plain makes foreign text safe to show on one line: what steers a terminal or reverses the reading is shown as such.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// PlainLines is Plain for text of several lines.
func PlainLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = Plain(lines[i])
	}
	return strings.Join(lines, "\n")
}

// Clip cuts s to n characters, and shows that it did.
func Clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// ShortURI is an address as people recognise it, plain and at most n characters: the scheme is gone, then what lies
// between the host and the end of the path.
func ShortURI(uri string, n int) string {
	s := withoutScheme(uri)
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	if host, _, ok := strings.Cut(s, "/"); ok {
		h := utf8.RuneCountInString(host)
		if tail := n - h - 3; tail >= 4 {
			return host + "/…" + wholeSegments(string(r[len(r)-tail-1:]))
		}
	}
	head := n * 2 / 5
	return string(r[:head]) + "…" + string(r[len(r)-(n-head-1):])
}

// wholeSegments begins the end of a path at a segment, unless much would be lost by it.
func wholeSegments(tail string) string {
	if i := strings.IndexByte(tail, '/'); i >= 0 && i < len(tail)/2 {
		return tail[i:]
	}
	return tail
}

func withoutScheme(uri string) string {
	return Plain(strings.TrimPrefix(strings.TrimPrefix(uri, "http://"), "https://"))
}

// onWeb says whether uri is an address that a reader may be led to.
func onWeb(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

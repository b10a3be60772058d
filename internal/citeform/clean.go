package citeform

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxField bounds what is shown of one field, in bytes: some pages put their text into their title.
const maxField = 4096

// oneLine folds white space and drops what cannot be seen: control characters, and those that reverse the reading.
func oneLine(s string) string {
	if len(s) > maxField {
		s = strings.ToValidUTF8(s[:maxField], "")
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == utf8.RuneError, r == '\ufeff':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// escapedIn writes the bytes of an address that a format gives a meaning of its own as percent-encodings (RFC 3986, 2.1).
func escapedIn(uri, special string) string {
	if !strings.ContainsAny(uri, special+" ") {
		return uri
	}
	var b strings.Builder
	for i := range len(uri) {
		if c := uri[i]; c == ' ' || strings.IndexByte(special, c) >= 0 {
			b.WriteString(percent(c))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// inASCII writes an address in the bytes that all encodings of documents share.
func inASCII(uri string) string {
	var b strings.Builder
	for i := range len(uri) {
		if c := uri[i]; c <= ' ' || c >= 0x7f {
			b.WriteString(percent(c))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func percent(c byte) string {
	const hex = "0123456789ABCDEF"
	return string([]byte{'%', hex[c>>4], hex[c&15]})
}

// ended puts a full stop behind s, unless it ends a sentence already.
func ended(s string) string {
	if s == "" || strings.HasSuffix(s, ".") || endsSentence(s) {
		return s
	}
	return s + "."
}

// endsSentence says whether s ends with a mark after which no full stop is put, in or outside quotes.
func endsSentence(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, "”’\"»)"))
	return strings.ContainsRune("?!…؟。？！", r)
}

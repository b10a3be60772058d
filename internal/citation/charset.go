package citation

import (
	"bytes"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"

	ibid "github.com/ibid-archive/ibid"
)

// decoded returns the text of src in UTF-8, without byte order mark and NUL. The encoding is that of the byte order mark, of
// the ContentType, of the page itself; then UTF-8 if it is valid, or nearly, and windows-1252 otherwise.
func decoded(src Source, kind ibid.MediaType) (string, error) {
	body := src.Body
	if order := utf16Order(body); order != nil {
		return converted(body, order)
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if utf8.Valid(body) {
		return cleaned(string(body)), nil
	}
	if enc := declared(src, kind); enc != nil && enc != encoding.Nop {
		return converted(body, enc)
	}
	if mostlyUTF8(body) {
		return cleaned(strings.ToValidUTF8(string(body), "\uFFFD")), nil
	}
	enc, _ := charset.Lookup("windows-1252")
	return converted(body, enc)
}

// declared is the encoding that HTTP or the page gives, if it is known and not UTF-8.
func declared(src Source, kind ibid.MediaType) encoding.Encoding {
	if _, params, err := mime.ParseMediaType(src.ContentType); err == nil && params["charset"] != "" {
		if enc, name := charset.Lookup(params["charset"]); enc != nil && name != "utf-8" {
			return enc
		}
	}
	if kind != typeHTML {
		return nil
	}
	enc, name, certain := charset.DetermineEncoding(src.Body[:min(len(src.Body), 1024)], "text/html")
	if name == "utf-8" || (!certain && name != "windows-1252") {
		return nil
	}
	if mostlyUTF8(src.Body) && !certain {
		return nil
	}
	return enc
}

// utf16Order is the UTF-16 that body is in, by its byte order mark or by the zero bytes of its ASCII letters; nil if it is in none.
func utf16Order(body []byte) encoding.Encoding {
	if len(body) < 4 {
		return nil
	}
	if bytes.HasPrefix(body, []byte{0xff, 0xfe}) || bytes.HasPrefix(body, []byte{0xfe, 0xff}) {
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	}
	even, odd, n := 0, 0, min(len(body), 512)&^1
	for i := 0; i < n; i += 2 {
		if body[i] == 0 {
			even++
		}
		if body[i+1] == 0 {
			odd++
		}
	}
	switch {
	case odd > n*2/5 && even == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case even > n*2/5 && odd == 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}

// mostlyUTF8 says whether body is UTF-8 with a few broken bytes, and not text of an older encoding.
func mostlyUTF8(body []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(body) && good+bad < 10_000; {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && size == 1 {
			bad++
		} else {
			good++
		}
		i += size
	}
	return good > 4*bad
}

func converted(body []byte, enc encoding.Encoding) (string, error) {
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return "", fmt.Errorf("its characters cannot be decoded: %w", err)
	}
	return cleaned(string(out)), nil
}

// cleaned takes NUL out and makes every line end a "\n".
func cleaned(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	}
	return s
}

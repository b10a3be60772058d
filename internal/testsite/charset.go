package testsite

import (
	"encoding/binary"
	"fmt"
	"unicode/utf16"
)

// cp1252 is the part of windows-1252 from 0x80 to 0x9F that differs from ISO 8859-1; 0 is unassigned.
// Source: WHATWG Encoding Standard, index windows-1252.
const cp1252 = "\u20ac\x00\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x00\u017d\x00" +
	"\x00\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x00\u017e\u0178"

// encodeText writes UTF-8 text in another charset. A character that the charset lacks is an error
// that names it.
func encodeText(text, charset string) ([]byte, error) {
	switch charset {
	case "utf-8":
		return []byte(text), nil
	case "utf-16":
		return encodeUTF16(text), nil
	case "windows-1252", "iso-8859-1":
		out := make([]byte, 0, len(text))
		for _, r := range text {
			b, ok := encodeRune(r)
			if !ok || charset == "iso-8859-1" && b >= 0x80 && b < 0xa0 {
				return nil, fmt.Errorf("%s has no %q", charset, r)
			}
			out = append(out, b)
		}
		return out, nil
	}
	return nil, fmt.Errorf("the charset %q is not one of utf-8, utf-16, windows-1252 and iso-8859-1", charset)
}

// encodeRune gives the byte of r in windows-1252.
func encodeRune(r rune) (byte, bool) {
	if r < 0x80 || r >= 0xa0 && r <= 0xff {
		return byte(r), true
	}
	i := byte(0x80)
	for _, c := range cp1252 {
		if c == r && c != 0 {
			return i, true
		}
		i++
	}
	return 0, false
}

func encodeUTF16(text string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

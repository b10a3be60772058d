package metadata

import (
	"unicode"
	"unicode/utf8"
)

// token is a number, a word or one other character of a text, with its place.
type token struct {
	start, end int
	n          int    // value of a number of at most 4 digits, else -1
	digits     int    // length of a number
	word       string // letters
	mark       rune   // any other character; ' ' for white space
}

const maxTokens = 120

// tokens cuts s into at most maxTokens tokens. Digits of other scripts are numbers too.
func tokens(s string) []token {
	out := make([]token, 0, 32)
	for i := 0; i < len(s) && len(out) < maxTokens; {
		r, size := utf8.DecodeRuneInString(s[i:])
		t := token{start: i, n: -1}
		switch {
		case unicode.IsDigit(r):
			t.n = 0
			for unicode.IsDigit(r) && i < len(s) {
				t.n, t.digits = t.n*10+digitValue(r), t.digits+1
				i += size
				if t.digits > 4 {
					t.n = -1
				}
				r, size = utf8.DecodeRuneInString(s[i:])
			}
			if t.digits > 4 {
				t.n = -1
			}
		case r == '年' || r == '月' || r == '日' || r == '년' || r == '월' || r == '일':
			t.mark = r
			i += size
		case unicode.IsLetter(r):
			for i < len(s) && (unicode.IsLetter(r) || unicode.Is(unicode.M, r)) {
				i += size
				r, size = utf8.DecodeRuneInString(s[i:])
			}
			t.word = s[t.start:i]
		case unicode.IsSpace(r):
			t.mark = ' '
			i += size
		default:
			t.mark = r
			i += size
		}
		t.end = i
		out = append(out, t)
	}
	return out
}

// digitValue is the value of a decimal digit of any script: Unicode keeps the ten of each in their order.
func digitValue(r rune) int {
	if r <= '9' {
		return int(r - '0')
	}
	for _, block := range unicode.Nd.R16 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return int(r-rune(block.Lo)) % 10
		}
	}
	return 0
}

package library

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// maxFold bounds, in bytes, what is read of one text.
const maxFold = 4000

// letters are what the folding of Unicode leaves as it is, and what readers take for the same.
var letters = strings.NewReplacer("ß", "ss", "œ", "oe", "æ", "ae", "ø", "o", "ł", "l", "ı", "i", "đ", "d",
	"’", "'", "‘", "'", "ʼ", "'", "–", "-", "—", "-", "‑", "-", "‐", "-", "−", "-", "⁄", "/", "\u00ad", "", "\u200f", "", "\u200e", "")

// fold returns s in lower case, without accents and compatibility forms (Unicode NFKD), with plain dashes, apostrophes and
// digits: texts that a reader takes for the same become the same.
func fold(s string) string {
	s = clip(s, maxFold)
	if isPlain(s) {
		return strings.ToLower(s)
	}
	return letters.Replace(strings.Map(foldRune, norm.NFKD.String(mend(s))))
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func foldRune(r rune) rune {
	switch {
	case unicode.Is(unicode.Mn, r):
		return -1
	case unicode.IsSpace(r):
		return ' '
	case r >= '٠' && r <= '٩':
		return r - '٠' + '0'
	case r >= '۰' && r <= '۹':
		return r - '۰' + '0'
	}
	return unicode.ToLower(r)
}

// mend takes back a decoding of UTF-8 as windows-1252, the commonest of wrong ones: "SÃ©ance" was "Séance".
func mend(s string) string {
	if !strings.ContainsAny(s, "ÃÂâØÐ") {
		return s
	}
	back, err := charmap.Windows1252.NewEncoder().String(s)
	if err != nil || back == s || !utf8.ValidString(back) {
		return s
	}
	return back
}

// clip returns at most n bytes of s, valid UTF-8.
func clip(s string, n int) string {
	if len(s) > n {
		s = s[:n]
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
		if r, size := utf8.DecodeLastRuneInString(s); r == utf8.RuneError && size == 1 {
			s = s[:len(s)-1]
		}
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// squeeze folds white space and takes out what is not seen.
func squeeze(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// words splits a folded text. Scripts without spaces are split by their signs.
func words(folded string) []string {
	var out []string
	begin := -1
	end := func(i int) {
		if begin >= 0 {
			out = append(out, folded[begin:i])
		}
		begin = -1
	}
	for i, r := range folded {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			end(i)
			out = append(out, string(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == utf8.RuneError:
			if begin < 0 {
				begin = i
			}
		default:
			end(i)
		}
	}
	end(len(folded))
	return out
}

// set makes a set of the words in s.
func set(s string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

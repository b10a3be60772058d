package linkhealth

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fold makes s comparable: lower case, without accents, one space for all that is not a letter or figure, and one
// at each end. What a wrong charset has made unreadable is left out.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte(' ')
	space := true
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r), r == utf8.RuneError:
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		b.WriteString(plain(unicode.ToLower(r)))
		space = false
	}
	if !space {
		b.WriteByte(' ')
	}
	return b.String()
}

// plain is a lower-case letter without its accent, for those of French and Spanish and their neighbours.
func plain(r rune) string {
	if r < utf8.RuneSelf {
		return ascii[r : r+1]
	}
	switch r {
	case 'à', 'á', 'â', 'ã', 'ä', 'å':
		return "a"
	case 'ç':
		return "c"
	case 'è', 'é', 'ê', 'ë':
		return "e"
	case 'ì', 'í', 'î', 'ï':
		return "i"
	case 'ñ':
		return "n"
	case 'ò', 'ó', 'ô', 'õ', 'ö':
		return "o"
	case 'ù', 'ú', 'û', 'ü':
		return "u"
	case 'ý', 'ÿ':
		return "y"
	case 'œ':
		return "oe"
	case 'æ':
		return "ae"
	}
	return string(r)
}

// ascii has each ASCII character at its own place.
var ascii = func() string {
	var b [utf8.RuneSelf]byte
	for i := range b {
		b[i] = byte(i)
	}
	return string(b[:])
}()

// hasPhrase says whether folded text has a phrase, from the beginning of a word on.
func hasPhrase(text, phrase string) bool {
	for {
		i := strings.Index(text, phrase)
		if i < 0 {
			return false
		}
		if i == 0 || text[i-1] == ' ' {
			return true
		}
		text = text[i+1:]
	}
}

// tidy makes foreign text fit for a record and a screen: valid UTF-8, white space folded, neither control
// characters nor what turns the direction of text around, at most limit bytes.
func tidy(s string, limit int) string {
	var b strings.Builder
	space := false
	for _, r := range clip(s, 8*limit) {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			space = true
			continue
		case r == 0xAD, r == 0x200B, r == 0xFEFF, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			continue
		}
		if b.Len()+utf8.RuneLen(r)+1 > limit {
			break
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

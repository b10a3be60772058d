package citation

import (
	"strings"
	"unicode"
)

// stopsAddress says whether r, which is not ASCII, ends an address: white space, controls, typographic quotes and
// the full-width and ideographic punctuation. Letters of any script and dashes do not.
func stopsAddress(r rune) bool {
	switch {
	case r == unicode.ReplacementChar, unicode.IsSpace(r), unicode.IsControl(r):
		return true
	case r == '«' || r == '»' || r == '¶' || r == '§' || r == '†' || r == '‡' || r == '…' || r == '•' || r == '·':
		return true
	case r >= '‘' && r <= '‟', r == '‹' || r == '›', r == '⟨' || r == '⟩':
		return true
	case r >= 0x3000 && r <= 0x3004, r >= 0x3008 && r <= 0x301f, r == '・':
		return true
	case r >= 0xff01 && r <= 0xff0f, r >= 0xff1a && r <= 0xff20, r >= 0xff3b && r <= 0xff40, r >= 0xff5b && r <= 0xff65:
		return true
	case r >= 0x2070 && r <= 0x209f, r == '¹' || r == '²' || r == '³': // the mark of a note
		return true
	}
	return false
}

// ideographic says whether r is written without spaces between words, so that it may follow an address directly.
func ideographic(r rune) bool {
	return r >= 0x2e80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// invisible says whether r is a mark that is not seen: soft hyphen, zero-width space and joiner, word joiner, BOM, and the
// marks of writing direction.
func invisible(r rune) bool {
	return r == 0xad || (r >= 0x200b && r <= 0x200f) || r == 0x2060 || r == 0xfeff || (r >= 0x202a && r <= 0x202e)
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// digits is how many ASCII digits s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func hasSuffixFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}

// wordStart says whether a name can begin at text[i]: what stands before it is no letter, digit, "@", "." or the
// like. What lies before floor is not looked at.
func wordStart(text string, i, floor int) bool {
	if i < floor {
		return false
	}
	if i == floor {
		return i == 0 || !isAlnum(text[i-1])
	}
	c := text[i-1]
	return !isAlnum(c) && strings.IndexByte("@._-/\\+%", c) < 0
}

// startsScheme says whether s begins with an http address: two addresses were written with only a comma between.
func startsScheme(s string) bool {
	return hasPrefixFold(s, "http://") || hasPrefixFold(s, "https://") || hasPrefixFold(s, "ftp://")
}

// quotedEntity says whether s begins with the character reference of a quote, a bracket or a space.
func quotedEntity(s string) bool {
	for _, entity := range []string{"&quot;", "&gt;", "&lt;", "&nbsp;", "&#39;", "&#34;"} {
		if hasPrefixFold(s, entity) {
			return true
		}
	}
	return false
}

// placeholder says whether "<" at the begin of rest opens the name of something to be filled in, as in
// "https://example.org/<user>/": before is the address up to it.
func placeholder(before, rest string) bool {
	if before != "" && strings.IndexByte("/=.:-_&?", before[len(before)-1]) < 0 {
		return false
	}
	n := strings.IndexAny(rest[1:min(len(rest), 40)], " \t\n<>/\"")
	if n < 2 || rest[1+n] != '>' {
		return false
	}
	name := rest[1 : 1+n]
	return isAlnum(name[0]) && !htmlElement[strings.ToLower(name)]
}

// htmlElement are the elements whose tags stand in text without being placeholders.
var htmlElement = map[string]bool{"br": true, "li": true, "td": true, "tr": true, "em": true, "sup": true, "div": true, "span": true}

// placeholderVariable says whether s, which follows "$", is the name of a variable: "${HOST}", "$(cmd)", "$VERSION".
func placeholderVariable(s string) bool {
	return s != "" && (s[0] == '{' || s[0] == '(' || s[0] >= 'A' && s[0] <= 'Z')
}

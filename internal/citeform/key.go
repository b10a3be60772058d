package citeform

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxKeyWord bounds one part of a key, in bytes.
const maxKeyWord = 24

// keys gives each item the key by which texts cite it: author, year and the first word of its title that says something. It depends
// on the item alone; only of items that would share one, each after the first has a part of the digest of its address behind it,
// so that what is added later changes no key that is in use.
func keys(items []Item) []string {
	out, taken := make([]string, len(items)), make(map[string]bool, len(items))
	for i := range items {
		key := keyOf(&items[i])
		if taken[key] {
			sum := sha256.Sum256([]byte(items[i].URI))
			key += "-" + hex.EncodeToString(sum[:4])
		}
		for taken[key] { // the same address twice
			key += "x"
		}
		taken[key], out[i] = true, key
	}
	return out
}

func keyOf(it *Item) string {
	who := ""
	if len(it.Authors) > 0 {
		n := nameOf(it.Authors[0])
		who = keyWord(cmp.Or(n.Family, acronym(n.Literal)))
	}
	if who == "" {
		who = cmp.Or(keyWord(it.host()), "source")
	}
	return who + year(it.issued()) + titleWord(it.Title)
}

// acronym is how an organisation of several words is called: "iom".
func acronym(s string) string {
	words := strings.Fields(s)
	if len(words) < 3 {
		return s
	}
	var b strings.Builder
	for _, w := range words {
		if first := []rune(w)[0]; unicode.IsUpper(first) {
			b.WriteRune(first)
		}
	}
	if b.Len() < 2 {
		return s
	}
	return b.String()
}

// keyWord is s in small ASCII letters and digits, without accents; what has no such form is left out.
func keyWord(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		r = unicode.ToLower(r)
		if plain, ok := plainLetters[r]; ok {
			b.WriteString(plain)
		} else if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			b.WriteRune(r)
		}
		if b.Len() >= maxKeyWord {
			break
		}
	}
	return b.String()
}

// plainLetters are letters that are no letter with an accent.
var plainLetters = map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'ł': "l", 'þ': "th", 'ı': "i"}

var smallWords = setOf(`a an the on of in for and to at by from with about le la les l un une des de du d et en sur pour el los las una uno y
	der die das ein eine und zu von über il lo gli i o os as um uma e`)

// titleWord is the first word of a title that says something.
func titleWord(title string) string {
	words := strings.FieldsFunc(title, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	for _, w := range words {
		if w = keyWord(w); strings.Trim(w, "0123456789") != "" && !smallWords[w] {
			return w
		}
	}
	return ""
}

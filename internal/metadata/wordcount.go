package metadata

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// commonWords are the most frequent words of languages that are often declared: in any text of some
// length they make up a fifth of all words or more.
var commonWords = [...]struct{ base, words string }{
	{"en", "the of and to in a is that for it on with as was by be this are from at or an have not you"},
	{"fr", "le la les de des du et à en un une que qui est pour dans au par sur il pas plus ce ne se aux avec son"},
	{"es", "el la los las de y en un una que es por para con del se no su al lo como más a"},
	{"de", "der die das und in den von zu mit ist auf für im dem nicht ein eine des sich auch es an als"},
	{"it", "il la le lo di e in un una che è per con del non si della i da al dei gli a"},
	{"pt", "o a os as de e em um uma que é para com do da no na por não se dos ao"},
	{"nl", "de het een van en in is dat op te voor met die niet zijn aan er ook"},
	{"da", "og i at det en den til er som på de med for af ikke et der har"},
	{"sv", "och i att det en den till är som på de med för av inte ett har om"},
}

// maxCommon is the length of the longest of those words, in bytes.
const maxCommon = 5

// wordKey is a word of up to eight bytes as a number; 0 is none.
type wordKey uint64

func (k wordKey) with(b byte) wordKey { return k<<8 | wordKey(b) }

// wordTable says for each common word, as a set of bits, which of commonWords have it. It is four times
// as fast as a map: a third full, open addressing.
type wordTable [1 << wordTableBits]struct {
	key       wordKey
	languages uint16
}

const wordTableBits = 9

// slot returns where key stands, or where it would. The factor is that of Fibonacci hashing.
func (t *wordTable) slot(key wordKey) int {
	i := int(uint64(key) * 0x9E3779B97F4A7C15 >> (64 - wordTableBits))
	for t[i].key != key && t[i].key != 0 {
		i = (i + 1) % len(t)
	}
	return i
}

var commonTable = func() *wordTable {
	t := &wordTable{}
	for i, language := range commonWords {
		for word := range strings.FieldsSeq(language.words) {
			var key wordKey
			for _, b := range []byte(word) {
				key = key.with(b)
			}
			at := t.slot(key)
			t[at].key = key
			t[at].languages |= 1 << i
		}
	}
	return t
}()

// wordCount is what telling languages apart needs to know of a text: how many words it has, how many
// of them each of commonWords has, and how many letters are Latin.
type wordCount struct {
	words         int
	common        [len(commonWords)]int
	latin, others int
}

// countWords reads a text once, for all languages together. Words are runs of letters.
func countWords(text string) *wordCount {
	c := &wordCount{}
	var key wordKey
	length := 0 // of the word at hand, in bytes of the text
	for i := 0; i < len(text); {
		r, n := rune(text[i]|0x20), 1
		switch {
		case r >= 'a' && r <= 'z':
			c.latin++
			key = key.with(byte(r))
			length++
			i++
			continue
		case r >= utf8.RuneSelf:
			if r, n = utf8.DecodeRuneInString(text[i:]); unicode.IsLetter(r) {
				c.letter(r)
				key = withRune(key, r)
				length += n
				i += n
				continue
			}
		}
		c.word(key, length)
		key, length = 0, 0
		i += n
	}
	c.word(key, length)
	return c
}

// letter counts a letter that is not ASCII.
func (c *wordCount) letter(r rune) {
	if r < 0x250 {
		c.latin++
	} else {
		c.others++
	}
}

// withRune adds a letter in lower case.
func withRune(key wordKey, r rune) wordKey {
	var buf [utf8.UTFMax]byte
	for _, b := range buf[:utf8.EncodeRune(buf[:], unicode.ToLower(r))] {
		key = key.with(b)
	}
	return key
}

// word counts one word of that length; the key of a long one is of no use.
func (c *wordCount) word(key wordKey, length int) {
	if length == 0 {
		return
	}
	c.words++
	if length > maxCommon {
		return
	}
	set := commonTable[commonTable.slot(key)].languages
	for ; set != 0; set &= set - 1 {
		c.common[bits.TrailingZeros16(set)]++
	}
}

// confirmable says whether confirms can be true of any language.
func (c *wordCount) confirmable() bool {
	return !c.latinOnly() || slices.Max(c.common[:])*100 >= c.words*plainlyProse
}

// latinOnly says whether nearly all letters are Latin.
func (c *wordCount) latinOnly() bool { return c.latin > 20*c.others }

// of returns how many words are common in that language, and whether its common words are known.
func (c *wordCount) of(base string) (n int, known bool) {
	for i := range commonWords {
		if commonWords[i].base == base {
			return c.common[i], true
		}
	}
	return 0, false
}

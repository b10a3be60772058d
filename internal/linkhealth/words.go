package linkhealth

import (
	"math/bits"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Bounds on what is kept of one text.
const (
	// maxWord is how much of a longer word is looked at, in bytes.
	maxWord = 256
	// maxLead is how much of the beginning is kept for reading, in bytes.
	maxLead = 1600
)

// Text is a text as a set of shingles: each three words in a row, hashed together; of scripts that do not part their words,
// four characters. It says what is there, not where it stands. Figures are all alike, so that dates and counters make no
// difference. Most texts are never compared with another, so the shingles are drawn when they are first asked for: it takes at most
// 64 KiB until then, and 12 KiB after that. It is safe to read from many goroutines.
type Text struct {
	drawing *drawing
	// distinct counts the shingles up to enough.
	distinct int
	// half counts half words: a character of a script without spaces is one, any other word two.
	half int
	// whole is a hash over all words in their order.
	whole uint64
	lead  string
}

// Words is how many words the text has; two characters of a script that does not part its words count as one.
func (t *Text) Words() int { return t.half / 2 }

// Fingerprint is the same for texts with the same words in the same order, but for figures; 0 for a text too short
// to be told from others.
func (t *Text) Fingerprint() uint64 {
	if t.distinct < enough {
		return 0
	}
	return t.whole
}

const (
	// maxWaiting is how many hashes wait to be drawn.
	maxWaiting = 16 << 10
	// bytesAWord is what a word takes of a page with hardly any markup, with the space after it.
	bytesAWord = 6
)

// drawing are shingles that were drawn, or the hashes out of which they are to be: one of the two.
type drawing struct {
	once    sync.Once
	waiting []uint32
	drawn   shingles
}

// shingles are those of the text.
func (t *Text) shingles() shingles {
	d := t.drawing
	if d == nil {
		return shingles{}
	}
	d.once.Do(func() {
		if d.drawn.limit == 0 {
			d.drawn, d.waiting = setOf(d.waiting).shingles(), nil
		}
	})
	return d.drawn
}

// writer makes a Text.
type writer struct {
	// waiting are the hashes that wait for set, which a long text makes; first are some of them, distinct of one another.
	waiting  []uint32
	set      *set
	first    [enough]uint32
	distinct int
	half     int
	// whole is that of Text, before and last the hashes of the two words before, and char the last character of a script
	// without spaces.
	whole, before, last uint64
	char                rune
	lead                []byte
	menu                menu
}

// roomFor is room for the hashes of a page of size bytes, as many as such pages have at most: letting it grow takes twice as
// much.
func roomFor(size int64) []uint32 {
	return make([]uint32, 0, max(0, min(size/bytesAWord, maxWaiting)))
}

func (w *writer) text() Text {
	w.menu.end(w)
	d := &drawing{waiting: w.waiting}
	if w.set != nil {
		d.drawn = w.set.shingles()
	}
	return Text{drawing: d, distinct: w.distinct, half: w.half, whole: w.whole, lead: string(w.lead)}
}

// The kinds of bytes; greater ones are lower-case letters.
const (
	other = iota
	digit
	wide // part of a rune that is not ASCII
)

// kinds says of a byte what it is, or which letter.
var kinds = func() (k [256]byte) {
	for c := byte('a'); c <= 'z'; c++ {
		k[c], k[c-'a'+'A'] = c, c
	}
	for c := byte('0'); c <= '9'; c++ {
		k[c] = digit
	}
	for c := utf8.RuneSelf; c < len(k); c++ {
		k[c] = wide
	}
	return k
}()

const (
	hashStart  = 0xcbf29ce484222325
	hashFactor = 0x9E3779B97F4A7C15 // that of Fibonacci hashing
	// figure stands for any number.
	figure = 0x6e756d626572
)

// write adds the words of s.
func (w *writer) write(s string) {
	if room := maxLead - len(w.lead); room > 0 {
		w.lead = append(append(w.lead, clip(s, room)...), ' ')
	}
	for i := 0; i < len(s); {
		switch k := kinds[s[i]]; k {
		case other:
			i++
		case digit:
			for i++; i < len(s) && kinds[s[i]] == digit; i++ {
			}
			w.word(figure, 2)
		case wide:
			i = w.wide(s, i)
		default:
			i = w.letters(s, i)
		}
	}
}

// letters adds the word that begins at s[i], and returns where it ends. Eight letters are looked at, and hashed, at once.
func (w *writer) letters(s string, i int) int {
	hash, key, end := uint64(hashStart), uint64(0), min(len(s), i+maxWord)
	for i < end {
		var n int
		key, n = lettersOf(eightBytes(s[i:]))
		if i += n; n == 8 {
			hash, key = (hash^key)*hashFactor, 0
			continue
		}
		if i >= end || kinds[s[i]] != wide {
			break
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !partOfWord(r) {
			break
		}
		hash, key = (hash^key^uint64(unicode.ToLower(r))<<32)*hashFactor, 0 //nolint:gosec // a rune is not negative
		i += size
	}
	w.word((hash^key)*hashFactor, 2)
	return i
}

// eightBytes are the first eight bytes of s as a number, the first the lowest; what is missing is 0.
func eightBytes(s string) (x uint64) {
	if len(s) >= 8 {
		return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	}
	for i := range len(s) {
		x |= uint64(s[i]) << (8 * i)
	}
	return x
}

// lettersOf returns how many of eight bytes are ASCII letters before the first that is none, and those in lower case.
func lettersOf(x uint64) (letters uint64, n int) {
	const each, high = 0x0101010101010101, 0x8080808080808080
	lower := x | 0x20*each
	low := lower &^ high // so that no sum carries into the next byte
	isLetter := (low + (0x80-'a')*each) &^ (low + (0x7f-'z')*each) &^ x & high
	n = bits.TrailingZeros64(isLetter^high) / 8
	return lower & (1<<(8*n) - 1), n
}

// wide adds what begins at s[i] with a rune that is not ASCII, and returns where it ends.
func (w *writer) wide(s string, i int) int {
	r, n := utf8.DecodeRuneInString(s[i:])
	switch {
	case spaceless(r):
		w.word((hashStart^uint64(w.char)<<32^uint64(r))*hashFactor, 1) //nolint:gosec // a rune is not negative
		w.char = r
	case unicode.IsLetter(r):
		return w.letters(s, i)
	case unicode.IsDigit(r):
		w.word(figure, 2)
	}
	return i + n
}

// partOfWord says whether r goes on with a word of a script that parts its words.
func partOfWord(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsMark(r)) && !spaceless(r)
}

// spaceless says whether r is a letter of a script that is written without spaces between words.
func spaceless(r rune) bool {
	switch {
	case r < 0x0E00:
		return false
	case r <= 0x0EFF: // Thai, Lao
		return unicode.IsLetter(r)
	case r >= 0x1000 && r <= 0x109F, r >= 0x1780 && r <= 0x17FF: // Burmese, Khmer
		return unicode.IsLetter(r)
	case r >= 0x3040 && r <= 0x30FF, r >= 0x3400 && r <= 0x9FFF, r >= 0xF900 && r <= 0xFAFF, r >= 0x20000 && r <= 0x3FFFF:
		return true // kana and Han
	}
	return false
}

// word adds a word by its hash, unless it may be part of a menu.
func (w *writer) word(hash uint64, half int) {
	if w.menu.links == 0 || !w.holds(hash, half) {
		w.add(hash, half)
	}
}

// add takes a word into the text, and with it the shingle that it ends.
func (w *writer) add(hash uint64, half int) {
	w.whole = (w.whole ^ hash) * hashFactor
	sum := ((w.before*hashFactor ^ w.last) * hashFactor) ^ hash
	w.before, w.last = w.last, hash
	if w.half += half; w.half >= shingle || half == 1 && w.half >= shingle/2 {
		sum *= hashFactor
		w.shingle(uint32(sum>>32) ^ uint32(sum)>>7) //nolint:gosec // a hash
	}
}

func (w *writer) shingle(hash uint32) {
	if w.distinct < enough && hash != 0 && !slices.Contains(w.first[:w.distinct], hash) {
		w.first[w.distinct] = hash
		w.distinct++
	}
	switch {
	case w.set != nil:
		w.set.add(hash)
	case len(w.waiting) < maxWaiting:
		w.waiting = append(w.waiting, hash)
	default:
		w.set = setOf(w.waiting)
		w.waiting = nil
		w.set.add(hash)
	}
}

// clip returns the beginning of s, at most n bytes of it, without half a rune at the end.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

package citation

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a sentence, in bytes: reach is how far it is looked for on either side of the citation, and maxSentence how
// long it is kept.
const (
	reach       = 600
	maxSentence = 500
)

// sentenceAround returns the sentence that holds text[start:end], white space folded. A sentence ends at ".", "!", "?" and their
// like before white space, or at an empty line; the dot of an abbreviation or of an address does not end it. It is cut,
// at a word, to about 500 bytes around the citation.
func sentenceAround(text string, start, end int) string {
	start = max(0, min(start, len(text)))
	end = max(start, min(end, len(text)))
	lo := sentenceBegin(text, start)
	hi := sentenceEnd(text, end)
	if hi-lo > maxSentence {
		lo, hi = cutAround(text, lo, hi, start, end)
	}
	return folded(text[lo:hi])
}

// sentenceBegin goes back from i to where its sentence begins.
func sentenceBegin(text string, i int) int {
	limit := max(0, i-reach)
	for j := i; j > limit; j-- {
		if j < i && endsSentence(text, j-1) {
			return j + noteMark(text[j:i])
		}
		if text[j-1] == '\n' && emptyLine(text[j:]) {
			return j
		}
	}
	for limit > 0 && limit < i && !isSpaceByte(text[limit-1]) {
		limit++
	}
	return limit
}

// noteMark is the length of the marks of notes that s begins with: they belong to the sentence before.
func noteMark(s string) int {
	n := 0
	for strings.HasPrefix(s[n:], "[") {
		d := digits(s[n+1:])
		if d == 0 || !strings.HasPrefix(s[n+1+d:], "]") {
			break
		}
		n += d + len("[]")
	}
	return n
}

// sentenceEnd goes on from i to where its sentence ends. The dot right after an address is looked at.
func sentenceEnd(text string, i int) int {
	limit := min(len(text), i+reach)
	for j := i; j < limit; j++ {
		if endsSentence(text, j) {
			return closed(text, j+1)
		}
		if text[j] == '\n' && emptyLine(text[j+1:]) {
			return j
		}
	}
	for limit < len(text) && limit > i && !isSpaceByte(text[limit]) {
		limit--
	}
	return limit
}

// closed takes in the closing quotes and brackets that follow the end of a sentence.
func closed(text string, i int) int {
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !strings.ContainsRune("\"')]”’»", r) {
			break
		}
		i += size
	}
	return i
}

// endsSentence says whether the byte text[i] is the last of a mark that ends a sentence.
func endsSentence(text string, i int) bool {
	switch c := text[i]; {
	case c == '.' || c == '!' || c == '?':
		return markEnds(text, i)
	case c >= 0x80: // the last byte of 。！？
		if i < 2 {
			return false
		}
		mark := text[i-2 : i+1]
		return mark == "。" || mark == "！" || mark == "？"
	}
	return false
}

// markEnds decides about the ASCII mark at text[i] by what follows and, for a dot, by the word before it.
func markEnds(text string, i int) bool {
	after := closed(text, i+1)
	if after == len(text) {
		return true
	}
	if !isSpaceByte(text[after]) {
		return text[after] == '[' && after+2 < len(text) && isDigit(text[after+1]) // the mark of a note: "end.[3]"
	}
	next := strings.TrimLeft(text[after:min(len(text), after+80)], " \t\r\n\f")
	if next == "" {
		return true
	}
	if r, _ := utf8.DecodeRuneInString(next); unicode.IsLower(r) || strings.ContainsRune(",;:)", r) {
		return false
	}
	return text[i] != '.' || !abbreviated(text, i)
}

// abbreviated says whether the dot at text[i] belongs to an abbreviation or an initial.
func abbreviated(text string, i int) bool {
	begin := i
	for begin > 0 && i-begin < 24 && !isSpaceByte(text[begin-1]) && strings.IndexByte("([\"'/", text[begin-1]) < 0 {
		begin--
	}
	word := text[begin:i]
	if r, size := utf8.DecodeRuneInString(word); size == len(word) && unicode.IsUpper(r) {
		return true // an initial
	}
	if strings.Contains(word, ".") && len(word) <= 5 { // e.g, U.S, Ph.D
		return true
	}
	return abbreviations[strings.ToLower(word)]
}

// abbreviations that stand before more of the same sentence. Those that are as likely to end one ("etc.") are not here.
var abbreviations = wordSet(`al approx bd bzw ca cf ch chap co col cp dept doc dr ebd ed eds eq eqs ff fig figs fn
	hrsg ibid jr mr mrs ms no nos nr nos op p par para paras pp prof pt pts r rev s sec sect sess ser sr st suppl tab tel
	trans univ usw v vgl vol vols vs z jan feb mar apr jun jul aug sep sept oct nov dec núm pág págs art inc ltd corp n
	гл с стр т др им рис табл см`)

func wordSet(words string) map[string]bool {
	set := make(map[string]bool)
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// emptyLine says whether s begins with a line that holds nothing.
func emptyLine(s string) bool {
	for i := range min(len(s), 200) {
		if s[i] == '\n' {
			return true
		}
		if s[i] != ' ' && s[i] != '\t' && s[i] != '\r' {
			return false
		}
	}
	return false
}

// cutAround narrows [lo, hi) to maxSentence bytes around [start, end), at white space.
func cutAround(text string, lo, hi, start, end int) (int, int) {
	room := max(80, (maxSentence-(end-start))/2)
	if from := start - room; from > lo {
		lo = wordFrom(text, from, start)
	}
	if to := end + room; to < hi {
		hi = wordUntil(text, to, end)
	}
	return lo, hi
}

// wordFrom is the first begin of a word in text[i:limit], or a begin of a character if there is no white space.
func wordFrom(text string, i, limit int) int {
	for j := i; j < limit; j++ {
		if isSpaceByte(text[j]) {
			return j + 1
		}
	}
	for i < limit && !utf8.RuneStart(text[i]) {
		i++
	}
	return i
}

// wordUntil is the last end of a word in text[limit:i], or an end of a character if there is no white space.
func wordUntil(text string, i, limit int) int {
	for j := i; j > limit; j-- {
		if isSpaceByte(text[j]) {
			return j
		}
	}
	for i > limit && !utf8.RuneStart(text[i]) {
		i--
	}
	return i
}

func isSpaceByte(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// folded makes every run of white space one space and takes it off the ends, and drops soft hyphens and zero-width spaces.
func folded(s string) string {
	clean := s == strings.TrimSpace(s)
	for i := 0; i < len(s) && clean; i++ {
		c := s[i]
		clean = c < 0x80 && c > ' ' || c == ' ' && s[i-1] != ' '
	}
	if clean {
		return s
	}
	if strings.Contains(s, "\u00ad") || strings.Contains(s, "\u200b") || strings.Contains(s, "\ufeff") {
		s = strings.NewReplacer("\u00ad", "", "\u200b", "", "\ufeff", "").Replace(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for word := range strings.FieldsSeq(s) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}

package library

import "unicode/utf8"

// fillers are words that tell no title from another, folded.
var fillers = set(`the a an of and in on to for with by from at as or la le les l d un une des du de et en au aux sur pour par
	el los las y o del al con por para un una von und der die das e background paper document travail antecedentes documento session seance sesion rt
	pdf gfmd`)

// maxWords bounds what is compared of one title, in words.
const maxWords = 60

// content are the words of a title that count.
func content(ws []string) []string {
	var out []string
	for _, w := range ws {
		if !fillers[w] && len(out) < maxWords {
			out = append(out, w)
		}
	}
	return out
}

// weightOf weighs a word by its length: long ones are rarer.
func weightOf(w string) float64 { return float64(min(utf8.RuneCountInString(w), 10)) }

// likeness says how alike two titles are, given by their words that count: 0 to 1. A title that is cut short, or that more was
// written around, is nearly the same. Words may differ by one letter, or at the end.
func likeness(want, have []string) float64 {
	if len(want) == 0 || len(have) == 0 {
		return 0
	}
	index := make(map[string]bool, len(have))
	for _, w := range have {
		index[w] = true
	}
	var all, other, found float64
	var missing []string
	for _, w := range want {
		all += weightOf(w)
		if index[w] {
			found += weightOf(w)
			delete(index, w)
		} else {
			missing = append(missing, w)
		}
	}
	for _, w := range have {
		other += weightOf(w)
	}
	if found*4 >= all {
		for _, m := range missing {
			for w := range index {
				if alike(m, w) {
					found += weightOf(m)
					delete(index, w)
					break
				}
			}
		}
	}
	recall, precision := min(found/all, 1), min(found/other, 1)
	score := 2 * found / (all + other)
	switch {
	case recall >= 0.95 && len(want) >= 3:
		return max(score, 0.9)
	case precision >= 0.95 && len(have) >= 3:
		return max(score, 0.8)
	}
	return min(score, 1)
}

// alike says whether two words differ by one letter, in their accents as a decoder lost them, or in their last two letters.
func alike(a, b string) bool {
	if len(a) < 5 || len(b) < 5 || len(a)-len(b) > 3 || len(b)-len(a) > 3 {
		return false
	}
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	a, b = a[n:], b[n:]
	if n >= 5 && utf8.RuneCountInString(a) <= 2 && utf8.RuneCountInString(b) <= 2 {
		return true
	}
	_, inA := utf8.DecodeRuneInString(a)
	_, inB := utf8.DecodeRuneInString(b)
	return a[inA:] == b[inB:] || a == b[inB:] || a[inA:] == b
}

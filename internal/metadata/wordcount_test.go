package metadata

import (
	"strings"
	"testing"
	"unicode"
)

// TestCountWords counts as the plain way does, one language after the other.
func TestCountWords(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":      "",
		"English":      englishText,
		"Spanish":      spanishText,
		"Russian":      russianText,
		"capitals":     "LE PORT À LA MER, È MÁS, FÜR",
		"ends in word": "von der",
		"one letter":   "a à e é i o y",
		"long words":   "theodore andes ofthe",
		"not UTF-8":    "the\xffof \xe9 and",
		"marks":        "the-of/and_to 1a2 d’un",
		"grows":        "ȺȺa the İn",
	} {
		t.Run(name, func(t *testing.T) {
			got := countWords(text)
			for i, language := range commonWords {
				words, hits := 0, 0
				for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
					words++
					if len(w) <= maxCommon && strings.Contains(" "+language.words+" ", " "+strings.ToLower(w)+" ") {
						hits++
					}
				}
				if got.words != words || got.common[i] != hits {
					t.Errorf("%s: %d of %d words, want %d of %d", language.base, got.common[i], got.words, hits, words)
				}
			}
		})
	}
}

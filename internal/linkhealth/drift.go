package linkhealth

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/ibid-archive/ibid"
)

const (
	// enough is how many shingles a text must have to be told from others: about ten words.
	enough = 8
	// enoughDrawn is the same where only a part of them were drawn.
	enoughDrawn = 30
	// replaced is the share of a text that must be gone to call a source drifted. Pages whose menus, notices and
	// advertisements change stay well below it; a body that was replaced leaves next to nothing.
	replaced = 0.6
	// replacedLanguage is that share where the language changed as well.
	replacedLanguage = 0.3
	// sameText is the resemblance from which two answers are taken for one notice with another address in it.
	sameText = 0.85
)

// Compare measures how far after is from before. The score is the share of the shingles of before that are no longer in
// after: what was cited is asked for, and a page that has only grown still has it, where a symmetric measure would call
// it changed. Since, With and Origin are for the caller to fill in.
//
// ok is false where there is nothing to compare: no text of ten words, as of pictures, or of pages that scripts make.
// Two texts too short for it that are the same to the word are compared.
func Compare(before, after *Signs) (d ibid.Drift, ok bool) {
	if before == nil || after == nil {
		return d, false
	}
	if t := changed(before.Title, after.Title); t != "" {
		d.Title = t
	}
	if !sameLanguage(before.Language, after.Language) {
		d.Language = changed(before.Language, after.Language)
	}
	a, b := &before.Text, &after.Text
	if a.distinct < enough || after.shell {
		return d, a.half > 0 && a.whole == b.whole && a.half == b.half
	}
	was, is := a.shingles(), b.shingles()
	kept, of := overlap(was, is)
	if few(was, is, of) {
		return d, false // after is so long that the lot fell on hardly anything of before
	}
	d.Score = 1 - float64(kept)/float64(of)
	return d, true
}

// Fingerprint stands for all that Compare looks at: of pages with the same one it finds no difference. It is "" for a page
// that Compare has nothing to say of.
func (s *Signs) Fingerprint() string {
	if s == nil || s.Text.half == 0 || s.shell {
		return ""
	}
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%q %q %d %d", s.Title, s.Language, s.Text.half, s.Text.whole)
	return strconv.FormatUint(h.Sum64(), 36)
}

// Drifted says whether d is that of a source whose body was replaced. A new title, or a new tag of the language over
// the same text, is none.
func Drifted(d ibid.Drift) bool {
	return d.Score >= replaced || d.Language != "" && d.Score >= replacedLanguage
}

// resemblance is how much two texts have in common, 0 to 1, seen from both sides. It is 0 for texts too short to tell.
func resemblance(a, b *Text) float64 {
	one, other := a.shingles(), b.shingles()
	kept, ofA := overlap(one, other)
	_, ofB := overlap(other, one)
	if few(one, other, ofA) || few(one, other, ofB) {
		return 0
	}
	return float64(kept) / float64(ofA+ofB-kept)
}

func changed(before, after string) string {
	if before == "" || after == "" || strings.TrimSpace(fold(before)) == strings.TrimSpace(fold(after)) {
		return ""
	}
	return before + " -> " + after
}

// sameLanguage compares tags without script and region; nothing declared is no other language.
func sameLanguage(a, b string) bool {
	return a == "" || b == "" || baseLanguage(a) == baseLanguage(b)
}

func baseLanguage(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	return strings.TrimSpace(base)
}

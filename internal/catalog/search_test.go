package catalog

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// vectorForm is the text form of a tsvector as lexemesOf writes it. No character in a lexeme has a meaning there.
var vectorForm = regexp.MustCompile(`^('[\p{L}\p{Nd}\p{M}]+':\d+A?(,\d+A?)* ?)*$`)

// FuzzLexemes: whatever a page calls itself, what goes to PostgreSQL is a vector, and the excerpt is a part of the text.
func FuzzLexemes(f *testing.F) {
	for _, seed := range []string{"", "The forum met", "a'b\\c", "é\u0301\u0301", "\xff\x00", "東京", strings.Repeat("x ", 500), "ı İ ß ǅ", "\u0301"} {
		f.Add(seed, seed, "forum met")
		f.Add("Title", seed, seed)
	}
	f.Fuzz(func(t *testing.T, title, body, query string) {
		title, body = readable(title), readable(body)
		vector := lexemesOf(title, body)
		if !vectorForm.MatchString(vector) || len(vector) > 8*maxVector {
			t.Errorf("%q and %q make %.300q", title, body, vector)
		}
		words := queryWords(query)
		if len(words) == 0 {
			return
		}
		if match := pgMatch(words); strings.Count(match, "'") != 2*len(words) || !utf8.ValidString(match) {
			t.Errorf("%q asks for %q", query, match)
		}
		part := excerpt(title, body, words)
		if bare := strings.TrimSuffix(strings.TrimPrefix(part, "…"), "…"); !strings.Contains(title, bare) && !strings.Contains(body, bare) {
			t.Errorf("the excerpt %q is in neither %q nor %q", part, title, body)
		}
	})
}

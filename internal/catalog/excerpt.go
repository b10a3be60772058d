package catalog

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// excerptWords is the length of an excerpt.
	excerptWords = 24
	// leadWords are those before the first word that was found.
	leadWords = 6
)

// token is a word of a text: where it lies, and which word of the query it is; -1 for none.
type token struct{ from, to, word int }

// excerpt is the part of body in which most of words are, or that of title when it has more of them.
func excerpt(title, body string, words []string) string {
	folds := make([]string, len(words))
	for i, w := range words {
		folds[i] = folded(w)
	}
	inBody, first := best(body, folds)
	inTitle, firstInTitle := best(title, folds)
	if inTitle > inBody {
		return cut(title, firstInTitle)
	}
	return cut(body, first)
}

// best returns how many of words the best part of text has, and the token with which that begins.
func best(text string, words []string) (most, first int) {
	tokens := tokensOf(text, words)
	for i, t := range tokens {
		if t.word < 0 {
			continue
		}
		start := max(0, min(i-leadWords, len(tokens)-excerptWords))
		seen := map[int]bool{}
		for _, t := range tokens[start:min(start+excerptWords, len(tokens))] {
			if t.word >= 0 {
				seen[t.word] = true
			}
		}
		if len(seen) > most {
			most, first = len(seen), start
		}
		if most == len(words) {
			break
		}
	}
	return most, first
}

// cut is the part of text from the token first on, with "…" where something is left out.
func cut(text string, first int) string {
	tokens := tokensOf(text, nil)
	last := first + excerptWords
	from, to := 0, len(text)
	if first > 0 {
		from = tokens[first].from
	}
	if last < len(tokens) {
		to = tokens[last-1].to
	}
	part := text[from:to]
	if from > 0 {
		part = "…" + part
	}
	if to < len(text) {
		part += "…"
	}
	return part
}

func tokensOf(text string, words []string) []token {
	var tokens []token
	for from := 0; from < len(text); {
		at := strings.IndexFunc(text[from:], func(r rune) bool { return !notInWord(r) })
		if at < 0 {
			break
		}
		from += at
		to := len(text)
		if n := strings.IndexFunc(text[from:], notInWord); n >= 0 {
			to = from + n
		}
		t := token{from, to, -1}
		if len(words) > 0 && to-from <= maxWordBytes*utf8.UTFMax {
			t.word = slices.Index(words, folded(text[from:to]))
		}
		tokens = append(tokens, t)
		from = to
	}
	return tokens
}

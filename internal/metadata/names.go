package metadata

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
)

// nameStyle says how a source writes several names in one value.
type nameStyle int

const (
	// oneName: the source repeats its field for each person; "Last, First" is one name.
	oneName nameStyle = iota
	// manyNames: one text for all, as in a byline.
	manyNames
)

// splitNames returns the names in s, cleaned: "By Ann Other and Last, First" has two. Addresses,
// handles, e-mail addresses, roles and what stands before and after a byline are not names.
func splitNames(s string, style nameStyle) []string {
	s = agent(cleanMarkup(s, 4*maxName))
	if isAddress(s) {
		return nil
	}
	s = strings.TrimSpace(withoutLabel(withoutMail(s)))
	var names []string
	for _, part := range splitAny(s, ";", "|", "•", "·", " / ", "、", "،") {
		if part = withoutAffiliation(part); isInstitution(part) || isFirm(part) {
			names = append(names, part)
			continue
		}
		for _, sub := range splitWords(part, "and", "&", "et", "und", "y", "with", "avec", "mit", "och", "og", "en", "и", "та", "ve", "e", "i") {
			if style == oneName && strings.Count(sub, ",") == 1 {
				names = append(names, sub)
				continue
			}
			names = append(names, splitCommas(sub)...)
		}
	}
	out := names[:0]
	for _, name := range names {
		if name = tidyName(name); name != "" && (len(out) == 0 || !isAgency(name)) {
			out = append(out, name)
		}
	}
	return out
}

// splitAny cuts s at each of the separators.
func splitAny(s string, separators ...string) []string {
	parts := []string{s}
	for _, sep := range separators {
		if !strings.Contains(s, sep) {
			continue
		}
		var next []string
		for _, p := range parts {
			next = append(next, strings.Split(p, sep)...)
		}
		parts = next
	}
	return parts
}

// splitWords cuts s where one of the words stands alone between two names.
func splitWords(s string, words ...string) []string {
	fields := strings.Fields(s)
	capitals := s == strings.ToUpper(s)
	var parts []string
	start := 0
	for i, f := range fields {
		if capitals && len(f) > 1 {
			f = strings.ToLower(f) // "ANN OTHER AND BO THIRD"
		}
		if i == start || i == len(fields)-1 || !matches(f, words) || utf8.RuneCountInString(f) == 1 && !conjunction(fields, i) {
			continue
		}
		parts = append(parts, strings.TrimRight(strings.Join(fields[start:i], " "), ","))
		start = i + 1
	}
	return append(parts, strings.Join(fields[start:], " "))
}

// conjunction says whether the one-letter word at i joins two names ("Ana Ruiz y Luis Gil") and is not
// part of one ("Ortega y Gasset"): a name of two words stands on both sides.
func conjunction(fields []string, i int) bool {
	return fields[i] == "&" || i >= 2 && len(fields)-i > 2
}

func matches(s string, words []string) bool {
	for _, w := range words {
		if s == w || len(w) > 1 && strings.EqualFold(s, w) && s != strings.ToUpper(s) {
			return true
		}
	}
	return false
}

// splitCommas cuts a list of names, but not "Last, First" and not what only belongs to the name before.
func splitCommas(s string) []string {
	parts := strings.Split(s, ",")
	kept := parts[:0]
	for _, p := range parts {
		p = strings.TrimSpace(p)
		if p == "" || isRole(p) || len(kept) > 0 && (isAgency(p) || isHouse(p) || isPlace(p)) {
			continue
		}
		if n := len(kept); n > 0 && isSuffix(p) {
			kept[n-1] += ", " + p
			continue
		}
		kept = append(kept, p)
	}
	if n := len(kept) - 1; n > 0 && hasSpace(kept[n-1]) && !hasSpace(kept[n]) && !strings.Contains(kept[n], ".") && !beginsLower(kept[0]) {
		kept = kept[:n] // "Ann Other, Bo Third, Berlin": where they write
	}
	if len(kept) == 2 && len(parts) >= 2 && lastFirst(kept[0], kept[1]) {
		return []string{kept[0] + ", " + kept[1]}
	}
	if len(kept) >= 4 && len(kept)%2 == 0 && (allInitials(kept) || !slices.ContainsFunc(kept, hasSpace)) {
		pairs := make([]string, 0, len(kept)/2)
		for i := 0; i < len(kept); i += 2 {
			pairs = append(pairs, kept[i]+", "+kept[i+1])
		}
		return pairs
	}
	return kept
}

// isHouse says whether s is a paper or an agency by its last word: "Ann Other, Harbour News".
func isHouse(s string) bool {
	switch i := strings.LastIndexByte(s, ' '); strings.ToLower(s[i+1:]) {
	case "news", "press", "magazine", "newspaper", "media", "newsroom":
		return i > 0
	}
	return false
}

// isPlace says whether s tells where a writer writes: "à Marseille", "in Oslo".
func isPlace(s string) bool {
	preposition, place, ok := strings.Cut(s, " ")
	if !ok || beginsLower(place) {
		return false
	}
	switch preposition {
	case "à", "in", "aus", "en", "from", "desde", "em":
		return true
	}
	return false
}

// isAgency says whether s is the house that a writer works for, as bylines add it.
func isAgency(s string) bool {
	switch strings.ToLower(s) {
	case "ap", "afp", "cnn", "bbc", "npr", "dpa", "upi", "efe", "ansa", "reuters", "associated press", "the associated press", "bbc news",
		"sid", "apa", "epd", "kna", "lusa", "belga", "anp", "ntb", "tt", "ritzau", "pap", "tass", "pti", "ats", "sda":
		return true
	}
	return false
}

// lastFirst says whether two parts are one name turned round: either is a single word, or the first
// begins with a particle.
func lastFirst(last, first string) bool {
	if strings.Count(first, " ") > 2 {
		return false
	}
	return !strings.Contains(last, " ") || !strings.Contains(first, " ") && beginsLower(last) || isInitials(first)
}

func hasSpace(s string) bool { return strings.Contains(s, " ") }

func allInitials(parts []string) bool {
	for i := 1; i < len(parts); i += 2 {
		if !isInitials(parts[i]) {
			return false
		}
	}
	return true
}

// isInitials says whether s is like "J.", "J. K." or "JK".
func isInitials(s string) bool {
	letters := 0
	for _, r := range s {
		switch {
		case unicode.IsUpper(r):
			letters++
		case r != '.' && r != ' ' && r != '-':
			return false
		}
	}
	return letters > 0 && letters <= 4
}

func beginsLower(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r)
}

// isSuffix says whether s belongs to the name before the comma.
func isSuffix(s string) bool {
	switch strings.ToLower(strings.ReplaceAll(s, ".", "")) {
	case "jr", "sr", "ii", "iii", "iv", "phd", "md", "esq", "mph", "msc", "ma", "dphil", "inc", "ltd", "llc", "gmbh":
		return true
	}
	return false
}

// withoutMail takes e-mail addresses and what encloses them out of s.
func withoutMail(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	fields := strings.Fields(s)
	kept := fields[:0]
	for _, f := range fields {
		if !strings.Contains(f, "@") {
			kept = append(kept, f)
		}
	}
	return strings.Join(kept, " ")
}

// isAddress says whether s is a link and not a name.
func isAddress(s string) bool {
	lower := strings.ToLower(s)
	return strings.Contains(lower, "://") || strings.HasPrefix(lower, "www.") || strings.HasPrefix(s, "/") ||
		strings.HasPrefix(s, "#") || strings.HasPrefix(s, "@") || strings.HasPrefix(lower, "facebook.com/")
}

// nameKey is the same for "Ann B. Other", "OTHER, Ann B" and "ann b. other".
func nameKey(name string) string {
	if last, first, ok := strings.Cut(name, ","); ok {
		name = first + " " + last
	}
	return squash(name)
}

// squash folds case and keeps letters and digits only, so that names can be compared.
func squash(s string) string {
	if short, ok := squashASCII(s); ok {
		return short
	}
	s = cases.Fold().String(s)
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) {
			return r
		}
		return -1
	}, s)
}

// squashASCII is squash for what is ASCII, as most is: it spares two copies.
func squashASCII(s string) (string, bool) {
	var buf [64]byte
	out := buf[:0]
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			return "", false
		case c >= 'A' && c <= 'Z':
			out = append(out, c|0x20)
		case c >= 'a' && c <= 'z', digit(c):
			out = append(out, c)
		}
	}
	return string(out), true
}

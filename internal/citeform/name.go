package citeform

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// name is one author: a person in parts, or Literal for an organisation and for what cannot be told apart.
type name struct {
	Family  string `json:"family,omitempty"`
	Given   string `json:"given,omitempty"`
	Suffix  string `json:"suffix,omitempty"`
	Literal string `json:"literal,omitempty"`
}

// names reads authors as sources state them.
func names(authors []string) []name {
	out := make([]name, len(authors))
	for i, a := range authors {
		out[i] = nameOf(a)
	}
	return out
}

// nameOf tells persons from organisations. What is one word, or written in a script whose names do not stand
// "given family", stays whole.
func nameOf(s string) name {
	s = strings.TrimRight(s, ",;")
	if isOrganisation(s) || !isDividable(s) {
		return name{Literal: s}
	}
	if family, given, ok := strings.Cut(s, ","); ok {
		return commaName(strings.TrimSpace(family), strings.TrimSpace(given))
	}
	words := strings.Fields(s)
	var suffix string
	if n := len(words); n > 2 && isSuffix(words[n-1]) {
		suffix, words = words[n-1], words[:n-1]
	}
	if len(words) < 2 {
		return name{Literal: s}
	}
	at := len(words) - 1
	for at > 1 && particles[words[at-1]] {
		at--
	}
	return name{Family: strings.Join(words[at:], " "), Given: strings.Join(words[:at], " "), Suffix: suffix}
}

// commaName is "Family, Given" and "Family, Given, Jr."; "Given Family, Jr." is one too.
func commaName(family, given string) name {
	if isSuffix(given) {
		n := nameOf(family)
		n.Suffix = given
		return n
	}
	n := name{Family: family, Given: given}
	if first, last, ok := strings.Cut(given, ","); ok && isSuffix(strings.TrimSpace(last)) {
		n.Given, n.Suffix = strings.TrimSpace(first), strings.TrimSpace(last)
	}
	if n.Family == "" || n.Given == "" {
		return name{Literal: strings.TrimSpace(family + given)}
	}
	return n
}

// particles stand before family names and belong to them when written small.
var particles = setOf("van von der den de del della di da do dos das du la le ten ter te zu zum zur af av bin ibn al el abu of")

// organisational are words, in small letters, that names of persons do not have.
var organisational = setOf(`agency agence agencia association asociación authority bank banque banco board bureau center centre centro
	church club coalition college comité commission comisión comissão committee community company consortium consultation convention corporation council
	conseil consejo conselho court department departamento département directorate division embassy federation fédération forum foro foundation
	fondation fundación fund gmbh government gouvernement gobierno governo group groupe grupo inc inc. institut institute instituto institution
	international initiative journal laboratory league library bibliothek bibliothèque biblioteca limited llc ltd ltd. magazine media ministère
	ministerio ministério ministerium ministry museum nations network news observatory office oficina organisation organization organización
	organização parliament partnership press programme program project secretariat secretaría secrétariat service services society société sociedad
	staff team trust union unit united universidad universidade universität université university verein website`)

func setOf(words string) map[string]bool {
	set := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// isOrganisation says whether s has what names of organisations have.
func isOrganisation(s string) bool {
	words := strings.Fields(s)
	for i, w := range words {
		lower := strings.ToLower(strings.Trim(w, "(),"))
		if organisational[lower] || lower == "for" || lower == "and" || lower == "the" || lower == "&" || lower == "pour" || lower == "para" {
			return true
		}
		if strings.ContainsAny(w, "()0123456789@/") || i > 0 && lower == "des" {
			return true
		}
	}
	return len(words) > 5
}

// isDividable says whether a name of several words can be told into given name and family name: not if it is written in Chinese,
// Japanese or Korean.
func isDividable(s string) bool {
	return strings.ContainsAny(s, " ,") && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
	})
}

func isSuffix(s string) bool {
	switch strings.TrimRight(strings.TrimSpace(s), ".") {
	case "Jr", "Sr", "II", "III", "IV", "Jnr", "Snr":
		return true
	}
	return false
}

// inverted is "Family, Given, Jr."; an organisation as it is.
func (n name) inverted() string {
	if n.Literal != "" {
		return n.Literal
	}
	return joinNonEmpty(", ", n.Family, n.Given, n.Suffix)
}

// direct is "Given Family Jr.".
func (n name) direct() string {
	if n.Literal != "" {
		return n.Literal
	}
	return joinNonEmpty(" ", n.Given, n.Family, n.Suffix)
}

// initialled is "Family, G.-H. I.".
func (n name) initialled() string {
	if n.Literal != "" {
		return n.Literal
	}
	return joinNonEmpty(", ", n.Family, initials(n.Given), n.Suffix)
}

// initials are those of given names: "Jean-Paul M" has "J.-P. M.".
func initials(given string) string {
	var out []string
	for word := range strings.FieldsSeq(strings.ReplaceAll(given, ".", ". ")) {
		var parts []string
		for part := range strings.SplitSeq(word, "-") {
			if r, _ := utf8.DecodeRuneInString(part); unicode.IsLetter(r) {
				parts = append(parts, string(unicode.ToUpper(r))+".")
			}
		}
		if len(parts) > 0 {
			out = append(out, strings.Join(parts, "-"))
		}
	}
	return strings.Join(out, " ")
}

func joinNonEmpty(sep string, parts ...string) string {
	kept := parts[:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}

package metadata

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// bylineLabels are what stands before the names in a byline, in lower case; longer ones first where
// one begins another.
var bylineLabels = []string{
	"written by", "posted by", "story by", "text by", "published by", "words by", "words:", "reported by", "article by",
	"submitted by", "by:", "by", "authors:", "author:", "authors", "author", "par :", "par:", "par", "auteurs :",
	"auteur :", "auteurs:", "auteur:", "publié par", "écrit par", "rédigé par", "por:", "por", "autores:", "autor:", "autora:",
	"escrito por", "publicado por", "von:", "von", "verfasst von", "geschrieben von", "geschreven door", "autoren:", "autorin:", "di:", "di", "scritto da", "pubblicato da",
	"a cura di", "autore:", "door:", "door", "af:", "af", "av:", "av", "skrevet af", "skrevet av", "tekst:", "text:",
	"oleh:", "oleh", "penulis:", "szerző:", "írta:", "reporter:", "redaktion:", "teksti:", "teks:", "συντάκτης:", "текст:", "автор:", "авторы:", "autor", "yazan:", "作者：", "作者:", "文/", "文：", "文:", "著者：", "著者:", "記者：", "記者:", "記者", "记者：", "记者:", "글:", "texte :", "texte:", "texto:", "testo:",
	"بقلم:", "بقلم", "كتب:", "إعداد:", "نشر بواسطة", "נכתב על ידי", "מאת:", "מאת",
}

// rolesBehind are what stands behind a name in East Asian bylines, with a space: "김철수 기자".
var rolesBehind = []string{" 기자", " 특파원", " 記者", " 记者", " 編集委員"}

// startsByline says whether a text begins like a byline in running text: a label and a name.
func startsByline(s string) bool {
	s = strings.TrimLeft(s, " \t\r\n—–-|")
	if len(s) < 5 {
		return false
	}
	switch s[0] {
	case 'B', 'b', 'P', 'p', 'V', 'v', 'A', 'a', 'W', 'w', 'D', 'd', 'S', 's', 'T', 't', 'O', 'o', 'R', 'r', 0xC3, 0xCE, 0xCF, 0xD0, 0xD7, 0xD8, 0xD9, 0xE4, 0xE6, 0xE8, 0xEA, 'E', 'e':
		return len(withoutLabel(s)) < len(s)
	}
	return false
}

// labelsNext says whether a text is a label alone and the names come in the element after it: "By <a>Ann Other</a>".
func labelsNext(n *html.Node) bool {
	if len(n.Data) > 24 || n.NextSibling == nil || n.NextSibling.Type != html.ElementNode {
		return false
	}
	label := strings.TrimSpace(n.Data)
	return label != "" && withoutLabel(label+" X") == "X"
}

// innerLabels stand before a name in the middle of a line of Chinese or Japanese: "2017-11-05 来源：港报 作者：李明".
var innerLabels = []string{"作者：", "作者:", "记者：", "记者:", "記者：", "記者:", "撰文：", "撰文:", "文／", "文："}

// labelInside returns where such a label stands in s, in bytes, or -1.
func labelInside(s string) int {
	if isASCII(s) {
		return -1
	}
	for _, label := range innerLabels {
		if i := strings.Index(s, label); i >= 0 {
			return i
		}
	}
	return -1
}

// withoutLabel takes the label of a byline off s.
func withoutLabel(s string) string {
	s = strings.TrimLeft(s, " \t\r\n—–-|")
	for _, label := range bylineLabels {
		if len(s) <= len(label) || !strings.EqualFold(s[:len(label)], label) {
			continue
		}
		rest := s[len(label):]
		r, _ := utf8.DecodeRuneInString(rest)
		if last, _ := utf8.DecodeLastRuneInString(label); unicode.IsLetter(last) && r < 0x2E80 && r != ' ' && r != ':' && r != '\u00a0' && r != '\n' {
			continue // "Byron", "Parker"
		}
		rest = strings.TrimLeft(rest, " :\u00a0\t\r\n")
		if r, _ := utf8.DecodeRuneInString(rest); r != utf8.RuneError && !unicode.IsLower(r) {
			return rest // "von der Leyen", "di Maio" are names
		}
	}
	return s
}

// credits begin the names of those who made the pictures.
var credits = []string{" Photo:", " Photos:", " Photography:", " Photographs:", " Photo by ", " Photos by ", " Photography by ",
	" Photographs by ", " Foto:", " Fotos:", " Illustration:", " Illustrations:", " Illustration by ", " Illustrations by "}

// tidyName strips what is around one name, and returns nothing for what is none.
func tidyName(s string) string {
	s = withoutLabel(s)
	s = beforeAny(s, credits...)
	s = beforeAny(s, " | ", " — ", " – ", " // ", " @ ", "／")
	if !isInstitution(s) {
		s = beforeAny(s, " - ", " on ", " in ", " at ") // "Ann Other in Geneva", "Ann Other at 8:00"
	}
	s = withoutRole(s)
	for _, role := range rolesBehind {
		s = strings.TrimSuffix(s, role)
	}
	s = strings.Trim(s, " \t,;:.-–—*•|/\"“”'")
	s = initialDot(s)
	if len(s) > maxName {
		return ""
	}
	letters, digits, words := 0, 0, 1
	for _, r := range s {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		case r == ' ':
			words++
		}
	}
	if letters < 2 || digits > letters || words > 14 || isRole(s) || isAddress(s) || notAName(s) {
		return ""
	}
	return s
}

// initialDot gives back the full stop of a trailing initial, which trimming took: "Gomez, Aidan N.".
func initialDot(s string) string {
	r, n := utf8.DecodeLastRuneInString(s)
	if unicode.IsUpper(r) && n < len(s) && strings.HasSuffix(s[:len(s)-n], " ") && strings.Count(s, " ") > 0 {
		return s + "."
	}
	for _, suffix := range []string{" Jr", " Sr", ", Jr", ", Sr", " Inc", ", Inc"} {
		if strings.HasSuffix(s, suffix) {
			return s + "."
		}
	}
	return s
}

func beforeAny(s string, marks ...string) string {
	for _, m := range marks {
		if i := strings.Index(s, m); i > 0 {
			s = s[:i]
		}
	}
	return s
}

// withoutRole drops a role or an agency in brackets: "Ann Other (editor)"; another abbreviation in brackets stays.
func withoutRole(s string) string {
	i := strings.LastIndexAny(s, "([")
	if i <= 0 {
		return s
	}
	if in := strings.Trim(s[i:], "()[] "); isRole(in) || isAgency(in) {
		return s[:i]
	}
	return s
}

// notAName says whether s is what templates put where a name is missing.
func notAName(s string) bool {
	lower := strings.ToLower(s)
	for _, start := range []string{"view ", "read ", "more ", "about ", "all posts", "see ", "follow ", "contact ", "click "} {
		if strings.HasPrefix(lower, start) {
			return true
		}
	}
	switch lower {
	case "admin", "administrator", "root", "webmaster", "unknown", "anonymous", "null", "undefined", "none", "n/a",
		"super user", "superuser", "author", "authors", "by", "editor", "guest", "user", "default", "test", "name",
		"view all posts", "read more", "follow", "share", "more", "false", "true", "not set", "site admin", "al", "others", "et al":
		return true
	}
	return false
}

// isRole says whether s is a task, a title or a place of work and no name.
func isRole(s string) bool {
	words := strings.Fields(strings.ToLower(s))
	if len(words) == 0 || len(words) > 6 {
		return false
	}
	switch words[len(words)-1] {
	case "editor", "reporter", "correspondent", "writer", "columnist", "contributor", "author", "journalist", "producer",
		"photographer", "eds", "eds.", "ed.", "hrsg", "hrsg.", "redakteur", "redakteurin", "journaliste", "reporters",
		"correspondents", "editors", "analyst", "illustrator", "translator", "traductor", "correspondant", "corresponsal",
		"periodista", "redactor", "staff", "blogger":
		return len(words) > 1 || words[0] != "staff"
	}
	switch words[0] {
	case "editor", "senior", "chief", "deputy", "associate", "contributing", "special", "managing", "executive",
		"director", "professor", "lecturer", "head", "fellow", "founder", "ceo", "cto", "correspondant", "envoyé":
		return true
	}
	return false
}

package citation

import (
	"regexp"
	"strings"
	"unicode/utf8"

	ibid "github.com/ibid-archive/ibid"
)

// findWorks returns the works that text names without an address: a label that a library files by ("2007 Session 3.4", "Working
// Paper No. 12") directly before a title in quotes, or a title in quotes after a statement of languages ("available in English,
// French and Spanish"), which then holds for each title after it. A title that is followed by an address is not one of them:
// it is the title of what stands at the address.
func findWorks(text string) []ibid.Work {
	var works []ibid.Work
	var common []string // languages said to hold for all that follows
	last := 0
	titles := quoted(text)
	for i, q := range titles {
		before := text[last:q.open]
		if said := languagesSaid(before); len(said) > 0 {
			common = said
		}
		next := len(text)
		if i+1 < len(titles) {
			next = titles[i+1].open
		}
		label := labelBefore(before)
		title := strings.TrimRight(folded(text[q.from:q.to]), ",.; ")
		if wordCount(title) > 1 && (label != "" || len(common) > 0) && !addressSoon(text[q.close:next]) {
			languages := languagesAfter(text[q.close:next])
			if len(languages) == 0 {
				languages = common
			}
			works = append(works, ibid.Work{Title: title, Label: label, Languages: languages})
		}
		last = q.close
	}
	return sharedAfterwards(works, text[last:])
}

// sharedAfterwards gives the languages stated after the last title, "(all available in English and French)", to the works
// without any.
func sharedAfterwards(works []ibid.Work, after string) []ibid.Work {
	said := languagesSaid(after)
	for i := range works {
		if len(works[i].Languages) == 0 {
			works[i].Languages = said
		}
	}
	return works
}

// quotation is a quoted title: text[from:to], with its quotes text[open:close].
type quotation struct{ open, from, to, close int }

// maxTitle bounds the length of a title, in bytes.
const maxTitle = 400

// closingQuotes are the ends of the quotes that a title can stand in, by their begin.
var closingQuotes = map[rune]string{'“': "”", '„': "“”", '«': "»", '‹': "›", '"': "\"", '‘': "’", '「': "」", '『': "』", '《': "》"}

// quoted returns the quoted passages of text, in order, outermost only.
func quoted(text string) []quotation {
	var found []quotation
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		ends, ok := closingQuotes[r]
		if !ok || (r == '"' && i > 0 && isAlnum(text[i-1])) {
			i += size
			continue
		}
		from := i + size
		n := closeOf(text[from:min(len(text), from+maxTitle)], r, ends)
		if n < 0 {
			i = from
			continue
		}
		_, end := utf8.DecodeRuneInString(text[from+n:])
		found = append(found, quotation{open: i, from: from, to: from + n, close: from + n + end})
		i = from + n + end
	}
	return found
}

// closeOf finds the quote that closes the one opened by r before s, going over inner ones. An apostrophe does not
// close: a letter follows it.
func closeOf(s string, r rune, ends string) int {
	depth := 0
	for i, c := range s {
		switch {
		case strings.ContainsRune(ends, c):
			next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(c):])
			if c == '’' && (next >= 'a' && next <= 'z') {
				continue
			}
			if depth == 0 {
				return i
			}
			depth--
		case c == r:
			depth++
		}
	}
	return -1
}

// labelPattern is a label at the end of what stands before a title: an optional year, the name of a kind of paper, a number.
var labelPattern = regexp.MustCompile(`(?i)(?:^|[\s(,;:])((?:(?:19|20)\d\d[ ,]+)?` +
	`(?:(?:working|background|discussion|policy|research|technical|conference|occasional|issue|staff|white|position)\s+)?` +
	`(?:session|paper|report|document|doc\.|resolution|round\s?table|note|brief|annex|bulletin|circular|memorandum|volume|series|part|chapter|` +
	`document de travail|rapport|documento|informe|sesión|séance|bericht|arbeitspapier|sitzung)` +
	`\s+(?:no\.?\s*|nr\.?\s*|n°\s*|nº\s*|#)?(?:[A-Z]{1,4}[./-])*\d[\w./-]*(?:\s*\((?:19|20)\d\d\))?)$`)

func labelBefore(before string) string {
	tail := strings.TrimRight(before[max(0, len(before)-120):], " \t\n:,.–—-")
	last := tail[strings.LastIndexAny(tail, " \t\n\u00a0")+1:]
	if countDigits(last) == 0 || !kindOfPaper(tail) {
		return ""
	}
	m := labelPattern.FindStringSubmatch(tail)
	if m == nil {
		return ""
	}
	return strings.TrimRight(folded(m[1]), ",.:")
}

// kindOfPaper says whether s has one of the words that a label has: it spares the dear pattern for all else.
func kindOfPaper(s string) bool {
	s = strings.ToLower(s)
	for _, word := range kindsOfPaper {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}

// kindsOfPaper are parts of the words of labelPattern, one of each.
var kindsOfPaper = strings.Fields(`ession paper report doc. docum resol round note brief annex bulletin circular memor volume series part chapter
	rapport informe sesión séance bericht arbeitsp sitzung`)

// saidWords say that something is to be had, before the languages: "available in English".
var saidWords = wordSet(`available published issued exist exists existing translated downloaded found provided disponible disponibles publié publiés
	publiée publiées publicado publicados publicada publicadas verfügbar erhältlich veröffentlicht`)

// languagesSaid reads the first statement in s of the languages that something is to be had in: one of saidWords, at most three
// words, "in", a list of languages.
func languagesSaid(s string) []string {
	for i := 1; i < len(s); i++ {
		if !isSpaceByte(s[i-1]) || s[i] != 'i' && s[i] != 'e' && s[i] != 'a' {
			continue
		}
		n := strings.IndexByte(s[i:min(len(s), i+5)], ' ')
		if n < 2 || !inWord[s[i:i+n]] {
			continue
		}
		if languages := languageList(s[i+n:]); len(languages) > 0 && saidBefore(s[:i]) {
			return languages
		}
	}
	return nil
}

var inWord = wordSet("in into en em auf")

func saidBefore(s string) bool {
	words := strings.Fields(s[max(0, len(s)-80):])
	for i := len(words) - 1; i >= max(0, len(words)-4); i-- {
		if saidWords[strings.ToLower(words[i])] {
			return true
		}
	}
	return false
}

// languagesAfter reads "(in French)", "[English, Spanish]" directly after a title, or "available in French" in the same clause.
func languagesAfter(s string) []string {
	clause, _, _ := strings.Cut(s, ";")
	rest := strings.TrimLeft(clause, " ,.")
	if inside, ok := strings.CutPrefix(rest, "("); ok {
		return languageList(strings.TrimPrefix(inside, "in "))
	}
	if inside, ok := strings.CutPrefix(rest, "["); ok {
		return languageList(strings.TrimPrefix(inside, "in "))
	}
	return nil
}

// languageList reads a list of names of languages at the begin of s.
func languageList(s string) []string {
	var tags []string
	for len(s) > 0 {
		s = strings.TrimLeft(s, " \t\r\n,/&")
		n := strings.IndexFunc(s, func(r rune) bool { return r < 'A' || (r > 'Z' && r < 'a') || (r > 'z' && r < 0xaa) })
		if n < 0 {
			n = len(s)
		}
		word := strings.ToLower(s[:n])
		tag, known := languageNames[word]
		if known {
			tags = append(tags, tag)
		} else if !listWord[word] {
			return tags
		}
		s = s[n:]
	}
	return tags
}

var listWord = wordSet("and or the both as well et y e und sowie ou oder o in en")

// languageNames are names of languages, in lower case, with their BCP 47 tags.
var languageNames = func() map[string]string {
	names := make(map[string]string)
	for tag, list := range map[string]string{
		"en": "english anglais inglés ingles englisch inglês", "fr": "french français francais francés frances französisch francês",
		"es": "spanish espagnol español espanol spanisch espanhol castellano", "de": "german allemand alemán aleman deutsch alemão",
		"it": "italian italien italiano italienisch", "pt": "portuguese portugais portugués português portugiesisch",
		"ru": "russian russe ruso russisch", "zh": "chinese chinois chino chinesisch mandarin", "ar": "arabic arabe árabe arabisch",
		"ja": "japanese japonais japonés japanisch", "nl": "dutch néerlandais neerlandés niederländisch", "pl": "polish polonais polaco polnisch",
		"sv": "swedish suédois sueco schwedisch", "tr": "turkish turc turco türkisch", "ko": "korean", "hi": "hindi", "fa": "persian farsi",
		"th": "thai", "vi": "vietnamese", "id": "indonesian", "el": "greek grec griego griechisch", "uk": "ukrainian", "cs": "czech",
		"ro": "romanian roumain", "hu": "hungarian", "da": "danish", "fi": "finnish", "no": "norwegian", "he": "hebrew", "ca": "catalan",
		"sw": "swahili", "bn": "bengali", "ur": "urdu", "km": "khmer", "tl": "tagalog filipino", "ms": "malay", "bs": "bosnian", "sr": "serbian", "hr": "croatian",
	} {
		for name := range strings.FieldsSeq(list) {
			names[name] = tag
		}
	}
	return names
}()

// addressSoon says whether an address follows in the clause that s begins with.
func addressSoon(s string) bool {
	clause, _, _ := strings.Cut(s[:min(len(s), 300)], ";")
	return len(findAddresses(clause)) > 0
}

func wordCount(s string) int { return len(strings.Fields(s)) }

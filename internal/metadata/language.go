package metadata

import (
	"slices"
	"strings"
	"unicode"

	"github.com/abadojack/whatlanggo"
	"golang.org/x/text/language"
)

// Language tells the language of a running text, as a BCP 47 tag, and whether that can be relied on.
// Short texts and texts of mixed languages cannot.
func Language(text string) (tag string, reliable bool) {
	info := whatlanggo.Detect(text)
	tag = bcp47(info.Lang.Iso6391())
	if tag == "" {
		tag = bcp47(info.Lang.Iso6393())
	}
	return tag, tag != "" && info.IsReliable() && len(text) >= minSample
}

// minSample is how much text it takes to tell its language, in bytes.
const minSample = 80

// longText is how long a text must be, in bytes, to speak against what is declared.
const longText = 300

// enoughSample is how much text is looked at when a language must be told: more costs time, in
// proportion, and changes no answer.
const enoughSample = 500

// language takes the declared language; without one, that of the text. A declaration that a long text
// plainly contradicts is the template's, not the page's, and gives way: sites in many languages often
// declare one for all.
func (d *describer) language() {
	declared := d.declaredLanguages()
	sample := d.page.sample.String()
	chosen := choice{}
	if len(declared) > 0 {
		chosen = declared[0]
	}
	if chosen.text == "" || contradicts(sample, chosen.text) && confirmable(sample) {
		if found, reliable := Language(d.languageSample(sample)); reliable && (chosen.text == "" || confirms(sample, found)) {
			i := slices.IndexFunc(declared, func(c choice) bool { return base(c.text) == base(found) })
			if chosen = (choice{found, "text"}); i >= 0 {
				chosen = declared[i]
			}
		}
	}
	if chosen.text != "" {
		d.out.Language = chosen.text
		d.say("language", chosen.from)
	}
}

// languageSample adds the page's titles and summary to a text that is too short alone.
func (d *describer) languageSample(sample string) string {
	if len(sample) >= longText {
		return strings.ToValidUTF8(sample[:min(len(sample), enoughSample)], " ")
	}
	m := &d.page.meta
	return strings.ToValidUTF8(clean(strings.Join([]string{
		d.page.titleTag, m.text("og:description", "description", "dc.description"), sample,
	}, ". "), 2*maxSample), " ")
}

// declaredLanguages lists the languages that are declared, the most trusted first.
func (d *describer) declaredLanguages() []choice {
	m := &d.page.meta
	candidates := []choice{
		{d.page.lang, "html lang"},
		{m.text("http-equiv:content-language"), "http-equiv content-language"},
		{d.header.Get("Content-Language"), "http content-language"},
	}
	for _, key := range []string{"og:locale", "citation_language", "dc.language", "dcterms.language"} {
		candidates = append(candidates, choice{m.text(key), key})
	}
	for _, t := range []*thing{d.main, d.item, d.page.loose} {
		s, from := t.field("inLanguage")
		candidates = append(candidates, choice{s, from})
	}
	candidates = append(candidates, choice{d.page.bodyLang, "body lang"}, choice{m.text("language"), "language"},
		choice{m.text("lang"), "lang"})
	declared := candidates[:0]
	for _, c := range candidates {
		if c.text = bcp47(c.text); c.text != "" {
			declared = append(declared, c)
		}
	}
	return declared
}

// bcp47 returns the BCP 47 tag that s means: "fr_FR" and "français" are understood. A list of
// languages, and "several", mean none.
func bcp47(s string) string {
	s = strings.Trim(s, " \t\r\n,;")
	if s == "" || len(s) > 35 {
		return ""
	}
	if s, _, _ = strings.Cut(s, "."); strings.ContainsAny(s, ",; ") {
		return "" // "fr_FR.utf8" is one, "en, fr" is two
	}
	if tag := languageName(strings.ToLower(s)); tag != "" {
		return tag
	}
	if n := strings.IndexAny(s, "-_"); n > 3 || n < 0 && len(s) > 3 {
		return ""
	}
	tag, err := language.Parse(s)
	if err != nil || tag == language.Und {
		return ""
	}
	switch b := base(tag.String()); b {
	case "und", "mul", "zxx", "mis", "x":
		return ""
	}
	return tag.String()
}

// languageName knows the languages that pages name by a word.
func languageName(s string) string {
	switch s {
	case "english", "eng", "anglais":
		return "en"
	case "french", "français", "francais", "fra", "fre":
		return "fr"
	case "spanish", "español", "espanol", "spa", "castellano":
		return "es"
	case "german", "deutsch", "ger", "deu":
		return "de"
	case "italian", "italiano":
		return "it"
	case "portuguese", "português", "portugues":
		return "pt"
	case "russian", "русский":
		return "ru"
	case "chinese", "中文":
		return "zh"
	case "arabic", "العربية":
		return "ar"
	case "dutch", "nederlands":
		return "nl"
	case "danish", "dansk":
		return "da"
	case "swedish", "svenska":
		return "sv"
	case "japanese", "日本語":
		return "ja"
	case "ua":
		return "uk" // the country's code, a common mistake
	}
	return ""
}

// base is the language of a tag without script and region.
func base(tag string) string {
	b, _, _ := strings.Cut(tag, "-")
	return b
}

// commonWords are the most frequent words of languages that are often declared: in any text of some
// length they make up a fifth of all words or more.
var commonWords = map[string]string{
	"en": " the of and to in a is that for it on with as was by be this are from at or an have not you ",
	"fr": " le la les de des du et à en un une que qui est pour dans au par sur il pas plus ce ne se aux avec son ",
	"es": " el la los las de y en un una que es por para con del se no su al lo como más a ",
	"de": " der die das und in den von zu mit ist auf für im dem nicht ein eine des sich auch es an als ",
	"it": " il la le lo di e in un una che è per con del non si della i da al dei gli a ",
	"pt": " o a os as de e em um uma que é para com do da no na por não se dos ao ",
	"nl": " de het een van en in is dat op te voor met die niet zijn aan er ook ",
	"da": " og i at det en den til er som på de med for af ikke et der har ",
	"sv": " och i att det en den till är som på de med för av inte ett har om ",
}

// contradicts says whether a text is plainly not in the language of tag: it is long, and the script
// differs, or the words that no text of that language does without are all but missing. It costs
// microseconds, so that the costly telling of languages is left to the pages that need it.
func contradicts(text, tag string) bool {
	if len(text) < longText {
		return false
	}
	common, known := commonWords[base(tag)]
	if !known {
		return latinOnly(text) && nonLatin(base(tag))
	}
	words, hits := frequency(text, common)
	return words >= 50 && hits*100 < words*12 || words < len(text)/40
}

// confirms says whether a text is as plainly in a language that was told from it: what is not prose,
// like code or a list of names, can look like any language, and speaks against no declaration.
func confirms(text, tag string) bool {
	common, known := commonWords[base(tag)]
	if !known {
		return nonLatin(base(tag)) && !latinOnly(text)
	}
	words, hits := frequency(text, common)
	return hits*100 >= words*18
}

// confirmable says whether confirms can be true of any language: it costs a tenth of asking which.
func confirmable(text string) bool {
	if !latinOnly(text) {
		return true
	}
	for _, common := range commonWords {
		if words, hits := frequency(text, common); hits*100 >= words*18 {
			return true
		}
	}
	return false
}

// frequency counts the words of a text, and those among them that are common.
func frequency(text, common string) (words, hits int) {
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		words++
		if len(w) <= 5 && strings.Contains(common, " "+strings.ToLower(w)+" ") {
			hits++
		}
	}
	return words, hits
}

// nonLatin says whether a language is never written in Latin letters.
func nonLatin(base string) bool {
	switch base {
	case "ru", "uk", "bg", "el", "ar", "fa", "he", "zh", "ja", "ko", "th", "hi", "ka", "hy":
		return true
	}
	return false
}

// latinOnly says whether nearly all letters of a text are Latin.
func latinOnly(text string) bool {
	latin, other := 0, 0
	for _, r := range text {
		switch {
		case r < 0x250 && unicode.IsLetter(r):
			latin++
		case unicode.IsLetter(r):
			other++
		}
	}
	return latin > 20*other
}

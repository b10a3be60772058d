package metadata

import (
	"slices"
	"strings"

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
	if count := doubt(sample, chosen.text); chosen.text == "" || count != nil {
		if found, reliable := Language(d.languageSample(sample)); reliable && (chosen.text == "" || count.confirms(found)) {
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

// Shares of common words, in percent: below the first a text of that language is all but impossible,
// from the second on it is prose of that language.
const (
	tooFewCommon = 12
	plainlyProse = 18
)

// doubt counts the words of a text that contradicts the language of tag where another language could be
// confirmed; else it returns nil. It costs microseconds, so that the costly telling of languages is left
// to the pages that need it.
func doubt(text, tag string) *wordCount {
	if len(text) < longText || tag == "" {
		return nil
	}
	if c := countWords(text); c.contradicts(len(text), tag) && c.confirmable() {
		return c
	}
	return nil
}

// contradicts says whether a text of that many bytes is plainly not in the language of tag: the script
// differs, or the words that no text of that language does without are all but missing.
func (c *wordCount) contradicts(length int, tag string) bool {
	common, known := c.of(base(tag))
	if !known {
		return c.latinOnly() && nonLatin(base(tag))
	}
	return c.words >= 50 && common*100 < c.words*tooFewCommon || c.words < length/40
}

// confirms says whether a text is as plainly in a language that was told from it: what is not prose,
// like code or a list of names, can look like any language, and speaks against no declaration.
func (c *wordCount) confirms(tag string) bool {
	common, known := c.of(base(tag))
	if !known {
		return nonLatin(base(tag)) && !c.latinOnly()
	}
	return common*100 >= c.words*plainlyProse
}

// nonLatin says whether a language is never written in Latin letters.
func nonLatin(base string) bool {
	switch base {
	case "ru", "uk", "bg", "el", "ar", "fa", "he", "zh", "ja", "ko", "th", "hi", "ka", "hy":
		return true
	}
	return false
}

package library

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// languageNames gives the BCP 47 tag for the names of languages, folded, as listings in English, French, Spanish and the
// language itself have them, and for the codes that listings use. Codes that are common words are left out.
var languageNames = func() map[string]string {
	names := make(map[string]string)
	for tag, list := range map[string]string{
		"en": "en eng english anglais ingles englisch inglese anglaise inglesa",
		"fr": "fr fre fra french francais frances franzosisch francese francaise francesa",
		"es": "es sp spa esp spanish espagnol espanol espagnole espanola castellano spanisch",
		"ar": "ar ara arabic arabe arabisch العربية عربي", "ru": "ru rus russian russe ruso russisch русский",
		"zh": "zh cn chi zho chinese chinois chino chinesisch", "pt": "pt por portuguese portugais portugues portugiesisch",
		"de": "de ger deu german allemand aleman deutsch", "it": "it ita italian italien italiano italienisch",
		"nl": "nl dutch neerlandais neerlandes nederlands", "ja": "ja jp japanese japonais japones", "ko": "korean coreen coreano 한국어",
		"el": "greek grec griego ελληνικα", "tr": "turkish turc turco turkce", "pl": "polish polonais polaco polski", "uk": "ukrainian ukrainien ucraniano українська",
		"fa": "persian farsi فارسی", "he": "hebrew hebreu hebreo עברית", "th": "thai thailandais ไทย", "vi": "vietnamese vietnamien",
		"id": "indonesian indonesien indonesio", "sv": "swedish suedois sueco svenska", "cs": "czech tcheque checo", "ro": "romanian roumain rumano",
		"hu": "hungarian hongrois hungaro", "bs": "bosnian bosniaque", "sr": "serbian serbe serbio", "hr": "croatian croate croata", "sq": "albanian albanais albanes",
	} {
		for name := range strings.FieldsSeq(list) {
			names[fold(name)] = tag
		}
	}
	return names
}()

// spelledName is the name of a language in its letters.
type spelledName struct {
	letters []rune
	tag     string
}

// namesByLength are the languageNames by their number of letters.
var namesByLength = func() (by [16][]spelledName) {
	for _, name := range slices.Sorted(maps.Keys(languageNames)) {
		if letters := []rune(name); len(letters) < len(by) {
			by[len(letters)] = append(by[len(letters)], spelledName{letters, languageNames[name]})
		}
	}
	return by
}()

// neutral are words that stand around languages and downloads and say nothing of a title, folded.
var neutral = set(`pdf word doc docx html htm zip odt rtf ppt pptx xls xlsx epub text texte texto file files fichier archivo document documento
	download downloads telecharger telechargement descargar descarga baixar view voir ver open ouvrir abrir read lire leer here ici aqui click cliquez
	full version versions original translation translations traduction traductions traduccion traducciones available also disponible disponibles
	egalement aussi tambien in en au auf as other autres otros otras languages langues idiomas language langue idioma lengua size taille tamano
	format hits clics visitas date added updated modified created ajoute agregado type and et y e und or ou o the la le les el los las link lien enlace l i
	kb mb ko mo gb bytes octets only seulement solo icon icone this ce este details
	january february march april may june july august september october november december jan feb mar apr jun jul aug sep oct nov dec
	janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
	enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre`)

var sizePattern = regexp.MustCompile(`(\d{1,9}(?:[.,]\d{1,3})?)[ \x{a0}]?(bytes|octets|[kmg]i?[bo]|[km])\b`)

// sizeIn reads the size that a folded text gives, in bytes, or 0, and returns the text without it.
func sizeIn(folded string) (size int64, rest string) {
	m := sizePattern.FindStringSubmatchIndex(folded)
	if m == nil {
		return 0, folded
	}
	n, err := strconv.ParseFloat(strings.Replace(folded[m[2]:m[3]], ",", ".", 1), 64)
	if err != nil {
		return 0, folded
	}
	switch folded[m[4]] {
	case 'k':
		n *= 1 << 10
	case 'm':
		n *= 1 << 20
	case 'g':
		n *= 1 << 30
	}
	return int64(n), folded[:m[0]] + " " + folded[m[1]:]
}

// signs are names of languages in scripts that words does not keep together.
var signs = strings.NewReplacer("中文", " zh ", "汉语", " zh ", "日本語", " ja ")

// mark is what a piece of text says when it is no title.
type mark struct {
	languages []string
	size      int64
	// plain says that there is nothing in it but languages, sizes, dates and words like "download".
	plain bool
}

// maxMark bounds the length of a mark, in bytes.
const maxMark = 300

// languageOf is the language that a folded word names. A decoder may have lost a letter of it: "espa\ufffdol".
func languageOf(w string) string {
	if tag := languageNames[w]; tag != "" || !strings.ContainsRune(w, utf8.RuneError) || len(w) < 6 {
		return tag
	}
	lost := []rune(w)
	if len(lost) < len(namesByLength) {
		for _, n := range namesByLength[len(lost)] {
			if sameBut(lost, n.letters) {
				return n.tag
			}
		}
	}
	return ""
}

// sameBut says whether two words of one length differ in nothing but what was lost in the first.
func sameBut(lost, whole []rune) bool {
	for i, r := range lost {
		if r != utf8.RuneError && r != whole[i] {
			return false
		}
	}
	return true
}

// readMark reads a piece of text as a mark: "(150.24 KB) | (fr)", "English l French", "Also available in:".
func readMark(s string) mark {
	if len(s) > maxMark {
		return mark{}
	}
	m := mark{plain: true}
	var rest string
	m.size, rest = sizeIn(fold(s))
	ws := words(signs.Replace(rest))
	for i, w := range ws {
		tag := languageOf(w)
		switch {
		case w == "en" && i+1 < len(ws) && len(ws[i+1]) > 3 && languageNames[ws[i+1]] != "":
			// "disponible en français": no English
		case tag != "":
			if !slices.Contains(m.languages, tag) {
				m.languages = append(m.languages, tag)
			}
		case neutral[w] || isDigit(w[0]):
		default:
			m.plain = false
		}
	}
	if !m.plain {
		m.languages = nil
	}
	return m
}

var (
	brackets   = regexp.MustCompile(`[(\[{][^()\[\]{}]{0,120}[)\]}]`)
	prefixed   = regexp.MustCompile(`^\s*(\pL{2,12}(?:\s\pL{2,12})?)\s?[-–—:_]\s+(\S.*)$`)
	suffixed   = regexp.MustCompile(`^(.*\S)(?:\s[-–—]\s?|,\s|:\s|_)((?:\pL{2,12}\s){0,2}\pL{2,12})$`)
	inLanguage = regexp.MustCompile(`^(.*\S)\s(?:in|en|auf|em)\s(\pL{5,12})$`)
)

// claims takes off a title what is said in it of languages and sizes: in brackets, as "ES - " before it, as ", French version"
// after it.
func claims(title string) (string, mark) {
	said := mark{}
	title = brackets.ReplaceAllStringFunc(title, func(b string) string {
		m := readMark(b)
		if !m.plain && len(m.languages) == 0 || len(m.languages) == 0 && m.size == 0 && len(words(b)) > 0 && isDigit(words(b)[0][0]) {
			return b // "(2007)" belongs to the title
		}
		said.add(m)
		return " "
	})
	title = strings.Trim(squeeze(title), " |/")
	for _, cut := range []struct {
		at         *regexp.Regexp
		mark, rest int
	}{{prefixed, 1, 2}, {suffixed, 2, 1}, {inLanguage, 2, 1}} {
		m := cut.at.FindStringSubmatch(title)
		if m == nil {
			continue
		}
		if claim := readMark(m[cut.mark]); claim.plain && len(claim.languages) > 0 {
			said.add(claim)
			title = m[cut.rest]
		}
	}
	return title, said
}

func (m *mark) add(o mark) {
	for _, l := range o.languages {
		if !slices.Contains(m.languages, l) {
			m.languages = append(m.languages, l)
		}
	}
	m.size = max(m.size, o.size)
}

// baseTag is the language of a BCP 47 tag, without script and region, in lower case.
func baseTag(tag string) string {
	tag = strings.ToLower(strings.TrimSpace(tag))
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		tag = tag[:i]
	}
	return tag
}

// knownTag returns the language that an attribute or a part of an address names, or "".
func knownTag(s string) string {
	if s = baseTag(s); len(s) == 2 || len(s) == 3 {
		return languageNames[s]
	}
	return ""
}

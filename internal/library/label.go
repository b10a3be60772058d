package library

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Label is what a library files a paper under, in one form for all the ways to write it: "RT 3.4", "Séance III.4" and
// "Session_3-4" are the same.
type Label struct {
	// Series is "session" for sessions and round tables in any language, else the kind of series: "working paper".
	Series string
	// Number is in Arabic digits, its parts joined by full stops: "3.4".
	Number string
	// Year is 0 where none is said.
	Year int
}

// ParseLabel reads the first Label in s that says most: one with a number in parts goes before one without. It returns
// false where there is none.
func ParseLabel(s string) (Label, bool) {
	found := labels(fold(s))
	if len(found) == 0 {
		return Label{}, false
	}
	return found[0], true
}

// Words for a session or a round table, and for the latter alone, folded. A decoder may have lost the accented letter.
const (
	roundWord   = `(?:round[ _-]?tables?|tables?[ _-]rondes?|mesas?[ _-]redondas?|runder[ _-]tisch|rtd?)`
	sessionWord = `(?:sessions?|s[e\x{fffd}]ances?|sesi[o\x{fffd}]n|sess[a\x{fffd}]o|sitzung|(?:ال)?جلسة|сессия|сессии|заседание)`
	number      = `(\d{1,3}|[ivx]{1,5})((?:[.,_-](?:\d{1,2}|[ivx]{1,4}))?(?:\.\d{1,2}){0,2})`
)

var (
	sessionPattern = regexp.MustCompile(`(?:^|[^a-z])(` + roundWord + `|` + sessionWord + `)((?:[ _.:-]+(?:(?:de|of|del)[ _]+(?:(?:la|the)[ _]+)?)?(?:` +
		roundWord + `|` + sessionWord + `))?)([ _.:#-]*)(?:(?:no|nr|n°|nº)[ ._]*)?` + number + `(?:[^a-z0-9]|$)`)
	roundPattern  = regexp.MustCompile(`^` + roundWord + `$`)
	seriesPattern = regexp.MustCompile(`(?:^|[^a-z])(?:` + seriesWords() + `)[ _]+(?:(?:no|nr|n°|nº)[ ._]*|#)?((?:[a-z]{1,4}[./-])*\d[\w/-]*(?:\.\d+)*)`)
	yearPattern   = regexp.MustCompile(`(?:19|20)\d\d`)
	shortYear     = regexp.MustCompile(`(?:^|[^a-z])([a-z]{3,8})'?(\d\d)[ _-]`)
)

// series are the names of series other than sessions, folded, by their normal form.
var series = [...]struct{ name, words string }{
	{"working paper", `working papers?|documents? de travail|documentos? de trabajo|arbeitspapier`},
	{"paper", `papers?`}, {"report", `reports?|rapports?|informes?|bericht`}, {"document", `documents?|documentos?|doc\.`},
	{"resolution", `resolutions?|resolucion(?:es)?`}, {"note", `notes?|notas?`}, {"brief", `briefs?`}, {"annex", `annexe?s?|anexos?|anhang`},
	{"bulletin", `bulletins?|boletin(?:es)?`}, {"circular", `circulars?|circulaires?`}, {"volume", `volumes?|vol\.|tomes?|tomos?|volumen|band`},
	{"series", `series|serie`}, {"part", `parts?|parties?|partes?|teil`}, {"chapter", `chapters?|chapitres?|capitulos?|kapitel`},
	{"issue", `issues?|numeros?`}, {"memorandum", `memoranda|memorandum`},
}

// seriesWords matches the name of any series. Each has a group of its own: the one that matched says which it is.
func seriesWords() string {
	var all []string
	for _, s := range series {
		all = append(all, "("+s.words+")")
	}
	return strings.Join(all, "|")
}

// seriesOf tells the series of a match of seriesPattern.
func seriesOf(m []string) string {
	for i, s := range series {
		if m[i+1] != "" {
			return s.name
		}
	}
	return ""
}

// maxLabels bounds the Labels that are read of one text.
const maxLabels = 8

// labels reads the Labels of a folded text, those of sessions first and among them those with parts. "Round table 3, session 4"
// is session 3.4. All have the year that the text says, if it says one.
func labels(folded string) []Label {
	if !strings.ContainsAny(folded, "0123456789ivx") {
		return nil
	}
	var out []Label
	var round, session string
	for _, m := range sessionPattern.FindAllStringSubmatch(folded, maxLabels) {
		n := sessionNumber(m)
		switch onlyRound := roundPattern.MatchString(m[1]) && m[2] == ""; {
		case strings.Contains(n, "."):
			out = append(out, Label{Series: "session", Number: n})
		case onlyRound && round == "":
			round = n
		case !onlyRound && session == "":
			session = n
		}
	}
	switch {
	case len(out) > 0:
	case round != "" && session != "":
		out = append(out, Label{Series: "session", Number: round + "." + session})
	case round+session != "":
		out = append(out, Label{Series: "session", Number: round + session})
	}
	if !strings.ContainsAny(folded, "0123456789") {
		return out
	}
	for _, m := range seriesPattern.FindAllStringSubmatch(folded, maxLabels) {
		if n := strings.Trim(m[len(m)-1], "_-/."); !yearPattern.MatchString(n) || len(n) != 4 {
			out = append(out, Label{Series: seriesOf(m), Number: n})
		}
	}
	if years := years(folded); len(years) > 0 {
		for i := range out {
			out[i].Year = years[0]
		}
	}
	return out
}

// sessionNumber is the number in a match of sessionPattern. Two digits directly after "rt" are two parts: rt34.pdf.
func sessionNumber(m []string) string {
	first, rest := arabic(m[4]), m[5]
	if m[1] == "rt" && m[2]+m[3]+rest == "" && len(first) == 2 {
		return first[:1] + "." + first[1:]
	}
	parts := []string{first}
	for _, p := range strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(".,_-", r) }) {
		parts = append(parts, arabic(p))
	}
	return strings.Join(parts, ".")
}

// arabic turns a number of Roman or Arabic digits, at most 89, into Arabic ones without leading zeros.
func arabic(s string) string {
	if s[0] >= '0' && s[0] <= '9' {
		if s = strings.TrimLeft(s, "0"); s == "" {
			return "0"
		}
		return s
	}
	value := map[byte]int{'i': 1, 'v': 5, 'x': 10}
	sum := 0
	for i := range len(s) {
		if v := value[s[i]]; i+1 < len(s) && v < value[s[i+1]] {
			sum -= v
		} else {
			sum += v
		}
	}
	return strconv.Itoa(sum)
}

// years returns the years that a folded text says in four digits, in order, each once.
func years(folded string) []int {
	var out []int
	for _, at := range yearPattern.FindAllStringIndex(folded, 20) {
		if at[0] > 0 && isDigit(folded[at[0]-1]) || at[1] < len(folded) && isDigit(folded[at[1]]) {
			continue
		}
		if y, err := strconv.Atoi(folded[at[0]:at[1]]); err == nil && !slices.Contains(out, y) {
			out = append(out, y)
		}
	}
	return out
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// numbered are words that stand before numbers that are no years.
var numbered = set("session page file item node paper annex part note report image seance sesion table doc img document version")

// shortYears returns the years that names like "GFMD07_Session" have in two digits. They are hints.
func shortYears(folded string) []int {
	var out []int
	for _, m := range shortYear.FindAllStringSubmatch(folded, 4) {
		y, err := strconv.Atoi(m[2])
		switch {
		case err != nil || numbered[m[1]] || y > 40 && y < 90:
		case y >= 90:
			out = append(out, 1900+y)
		default:
			out = append(out, 2000+y)
		}
	}
	return out
}

// agreement is what one set of Labels says of another Label.
type agreement int

const (
	noWord agreement = iota
	same
	other
)

// agree compares the numbers of have with want, which can be told only within a series. "Round table 3" neither is
// session 3.4 nor speaks against it. Years are compared elsewhere: they may be said far from the label.
func agree(want Label, have []Label) agreement {
	verdict := noWord
	for _, l := range have {
		switch {
		case l.Series != want.Series && !strings.HasSuffix(want.Series, " "+l.Series) && !strings.HasSuffix(l.Series, " "+want.Series):
		case l.Number == want.Number:
			return same
		case strings.HasPrefix(want.Number, l.Number+".") || strings.HasPrefix(l.Number, want.Number+"."):
		default:
			verdict = other
		}
	}
	return verdict
}

package library

import "regexp"

// kinds are the kinds of paper that a meeting leaves behind, with the words for them, folded. The first that is found counts.
var kinds = []struct {
	name string
	said *regexp.Regexp
}{
	{"background paper", kindWords(`background[ _-]+(?:paper|document|note)s?|documents?[ _-]+(?:de[ _-]+travail|d'information|de[ _-]+fond)|` +
		`documentos?[ _-]+(?:de[ _-]+(?:antecedentes|trabajo|base))|working[ _-]+papers?|arbeitspapier`)},
	{"participants", kindWords(`(?:list|liste|lista)[ _-]+(?:of|des|de)[ _-]+(?:los[ _-]+)?partici[a-z]+|participants|participantes`)},
	{"agenda", kindWords(`agenda|programme?|programa|ordre[ _-]+du[ _-]+jour|orden[ _-]+del[ _-]+dia|tagesordnung`)},
	{"summary", kindWords(`summary|summaries|resume|resumen|synthese|sintesis|conclusions?|conclusiones`)},
	{"presentation", kindWords(`presentations?|presentacion(?:es)?|slides|diapositives`)},
	{"statement", kindWords(`statements?|speech|address by|discours|discurso|allocution|declaration|declaracion`)},
	{"report", kindWords(`reports?|rapports?|informes?|bericht`)},
}

func kindWords(s string) *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[^a-z])(?:` + s + `)(?:[^a-z]|$)`)
}

// kindOf returns the kind of paper that a folded text says, or "".
func kindOf(folded string) string {
	for _, k := range kinds {
		if k.said.MatchString(folded) {
			return k.name
		}
	}
	return ""
}

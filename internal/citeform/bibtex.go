package citeform

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// bibField is one field of an entry; its value is escaped already.
type bibField struct{ name, value string }

// writeBibTeX writes entries that the classic styles print whole, whatever their type: the address and the archived version stand
// in note. Styles and programs that know url and urldate find them too. (howpublished is taken for the publisher by some.)
func writeBibTeX(w io.Writer, items []Item, _ Options) error {
	ids := keys(items)
	for i := range items {
		it := &items[i]
		k := kindOf(it)
		fields := []bibField{{"author", bibAuthors(it)}, {"title", bibTitle(it)}}
		if p := dateParts(it.issued()); len(p) > 0 {
			fields = append(fields, bibField{"year", bibDate(year(it.issued()))})
			if len(p) > 1 {
				fields = append(fields, bibField{"month", strings.ToLower(time.Month(p[1]).String()[:3])}) // a macro of every style
			}
		}
		fields = append(fields,
			bibField{map[string]string{"techreport": "institution", "phdthesis": "school", "book": "publisher"}[k.bibtex], braced(it.Publisher)},
			bibField{"url", "{" + bibURL(it.URI) + "}"}, bibField{"urldate", bibDate(isoDay(it.Accessed))}, bibField{"note", classicNote(it)})
		if k.bibtex == "misc" {
			fields = append(fields, bibField{"organization", braced(it.Publisher)})
		}
		if err := writeEntry(w, i, k.bibtex, ids[i], append(fields, identified(it)...)); err != nil {
			return err
		}
	}
	return nil
}

// writeBiblatex writes entries for biblatex and Biber, whose dates have a precision.
func writeBiblatex(w io.Writer, items []Item, _ Options) error {
	ids := keys(items)
	for i := range items {
		it := &items[i]
		k := kindOf(it)
		publisher := map[string]string{"online": "organization", "report": "institution", "thesis": "institution"}[k.biblatex]
		if publisher == "" {
			publisher = "publisher"
		}
		fields := []bibField{
			{"author", bibAuthors(it)}, {"title", bibTitle(it)}, {"date", bibDate(isoDay(it.issued()))}, {publisher, braced(it.Publisher)},
			{"language", braced(babelName(it.Language))}, {"langid", braced(babelName(it.Language))},
			{"url", "{" + bibURL(it.URI) + "}"}, {"urldate", bibDate(isoDay(it.Accessed))}, {"note", bibNote(it)},
		}
		if k.biblatex == "thesis" || k.biblatex == "report" {
			fields = append(fields, bibField{"type", map[string]string{"thesis": "{phdthesis}", "report": "{techreport}"}[k.biblatex]})
		}
		if err := writeEntry(w, i, k.biblatex, ids[i], append(fields, identified(it)...)); err != nil {
			return err
		}
	}
	return nil
}

func writeEntry(w io.Writer, n int, kind, id string, fields []bibField) error {
	var b strings.Builder
	if n > 0 {
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "@%s{%s,\n", kind, id)
	for _, f := range fields {
		if f.name != "" && f.value != "" {
			fmt.Fprintf(&b, "  %-12s = %s,\n", f.name, f.value)
		}
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func identified(it *Item) []bibField {
	doi := bibURL(oneLine(it.Identifiers["doi"])) // taken to the letter, as addresses are
	if doi != "" {
		doi = "{" + doi + "}"
	}
	fields := []bibField{{"doi", doi}, {"isbn", braced(oneLine(it.Identifiers["isbn"]))}, {"number", braced(it.number())}}
	if eprint := braced(oneLine(it.Identifiers["arxiv"])); eprint != "" {
		fields = append(fields, bibField{"eprint", eprint}, bibField{"archiveprefix", "{arXiv}"})
	}
	return fields
}

func braced(s string) string {
	if s == "" {
		return ""
	}
	return "{" + latexText(s) + "}"
}

func bibDate(s string) string {
	if s == "" {
		return ""
	}
	return "{" + s + "}"
}

// bibTitle protects the letter case: styles for English would write names of organisations and all German nouns small.
func bibTitle(it *Item) string {
	if it.Title == "" {
		return ""
	}
	return "{{" + latexText(it.Title) + "}}"
}

// bibAuthors joins names as BibTeX reads them; an organisation stands in braces of its own.
func bibAuthors(it *Item) string {
	if len(it.Authors) == 0 {
		return ""
	}
	parts := make([]string, len(it.Authors))
	for i, n := range names(it.Authors) {
		if n.Literal != "" {
			parts[i] = "{" + latexText(n.Literal) + "}"
			continue
		}
		parts[i] = joinNonEmpty(", ", latexName(n.Family), latexName(n.Suffix), latexName(n.Given))
	}
	return "{" + strings.Join(parts, " and ") + "}"
}

// latexName keeps what divides names out of a part of one.
func latexName(s string) string {
	if strings.Contains(s, ",") || strings.Contains(strings.ToLower(" "+s+" "), " and ") {
		return "{" + latexText(s) + "}"
	}
	return latexText(s)
}

func bibNote(it *Item) string {
	c := it.copy()
	if c == nil {
		return ""
	}
	return `{Archived at \url{` + latexURL(c.URI) + `}, ` + c.day() + "}"
}

func classicNote(it *Item) string {
	address := `\url{` + latexURL(it.URI) + "}"
	if archived := bibNote(it); archived != "" {
		return "{" + address + ". " + archived[1:]
	}
	return "{" + address + "}"
}

// latexText escapes what TeX gives a meaning of its own.
func latexText(s string) string { return latexEscapes.Replace(s) }

var latexEscapes = strings.NewReplacer(
	`\`, `\textbackslash{}`, `{`, `\{`, `}`, `\}`, `$`, `\$`, `&`, `\&`, `#`, `\#`, `_`, `\_`, `%`, `\%`, `~`, `\textasciitilde{}`, `^`, `\textasciicircum{}`,
	"''", `{'}{'}`, "``", "{`}{`}", "---", "-{}-{}-", "--", "-{}-", // what TeX makes one sign of
)

// bibURL is an address for a field that is taken to the letter, in ASCII: TeX cannot print other letters of an address.
func bibURL(uri string) string { return inASCII(escapedIn(uri, `{}\"`)) }

// latexURL is an address for \url within other text, where a comment or a parameter would end it.
func latexURL(uri string) string {
	return strings.NewReplacer("%", `\%`, "#", `\#`).Replace(bibURL(uri))
}

// babelName is the language as babel and biblatex call it; empty for one they do not know.
func babelName(tag string) string {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if strings.EqualFold(tag, "pt-BR") {
		return "brazilian"
	}
	return babelNames[primary]
}

var babelNames = map[string]string{
	"ar": "arabic", "bg": "bulgarian", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
	"et": "estonian", "fa": "persian", "fi": "finnish", "fr": "french", "he": "hebrew", "hr": "croatian", "hu": "hungarian", "it": "italian",
	"ja": "japanese", "lt": "lithuanian", "lv": "latvian", "nl": "dutch", "no": "norsk", "nb": "norsk", "nn": "nynorsk", "pl": "polish",
	"pt": "portuguese", "ro": "romanian", "ru": "russian", "sk": "slovak", "sl": "slovenian", "sr": "serbian", "sv": "swedish", "th": "thai",
	"tr": "turkish", "uk": "ukrainian", "vi": "vietnamese", "zh": "chinese",
}

package metadata

import (
	"regexp"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pdf"
)

// FromPDF describes a PDF from its XMP, which publishers fill with care, and its Info dictionary, which
// programs fill by themselves: titles that are names of files or of programs are not trusted. A nil info
// gives an empty Description; the result is never nil. at is when the PDF was served.
func FromPDF(info *pdf.Info, at time.Time) *ibid.Description {
	d := &pdfDescriber{info: info, at: at, out: &ibid.Description{From: map[string]string{}}}
	if info == nil {
		return d.out
	}
	d.title()
	d.authors()
	d.dates()
	d.language()
	d.publisher()
	d.abstract()
	d.identifiers()
	return d.out
}

type pdfDescriber struct {
	info *pdf.Info
	at   time.Time
	out  *ibid.Description
}

// candidate is a value and where it came from: "xmp dc:title", "pdf Title".
type candidate struct{ value, from string }

// among returns what the document says under any of the names, in their order: those with a colon are XMP
// properties, the others entries of the Info dictionary.
func (d *pdfDescriber) among(names ...string) []candidate {
	var out []candidate
	for _, name := range names {
		value, from := d.info.Dict[name], "pdf "+name
		if strings.Contains(name, ":") {
			value, from = d.info.Get(name), "xmp "+name
		}
		if value != "" {
			out = append(out, candidate{value, from})
		}
	}
	return out
}

func (d *pdfDescriber) say(field, source string) { d.out.From[field] = source }

func (d *pdfDescriber) title() {
	for _, c := range d.among("dc:title", "Title") {
		title := cleanMarkup(c.value, maxTitle)
		if trustedTitle(title) {
			d.out.Title = title
			d.say("title", c.from)
			return
		}
	}
}

var (
	programTitle = regexp.MustCompile(`(?i)^(?:microsoft (?:word|powerpoint|excel|publisher)|powerpoint-? ?präsentation|powerpoint presentation|` +
		`présentation powerpoint|presentación de powerpoint|diapositiva? ?\d*|slide ?\d*|folie ?\d*|untitled.*|ohne titel.*|sans titre.*|` +
		`sin título.*|unbenannt.*|unknown|title|titel|none|null|test|document ?\d*|dokument ?\d*|doc ?\d*|layout ?\d*|\d* ?page ?\d*|` +
		`full page (?:photo|fax print)|print|cover|blank|new document|template|article|paper|report|main|manuscript|thesis)(?: - .*)?$`)
	fileTitle = regexp.MustCompile(`(?i)(?:^[a-z]:[\\/]|[\\/].*[\\/]|\.(?:docx?|dotx?|pdf|tex|dvi|ps|eps|indd|qx[dp]|pptx?|xlsx?|rtf|od[tps]|pages|fm|book|p65|wpd|pub|vsd|txt|html?)$)`)
)

// trustedTitle says whether a title is one that a person gave to a text.
func trustedTitle(title string) bool {
	switch {
	case len(title) < 3 || !strings.ContainsFunc(title, isLetter):
		return false
	case programTitle.MatchString(title), fileTitle.MatchString(title):
		return false
	case strings.HasPrefix(strings.ToLower(title), "doi:"), strings.HasPrefix(title, "10."):
		return false
	case !strings.Contains(title, " "):
		// One word with figures or underscores is the number of a manuscript.
		return !strings.ContainsAny(title, "_0123456789")
	}
	first, _, _ := strings.Cut(title, " ")
	return !strings.Contains(first, "_") || strings.Count(title, " ") > 3
}

func isLetter(r rune) bool { return r > 0x7f || r|0x20 >= 'a' && r|0x20 <= 'z' }

func (d *pdfDescriber) authors() {
	if names := d.info.XMP["dc:creator"]; len(names) > 0 {
		var all []string
		for _, name := range names {
			style := oneName
			if len(names) == 1 {
				style = manyNames
			}
			all = append(all, splitNames(name, style)...)
		}
		if d.setAuthors(all, "xmp dc:creator") {
			return
		}
	}
	d.setAuthors(splitNames(d.info.Dict["Author"], manyNames), "pdf Author")
}

var programAuthor = regexp.MustCompile(`(?i)^(?:administrat(?:or|eur)|admin|user ?\d*|usuario|utilisateur|benutzer|owner|author|unknown|default|guest|` +
	`pc ?\d*|laptop|acer|asus|dell|hp|lenovo|microsoft(?: .*)?|windows(?: .*)?|root|test|none|anonymous|\W*|[a-z]{0,3}\d+|.)$`)

func (d *pdfDescriber) setAuthors(names []string, from string) bool {
	for _, name := range distinct(names) {
		if name = clean(name, maxName); !programAuthor.MatchString(name) && len(d.out.Authors) < maxAuthors {
			d.out.Authors = append(d.out.Authors, name)
		}
	}
	if len(d.out.Authors) == 0 {
		return false
	}
	d.say("authors", from)
	return true
}

func (d *pdfDescriber) language() {
	candidates := []candidate{{d.info.Language, "pdf Lang"}}
	candidates = append(candidates, d.among("dc:language")...)
	for _, c := range candidates {
		if tag := strings.ReplaceAll(strings.TrimSpace(c.value), "_", "-"); languageTag.MatchString(tag) {
			main, region, _ := strings.Cut(tag, "-")
			d.out.Language = strings.TrimSuffix(strings.ToLower(main)+"-"+region, "-")
			d.say("language", c.from)
			return
		}
	}
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$`)

func (d *pdfDescriber) publisher() {
	for _, c := range d.among("dc:publisher", "pdfx:publisher", "Publisher") {
		if d.out.Publisher = clean(c.value, maxTitle); d.out.Publisher != "" {
			d.say("publisher", c.from)
			return
		}
	}
}

// abstract takes a description that is more than the name of the journal, which many put there.
func (d *pdfDescriber) abstract() {
	for _, c := range d.among("dc:description", "Subject") {
		if text := cleanMarkup(c.value, maxAbstract); strings.Count(text, " ") >= 12 {
			d.out.Abstract = text
			d.say("description", c.from)
			return
		}
	}
}

var (
	doiValue   = regexp.MustCompile(`10\.\d{4,9}/[^\s"<>]+`)
	isbnValue  = regexp.MustCompile(`\b97[89][- 0-9]{10,14}[0-9]\b`)
	arxivValue = regexp.MustCompile(`\b\d{4}\.\d{4,5}(?:v\d+)?\b|\b[a-z-]+(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?\b`)
)

func (d *pdfDescriber) identifiers() {
	dois := []string{"prism:doi", "crossmark:DOI", "pdfx:doi", "pdfx:DOI", "dc:identifier", "prism:url", "doi", "DOI", "WPS-ARTICLEDOI", "Subject"}
	d.identifier("doi", doiValue, dois...)
	d.identifier("isbn", isbnValue, "prism:isbn", "pdfx:isbn", "dc:identifier", "ISBN")
	d.identifier("arxiv", arxivValue, "arXivID")
}

func (d *pdfDescriber) identifier(key string, form *regexp.Regexp, names ...string) {
	for _, c := range d.among(names...) {
		if m := form.FindString(c.value); m != "" {
			if d.out.Identifiers == nil {
				d.out.Identifiers = map[string]string{}
			}
			d.out.Identifiers[key] = strings.TrimRight(m, ".,;)")
			d.say(key, c.from)
			return
		}
	}
}

// dates takes the date of publication if one is stated, and else that on which the file was made.
func (d *pdfDescriber) dates() {
	published := d.among("prism:publicationDate", "prism:coverDate", "dcterms:issued", "prism:onlineDate", "dc:date",
		"xmp:CreateDate", "CreationDate")
	d.out.Published = d.date("published", published)
	d.out.Modified = d.date("modified", d.among("xmp:ModifyDate", "ModDate"))
}

func (d *pdfDescriber) date(field string, candidates []candidate) ibid.Date {
	for _, c := range candidates {
		if date := pdfDate(c.value, d.at); date != "" {
			d.say(field, c.from)
			return date
		}
	}
	return ""
}

// pdfDateForm is a date of ISO 32000-1, 7.9.4, or of the XMP specification, part 1, 8.2.1.1: year, month, day,
// time, zone, with or without what stands between.
var pdfDateForm = regexp.MustCompile(`^(?:D:)?(\d{4})(?:[-/.]?(\d\d)(?:[-/.]?(\d\d))?)?(?:[T ]?(\d\d):?(\d\d):?(\d\d)?(?:\.\d+)?)?\s*(Z|[+-]\d\d)?[:']?(\d\d)?'?`)

// pdfDate returns a date with the precision that it states: a time of day counts only with its zone. Dates
// that no PDF or its text can have that was served at that time, and those that programs write for none, are empty.
func pdfDate(s string, at time.Time) ibid.Date {
	m := pdfDateForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil || m[1] < "1450" {
		return ""
	}
	date := ibid.Date(m[1])
	for _, part := range m[2:4] {
		if part == "" {
			break
		}
		if longer := date + "-" + ibid.Date(part); longer.Valid() {
			date = longer
		} else if part != "00" {
			return ""
		}
	}
	if len(date) == len("2006-01-02") && m[4] != "" && m[7] != "" {
		if full := date + ibid.Date("T"+m[4]+":"+m[5]+":"+firstOf(m[6], "00")+zone(m[7], m[8])); full.Valid() {
			date = full
		}
	}
	if t, ok := date.Time(); !ok || t.After(at.AddDate(1, 0, 0)) || len(date) > len("2006-01") && neverMade[t.Format(time.DateOnly)] {
		return ""
	}
	return date
}

// neverMade are the zeros of clocks.
var neverMade = map[string]bool{"1970-01-01": true, "1904-01-01": true, "1601-01-01": true, "1980-01-01": true}

func zone(hours, minutes string) string {
	if hours == "Z" {
		return "Z"
	}
	return hours + ":" + firstOf(minutes, "00")
}

package library

import (
	"slices"
	"strings"
)

// finish says of each entry what follows from its row, its name, its heading and the page.
func (r *reader) finish() {
	r.details()
	r.sortLibraries()
	if r.language == "" {
		r.language = languageOfPath(r.here.uri)
	}
	page := fold(r.out.Title + " " + r.headings[1])
	around := append(years(page), years(fold(r.here.uri))...)
	members := make([][]int, len(r.rows))
	for i := range r.out.Entries {
		e := &r.out.Entries[i]
		members[e.Row] = append(members[e.Row], i)
	}
	for n, m := range members {
		if len(m) > 0 {
			r.finishRow(r.rows[n], m, around)
		}
	}
}

func (r *reader) finishRow(w *row, members, around []int) {
	text := fold(w.text)
	title := w.title
	if len(words(withoutLabels(fold(title)))) == 0 {
		title = clip(w.text, maxTitle)
	}
	title = strings.TrimRight(strings.TrimLeft(title, " ])}|;,.:-–"), " [({|:-–")
	found, said, kind := labels(text), years(text), kindOf(text)
	section := fold(w.section)
	inherited := labels(section)
	content := words(withoutLabels(fold(title)))
	for _, i := range members {
		e := &r.out.Entries[i]
		if e.Name == "" {
			e.Name = nameOf(e.URI)
		}
		name := fold(e.Name)
		e.Title, e.words, e.Kind = title, content, kind
		if e.Kind == "" {
			e.Kind = kindOf(name)
		}
		e.labels, e.Years = found, said
		if len(found) == 0 {
			e.labels = labels(name)
		}
		for _, y := range years(name) {
			e.Years = addYear(e.Years, y)
		}
		if len(e.labels) == 0 {
			e.inherited = inherited
		} else if e.Label = e.labels[0]; e.Label.Year == 0 && len(e.Years) > 0 {
			e.Label.Year = e.Years[0]
		}
		e.Around = slices.Concat(shortYears(name), years(section), years(fold(e.URI)), around)
		slices.Sort(e.Around)
		e.Around = slices.Compact(e.Around)
	}
	r.languages(members)
}

func addYear(to []int, y int) []int {
	if slices.Contains(to, y) {
		return to
	}
	return append(slices.Clone(to), y)
}

// languages gives the entries of a row without a claim what their name, their place beside the others or their address says.
func (r *reader) languages(members []int) {
	var taken []string
	for _, i := range members {
		e := &r.out.Entries[i]
		if tag := languageOfName(e.Name); e.Claim == Unclaimed && tag != "" {
			e.Languages, e.Claim = []string{tag}, ByName
		}
		taken = append(taken, e.Languages...)
	}
	place := ""
	for _, tag := range []string{r.language, "en"} {
		if place == "" && tag != "" && !slices.Contains(taken, tag) {
			place = tag
		}
	}
	for _, i := range members {
		e := &r.out.Entries[i]
		if e.Claim != Unclaimed {
			continue
		}
		asked := languageOfPath(e.URI)
		switch {
		case len(taken) > 0 && place != "":
			e.Languages, e.Claim = []string{place}, ByPlace
		case asked != "":
			e.Languages, e.Claim = []string{asked}, ByAddress
		case r.language != "" && len(taken) == 0:
			e.Languages, e.Claim = []string{r.language}, ByPlace
		}
	}
}

// details adds the file of a DOCman page of details, which may be without a link to it, and names it.
func (r *reader) details() {
	here, file := r.here.uri, ""
	if strings.Contains(here, "doc_details") {
		file = resolve(r.page, strings.Replace(here, "doc_details", "doc_download", 1))
	}
	title, name := r.fields["title"], r.fields["file"]
	if name == "" {
		return
	}
	known := -1
	for i, e := range r.out.Entries {
		if e.URI == file || e.Title == title && title != "" && isFile(e.URI) {
			known = i
		}
	}
	if known < 0 && file != "" && title != "" {
		known = r.add(r.newRow(&line{}, title), Entry{URI: file, Details: here})
	}
	if known >= 0 {
		r.out.Entries[known].Name = name
	}
}

// withoutLabels takes labels, kinds of papers and years off a folded text: what is left is the title proper.
func withoutLabels(folded string) string {
	folded = sessionPattern.ReplaceAllString(folded, " ")
	for _, k := range kinds[:1] {
		folded = k.said.ReplaceAllString(folded, " ")
	}
	return folded
}

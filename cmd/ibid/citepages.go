package main

import (
	"strings"

	"github.com/ibid-archive/ibid/internal/citeform"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/server"
)

// citedForm is a form in which pages cite, and the name of its file.
type citedForm struct {
	file, label, media string
	format             citeform.Format
	o                  citeform.Options
}

func citedForms() []citedForm {
	const text = "text/plain; charset=utf-8"
	return []citedForm{
		{"apa.txt", "APA", text, citeform.Text, citeform.Options{Style: citeform.APA}},
		{"chicago.txt", "Chicago", text, citeform.Text, citeform.Options{Style: citeform.Chicago}},
		{"mla.txt", "MLA", text, citeform.Text, citeform.Options{Style: citeform.MLA}},
		{"oscola.txt", "OSCOLA", text, citeform.Text, citeform.Options{Style: citeform.OSCOLA}},
		{"bibtex.bib", "BibTeX", "application/x-bibtex; charset=utf-8", citeform.BibTeX, citeform.Options{}},
		{"biblatex.bib", "BibLaTeX", "application/x-bibtex; charset=utf-8", citeform.Biblatex, citeform.Options{}},
		{"citation.ris", "RIS", "application/x-research-info-systems; charset=utf-8", citeform.RIS, citeform.Options{}},
		{"csl.json", "CSL-JSON", "application/vnd.citationstyles.csl+json", citeform.CSL, citeform.Options{}},
		{"cs1.txt", "Wikipedia (CS1)", text, citeform.CS1, citeform.Options{}},
		{"robustlinks.html", "Robust Links", "text/html; charset=utf-8", citeform.RobustLinks, citeform.Options{Spec: citeform.Spec2025}},
		{"pwid.txt", "PWID", text, citeform.PWID, citeform.Options{}},
	}
}

// forms are how pages cite what is reported: each form with the name of its file.
func (s *citer) forms(r *pipeline.DocumentReport) (server.Forms, error) {
	var out server.Forms
	items := eachOnce(s.items(r))
	if len(items) == 0 {
		return out, nil
	}
	for _, f := range citedForms() {
		var b strings.Builder
		if err := citeform.Write(&b, f.format, items, f.o); err != nil {
			return out, err
		}
		if b.Len() > 0 { // a PWID is of what is archived
			out.All = append(out.All, server.Form{File: f.file, Label: f.label, MediaType: f.media, Text: b.String()})
		}
	}
	for i := range items {
		out.COinS = append(out.COinS, citeform.COinS(items[i]))
		out.Local = out.Local || len(items[i].Copies) > 0 && strings.HasPrefix(items[i].Copies[0].URI, "/")
	}
	if len(items) == 1 {
		for _, t := range citeform.Tags(items[0]) {
			out.Tags = append(out.Tags, server.Tag(t))
		}
	}
	return out, nil
}

package citeform

import (
	"strings"
	"testing"
)

func TestNumber(t *testing.T) {
	items := []Item{{URI: "http://a.example/", Title: "T", Type: "Report", Identifiers: map[string]string{"symbol": "A/RES/63/225", "number": "38"}}}
	for format, want := range map[Format]string{
		CSL: `"number": "A/RES/63/225"`, BibTeX: "number       = {A/RES/63/225}", Biblatex: "number       = {A/RES/63/225}", RIS: "SN  - A/RES/63/225", CS1: "|id=A/RES/63/225",
	} {
		if got := written(t, format, items, Options{}); !strings.Contains(got, want) {
			t.Errorf("%s: %s", format, got)
		}
	}
}

func TestIdentifiers(t *testing.T) {
	items := []Item{{URI: "http://a.example/", Title: "T", Identifiers: map[string]string{"pmid": "21187404", "pmcid": "PMC3003000", "arxiv": "2101.05735"}}}
	for format, want := range map[Format][]string{
		CSL: {`"PMID": "21187404"`, `"PMCID": "PMC3003000"`}, CS1: {"|pmid=21187404", "|pmc=3003000", "|arxiv=2101.05735"},
		BibTeX: {"eprint       = {2101.05735}", "archiveprefix = {arXiv}"}, Biblatex: {"eprint       = {2101.05735}", "archiveprefix = {arXiv}"},
	} {
		for _, part := range want {
			if got := written(t, format, items, Options{}); !strings.Contains(got, part) {
				t.Errorf("%s: %s", format, got)
			}
		}
	}
	if got := COinS(items[0]); !strings.Contains(got, "info%3Apmid%2F21187404") {
		t.Errorf("COinS: %s", got)
	}
}

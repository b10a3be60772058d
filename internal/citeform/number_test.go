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

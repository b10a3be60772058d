package citation

import (
	"encoding/json"
	"testing"
)

func TestFindWorks(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{
			"labels and languages before",
			"See http://forum.example/ (Lyon 2007). The papers are available in English, French and Spanish: 2007 Session 3.4 “Rivers and Borders: A Study”; 2008 Session 2.2 “Of Mountains”; and 2008 Session 3.3 “The Sea (and Its Ships), Again”.",
			`[{"title":"Rivers and Borders: A Study","label":"2007 Session 3.4","languages":["en","fr","es"]},{"title":"Of Mountains","label":"2008 Session 2.2","languages":["en","fr","es"]},{"title":"The Sea (and Its Ships), Again","label":"2008 Session 3.3","languages":["en","fr","es"]}]`,
		},
		{"number", `Smith, Working Paper No. 12, "On Tides", 2004.`, `[{"title":"On Tides","label":"Working Paper No. 12"}]`},
		{"language after", `Report 7 "Des marées" (in French); Report 8: "Of Winds".`, `[{"title":"Des marées","label":"Report 7","languages":["fr"]},{"title":"Of Winds","label":"Report 8"}]`},
		{"languages at the end", `Report 7 "Of Tides" and Report 8 "Of Winds", both available in English and German.`, `[{"title":"Of Tides","label":"Report 7","languages":["en","de"]},{"title":"Of Winds","label":"Report 8","languages":["en","de"]}]`},
		{"with an address", `Report 7, "Of Tides", http://example.org/tides.pdf`, `null`},
		{"a remark", `She called it "a great success".`, `null`},
		{"french", `Les documents sont disponibles en anglais et français : Rapport 3 « Les rivières du Nord ».`, `[{"title":"Les rivières du Nord","label":"Rapport 3","languages":["en","fr"]}]`},
		{"unclosed", `Report 7 "Of Tides and more`, `null`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(findWorks(tt.text))
			if err != nil || string(got) != tt.want {
				t.Errorf("got  %s (%v)\nwant %s", got, err, tt.want)
			}
		})
	}
}

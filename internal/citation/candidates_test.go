package citation

import (
	"slices"
	"testing"

	ibid "github.com/ibid-archive/ibid"
)

func TestCandidates(t *testing.T) {
	const margin = "What is said of it at some length on this line: "
	tests := []struct {
		name, file, text string
		first            string
		want             []string
	}{
		{"nothing open", "a.txt", "See http://a.example/study for more, and much more.\n", "http://a.example/study", nil},
		{"end of a sentence", "a.txt", "See http://a.example/study.\nAnd more.\n", "http://a.example/study", nil},
		{"in angle brackets", "a.txt", "See <http://a.example/long-\nname> there.\n", "http://a.example/long-name", nil},
		{
			"hyphen at the end of a line", "a.txt", "See http://a.example/multi-\nlateral.html there.\n",
			"http://a.example/multi-lateral.html", []string{"http://a.example/multilateral.html"},
		},
		{
			"hyphen of a DOI", "a.txt", "See https://doi.org/10.1000/multi-\nlateral.html there.\n",
			"https://doi.org/10.1000/multi-lateral.html", []string{"https://doi.org/10.1000/multilateral.html"},
		},
		{
			"hyphen, and what may be a word", "a.txt", margin + "http://a.example/inter-\nNational meetings.\n",
			"http://a.example/inter-", []string{"http://a.example/inter-National", "http://a.example/interNational"},
		},
		{
			"a break without a hyphen", "a.txt", margin + "http://a.example/reports/2009\nannual_report.pdf says so.\n",
			"http://a.example/reports/2009annual_report.pdf", nil,
		},
		{
			"a break that was not joined", "a.txt", "See http://a.example/papers\nno-5-2009.txt for it.\n",
			"http://a.example/papers", []string{"http://a.example/papersno-5-2009.txt"},
		},
		{
			"a break that was joined before a word", "a.txt", margin + "http://a.example/reports/\nannual\n",
			"http://a.example/reports/annual", []string{"http://a.example/reports/"},
		},
		{"a break in Markdown", "a.md", "See http://a.example/pa-\npers/no-5.html for it.\n", "http://a.example/pa-", []string{
			"http://a.example/pa-pers/no-5.html", "http://a.example/papers/no-5.html",
		}},
		{"exclamation mark", "a.md", "See http://a.example/Yahoo! for it.\n", "http://a.example/Yahoo", []string{"http://a.example/Yahoo!"}},
		{"abbreviation", "a.md", "See http://a.example/wiki/Smith_Inc. It is there.\n", "http://a.example/wiki/Smith_Inc", []string{"http://a.example/wiki/Smith_Inc."}},
		{"bracket that closes nothing", "a.md", "See http://a.example/a_b) there.\n", "http://a.example/a_b", []string{"http://a.example/a_b)"}},
		{"bracket of the sentence", "a.md", "It is there (see http://a.example/a_b) today.\n", "http://a.example/a_b", nil},
		{"bracket that is not closed", "a.md", "See http://a.example/Mercury_(planet there.\n", "http://a.example/Mercury_", []string{"http://a.example/Mercury_(planet)"}},
		{"a lost space", "a.md", "See http://a.example/study.Then go on.\n", "http://a.example/study.Then", []string{"http://a.example/study"}},
		{"figures behind a file name", "a.txt", "See http://a.example/study.html12 for it.\n", "http://a.example/study.html12", []string{"http://a.example/study.html"}},
		{"figures behind a host", "a.txt", "See http://www.a.example5 for it.\n", "http://www.a.example5", []string{"http://www.a.example"}},
		{"a number of its own", "a.txt", "See http://a.example/node/1234 for it.\n", "http://a.example/node/1234", nil},
		{"a raised number behind a number", "a.html", "<p>See http://a.example/pid/866<sup>1</sup> for it.", "http://a.example/pid/8661", []string{"http://a.example/pid/866"}},
		{"the number of a note", "a.txt", "See http://a.example/study2 for it.\n\n² A note.\n", "http://a.example/study2", []string{"http://a.example/study"}},
		{"no number of a note", "a.txt", "See http://a.example/study3 for it.\n\n² A note.\n", "http://a.example/study3", nil},
		{"a link says where it leads", "a.md", "See [it](http://a.example/study.html12).\n", "http://a.example/study.html12", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, err := Read(t.Context(), Source{Name: tt.file, Body: []byte(tt.text)}, Options{})
			if err != nil || len(res.References) == 0 {
				t.Fatal(err, "no reference")
			}
			ref := res.References[0]
			var got []string
			for _, c := range ref.Candidates {
				got = append(got, c.URI)
			}
			if ref.URI != tt.first || !slices.Equal(got, tt.want) {
				t.Errorf("%s, or %q; want %s, or %q", ref.URI, got, tt.first, tt.want)
			}
		})
	}
}

func TestReread(t *testing.T) {
	ref := ibid.Reference{
		URI: "http://a.example/b", Cited: "http://a.example/b", Identifiers: map[string]string{"isbn": "1"},
		Candidates: []ibid.Candidate{{URI: "http://a.example/c", Reading: "c"}, {URI: "https://doi.org/10.1000/182", Reading: "d"}},
	}
	got := Reread(ref, 1, "it is there")
	if got.URI != "https://doi.org/10.1000/182" || got.Repaired != "d: it is there" || got.Identifiers["doi"] != "10.1000/182" || got.Identifiers["isbn"] != "1" {
		t.Errorf("%+v", got)
	}
	if len(got.Candidates) != 2 || got.Candidates[0].URI != ref.URI || got.Candidates[1].URI != "http://a.example/c" || len(ref.Identifiers) != 1 {
		t.Errorf("%+v of %+v", got.Candidates, ref)
	}
}

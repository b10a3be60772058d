package citation

import (
	"fmt"
	"strings"
	"testing"
)

// TestStatedIdentifiers reads what is stated by a label: one line for each reference, with its identifiers.
func TestStatedIdentifiers(t *testing.T) {
	t.Parallel()
	const pubMed, doi = "https://pubmed.ncbi.nlm.nih.gov/21187404", "https://doi.org/10.1000/182"
	tests := []struct{ name, file, body, want string }{
		{"as PubMed cites", "a.txt", "Smith J. On tides. Sea. 2010;3(2):1-2. doi: 10.1000/182. Epub 2010 Dec 22. PMID: 21187404; PMCID: PMC3003000.", doi + " doi=10.1000/182 pmcid=PMC3003000 pmid=21187404"},
		{"alone", "a.md", "They rise (PMID: 21187404).\n\nAnd fall.[^1]\n\n[^1]: Doe 2009, PubMed PMID: 21187405;\n", pubMed + " pmid=21187404\nhttps://pubmed.ncbi.nlm.nih.gov/21187405 pmid=21187405"},
		{"before the DOI", "a.txt", "On tides. PMID: 21187404. PMCID: PMC3003000. doi:10.1000/182", doi + " doi=10.1000/182 pmcid=PMC3003000 pmid=21187404"},
		{"beside a link", "a.md", "As [Smith](http://example.org/a) (PMID 21187404) says.", "http://example.org/a pmid=21187404"},
		{"beside a link to the same", "a.html", "<p>Smith. <a href='" + pubMed + "'>On tides</a>. PMID: 21187404. <a href='" + pubMed + "'>PMID: 21187404</a>", pubMed + " pmid=21187404\n" + pubMed + " pmid=21187404"},
		{"in an entry with one address", "a.md", "# References\n\n* [On tides](http://example.org/a). Journal of the Sea. PMID: 21187404.\n", "http://example.org/a pmid=21187404"},
		{"another source in the sentence", "a.txt", "See http://example.org/a and what Doe writes in PMID: 21187404.", "http://example.org/a\n" + pubMed + " pmid=21187404"},
		{"each its own", "a.txt", "Smith, PMID: 21187404, PMID: 21187405; Doe, doi:10.1000/182, PMID 21187406.", pubMed + " pmid=21187404\nhttps://pubmed.ncbi.nlm.nih.gov/21187405 pmid=21187405\n" + doi + " doi=10.1000/182 pmid=21187406"},
		{"of a thesis", "a.txt", "Doe, J.: On tides. urn:nbn:de:101:1-2019, http://example.org/a", "http://example.org/a urn=urn:nbn:de:101:1-2019"},
		{"ISBN beside an address", "a.md", "# References\n\n* On Tides. ISBN 978-3-16-148410-0. http://example.org/a\n* On Seas. ISBN: 0-19-853453-X, http://example.org/b\n* ISBN 12345, return:x http://example.org/c\n", "http://example.org/a isbn=9783161484100\nhttp://example.org/b isbn=019853453X\nhttp://example.org/c"},
		{"no code", "a.md", "Say `PMID: 21187404` here.", ""},
		{"in the note of an entry", "a.bib", "@misc{a, doi = {10.1000/182}, note = {PMID: 21187404; PMCID: PMC3003000}}\n@misc{b, note = {PMID: 21187405}}", doi + " doi=10.1000/182 pmcid=PMC3003000 pmid=21187404\nhttps://pubmed.ncbi.nlm.nih.gov/21187405 pmid=21187405"},
		{"in fields", "a.json", `[{"id":"a","PMCID":"PMC3003000"}]`, "https://pmc.ncbi.nlm.nih.gov/articles/PMC3003000 pmcid=PMC3003000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, r := range readBody(t, Source{Name: tt.file, Body: []byte(tt.body)}).References {
				identifiers := strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(r.Identifiers), "map["), "]"), ":", "=")
				got = append(got, strings.TrimSpace(r.Address()+" "+strings.ReplaceAll(identifiers, "urn=nbn=de=101=", "urn:nbn:de:101:")))
			}
			if s := strings.Join(got, "\n"); s != tt.want {
				t.Errorf("got\n%s\nwant\n%s", s, tt.want)
			}
		})
	}
}

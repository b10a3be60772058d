package ibid_test

import (
	"testing"

	ibid "github.com/ibid-archive/ibid"
)

func TestReferenceAddress(t *testing.T) {
	tests := []struct {
		name string
		ref  ibid.Reference
		want string
	}{
		{"its own", ibid.Reference{URI: "http://example.org/a", Identifiers: map[string]string{"doi": "10.1000/182"}}, "http://example.org/a"},
		{"the original of a copy", ibid.Reference{URI: "https://web.archive.org/web/2009/http://example.org/a", Original: "http://example.org/a"}, "http://example.org/a"},
		{"DOI", ibid.Reference{Identifiers: map[string]string{"doi": "10.1000/18 2<3>"}}, "https://doi.org/10.1000/18%202%3C3%3E"},
		{"arXiv", ibid.Reference{Identifiers: map[string]string{"arxiv": "hep-th/9901001", "isbn": "9783161484100"}}, "https://arxiv.org/abs/hep-th/9901001"},
		{"PubMed", ibid.Reference{Identifiers: map[string]string{"pmid": "21187404"}}, "https://pubmed.ncbi.nlm.nih.gov/21187404"},
		{"Handle", ibid.Reference{Identifiers: map[string]string{"handle": "2027/abc"}}, "https://hdl.handle.net/2027/abc"},
		{"PubMed Central", ibid.Reference{Identifiers: map[string]string{"pmcid": "PMC3003000"}}, "https://pmc.ncbi.nlm.nih.gov/articles/PMC3003000"},
		{"URN of a national library", ibid.Reference{Identifiers: map[string]string{"urn": "urn:nbn:de:101:1-2019"}}, "https://nbn-resolving.org/urn:nbn:de:101:1-2019"},
		{"ISBN", ibid.Reference{Identifiers: map[string]string{"isbn": "9783161484100"}}, ""},
		{"works", ibid.Reference{Works: []ibid.Work{{Title: "On Tides"}}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.ref.Address(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

package citation

import (
	"strings"
	"testing"
)

func TestFindAddresses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string // URIs
	}{
		{"plain", "See http://example.org/a for more.", []string{"http://example.org/a"}},
		{"full stop", "See http://example.org/a.", []string{"http://example.org/a"}},
		{"typographic quote", "begins with “http://n2t.example/” and", []string{"http://n2t.example/"}},
		{"guillemets", "« http://example.org/a» ou", []string{"http://example.org/a"}},
		{"straight quotes", `href="http://example.org/a?b=1&c=2" x`, []string{"http://example.org/a?b=1&c=2"}},
		{"single quotes", "'http://example.org/a', ", []string{"http://example.org/a"}},
		{"possessive", "http://example.org's pages", []string{"http://example.org"}},
		{"balanced bracket", "(http://example.org/wiki/Go_(game)),", []string{"http://example.org/wiki/Go_(game)"}},
		{"bracket of the sentence", "(see http://example.org/a).", []string{"http://example.org/a"}},
		{"square brackets", "Noid [http://example.org/noid.pdf] or", []string{"http://example.org/noid.pdf"}},
		{"mark of a note", "http://example.org/a[12] says", []string{"http://example.org/a"}},
		{"raised mark of a note", "http://example.org/a¹² says", []string{"http://example.org/a"}},
		{"brackets in the query", "http://example.org/?f[0]=a&f[1]=b.", []string{"http://example.org/?f[0]=a&f[1]=b"}},
		{"angle", "<http://example.org/a,b.>", []string{"http://example.org/a,b"}},
		{"angle with URL", "<URL:http://example.org/a>.", []string{"http://example.org/a"}},
		{"angle over lines", "<https://www.example.org/a-\n      b/c>", []string{"https://www.example.org/a-b/c"}},
		{"without scheme", "at www.example.org/a, or", []string{"http://www.example.org/a"}},
		{"nested address", "http://web.example/web/2009/http://www.example.org/", []string{"http://web.example/web/2009/http://www.example.org/"}},
		{"two with a comma", "http://a.example/x,https://b.example/y", []string{"http://a.example/x", "https://b.example/y"}},
		{"full-width", "（http://example.org/a）。", []string{"http://example.org/a"}},
		{"chinese without a space", "请见http://example.org/a.html查看", []string{"http://example.org/a.html"}},
		{"IRI", "http://ja.example.org/wiki/日本 and", []string{"http://ja.example.org/wiki/%E6%97%A5%E6%9C%AC"}},
		{"IDN", "https://bücher.example/straße!", []string{"https://xn--bcher-kva.example/stra%C3%9Fe"}},
		{"IDN of ideographs", "於https://例え.example/道。", []string{"https://xn--r8jz45g.example/%E9%81%93"}},
		{"soft hyphen", "http://example.org/very\u00adlong", []string{"http://example.org/verylong"}},
		{"emphasis", "*http://example.org/a* **http://example.org/**", []string{"http://example.org/a", "http://example.org/"}},
		{"table cell", "|http://example.org/a|b|", []string{"http://example.org/a"}},
		{"entity", "http://example.org/?a=1&amp;b=2&gt;", []string{"http://example.org/?a=1&b=2"}},
		{"lost space", "seehttp://example.org/a", []string{"http://example.org/a"}},
		{"ftp and localhost and IP", "ftp://example.org/x http://localhost:8080/y http://192.0.2.1/z", []string{"ftp://example.org/x", "http://localhost:8080/y", "http://192.0.2.1/z"}},
		{"template", "GET https://example.org/{id}/x and https://example.org/a/{b}.", nil},
		{"placeholders", "http://HOST:PORT/ https://$HOST/x http://<host>/y https://example.org/<user>/ http://host:port/x", nil},
		{"shortened", "https://example.org/... and https://example.org/… and https://example.org/*", nil},
		{"no host", "http:// https://. http://- ftp://x http://foo", nil},
		{"e-mail", "mail me@www.example.org or mailto:a@example.org", nil},
		{"DOI", "doi:10.1000/182. DOI 10.1000/abc(1), 10.1093/comjnl/20.3.269.", []string{"https://doi.org/10.1000/182", "https://doi.org/10.1000/abc(1)", "https://doi.org/10.1093/comjnl/20.3.269"}},
		{"DOI at its resolver", "doi.org/10.1000/182, https://doi.org/10.1000/182 and http://dx.doi.org/10.1000/182", []string{"https://doi.org/10.1000/182", "https://doi.org/10.1000/182", "http://dx.doi.org/10.1000/182"}},
		{"DOI of the SICI kind", "doi:10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O, p. 3", []string{"https://doi.org/10.1002/(SICI)1097-4571(199806)49:8%3C693::AID-ASI4%3E3.0.CO;2-O"}},
		{"no DOI", "version 10.2009/1, 110.1000/182, 10.1000/, 10.12/34", nil},
		{"arXiv", "arXiv:1706.03762v2, hep-th/9901001, arXiv:math.GT/0309136 and arXiv preprint", []string{"https://arxiv.org/abs/1706.03762v2", "https://arxiv.org/abs/hep-th/9901001", "https://arxiv.org/abs/math.GT/0309136"}},
		{"no arXiv", "word/1234567 arXiv:1713.03762 x/9901001", nil},
		{"handle", "hdl:2027/mdp.39015 ok, HDL:10.1000/1, hdl.handle.net/10.1000/2.", []string{"https://hdl.handle.net/2027/mdp.39015", "https://hdl.handle.net/10.1000/1", "https://hdl.handle.net/10.1000/2"}},
		{"PMID", "PMID: 21187404; PMID 21187405, pmid:21187406 [PubMed PMID: 21187407] (PMID:\n21187408).", []string{
			"https://pubmed.ncbi.nlm.nih.gov/21187404", "https://pubmed.ncbi.nlm.nih.gov/21187405", "https://pubmed.ncbi.nlm.nih.gov/21187406",
			"https://pubmed.ncbi.nlm.nih.gov/21187407", "https://pubmed.ncbi.nlm.nih.gov/21187408",
		}},
		{"PMCID", "PMCID: PMC3003000. PMCID:3003001", []string{"https://pmc.ncbi.nlm.nih.gov/articles/PMC3003000", "https://pmc.ncbi.nlm.nih.gov/articles/PMC3003001"}},
		{"no PMID", "21187404 PMID 123 PMID: x PMID: 2118740421 xPMID 21187404 PMIDs 21187404 PMID: 2118-7404 PMID 0021187 PMID 21187404a PMC 3003000", nil},
		{"URN of a national library", "urn:nbn:de:101:1-2019, URN:NBN:fi-fe19991055. urn:isbn:0451450523 return:nbn:de:x urn:nbn:", []string{"https://nbn-resolving.org/urn:nbn:de:101:1-2019", "https://nbn-resolving.org/URN:NBN:fi-fe19991055"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, a := range findAddresses(tt.text) {
				got = append(got, a.URI)
				if a.Cited != tt.text[a.Start:a.End] {
					t.Errorf("Cited is %q, text[%d:%d] is %q", a.Cited, a.Start, a.End, tt.text[a.Start:a.End])
				}
			}
			if strings.Join(got, " ") != strings.Join(tt.want, " ") {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestIdentifiersOfAddress(t *testing.T) {
	t.Parallel()
	tests := []struct{ uri, key, want string }{
		{"https://doi.org/10.1016%2FS1040-6182%2898%2900067-6", "doi", "10.1016/S1040-6182(98)00067-6"},
		{"https://dl.example.org/doi/abs/10.1145/2809523.2809528?x=1", "doi", "10.1145/2809523.2809528"},
		{"https://arxiv.org/pdf/2101.05735v2.pdf", "arxiv", "2101.05735v2"},
		{"https://www.ncbi.nlm.nih.gov/pubmed/21187404", "pmid", "21187404"},
		{"https://hdl.handle.net/2027/mdp.39015", "handle", "2027/mdp.39015"},
		{"https://pmc.ncbi.nlm.nih.gov/articles/PMC3003000/", "pmcid", "PMC3003000"},
		{"http://www.ncbi.nlm.nih.gov/pmc/articles/PMC3003000/pdf/a.pdf", "pmcid", "PMC3003000"},
		{"https://nbn-resolving.org/urn:nbn:de:101:1-2019", "urn", "urn:nbn:de:101:1-2019"},
		{"https://example.org/10.1000/182", "doi", ""},
	}
	for _, tt := range tests {
		if got := identifiersOf(tt.uri)[tt.key]; got != tt.want {
			t.Errorf("%s: %s is %q, want %q", tt.uri, tt.key, got, tt.want)
		}
	}
}

func TestRepairAddress(t *testing.T) {
	t.Parallel()
	tests := []struct{ printed, want string }{
		{"http://example.org/a.", "http://example.org/a"},
		{"<http://example.org/a>", "http://example.org/a"},
		{"<URL:http://example.org/a>.", "http://example.org/a"},
		{"(http://example.org/a_(b))", "http://example.org/a_(b)"},
		{"HTTP://WWW.Example.ORG/Path", "http://www.example.org/Path"},
		{"www.example.org", "http://www.example.org"},
		{"http://example.org/a b", ""},
		{"http://example.org/100%", "http://example.org/100%25"},
		{"http://example.org/%C3%9F", "http://example.org/%C3%9F"},
		{"http://example.org/\u200bzero", "http://example.org/zero"},
		{"http://example.org/" + strings.Repeat("é", maxAddress/2-20), ""}, // which is longer than an address may be once it is encoded
		{"10.1000/" + strings.Repeat("é", maxAddress/2-20), ""},
		{"10.1000/...182", ""},
		{"doi:10.1000/182", "https://doi.org/10.1000/182"},
		{"10.1000/182", "https://doi.org/10.1000/182"},
		{"dx.doi.org/10.1000/182", "https://doi.org/10.1000/182"},
		{"arXiv:1706.03762v2", "https://arxiv.org/abs/1706.03762v2"},
		{"hep-th/9901001", "https://arxiv.org/abs/hep-th/9901001"},
		{"http://[2001:db8::1]:80/x", "http://[2001:db8::1]:80/x"},
		{"mailto:a@example.org", ""},
		{"javascript:alert(1)", ""},
		{"a@example.org", ""},
		{"http://HOST/", ""},
		{"", ""},
	}
	for _, tt := range tests {
		got, ok := repairAddress(tt.printed)
		if tt.printed == "http://example.org/a b" {
			tt.want = "http://example.org/a" // an address ends at a space
		}
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("repairAddress(%q) = %q, %v; want %q", tt.printed, got, ok, tt.want)
		}
	}
}

func FuzzFindAddresses(f *testing.F) {
	for _, seed := range []string{"http://example.org/a_(b).", "<URL:http://a.example/\n b>", "doi:10.1000/<1::2>3", "arXiv:1706.03762v", "PMID: 21187404; PMCID: PMC3003000", "urn:nbn:de:1-2", "hdl.handle.net/1/2", "www.ex\xff", "http://[::1]/", "https://bü.example/{"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, a := range findAddresses(text) {
			if a.Start < last || a.End <= a.Start || a.Cited != text[a.Start:a.End] || a.URI == "" {
				t.Fatalf("bad address %+v after %d in %q", a, last, text)
			}
			last = a.End
			if again, ok := linkAddress(a.URI); !ok || again != a.URI {
				t.Fatalf("%q is not stable: %q, %v", a.URI, again, ok)
			}
			sentenceAround(text, a.Start, a.End)
		}
	})
}

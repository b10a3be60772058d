package citeform

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

func TestCOinSAndTags(t *testing.T) {
	report := Item{
		URI: "http://a.example/a b?x=1&y=<2>", Title: `Migration & "order" <i>` + "\u202e", Authors: []string{"Ana María García", "International Organization for Migration"},
		Published: "2009-06", Language: "en", Publisher: "IOM", Type: "Report", Identifiers: map[string]string{"doi": "10.1/a+b", "isbn": "978-1"},
		Copies: []Copy{{URI: "https://web.archive.org/web/20090604000000/http://a.example/", Archive: "Internet Archive", Time: time.Date(2009, 6, 4, 0, 0, 0, 0, time.UTC)}},
	}
	for _, tt := range []struct {
		name  string
		item  Item
		coins map[string][]string
		tags  []Tag
	}{
		{"a report", report, map[string][]string{
			"ctx_ver": {"Z39.88-2004"}, "rft_val_fmt": {"info:ofi/fmt:kev:mtx:dc"}, "rft.type": {"report"}, "rft.title": {`Migration & "order" <i>`},
			"rft.aufirst": {"Ana María"}, "rft.aulast": {"García"}, "rft.au": {"Ana María García", "International Organization for Migration"},
			"rft.publisher": {"IOM"}, "rft.date": {"2009-06"}, "rft.language": {"en"}, "rft.identifier": {"http://a.example/a%20b?x=1&y=%3C2%3E"},
			"rft_id": {"info:doi/10.1/a+b", "urn:isbn:978-1"}, "rft.relation": {report.Copies[0].URI}, "rft.description": {"Archived at " + report.Copies[0].URI + ", 2009-06-04"},
		}, []Tag{
			{"citation_title", `Migration & "order" <i>`}, {"citation_author", "García, Ana María"}, {"citation_author", "International Organization for Migration"},
			{"citation_publication_date", "2009/06"}, {"citation_language", "en"}, {"citation_technical_report_institution", "IOM"}, {"citation_doi", "10.1/a+b"},
			{"citation_isbn", "978-1"}, {"citation_public_url", "http://a.example/a%20b?x=1&y=%3C2%3E"},
		}},
		{"a page without anything", Item{URI: "http://a.example/", Published: "no date", Accessed: "2009-06-04"}, map[string][]string{
			"ctx_ver": {"Z39.88-2004"}, "rft_val_fmt": {"info:ofi/fmt:kev:mtx:dc"}, "rft.type": {"webpage"}, "rft.identifier": {"http://a.example/"},
		}, []Tag{{"citation_online_date", "2009/06/04"}, {"citation_public_url", "http://a.example/"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := COinS(tt.item)
			if strings.ContainsAny(text, " \"<>+") {
				t.Errorf("it has what it may not have: %s", text)
			}
			got, err := url.ParseQuery(text)
			if err != nil {
				t.Fatal(err)
			}
			for key, want := range tt.coins {
				if !slices.Equal(got[key], want) {
					t.Errorf("%s: %q, want %q", key, got[key], want)
				}
			}
			if len(got) != len(tt.coins) {
				t.Errorf("it has %d keys: %s", len(got), text)
			}
			if tags := Tags(tt.item); !slices.Equal(tags, tt.tags) {
				t.Errorf("tags %q", tags)
			}
		})
	}
	many := Item{URI: "http://a.example/", Authors: slices.Repeat([]string{"A B"}, 1000), Published: ibid.Date("2009")}
	if n := strings.Count(COinS(many), "rft.au="); n != maxTagged || len(Tags(many)) != maxTagged+2 {
		t.Errorf("%d authors, %d tags", n, len(Tags(many)))
	}
}

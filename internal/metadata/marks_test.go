package metadata

import (
	"strings"
	"testing"
)

func TestHasYear(t *testing.T) {
	for s, want := range map[string]bool{
		"": false, "200": false, "2009": true, "x2009": true, "xx2009": true, "xxx2009": true, "xxxx2009": true, "12009": true,
		"1899": false, "1900": true, "2100": false, "20 09": false, "4 June 2009, Geneva": true, "tel. 717 91 11": false, "1a2009b": true,
	} {
		if got := hasYear(s); got != want {
			t.Errorf("hasYear(%q) = %t", s, got)
		}
	}
}

func TestLabelsNext(t *testing.T) {
	for page, want := range map[string]bool{
		"By <a>Ann Other</a>": true, "\n  par <b>Ann Other</b>": true, "Von: <i>Ann Other</i>": true,
		"\n<p>Ann Other</p>": false, "Near <a>Ann Other</a>": false, "By Ann Other": false, "By <!-- none -->": false,
	} {
		if got := labelsNext(parsed(t, "<div>"+page+"</div>").Find("div").Nodes[0].FirstChild); got != want {
			t.Errorf("labelsNext(%q) = %t", page, got)
		}
	}
}

func TestAuthorAddress(t *testing.T) {
	for href, want := range map[string]bool{
		"": false, "/": false, "/author/ann": true, "https://a.example/auteur/ann": true, "/?author=3": true, "/by/ann": true, "/bye/ann": false,
		"/en/autores/ana": true, "/authority": true, "author": false, "/x/journalists/bo": true, "/contributor": true,
		"/" + strings.Repeat("x", 200) + "/author/ann": false,
	} {
		if got := authorAddress(href); got != want {
			t.Errorf("authorAddress(%q) = %t", href, got)
		}
	}
}

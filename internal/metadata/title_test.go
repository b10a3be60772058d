package metadata

import (
	"maps"
	"net/http"
	"testing"
)

func TestTitleChoice(t *testing.T) {
	for _, c := range []struct{ name, page, uri, want string }{
		{"site's name at the end", `<title>The port reopens | The Tide</title><meta property=og:site_name content="The Tide">`, "", "The port reopens"},
		{"site's name at the start", `<title>The Tide: x | The port reopens</title><meta property=og:site_name content="The Tide: x">`, "", "The port reopens"},
		{"site's name and sections", `<title>The port reopens - tide.example - News - North</title>`, "https://tide.example/x", "The port reopens"},
		{"site's name by the host", `<title>The port reopens – Tide Radio</title>`, "https://www.tideradio.example/x", "The port reopens"},
		{"site's name a little different", `<title>Le port rouvre - Libération</title><meta property=og:site_name content="Libération.fr">`, "", "Le port rouvre"},
		{"nothing proves it", `<title>The port reopens - a film</title>`, "https://tide.example/x", "The port reopens - a film"},
		{"the heading proves it", `<title>The port reopens - a film</title><h1>The port reopens</h1>`, "", "The port reopens"},
		{"the heading and a date", `<meta property=og:title content="The port reopens : 31.10.2023, 10.19"><h1>The port reopens</h1>`, "", "The port reopens"},
		{"the last part is the heading", `<title>Tide » North » The port reopens</title><h1>The port reopens</h1>`, "", "The port reopens"},
		{"not the site's name alone", `<meta property=og:title content="The Tide"><meta property=og:site_name content="The Tide"><title>The port reopens</title>`,
			"", "The port reopens"},
		{"the site's name if there is no other", `<title>The Tide</title><meta property=og:site_name content="The Tide">`, "", "The Tide"},
		{"not a generic one", `<title>Untitled Document</title><h1>The port reopens</h1>`, "", "The port reopens"},
		{"cut off", `<meta property=og:title content="The port reopens after…"><title>The port reopens after the storm</title>`, "",
			"The port reopens after the storm"},
		{"marks of the heading", `<h1>The port reopens<a href="#x">¶</a></h1>`, "", "The port reopens"},
		{"not the title of a picture", `<svg><title>Close</title></svg><h1>The port reopens</h1>`, "", "The port reopens"},
		{"not the heading of an aside", `<aside><h1>Most read</h1></aside><h1>The port reopens</h1>`, "", "The port reopens"},
		{"entities escaped twice", `<meta property=og:title content="Port &amp;amp; quay">`, "", "Port & quay"},
		{"tags of a title in print", `<meta name=citation_title content="On &lt;i&gt;Mytilus&lt;/i&gt; &lt; 3 mm">`, "", "On Mytilus < 3 mm"},
		{"a site's name inside of the title", `<title>Why the tide turns</title><meta property=og:site_name content="The Tide">`, "", "Why the tide turns"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := of(t, c.page, c.uri); d.Title != c.want {
				t.Errorf("got %q from %q, want %q", d.Title, d.From["title"], c.want)
			}
		})
	}
}

func TestPublisherChoice(t *testing.T) {
	for name, c := range map[string]struct{ page, want, from string }{
		"journal":    {`<meta name=citation_publisher content="Quay Press"><meta property=og:site_name content="Journals">`, "Quay Press", "citation_publisher"},
		"site":       {`<meta property=og:site_name content="The Tide"><meta name=publisher content="Tide Media">`, "The Tide", "og:site_name"},
		"no address": {`<meta property=article:publisher content="https://f.example/tide">`, "", ""},
		"mail":       {`<meta name=dc.publisher content="Stadtarchiv post@a.example">`, "Stadtarchiv", "dc.publisher"},
	} {
		t.Run(name, func(t *testing.T) {
			if d := of(t, c.page, ""); d.Publisher != c.want || d.From["publisher"] != c.from {
				t.Errorf("got %q from %q, want %q from %q", d.Publisher, d.From["publisher"], c.want, c.from)
			}
		})
	}
}

func TestIdentifiers(t *testing.T) {
	for name, c := range map[string]struct {
		page, uri string
		want      map[string]string
	}{
		"doi with resolver": {`<meta name=dc.identifier content="https://doi.org/10.5555/ABC.(1)2">`, "", map[string]string{"doi": "10.5555/abc.(1)2"}},
		"arxiv":             {`<meta name=citation_arxiv_id content="0906.01234v2">`, "", map[string]string{"arxiv": "0906.01234v2"}},
		"arxiv by address":  {``, "https://arxiv.org/abs/hep-th/9901001", map[string]string{"arxiv": "hep-th/9901001"}},
		"pubmed by address": {``, "https://pubmed.ncbi.nlm.nih.gov/24999999/", map[string]string{"pmid": "24999999"}},
		"isbn":              {`<meta property=book:isbn content="0-306-40615-2">`, "", map[string]string{"isbn": "0306406152"}},
		"isbn with a fault": {`<meta property=book:isbn content="0-306-40615-3">`, "", nil},
		"handle by address": {``, "https://repository.example/handle/10986/1234", map[string]string{"handle": "10986/1234"}},
		"same as":           {`<script type=application/ld+json>{"@type":"Article","sameAs":"https://doi.org/10.5555/x"}</script>`, "", map[string]string{"doi": "10.5555/x"}},
		"no identifier":     {`<meta name=dc.identifier content="node 10.7">`, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := of(t, c.page, c.uri).Identifiers; !maps.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestLinks(t *testing.T) {
	header := http.Header{"Link": {`<https://a.example/c>; rel="canonical", <https://a.example/x,fr>; rel=alternate; hreflang="fr"; title="a, b"`,
		`</de>; rel="alternate"; hreflang=de`, `<`, `no link`}}
	d := FromHTML(parsed(t, `<base href="/dir/"><link rel=alternate hreflang=es href="es"><link rel=alternate hreflang=x-default href="/">
<link rel=alternate type="application/rss+xml" href="/feed"><a hreflang=it href="/it">it</a><link rel=alternate hreflang="not a tag" href="/y">`), "http://a.example/x", header, noon)
	want := map[string]string{"es": "http://a.example/dir/es", "x-default": "http://a.example/", "fr": "https://a.example/x,fr", "de": "http://a.example/de"}
	if !maps.Equal(d.Alternates, want) {
		t.Errorf("alternates %v, want %v", d.Alternates, want)
	}
	if d.Canonical != "https://a.example/c" || d.From["canonical"] != "http link" {
		t.Errorf("canonical %q from %q", d.Canonical, d.From["canonical"])
	}
}

package metadata

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/ibid-archive/ibid"
)

// newsPage makes a page of about size bytes as news sites send it: 60 metas, JSON-LD, a byline, a
// thousand elements with classes, related stories and comments.
func newsPage(size int) string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="en-GB"><head><title>Ports reopen after the storm | The Harbour Times</title>
<meta property="og:title" content="Ports reopen after the storm"><meta property="og:site_name" content="The Harbour Times">
<meta property="article:published_time" content="2021-03-04T10:20:30+01:00"><meta name="author" content="Ann Other, Bo Third">
<link rel="canonical" href="https://harbour.example/news/ports-reopen">`)
	for i := range 30 {
		fmt.Fprintf(&b, `<meta name="x-%d" content="value %d"><meta property="fb:%d" content="other">`, i, i, i)
	}
	for i, lang := range []string{"de", "fr", "es", "ar", "zh", "ru"} {
		fmt.Fprintf(&b, `<link rel="alternate" hreflang="%s" href="https://harbour.example/%d/ports">`, lang, i)
	}
	b.WriteString(`<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"NewsArticle",
"headline":"Ports reopen after the storm","datePublished":"2021-03-04T10:20:30+01:00","dateModified":"2021-03-05T08:00:01+01:00",
"author":[{"@type":"Person","name":"Ann Other"},{"@type":"Person","name":"Bo Third"}],"articleBody":"` +
		strings.Repeat("The harbour master said on Monday that all quays are open. ", 40) + `",
"publisher":{"@type":"Organization","name":"The Harbour Times","logo":{"@type":"ImageObject","url":"https://harbour.example/l.png"}}}]}</script>
</head><body class="single post"><header><nav class="site-navigation"><ul>`)
	for i := range 40 {
		fmt.Fprintf(&b, `<li class="menu-item menu-item-%d"><a href="/section/%d">Section %d</a></li>`, i, i, i)
	}
	b.WriteString(`</ul></nav></header><main class="content"><article class="entry"><h1 class="entry-title">Ports reopen after the storm</h1>
<p class="byline">By <a rel="author" href="/a/1">Ann Other</a></p><time class="published" datetime="2021-03-04">4 March 2021</time>`)
	for i := 0; b.Len() < size*4/5; i++ {
		fmt.Fprintf(&b, `<p class="paragraph p-%d">The harbour master said that <a href="/story/%d">the quays</a> in the north of the town were open
to ships again, and that <em>no damage</em> had been found in the basin.</p>
`, i, i)
	}
	b.WriteString(`</article></main><aside class="sidebar">`)
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `<div class="related-item"><a href="/s/%d"><span class="teaser-title">Other story %d</span></a>
<time datetime="2020-01-%02d">2020</time></div>`, i, i, i%28+1)
	}
	b.WriteString(`</aside></body></html>`)
	return b.String()
}

func parsed(t testing.TB, page string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// BenchmarkFromHTML is the cost of describing a page of 50 KB that is parsed already: at most 0.3 ms.
func BenchmarkFromHTML(b *testing.B) {
	page := newsPage(50 << 10)
	doc := parsed(b, page)
	header := http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Date": {"Thu, 04 Mar 2021 12:00:00 GMT"}}
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		FromHTML(doc, "https://harbour.example/news/ports-reopen", header, noon)
	}
}

// BenchmarkFromHTMLBare is the dearer case: nothing is declared, so that text, language and dates are
// looked for in the page.
func BenchmarkFromHTMLBare(b *testing.B) {
	page := newsPage(50 << 10)
	_, body, _ := strings.Cut(page, "</head>")
	doc := parsed(b, "<html><head><title>Ports reopen after the storm</title></head>"+body)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		FromHTML(doc, "https://harbour.example/news/ports-reopen", nil, noon)
	}
}

// BenchmarkParse is for comparison: what the parse costs that the crawler has done before.
func BenchmarkParse(b *testing.B) {
	page := newsPage(50 << 10)
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		parsed(b, page)
	}
}

// BenchmarkLanguage is the cost of doubting a declared language over a full sample: where the text agrees,
// which is the usual case, and where it is no prose of any language, so that every one is tried.
func BenchmarkLanguage(b *testing.B) {
	prose := strings.Repeat(englishText+" ", 10)[:maxSample]
	noProse := strings.Repeat("Lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor incididunt labore magna aliqua. ", 40)[:maxSample]
	for _, c := range []struct{ name, text string }{{"agrees", prose}, {"no prose", noProse}} {
		b.Run(c.name, func(b *testing.B) {
			d := &describer{page: &page{lang: "en"}, out: &ibid.Description{From: map[string]string{}}}
			d.page.sample.WriteString(c.text)
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				d.language()
			}
		})
	}
}

package linkhealth

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// newsPage makes a page of about size bytes as news sites send it: menus, a byline, paragraphs with links, related
// stories.
func newsPage(size int) string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="en-GB"><head><title>Ports reopen after the storm | The Harbour Times</title>`)
	for i := range 30 {
		fmt.Fprintf(&b, `<meta name="x-%d" content="value %d"><meta property="fb:%d" content="other">`, i, i, i)
	}
	b.WriteString(`</head><body class="single post"><header><nav class="site-navigation"><ul>`)
	for i := range 40 {
		fmt.Fprintf(&b, `<li class="menu-item menu-item-%d"><a href="/section/%d">Section %d</a></li>`, i, i, i)
	}
	b.WriteString(`</ul></nav></header><main class="content"><article class="entry"><h1 class="entry-title">Ports reopen</h1>`)
	for i := 0; b.Len() < size*4/5; i++ {
		fmt.Fprintf(&b, `<p class="paragraph p-%d">The harbour master said that <a href="/story/%d">the quays</a> in the north of the town were open
to ships again, and that <em>no damage</em> had been found in the basin of %s.</p>`, i, i, strings.Repeat("x", i%9))
	}
	b.WriteString(`</article></main><aside class="sidebar">`)
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `<div class="related-item"><a href="/s/%d"><span class="teaser-title">Other story %d</span></a></div>`, i, i)
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

func pageOf(t testing.TB, body string) *Page {
	return &Page{
		URI: "https://harbour.example/news/ports", Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}},
		MediaType: "text/html", Doc: parsed(t, body), Body: []byte(body), Size: int64(len(body)), Whole: true,
	}
}

// barePage is the same text without names for its parts, as pages of the first decades are.
func barePage(size int) string {
	var b strings.Builder
	b.WriteString("<html><head><title>Proceedings</title></head><body><table><tr><td>")
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "The committee met for the %dth time and took note of the report on ports and quays, with thanks to its authors.<br>", i)
	}
	b.WriteString("</table></body></html>")
	return b.String()
}

// BenchmarkRead is the cost of reading a page that is parsed already; BenchmarkParse what the parse costs that the crawler
// has done before. Reading takes less than 15 % of it for pages as sites send them; it is the text that costs, so that
// of a page which is nothing but text it is more.
func BenchmarkRead(b *testing.B) {
	for _, c := range []struct{ name, page string }{{"news", newsPage(50 << 10)}, {"bare", barePage(50 << 10)}, {"notice", newsPage(3 << 10)}} {
		p := pageOf(b, c.page)
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.page)))
			b.ReportAllocs()
			for b.Loop() {
				Read(p)
			}
		})
	}
}

// BenchmarkParse is for comparison.
func BenchmarkParse(b *testing.B) {
	for _, c := range []struct{ name, page string }{{"news", newsPage(50 << 10)}, {"bare", barePage(50 << 10)}, {"notice", newsPage(3 << 10)}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.page)))
			for b.Loop() {
				parsed(b, c.page)
			}
		})
	}
}

// BenchmarkCompare is the cost of telling drift between two pages that were read.
func BenchmarkCompare(b *testing.B) {
	before, after := Read(pageOf(b, newsPage(50<<10))), Read(pageOf(b, newsPage(60<<10)))
	for b.Loop() {
		Compare(before, after)
	}
}

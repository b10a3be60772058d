package citation

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

func benchmarkRead(b *testing.B, name, body string, want int) {
	b.Helper()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		result, err := Read(context.Background(), Source{Name: name, Body: []byte(body)}, Options{})
		if err != nil || len(result.References) != want {
			b.Fatalf("%v: %d references, want %d", err, len(result.References), want)
		}
	}
}

// BenchmarkHTML reads a page of 5 MB with 10,000 links: the goal is less than 1 s.
func BenchmarkHTML(b *testing.B) {
	var page strings.Builder
	page.WriteString("<html lang=en><head><title>Links</title></head><body><nav><a href='http://nav.example/'>x</a></nav><main>")
	for i := range 10_000 {
		fmt.Fprintf(&page, "<p>%s See <a class=x href=\"http://host%d.example.org/path/%d?q=1&amp;r=2\">the <i>source</i> %d</a> for it.</p>\n",
			strings.Repeat("Some words of a paragraph that goes on. ", 9), i%100, i, i)
	}
	benchmarkRead(b, "page.html", page.String(), 10_000)
}

// BenchmarkMarkdown reads ordinary prose with notes and links: the goal is 20 MB/s on a machine that does nothing else. On one that
// does, the figure that says something is x-parse: how much longer it takes than to parse the same text with goldmark and do no more,
// one after the other.
func BenchmarkMarkdown(b *testing.B) {
	body := markdownProse()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	var reading, parsing time.Duration
	for b.Loop() {
		began := time.Now()
		result, err := Read(context.Background(), Source{Name: "doc.md", Body: []byte(body)}, Options{})
		if err != nil || len(result.References) != 6000 {
			b.Fatalf("%v: %d references", err, len(result.References))
		}
		reading += time.Since(began)
		b.StopTimer()
		began = time.Now()
		goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote)).Parser().Parse(text.NewReader([]byte(body)))
		parsing += time.Since(began)
		b.StartTimer()
	}
	b.ReportMetric(float64(reading)/float64(parsing), "x-parse")
}

func markdownProse() string {
	var doc strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&doc, "## Part %d\n\n%s[^n%d] and see [the *source*](http://example.org/%d \"Title\").\n\n* one item with `code`\n* another, https://example.org/b/%d.\n\n[^n%d]: Smith, J. (2009). “A Title”. <http://example.org/note/%d> (accessed 12 May 2009).\n\n",
			i, strings.Repeat("Some words of a *paragraph* that goes on for a line or two,\nand then goes on. ", 10), i, i, i, i, i)
	}
	return doc.String()
}

func BenchmarkText(b *testing.B) {
	var doc strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&doc, "%s\nIt stands at http://example.org/a/%d, as said.\n\n", strings.Repeat("Some words of a paragraph that goes on for a line or two.\n", 8), i)
	}
	benchmarkRead(b, "doc.txt", doc.String(), 5000)
}

func BenchmarkFindAddresses(b *testing.B) {
	text := strings.Repeat("Some words, 12 of them: that go on: see http://example.org/a_(b)/c?d=e. And a/b www.example.org too. ", 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if len(findAddresses(text)) != 2000 {
			b.Fatal("addresses were not found")
		}
	}
}

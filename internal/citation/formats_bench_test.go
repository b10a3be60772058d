package citation

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// BenchmarkFormats reads documents of about a megabyte of each kind, with one citation in each of some thousand parts. The
// bytes are those of the text, before it is packed.
func BenchmarkFormats(b *testing.B) {
	const parts = 2000
	prose := strings.Repeat("Some words of a paragraph that goes on for a line or two. ", 6)
	repeated := func(format string) string {
		var s strings.Builder
		for i := range parts {
			s.WriteString(strings.NewReplacer("PROSE", prose, "N", fmt.Sprint(i)).Replace(format))
		}
		return s.String()
	}
	word := repeated("<w:p><w:r><w:t>PROSE http://example.org/N</w:t></w:r></w:p>")
	text := repeated("<text:p>PROSE http://example.org/N</text:p>")
	for _, bench := range []struct {
		name string
		text string
		body []byte // packed
	}{
		{name: "a.rst", text: repeated("PROSE `source <http://example.org/N>`_.\n\n")},
		{name: "a.org", text: repeated("PROSE [[http://example.org/N][source]].\n\n")},
		{name: "a.adoc", text: repeated("PROSE http://example.org/N[source].\n\n")},
		{name: "a.wiki", text: repeated("PROSE<ref>{{cite web|title=T|url=http://example.org/N}}</ref>\n\n")},
		{name: "a.tex", text: repeated("PROSE\\footnote{\\url{http://example.org/N}}\n\n")},
		{name: "a.bib", text: repeated("@misc{kN, title={A {Title}}, abstract={PROSE},\n url={http://example.org/N}}\n")},
		{name: "a.ris", text: repeated("TY  - JOUR\nTI  - A Title\nAB  - PROSE\nUR  - http://example.org/N\nER  - \n")},
		{name: "a.json", text: "[" + repeated(`{"id":"N","abstract":"PROSE","URL":"http://example.org/N"},`) + `{"id":"last"}]`},
		{name: "a.csv", text: repeated("PROSE,http://example.org/N\n")},
		{name: "a.docx", text: word, body: docxOf(b, word)},
		{name: "a.odt", text: text, body: odtOf(b, text)},
		{name: "a.jats.xml", text: "<?xml version='1.0'?><article><body>" + repeated("<p>PROSE<ext-link xlink:href='http://example.org/N'>x</ext-link></p>") + "</body></article>"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			if bench.body == nil {
				bench.body = []byte(bench.text)
			}
			b.SetBytes(int64(len(bench.text)))
			b.ReportAllocs()
			for b.Loop() {
				result, err := Read(context.Background(), Source{Name: bench.name, Body: bench.body}, Options{})
				if err != nil || len(result.References) != parts {
					b.Fatalf("%v: %d references, want %d", err, len(result.References), parts)
				}
			}
		})
	}
}

package citation

import (
	"context"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid/internal/pdf"
)

// fixedReader answers with one document, whatever it is given.
type fixedReader struct{ doc *pdf.Document }

func (r fixedReader) Text(context.Context, []byte) (*pdf.Document, error) { return r.doc, nil }

// FuzzPDFText makes pages of any lines, in any places and sizes, with links over any of their text.
func FuzzPDFText(f *testing.F) {
	f.Add("see http://example.org/very-\nlong/path.\n\fReferences\n[1] A. https:\n//doi.org/10.1000/182", "http://example.org/very-long/path", byte(3))
	f.Add("1 https:// doi. org/ 10.\n1000/ 1\n-\n\f\xff\n2. x-\ny", "info:doi/10.1000/1", byte(200))
	f.Fuzz(func(t *testing.T, text, uri string, place byte) {
		doc := &pdf.Document{}
		for n, lines := range strings.Split(text, "\f") {
			page := pdf.Page{Number: n + 1, Width: 595, Height: 842}
			for i, line := range strings.Split(lines, "\n") {
				if line = strings.TrimRight(line, " "); line == "" {
					continue
				}
				left, top := float32(int(place)*i%300), float32(800-i*int(place%20))
				page.Lines = append(page.Lines, pdf.Line{
					Text: line, Size: 8 + float32(len(line)%3), Lead: 8 - float32(place%4),
					Box: pdf.Rect{Left: left, Right: left + 5*float32(len(line)), Bottom: top - 8, Top: top},
				})
				last := len(page.Lines) - 1
				from := min(int(place), len(line))
				page.Links = append(page.Links, pdf.Link{URI: uri, Spans: []pdf.Span{{Line: last, Start: from, End: len(line)}}},
					pdf.Link{URI: uri, Spans: []pdf.Span{{Line: last, Start: 0, End: from}}}, pdf.Link{URI: uri})
			}
			doc.Pages = append(doc.Pages, page)
		}
		result, err := readPDF(context.Background(), Source{Name: "x.pdf"}, Options{PDF: fixedReader{doc}, MaxReferences: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		for _, ref := range result.References {
			if ref.Locator.Page < 1 || ref.Locator.Page > len(doc.Pages) || (ref.URI == "" && len(ref.Works) == 0) {
				t.Errorf("%+v", ref)
			}
		}
	})
}

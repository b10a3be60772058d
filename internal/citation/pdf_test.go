package citation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pdf"
	"github.com/ibid-archive/ibid/internal/pdf/pdftest"
)

// readPages reads a PDF of these pages, written out and read by PDFium.
func readPages(t testing.TB, pages ...pdftest.Page) *Result {
	t.Helper()
	doc := pdftest.Doc{Pages: pages, Info: map[string]string{"Title": "A report", "CreationDate": "D:20090604120000Z"}, Language: "en"}
	result, err := Read(context.Background(), Source{Name: "report.pdf", Body: doc.Bytes()}, Options{PDF: readerOfPDFs()})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// said is what a test looks at in a reference.
func said(refs []ibid.Reference) string {
	var b strings.Builder
	for _, r := range refs {
		fmt.Fprintf(&b, "p%d %s[%s] %s\n", r.Locator.Page, r.Locator.Kind, r.Locator.Label, r.URI)
	}
	return b.String()
}

// prose is what stands before the lines of a test: full lines, which show how wide the column is.
var prose = []string{
	"The archive keeps what others let go of, and it",
	"says so in each of its yearly reports, which we",
}

func TestPDFAddressesInText(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  string
	}{
		{"on one line", []string{"see http://example.org/a. More is said later on"}, "p1 inline[] http://example.org/a\n"},
		{
			"broken after a slash",
			[]string{"is to be found at http://example.org/documents/", "reports/2009.html and nowhere else at all."},
			"p1 inline[] http://example.org/documents/reports/2009.html\n",
		},
		{
			"broken after its own hyphen",
			[]string{"is to be found at http://www.example.org/very-", "long/path/of/a/document.pdf as we have seen."},
			"p1 inline[] http://www.example.org/very-long/path/of/a/document.pdf\n",
		},
		{
			"broken twice",
			[]string{"at https://example.org/a/very/long/address/that/", "goes/on/and/on/over/many/lines/of/a/column/and/", "then/ends.html in the end."},
			"p1 inline[] https://example.org/a/very/long/address/that/goes/on/and/on/over/many/lines/of/a/column/and/then/ends.html\n",
		},
		{
			"ended by a slash before prose",
			[]string{"and of the others at http://www.example.org/a/", "which is to say that there is nothing more."},
			"p1 inline[] http://www.example.org/a/\n",
		},
		{
			"a divided word stays out of it",
			[]string{"http://example.org/a has what is left of the ar-", "chives."},
			"p1 inline[] http://example.org/a\n",
		},
		{"PMID", []string{"of the sea level at Brest (doi:10.1000/182, PMID:", "21187404; PMCID: PMC3003000), and PubMed PMID: 21187405;"}, "p1 inline[] https://doi.org/10.1000/182\np1 inline[] https://pubmed.ncbi.nlm.nih.gov/21187405\n"},
		{"e-mail", []string{"write to someone@example.org or mailto:a@b.example"}, ""},
		{"namespace", []string{`<mime-info xmlns="http://www.example.org/ns">`}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			result := readPages(t, pdftest.Page{Texts: pdftest.Lines(72, 700, 10, append(append([]string{}, prose...), tt.lines...)...)})
			if got := said(result.References); got != tt.want {
				t.Errorf("got  %swant %s", got, tt.want)
			}
		})
	}
}

func TestPDFLinks(t *testing.T) {
	texts := pdftest.Lines(72, 700, 10,
		"The Title of a Report is one. Another is at the",
		"address http://www.example.org/very-",
		"long/path, and doi:10.1000/182 is a third.",
		"A fourth is http://www.example.org/documents/of/",
		"2009/report.html as it happens.",
	)
	long := "http://www.example.org/very-long/path"
	page := pdftest.Page{Texts: texts, Links: []pdftest.Link{
		pdftest.Covering(texts[0], "Title of a Report", "http://example.org/report"),
		pdftest.Covering(texts[1], "http://www.example.org/very-", long),
		pdftest.Covering(texts[2], "long/path", long),
		pdftest.Covering(texts[2], "doi:10.1000/182", "info:doi/10.1000/182"),
		// What a program makes of the first line of an address.
		pdftest.Covering(texts[3], "http://www.example.org/documents/of/", "http://www.example.org/documents/of/"),
		pdftest.Covering(texts[4], "it", "mailto:a@example.org"),
		pdftest.Covering(texts[4], "happens", "report.html"),
		{URI: "http://example.org/image", Left: 300, Bottom: 100, Right: 400, Top: 200},
		{URI: "http://example.org/image", Left: 300, Bottom: 60, Right: 400, Top: 90},
	}}
	result := readPages(t, page)
	want := `p1 link[] http://example.org/report
p1 link[] http://www.example.org/very-long/path
p1 link[] https://doi.org/10.1000/182
p1 link[] http://www.example.org/documents/of/2009/report.html
p1 link[] http://example.org/image
`
	if got := said(result.References); got != want {
		t.Fatalf("got  %swant %s", got, want)
	}
	refs := result.References
	if refs[0].Title != "Title of a Report" || refs[0].ID != "r1" {
		t.Errorf("%+v", refs[0])
	}
	if refs[1].Cited != long || refs[1].Context == "" || refs[2].Identifiers["doi"] != "10.1000/182" {
		t.Errorf("%+v\n%+v", refs[1], refs[2])
	}
}

func TestPDFNotesAndLists(t *testing.T) {
	body := pdftest.Lines(72, 700, 11, "Ordinary text of a page in the ordinary size.", "And more of it, so that its size is the usual.", "As well as a third line of the same size here.")
	notes := []pdftest.Text{
		{X: 72, Y: 123, Size: 5, String: "7"}, {X: 76, Y: 120, Size: 8, String: "A. Author, “The Report”, http://example.org/seven"},
		{X: 72, Y: 110, Size: 8, String: "(accessed 12 May 2009)."},
		{X: 72, Y: 98, Size: 8, String: "8 http://example.org/eight"},
	}
	list := pdftest.Lines(72, 700, 11, "References", "[1] Other, A. 2007. The Second Report. Press.", "    https://doi.org/10.1000/1", "[2] Nobody, B. (2008). A third one. See", "    http://example.org/two and more.", "2009. http://example.org/still-two")
	end := pdftest.Lines(72, 700, 11, "Appendix A", "http://example.org/appendix")
	result := readPages(t, pdftest.Page{Texts: append(body, notes...)}, pdftest.Page{Texts: list}, pdftest.Page{Texts: end})
	want := `p1 footnote[7] http://example.org/seven
p1 footnote[8] http://example.org/eight
p2 bibliography[1] https://doi.org/10.1000/1
p2 bibliography[2] http://example.org/two
p2 bibliography[2] http://example.org/still-two
p3 inline[] http://example.org/appendix
`
	if got := said(result.References); got != want {
		t.Fatalf("got  %swant %s", got, want)
	}
	refs := result.References
	if refs[0].Accessed != "2009-05-12" {
		t.Errorf("accessed %q", refs[0].Accessed)
	}
	if refs[2].Title != "The Second Report" || refs[3].Title != "A third one" {
		t.Errorf("titles %q and %q", refs[2].Title, refs[3].Title)
	}
	if d := result.Document; d.Title != "A report" || d.Language != "en" || d.Date != "2009-06-04" || d.MediaType != "application/pdf" || d.ID == "" {
		t.Errorf("document %+v", d)
	}
}

func TestPDFDoesNotCiteItself(t *testing.T) {
	doc := pdftest.Doc{Info: map[string]string{"doi": "10.1000/own"}, Pages: []pdftest.Page{
		{Texts: pdftest.Lines(72, 700, 10, "https://doi.org/10.1000/OWN", "DOI: 10.1000/front", "cites doi:10.1000/other, too.")},
		{Texts: pdftest.Lines(72, 700, 10, "again https://doi.org/10.1000/own and 10.1000/front")},
	}}
	result, err := Read(t.Context(), Source{Name: "a.pdf", Body: doc.Bytes()}, Options{PDF: readerOfPDFs()})
	if err != nil {
		t.Fatal(err)
	}
	if got := said(result.References); got != "p1 inline[] https://doi.org/10.1000/other\n" {
		t.Errorf("got %s", got)
	}
	if got := crossmarkDOI("https://crossmark.crossref.org/dialog/?doi=10.1000%2Fown&domain=pdf"); got != "10.1000/own" {
		t.Errorf("crossmark: got %q", got)
	}
}

func TestPDFErrorsNameTheDocument(t *testing.T) {
	secret := "secret"
	locked := pdftest.Doc{Password: &secret, Pages: []pdftest.Page{{}}}
	for name, body := range map[string][]byte{"locked.pdf": locked.Bytes(), "broken.pdf": []byte("%PDF-1.4\nnothing")} {
		_, err := Read(t.Context(), Source{Name: name, Body: body}, Options{PDF: readerOfPDFs()})
		if ibid.KindOf(err) != ibid.KindInput || !strings.Contains(err.Error(), name) || strings.Count(err.Error(), "cannot") != 1 {
			t.Errorf("%s: got %v", name, err)
		}
	}
	_, err := Read(t.Context(), Source{Name: "a.pdf", Body: []byte("%PDF-1.4\n")}, Options{})
	if ibid.KindOf(err) != ibid.KindInternal {
		t.Errorf("without a reader: got %v", err)
	}
	failing := failingReader{errors.New("out of order")}
	if _, err = Read(t.Context(), Source{Name: "a.pdf", Body: []byte("%PDF-1.4\n")}, Options{PDF: failing}); !errors.Is(err, failing.err) {
		t.Errorf("got %v", err)
	}
}

type failingReader struct{ err error }

func (r failingReader) Text(context.Context, []byte) (*pdf.Document, error) { return nil, r.err }

func TestPDFLimitOfReferences(t *testing.T) {
	texts := pdftest.Lines(72, 700, 10, "http://a.example/ http://b.example/ http://c.example/")
	doc := pdftest.Doc{Pages: []pdftest.Page{{Texts: texts}}}
	_, err := Read(t.Context(), Source{Name: "a.pdf", Body: doc.Bytes()}, Options{PDF: readerOfPDFs(), MaxReferences: 2})
	if ibid.ClassOf(err) != ibid.ClassLinksCapped {
		t.Errorf("got %v", err)
	}
}

// thesis is a document of so many pages, each with two footnotes, one with a link over two lines.
func thesis(pages int) []byte {
	doc := pdftest.Doc{Packed: true, Info: map[string]string{"Title": "A thesis"}}
	for n := range pages {
		var lines []string
		for range 24 {
			lines = append(lines, prose...)
		}
		texts := pdftest.Lines(72, 760, 10, lines...)
		notes := pdftest.Lines(72, 120, 8, fmt.Sprintf("%d A. Author, The Report, http://example.org/documents/", n+1), fmt.Sprintf("reports/%d.html (accessed 12 May 2009).", n+1))
		uri := fmt.Sprintf("http://example.org/documents/reports/%d.html", n+1)
		links := []pdftest.Link{pdftest.Covering(notes[0], "http://example.org/documents/", uri), pdftest.Covering(notes[1], fmt.Sprintf("reports/%d.html", n+1), uri)}
		doc.Pages = append(doc.Pages, pdftest.Page{Texts: append(texts, notes...), Links: links})
	}
	return doc.Bytes()
}

func TestPDFThesis(t *testing.T) {
	result, err := Read(t.Context(), Source{Name: "thesis.pdf", Body: thesis(30)}, Options{PDF: readerOfPDFs()})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.References) != 30 {
		t.Fatalf("%d references, want 30", len(result.References))
	}
	for i, ref := range result.References {
		want := ibid.Locator{Kind: ibid.Footnote, Label: fmt.Sprint(i + 1), Page: i + 1}
		if ref.Locator != want || ref.URI != fmt.Sprintf("http://example.org/documents/reports/%d.html", i+1) {
			t.Errorf("got %+v, want %+v", ref, want)
		}
	}
}

func BenchmarkPDF300Pages(b *testing.B) {
	body := thesis(300)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := Read(context.Background(), Source{Name: "thesis.pdf", Body: body}, Options{PDF: readerOfPDFs()}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(300*float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}

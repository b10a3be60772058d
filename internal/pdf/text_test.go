package pdf_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid/internal/pdf"
	"github.com/ibid-archive/ibid/internal/pdf/pdftest"
)

func lines(p pdf.Page) []string {
	var out []string
	for _, l := range p.Lines {
		out = append(out, l.Text)
	}
	return out
}

func TestTextOfPages(t *testing.T) {
	tests := []struct {
		name  string
		texts []pdftest.Text
		want  []string
	}{
		{"lines", pdftest.Lines(72, 700, 10, "One line,", "and  another."), []string{"One line,", "and another."}},
		{"latin", pdftest.Lines(72, 700, 10, "Übergröße – née", "§ 12"), []string{"Übergröße ? née", "§ 12"}},
		{
			"a divided word keeps its hyphen",
			pdftest.Lines(72, 700, 10, "the archiving of soft-", "ware goes on"),
			[]string{"the archiving of soft-", "ware goes on"},
		},
		{
			"two columns side by side",
			[]pdftest.Text{{X: 50, Y: 700, Size: 10, String: "left column text"}, {X: 320, Y: 700, Size: 10, String: "right column text"}},
			[]string{"left column text", "right column text"},
		},
		{
			"a label at a tab stop stays with its entry",
			[]pdftest.Text{{X: 50, Y: 700, Size: 10, String: "[12]"}, {X: 120, Y: 700, Size: 10, String: "Entry"}},
			[]string{"[12] Entry"},
		},
		{
			"a raised mark is parted from the address after it",
			[]pdftest.Text{{X: 50, Y: 704, Size: 6, String: "3"}, {X: 54, Y: 700, Size: 10, String: "https://a.example/"}},
			[]string{"3 https://a.example/"},
		},
		{
			"and from the address before it",
			[]pdftest.Text{{X: 50, Y: 700, Size: 10, String: "https://a.example/x"}, {X: 164, Y: 704, Size: 6, String: "12"}},
			[]string{"https://a.example/x 12"},
		},
		{"no text", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := pdftest.Doc{Pages: []pdftest.Page{{Texts: tt.texts}}}
			if got := lines(read(t, doc.Bytes()).Pages[0]); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestSizesAndPlaces(t *testing.T) {
	page := pdftest.Page{Texts: []pdftest.Text{
		{X: 50, Y: 704, Size: 6, String: "7"}, {X: 54, Y: 700, Size: 10, String: "a note in ordinary size"},
	}}
	doc := pdftest.Doc{Pages: []pdftest.Page{{}, page}}
	got := read(t, doc.Bytes()).Pages[1]
	if got.Number != 2 || got.Width != 595 || got.Height != 842 {
		t.Errorf("page %d of %g by %g, want page 2 of 595 by 842", got.Number, got.Width, got.Height)
	}
	line := got.Lines[0]
	if line.Size != 10 || line.Lead != 6 {
		t.Errorf("size %g, lead %g; want 10 and 6", line.Size, line.Lead)
	}
	if line.Box.Left < 49 || line.Box.Left > 52 || line.Box.Bottom < 695 || line.Box.Top > 712 {
		t.Errorf("box %+v is not around the line", line.Box)
	}
}

func TestLinksAndWhatTheyCover(t *testing.T) {
	texts := pdftest.Lines(72, 700, 10, "See the report at http://example.org/very-", "long/path for more.")
	const uri = "http://example.org/very-long/path"
	doc := pdftest.Doc{Pages: []pdftest.Page{{Texts: texts, Links: []pdftest.Link{
		pdftest.Covering(texts[0], "http://example.org/very-", uri),
		pdftest.Covering(texts[1], "long/path", uri),
		{URI: "http://example.org/image", Left: 300, Bottom: 100, Right: 400, Top: 200},
	}}}}
	page := read(t, doc.Bytes()).Pages[0]
	var covered []string
	for _, l := range page.Links {
		part := ""
		for _, s := range l.Spans {
			part += page.Lines[s.Line].Text[s.Start:s.End]
		}
		covered = append(covered, l.URI+" "+part)
	}
	want := []string{uri + " http://example.org/very-", uri + " long/path", "http://example.org/image "}
	if !slices.Equal(covered, want) {
		t.Errorf("got  %q\nwant %q", covered, want)
	}
}

func TestManyLinks(t *testing.T) {
	if testing.Short() {
		t.Skip("100,000 annotations")
	}
	text := pdftest.Text{X: 72, Y: 700, Size: 10, String: "http://example.org/"}
	page := pdftest.Page{Texts: []pdftest.Text{text}}
	for range 100_000 {
		page.Links = append(page.Links, pdftest.Covering(text, "http", "http://example.org/"))
	}
	doc := pdftest.Doc{Pages: []pdftest.Page{page}}
	if got := len(read(t, doc.Bytes()).Pages[0].Links); got != 100_000 {
		t.Errorf("%d links, want 100,000", got)
	}
}

func TestInfoOfWholeDocuments(t *testing.T) {
	empty := ""
	for _, tt := range []struct {
		name string
		doc  pdftest.Doc
	}{
		{"plain", pdftest.Doc{}},
		{"packed", pdftest.Doc{Packed: true}},
		{"encrypted without a password", pdftest.Doc{Password: &empty}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.doc.Info = map[string]string{"Title": "Über (alles) \\ and more", "CreationDate": "D:20090604"}
			tt.doc.Language = "de-AT"
			tt.doc.Pages = []pdftest.Page{{Texts: pdftest.Lines(72, 700, 10, "Text.")}}
			body := tt.doc.Bytes()
			info, err := shared.Info(t.Context(), strings.NewReader(string(body)), int64(len(body)))
			if err != nil {
				t.Fatal(err)
			}
			whole := read(t, body)
			for from, got := range map[string]*pdf.Info{"Info": info, "Text": &whole.Info} {
				if got.Dict["Title"] != tt.doc.Info["Title"] || got.Dict["CreationDate"] != "D:20090604" || got.Language != "de-AT" {
					t.Errorf("%s: %+v", from, got)
				}
				if got.Encrypted != (tt.doc.Password != nil) {
					t.Errorf("%s: encrypted is %v", from, got.Encrypted)
				}
			}
			if whole.Pages[0].Lines[0].Text != "Text." {
				t.Errorf("text is %+v", whole.Pages[0].Lines)
			}
		})
	}
}

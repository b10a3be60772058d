package pdf_test

import (
	"testing"

	"github.com/ibid-archive/ibid/internal/pdf/pdftest"
)

func TestSmoke(t *testing.T) {
	for _, packed := range []bool{false, true} {
		d := &pdftest.Doc{Packed: packed, Info: map[string]string{"Title": "Über alles", "Author": "A. B."}, Language: "de", Pages: []pdftest.Page{{Texts: pdftest.Lines(72, 700, 10, "Hello world, see http://example.org/very-", "long/path for more."), Links: nil}}}
		d.Pages[0].Links = append(d.Pages[0].Links, pdftest.Covering(d.Pages[0].Texts[0], "http://example.org/very-", "http://example.org/very-long/path"))
		doc := read(t, d.Bytes())
		t.Logf("%+v", doc)
	}
}

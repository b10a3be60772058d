package pdf_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pdf"
	"github.com/ibid-archive/ibid/internal/pdf/pdftest"
)

func small() *pdftest.Doc {
	return &pdftest.Doc{
		Info:  map[string]string{"Title": "A small document"},
		Pages: []pdftest.Page{{Texts: pdftest.Lines(72, 700, 10, "Some text.")}},
	}
}

// objects writes a PDF of these objects, numbered from 1; object 1 is the catalogue. There is no
// cross-reference table: readers have to repair it.
func objects(bodies ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	for i, body := range bodies {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	b.WriteString("trailer\n<</Root 1 0 R/Size 99>>\nstartxref\n0\n%%EOF\n")
	return b.Bytes()
}

func stream(entries, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", entries, len(data), data)
}

const onePage = "<</Type/Pages/Kids[3 0 R]/Count 1>>"

// formBomb is a page that draws a form, which draws another twice, and so on: 2^30 in all.
func formBomb() []byte {
	bodies := []string{
		"<</Type/Catalog/Pages 2 0 R>>", onePage,
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>",
		stream("", "/F Do"),
	}
	for i := range 30 {
		bodies = append(bodies, stream(fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>", 6+i), "/F Do /F Do"))
	}
	return objects(append(bodies, stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", "0 0 1 1 re f"))...)
}

// deflateBomb is a page whose content is size bytes of a path when inflated.
func deflateBomb(t *testing.T, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	chunk := []byte(strings.Repeat("0 0 1 1 re\n", 1<<16))
	for n := 0; n < size; n += len(chunk) {
		if _, err := z.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return objects("<</Type/Catalog/Pages 2 0 R>>", onePage, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
		stream("/Filter/FlateDecode", b.String()))
}

func TestBadDocuments(t *testing.T) {
	secret := "secret"
	locked := small()
	locked.Password = &secret
	tests := []struct {
		name string
		body []byte
		want error
	}{
		{"empty", nil, pdf.ErrFormat},
		{"one byte", []byte("%"), pdf.ErrFormat},
		{"head only", []byte("%PDF-1.7\n"), pdf.ErrFormat},
		{"another type", []byte("<!doctype html><title>Not found</title>"), pdf.ErrFormat},
		{"garbage between head and end", append(append([]byte("%PDF-1.5\n"), bytes.Repeat([]byte{0x9c, 0x00, 0xfe}, 5000)...), "\n%%EOF"...), pdf.ErrFormat},
		{"password", locked.Bytes(), pdf.ErrPassword},
		{"no pages", objects("<</Type/Catalog>>"), nil},
		{"page tree loop", objects("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"), nil},
		{"length of 2 GiB", objects("<</Type/Catalog/Pages 2 0 R>>", onePage, "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>", "<</Length 2147483648>>stream\nBT ET\nendstream"), nil},
		{"form that draws itself", objects("<</Type/Catalog/Pages 2 0 R>>", onePage, "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</F 4 0 R>>>>>>", stream("/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 4 0 R>>>>", "/F Do")), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := shared.Text(t.Context(), tt.body)
			if tt.want != nil && (!errors.Is(err, tt.want) || ibid.KindOf(err) != ibid.KindInput) {
				t.Errorf("got %v, want %v of kind input", err, tt.want)
			}
			if tt.want == nil && err != nil && ibid.KindOf(err) != ibid.KindInput {
				t.Errorf("got %v, want success or an error of kind input", err)
			}
			read(t, small().Bytes()) // nothing else was harmed
		})
	}
}

// A truncated document gives an error or what is left of it, and the reader goes on.
func TestTruncated(t *testing.T) {
	for _, packed := range []bool{false, true} {
		doc := small()
		doc.Packed = packed
		whole := doc.Bytes()
		for _, eighths := range []int{1, 3, 5, 7} {
			body := whole[:len(whole)*eighths/8]
			if _, err := shared.Text(t.Context(), body); err != nil && ibid.KindOf(err) != ibid.KindInput {
				t.Errorf("packed %v, %d/8: %v", packed, eighths, err)
			}
			if _, err := shared.Info(t.Context(), bytes.NewReader(body), int64(len(body))); err != nil && ibid.KindOf(err) != ibid.KindInput {
				t.Errorf("packed %v, %d/8: info: %v", packed, eighths, err)
			}
		}
	}
	read(t, small().Bytes())
}

func TestLimits(t *testing.T) {
	pages := small()
	pages.Pages = append(pages.Pages, pages.Pages[0], pages.Pages[0])
	tests := []struct {
		name    string
		options pdf.Options
		body    []byte
		want    error
	}{
		{"pages", pdf.Options{MaxPages: 2}, pages.Bytes(), pdf.ErrTooLarge},
		{"bytes", pdf.Options{MaxBytes: 100}, pages.Bytes(), pdf.ErrTooLarge},
		{"time", pdf.Options{Timeout: 300 * time.Millisecond}, formBomb(), pdf.ErrTime},
		{"memory", pdf.Options{MaxMemory: 48 << 20}, deflateBomb(t, 200<<20), pdf.ErrMemory},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := pdf.New(tt.options)
			defer func() {
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			}()
			_, err := r.Text(t.Context(), tt.body)
			if !errors.Is(err, tt.want) || ibid.KindOf(err) != ibid.KindInput {
				t.Fatalf("got %v, want %v of kind input", err, tt.want)
			}
			tiny := objects("<</Type/Catalog/Pages 2 0 R>>", onePage, "<</Type/Page/Parent 2 0 R>>")
			if tt.name == "bytes" {
				return
			}
			if doc, err := r.Text(t.Context(), tiny); err != nil || len(doc.Pages) != 1 {
				t.Errorf("the next document: %v", err)
			}
		})
	}
}

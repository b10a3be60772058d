package citeform

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

const (
	wordHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\r\n" +
		`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>`
	wordTail = `</w:body></w:document>`
	wordRels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId7" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="http://gfmd2008.org/" TargetMode="External"/><Relationship Id="rId8" Type="x" Target="http://gfmd2008.org/"/></Relationships>`
	wordBody = `<w:p><w:r><w:t>See </w:t></w:r><w:hyperlink r:id="rId7" w:history="1"><w:r><w:rPr><w:i/></w:rPr><w:t>http://gfmd2008.org/</w:t></w:r></w:hyperlink><w:r><w:t>.</w:t></w:r></w:p>` +
		`<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> HYPERLINK "https://blog</w:instrText></w:r><w:r><w:instrText>.example/q" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>who</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>` +
		`<w:p><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">Bare http://gfmd</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>2008.org/, said &amp; done</w:t></w:r></w:p>` +
		`<w:p><w:r><w:t>https://blog.example/q</w:t></w:r><w:r><w:delText>http://gfmd2008.org/</w:delText></w:r></w:p>`
	wordList = `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> ADDIN ZOTERO_BIBL {} CSL_BIBLIOGRAPHY </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>Quay. https://blog.example/q.</w:t></w:r></w:p>` +
		`<w:p><w:r><w:t>IOM. </w:t></w:r><w:hyperlink r:id="rId7"><w:r><w:t>x</w:t></w:r></w:hyperlink><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>` +
		`<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>http://gfmd2008.org/ 7</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`
	wordNotes = `<?xml version="1.0"?><w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> http://gfmd2008.org/</w:t></w:r></w:p></w:footnote></w:footnotes>`
	odtBody   = `<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="o" xmlns:text="t" xmlns:xlink="x"><office:body><office:text>` +
		`<text:p>See <text:a xlink:type="simple" xlink:href="http://gfmd2008.org/" text:style-name="Internet">it</text:a>, https://blog.<text:span>example/q</text:span>; ` +
		`and<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>A &amp; B, http://gfmd2008.org/.</text:p></text:note-body></text:note> more http://gfmd2008.org/other.</text:p>` +
		`</office:text></office:body></office:document-content>`
)

type zipped struct {
	name, body string
	method     uint16
}

func zipOf(t testing.TB, files ...zipped) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		to, err := w.CreateHeader(&zip.FileHeader{Name: f.name, Method: f.method, Modified: at("2009-06-04T08:00:00Z")})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(to, f.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.SetComment("kept"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func docxOf(t testing.TB, body string) []byte {
	return zipOf(t, zipped{"[Content_Types].xml", "<Types/>", zip.Deflate}, zipped{"word/document.xml", wordHead + body + wordTail, zip.Deflate},
		zipped{"word/_rels/document.xml.rels", wordRels, zip.Deflate}, zipped{"word/footnotes.xml", wordNotes, zip.Deflate},
		zipped{"word/media/image1.png", strings.Repeat("\x89PNG", 2000), zip.Store}, zipped{"docProps/", "", zip.Store})
}

func odtOf(t testing.TB, body string) []byte {
	return zipOf(t, zipped{"mimetype", "application/vnd.oasis.opendocument.text", zip.Store}, zipped{"content.xml", body, zip.Deflate},
		zipped{"styles.xml", strings.Repeat("<style/>", 500), zip.Deflate}, zipped{"META-INF/manifest.xml", "<manifest/>", zip.Deflate})
}

func TestRobustOfficeDocuments(t *testing.T) {
	for name, tt := range map[string]struct {
		body  []byte
		parts []string
		links int
	}{
		"a.docx": {docxOf(t, wordBody+wordList), []string{"word/document.xml", "word/footnotes.xml"}, 7},
		"a.odt":  {odtOf(t, odtBody), []string{"content.xml"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			o := Rewrite{Name: name, Language: "fr"}
			r, err := Robustify(tt.body, cited(), o)
			if err != nil {
				t.Fatal(err)
			}
			if r.Links != tt.links {
				t.Errorf("%d links, not %d", r.Links, tt.links)
			}
			sameButFor(t, tt.body, r.Body, tt.parts)
			var all strings.Builder
			for _, p := range tt.parts {
				body := zippedPart(t, r.Body, p)
				wellFormed(t, body)
				all.WriteString(strings.ReplaceAll(body, "><", ">\n<") + "\n")
			}
			golden(t, "robust/"+name+".golden", all.String())
			var diff strings.Builder
			if err := r.Diff(&diff, name, "robust.zip"); err != nil {
				t.Fatal(err)
			}
			golden(t, "robust/"+name+".diff", diff.String())
			again, err := Robustify(r.Body, cited(), o)
			if err != nil || again.Links != 0 || !bytes.Equal(again.Body, r.Body) {
				t.Errorf("the copy of the copy is another: %d links, %v", again.Links, err)
			}
		})
	}
}

// sameButFor holds that all files but the named ones are the same: order, headers and compressed bytes.
func sameButFor(t *testing.T, a, b []byte, changed []string) {
	t.Helper()
	was, now := open(t, a), open(t, b)
	if len(was.File) != len(now.File) || was.Comment != now.Comment {
		t.Fatalf("%d files %q, not %d %q", len(now.File), now.Comment, len(was.File), was.Comment)
	}
	for i, f := range was.File {
		g := now.File[i]
		if f.Name != g.Name || f.Method != g.Method || !f.Modified.Equal(g.Modified) || !bytes.Equal(f.Extra, g.Extra) {
			t.Errorf("the header of %s is another: %+v, %+v", f.Name, f.FileHeader, g.FileHeader)
		}
		same := bytes.Equal(raw(t, f), raw(t, g))
		for _, name := range changed {
			same = same || name == f.Name
		}
		if !same {
			t.Errorf("%s is not what it was", f.Name)
		}
	}
}

func open(t *testing.T, b []byte) *zip.Reader {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func raw(t *testing.T, f *zip.File) []byte {
	t.Helper()
	in, err := f.OpenRaw()
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func zippedPart(t *testing.T, body []byte, name string) string {
	t.Helper()
	in, err := open(t, body).Open(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(in)
	if err := errors.Join(err, in.Close()); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func wellFormed(t *testing.T, s string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v: %s", err, s)
		}
	}
}

func TestOfficeDocumentsThatCannotBeChanged(t *testing.T) {
	signed := zipped{"_xmlsignatures/origin.sigs", "", zip.Store}
	for want, body := range map[string][]byte{
		"signed":         zipOf(t, zipped{"word/document.xml", wordHead + wordTail, zip.Deflate}, signed),
		"encrypted":      zipOf(t, zipped{"content.xml", "x", zip.Store}, zipped{"META-INF/manifest.xml", "<manifest:encryption-data/>", zip.Store}),
		"neither":        zipOf(t, zipped{"a.txt", "x", zip.Store}),
		"two files":      zipOf(t, zipped{"content.xml", "x", zip.Store}, zipped{"content.xml", "y", zip.Store}),
		"cannot be read": zipOf(t, zipped{"word/document.xml", wordHead + `<w:p>`, zip.Deflate}),
		"usual form":     zipOf(t, zipped{"word/document.xml", `<x:document/>`, zip.Deflate}),
		"damaged":        docxOf(t, wordBody)[:500],
	} {
		if _, err := Robustify(body, cited(), Rewrite{Name: "a.docx"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func FuzzRobustDOCX(f *testing.F) { fuzzOffice(f, wordBody+wordList, docxOf) }

func FuzzRobustODT(f *testing.F) { fuzzOffice(f, odtBody, odtOf) }

func fuzzOffice(f *testing.F, seed string, pack func(testing.TB, string) []byte) {
	f.Add(seed)
	f.Fuzz(func(t *testing.T, body string) {
		o := Rewrite{Language: "en"}
		r, err := Robustify(pack(t, body), cited(), o)
		if err != nil {
			return
		}
		again, err := Robustify(r.Body, cited(), o)
		if err != nil || !bytes.Equal(again.Body, r.Body) {
			t.Errorf("the copy of the copy is another: %v", err)
		}
	})
}

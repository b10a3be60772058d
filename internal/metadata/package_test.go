package metadata

import (
	"archive/zip"
	"bytes"
	"fmt"
	"testing"
	"time"
)

var servedAt = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

// packageOf makes a ZIP file of names and contents in turn.
func packageOf(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = w.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFromPackage(t *testing.T) {
	const core = `<cp:coreProperties xmlns:cp="cp" xmlns:dc="dc" xmlns:dcterms="t"><dc:title>On tides</dc:title><dc:creator>Ann Other; Bo Third</dc:creator>` +
		`<cp:lastModifiedBy>Nobody</cp:lastModifiedBy><dc:language>en-GB</dc:language><dcterms:created>2009-05-12T10:00:00Z</dcterms:created><dcterms:modified>2009-06-01T10:00:00Z</dcterms:modified></cp:coreProperties>`
	const opf = `<package><metadata><dc:title id="t">On tides</dc:title><dc:creator>Smith &amp; Co</dc:creator><dc:creator>Ann Other</dc:creator><dc:date>2009</dc:date>` +
		`<dc:publisher>Quay Press</dc:publisher><dc:identifier>urn:isbn:978-3-16-148410-0</dc:identifier><meta property="dcterms:modified">2010-01-02T00:00:00Z</meta></metadata></package>`
	for _, tt := range []struct {
		name string
		body []byte
		want string
	}{
		{"DOCX", packageOf(t, "word/document.xml", "<x/>", "docProps/core.xml", core), "On tides [Ann Other Bo Third] 2009-05-12T10:00:00Z 2009-06-01T10:00:00Z en-GB  "},
		{
			"ODT", packageOf(t, "meta.xml", `<office:document-meta><office:meta><dc:title>On tides</dc:title><dc:creator>Ann Other</dc:creator><meta:creation-date>2009-05-12T10:00:00</meta:creation-date><dc:date>2009-06-01T10:00:00</dc:date></office:meta></office:document-meta>`),
			"On tides [Ann Other] 2009-05-12 2009-06-01   ",
		},
		{
			"EPUB", packageOf(t, "META-INF/container.xml", `<container><rootfiles><rootfile full-path="a/b.opf"/></rootfiles></container>`, "a/b.opf", opf),
			"On tides [Smith & Co Ann Other] 2009 2010-01-02T00:00:00Z  Quay Press 978-3-16-148410-0",
		},
		{"names of programs and files", packageOf(t, "docProps/core.xml", `<a><dc:title>report.docx</dc:title><dc:creator>user1</dc:creator></a>`), " []     "},
		{"neither", packageOf(t, "a.txt", "x"), "nil"},
		{"no ZIP", []byte("x"), "nil"},
		{"damaged", packageOf(t, "docProps/core.xml", "<a><b"), "nil"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := "nil"
			if d := FromPackage(bytes.NewReader(tt.body), int64(len(tt.body)), servedAt); d != nil {
				got = fmt.Sprint(d.Title, " ", d.Authors, " ", d.Published, " ", d.Modified, " ", d.Language, " ", d.Publisher, " ", d.Identifiers["isbn"])
			}
			if got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func FuzzFromPackage(f *testing.F) {
	f.Add("<a><dc:title>T</dc:title><dc:creator>A B</dc:creator><dc:date>2009-05-12</dc:date><meta property='dcterms:modified'>2009</meta></a>")
	f.Fuzz(func(t *testing.T, properties string) {
		for _, name := range []string{"docProps/core.xml", "meta.xml"} {
			body := packageOf(t, name, properties)
			if d := FromPackage(bytes.NewReader(body), int64(len(body)), servedAt); d != nil && (len(d.Title) > maxTitle || len(d.Authors) > maxAuthors) {
				t.Fatalf("%+v", d)
			}
		}
	})
}

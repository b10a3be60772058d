package citation

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	ibid "github.com/ibid-archive/ibid"
)

// zipped packs files, given as name and content, in that order.
func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i+1 < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const (
	wordBegin = `<?xml version="1.0"?><w:document xmlns:w="w" xmlns:r="r" xmlns:mc="mc"><w:body>`
	wordEnd   = `</w:body></w:document>`
	hyper     = `Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" TargetMode="External"`
)

// docxOf is a DOCX with that body, and further parts.
func docxOf(t testing.TB, body string, parts ...string) []byte {
	t.Helper()
	return zipped(t, append([]string{
		"[Content_Types].xml", "<Types/>", "word/document.xml", wordBegin + body + wordEnd,
		"word/styles.xml", `<w:styles xmlns:w="w"><w:style w:styleId="Berschrift1"><w:name w:val="heading 1"/></w:style><w:style w:styleId="Titel"><w:name w:val="Title"/></w:style></w:styles>`,
		"word/_rels/document.xml.rels", `<Relationships><Relationship Id="r1" ` + hyper + ` Target="http://example.org/a?b=1&amp;c=2"/></Relationships>`,
	}, parts...)...)
}

func run(text string) string { return "<w:r><w:t xml:space=\"preserve\">" + text + "</w:t></w:r>" }

func field(instruction, result string) string {
	return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>` + instruction + `</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>` +
		run(result) + `<w:r><w:fldChar w:fldCharType="end"/></w:r>`
}

type packedTest struct {
	name string
	body []byte
	want string
}

func runPackedTests(t *testing.T, tests []packedTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := described(readBody(t, Source{Name: "a", Body: tt.body}).References)
			if want := strings.TrimPrefix(tt.want, "\n"); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func TestDOCX(t *testing.T) {
	t.Parallel()
	footnotes := func(notes string) []string {
		return []string{"word/footnotes.xml", `<w:footnotes xmlns:w="w"><w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>` + notes + `</w:footnotes>`}
	}
	mark := func(id string) string {
		return `<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="` + id + `"/></w:r>`
	}
	csl := `ADDIN ZOTERO_ITEM CSL_CITATION {&quot;citationItems&quot;:[{&quot;id&quot;:1,&quot;itemData&quot;:{&quot;title&quot;:&quot;On Tides&quot;,&quot;URL&quot;:&quot;http://example.org/z&quot;}}]}`
	runPackedTests(t, []packedTest{
		{"hyperlink", docxOf(t, `<w:p>`+run("See ")+`<w:hyperlink r:id="r1">`+run("the ")+run("source")+`</w:hyperlink>`+run(".")+`</w:p>`), "link[]:0 http://example.org/a?b=1&c=2 “the source”\n"},
		{"hyperlink with an anchor", docxOf(t, `<w:p><w:hyperlink r:id="r1" w:anchor="p3">`+run("x")+`</w:hyperlink><w:hyperlink w:anchor="_Toc1">`+run("y")+`</w:hyperlink></w:p>`), "link[]:0 http://example.org/a?b=1&c=2#p3\n"},
		{"PMID", docxOf(t, `<w:p>`+run("See doi:10.1000/182. PM")+run("ID: 21187404; then Doe, PMID\u00a021187405.")+`</w:p>`), "inline[]:0 https://doi.org/10.1000/182\ninline[]:0 https://pubmed.ncbi.nlm.nih.gov/21187405\n"},
		{"address over runs", docxOf(t, `<w:p>`+run("See http://exam")+`<w:proofErr/>`+run("ple.org/a")+`<w:r><w:noBreakHyphen/></w:r>`+run("b and more.")+`</w:p>`), "inline[]:0 http://example.org/a-b\n"},
		{"field", docxOf(t, `<w:p>`+run("See ")+field(` HYPERLINK "http://example.org/f?a=1&amp;b=2" \l "p=3" \t "_blank" `, "The Source")+run(", and http://example.org/g.")+`</w:p>`), `
link[]:0 http://example.org/f?a=1&b=2#p=3 “The Source”
inline[]:0 http://example.org/g
`},
		{"field in pieces", docxOf(t, `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "http://exam</w:instrText></w:r><w:r><w:instrText>ple.org/f" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`+run("x")+`</w:p><w:p>`+run("y")+`<w:r><w:fldChar w:fldCharType="end"/></w:r>`+run(" http://example.org/g")+`</w:p>`), "link[]:0 http://example.org/f\ninline[]:0 http://example.org/g\n"},
		{"simple field", docxOf(t, `<w:p><w:fldSimple w:instr='HYPERLINK "http://example.org/f"'>`+run("The Source")+`</w:fldSimple></w:p>`), "link[]:0 http://example.org/f “The Source”\n"},
		{"other fields", docxOf(t, `<w:p>`+field(`PAGEREF _Toc1 \h`, "3")+field(`INCLUDEPICTURE "http://no.example/a.png"`, "")+run("http://example.org/a")+`</w:p>`), "inline[]:0 http://example.org/a\n"},
		{"Zotero", docxOf(t, `<w:p>`+run("As said ")+field(csl, "(Smith 2009)")+run(".")+`</w:p>`), "link[]:0 http://example.org/z “On Tides”\n"},
		{"Zotero in a note that shows it", docxOf(t, `<w:p>`+run("Text")+mark("2")+`</w:p>`, footnotes(`<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r>`+field(csl, "Smith, “On Tides”, http://example.org/z.")+`</w:p></w:footnote>`)...), "footnote[1]:0 http://example.org/z “On Tides”\n"},
		{"EndNote", docxOf(t, `<w:p>`+field(`ADDIN EN.CITE &lt;EndNote&gt;&lt;Cite&gt;&lt;record&gt;&lt;titles&gt;&lt;title&gt;On Tides&lt;/title&gt;&lt;/titles&gt;&lt;urls&gt;&lt;related-urls&gt;&lt;url&gt;http://example.org/e&lt;/url&gt;&lt;/related-urls&gt;&lt;/urls&gt;&lt;/record&gt;&lt;/Cite&gt;&lt;/EndNote&gt;`, "(1)")+`</w:p>`), "link[]:0 http://example.org/e “On Tides”\n"},
		{"Word's own sources", docxOf(t, `<w:p>`+field(` CITATION Smi09 \l 1033 `, "(Smith, 2009)")+`</w:p>`, "customXml/item1.xml", `<b:Sources xmlns:b="b"><b:Source><b:Tag>Smi09</b:Tag><b:Title>On Tides</b:Title><b:URL>http://example.org/w</b:URL></b:Source><b:Source><b:Tag>Not</b:Tag><b:URL>http://no.example/</b:URL></b:Source></b:Sources>`), "link[]:0 http://example.org/w “On Tides”\n"},
		{"notes in the order of their marks", docxOf(t, `<w:p>`+run("One")+mark("3")+run(" two")+mark("2")+`</w:p>`, footnotes(`<w:footnote w:id="2"><w:p>`+run("http://example.org/two")+`</w:p></w:footnote><w:footnote w:id="3"><w:p>`+run(" “Tides”, http://example.org/one (accessed 12 May 2009)")+`</w:p></w:footnote><w:footnote w:id="4"><w:p>`+run("http://no.example/")+`</w:p></w:footnote>`)...), `
footnote[1]:0 http://example.org/one “Tides” accessed 2009-05-12
footnote[2]:0 http://example.org/two
`},
		{"endnotes", docxOf(t, `<w:p>`+run("One")+`<w:r><w:endnoteReference w:id="2"/></w:r></w:p>`, "word/endnotes.xml", `<w:endnotes xmlns:w="w"><w:endnote w:id="2"><w:p>`+run("http://example.org/e")+`</w:p></w:endnote></w:endnotes>`), "endnote[1]:0 http://example.org/e\n"},
		{"deleted and hidden text", docxOf(t, `<w:p><w:del>`+strings.ReplaceAll(run("http://no.example/"), "w:t", "w:delText")+`</w:del><w:del><w:r><w:footnoteReference w:id="2"/></w:r></w:del><w:ins>`+run("http://example.org/ins")+`</w:ins><w:moveFrom>`+run(" http://no.example/")+`</w:moveFrom><w:r><w:rPr><w:vanish/></w:rPr><w:t>http://no.example/</w:t></w:r></w:p>`,
			footnotes(`<w:footnote w:id="2"><w:p>`+run("http://no.example/")+`</w:p></w:footnote>`)...), "inline[]:0 http://example.org/ins\n"},
		{"list of references", docxOf(t, `<w:p><w:pPr><w:pStyle w:val="Berschrift1"/></w:pPr>`+run("Text")+`</w:p><w:p>`+run("http://example.org/a")+`</w:p><w:p>`+run("References")+`</w:p><w:p>`+run("Smith, J. (2009). On tides of the sea. http://example.org/b")+`</w:p>`), `
inline[]:0 http://example.org/a
bibliography[]:0 http://example.org/b “On tides of the sea” by Smith, J.
`},
		{"text box, once", docxOf(t, `<w:p>`+run("See http://exam")+`<w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p>`+run("http://example.org/box")+`</w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p>`+run("http://example.org/box")+`</w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>`+run("ple.org/a")+`</w:p>`), "inline[]:0 http://example.org/a\ninline[]:0 http://example.org/box\n"},
		{"table", docxOf(t, `<w:tbl><w:tr><w:tc><w:p>`+run("http://example.org/a")+`</w:p></w:tc><w:tc><w:p>`+run("http://example.org/b")+`</w:p></w:tc></w:tr></w:tbl>`), "inline[]:0 http://example.org/a\ninline[]:0 http://example.org/b\n"},
	})
}

func TestDOCXDescribesItself(t *testing.T) {
	t.Parallel()
	body := docxOf(t, `<w:p><w:pPr><w:pStyle w:val="Titel"/></w:pPr>`+run("On ")+run("Tides")+`</w:p>`,
		"docProps/core.xml", `<cp:coreProperties xmlns:dc="dc" xmlns:dcterms="t"><dc:title>Document1</dc:title><dc:language>en_GB</dc:language><dcterms:created>2009-05-12T10:00:00Z</dcterms:created></cp:coreProperties>`)
	got := readBody(t, Source{Name: "a.docx", Body: body}).Document
	if got.Title != "On Tides" || got.Language != "en-GB" || got.Date != "2009-05-12" || got.MediaType != typeDOCX {
		t.Errorf("got %+v", got)
	}
}

const (
	odtBegin = `<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:text="t" xmlns:xlink="x" xmlns:style="s" xmlns:fo="f"><office:automatic-styles>` +
		`<style:style style:name="T1" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>` +
		`<style:style style:name="T2" style:family="text"><style:text-properties fo:font-style="italic"/></style:style></office:automatic-styles><office:body><office:text>`
	odtEnd = `</office:text></office:body></office:document-content>`
)

func odtOf(t testing.TB, body string) []byte {
	t.Helper()
	return zipped(t, "mimetype", string(typeODT), "content.xml", odtBegin+body+odtEnd, "meta.xml", `<office:document-meta xmlns:office="o"><office:meta><dc:title>On Tides</dc:title><dc:language>de-AT</dc:language><meta:creation-date>2009-05-12T10:00:00</meta:creation-date></office:meta></office:document-meta>`)
}

func TestODT(t *testing.T) {
	t.Parallel()
	note := func(class, label, text string) string {
		return `<text:note text:note-class="` + class + `"><text:note-citation>` + label + `</text:note-citation><text:note-body><text:p>` + text + `</text:p></text:note-body></text:note>`
	}
	runPackedTests(t, []packedTest{
		{"links", odtOf(t, `<text:p>See <text:a xlink:href="http://example.org/a"><text:span>the source</text:span></text:a> and http://example<text:span>.org/b</text:span>.</text:p>`), "link[]:0 http://example.org/a “the source”\ninline[]:0 http://example.org/b\n"},
		{"notes", odtOf(t, `<text:p>One http://exam`+note("footnote", "1", `“Tides”, <text:a xlink:href="http://example.org/n">http://example.org/n</text:a>, accessed 12 May 2009`)+`ple.org/a two`+note("endnote", "i", "http://example.org/e")+`.</text:p>`), `
inline[]:0 http://example.org/a
footnote[1]:0 http://example.org/n “Tides” accessed 2009-05-12
endnote[i]:0 http://example.org/e
`},
		{"mark of a note that is text", odtOf(t, `<text:p>At http://example.org/a<text:span text:style-name="T1">12</text:span>.</text:p>`), "inline[]:0 http://example.org/a\n"},
		{"deleted text, remarks, contents", odtOf(t, `<text:tracked-changes><text:changed-region><text:deletion><text:p>http://no.example/</text:p></text:deletion></text:changed-region></text:tracked-changes><text:table-of-content><text:index-body><text:p>http://no.example/</text:p></text:index-body></text:table-of-content><text:p>Text<office:annotation><text:p>http://no.example/</text:p></office:annotation></text:p>`), ""},
		{"list of references", odtOf(t, `<text:h text:outline-level="1">Literatur</text:h><text:list><text:list-item><text:p>„Gezeiten“, http://example.org/a</text:p></text:list-item></text:list><text:p>http://example.org/b</text:p><text:h text:outline-level="1">Anhang</text:h><text:p>http://example.org/c</text:p>`), `
bibliography[]:0 http://example.org/a “Gezeiten”
bibliography[]:0 http://example.org/b
inline[]:0 http://example.org/c
`},
		{"Zotero", odtOf(t, `<text:p>As said <text:reference-mark-start text:name="ZOTERO_ITEM CSL_CITATION {&quot;citationItems&quot;:[{&quot;itemData&quot;:{&quot;title&quot;:&quot;On Tides&quot;,&quot;URL&quot;:&quot;http://example.org/z&quot;}}]} RNDabc"/>(Smith 2009)<text:reference-mark-end/></text:p>`), "link[]:0 http://example.org/z “On Tides”\n"},
		{"bibliography marks", odtOf(t, `<text:p>As said <text:bibliography-mark text:identifier="S09" text:title="On Tides" text:url="http://example.org/m">[S09]</text:bibliography-mark></text:p>`), "link[]:0 http://example.org/m “On Tides”\n"},
	})
	got := readBody(t, Source{Name: "a.odt", Body: odtOf(t, "")}).Document
	if got.Title != "On Tides" || got.Language != "de-AT" || got.Date != "2009-05-12" || got.MediaType != typeODT {
		t.Errorf("got %+v", got)
	}
}

func TestFlatODT(t *testing.T) {
	t.Parallel()
	body := strings.ReplaceAll(odtBegin, "office:document-content", "office:document") + `<text:p>http://example.org/a</text:p>` + strings.ReplaceAll(odtEnd, "office:document-content", "office:document")
	runDocumentTests(t, "a.fodt", []documentTest{{"flat", body, "inline[]:0 http://example.org/a\n"}})
}

func TestEPUB(t *testing.T) {
	t.Parallel()
	page := func(body string) string {
		return `<?xml version="1.0"?><html xmlns="h" xmlns:epub="e"><head><title/><script src="x"/></head><body>` + body + `</body></html>`
	}
	book := zipped(t, "mimetype", string(typeEPUB),
		"META-INF/container.xml", `<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>`,
		"OEBPS/book.opf", `<package xmlns:dc="d"><metadata><dc:title>On Tides</dc:title><dc:language>en</dc:language><dc:date>2009-05</dc:date></metadata><manifest>`+
			`<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/><item id="b" href="b%20c.xhtml" media-type="application/xhtml+xml"/><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>`+
			`<spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>`,
		"OEBPS/nav.xhtml", page(`<a href="http://no.example/">x</a>`),
		"OEBPS/a.xhtml", page(`<h1>One</h1><p><a id="x"/>See <a href="http://example.org/a">the <i>source</i></a><a epub:type="noteref" href="#n1">1</a>.</p><aside epub:type="footnote" id="n1"><p>1. http://example.org/n</p></aside>`),
		"OEBPS/b c.xhtml", `<html><body><p>Broken <b>http://example.org/b</p>`)
	runPackedTests(t, []packedTest{{"book", book, `
link[]:0 http://example.org/a “the source”
footnote[1]:0 http://example.org/n
inline[]:0 http://example.org/b
`}})
}

func TestSpreadsheets(t *testing.T) {
	t.Parallel()
	runPackedTests(t, []packedTest{
		{"XLSX", zipped(t, "xl/workbook.xml", "<workbook/>", "xl/sharedStrings.xml", `<sst><si><t>Title</t></si><si><r><t>On </t></r><r><t>Tides</t></r></si><si><t>http://example.org/a</t></si></sst>`,
			"xl/worksheets/sheet1.xml", `<worksheet><sheetData><row><c r="A1" t="s"><v>0</v></c></row><row><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>2</v></c><c r="C2" t="inlineStr"><is><t>more</t></is></c><c r="D2" t="str"><f>HYPERLINK("http://example.org/f","x")</f><v>x</v></c></row></sheetData><hyperlinks><hyperlink ref="C2" r:id="r1" location="p3"/></hyperlinks></worksheet>`,
			"xl/worksheets/_rels/sheet1.xml.rels", `<Relationships><Relationship Id="r1" `+hyper+` Target="http://example.org/c"/></Relationships>`), `
link[]:2 http://example.org/a “On Tides”
link[]:2 http://example.org/c#p3 “On Tides”
link[]:2 http://example.org/f “On Tides”
`},
		{"ODS", zipped(t, "mimetype", string(typeODS), "content.xml", `<office:document-content><office:spreadsheet><table:table><table:table-row><table:table-cell><text:p><text:a xlink:href="http://example.org/a">On Tides</text:a></text:p></table:table-cell><table:table-cell><text:p>http://example.org/b</text:p><office:annotation><text:p>http://no.example/</text:p></office:annotation></table:table-cell></table:table-row></table:table></office:spreadsheet></office:document-content>`), `
link[]:1 http://example.org/a “On Tides”
link[]:1 http://example.org/b
`},
	})
}

func TestArchive(t *testing.T) {
	t.Parallel()
	body := zipped(t, "thesis/main.tex", "\\documentclass{book}\\title{On Tides}\\input{one}\\cite{a}\\bibliography{refs}", "thesis/one.tex", "http://example.org/one",
		"thesis/refs.bib", "@misc{a, url={http://example.org/a}}\n@misc{b, url={http://no.example/}}", "notes/n.md", "See http://example.org/n.", "__MACOSX/n.md", "http://no.example/", "package.json", `{"homepage":"http://no.example/"}`)
	result := readBody(t, Source{Name: "a.zip", Body: body})
	var got strings.Builder
	for _, r := range result.References {
		got.WriteString(r.ID + " " + r.Locator.File + " " + r.URI + "\n")
	}
	want := "r1 thesis/main.tex http://example.org/one\nr2 thesis/main.tex http://example.org/a\nr3 notes/n.md http://example.org/n\n"
	if got.String() != want || result.Document.Title != "On Tides" || result.Document.MediaType != typeZIP {
		t.Errorf("got %+v\n%swant\n%s", result.Document, got.String(), want)
	}
}

func TestPackedUnreadable(t *testing.T) {
	t.Parallel()
	whole := docxOf(t, "<w:p/>")
	sharing := zipped(t, "xl/workbook.xml", "<workbook/>", "xl/sharedStrings.xml", "<sst><si><t>"+strings.Repeat("a", 1<<20)+"</t></si></sst>",
		"xl/worksheets/sheet1.xml", "<worksheet><row>"+strings.Repeat(`<c t="s"><v>0</v></c>`, maxGiven>>20+1)+"</row></worksheet>")
	linking := zipped(t, "word/document.xml", wordBegin+strings.Repeat(`<w:p><w:hyperlink r:id="a"><w:r><w:t>a</w:t></w:r></w:hyperlink></w:p>`, maxKept/8000+1)+wordEnd,
		"word/_rels/document.xml.rels", `<Relationships><Relationship Id="a" `+hyper+` Target="http://a.example/`+strings.Repeat("a", 8000)+`"/></Relationships>`)
	tests := []struct {
		name string
		body []byte
		want string
	}{
		{"one text in many cells", sharing, "the cells of a sheet hold more than 16 MB of text"},
		{"one long link many times", linking, "its references are longer than 128 MB"},
		{"cut", whole[:len(whole)/2], "a damaged or cut ZIP file"},
		{"bomb", docxOf(t, strings.Repeat(" ", maxPart+1)), "it unpacks to more than 64 MB"},
		{"deep", docxOf(t, strings.Repeat("<w:p>", 100_000)), "its XML has too many elements, or too deep ones"},
		{"without a document", zipped(t, "word/styles.xml", "<x/>"), "it lacks a part: word/document.xml"},
		{"not XML", docxOf(t, "<w:p <<"), "its XML is damaged"},
		{"encrypted ODT", zipped(t, "mimetype", string(typeODT), "content.xml", "x", "META-INF/manifest.xml", "<manifest:encryption-data/>"), "it is encrypted"},
		{"book under DRM", zipped(t, "mimetype", string(typeEPUB), "META-INF/encryption.xml", "<EncryptionMethod Algorithm='http://www.w3.org/2001/04/xmlenc#aes128-cbc'/>"), "it is protected by DRM"},
		{"nothing in it", zipped(t, "a.png", "x"), "it is a ZIP archive without a document that can be read"},
		{"presentation", zipped(t, "ppt/presentation.xml", "x"), "a PPTX presentation"},
		{"archive in an archive", zipped(t, "a.docx", string(zipped(t, "a.md", "x"))), "a.docx in it cannot be read"},
		{"book without a book", zipped(t, "mimetype", string(typeEPUB)), "its container does not say where the book is"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(context.Background(), Source{Name: "a.docx", Body: tt.body}, Options{})
			var e *ibid.Error
			if !errors.As(err, &e) || e.Kind != ibid.KindInput || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// TestEntities reads XML that defines entities of its own: what is a piece of plain text is put in, as often as makes 1 MB; what holds
// others, markup or a file is not.
func TestEntities(t *testing.T) {
	t.Parallel()
	body := `<?xml version="1.0"?><!DOCTYPE article PUBLIC "-//NLM//DTD JATS" [<!ENTITY a "http://example.org/a"><!ENTITY b SYSTEM "file:///etc/passwd"><!ENTITY c "http://no.example/&a;"><!ENTITY d "&#60;x>http://no.example/">]><article><body><p>&a; &b; &c; &d; <ext-link xlink:href="&a;/b">x</ext-link> http://example.org/</p></body></article>`
	got := described(readBody(t, Source{Name: "a.xml", Body: []byte(body)}).References)
	if got != "inline[]:0 http://example.org/a\nlink[]:0 http://example.org/a/b\ninline[]:0 http://example.org/\n" {
		t.Errorf("got %s", got)
	}
	const begin = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">]>`
	if text := withEntities(begin + strings.Repeat("&a;", 1<<17)); len(text) > 3<<17+maxUnfolded+maxUnfolded {
		t.Errorf("its entities became %d bytes", len(text))
	}
}

// TestEntityBombs reads in each language of XML a document that grows a thousand millionfold where its entities are expanded, and
// one that is cut. Both are read as far as they go, or refused in one sentence.
func TestEntityBombs(t *testing.T) {
	t.Parallel()
	bomb := `<!DOCTYPE x [<!ENTITY a "http://no.example/">`
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf(`<!ENTITY %c "%s">`, c, strings.Repeat(fmt.Sprintf("&%c;", c-1), 10))
	}
	bomb += "]>"
	for name, body := range map[string]string{
		"JATS":     `<article><body><p>HERE</p></body></article>`,
		"DocBook":  `<article xmlns="http://docbook.org/ns/docbook"><para>HERE</para></article>`,
		"OPML":     `<opml><body><outline text="HERE" htmlUrl="http://example.org/"/></body></opml>`,
		"EndNote":  `<xml><records><record><urls><related-urls><url>HERE</url></related-urls></urls></record></records></xml>`,
		"MODS":     `<mods><location><url>HERE</url></location></mods>`,
		"ODT":      `<office:document><office:body><office:text><text:p>HERE</text:p></office:text></office:body></office:document>`,
		"wikitext": `<mediawiki><page><title>T</title><revision><text>HERE</text></revision></page></mediawiki>`,
	} {
		for what, text := range map[string]string{"bomb": body, "cut": body[:strings.Index(body, "HERE")+len("HERE")]} {
			t.Run(name+", "+what, func(t *testing.T) {
				t.Parallel()
				text := `<?xml version="1.0"?>` + bomb + strings.Replace(text, "HERE", "&j; http://example.org/", 1)
				result, err := Read(context.Background(), Source{Name: "a.xml", Body: []byte(text)}, Options{})
				if err == nil && what == "bomb" && name != "wikitext" {
					t.Error("a bomb was read")
				}
				if err != nil {
					if ibid.KindOf(err) != ibid.KindInput || strings.ContainsAny(err.Error(), "\n") {
						t.Errorf("got %v", err)
					}
					return
				}
				if got := described(result.References); strings.Contains(got, "no.example") || len(got) > 200 {
					t.Errorf("got %d bytes: %.200s", len(got), got)
				}
			})
		}
	}
}

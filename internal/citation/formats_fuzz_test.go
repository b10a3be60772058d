package citation

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	ibid "github.com/ibid-archive/ibid"
)

// fuzzReader reads foreign bytes with one reader. Whatever comes, it must not panic, and what it finds must be usable.
func fuzzReader(t *testing.T, name string, read func(*collector) error) {
	t.Helper()
	c := newCollector(context.Background(), Source{Name: name}, Options{MaxReferences: 10_000})
	c.beside = func(path string) ([]byte, error) {
		if len(path)%2 == 0 {
			return []byte("@misc{a, url={http://example.org/a}}\n\\cite{a}\\input{" + path + "x}"), nil
		}
		return nil, fs.ErrNotExist
	}
	if err := read(c); err != nil {
		if ibid.KindOf(err) != ibid.KindInput {
			t.Fatalf("%v is not an input error", err)
		}
		return
	}
	for i, r := range c.refs {
		if r.ID != fmt.Sprintf("r%d", i+1) || r.Address() == "" && len(r.Works) == 0 || r.Locator.Kind == "" {
			t.Fatalf("bad reference %+v", r)
		}
		for _, uri := range []string{r.URI, r.Original} {
			if again, ok := linkAddress(uri); uri != "" && (!ok || again != uri) {
				t.Fatalf("%q is not usable: %q", uri, again)
			}
		}
	}
}

func fuzzText(f *testing.F, name string, read func(*collector, string) error, seeds ...string) {
	f.Helper()
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fuzzReader(t, name, func(c *collector) error { return read(c, cleaned(text)) })
	})
}

func FuzzBibTeX(f *testing.F) {
	fuzzText(f, "a.bib", readBibTeX, "@misc{a, title = {T{\\\"u}}, author={A and {B}}, url = {http://a.example/\\_} # x, doi=\"10.1000/1\"}\n@string{x=\"y\"}@comment{z}", "@a(b,eprint={2003.05580},archiveprefix=arxiv,note={\\href{http://a.example}{x}}")
}

func FuzzRIS(f *testing.F) {
	fuzzText(f, "a.ris", readRIS, "TY  - JOUR\nUR  - http://a.example/\nx\nDO  - 10.1000/1\nER  - \n", "PMID- 123456\nLID - 10.1000/1 [doi]\nFAU - A, B\n")
}

func FuzzEndNote(f *testing.F) {
	fuzzText(f, "a.xml", readEndNote, "<xml><records><record><titles><title><style>T</style></title></titles><urls><related-urls><url>http://a.example/</url></related-urls></urls></record></records></xml>")
}

func FuzzRefer(f *testing.F) {
	fuzzText(f, "a.enw", readRefer, "%0 Book\n%A A, B\n%U http://a.example/\nx\n%R 10.1000/1\n\n%T T\n")
}

func FuzzMODS(f *testing.F) {
	fuzzText(f, "a.xml", readMODS, "<mods ID='a'><titleInfo><title>T</title></titleInfo><name><namePart type='given'>A</namePart></name><relatedItem><mods/></relatedItem><identifier type='doi'>10.1000/1</identifier><location><url>http://a.example/</url></location></mods>")
}

func FuzzCSL(f *testing.F) {
	fuzzText(f, "a.json", readCSLFile, `[{"id":1,"URL":"http://a.example/","DOI":"10.1000/1","accessed":{"date-parts":[[2009,"5"]]}}]`, `{"items":[{"PMID":12345,"note":"{:DOI: 10.1000/1}\nURL: http://b.example/"}]}`)
}

func FuzzNotebook(f *testing.F) {
	fuzzText(f, "a.ipynb", readNotebook, `{"cells":[{"cell_type":"markdown","source":["---\n","title: T\n","---\n","# A [b](http://a.example/)[^1]\n","\n","[^1]: @a"]},{"cell_type":"raw","source":"x"}],"metadata":{"title":"T"},"nbformat":4}`, `{"worksheets":[{"cells":[{"cell_type":"markdown","source":1}]}],"nbformat":3}`)
}

func FuzzBookmarks(f *testing.F) {
	fuzzText(f, "a.json", readBookmarks, `{"children":[{"title":"T","uri":"http://a.example/"},["x",{"url":1}]]}`)
}

func FuzzOPML(f *testing.F) {
	fuzzText(f, "a.opml", readOPML, "<opml><title>T</title><outline text='T' htmlUrl='http://a.example/' _note='http://b.example/'/></opml>")
}

func FuzzCSV(f *testing.F) {
	fuzzText(f, "a.csv", readCSV, "title,url,accessed\n\"T\",http://a.example/,2009-05-12\n10.1000/1;x")
}

func FuzzMarkdown(f *testing.F) {
	fuzzText(f, "a.md", readMarkdown, "---\ntitle: T\n---\n# A\n[b](http://b.example/ \"c\") ![d](e) [f][g] @h [@i, p. 1; @j] [^k] <http://l.example/> `m`\n\n> - n <b>o</b>\n\n|p|q|\n|-|-|\n|http://p.example/|r|\n\n[g]: http://g.example/\n[^k]: s\n\n```csl-json\n{}\n```\n")
}

func FuzzHTML(f *testing.F) {
	fuzzText(f, "a.html", readHTML, "<html lang=en><head><base href=http://b.example/><title>T</title><body><main><h1>A</h1><p>b<sup><a href=#n1>1</a></sup> <a href=c title=d>e</a><ol class=references><li id=n1>f <cite>g</cite> http://h.example/</ol><nav><a href=i>j</a></nav><pre>k</pre><table><tr><td>l<a href=//m.example/>n</a></table>")
}

func FuzzRST(f *testing.F) {
	fuzzText(f, "a.rst", readRST, "T\n=\n\n`a <http://a.example/>`_ b_ `c`__ ``d`` :doi:`10.1000/1` :rfc:`x <1#y>` :cite:p:`{a}b{c},d` |e|_ *f*\n\n.. _b: http://b.example/\n__ http://c.example/\n\n.. [1] x\n\n.. image:: y\n   :target: http://d.example/\n\nx::\n\n  y\n")
}

func FuzzOrg(f *testing.F) {
	fuzzText(f, "a.org", readOrg, "#+TITLE: T\n#+LINK: b http://b.example/%s\n#+LINK: d http://d.example/%h?\n[[b:x][y]] [[d::z]]\n* A :b:\n[[http://a.example/][x]] [fn:1] =c= [cite:@a]\n\n[fn:1] http://b.example/\n#+begin_src x\n#+end_src\n:D:\n:END:\n- x\n")
}

func FuzzTypst(f *testing.F) {
	fuzzText(f, "a.typ", readTypst, "#set document(title: [T])\n#show: x.with(title: \"U\")\n= A <a>\n_b_ #link(\"http://a.example/\")[c [d]] @e[p. 1]#footnote[http://b.example/ `f` $g$] // h\n- #figure(table([i], link(\"http://c.example/\")), caption: [j])\n#cite(<k>, form: \"prose\") #bibliography((\"ab\", \"c.bib\"), full: true)\n#include \"ab\"\n/* l */ \\# ```m``` #{n}", "#link(\"http://a.example/\" + x)[y", "#(([[{[")
}

func FuzzASCIIDoc(f *testing.F) {
	fuzzText(f, "a.adoc", readASCIIDoc, "= T\n:a: http://a.example\n\nlink:{a}/b[c^] http://b.example/[d] footnote:[e http://c.example/[f]] <<g,h>> `i` _j_\n\n----\nx\n----\n* [[[k,1]]] l", "http://a[]://[]")
}

func FuzzWikitext(f *testing.F) {
	fuzzText(f, "a.wiki", readWikitext, "A<ref name=a>{{cite web|url=http://a.example/|title=''T''}}</ref> [http://b.example/ c] [[File:a|b]]\n== References ==\n* {{URL|c.example}} <!-- x -->\n{|\n|}", "<mediawiki><page><title>T</title><text>[http://a.example/]</text></page></mediawiki>")
}

func FuzzLaTeX(f *testing.F) {
	fuzzText(f, "a.tex", readLaTeX, "\\def\\w#1#2{\\href{#1}{#2}}\\w{http://a.example/}{x}\\newcommand{\\v}[1]{\\v{#1#1}\\url{\\v{#1}}}\\v{x}\\NewDocumentCommand\\u{m m}{\\w{#2}{#1}}\\u{a}{b}\\newcommand{\\a}{http://a.example}\\section{A}\\url{\\a/b}\\href{x}{y}\\footnote{z \\url|http://b.example/|}\\cite[1]{a}\\bibliography{ab}{\\em c}\n\n\\begin{thebibliography}{1}\\bibitem{a}x\\end{thebibliography}\\verb|x|\\def\\q{r}\\input{ab}", "\\em c \\href{http://a.example/}", "\\entry{a}{b}{}\n\\verb{url}\n\\verb http://a.example/\n")
}

func FuzzBbl(f *testing.F) {
	fuzzText(f, "a.bbl", func(c *collector, text string) error {
		l := &latex{c: c, macros: make(map[string]texMacro)}
		l.bbl(text)
		return c.err
	}, "\\entry{a}{b}{}\n\\field{title}{T}\n\\verb{url}\n\\verb http://a.example/\n\\field{urlyear}{2009}", "\\begin{thebibliography}{1}\\bibitem{a}\\url{http://a.example/}\\end{thebibliography}")
}

func FuzzJATS(f *testing.F) {
	fuzzText(f, "a.xml", readJATS, "<article><front><article-meta><title-group><article-title>T</article-title></title-group></article-meta></front><body><p>a<fn><label>1</label><p>http://a.example/</p></fn></p></body><back><ref-list><ref><pub-id pub-id-type='doi'>10.1000/1</pub-id></ref></ref-list></back></article>")
}

func FuzzDocBook(f *testing.F) {
	fuzzText(f, "a.xml", readDocBook, "<article><info><title>T</title></info><para>a<footnote><para>http://a.example/</para></footnote><ulink url='http://b.example/'>c</ulink></para><bibliography><biblioentry><title>d</title></biblioentry></bibliography></article>")
}

func FuzzODT(f *testing.F) {
	fuzzText(f, "a.fodt", readFlatODT, odtBegin+"<text:h text:outline-level='1'>References</text:h><text:p>a<text:note text:note-class='footnote'><text:note-citation>1</text:note-citation><text:note-body><text:p>http://a.example/</text:p></text:note-body></text:note><text:a xlink:href='http://b.example/'>c</text:a></text:p>"+odtEnd)
}

func FuzzDOCX(f *testing.F) {
	f.Add("<w:p>"+field(`HYPERLINK "http://a.example/" \l "b"`, "c")+"<w:hyperlink r:id='r1'><w:r><w:t>d</w:t></w:r></w:hyperlink><w:txbxContent><w:p/></w:txbxContent><w:r><w:footnoteReference w:id='2'/></w:r></w:p>", "<w:footnote w:id='2'><w:p><w:r><w:t>http://b.example/</w:t></w:r></w:p></w:footnote>")
	f.Fuzz(func(t *testing.T, body, notes string) {
		packed := docxOf(t, body, "word/footnotes.xml", "<w:footnotes>"+notes+"</w:footnotes>")
		fuzzReader(t, "a.docx", func(c *collector) error { return readDOCX(c, packed) })
	})
}

func FuzzSheets(f *testing.F) {
	f.Add("<sheetData><row><c r='A1' t='s'><v>0</v></c><c r='B1'><f>HYPERLINK(\"http://a.example/\")</f></c></row></sheetData><hyperlinks><hyperlink ref='A1' r:id='r1'/></hyperlinks>", "<table:table-row><table:table-cell><text:p><text:a xlink:href='http://a.example/'>b</text:a></text:p></table:table-cell></table:table-row>")
	f.Fuzz(func(t *testing.T, sheet, table string) {
		xlsx := zipped(t, "xl/sharedStrings.xml", "<sst><si><t>http://b.example/</t></si></sst>", "xl/worksheets/sheet1.xml", "<worksheet>"+sheet+"</worksheet>")
		fuzzReader(t, "a.xlsx", func(c *collector) error { return readXLSX(c, xlsx) })
		fuzzReader(t, "a.ods", func(c *collector) error { return readODS(c, zipped(t, "content.xml", table)) })
	})
}

// FuzzPacked reads foreign ZIP files, with each of the readers that takes them.
func FuzzPacked(f *testing.F) {
	f.Add(docxOf(f, "<w:p/>"), uint8(0))
	f.Add(odtOf(f, "<text:p/>"), uint8(1))
	f.Add(zipped(f, "META-INF/container.xml", `<container><rootfiles><rootfile full-path="a"/></rootfiles></container>`, "a", `<package><manifest><item id="a" href="b" media-type="html"/></manifest><spine><itemref idref="a"/></spine></package>`, "b", "<p>http://a.example/</p>"), uint8(2))
	readers := []func(*collector, []byte) error{readDOCX, readODT, readEPUB, readXLSX, readODS}
	f.Fuzz(func(t *testing.T, body []byte, kind uint8) {
		fuzzReader(t, "a", func(c *collector) error { return readers[int(kind)%len(readers)](c, body) })
		_, _ = zipType(body)
	})
}

func FuzzEPUBPage(f *testing.F) {
	f.Add("<html><body><a href='http://a.example/'>b</a><aside epub:type='footnote'>c</aside>")
	f.Fuzz(func(t *testing.T, page string) {
		book := zipped(t, "META-INF/container.xml", `<container><rootfiles><rootfile full-path="a"/></rootfiles></container>`, "a", `<package><manifest><item id="a" href="b" media-type="html"/></manifest><spine><itemref idref="a"/></spine></package>`, "b", page)
		fuzzReader(t, "a.epub", func(c *collector) error { return readEPUB(c, book) })
	})
}

func FuzzZotero(f *testing.F) {
	f.Add(zoteroLibrary(f, 4))
	f.Fuzz(func(t *testing.T, body []byte) {
		fuzzReader(t, "a.sqlite", func(c *collector) error { return readZotero(c, body) })
	})
}

func FuzzUnarchived(f *testing.F) {
	f.Add("https://web.archive.org/web/20090512093015id_/http://example.org/a")
	f.Add("https://archive.ph/2013.05.12-093015/http:/example.org/a")
	f.Add("http://www.webcitation.org/query?url=http%3A%2F%2Fexample.org%2Fa&date=2009-05-12")
	f.Fuzz(func(t *testing.T, uri string) {
		original, date, ok := unarchived(uri)
		if again, usable := linkAddress(original); ok && (!usable || again != original) || date != "" && !date.Valid() {
			t.Fatalf("%q: %q %q", uri, original, date)
		}
	})
}

func FuzzRefuseBomb(f *testing.F) {
	f.Add(`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "bb"><!ENTITY % b '&a;&a;'><!ENTITY c "&c;">]><x/>`)
	f.Fuzz(func(t *testing.T, text string) {
		withEntities(text)
		if err := refuseBomb(text); err != nil && !strings.Contains(text, "<!ENTITY") {
			t.Fatalf("%q has no entities of its own: %v", text, err)
		}
	})
}

package citation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	ibid "github.com/ibid-archive/ibid"
)

// readBody reads a document that can be read.
func readBody(t *testing.T, src Source) *Result {
	t.Helper()
	result, err := Read(context.Background(), src, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// described is one line for each reference: kind[label]:line uri, and what else is known of it.
func described(refs []ibid.Reference) string {
	var b strings.Builder
	for _, r := range refs {
		fmt.Fprintf(&b, "%s[%s]:%d %s", r.Locator.Kind, r.Locator.Label, r.Locator.Line, r.URI)
		if r.Title != "" {
			fmt.Fprintf(&b, " “%s”", r.Title)
		}
		if len(r.Authors) > 0 {
			fmt.Fprintf(&b, " by %s", strings.Join(r.Authors, "; "))
		}
		if r.Accessed != "" {
			fmt.Fprintf(&b, " accessed %s", r.Accessed)
		}
		for _, w := range r.Works {
			fmt.Fprintf(&b, " work %s “%s” %s", w.Label, w.Title, strings.Join(w.Languages, ","))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// documentTest is a document and what is cited in it, as described writes it.
type documentTest struct{ name, body, want string }

func runDocumentTests(t *testing.T, file string, tests []documentTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := described(readBody(t, Source{Name: file, Body: []byte(tt.body)}).References)
			if want := strings.TrimPrefix(tt.want, "\n"); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file, body string
		want             ibid.Document
	}{
		{"metadata block", "a.md", "---\ntitle: \"A Study: Rivers\"\nlang: fr_CA\ndate: 2009-06\n---\n# Heading\n", ibid.Document{Title: "A Study: Rivers", Language: "fr-CA", Date: "2009-06", MediaType: typeMarkdown}},
		{"pandoc title", "a.md", "% A Study\n% J. Smith\n% 4 June 2009\n\nText\n", ibid.Document{Title: "A Study", Date: "2009-06-04", MediaType: typeMarkdown}},
		{"heading", "a.md", "Text\n\n## Two\n\n# One *more*\n\n# Last\n", ibid.Document{Title: "One more", MediaType: typeMarkdown}},
		{"bold paragraph with a date", "a.md", "The Society\n\n**Meeting of the Rivers\nLyon, 4-5 June 2009**\n\nText.\n", ibid.Document{Title: "Meeting of the Rivers Lyon, 4-5 June 2009", Date: "2009-06-04", MediaType: typeMarkdown}},
		{"rule is no metadata", "a.md", "---\nSome text here, no key\n\n---\n", ibid.Document{MediaType: typeMarkdown}},
		{"page", "a.html", "<!DOCTYPE html><html lang=de-AT><head><title>Titel – Die Zeitung</title><meta property='article:published_time' content='2009-06-04'></head><body><h1>Titel</h1></body></html>", ibid.Document{Title: "Titel", Language: "de-AT", Date: "2009-06-04", MediaType: typeHTML}},
		{"page of a journal", "a", "<html><head><meta name='citation_title' content='On  Tides'><meta name=DC.language content=es><meta name='citation_publication_date' content='2009/6/4'></head></html>", ibid.Document{Title: "On Tides", Language: "es", Date: "2009-06-04", MediaType: typeHTML}},
		{"text", "a.txt", "On Tides\n========\n\nThe water rises and the water falls, as everyone who lives by the sea can see each day, and nobody knew why for a long time.\n", ibid.Document{Title: "On Tides", Language: "en", MediaType: typeText}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := readBody(t, Source{Name: tt.file, Body: []byte(tt.body)}).Document
			tt.want.Source, tt.want.Digest = tt.file, ibid.DigestOf([]byte(tt.body))
			tt.want.ID = ibid.DocumentID(tt.want.Digest)
			if got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, body, want string }{
		{"nothing", "a.md", "", "it is empty"},
		{"white space", "a.txt", " \n\t\r\n", "it is empty"},
		{"picture", "a.md", "\x89PNG\r\n\x1a\n\x00\x00", "a PNG image"},
		{"program", "a.txt", "\x7fELF\x02\x01\x01\x00\x00", "a program"},
		{"cut archive", "a.docx", "PK\x03\x04\x14\x00\x00\x00word/document.xml", "a damaged or cut ZIP file"},
		{"encrypted office", "a.docx", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 64) + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00", "it is encrypted: save it without a password"},
		{"old office", "a.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"},
		{"compressed", "a.md.gz", "\x1f\x8b\x08\x00", "a gzip file"},
		{"binary", "a.txt", "abc\x00\x01\x02\x00\x03\x04\x00def\x00", "a binary file"},
		{"feed", "a.xml", "<?xml version='1.0'?><rss></rss>", "XML of a type that is not supported"},
		{"wide table", "a.csv", "url" + strings.Repeat(",", maxColumns+1), "a row of its table has more than 100000 cells"},
		{"pdf in name only", "a.pdf", "Just text", "named a PDF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(context.Background(), Source{Name: tt.file, Body: []byte(tt.body)}, Options{})
			var e *ibid.Error
			if !errors.As(err, &e) || e.Kind != ibid.KindInput || e.URI != tt.file || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an input error about %s that says %q", err, tt.file, tt.want)
			}
		})
	}
}

func TestTooManyReferences(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("http://example.org/a\n\n", 11)
	_, err := Read(context.Background(), Source{Name: "a.txt", Body: []byte(body)}, Options{MaxReferences: 10})
	if ibid.KindOf(err) != ibid.KindInput || ibid.ClassOf(err) != ibid.ClassLinksCapped {
		t.Errorf("got %v", err)
	}
}

func TestReadStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, file := range []string{"a.txt", "a.md", "a.html"} {
		if _, err := Read(ctx, Source{Name: file, Body: []byte("see http://example.org/a")}, Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", file, err)
		}
	}
}

func TestTypeByContent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		src  Source
		want ibid.MediaType
	}{
		{"page named Markdown", Source{Name: "a.md", Body: []byte("<!-- x -->\n<!DOCTYPE html><p>x")}, typeHTML},
		{"Markdown that begins with HTML", Source{Name: "a.md", Body: []byte("<h1 align=center>x</h1>\n\n<body>")}, typeMarkdown},
		{"XHTML", Source{Name: "a", Body: []byte("<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0'>\n<html>")}, typeHTML},
		{"type from HTTP", Source{Name: "http://example.org/x", ContentType: "text/html; charset=utf-8", Body: []byte("<p>x")}, typeHTML},
		{"nameless Markdown", Source{Name: "-", Body: []byte("Intro\n\n# Part\n\ntext")}, typeMarkdown},
		{"nameless text", Source{Name: "-", Body: []byte("Intro\n\nText, no more.")}, typeText},
		{"reStructuredText", Source{Name: "a.rst", Body: []byte("Title\n=====\n")}, typeRST},
		{"unknown name", Source{Name: "a.unknown", Body: []byte("Title\n=====\n")}, typeText},
		{"BibTeX named text", Source{Name: "a.txt", Body: []byte("% refs\n@article{a,\n title={x}}")}, typeBibTeX},
		{"RIS", Source{Name: "-", Body: []byte("\ufeffTY  - JOUR\n")}, typeRIS},
		{"CSL-JSON", Source{Name: "-", Body: []byte(`[{"id":"a"}]`)}, typeCSL},
		{"EndNote", Source{Name: "-", Body: []byte("<?xml version='1.0'?><xml><records/></xml>")}, typeEndNote},
		{"JATS", Source{Name: "-", Body: []byte("<?xml version='1.0'?><!DOCTYPE article PUBLIC '-//NLM//DTD JATS'><article/>")}, typeJATS},
		{"DocBook", Source{Name: "-", Body: []byte("<article xmlns='http://docbook.org/ns/docbook'/>")}, typeDocBook},
		{"LaTeX", Source{Name: "-", Body: []byte("% x\n\\documentclass{article}")}, typeLaTeX},
		{"Org", Source{Name: "-", Body: []byte("#+TITLE: x\n")}, typeOrg},
		{"wikitext", Source{Name: "-", Body: []byte("It is.<ref>{{cite web|url=x}}</ref>")}, typeWikitext},
		{"bookmarks", Source{Name: "a.htm", Body: []byte("<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL>")}, typeHTML},
		{"template of a page in text", Source{Name: "a.txt", Body: []byte("{{ page.title }}\nSee http://example.org/a")}, typeText},
		{"shortcode in Markdown", Source{Name: "a.md", Body: []byte("{{< include a.md >}}\n\n# Title\n")}, typeMarkdown},
		{"nameless shortcode", Source{Name: "-", Body: []byte("{{< include a.md >}}\n\n# Title\n")}, typeMarkdown},
		{"template of a wiki", Source{Name: "-", Body: []byte("{{cite web|url=http://example.org/a|title=x}}")}, typeWikitext},
		{"text in brackets", Source{Name: "a.txt", Body: []byte("[{\"id\": the one} of http://example.org/a]")}, typeText},
		{"CSL-JSON named text", Source{Name: "a.txt", Body: []byte("[{\"id\":\"a\",\"title\":\"" + strings.Repeat("x", 5000) + "\"}]")}, typeCSL},
		{"bookmarks", Source{Name: "a.txt", Body: []byte(`{"guid":"a","type":"text/x-moz-place-container"}`)}, typeBookmarks},
		{"notebook", Source{Name: "a.json", Body: []byte(`{"cells": [{"cell_type": "markdown"`)}, typeNotebook},
		{"notebook by its name", Source{Name: "a.ipynb", Body: []byte(`{"worksheets": []`)}, typeNotebook},
		{"Typst", Source{Name: "-", Body: []byte("#set page(paper: \"a4\")\n= Title\n")}, typeTypst},
		{"Typst by its name", Source{Name: "a.typ", Body: []byte("= Title\n")}, typeTypst},
		{"text about PDF", Source{Name: "a.txt", Body: []byte("A file begins with %PDF-1.4 then")}, typeText},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := typeOf(tt.src); got != tt.want || err != nil {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestCharsets(t *testing.T) {
	t.Parallel()
	wide := func(order string) string {
		var b strings.Builder
		for _, u := range utf16.Encode([]rune("\ufeffSee “Über” http://example.org/ü")) {
			if order == "big" {
				b.WriteString(string([]byte{byte(u >> 8), byte(u)}))
			} else {
				b.WriteString(string([]byte{byte(u), byte(u >> 8)}))
			}
		}
		return b.String()
	}
	tests := []struct{ name, file, contentType, body string }{
		{"UTF-8", "a.txt", "", "See “Über” http://example.org/ü"},
		{"UTF-8 with a mark", "a.txt", "", "\ufeffSee “Über” http://example.org/ü"},
		{"UTF-16 little", "a.txt", "", wide("little")},
		{"UTF-16 big", "a.md", "", wide("big")},
		{"UTF-16 without a mark", "a.txt", "", wide("little")[2:]},
		{"windows-1252", "a.txt", "", "See \x93\xdcber\x94 http://example.org/\xfc"},
		{"declared by the page", "a.html", "", "<meta charset=iso-8859-1><p>See \x93\xdcber\x94 http://example.org/\xfc"},
		{"declared by HTTP", "a.txt", "text/plain; charset=windows-1250", "See \x93\xdcber\x94 http://example.org/\xfc"},
		{"with NUL", "a.txt", "", strings.Repeat("text ", 100) + ". See “Über”\x00 http://example.org/ü"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			refs := readBody(t, Source{Name: tt.file, ContentType: tt.contentType, Body: []byte(tt.body)}).References
			if len(refs) != 1 || refs[0].URI != "http://example.org/%C3%BC" || refs[0].Title != "Über" {
				t.Errorf("got %s", described(refs))
			}
		})
	}
}

func TestInvalidUTF8IsKeptApart(t *testing.T) {
	t.Parallel()
	body := "Déjà vu à l'école, été comme hiver: http://example.org/a\xff and http://example.org/b."
	got := described(readBody(t, Source{Name: "a.txt", Body: []byte(body)}).References)
	if want := "inline[]:1 http://example.org/a\ninline[]:1 http://example.org/b\n"; got != want {
		t.Errorf("got %s", got)
	}
}

// FuzzRead reads foreign bytes as each type. Whatever comes, it must not panic, and what it finds must be usable.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"[a](http://example.org/(b)) <sup>1</sup> [^1]\n\n[^1]: “T” http://example.org/ accessed 12 May 2009\n\n[x]: http://example.org/x",
		"<ol class=references><li><a href='#x'>^</a> <a href=//example.org/>T</a><sup>[1]</sup><td>[2]</td></ol><pre>x",
		"References\n\n[1] Smith, J. (2009). http://example.org/a-\n    b.pdf\n\f\nRFC    x\n",
		"---\ntitle: x\nreferences:\n- id: a\n  URL: http://example.org/\n---\n```csl-json\n{\"id\":1,\"URL\":\"http://example.org/\"}\n```\n",
		"See http://example.org/a-\nb.html1 and http://example.org/c! http://example.org/d_(e http://example.org/f.Gone www.example.org/\ng\n\n² x",
		"{rfc}`1#a` {cite:p}`{a}b,c` {doi}`10.1000/1` {x}`y`\n\n````{note}\n```{tip}\nhttp://example.org/[a]\n\n[a]: http://example.org/a\n```\n````\n```{bibliography} a\n",
		"<a href=http://example.org/><div>x<h2>References</h2><p>[1] <i>T</i>", "|a|\n|-|\n|http://example.org/|\n", "\xff\xfea\x00b\x00", "<cite>\x00<sup>",
	} {
		f.Add([]byte(seed), uint8(0))
		f.Add([]byte(seed), uint8(1))
		f.Add([]byte(seed), uint8(2))
	}
	f.Fuzz(func(t *testing.T, body []byte, kind uint8) {
		file := []string{"a.md", "a.html", "a.txt"}[int(kind)%3]
		result, err := Read(context.Background(), Source{Name: file, Body: body, BaseURI: "http://base.example/dir/"}, Options{})
		if err != nil {
			if ibid.KindOf(err) != ibid.KindInput {
				t.Fatalf("%v is not an input error", err)
			}
			return
		}
		for i, r := range result.References {
			if r.ID != fmt.Sprintf("r%d", i+1) || r.URI == "" && len(r.Works) == 0 || r.Locator.Kind == "" {
				t.Fatalf("bad reference %+v", r)
			}
			if again, ok := linkAddress(r.URI); r.URI != "" && (!ok || again != r.URI) {
				t.Fatalf("%q is not usable: %q", r.URI, again)
			}
			if len(r.Candidates) > maxCandidates {
				t.Fatalf("%d candidates", len(r.Candidates))
			}
			for _, c := range r.Candidates {
				if again, ok := linkAddress(c.URI); !ok || again != c.URI || c.URI == r.URI || c.Reading == "" {
					t.Fatalf("the candidate %+v of %q is not usable: %q", c, r.URI, again)
				}
			}
		}
	})
}

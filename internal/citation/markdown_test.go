package citation

import (
	"strings"
	"testing"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.md", []documentTest{
		{"links", "See [the *source*](http://example.org/a \"Other\"), [ref] and [two][B].\n\n[ref]: <http://example.org/b> 'T'\n[b]: http://example.org/c\n", `
link[]:1 http://example.org/a “the source”
link[]:1 http://example.org/b “ref”
link[]:1 http://example.org/c “two”
`},
		{"only what ends with a semicolon is a reference", "See [a](http://example.org/?a=1&region=eu&copy=2) and [b](http://example.org/?a=1&amp;b=2).\n", `
link[]:1 http://example.org/?a=1&region=eu&copy=2 “a”
link[]:1 http://example.org/?a=1&b=2 “b”
`},
		{"definition without a use", "Text.\n\n[1]: http://example.org/a \"A Title\"\n[//]: # (a comment)\n", `
bibliography[1]:3 http://example.org/a “A Title”
`},
		{"label defined twice", "[a]\n\n[a]: http://example.org/a\n[a]: http://example.org/b\n", `
link[]:1 http://example.org/a “a”
bibliography[a]:4 http://example.org/b
`},
		{"automatic and bare", "At <http://example.org/a>, http://example.org/b_(c)_d and\nwww.example.org/e.\n", `
link[]:1 http://example.org/a
inline[]:1 http://example.org/b_(c)_d
inline[]:2 http://www.example.org/e
`},
		{"marks of emphasis in an address", "See http://example.org/_a_/*b*/~c and *http://example.org/d* now.\n", `
inline[]:1 http://example.org/_a_/*b*/~c
inline[]:1 http://example.org/d
`},
		{"text of a link is its address", "[http://example.org/a.](http://example.org/a) twice\n", "link[]:1 http://example.org/a\n"},
		{"code is not cited", "`http://example.org/a` ``x http://example.org/b``\n\n    http://example.org/c\n\n```\nhttp://example.org/d\n```\n\n~~~ sh\ncurl http://example.org/e\n~~~\n<code>http://example.org/f</code> <pre>http://example.org/g</pre>\n\n<pre>\nhttp://example.org/h\n</pre>\n", ""},
		{"name of code as a link", "[`f()`](http://example.org/f)\n", "link[]:1 http://example.org/f “f()”\n"},
		{"pictures and badges", "![alt](http://example.org/a.png) [![Build](http://example.org/b.svg)](http://example.org/c)\n![x][i]\n\n[i]: http://example.org/d.png\n", "link[]:1 http://example.org/c “Build”\n"},
		{"footnotes", "One[^1] two[^n] again[^1].\n\n[^1]: Smith, J. (2009). “On Tides”. http://example.org/a (accessed 12 May 2009).\n[^n]:\n    First <http://example.org/b>.\n\n    Second http://example.org/c.\n[^unused]: http://example.org/d\n", `
footnote[1]:3 http://example.org/a “On Tides” by Smith, J. accessed 2009-05-12
footnote[n]:5 http://example.org/b
footnote[n]:7 http://example.org/c
footnote[unused]:8 http://example.org/d
`},
		{"same address in two notes", "[^1]: http://example.org/a\n[^2]: http://example.org/a and http://example.org/a\n", `
footnote[1]:1 http://example.org/a
footnote[2]:2 http://example.org/a
`},
		{"notes in raw HTML", "Text.<sup>1</sup> More.<sup>2</sup>\n\n---\n\n<sup>1</sup> See <http://example.org/a>.\n\n<sup>2</sup> See <a href=\"http://example.org/b\">B of it</a>; 2007 Session 3.4 “*On Tides*”, available in English and French.\n", `
footnote[1]:5 http://example.org/a
footnote[2]:7 http://example.org/b “B of it” work 2007 Session 3.4 “On Tides” en,fr
`},
		{"works on the reference of their year", "<sup>2</sup> See <http://one.example/> (Lyon 2007) and <http://two.example/> (Bonn 2008). Papers in the libraries, available in English, French and Spanish: 2007 Session 3.4 “*On Tides: A Study*”; 2008 Session 2.2 “*On Winds*”; and 2008 Session 3.3 “*On Seas (and Ships)*”.\n", `
footnote[2]:1 http://one.example/ work 2007 Session 3.4 “On Tides: A Study” en,fr,es
footnote[2]:1 http://two.example/ work 2008 Session 2.2 “On Winds” en,fr,es work 2008 Session 3.3 “On Seas (and Ships)” en,fr,es
`},
		{"works without any address", "[^3]: See Working Paper No. 12, “On Tides”, in print.\n", "footnote[3]:1  work Working Paper No. 12 “On Tides” \n"},
		{"reference list", "# Paper\n\n## References\n\n1. Smith, J. (2009). *On Tides*. http://example.org/a\n2. Doe, A. “On Winds”. [Online](http://example.org/b), last accessed May 2009.\n\n\\[3\\] Foe: <http://example.org/c>\n\n## Licence\n\nhttp://example.org/d\n", `
bibliography[1]:5 http://example.org/a “On Tides” by Smith, J.
bibliography[2]:6 http://example.org/b “On Winds” accessed 2009-05
bibliography[3]:8 http://example.org/c
inline[]:12 http://example.org/d
`},
		{"title after the year", "## References\n\nSmith, J., & Doe, A. B. (2009). On tides: What we know. *Journal of the Sea*, 3(2), 4–5. https://doi.org/10.1000/182\n\nFoe, C. (n.d.). *On Winds*. http://example.org/b\n", `
bibliography[]:3 https://doi.org/10.1000/182 “On tides: What we know” by Smith, J.; Doe, A. B.
bibliography[]:5 http://example.org/b “On Winds”
`},
		{"access dates of two sources", "[^1]: [On tides](http://example.org/a); [On winds](http://example.org/b) (accessed 12 May 2009)\n", `
footnote[1]:1 http://example.org/a “On tides”
footnote[1]:1 http://example.org/b “On winds” accessed 2009-05-12
`},
		{"table", "| a | b |\n|---|---|\n| [it](http://example.org/a) | http://example.org/b |\n", "link[]:3 http://example.org/a “it”\ninline[]:3 http://example.org/b\n"},
		{"block of HTML", "Text\n\n<p align=\"center\">\n  <a href=\"http://example.org/a\"><img alt=\"Logo\" src=\"http://example.org/i.png\"></a>\n  <a href='#top'>up</a>\n</p>\n\n<!-- http://example.org/no -->\n", "link[]:3 http://example.org/a “Logo”\n"},
		{"not outside", "[a](b.md) [c](#d) [e](mailto:x@example.org) <x@example.org> [f](javascript:void) [g](/h) me@www.example.org\n", ""},
		{"to be filled in", "https://example.org/{id} http://HOST:PORT/ [x](https://example.org/{id}/y) http://<host>/z\n", ""},
		{"local host", "http://localhost:8080/a\n", "inline[]:1 http://localhost:8080/a\n"},
		{"entities and escapes", "http://example.org/?a=1&amp;b=2 [it](http://example.org/a\\_b&amp;c)\n", "inline[]:1 http://example.org/?a=1&b=2\nlink[]:1 http://example.org/a_b&c “it”\n"},
		{"metadata block", "---\ntitle: x\ndiscussion: http://example.org/no\n---\n\nhttp://example.org/a\n", "inline[]:6 http://example.org/a\n"},
		{"references that do not begin with their id", "---\ntitle: x\nreferences:\n  - type: book\n    author:\n    - family: Smith\n      given: J\n    URL: http://example.org/a\n    id: smith\n  - title: On Seas\n    id: doe\n    DOI: 10.1000/182\n---\n", "bibliography[smith]:0 http://example.org/a\nbibliography[doe]:0 https://doi.org/10.1000/182 “On Seas”\n"},
		{"references of pandoc", "---\ntitle: x\nreferences:\n- id: smith\n  title: On Tides\n  URL: http://example.org/a\n- id: doe\n  DOI: 10.1000/182\n---\n", `
bibliography[smith]:0 http://example.org/a “On Tides”
bibliography[doe]:0 https://doi.org/10.1000/182
`},
		{"bibliographic data", "[^1]:\n    ```csl-json\n    {\"id\": 1, \"title\": \"On Tides.\", \"author\": [{\"family\": \"Smith\", \"given\": \"J.\"}], \"DOI\": \"10.1000/182\",\n     \"URL\": \"https://doi.org/10.1000/182\", \"accessed\": {\"date-parts\": [[2009, 5]]}, \"custom\": {\"additional-urls\": [\"http://example.org/a\"]}}\n    ```\n", `
footnote[1]:3 https://doi.org/10.1000/182 “On Tides” by Smith, J. accessed 2009-05
footnote[1]:3 http://example.org/a “On Tides” by Smith, J. accessed 2009-05
`},
		{"quotes around", "“http://example.org/a” «http://example.org/b» 'http://example.org/c' (http://example.org/d), http://example.org/e's\n", `
inline[]:1 http://example.org/a
inline[]:1 http://example.org/b
inline[]:1 http://example.org/c
inline[]:1 http://example.org/d
inline[]:1 http://example.org/e
`},
		{"block quote and nested list", "> * a\n>   1. http://example.org/a\n", "inline[]:2 http://example.org/a\n"},
		{"very long line", "Text\n\n![](data:image/png;base64," + strings.Repeat("A", maxLine) + ") http://example.org/a\n\nhttp://example.org/b\n", "inline[]:5 http://example.org/b\ninline[]:3 http://example.org/a\n"},
		{"brackets around a destination", "[a]((http://example.org/a))\n", "link[]:1 http://example.org/a “a”\n"},
	})
}

// TestMarkdownLines reads so long a document that empty lines are put into what is parsed: the lines stay those of the document.
func TestMarkdownLines(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	for range 3000 {
		body.WriteString("a line of words that goes on and on\n")
	}
	body.WriteString("http://example.org/a\n\n")
	for range 350 {
		body.WriteString("[x]: /local\n")
	}
	body.WriteString("\nhttp://example.org/b\n")
	refs := readBody(t, Source{Name: "a.md", Body: []byte(body.String())}).References
	if len(refs) != 2 || refs[0].Locator.Line != 3001 || refs[1].Locator.Line != 3354 {
		t.Errorf("got %s", described(refs))
	}
}

func TestMarkdownFromTheWeb(t *testing.T) {
	t.Parallel()
	src := Source{Name: "http://example.org/d/a.md", BaseURI: "http://example.org/d/a.md", Body: []byte("[a](b.md) [c](#d) [e](/f?g) [h](//other.example/i) [j](../k#l) [m](a.md#n)\n")}
	want := "link[]:1 http://example.org/d/b.md “a”\nlink[]:1 http://example.org/f?g “e”\nlink[]:1 http://other.example/i “h”\nlink[]:1 http://example.org/k#l “j”\n"
	if got := described(readBody(t, src).References); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestContextOfNote(t *testing.T) {
	t.Parallel()
	body := "The text is long.[^1]\n\n[^1]: It was found later. For the summary, e.g. of\n    Part 2, please refer to <http://example.org/a>. Thanks to all.\n"
	refs := readBody(t, Source{Name: "a.md", Body: []byte(body)}).References
	if want := "For the summary, e.g. of Part 2, please refer to http://example.org/a."; len(refs) != 1 || refs[0].Context != want || refs[0].Cited != "http://example.org/a" {
		t.Errorf("got %+v", refs)
	}
}

func TestSameBytesSameIDs(t *testing.T) {
	t.Parallel()
	src := Source{Name: "a.md", Body: []byte("[a](http://example.org/a) http://example.org/b\n\n[^x]: http://example.org/c\n")}
	first, second := readBody(t, src), readBody(t, src)
	for i, r := range first.References {
		if r.ID != second.References[i].ID || r.URI != second.References[i].URI {
			t.Errorf("%+v became %+v", r, second.References[i])
		}
	}
	if first.Document != second.Document {
		t.Errorf("%+v became %+v", first.Document, second.Document)
	}
}

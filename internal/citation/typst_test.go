package citation

import (
	"io/fs"
	"testing"
)

func TestTypst(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.typ", []documentTest{
		{"links", "= Tides\n\nSee #link(\"http://example.org/a_b\")[the _source_], #link(\"http://example.org/c\"), #link(\"http://example.org/d\", [words]) and https://example.org/e_f*g.\n", `
link[]:3 http://example.org/a_b “the source”
link[]:3 http://example.org/c
link[]:3 http://example.org/d “words”
inline[]:3 https://example.org/e_f*g
`},
		{"notes", "They rise#footnote[“Tides”, http://example.org/a, accessed 12 May 2009.] and fall#footnote(<b>).\n\nOn#footnote[#link(\"http://example.org/c\")[Seas]].", `
footnote[1]:1 http://example.org/a “Tides” accessed 2009-05-12
footnote[2]:3 http://example.org/c “Seas”
`},
		{"what code shows", "#figure(\n  image(\"a.png\", width: 80%),\n  caption: [From #link(\"http://example.org/a\")[the source].],\n) <fig>\n\n#table(columns: 2, [http://example.org/b], link(\"http://example.org/c\")[Seas])\n", `
link[]:3 http://example.org/a “the source”
inline[]:6 http://example.org/b
link[]:6 http://example.org/c “Seas”
`},
		{"list of references", "= References\n\n- http://example.org/a\n+ http://example.org/b\n\n= Annex\n\nhttp://example.org/c\n", "bibliography[]:3 http://example.org/a\nbibliography[]:4 http://example.org/b\ninline[]:8 http://example.org/c\n"},
		{"not cited", "// http://no.example/\n/* http://no.example/\n*/ `http://no.example/` #raw(\"http://no.example/\")\n```sh\nhttp://no.example/\n```\n$ \"http://no.example/\" $ #let a = \"http://no.example/\"\n#import \"@preview/b:0.1.0\": *\n#link(<fig>)[Figure 1] #link(\"http://no.example/\" + a)[x] http://example.org/[a]", "inline[]:9 http://example.org/\n"},
		{"what does not end", "http://example.org/a ``` http://example.org/b /* http://no.example/ /*", "inline[]:1 http://example.org/a\ninline[]:1 http://example.org/b\n"},
		{"brackets and escapes", "[1] \\#1 a@b.example *bold* x_y [#link(\"http://example.org/a\")[b [c] d]] = e <f> 1 < 2\n= G [h\n\nhttp://example.org/i\n", "bibliography[1]:1 http://example.org/a “b [c] d”\ninline[]:4 http://example.org/i\n"},
	})
}

func TestTypstTitle(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"#set document(title: \"On Tides\")\n= One\n":                                                                 "On Tides",
		"#import \"@preview/a:0.1.0\": ieee\n#show: ieee.with(\n  title: [On _Tides_],\n  abstract: [A],\n)\n= One\n": "On Tides",
		"#set heading(numbering: \"1.\")\n#outline(title: \"Contents\")\n= On Tides <tides>\n= Two\n":                 "On Tides",
	} {
		if got := readBody(t, Source{Name: "a.typ", Body: []byte(body)}).Document.Title; got != want {
			t.Errorf("%q: got %q", body, got)
		}
	}
}

func TestTypstWithABibliography(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"sea.bib":  "@misc{smith-2009, url={http://example.org/a}}@misc{doe, url={http://example.org/b}}@misc{roe, url={http://no.example/}}",
		"ch/1.typ": "As @smith-2009[p. 3] says, see @fig:one and #cite(<doe>, form: \"prose\"). http://example.org/c",
	}
	src := Source{Name: "a.typ", Body: []byte("#include \"ch/1.typ\"\n#include \"a/none.typ\"\n#bibliography((\"sea.bib\",), style: \"apa.csl\")\n"), Beside: func(path string) ([]byte, error) {
		if body, ok := files[path]; ok {
			return []byte(body), nil
		}
		return nil, fs.ErrNotExist
	}}
	const want = "inline[]:1 http://example.org/c\nbibliography[smith-2009]:0 http://example.org/a\nbibliography[doe]:0 http://example.org/b\n"
	if got := described(readBody(t, src).References); got != want {
		t.Errorf("got\n%s", got)
	}
}

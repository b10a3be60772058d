package citation

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
)

func TestCiteKeys(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"in brackets", "[see @smith2009, p. 3; -@doe:10]", "smith2009 doe:10"},
		{"in the text", "As @smith_09 says. And @doe.", "smith_09 doe"},
		{"in braces", "@{http://example.org/x.}", "http://example.org/x."},
		{"e-mail", "Mail a@b.example or <x@y.example>", ""},
		{"all", "@*", "*"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(citeKeys(tt.text), " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// folder is what lies beside a document.
type folder map[string]string

func (f folder) read(name string) ([]byte, error) {
	if body, ok := f[name]; ok {
		return []byte(body), nil
	}
	return nil, fs.ErrNotExist
}

const threeEntries = "@misc{a, url={http://example.org/a}}\n@misc{b, url={http://example.org/b}}\n@misc{c, url={http://no.example/}}\n"

func TestBibliographyBeside(t *testing.T) {
	t.Parallel()
	const want = "bibliography[b]:0 http://example.org/b\nbibliography[a]:0 http://example.org/a\n"
	tests := []struct {
		name, file, body string
		beside           folder
		want             string
	}{
		{"named in a metadata block", "x.md", "---\nbibliography: lib/refs.bib\n---\nSee [@b; @a].", folder{"lib/refs.bib": threeEntries}, want},
		{"several", "x.rmd", "---\nbibliography:\n  - one.bib\n  - two.json\n---\nSee [@b; @a].", folder{"one.bib": "@misc{b, url={http://example.org/b}}", "two.json": `[{"id":"a","URL":"http://example.org/a"}]`}, want},
		{"not named", "x.md", "See [@b; @a].", folder{"x.bib": threeEntries}, want},
		{"not there", "x.md", "See [@b; @a] and http://example.org/.", nil, "inline[]:1 http://example.org/\n"},
		{"not cited", "x.md", "Mail x@c.example", folder{"x.bib": threeEntries}, ""},
		{"without being shown", "x.md", "---\nbibliography: [refs.ris]\nnocite: '@*'\n---\nx", folder{"refs.ris": "TY  - ELEC\nID  - q\nUR  - http://example.org/q\nER  -"}, "bibliography[q]:1 http://example.org/q\n"},
		{"LaTeX", "x.tex", "\\cite{b} and \\textcite[3]{a}\\bibliography{refs}", folder{"refs.bib": threeEntries}, want},
		{"biblatex", "x.tex", "\\addbibresource{refs.bib}\\autocites{b}[3]{a}", folder{"refs.bib": threeEntries}, want},
		{"LaTeX in chapters", "x.tex", "\\include{ch/one}\\input{x}\\bibliography{refs}", folder{"ch/one.tex": "\\cite{b,a}\\input{ch/one}", "x.tex": "\\input{x}", "refs.bib": threeEntries}, want},
		{"the list that BibTeX made", "d/x.tex", "\\cite{a}\\bibliography{refs}", folder{"x.bbl": "\\begin{thebibliography}{1}\n\\bibitem{a}\n A. \\newblock {\\em On Tides}, \\url{http://example.org/a}.\n\\end{thebibliography}"}, "bibliography[a]:3 http://example.org/a “On Tides”\n"},
		{"the list that Biber made", "x.tex", "\\cite{a}", folder{"x.bbl": "\\entry{a}{online}{}\n\\field{title}{On Tides}\n\\field{urlyear}{2009}\n\\field{urlmonth}{5}\n\\field{urlday}{12}\n\\verb{url}\n\\verb http://example.org/a_b\n\\endverb\n\\endentry"}, "bibliography[a]:0 http://example.org/a_b “On Tides” accessed 2009-05-12\n"},
		{"Org", "x.org", "#+bibliography: refs.bib\nSee [cite:@b;@a].", folder{"refs.bib": threeEntries}, want},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := described(readBody(t, Source{Name: tt.file, Body: []byte(tt.body), Beside: tt.beside.read}).References)
			if got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	files := folder{
		"a.docx": "x", "b/main.tex": "\\documentclass{book}", "b/one.tex": "x", "b/bib/refs.bib": "x", "lib/refs.bib": "x", ".git/x.md": "x",
		"package.json": "{\"name\":1}", "cites.json": `[{"id":"a"}]`, "a.png": "x", "~$a.docx": "x", "c.pdf": "x", "feed.xml": "<rss/>",
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	got := strings.Join(Documents(names, files.read), " ")
	if want := "a.docx b/main.tex c.pdf cites.json lib/refs.bib"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

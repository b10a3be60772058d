package citation

import (
	"io/fs"
	"testing"
)

func TestMyST(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.md", []documentTest{
		{"roles", "See {rfc}`2822`, {pep}`8`, {doi}`10.1000/182`, {ref}`http://no.example/` and {code}`http://no.example/`.\n", `
link[]:1 https://datatracker.ietf.org/doc/html/rfc2822 “RFC 2822”
link[]:1 https://peps.python.org/pep-0008/ “PEP 8”
link[]:1 https://doi.org/10.1000/182
`},
		{"directives", "# T\n\n````{note}\nSee [Sea][a].\n\n```{tip} Words\nhttp://example.org/b\n```\n\n[a]: http://example.org/a\n````\n\n```{code-cell}\nhttp://no.example/\n```\n\n```{r}\nhttp://no.example/\n```\n\nhttp://example.org/c\n", `
link[]:4 http://example.org/a “Sea”
inline[]:7 http://example.org/b
inline[]:21 http://example.org/c
`},
	})
}

// TestRolesThatCite reads the roles of sphinxcontrib-bibtex, in reStructuredText and in MyST.
func TestRolesThatCite(t *testing.T) {
	t.Parallel()
	beside := func(path string) ([]byte, error) {
		if path != "sea.bib" {
			return nil, fs.ErrNotExist
		}
		return []byte("@misc{smith, url={http://example.org/a}}@misc{doe, url={http://example.org/b}}@misc{roe, url={http://no.example/}}"), nil
	}
	for file, body := range map[string]string{
		"a.rst": "As :cite:`smith` and :cite:p:`{see}doe{p. 3},none` say.\n\n.. bibliography:: sea.bib\n",
		"a.md":  "As {cite}`smith` and {cite:p}`{see}doe{p. 3},none` say.\n\n```{bibliography} sea.bib\n:filter: docname in docnames\n```\n",
	} {
		got := described(readBody(t, Source{Name: file, Body: []byte(body), Beside: beside}).References)
		if got != "bibliography[smith]:0 http://example.org/a\nbibliography[doe]:0 http://example.org/b\n" {
			t.Errorf("%s: got\n%s", file, got)
		}
	}
}

package citation

import (
	"context"
	"io/fs"
	"testing"

	ibid "github.com/ibid-archive/ibid"
)

func TestNotebook(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.ipynb", []documentTest{
		{"cells", `{"cells":[{"cell_type":"markdown","source":["# Tides\n","\n","See [the source](http://example.org/a) and\n","http://example.org/b.[^1]\n","\n","[^1]: doi:10.1000/182"]},` +
			`{"cell_type":"code","source":["# http://no.example/\n"],"outputs":[{"text":["http://no.example/"]}]},{"cell_type":"markdown","source":"<a href='http://example.org/c'>Seas</a>"}],"metadata":{"kernelspec":{}},"nbformat":4,"nbformat_minor":5}`, `
link[]:0 http://example.org/a “the source”
inline[]:0 http://example.org/b
footnote[1]:0 https://doi.org/10.1000/182
link[]:0 http://example.org/c “Seas”
`},
		{"list of references in the next cell", `{"nbformat":4,"cells":[{"cell_type":"markdown","source":"## References"},{"cell_type":"markdown","source":"1. http://example.org/a\n2. http://example.org/b"}]}`, "bibliography[1]:0 http://example.org/a\nbibliography[2]:0 http://example.org/b\n"},
		{"code that is not closed", `{"nbformat":4,"cells":[{"cell_type":"markdown","source":"` + "```" + `\nhttp://no.example/"},{"cell_type":"markdown","source":"http://example.org/a"}]}`, "inline[]:0 http://example.org/a\n"},
		{"format 3", `{"nbformat":3,"worksheets":[{"cells":[{"cell_type":"markdown","source":["http://example.org/a"]}]}]}`, "inline[]:0 http://example.org/a\n"},
		{"cells of another shape", `{"nbformat":4,"cells":[{"cell_type":"markdown","source":{"a":1}},{"cell_type":"markdown","source":"http://example.org/a"}]}`, "inline[]:0 http://example.org/a\n"},
		{"no cells", `{"nbformat":4,"cells":[]}`, ""},
	})
}

func TestNotebookWithABibliography(t *testing.T) {
	t.Parallel()
	body := `{"cells":[{"cell_type":"raw","source":["---\n","title: On Tides\n","bibliography: sea.bib\n","---\n"]},{"cell_type":"markdown","source":["As [@smith2009] says."]}],"metadata":{"title":"No"},"nbformat":4}`
	result := readBody(t, Source{Name: "a.ipynb", Body: []byte(body), Beside: func(path string) ([]byte, error) {
		if path != "sea.bib" {
			return nil, fs.ErrNotExist
		}
		return []byte("@misc{smith2009, url={http://example.org/a}}@misc{doe, url={http://no.example/}}"), nil
	}})
	if got := described(result.References); got != "bibliography[smith2009]:0 http://example.org/a\n" || result.Document.Title != "On Tides" {
		t.Errorf("%q: %s", result.Document.Title, got)
	}
}

func TestNotebookUnreadable(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"cells":[{"cell_type":"markdown"`, `{"a":1}`, `[]`, "text"} {
		if _, err := Read(context.Background(), Source{Name: "a.ipynb", Body: []byte(body)}, Options{}); ibid.KindOf(err) != ibid.KindInput {
			t.Errorf("%s: %v", body, err)
		}
	}
}

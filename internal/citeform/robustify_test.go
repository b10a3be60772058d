package citeform

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// cited are the sources of the documents in testdata/robust.
func cited() []Item {
	items := ugly()
	tex := "http://x.example/a?b=1%20&c#d"
	items = append(items, Item{URI: tex, Copies: []Copy{wayback("20120101000000", tex)}})
	return items
}

var documents = []struct {
	name  string
	o     Rewrite
	links int
}{
	{"page.html", Rewrite{Language: "fr", Script: true}, 5},
	{"note.md", Rewrite{Language: "en"}, 14},
	{"paper.tex", Rewrite{Language: "de"}, 4},
	{"plain.tex", Rewrite{Language: "en"}, 3},
	{"article.wiki", Rewrite{}, 5},
}

func TestRobustDocuments(t *testing.T) {
	for _, tt := range documents {
		t.Run(tt.name, func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join("testdata", "robust", tt.name))
			if err != nil {
				t.Fatal(err)
			}
			tt.o.Name = tt.name
			r, err := Robustify(body, cited(), tt.o)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("robust", tt.name+".golden"), string(r.Body))
			var diff strings.Builder
			if err := r.Diff(&diff, tt.name, "robust/"+tt.name); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("robust", tt.name+".diff"), diff.String())
			if r.Links != tt.links {
				t.Errorf("%d links, not %d", r.Links, tt.links)
			}
			again, err := Robustify(r.Body, cited(), tt.o)
			if err != nil || again.Links != 0 || !bytes.Equal(again.Body, r.Body) {
				t.Errorf("the copy of the copy is another: %d links, %v\n%s", again.Links, err, again.Body)
			}
		})
	}
}

func TestRobustHTMLDiffersInItsAttributesOnly(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("testdata", "robust", "page.html"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Robustify(body, cited(), Rewrite{Name: "page.html"})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := withoutAttributes(t, body), withoutAttributes(t, r.Body); a != b {
		t.Errorf("the trees differ:\n%s\n%s", a, b)
	}
}

// withoutAttributes is a page as a parser sees it, without the attributes of Robust Links.
func withoutAttributes(t *testing.T, body []byte) string {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		kept := n.Attr[:0]
		for _, a := range n.Attr {
			if !strings.HasPrefix(a.Key, "data-") {
				kept = append(kept, a)
			}
		}
		n.Attr = kept
	}
	var b strings.Builder
	if err := html.Render(&b, root); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	ourAttributes = regexp.MustCompile(` data-originalurl="[^"]*" data-versiondate="[^"]*" data-versionurl="[^"]*"`)
	ourRemarks    = regexp.MustCompile(` \(\[archived \d{4}-\d\d-\d\d\]\([^()]*\)\)`)
)

func stripped(b []byte) string {
	return ourRemarks.ReplaceAllString(ourAttributes.ReplaceAllString(string(b), ""), "")
}

func fuzzRobust(f *testing.F, name string) {
	for _, tt := range documents {
		body, err := os.ReadFile(filepath.Join("testdata", "robust", tt.name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Add([]byte("[[http://gfmd2008.org/](http://gfmd2008.org/)](http://gfmd2008.org/)<a href=http://gfmd2008.org/"))
	f.Fuzz(func(t *testing.T, body []byte) {
		o := Rewrite{Name: name, Language: "en"}
		r, err := Robustify(body, cited(), o)
		if err != nil {
			return
		}
		if stripped(body) != stripped(r.Body) {
			t.Errorf("more than links differs:\n%q\n%q", body, r.Body)
		}
		again, err := Robustify(r.Body, cited(), o)
		if err != nil || !bytes.Equal(again.Body, r.Body) {
			t.Errorf("the copy of the copy is another, %v:\n%q\n%q", err, r.Body, again.Body)
		}
	})
}

func FuzzRobustMarkdown(f *testing.F) { fuzzRobust(f, "x.md") }

func FuzzRobustHTML(f *testing.F) { fuzzRobust(f, "x.html") }

func FuzzRobustLaTeX(f *testing.F) { fuzzTwice(f, "x.tex") }

func FuzzRobustWikitext(f *testing.F) { fuzzTwice(f, "x.wiki") }

func fuzzTwice(f *testing.F, name string) {
	for _, tt := range documents {
		body, err := os.ReadFile(filepath.Join("testdata", "robust", tt.name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		o := Rewrite{Name: name, Language: "en"}
		r, err := Robustify(body, cited(), o)
		if err != nil {
			return
		}
		again, err := Robustify(r.Body, cited(), o)
		if err != nil || !bytes.Equal(again.Body, r.Body) {
			t.Errorf("the copy of the copy is another, %v:\n%q\n%q", err, r.Body, again.Body)
		}
	})
}

func TestRobustifySaysWhyItCannot(t *testing.T) {
	for name, body := range map[string]string{
		"a.pdf": "%PDF-1.7", "b.html": "\xff\xfe<\x00a\x00", "c.docx": "PK\x03\x04", "d.bib": "@misc{a}", "e.html": "<a\x00>",
	} {
		if r, err := Robustify([]byte(body), cited(), Rewrite{Name: name}); err == nil {
			t.Errorf("%s: %q", name, r.Body)
		} else if strings.ContainsAny(err.Error(), "\n") {
			t.Errorf("%s: %v is not one sentence", name, err)
		}
	}
}

func TestNothingToChangeIsTheSameDocument(t *testing.T) {
	body := []byte("no links\r\nat all")
	r, err := Robustify(body, nil, Rewrite{Name: "a.md", Script: true})
	if err != nil || r.Links != 0 || !bytes.Equal(r.Body, body) {
		t.Errorf("%v %+v", err, r)
	}
	var b strings.Builder
	if err := r.Diff(&b, "a", "b"); err != nil || b.String() != "" {
		t.Errorf("%v %s", err, b.String())
	}
}

func TestLatinPagesGetASCIIOnly(t *testing.T) {
	body := []byte("<p>caf\xe9 <a href='https://zh.example/\xe7\xa7\xbb\xe6\xb0\x91'>x</a> <a href=\"http://gfmd2008.org/\">y</a>")
	r, err := Robustify(body, cited(), Rewrite{Name: "a.html", Language: "ar", Script: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.parts {
		for _, e := range p.edits {
			if strings.ContainsFunc(e.text, func(r rune) bool { return r > 0x7e }) {
				t.Errorf("it puts %q", e.text)
			}
		}
	}
}

package citeform

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPandocReadsWhatWeWrite holds that pandoc finds the same sources in what we write: titles, authors, dates and addresses.
func TestPandocReadsWhatWeWrite(t *testing.T) {
	pandoc, err := exec.LookPath("pandoc")
	if err != nil {
		t.Skip("pandoc is not installed: apt-get install pandoc")
	}
	known, err := exec.Command(pandoc, "--list-input-formats").Output()
	if err != nil {
		t.Fatal(err)
	}
	for format, as := range map[Format]string{BibTeX: "bibtex", Biblatex: "biblatex", CSL: "csljson", RIS: "ris"} {
		t.Run(as, func(t *testing.T) {
			if !slices.Contains(strings.Fields(string(known)), as) {
				t.Skipf("this pandoc does not read %s: version 3 does", as)
			}
			cmd := exec.Command(pandoc, "-f", as, "-t", "csljson")
			cmd.Stdin = strings.NewReader(written(t, format, ugly(), Options{}))
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			var got []cslItem
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatal(err)
			}
			sameItems(t, got, ugly(), format == BibTeX || format == Biblatex)
		})
	}
}

// sameItems compares what pandoc read with items; encoded: addresses are in ASCII.
func sameItems(t *testing.T, got []cslItem, items []Item, encoded bool) {
	t.Helper()
	if len(got) != len(items) {
		t.Fatalf("%d items, not %d", len(got), len(items))
	}
	for i, c := range got {
		want, uri := items[i].clean(), linkURL(items[i].URI)
		if encoded {
			uri = bibURL(items[i].URI)
		}
		if straight(c.Title) != straight(want.Title) || c.URL != uri || len(c.Author) != len(want.Authors) {
			t.Errorf("item %d: %q by %d at %s", i, c.Title, len(c.Author), c.URL)
		}
		if want.issued() != "" && (c.Issued == nil || c.Issued.Parts[0][0] != dateParts(want.issued())[0]) {
			t.Errorf("item %d: issued %v, not %s", i, c.Issued, want.issued())
		}
		if parts := dateParts(want.Accessed); parts != nil && (c.Accessed == nil || !slices.Equal(c.Accessed.Parts[0], parts)) {
			t.Errorf("item %d: accessed %v, not %s", i, c.Accessed, want.Accessed)
		}
	}
}

// straight is s without its quotation marks, of which pandoc makes others.
func straight(s string) string {
	return strings.NewReplacer("’", "", "‘", "", "“", "", "”", "", "'", "", `"`, "").Replace(s)
}

// TestPandocReadsRobustLaTeX holds that a document says in pandoc's eyes what it said before, and the links to archived versions.
func TestPandocReadsRobustLaTeX(t *testing.T) {
	pandoc, err := exec.LookPath("pandoc")
	if err != nil {
		t.Skip("pandoc is not installed: apt-get install pandoc")
	}
	added := regexp.MustCompile(` \(archived [^()]*\)`)
	for name, links := range map[string]int{"paper.tex": 4, "plain.tex": 3} {
		t.Run(name, func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join("testdata", "robust", name))
			if err != nil {
				t.Fatal(err)
			}
			r, err := Robustify(body, cited(), Rewrite{Name: name, Language: "en"})
			if err != nil {
				t.Fatal(err)
			}
			before, after := plainByPandoc(t, pandoc, body), plainByPandoc(t, pandoc, r.Body)
			if n := len(added.FindAllString(after, -1)); n != links {
				t.Errorf("pandoc reads %d links to archived versions, not %d:\n%s", n, links, after)
			}
			if got := added.ReplaceAllString(after, ""); got != before {
				t.Errorf("the text is another:\n%s\nwas\n%s", got, before)
			}
		})
	}
}

// plainByPandoc is the text of a document in LaTeX.
func plainByPandoc(t *testing.T, pandoc string, body []byte) string {
	t.Helper()
	cmd := exec.Command(pandoc, "-f", "latex", "-t", "plain", "--wrap=none")
	cmd.Stdin = bytes.NewReader(body)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

package citeform

import (
	"strings"
	"testing"
)

// TestHostileTextEnds holds that texts that are made to be slow are not: each has 64 KiB.
func TestHostileTextEnds(t *testing.T) {
	for _, piece := range []string{
		"[", "![", "[a](", "`", "``` `", "<", "<a ", "<a href=http://gfmd2008.org/ ", "<!--", "{{", "{{cite web |url=", "\\url{", "\\href{a}{", "\\begin{verbatim}",
		"http://gfmd2008.org", "[a]: <", "(", "[](", "[[", "<nowiki>", "http://gfmd2008.org/http://gfmd2008.org/", "\\verb", "&#x10ffff;", "> ", "\n\n    ", "- ",
	} {
		body := []byte(strings.Repeat(piece, (1<<16)/len(piece)))
		for _, name := range []string{"a.md", "a.html", "a.tex", "a.wiki"} {
			if _, err := Robustify(body, cited(), Rewrite{Name: name, Script: true}); err != nil {
				t.Errorf("%q as %s: %v", piece, name, err)
			}
		}
	}
}

package citation

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestHostileInput reads what is made to take long. Each is about 0.5 MB; what is linear takes well under a second, what is
// quadratic takes minutes.
func TestHostileInput(t *testing.T) {
	if testing.Short() {
		t.Skip("reads megabytes of hostile text")
	}
	t.Parallel()
	const size = 1 << 19
	repeat := func(s string) string { return strings.Repeat(s, size/len(s)) }
	tests := []struct{ name, file, body string }{
		{"one line", "a.txt", repeat("word http://example.org/a. ")},
		{"one word", "a.txt", repeat("x")},
		{"one address", "a.txt", "http://example.org/" + repeat("a")},
		{"colons", "a.txt", repeat("://")},
		{"schemes", "a.txt", repeat("http://")},
		{"open brackets", "a.txt", repeat("http://a.example/(")},
		{"angle brackets", "a.txt", repeat("<http://a.example/ ")},
		{"dois", "a.txt", repeat("10.1000/")},
		{"sici", "a.txt", repeat("10.1000/<1::")},
		{"arxiv", "a.txt", repeat("arxiv:")},
		{"dots", "a.txt", repeat(". ")},
		{"commas", "a.txt", repeat("http://a.example,")},
		{"lines of addresses", "a.txt", repeat("http://a.example/\n")},
		{"one broken address", "a.txt", "http://a.example/" + repeat("a/\n")},
		{"quotes", "a.md", repeat("Report 7 “")},
		{"labels", "a.txt", repeat("[1] “A b” x\n")},
		{"accessed", "a.txt", repeat("http://a.example/ accessed accessed ")},
		{"link definitions", "a.md", repeat("[a]: http://a.example/b\n")},
		{"link references", "a.md", "[a]: http://a.example/b\n\n" + repeat("[a] ")},
		{"notes", "a.md", repeat("[^1]: http://a.example/\n")},
		{"note marks", "a.md", repeat("[^1] ")},
		{"open links", "a.md", repeat("[a](")},
		{"open links over lines", "a.md", repeat("[a](\n")},
		{"long lines", "a.md", repeat("[a](" + strings.Repeat("b", 5000) + "\n")},
		{"open links in long lines", "a.md", repeat(strings.Repeat("[a](", 4000) + "\n")},
		{"pictures", "a.md", repeat("![a](\n")},
		{"open tags", "a.md", repeat("<a \n")},
		{"open comments", "a.md", repeat("x <!-- a\n")},
		{"emphasis over lines", "a.md", repeat("*a **b _c\n")},
		{"indents", "a.md", strings.Repeat(strings.Repeat(" ", 3000)+"- a\n", 300)},
		{"square brackets", "a.md", repeat("[")},
		{"stars", "a.md", repeat("*a _b ")},
		{"block quotes", "a.md", strings.Repeat(strings.Repeat(">", 1000)+"\n", 20)},
		{"nested lists", "a.md", nestedList(400)},
		{"backticks", "a.md", repeat("`a ``b ")},
		{"html tags", "a.md", repeat("<a href=http://a.example/>")},
		{"html blocks", "a.md", repeat("<div>\n\n")},
		{"table", "a.md", "|a|b|\n|-|-|\n" + repeat("|http://a.example/|b|\n")},
		{"nested div", "a.html", repeat("<div>")},
		{"nested formatting", "a.html", repeat("<b><i>")},
		{"formatting and blocks", "a.html", repeat("<b><p>")},
		{"nested anchors", "a.html", repeat("<a href='http://a.example/'>x")},
		{"nested tables", "a.html", repeat("<table><tr><td>")},
		{"many attributes", "a.html", "<div " + repeat("a=b ") + ">"},
		{"one attribute", "a.html", "<a href='http://a.example/" + repeat("b") + "'>"},
		{"unclosed comment", "a.html", "<p>" + repeat("<!-- ")},
		{"items", "a.html", "<ol class=references>" + repeat("<li>http://a.example/")},
		{"superscripts", "a.html", repeat("<sup>1")},
		{"entries", "a.bib", repeat("@a{b,\n")},
		{"open braces", "a.bib", "@a{b, c = " + repeat("{")},
		{"open values", "a.bib", repeat("@a{b, c = {\n")},
		{"macros", "a.bib", repeat("@string{a = b # b}\n")},
		{"macros that grow", "a.bib", "@string{s0 = {http://a.example/}}" + growing(60, "@string{s%d = s%d # s%d}\n") + "@misc{x, title = s60}"},
		{"attributes that grow", "a.adoc", "= A\n:s0: http://a.example/\n" + growing(60, ":s%d: {s%d}{s%d}\n") + "\n{s60}\n"},
		{"tags", "a.ris", "TY  - X\n" + repeat("UR  - http://a.example/\nx\n")},
		{"no end of a field", "a.ris", "TY  - X\nUR  - h" + repeat("x\n")},
		{"indents", "a.rst", repeat(".. note::\n ")},
		{"nested directives", "a.rst", nestedDirectives(400)},
		{"open quotes", "a.rst", repeat("`a <b ")},
		{"stars", "a.rst", repeat("*a **b ")},
		{"targets", "a.rst", repeat(".. _a: a_\n") + "\na_\n"},
		{"items", "a.rst", repeat("- a\n")},
		{"lines under a comment mark", "a.rst", repeat("..\n a\n")},
		{"target over lines", "a.rst", ".. _a: b\n" + repeat("  c\n")},
		{"long name", "a.rst", repeat("é_")},
		{"deep directives", "a.rst", nestedDirectives(1000)},
		{"raised numbers", "a.html", "<p>" + repeat("<a href='http://a.example/'>x</a><sup>1</sup>1<sup>1</sup> ")},
		{"titles", "a.html", "<p>" + repeat("<i>a b</i> http://a.example/ ")},
		{"numbers in a path", "a.rst", ".. _a: https://web.archive.org/web/" + strings.Repeat("1999/http%3a/", 600) + "\n\n" + repeat("a_ ")},
		{"headings", "a.rst", repeat("a\n=\n")},
		{"open content", "a.typ", repeat("#[a")},
		{"open calls", "a.typ", repeat("#link(\"http://a.example/\"[")},
		{"open raw text", "a.typ", repeat("`a```")},
		{"open formulas", "a.typ", repeat("$$$ a")},
		{"open comments", "a.typ", repeat("/* a")},
		{"open links", "a.org", repeat("[[a][")},
		{"blocks", "a.org", repeat("#+begin_src\n")},
		{"drawers", "a.org", repeat(":A:\n")},
		{"code", "a.org", repeat(" =a")},
		{"macros", "a.adoc", repeat("a:b[")},
		{"notes", "a.adoc", repeat("footnote:[a")},
		{"fences", "a.adoc", repeat("----\n====\n")},
		{"open templates", "a.wiki", repeat("{{a|")},
		{"one run of stars", "a.rst", repeat("*")},
		{"templates", "a.wiki", strings.Repeat("{{a|", 20_000) + strings.Repeat("}}", 20_000)},
		{"open notes", "a.wiki", repeat("<ref>a ")},
		{"notes", "a.wiki", repeat("<ref>a</ref>")},
		{"open comments", "a.wiki", repeat("<!-- ")},
		{"open links", "a.wiki", repeat("[[a|[http://b ")},
		{"braces", "a.wiki", repeat("[[}}")},
		{"open groups", "a.tex", repeat("\\footnote{")},
		{"groups", "a.tex", strings.Repeat("\\emph{", 20_000) + strings.Repeat("}", 20_000)},
		{"comments", "a.tex", "\\url{" + repeat("%")},
		{"addresses", "a.tex", repeat("\\url{http://a.example/}")},
		{"options", "a.tex", repeat("\\cite[")},
		{"environments", "a.tex", repeat("\\begin{verbatim}")},
		{"commands that grow", "a.tex", "\\newcommand{\\a}[1]{\\b{#1#1}\\url{http://a.example/#1}}\\newcommand{\\b}[1]{\\a{#1#1}\\b{#1#1}\\url{x}}" + repeat("\\a{xx}")},
		{"commands not closed", "a.tex", "\\def\\a#1#2{\\href{#1}{#2}}" + repeat("\\a{x}{")},
		{"definitions", "a.tex", repeat("\\newcommand{\\a}{\\a\\a}\\a ")},
		{"nested lists", "a.json", strings.Repeat("[", size)},
		{"cells", "a.csv", repeat("http://a.example/,")},
		{"quotes", "a.csv", repeat("\"a,")},
		{"nested elements", "a.opml", "<opml>" + repeat("<outline>")},
		{"elements", "a.xml", "<?xml version='1.0'?><article>" + repeat("<p/>")},
		{"nested notes", "a.xml", "<?xml version='1.0'?><article>" + strings.Repeat("<p>a<fn>", 400)},
		{"notes", "a.xml", "<?xml version='1.0'?><article><p>" + repeat("<fn>a</fn>")},
		{"open element", "a.xml", "<?xml version='1.0'?><article " + repeat("a='b' ")},
		{"body tags", "a.html", growing(40_000, "<body a%d-%d-%d>")},
		{"option tags", "a.html", "<body>" + repeat("<select><option>")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			result, err := Read(context.Background(), Source{Name: tt.file, Body: []byte(tt.body)}, Options{MaxReferences: 1 << 20})
			if took := time.Since(began); took > time.Minute {
				t.Errorf("took %v", took)
			}
			if err == nil && result == nil {
				t.Error("no result and no error")
			}
		})
	}
}

// nestedDirectives are n directives, each in the one before.
func nestedDirectives(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("  ", i) + ".. note::\n\n")
	}
	return b.String()
}

// nestedList is a list of n levels.
func nestedList(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("  ", i) + "- http://a.example/\n")
	}
	return b.String()
}

// growing are n definitions, each of which holds the one before it twice.
func growing(n int, definition string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, definition, i+1, i, i)
	}
	return b.String()
}

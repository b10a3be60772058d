package citation

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/net/html"

	ibid "github.com/ibid-archive/ibid"
)

func TestLeadingLabel(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text, label, rest string
		listed            bool
		kind              ibid.LocatorKind
	}{
		{"[12] Smith", "12", "Smith", false, ibid.Bibliography},
		{"[RFC2119]  Bradner", "RFC2119", "Bradner", false, ibid.Bibliography},
		{"[1]: http", "1", "http", false, ibid.Bibliography},
		{"[Note] It is", "", "[Note] It is", false, ""},
		{"[Smith] It is", "Smith", "It is", true, ibid.Bibliography},
		{"[x] a task", "", "[x] a task", true, ""},
		{"[12](more)", "", "[12](more)", false, ""},
		{"¹² See", "12", "See", false, ibid.Footnote},
		{"12. Smith", "12", "Smith", true, ""},
		{"12) Smith", "12", "Smith", true, ""},
		{"3 See", "3", "See", true, ""},
		{"12. Smith", "", "12. Smith", false, ""},
		{"2009 was", "", "2009 was", true, ""},
		{"^ Smith", "", "^ Smith", true, ""},
		{"", "", "", true, ""},
	}
	for _, tt := range tests {
		label, n, kind := leadingLabel(tt.text, tt.listed)
		if label != tt.label || tt.text[n:] != tt.rest || kind != tt.kind {
			t.Errorf("%q: got %q, %q, %q; want %q, %q, %q", tt.text, label, tt.text[n:], kind, tt.label, tt.rest, tt.kind)
		}
	}
}

func TestNoteKind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		tag  string
		want ibid.LocatorKind
	}{
		{`<li id="cite_note-Smith-3">`, ibid.Footnote}, {`<li id="fn:1">`, ibid.Footnote}, {`<div id="ftn1">`, ""},
		{`<div id="_ftn1">`, ibid.Footnote}, {`<a id="_ftnref1">`, ""}, {`<li id="fnref:1">`, ""}, {`<div id="sdendnote2">`, ibid.Endnote},
		{`<p id="ref-CR12">`, ibid.Bibliography}, {`<p id="reform2009">`, ""}, {`<p id="bib7">`, ibid.Bibliography},
		{`<li role="doc-endnote">`, ibid.Endnote}, {`<div role="doc-biblioentry">`, ibid.Bibliography}, {`<aside epub:type="footnote">`, ibid.Footnote},
		{`<p class="x MsoFootnoteText">`, ibid.Footnote}, {`<div class="csl-entry">`, ibid.Bibliography}, {`<p class="text">`, ""}, {`<p>`, ""},
	}
	for _, tt := range tests {
		nodes, err := html.ParseFragment(strings.NewReader(tt.tag), nil)
		if err != nil {
			t.Fatal(err)
		}
		n := nodes[0]
		for n.Type == html.ElementNode && len(n.Attr) == 0 && (n.Data == "html" || n.Data == "head" || n.Data == "body") {
			if n.Data == "head" {
				n = n.NextSibling
			} else {
				n = n.FirstChild
			}
		}
		if got := noteKind(n); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.tag, got, tt.want)
		}
	}
}

func TestSectionKind(t *testing.T) {
	t.Parallel()
	for heading, want := range map[string]ibid.LocatorKind{
		"References": ibid.Bibliography, "7.  NORMATIVE REFERENCES": ibid.Bibliography, "Literaturverzeichnis:": ibid.Bibliography,
		"Notes et références": ibid.Endnote, "Fußnoten": ibid.Footnote, "参考文献": ibid.Bibliography, "# Sources ¶": ibid.Bibliography,
		"References to the sea": "", "Introduction": "", "": "",
	} {
		if got := sectionKind(heading); got != want {
			t.Errorf("%q: got %q, want %q", heading, got, want)
		}
	}
}

func TestSectionEndsWithItsLevel(t *testing.T) {
	t.Parallel()
	var s section
	steps := []struct {
		heading string
		level   int
		want    ibid.LocatorKind
	}{
		{"Text", 2, ""}, {"References", 2, ibid.Bibliography}, {"Books", 3, ibid.Bibliography}, {"Notes", 3, ibid.Endnote},
		{"Thanks", 3, ""}, {"References", 2, ibid.Bibliography}, {"Annex", 1, ""},
	}
	for _, step := range steps {
		s.heading(step.heading, step.level)
		if s.kind != step.want {
			t.Errorf("after %q: %q, want %q", step.heading, s.kind, step.want)
		}
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	tests := []struct{ base, href, want string }{
		{"", "http://example.org/a b", "http://example.org/a%20b"},
		{"", "HTTP://Example.ORG/A", "http://example.org/A"},
		{"", `http:\\example.org\a`, "http://example.org/a"},
		{"", "http://example.org/ä?ö#ü", "http://example.org/%C3%A4?%C3%B6#%C3%BC"},
		{"", "http://example.org/a|b^c[0]", "http://example.org/a|b^c[0]"},
		{"", "http://user:pw@example.org:8080/", "http://user:pw@example.org:8080/"},
		{"", "http://intranet/a", "http://intranet/a"},
		{"", "www.example.org", "http://www.example.org"},
		{"", "doi:10.1000/182", "https://doi.org/10.1000/182"},
		{"", "a.html", ""}, {"", "/a", ""}, {"", "#a", ""}, {"", "", ""}, {"", "tel:+1", ""}, {"", "http://", ""}, {"", "http:///a", ""},
		{"", "http://exa mple.org/", ""}, {"", "http://-a.example/", ""}, {"", "http://a..example/", ""}, {"", "http://[::1/", ""},
		{"", "//example.org/a", "https://example.org/a"},
		{"http://base.example/d/e", "//example.org/a", "http://example.org/a"},
		{"http://base.example/d/e", "../a?b", "http://base.example/a?b"},
		{"http://base.example/d/e", "e#part", ""},
		{"http://base.example/d/e", "mailto:x@example.org", ""},
		{"ftp://base.example/", "a", ""},
	}
	for _, tt := range tests {
		c := newCollector(context.Background(), Source{BaseURI: tt.base}, Options{})
		if got := c.resolve(tt.href); got != tt.want {
			t.Errorf("%q against %q: got %q, want %q", tt.href, tt.base, got, tt.want)
		}
	}
}

func TestPrepareKeepsOrdinaryText(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("A line.\n\n", 10_000)
	if p := prepare(body, 0); p.text != body || len(p.long) != 0 || len(p.shifts) != 0 {
		t.Error("ordinary text was changed")
	}
	long := strings.Repeat("x ", maxLine)
	if p := prepare("a\n```\n"+long+"\n```\n"+long+"\n", 4); len(p.long) != 1 || p.long[0].line != 9 || strings.Contains(p.text, "x") {
		t.Errorf("%d long lines were kept, %d bytes of text", len(p.long), len(p.text))
	}
}

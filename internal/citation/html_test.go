package citation

import (
	"strings"
	"testing"
)

func TestHTML(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.html", []documentTest{
		{"links in the content", `<body><header><a href="http://example.org/no">Home</a></header><nav><a href="http://example.org/no">x</a></nav>
<main><h1>T</h1><p>See <a href="http://example.org/a" title="Long">the <b>source</b></a> and http://example.org/b.</p></main>
<aside><a href="http://example.org/no">x</a></aside><footer><a href="http://example.org/no">x</a></footer></body>`, `
link[]:0 http://example.org/a “the source”
inline[]:0 http://example.org/b
`},
		{"no main", `<body class="sidebar-left"><div id="menu"><a href="http://example.org/no">x</a></div><ul class="breadcrumbs nav"><li><a href="http://example.org/no">x</a></ul>
<form id=aspnet><p><a href=http://example.org/a>Source A</a></p></form><script>var x = "http://example.org/no"</script><style>a{b:url(http://example.org/no)}</style></body>`,
			"link[]:0 http://example.org/a “Source A”\n"},
		{"header of an article", `<article><header><a href=http://example.org/a>By whom</a></header>x<footer><a href=http://example.org/b>On what</a></footer></article>`,
			"link[]:0 http://example.org/a “By whom”\nlink[]:0 http://example.org/b “On what”\n"},
		{"not outside", `<p><a href="#a">x</a><a href="b.html">x</a><a href="mailto:x@example.org">x</a><a href="javascript:x()">x</a><a href="">x</a><a>x</a><a href="data:text/plain,x">x</a>`, ""},
		{"without a scheme", `<p><a href="//example.org/a">Source A</a> <a href=" http://example.org/b
/c ">Source B</a>`, "link[]:0 https://example.org/a “Source A”\nlink[]:0 http://example.org/b/c “Source B”\n"},
		{"base", `<head><base href="http://example.org/d/"></head><p><a href="a?b#c">Source A</a>`, "link[]:0 http://example.org/d/a?b#c “Source A”\n"},
		{"code", `<p><code>http://example.org/no</code> <kbd>http://example.org/no</kbd><pre>curl http://example.org/no</pre> <code><a href=http://example.org/a>f</a></code> <tt>http://example.org/b</tt>`,
			"link[]:0 http://example.org/a “f”\ninline[]:0 http://example.org/b\n"},
		{"text in pre", "<html><body><pre>The text.\n\n[1] Smith, J., \"On Tides\",\n    http://example.org/a\n\n[2] <a href=\"http://example.org/b\">Doe on winds</a>\n</pre></body></html>", `
bibliography[1]:0 http://example.org/a “On Tides”
bibliography[2]:0 http://example.org/b “Doe on winds”
`},
		{"pictures", `<p><a href=http://example.org/a><img src=http://example.org/i.png alt="The Logo"></a><img src=http://example.org/j.png>`, "link[]:0 http://example.org/a “The Logo”\n"},
		{"link over blocks", `<a href=http://example.org/a><div><h3>On Tides</h3></div></a><p>Text`, "link[]:0 http://example.org/a “On Tides”\n"},
		{"short quotation and area of a picture", `<p><q cite="http://example.org/a">So</q> <map><area href="http://example.org/b"></map>`, "link[]:0 http://example.org/a\nlink[]:0 http://example.org/b\n"},
		{"quotation", `<blockquote cite="http://example.org/a"><p>So it was.</p></blockquote>`, "link[]:0 http://example.org/a\n"},
		{"wiki", `<div id=mw-content-text><p>Text<sup class=reference><a href="#cite_note-1">[1]</a></sup> <a href="https://xx.wiki.example/wiki/A">A</a></p>
<h2>References<span class=mw-editsection><a class=external href="http://xx.wiki.example/w/index.php?action=edit">edit</a></span></h2>
<ol class=references><li id="cite_note-1"><span class="mw-cite-backlink"><b><a href="#cite_ref-1">^</a></b></span> <span class=reference-text><cite class="citation web">Smith, John (4 June 2009). <a rel=nofollow class="external text" href="http://example.org/a">"On Tides"</a>. <i>Sea</i>. <a class=external href="http://web.archive.example/2010/http://example.org/a">Archived</a> from the original on 3 May 2010. Retrieved 12 May 2009.</cite></span></li>
<li><cite>Doe, A. (2008). "On Winds". <a class=external href="https://doi.org/10.1000%2F182">10.1000/182</a>. www.wind.example</cite></ol>
<div role=navigation class=navbox><a href="https://xx.wiki.example/wiki/B">B</a><a class="external text" href="http://example.org/b">The Authority</a></div></div><div id=footer><a class=external href=http://example.org/no>x</a></div>`, `
footnote[1]:0 http://example.org/a “On Tides” by Smith, John accessed 2009-05-12
footnote[1]:0 http://web.archive.example/2010/http://example.org/a “On Tides” by Smith, John accessed 2009-05-12
bibliography[2]:0 https://doi.org/10.1000%2F182 “On Winds” by Doe, A.
link[]:0 http://example.org/b “The Authority”
`},
		{"notes of a word processor", `<p class=MsoNormal>Text<a href="#_ftn1" name="_ftnref1"><span class=MsoFootnoteReference>[1]</span></a>.</p>
<div id=ftn1><p class=MsoFootnoteText><a href="#_ftnref1" name="_ftn1"><span>[1]</span></a> See <a href="http://example.org/a">http://example.org/a</a> (Zugriff: 12.05.2009).</p></div>`, `
footnote[1]:0 http://example.org/a accessed 2009-05-12
`},
		{"notes of pandoc", `<section class=footnotes role=doc-endnotes><ol><li id=fn1><p>See <a href=http://example.org/a>A Source</a>.<a href="#fnref1" class=footnote-back>↩︎</a></p></li></ol></section>`,
			"endnote[1]:0 http://example.org/a “A Source”\n"},
		{"under a heading", `<main><h2>Literaturverzeichnis</h2><ul><li>Smith: <i>On Tides</i>. http://example.org/a</ul><h2>Dank</h2><p>http://example.org/b</main>`,
			"bibliography[]:0 http://example.org/a “On Tides”\ninline[]:0 http://example.org/b\n"},
		{"numbers of a list", `<h2>Notes</h2><ol start=7><li>http://example.org/a<li>x<li value=12>http://example.org/b</ol>`,
			"endnote[7]:0 http://example.org/a\nendnote[12]:0 http://example.org/b\n"},
		{"labels in cells and terms", `<table><tr><td>[Sm09]</td><td>Smith, <a href=http://example.org/a>On Tides</a></td></tr></table><dl><dt>[2]</dt><dd>http://example.org/b</dd></dl>`,
			"bibliography[Sm09]:0 http://example.org/a “On Tides”\nbibliography[2]:0 http://example.org/b\n"},
		{"marks are not in the context", `<p>It rose.<sup>3</sup> It fell to 10<sup>6</sup> <a href=http://example.org/a>they say</a>.`, "link[]:0 http://example.org/a “they say”\n"},
		{"comments and hidden parts", `<p><!-- http://example.org/no --><span hidden>http://example.org/no</span><span style="display: none">http://example.org/no</span>http://example.org/a`, "inline[]:0 http://example.org/a\n"},
	})
}

func TestHTMLContext(t *testing.T) {
	t.Parallel()
	body := `<p>It rose.<sup><a href="#n3">3</a></sup> It fell,
	  as <a href=http://example.org/a>they&nbsp;say</a>, by 10 m. It&shy;rose.</p>`
	refs := readBody(t, Source{Name: "a.html", Body: []byte(body)}).References
	if want := "It fell, as they say, by 10 m."; len(refs) != 1 || refs[0].Context != want {
		t.Errorf("got %+v, want the context %q", refs, want)
	}
}

func TestHTMLFromTheWeb(t *testing.T) {
	t.Parallel()
	src := Source{
		Name: "http://example.org/d/a", BaseURI: "http://example.org/d/a", ContentType: "text/html",
		Body: []byte(`<p><a href="b">Source B</a> <a href="/c">Source C</a> <a href="#x">1</a> <a href="a#y">2</a> <a href="?q">Source Q</a>`),
	}
	want := "link[]:0 http://example.org/d/b “Source B”\nlink[]:0 http://example.org/c “Source C”\nlink[]:0 http://example.org/d/a?q “Source Q”\n"
	if got := described(readBody(t, src).References); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestDeepHTML reads a tree that x/net/html refuses.
func TestDeepHTML(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<div><span><b>", 600)
	body := "<title>Deep</title><body>" + deep + `<p>See <a href="http://example.org/a">the <i>source</i></a>.<script>"http://example.org/no"</script><code>http://example.org/no</code></p><ul><li>http://example.org/b</ul>`
	result := readBody(t, Source{Name: "a.html", Body: []byte(body)})
	want := "link[]:0 http://example.org/a “the source”\ninline[]:0 http://example.org/b\n"
	if got := described(result.References); got != want || result.Document.Title != "Deep" {
		t.Errorf("got %q\n%swant\n%s", result.Document.Title, got, want)
	}
}

package linkhealth

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/ibid-archive/ibid"
)

func TestReadTakesAnything(t *testing.T) {
	deep := &html.Node{Type: html.ElementNode, DataAtom: atom.Div, Data: "div"}
	for n, i := deep, 0; i < 400_000; i++ {
		child := &html.Node{Type: html.ElementNode, DataAtom: atom.Div, Data: "div"}
		n.AppendChild(child)
		n = child
	}
	for name, p := range map[string]*Page{
		"nothing":     {},
		"no root":     {MediaType: "text/html", Doc: goquery.NewDocumentFromNode(nil)},
		"a bare node": {MediaType: "text/html", Doc: goquery.NewDocumentFromNode(&html.Node{Type: html.ElementNode, Data: "p"})},
		"a deep tree": {MediaType: "text/html", Doc: goquery.NewDocumentFromNode(deep)},
		"no address":  {URI: "http://%zz/", Status: 200, MediaType: "text/html", Doc: parsed(t, `<link rel=canonical href="::"><meta http-equiv=refresh content="1;url=//%zz">`)},
	} {
		s := Read(p)
		if s == nil {
			t.Fatalf("%s: no Signs", name)
		}
		Judge(Look{Visit: &ibid.Visit{Verdict: ibid.Archived, Final: &ibid.Capture{URI: p.URI, Status: p.Status}}, Signs: s})
	}
}

func TestReadChangesNothing(t *testing.T) {
	p := pageOf(t, newsPage(20<<10))
	render := func() string {
		var b bytes.Buffer
		if err := html.Render(&b, p.Doc.Nodes[0]); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	before, header := render(), p.Header.Clone()
	Read(p)
	MissingFragments(p.Doc, []string{"x"})
	if render() != before || len(p.Header) != len(header) {
		t.Error("the page was changed")
	}
}

// A page of 10 MB is read in a small part of the time that its parse takes, and leaves little behind; so are smaller ones
// that cost more for each byte.
func TestReadHugePage(t *testing.T) {
	for name, page := range map[string]string{
		"text":    "<title>T</title><p>" + prose("en", 1_800_000),
		"nodes":   "<title>T</title>" + strings.Repeat("<p class='x y z'>a word", 40_000),
		"links":   "<title>T</title>" + strings.Repeat("<a href='/x'>word</a> ", 40_000),
		"classes": "<title>T</title>" + strings.Repeat("<div class='"+strings.Repeat("a-b_c ", 1600)+"'>word</div>", 1000),
		"title":   "<title>" + strings.Repeat("word ", 400_000) + "</title>",
		"scripts": strings.Repeat("<script>var a = 'word word word word word word';</script>", 40_000),
	} {
		began := time.Now()
		p := pageOf(t, page)
		parse := time.Since(began)
		began = time.Now()
		s := Read(p)
		read := time.Since(began)
		if read > parse+time.Second {
			t.Errorf("%s: parsed in %v, read in %v", name, parse, read)
		}
		if len(s.Text.shingles().hashes) > maxShingles || len(s.Text.lead) > 2*maxLead || len(s.Title) > maxTitle {
			t.Errorf("%s: keeps %d shingles, %d bytes, a title of %d", name, len(s.Text.shingles().hashes), len(s.Text.lead), len(s.Title))
		}
		t.Logf("%s: %d MB parsed in %v, read in %v", name, len(page)>>20, parse, read)
	}
}

func TestTextWithoutFrame(t *testing.T) {
	words := func(s string) int { return len(strings.Fields(s)) }
	text := prose("en", 60)
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"elements":               {"<nav>a b c</nav><header>d e</header><main>" + text + "</main><aside>f</aside><footer>g h</footer>", words(text)},
		"a header of an article": {"<article><header>by two authors</header>" + text + "</article>", words(text) + 3},
		"roles":                  {`<div role="navigation">a b</div><div role="contentinfo">c</div>` + text, words(text)},
		"classes":                {`<div class="left sidebar-box">a b</div><div id="main-menu">c d</div><div class="cookie-notice">e</div>` + text, words(text)},
		"beside a sidebar":       {`<div class="has-sidebar no-menu">` + text + `</div>`, words(text)},
		"a builder of pages":     {`<div class="elementor-widget elementor-widget-text">` + text + `</div>`, words(text)},
		"all in a menu":          {`<div class="menu">` + text + `</div>`, words(text)},
		"scripts and styles":     {"<script>a b</script><style>c d</style><noscript>e f</noscript><template>g</template>" + text, words(text)},
		"a link in prose":        {text + `<p>see <a href="/x">this page</a> and <a href="/y">that one</a> for more words</p>`, words(text) + 9},
	} {
		t.Run(name, func(t *testing.T) {
			if got := signsOf(t, c.body).Text.Words(); got != c.want {
				t.Errorf("%d words, not %d", got, c.want)
			}
		})
	}
}

func TestWhatIsDeclared(t *testing.T) {
	p := pageOf(t, `<html lang="en-GB"><head><title> The
 report `+"\u202e"+`</title><meta property="og:site_name" content="Ports"><link rel="Canonical" href="/r">
<meta http-equiv="Refresh" content="5; URL='next.html'"></head><body><h1>The <em>report</em></h1></body></html>`)
	s := Read(p)
	if s.Title != "The report" || s.Heading != "The report" || s.SiteName != "Ports" || s.Language != "en-GB" {
		t.Errorf("%q %q %q %q", s.Title, s.Heading, s.SiteName, s.Language)
	}
	if s.Canonical != "https://harbour.example/r" || s.Refresh != "https://harbour.example/news/next.html" {
		t.Errorf("%q %q", s.Canonical, s.Refresh)
	}
	p = pageOf(t, "<p>x")
	p.Header.Set("Content-Language", "fr")
	if s := Read(p); s.Language != "fr" {
		t.Errorf("language %q", s.Language)
	}
}

// FuzzRead holds Read and Judge to their bounds on any page.
func FuzzRead(f *testing.F) {
	for _, s := range situations(f) {
		f.Add(s.now.page.Body, s.now.page.Status, s.now.page.URI, s.now.page.Header.Get("Server"))
	}
	f.Fuzz(func(t *testing.T, body []byte, status int, uri, server string) {
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
		if err != nil {
			t.Skip()
		}
		p := &Page{
			URI: uri, Status: status, Header: http.Header{"Server": {server}, "Content-Language": {server}}, MediaType: "text/html",
			Doc: doc, Body: body, Size: int64(len(body)), Whole: true,
		}
		for _, p := range []*Page{p, {URI: uri, Status: status, MediaType: "text/plain", Body: body}} {
			s := Read(p)
			v := &ibid.Visit{Seed: server, Verdict: ibid.Archived, Hops: []string{server, uri}, Final: &ibid.Capture{URI: uri, Status: status}}
			l := Look{Visit: v, Signs: s, Sibling: &Sibling{URI: uri, Status: 200, Signs: s}, Missing: MissingFragments(p.Doc, []string{server})}
			j := Judge(l)
			if j.Health == "" || rules(j) == "" || len(j.Evidence) > maxEvidence {
				t.Errorf("%q by %v", j.Health, j.Evidence)
			}
			for _, e := range j.Evidence {
				if !utf8.ValidString(e.Text) || len(e.Text) > 4*maxTitle || strings.ContainsAny(e.Text, "\x00\n\u202e") {
					t.Errorf("evidence %q", e.Text)
				}
			}
			WantsProbe(Look{Visit: v, Signs: s}, server)
		}
	})
}

// FuzzCompare holds the score to what it means.
func FuzzCompare(f *testing.F) {
	f.Add(prose("en", 50), prose("fr", 50))
	f.Add("港の歴史と船の話", "กรุงเทพมหานคร")
	f.Add("", "x")
	f.Fuzz(func(t *testing.T, a, b string) {
		before, after := signsOfText(a, a, "en"), signsOfText(b, b, "fr")
		d, ok := Compare(before, after)
		if d.Score < 0 || d.Score > 1 || !ok && d.Score != 0 || !utf8.ValidString(d.Title) {
			t.Errorf("%v %+v", ok, d)
		}
		if d, ok := Compare(before, before); d.Score != 0 || ok != (before.Text.Words() > 0 || before.Text.half > 0) {
			t.Errorf("drift of %v from itself, %v", d.Score, ok)
		}
	})
}

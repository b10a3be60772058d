package metadata

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/ibid-archive/ibid"
)

var update = flag.Bool("update", false, "write the golden files of testdata/html anew")

// TestFixtures describes each page of testdata/html and compares with the golden file beside it.
func TestFixtures(t *testing.T) {
	header := http.Header{"Date": {"Tue, 24 Nov 2026 10:00:00 GMT"}, "Last-Modified": {"Tue, 24 Nov 2026 09:59:58 GMT"}}
	for name, uri := range map[string]string{
		"highwire-journal": "https://jhs.example/article/10.5555/jhs.2014.0077?utm=1",
		"dublin-core":      "http://archiv.example/findbuch.htm",
		"news-fr":          "https://courrier.example/2015/04/30/les-ports-rouvrent_1278483",
		"jsonld-graph":     "https://basin.example/why-quays-sink",
		"microdata-recipe": "https://cucina.example/zuppa",
		"spanish-report":   "http://puertos.example/informe.aspx?id=9",
		"drupal-un":        "http://forum.example/fr/documents/session-3-4",
		"jahia-page":       "http://www.org.example/jahia/Jahia/policy/pid/866",
		"legacy-1252":      "http://coop.example/cafe.htm",
		"byline-only":      "http://evening-tide.example/story.php?id=4",
	} {
		t.Run(name, func(t *testing.T) {
			page, err := os.ReadFile(filepath.Join("testdata", "html", name+".html"))
			if err != nil {
				t.Fatal(err)
			}
			doc := parsed(t, string(decoded(t, page)))
			got, err := json.MarshalIndent(FromHTML(doc, uri, header, noon), "", "\t")
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "html", name+".json")
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if strings.TrimSpace(string(want)) != string(got) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// noon is when pages and files were served, where they do not say so themselves.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// of describes a small page without headers.
func of(t testing.TB, page, uri string) *ibid.Description {
	t.Helper()
	return FromHTML(parsed(t, page), uri, nil, noon)
}

func TestNothingToDescribe(t *testing.T) {
	for name, doc := range map[string]*goquery.Document{
		"nil":          nil,
		"no selection": {},
		"no root":      goquery.NewDocumentFromNode(nil),
		"a bare node":  goquery.NewDocumentFromNode(&html.Node{Type: html.ElementNode, Data: "p"}),
		"empty":        parsed(t, ""),
	} {
		t.Run(name, func(t *testing.T) {
			d := FromHTML(doc, "::not an address", nil, noon)
			if d == nil || d.Title != "" || d.Canonical != "" || len(d.Authors) != 0 {
				t.Errorf("got %+v, want an empty description", d)
			}
		})
	}
}

func TestHostileValuesAreHarmless(t *testing.T) {
	long := strings.Repeat("é", 100_000)
	d := of(t, `<html><head><title>A`+"\u202e"+`txt.exe`+"\x01\u0085"+` B`+"\xff"+`</title>
<meta name=author content="`+long+`"><meta name=description content="`+long+`"><meta property=og:site_name content="`+long+`">
<link rel=canonical href="javascript:alert(1)"><link rel=alternate hreflang=fr href="https://u:p@a.example/fr"></head>`, "https://a.example/")
	if d.Title != "Atxt.exe B\ufffd" {
		t.Errorf("title %q", d.Title)
	}
	if d.Canonical != "" {
		t.Errorf("canonical %q, want none: the scheme is not of the web", d.Canonical)
	}
	if got := d.Alternates["fr"]; got != "https://a.example/fr" {
		t.Errorf("alternate %q, want it without a password", got)
	}
	if len(d.Abstract) > maxAbstract || len(d.Publisher) > maxName || !utf8.ValidString(d.Abstract+d.Publisher) {
		t.Errorf("lengths: abstract %d, publisher %d", len(d.Abstract), len(d.Publisher))
	}
}

func TestNumbersAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("<html><head><title>Many</title>")
	for i := range 5000 {
		n := string(rune('A'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676))
		b.WriteString(`<meta name=citation_author content="Name ` + n + `"><link rel=alternate hreflang="x-a` + n + `" href="/` + n + `">`)
	}
	d := of(t, b.String(), "https://a.example/")
	if len(d.Authors) != maxAuthors || len(d.Alternates) > maxAlternates {
		t.Errorf("%d authors, %d alternates", len(d.Authors), len(d.Alternates))
	}
}

// chain returns n elements, each inside the one before: no parser makes such a tree, but a library may.
func chain(n int) *html.Node {
	top := &html.Node{Type: html.DocumentNode}
	at := top
	for range n {
		child := &html.Node{Type: html.ElementNode, Data: "div", Attr: []html.Attribute{{Key: "class", Val: "date author"}, {Key: "itemscope"}}}
		at.AppendChild(child)
		at = child
	}
	at.AppendChild(&html.Node{Type: html.TextNode, Data: "4 June 2009"})
	return top
}

func TestDeepAndWideTrees(t *testing.T) {
	deep := FromHTML(goquery.NewDocumentFromNode(chain(400_000)), "https://a.example/", nil, noon)
	if deep.Title != "" {
		t.Errorf("title %q of a page without one", deep.Title)
	}
	wide := FromHTML(parsed(t, "<title>Wide</title>"+strings.Repeat("<p>a<time>2009</time><b class=author>x y</b>", 200_000)), "https://a.example/", nil, noon)
	if wide.Title != "Wide" {
		t.Errorf("title %q", wide.Title)
	}
}

// decoded turns a page of windows-1252 into UTF-8, as the crawler does before it parses.
func decoded(t testing.TB, page []byte) []byte {
	t.Helper()
	if utf8.Valid(page) {
		return page
	}
	return decode(t, page)
}

func FuzzFromHTML(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "html", "*.html"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		page, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(page, "https://a.example/2009/06/04/x")
	}
	f.Fuzz(func(t *testing.T, page []byte, uri string) {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(page)))
		if err != nil {
			return
		}
		d := FromHTML(doc, uri, http.Header{"Link": {string(page[:min(len(page), 200)])}}, noon)
		raw, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range append([]string{d.Title, d.Abstract, d.Publisher, d.Type, d.Language}, d.Authors...) {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\r\n\u202e\u2066") || len(s) > maxAbstract {
				t.Fatalf("unclean value %q in %s", s, raw)
			}
		}
		for name, date := range map[string]ibid.Date{"published": d.Published, "modified": d.Modified} {
			if date != "" && !date.Valid() {
				t.Fatalf("%s %q is no date", name, date)
			}
		}
	})
}

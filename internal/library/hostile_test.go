package library

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	xhtml "golang.org/x/net/html"

	"github.com/ibid-archive/ibid"
)

// TestHostilePages reads what is made to take long. Each is 128 KB; what is linear takes less than a second, what is
// quadratic takes minutes.
func TestHostilePages(t *testing.T) {
	if testing.Short() {
		t.Skip("reads megabytes of hostile pages")
	}
	const size = hostileSize
	repeat := func(s string) string { return strings.Repeat(s, size/len(s)) }
	count := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for _, c := range []struct{ name, page string }{
		{"entries", count(`<li>Session 3.4 <a href="/f/%d.pdf">Regional Dialogues and Development</a> [<a href="s.pdf">ES</a>]</li>`)},
		{"one line of links", count(`<a href="%d.pdf">Session 3.4</a> `)},
		{"one row of languages", `<p>Session 3.4 Title ` + count(`<a href="%d.pdf">FR</a>|`)},
		{"one link again and again", `<p>` + repeat(`<a href="x.pdf">Session 3.4 of a meeting</a> `)},
		{"libraries", count(`<a href="/docs/%d">Document Library</a> `)},
		{"one library", repeat(`<a href="/docs">Document Library</a> `)},
		{"pages", count(`<a href="?page=%d">next</a> `)},
		{"languages with lost letters", repeat("<a href=x.pdf>espa\ufffdol fran\ufffdais</a> ")},
		{"headings", repeat(`<h1>Session 3.4</h1><h2>Session 3.4</h2>`)},
		{"tables", repeat(strings.Repeat(`<table><tr><td>x`, 120) + strings.Repeat(`</table>`, 120))},
		{"rows", repeat(`<table><tr><td>Session 3.4<td>English</table>`)},
		{"one row", `<table><tr>` + repeat(`<td colspan=99999999>English`)},
		{"open brackets", `<a href=x>` + repeat(`([`)},
		{"long titles", repeat(`<p><a href=x>` + strings.Repeat("session ", 120) + `</a>`)},
		{"long names", repeat(`<p><a href=x>` + strings.Repeat("ab ", 300) + `, in French</a>`)},
		{"numbers", repeat(`<p><a href=x>Session ` + strings.Repeat("1-", 400) + `</a>`)},
		{"one text", repeat(`Session 3.4 `)},
		{"preformatted", `<pre>` + count("<a href=\"%d.pdf\">GFMD07_Session_3-4_fr.pdf</a> 12K\n")},
		{"long addresses", repeat(`<a href="/` + strings.Repeat("lang/en/pid/", 300) + `">x</a>`)},
		{"no texts", count(`<a href="%d.pdf"></a>`)},
		{"fields", repeat(`<table><tr><td>Name:</td><td>Session 3.4</td></tr></table>`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := parsed(t, c.page)
			begin := time.Now()
			l := Read(doc, "http://a.example/jahia/list?a=b")
			match(dialogues, l.Entries)
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("took %v", took)
			} else if took > time.Second {
				t.Logf("took %v", took)
			}
			if len(l.Entries) > maxEntries || len(l.Libraries) > maxLibraries || len(l.More) > maxMore {
				t.Errorf("%d entries, %d libraries, %d pages", len(l.Entries), len(l.Libraries), len(l.More))
			}
		})
	}
}

// TestManyEntries finds one paper among five thousand that are like it.
func TestManyEntries(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<html lang=en><title>Papers of 2007</title><table>`)
	for i := range 5000 {
		fmt.Fprintf(&b, `<tr><td>Session %d.%d</td><td><table><tr><td><a href="/f/%d.pdf">Regional Dialogues and Development: Working Paper of Group %d</a></td><td>[<a href="/f/%d-fr.pdf">FR</a>]</td></tr></table></td></tr>`, i/9+4, i%9, i, i, i)
	}
	b.WriteString(`<tr><td>Session 3.4</td><td><a href="/f/it.pdf">Regional Dialogues and Development: Working Side by Side</a></td><td>[<a href="/f/it-fr.pdf">FR</a>]</td></tr></table>`)
	doc := parsed(t, b.String())
	fetch := func(_ context.Context, uri string) (*Page, error) { return &Page{URI: uri, Doc: doc}, nil }
	q := Query{Works: []ibid.Work{dialogues}, Sites: []string{"http://a.example/"}}
	got, err := Search(context.Background(), q, Source{Origin: ibid.OriginLive, Fetch: fetch})
	if err != nil {
		t.Fatal(err)
	}
	if got[0].URI != "http://a.example/f/it.pdf" || got[1].URI != "http://a.example/f/it-fr.pdf" || got[2].URI != "" {
		t.Errorf("%+v", got)
	}
}

// Trees that no parser makes are read as well: documents without nodes, elements out of place.
func TestReadOddTrees(t *testing.T) {
	Read(nil, "http://a.example/")
	Read(&goquery.Document{}, "::")
	Read(goquery.NewDocumentFromNode(&xhtml.Node{Type: xhtml.TextNode, Data: "x"}), "")
	deep := &xhtml.Node{Type: xhtml.ElementNode, Data: "div"}
	n := deep
	for range 200_000 {
		child := &xhtml.Node{Type: xhtml.ElementNode, Data: "a", Attr: []xhtml.Attribute{{Key: "href", Val: "x"}}}
		n.AppendChild(child)
		n = child
	}
	n.AppendChild(&xhtml.Node{Type: xhtml.TextNode, Data: "Session 3.4"})
	if l := Read(goquery.NewDocumentFromNode(deep), "http://a.example/"); len(l.Entries) != 1 {
		t.Errorf("%d entries", len(l.Entries))
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		`<li>Session 3.4 <a href=e.pdf>Regional Dialogues and Development</a> [ <a href=s.pdf>ES</a> | <a href=f.pdf>FR</a> ]`,
		`<table><tr><th>Title<th>French<tr><td>Session 3.4<td><a href=f.pdf>PDF</a></table>`,
		`<pre><a href="GFMD07_Session_3-4_fr.pdf">x</a> 12K` + "\n", `<h1>A</h1><p>Also available in: <a href=/fr/a>French</a>`,
		`<table><tr><td>Name:<td>A paper<tr><td>File name:<td>a.pdf</table>`, "<a href=/web/2009/http:/a.example/b>espa\ufffdol</a>", `<frameset><frame src=a></frameset>`,
	} {
		f.Add(s, "http://a.example/index.php?task=doc_details&gid=1")
		f.Add(s, "h%B5.example/index.php?task=doc_details&gid=1")
	}
	f.Fuzz(func(t *testing.T, page, base string) {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
		if err != nil {
			return
		}
		l := Read(doc, base)
		for _, e := range l.Entries {
			if e.URI == "" || !strings.HasPrefix(e.URI, "http") || !utf8.ValidString(e.Title) || e.Size < 0 {
				t.Errorf("%+v", e)
			}
		}
		match(dialogues, l.Entries)
	})
}

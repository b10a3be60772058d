package replay_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// asked are the attributes whose addresses browsers ask for or go to.
var asked = map[string]bool{
	"action": true, "background": true, "data": true, "formaction": true, "href": true, "poster": true, "src": true, "xlink:href": true, "cite": true, "longdesc": true,
}

// FuzzPagesStayInTheArchive: whatever a page is made of, no address in it leads out, whichever way it is parsed again.
func FuzzPagesStayInTheArchive(f *testing.F) {
	for _, page := range attacks {
		if len(page) < 4000 {
			f.Add(page)
		}
	}
	f.Fuzz(func(t *testing.T, page string) {
		h := &held{}
		h.add(t, "http://a.example/dir/page", "20090604120000", "text/html; charset=utf-8", page)
		got := text(t, ask(t, service(t, h, nil), replayHost, "/web/20090604120000/http://a.example/dir/page"))
		for _, scripting := range []bool{false, true} {
			root, err := html.ParseWithOptions(strings.NewReader(got), html.ParseOptionEnableScripting(scripting))
			if err != nil {
				return
			}
			for n := range root.Descendants() {
				if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "base") {
					t.Errorf("<%s> of %q is there: %q", n.Data, page, got)
				}
				if n.Type == html.TextNode && n.Parent.Data == "style" {
					sheetStays(t, n.Data)
				}
				for _, a := range n.Attr {
					key := a.Key
					if a.Namespace != "" {
						key = a.Namespace + ":" + key
					}
					if strings.HasPrefix(key, "on") {
						t.Errorf("%s of %q is there: %q", key, page, got)
					}
					if asked[key] {
						insideAddress(t, a.Val)
					}
				}
			}
		}
	})
}

// FuzzSheets: a style sheet stays one whatever it is made of, and none of its addresses leads out.
func FuzzSheets(f *testing.F) {
	for _, sheet := range []string{
		`@import "http://evil.example/";`, `a{b:url(http://evil.example/)}`, `a{b:\75 rl("http://evil.example/")}`, `@import/**/url('//evil.example/') screen;`,
		`a{b:image-set("http://evil.example/" 1x)}`, "a{b:url(http://evil.example/\\)c)}", `"a\`, `/*`, `url(`, `a{b:url( "x" http://evil.example/ )}`, "\\", "@\\", "u\\",
	} {
		f.Add(sheet)
	}
	f.Fuzz(func(t *testing.T, sheet string) {
		h := &held{}
		h.add(t, "http://a.example/dir/s.css", "20090604120000", "text/css; charset=utf-8", sheet)
		res := ask(t, service(t, h, nil), replayHost, "/web/20090604120000/http://a.example/dir/s.css")
		once := text(t, res)
		if res.StatusCode != 200 {
			t.Fatalf("%d %s", res.StatusCode, once)
		}
		sheetStays(t, once)
	})
}

// sheetStays says whether behind "url(" and "@import" stands nothing but an address of ours.
func sheetStays(t *testing.T, sheet string) {
	t.Helper()
	for _, mark := range []string{`url("`, `@import "`} {
		for rest := strings.ToLower(sheet); ; {
			_, after, found := strings.Cut(rest, mark)
			if !found {
				break
			}
			if rest = after; strings.HasPrefix(rest, "http:") || strings.HasPrefix(rest, "https:") || strings.HasPrefix(rest, "//") {
				t.Fatalf("it leads out: %q", sheet)
			}
		}
	}
}

// FuzzCDX: no query is answered by a fault of ours.
func FuzzCDX(f *testing.F) {
	for _, q := range []string{
		"url=a.example", "url=*.a.example&output=json&limit=-2", "url=a.example/*&filter=!statuscode:[23]..&collapse=timestamp:4", "url=a.example&sort=closest&closest=2009",
		"url=a.example&resumeKey=ZXhhbXBsZSxhKS8AMQBkAGU&showResumeKey=true&limit=1", "url=a.example&from=2009&to=200902&page=0", "url=%00&fl=urlkey,,", "&&=&url",
	} {
		f.Add(q)
	}
	s := service(f, library(f), nil)
	f.Fuzz(func(t *testing.T, query string) {
		if strings.ContainsAny(query, " #\r\n\x00") || strings.ContainsFunc(query, func(r rune) bool { return r < ' ' || r > '~' }) {
			return
		}
		res := ask(t, s, appHost, "/cdx?"+query)
		if body := text(t, res); res.StatusCode != 200 && res.StatusCode != 400 {
			t.Errorf("%d %s", res.StatusCode, body)
		}
	})
}

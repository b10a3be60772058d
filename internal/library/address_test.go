package library

import (
	"net/url"
	"testing"
)

func TestPageKey(t *testing.T) {
	for _, c := range []struct {
		a, b          string
		page, listing bool
	}{
		{"http://www.iom.int/jahia/Jahia/lang/en/pid/8", "http://iom.int/jahia/Jahia/cache/offonce/pid/8/lang/en;jsessionid=AB.w1", true, true},
		{"http://www.iom.int/jahia/Jahia/lang/en/pid/8", "http://www.iom.int/jahia/Jahia/lang/fr/pid/8", false, false},
		{"http://www.iom.int/jahia/Jahia/lang/en/pid/8", "http://www.iom.int/jahia/Jahia/lang/en/pid/8/ctnscroll_list/5_10", false, true},
		{"http://www.iom.int/jahia/Jahia/lang/en/pid/8", "http://www.iom.int/jahia/Jahia/lang/en/pid/9", false, false},
		{"http://a.example/index.php?option=com_docman&gid=17&Itemid=26", "http://A.example/index.php?gid=17&option=com_docman", true, true},
		{"http://a.example/index.php?gid=17&limitstart=5", "http://a.example/index.php?gid=17", false, true},
		{"http://a.example/index.php?gid=17", "http://a.example/index.php?gid=18", false, false},
		{"http://a.example/docs/page/2", "http://a.example/docs", false, true},
		{"http://a.example/docs/", "https://a.example/docs", true, true},
	} {
		if got := pageKey(c.a) == pageKey(c.b); got != c.page {
			t.Errorf("one page: %t for %s and %s", got, c.a, c.b)
		}
		if got := sameListing(listingKey(c.a), listingKey(c.b)); got != c.listing {
			t.Errorf("one listing: %t for %s and %s", got, c.a, c.b)
		}
	}
}

func TestAddresses(t *testing.T) {
	base, _ := url.Parse("http://www.forum.example/en/node/46")
	for href, want := range map[string]string{
		"a.pdf#page=2": "http://www.forum.example/en/node/a.pdf", "//b.example/x": "http://b.example/x", "mailto:a@b.example": "", "#top": "", "": "", "http://": "",
		"/web/2009/http://c.example/a?b=c":                                "http://c.example/a?b=c",
		"https://arc.example/wayback/20090604120000id_/http:/c.example/a": "http://c.example/a",
		"http://user:secret@d.example/":                                   "http://d.example/",
	} {
		if got := resolve(base, href); got != want {
			t.Errorf("resolve(%q) = %q, want %q", href, got, want)
		}
	}
	for uri, want := range map[string]string{
		"http://docs.forum.co.uk/a": "forum.co.uk", "http://GFMD.org./": "gfmd.org", "http://127.0.0.1:80/": "127.0.0.1", "http://localhost/": "localhost", "://": "",
	} {
		if got := siteOf(uri); got != want {
			t.Errorf("siteOf(%q) = %q, want %q", uri, got, want)
		}
	}
	for uri, want := range map[string]string{
		"http://a.example/x/R%C3%A9sum%C3%A9_fr.PDF": "Résumé_fr.PDF", "http://a.example/get?file=docs/b_es.doc&x=1": "b_es.doc", "http://a.example/a.html": "",
	} {
		if got := nameOf(uri); got != want {
			t.Errorf("nameOf(%q) = %q, want %q", uri, got, want)
		}
	}
}

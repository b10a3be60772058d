package rescue

import (
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

func TestProve(t *testing.T) {
	text := strings.Repeat("the second meeting of regional processes in Bangkok took note of what they said then, and ", 3) + "went on"
	digest := []ibid.Digest{ibid.DigestOf([]byte("x"))}
	old, moved := "http://a.example/files/Albania_Profile_2008.pdf", "https://b.example/x/albania_profile_2008.pdf"
	for name, c := range map[string]struct {
		known, page Sketch
		ok          bool
		said        string
	}{
		"digest":                {Sketch{URI: old, Digests: digest, Language: "en"}, Sketch{URI: "http://c.example/", Digests: digest, Language: "fr"}, true, "the digest that is known"},
		"file name alone":       {Sketch{URI: old}, Sketch{URI: moved}, false, "the same file name"},
		"file name and size":    {Sketch{URI: old, Size: 10_000}, Sketch{URI: moved, Size: 10_050}, true, "much the same"},
		"size to the byte":      {Sketch{URI: old, Size: 10_000}, Sketch{URI: "http://b.example/", Size: 10_000}, true, "to the byte"},
		"another size":          {Sketch{URI: old, Size: 10_000}, Sketch{URI: moved, Size: 500}, false, "quite another"},
		"title":                 {Sketch{Title: "Second Global RCP Meeting"}, Sketch{Title: "Second Global RCP Meeting | IOM"}, true, "the title is right"},
		"another title":         {Sketch{URI: old, Size: 10_000, Title: "Country profile of Albania"}, Sketch{URI: moved, Size: 10_000, Title: "Buy cheap domains"}, false, "another"},
		"text":                  {Sketch{Text: text}, Sketch{Text: "Menu. Home. " + text + " Footer"}, true, "of the text is the same"},
		"another language":      {Sketch{Title: "The very same title", Language: "en"}, Sketch{Title: "The very same title", Language: "es-MX"}, false, "it is in es, not en"},
		"another kind":          {Sketch{Title: "The very same title", MediaType: "application/pdf"}, Sketch{Title: "The very same title", MediaType: "text/html"}, false, "not application/pdf"},
		"nothing known":         {Sketch{URI: "http://a.example/x"}, Sketch{URI: "http://b.example/y", Title: "Some title here"}, false, "nothing is known"},
		"the other scheme, www": {Sketch{URI: "http://www.a.example/x"}, Sketch{URI: "https://a.example/x/"}, true, "nothing that names another page"},
		"start page":            {Sketch{URI: "http://a.example/x/"}, Sketch{URI: "http://a.example/x/INDEX.html"}, true, "start page"},
		"node":                  {Sketch{URI: "http://g.example/en/send/send/46"}, Sketch{URI: "http://g.example/fr/node/46"}, true, "(node 46)"},
		"another gid":           {Sketch{URI: "http://g.example/index.php?option=com_docman&gid=7"}, Sketch{URI: "http://g.example/index.php?option=com_docman&gid=8"}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			reasons, ok := Prove(c.known, c.page)
			if ok != c.ok || !strings.Contains(strings.Join(reasons, "; "), c.said) || len(reasons) == 0 {
				t.Errorf("%v, %q", ok, reasons)
			}
		})
	}
}

func TestHypotheses(t *testing.T) {
	r := newTest(t, trip(nil), func(o *Options) {
		o.Migrations = []Migration{{Name: "webdav", Match: `https?://(?:www\.)?iom\.int(?::80)?/jahia/webdav/(.*)`, Replace: "https://www.iom.int/sites/g/files/tmzbdl486/files/jahia/webdav/$1"}}
	})
	for uri, want := range map[string][]string{
		"http://www.iom.int/jahia/webdav/shared/a.pdf":                            {"https://www.iom.int/sites/g/files/tmzbdl486/files/jahia/webdav/shared/a.pdf", "https://www.iom.int/jahia/webdav/shared/a.pdf", "http://iom.int/jahia/webdav/shared/a.pdf"},
		"http://a.example/":                                                       {"https://a.example/", "http://www.a.example/", "http://a.example/index.html", "http://a.example/index.htm"},
		"http://a.example/b.php?PHPSESSID=0123456789abcdef0123456789abcdef&x=%2F": {"http://a.example/b.php?x=%2F", "https://a.example/b.php?PHPSESSID=0123456789abcdef0123456789abcdef&x=%2F"},
		"http://a.example/x;jsessionid=0A/y":                                      {"http://a.example/x/y"},
		"http://x.int/jahia/Jahia/cache/offonce/lang/en/pid/7":                    {"http://x.int/jahia/Jahia/lang/en/pid/7", "http://x.int/jahia/Jahia/pid/7/lang/en", "http://x.int/jahia/Jahia/pid/7"},
		"http://a.example/en/print/46":                                            {"http://a.example/en/node/46", "http://a.example/node/46"},
	} {
		got := map[string]bool{}
		for _, h := range r.Hypotheses(uri) {
			if h.Name == "" || got[h.URI] || h.URI == uri {
				t.Errorf("%+v", h)
			}
			got[h.URI] = true
		}
		for _, w := range want {
			if !got[w] {
				t.Errorf("%s: no %s in %v", uri, w, got)
			}
		}
	}
}

func FuzzHypotheses(f *testing.F) {
	f.Add("http://x.int/jahia/Jahia/cache/offonce/lang/en/pid/7/ctnscroll_3/5_10;jsessionid=1")
	f.Add("http://a.example/index.php?option=com_docman&gid=7&&Itemid=%zz")
	r := &Rescuer{}
	f.Fuzz(func(t *testing.T, uri string) {
		uri, ok := clean(uri)
		if !ok {
			return
		}
		if again, ok := clean(uri); !ok || again != uri {
			t.Errorf("%q is cleaned to %q", uri, again)
		}
		if all := r.hypotheses(uri); len(all) == 0 || len(all) > maxHypotheses || all[0].URI != uri {
			t.Errorf("%+v", all)
		}
	})
}

package library

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/metadata"
)

// founding are the three papers that the reading list names.
var founding = Query{
	Works: []ibid.Work{
		dialogues,
		{Title: "Orderly Movement and the Cost of Irregularity", Label: "2008 Session 2.2", Languages: []string{"en", "fr", "es"}},
		{Title: "Regional Dialogues, Inter-regional Fora and Economic Communities", Label: "2008 Session 3.3", Languages: []string{"en", "fr", "es"}},
	},
	Sites:  []string{"http://www.gfmd-fmmd.org/", "http://gfmd2008.org/"},
	Detect: metadata.Language,
}

// TestSearchFoundingCase finds nine papers of the reading list: the home pages are gone and read as an archive has them, the libraries are
// there, and the language is that of the texts.
func TestSearchFoundingCase(t *testing.T) {
	live, archive := newWeb(t, "../testsite/list/*.txtar"), newWeb(t, "testdata/archive.txtar")
	got, err := Search(context.Background(), founding, live.source(t, ibid.OriginLive), archive.source(t, "ia"))
	if err != nil {
		t.Fatal(err)
	}
	const file, download = "http://www.gfmd-fmmd.org/%[1]s/system/files/GFMD07_Session_3-4_%[1]s.pdf", "http://gfmd2008.org/index.php?option=com_docman&task=doc_download&gid=%d&Itemid=26"
	want := []string{fmt.Sprintf(file, "en"), fmt.Sprintf(file, "fr"), fmt.Sprintf(file, "es")}
	for _, gid := range []int{12, 13, 14, 21, 22, 23} {
		want = append(want, fmt.Sprintf(download, gid))
	}
	if len(got) != len(want) {
		t.Fatalf("%d editions, want %d", len(got), len(want))
	}
	for i, e := range got {
		if e.URI != want[i] || e.Listing == "" || !strings.Contains(strings.Join(e.Reasons, "; "), "its text is in "+e.Language) || len(e.Tried) == 0 {
			t.Errorf("%s in %s: %s, want %s\n%q\n%+v", e.Label, e.Language, e.URI, want[i], e.Reasons, e.Tried)
		}
	}
	if n := len(live.asked) + len(archive.asked); n > 40 {
		t.Errorf("%d requests for nine papers: %q %q", n, live.asked, archive.asked)
	}
}

func TestSearch(t *testing.T) {
	const english = "Session 3.4. Regional Dialogues and Development: Working Side by Side. Regional dialogues on migration seldom speak of development, and those who plan development seldom come to the dialogues. This paper asks why, and what it would take to change it."
	const french = "Séance 3.4. Dialogues régionaux et développement. Les dialogues régionaux sur la migration parlent rarement de développement, et ceux qui préparent le développement viennent rarement aux dialogues. Ce document cherche à savoir pourquoi."
	pdf := func(text string) string { return "HTTP 200\n@pdf lang=x\n\n" + text }
	for _, c := range []struct {
		name    string
		files   map[string]string
		allowed []string
		limits  Limits
		en, fr  string
		tried   string // stands in what was tried for the French one
		reasons string // in the reasons of the French one
	}{
		{
			name: "addresses lie about languages",
			files: map[string]string{
				"a.example/":          `<title>2007</title><li><a href="34_en.pdf">Session 3.4 Regional Dialogues and Development</a> [<a href="34_fr.pdf">FR</a>]`,
				"a.example/34_en.pdf": pdf(french), "a.example/34_fr.pdf": pdf(english),
			},
			en: "http://a.example/34_fr.pdf", fr: "http://a.example/34_en.pdf", reasons: "claimed to be in en, but its text is in fr",
		},
		{
			name: "the same text twice",
			files: map[string]string{
				"a.example/":      `<title>2007</title><li><a href="e.pdf">Session 3.4 Regional Dialogues and Development</a> [<a href="f.pdf">FR</a>]`,
				"a.example/e.pdf": pdf(english), "a.example/f.pdf": pdf(english),
			},
			en: "http://a.example/e.pdf", tried: "claimed to be in fr, but its text is in en",
		},
		{
			name: "through pages and details",
			files: map[string]string{
				"a.example/":            `<a href="/docs">Document Library</a> <a href="/news">News</a>`,
				"a.example/docs":        `<title>Brussels 2007</title><ul><li><a href="/x">Session 1.1</a></ul><a href="/docs?page=2">next</a>`,
				"a.example/docs?page=2": `<title>Brussels 2007</title><ul><li><a href="/node/9">Session 3.4</a></ul>`,
				"a.example/node/9":      `<title>Forum 2007</title><h1>Session 3.4: Regional Dialogues and Development</h1><p><a href="/e.pdf">English</a> <a href="/f.pdf">French</a></p>`,
				"a.example/e.pdf":       pdf(english), "a.example/f.pdf": pdf(french),
			},
			en: "http://a.example/e.pdf", fr: "http://a.example/f.pdf", tried: "http://a.example/docs?page=2",
		},
		{
			name: "never off the site",
			files: map[string]string{
				"a.example/":          `<title>2007</title><a href="http://clone.example/docs">Document Library</a><li>Session 3.4 <a href="http://clone.example/e.pdf">Regional Dialogues and Development: Working Side by Side</a> [<a href="http://clone.example/f.pdf">FR</a>]`,
				"clone.example/docs":  `<li>Session 3.4 <a href="/e.pdf">Regional Dialogues and Development: Working Side by Side</a>`,
				"clone.example/e.pdf": pdf(english), "clone.example/f.pdf": pdf(french),
			},
			tried: "it stands on clone.example, which is neither cited nor allowed",
		},
		{
			name:    "an allowed site",
			allowed: []string{"next.example"},
			files: map[string]string{
				"a.example/":              `<a href="http://docs.next.example/">Documents</a>`,
				"docs.next.example/":      `<title>2007</title><li>Session 3.4 <a href="e.pdf">Regional Dialogues and Development: Working Side by Side</a> [<a href="f.pdf">FR</a>]`,
				"docs.next.example/e.pdf": pdf(english), "docs.next.example/f.pdf": pdf(french),
			},
			en: "http://docs.next.example/e.pdf", fr: "http://docs.next.example/f.pdf",
		},
		{
			name:  "redirected off the site",
			files: map[string]string{"a.example/": "HTTP 301\nLocation: http://parked.example/\n\n<a href=/docs>Document Library</a>"},
			tried: "leads to http://parked.example/, on a site that is neither cited nor allowed",
		},
		{
			name: "a page that answers for everything",
			files: map[string]string{
				"a.example/":      `<title>2007</title><li>Session 3.4 <a href="e.pdf">Regional Dialogues and Development: Working Side by Side</a> [<a href="f.pdf">FR</a>]`,
				"a.example/e.pdf": pdf(english), "a.example/f.pdf": `<title>Forum</title><p>The page that you have asked for is not here.`,
			},
			en: "http://a.example/e.pdf", tried: "does not speak of it",
		},
		{
			name: "listed and gone",
			files: map[string]string{
				"a.example/":      `<title>2007</title><li>Session 3.4 <a href="e.pdf">Regional Dialogues and Development: Working Side by Side</a> [<a href="f.pdf">FR</a>]`,
				"a.example/e.pdf": pdf(english),
			},
			en: "http://a.example/e.pdf", fr: "http://a.example/f.pdf", reasons: "but: it could not be opened: status 404",
		},
		{
			name:   "no deeper than allowed",
			limits: Limits{Depth: 1},
			files: map[string]string{
				"a.example/":          `<a href="/docs">Documents</a>`,
				"a.example/docs":      `<a href="/docs/2007">Documents 2007</a>`,
				"a.example/docs/2007": `<li>Session 3.4 <a href="/e.pdf">Regional Dialogues and Development: Working Side by Side</a>`,
				"a.example/e.pdf":     pdf(english),
			},
		},
		{name: "nothing", files: map[string]string{}, tried: "status 404"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &web{files: c.files}
			q := Query{Works: []ibid.Work{dialogues}, Sites: []string{"http://a.example/"}, Allowed: c.allowed, Detect: metadata.Language, Limits: c.limits}
			q.Works[0].Languages = []string{"en", "fr"}
			got, err := Search(context.Background(), q, w.source(t, ibid.OriginLive))
			if err != nil || len(got) != 2 {
				t.Fatal(got, err)
			}
			fr := got[1]
			if got[0].URI != c.en || fr.URI != c.fr {
				t.Errorf("got %q and %q, want %q and %q", got[0].URI, fr.URI, c.en, c.fr)
			}
			if reasons := strings.Join(fr.Reasons, "; "); !strings.Contains(reasons, c.reasons) {
				t.Errorf("reasons %q", reasons)
			}
			if tried := fmt.Sprint(fr.Tried); !strings.Contains(tried, c.tried) {
				t.Errorf("tried %s", tried)
			}
			for _, uri := range w.asked {
				if site := siteOf(uri); site != "a.example" && site != "next.example" {
					t.Errorf("asked for %s", uri)
				}
			}
		})
	}
}

// A listing without end, and a site of links in all directions, are left after a bounded number of requests.
func TestSearchEnds(t *testing.T) {
	n := 0
	endless := Source{Origin: ibid.OriginLive, Fetch: func(_ context.Context, uri string) (*Page, error) {
		n++
		page := fmt.Sprintf(`<li><a href="/paper%[1]d.html">Paper</a> <a href="/list?page=%[1]d">next</a>`, n)
		for i := range 50 {
			page += fmt.Sprintf(`<a href="/docs/%d/%d">Document Library</a>`, n, i)
		}
		return &Page{URI: uri, Doc: parsed(t, page)}, nil
	}}
	got, err := Search(context.Background(), founding, endless, endless)
	if err != nil || len(got) != 9 {
		t.Fatal(len(got), err)
	}
	if limit := 2 * 2 * 40; n > limit {
		t.Errorf("%d requests, at most %d are allowed", n, limit)
	}
	if len(got[0].Tried) > maxTried+maxRejected {
		t.Errorf("%d things tried", len(got[0].Tried))
	}
}

func TestSearchEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	source := Source{Origin: ibid.OriginLive, Fetch: func(context.Context, string) (*Page, error) {
		cancel()
		return nil, errors.New("cut off")
	}}
	got, err := Search(ctx, founding, source)
	if !errors.Is(err, context.Canceled) || len(got) != 9 {
		t.Errorf("%d editions, %v", len(got), err)
	}
}

func TestSearchWithoutAnything(t *testing.T) {
	if got, err := Search(context.Background(), Query{}); err != nil || len(got) != 0 {
		t.Error(got, err)
	}
	q := Query{Works: []ibid.Work{{Title: "A paper"}}, Sites: []string{":", "", "http://a.example/"}}
	got, err := Search(context.Background(), q, Source{})
	if err != nil || len(got) != 1 || got[0].URI != "" || got[0].Language != "" {
		t.Error(got, err)
	}
}

package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/server"
)

// demoPages are the pages of the demo's store.
func demoPages(t *testing.T) (http.Handler, *house) {
	t.Helper()
	c := configs.Default()
	c.Store = filepath.Join(t.TempDir(), "store")
	if _, errs, code := runProgram(t, "--store", c.Store, "demo", "--once"); code != ibid.ExitOK {
		t.Fatalf("the demo ends with %d: %s", code, errs)
	}
	p := &program{stdout: io.Discard, stderr: io.Discard, flags: new(globals), log: slog.New(slog.DiscardHandler), now: time.Now}
	h, err := p.open(t.Context(), c, toRead)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	return server.New(reading(h, p)), h
}

var mementoLink = regexp.MustCompile(`^/web/(\d{14})/(.+)$`)

func TestPagesOfTheDemo(t *testing.T) {
	pages, h := demoPages(t)
	t.Run("every link leads somewhere", func(t *testing.T) { checkLinks(t, pages, h) })
	t.Run("they tell the founding case", func(t *testing.T) { checkFoundingCase(t, pages) })
}

// checkLinks walks all pages of the demo's store.
func checkLinks(t *testing.T, pages http.Handler, h *house) {
	t.Helper()
	todo, seen := []string{"/", "/search?q=migration", "/search?q=gfmd2008.org"}, map[string]bool{}
	mementos := 0
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		path, _, _ = strings.Cut(path, "#")
		if path == "" || seen[path] {
			continue
		}
		seen[path] = true
		if found := mementoLink.FindStringSubmatch(path); found != nil {
			mementos++
			checkMementoLink(t, h, found[1], found[2])
			continue
		}
		r := httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, r)
		if w.Code >= 400 {
			t.Errorf("%s answers %d", path, w.Code)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && !strings.Contains(path, "lang=") {
			todo = append(todo, linksOf(t, w.Body)...)
		}
	}
	if len(seen) < 40 || mementos < 10 {
		t.Errorf("only %d pages and %d mementos were found", len(seen), mementos)
	}
	for _, path := range []string{"/documents/1c1517ea914c6730", "/references/1c1517ea914c6730.r3", "/documents/1c1517ea914c6730/report.csv", "/collections/default", "/schedules", "/web/*/http://gfmd2008.org/"} {
		if !seen[path] {
			t.Errorf("no page leads to %s", path)
		}
	}
}

// checkMementoLink holds that a link to a memento is that of a capture.
func checkMementoLink(t *testing.T, h *house, timestamp, uri string) {
	t.Helper()
	captures, err := h.catalog.Mementos(t.Context(), ibid.DefaultCollection, uri)
	if err != nil || !slices.ContainsFunc(captures, func(c ibid.Capture) bool { return ibid.Timestamp14(c.Timestamp) == timestamp }) {
		t.Errorf("nothing is held of %s at %s, %v", uri, timestamp, err)
	}
}

// linksOf are the addresses on this server to which a page leads.
func linksOf(t *testing.T, page io.Reader) (all []string) {
	t.Helper()
	root, err := html.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.DataAtom != atom.A && n.DataAtom != atom.Link {
			continue
		}
		for _, a := range n.Attr {
			if a.Key == "href" && strings.HasPrefix(a.Val, "/") {
				all = append(all, a.Val)
			}
		}
	}
	return all
}

// checkFoundingCase holds that what was cited in June 2009 is found by its dead address.
func checkFoundingCase(t *testing.T, pages http.Handler) {
	t.Helper()
	for path, says := range map[string][]string{
		"/": {"10 <small>of 12", "2008 Session 2.2 (es)"},
		"/documents/1c1517ea914c6730": {
			"On the first consultation", "28 May 2009", "7 days before the citation", "8 rescued", "3 of 3 addresses lead to nothing",
		},
		"/references/1c1517ea914c6730.r1": {"web.archive.org", "the bytes have the digest", "found dead once", "Timeline"},
		"/search?q=http://gfmd2008.org/":  {"29 October 2008", "web.archive.org", "Cited in"},
		"/search?q=dialogues":             {"answer"},
	} {
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
		for _, want := range says {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s does not say %q:\n%s", path, want, w.Body)
			}
		}
	}
}

// TestPrivateCollectionsAreNotShown holds that no page tells of a collection that is not for everybody, and that a Document
// which is in two of them is told by each.
func TestPrivateCollectionsAreNotShown(t *testing.T) {
	c, err := catalog.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "catalog.db"), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // of a test
	doc := ibid.Document{ID: "0123456789abcdef", Source: "/home/someone/secret.md", Title: "Secret things", Digest: ibid.DigestOf([]byte("x"))}
	refs := []ibid.Reference{{ID: "r1", URI: "http://secret.example/", Context: "See the secret place."}}
	for _, name := range []string{"closed", "open"} {
		if err := c.PutDocument(t.Context(), name, doc, refs); err != nil {
			t.Fatal(err)
		}
	}
	h := &house{catalog: c, config: configs.Config{Collections: []configs.Collection{{Name: "closed", Visibility: configs.VisibilityPrivate}}}}
	show := func() func(path string) *httptest.ResponseRecorder {
		p := &program{now: time.Now, log: slog.New(slog.DiscardHandler)}
		pages := server.New(reading(h, p))
		return func(path string) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			pages.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), "GET", path, nil))
			return w
		}
	}
	get := show()
	for path, want := range map[string]int{
		"/documents/0123456789abcdef": 200, "/documents/0123456789abcdef?collection=open": 200, "/documents/0123456789abcdef?collection=closed": 404,
		"/documents/secret.md": 404, "/collections/closed": 404, "/collections/open": 200, "/references/0123456789abcdef.r1?collection=closed": 404,
		"/documents/0123456789abcdef/report.json?collection=closed": 404, "/documents/0123456789abcdef/report.json": 200,
	} {
		w := get(path)
		if w.Code != want || strings.Contains(w.Body.String(), "someone") {
			t.Errorf("%s answers %d, want %d:\n%s", path, w.Code, want, w.Body)
		}
	}
	h.config.Collections = append(h.config.Collections, configs.Collection{Name: "open", Visibility: configs.VisibilityPrivate})
	get = show()
	for _, path := range []string{"/", "/documents", "/collections", "/search?q=secret", "/web/*/http://secret.example/", "/schedules"} {
		if w := get(path); w.Code != 200 || strings.Contains(w.Body.String(), "Secret things") || strings.Contains(w.Body.String(), "secret place") {
			t.Errorf("%s answers %d:\n%s", path, w.Code, w.Body)
		}
	}
}

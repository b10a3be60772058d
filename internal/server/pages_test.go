package server

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

var update = flag.Bool("update", false, "write the goldens anew")

// serverOf answers with the pages of s.
func serverOf(s *shelf) http.Handler {
	o := options()
	o.Pages, o.Now = s.pages(), func() time.Time { return now }
	return New(o)
}

// ask asks h as a browser does, with more header lines as "Name: value".
func ask(t *testing.T, h http.Handler, method, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// demoPaths are all pages of demoShelf, by the name of their golden.
var demoPaths = map[string]string{
	"home": "/", "documents": "/documents", "document": "/documents/1c1517ea914c6730", "reference": "/references/1c1517ea914c6730.r1",
	"works": "/references/1c1517ea914c6730.r2", "drifted": "/references/1c1517ea914c6730.r3", "collections": "/collections",
	"collection": "/collections/papers", "schedules": "/schedules", "trust": "/trust", "trust-fr": "/trust?lang=fr", "search": "/search?q=consultation", "search-empty": "/search",
	"address": "/web/*/" + deadURI, "address-year": "/search?q=" + deadURI + "&period=2009", "not-held": "/web/*/http://nothing.example/?a=b",
	"compare": "/compare?url=" + deadURI + "&from=20090528031205&to=20261124090000", "compare-fr": "/compare?lang=fr&url=" + deadURI,
	"home-fr": "/?lang=fr", "document-es": "/documents/1c1517ea914c6730?lang=es", "schedules-fr": "/schedules?lang=fr",
}

func TestPagesAreAsTheyWere(t *testing.T) {
	h := serverOf(demoShelf())
	for name, path := range demoPaths {
		t.Run(name, func(t *testing.T) {
			w := ask(t, h, "GET", path)
			if w.Code != http.StatusOK {
				t.Fatalf("status %d", w.Code)
			}
			checkGolden(t, name, w.Body.Bytes())
			checkHTML(t, w.Body.String())
		})
	}
	for name, path := range map[string]string{"nothing-yet": "/", "no-documents": "/documents", "no-collections": "/collections", "no-schedules": "/schedules", "no-trust": "/trust", "no-hits": "/search?q=words"} {
		t.Run(name, func(t *testing.T) {
			w := ask(t, serverOf(new(shelf)), "GET", path)
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<pre><code>") {
				t.Errorf("status %d, or it does not teach", w.Code)
			}
			checkGolden(t, name, w.Body.Bytes())
			checkHTML(t, w.Body.String())
		})
	}
}

var assetName = regexp.MustCompile(`(/assets/ibid)-[0-9a-f]{12}`)

func checkGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	got = assetName.ReplaceAll(got, []byte("$1"))                // a golden does not change with a colour
	for _, bad := range []string{"ZgotmplZ", "%!", "no value"} { // what templates and fmt say when something is wrong
		if bytes.Contains(got, []byte(bad)) {
			t.Errorf("it says %q", bad)
		}
	}
	file := filepath.Join("testdata", "pages", name+".html")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s is not as it was (go test ./internal/server -update writes it anew):\n%s", file, firstDifference(string(want), string(got)))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return "was: " + w[i] + "\nis:  " + g[i]
		}
	}
	return "one is longer than the other"
}

func TestPagesSayWhatTheyAllow(t *testing.T) {
	h := serverOf(demoShelf())
	for name, path := range demoPaths {
		header := ask(t, h, "GET", path).Header()
		policy := header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", name, policy)
		}
		if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: header %v", name, header)
		}
	}
}

func TestRequests(t *testing.T) {
	h := serverOf(demoShelf())
	long := strings.Repeat("a", maxQuery+1)
	for _, tt := range []struct {
		name, method, path, accept string
		status                     int
		says                       string
	}{
		{"no such document", "GET", "/documents/0000000000000000", "text/html", 404, "<h1>It is not here</h1>"},
		{"no such document, as JSON", "GET", "/documents/0000000000000000", "application/json", 404, `"error":{"kind":"not-found"`},
		{"no such document, to whom says nothing", "GET", "/documents/0000000000000000", "", 404, `"error":{"kind":"not-found"`},
		{"no such document, to whom takes anything", "GET", "/documents/0000000000000000", "*/*", 404, `"error":{"kind":"not-found"`},
		{"a page that is posted to", "POST", "/documents/1c1517ea914c6730", "", 405, `"error":{"kind":"input"`},
		{"a calendar that is posted to", "POST", "/web/*/" + deadURI, "text/html", 405, "in this way"},
		{"no address, posted to", "POST", "/none", "", 404, "there is nothing at this address"},
		{"no such reference", "GET", "/references/1c1517ea914c6730.r9", "text/html", 404, "It is not here"},
		{"half a reference", "GET", "/references/1c1517ea914c6730", "text/html", 404, "It is not here"},
		{"no such collection", "GET", "/collections/none", "text/html", 404, "It is not here"},
		{"no such page of a list", "GET", "/documents?page=2", "text/html", 404, "the last page of /documents is 1"},
		{"page 0", "GET", "/documents?page=0", "text/html", 400, "numbered from 1"},
		{"page of words", "GET", "/schedules?page=x", "text/html", 400, "numbered from 1"},
		{"page of many digits", "GET", "/documents/1c1517ea914c6730?page=99999999999999999999", "text/html", 400, "numbered from 1"},
		{"a long question", "GET", "/search?q=" + long, "text/html", 400, "it is longer than 8192 bytes"},
		{"no text", "GET", "/search?q=%ff%fe", "text/html", 400, "not text in UTF-8"},
		{"a zero byte", "GET", "/search?q=a%00b", "text/html", 400, "not text in UTF-8"},
		{"a long address", "GET", "/web/*/http://" + long, "text/html", 400, "it is longer than 8192 bytes"},
		{"no period", "GET", "/search?q=http://a.example/&period=last", "text/html", 400, "a period is a year"},
		{"an odd period", "GET", "/web/20090*/http://a.example/", "text/html", 400, "a period is a year"},
		{"the calendar, escaped", "GET", "/web/%2A/" + deadURI, "text/html", 200, "2 captures"},
		{"the calendar, with merged slashes", "GET", "/web/*/http:/www.iom.int/jahia/pid/866", "text/html", 200, "2 captures"},
		{"the calendar, without a scheme", "GET", "/web/*/www.iom.int/jahia/pid/866", "text/html", 200, "2 captures"},
		{"a year", "GET", "/web/2009*/" + deadURI, "text/html", 200, "28 May 2009 03:12:05"},
		{"an address without a scheme", "GET", "/search?q=www.iom.int/jahia/pid/866", "text/html", 200, "2 captures"},
		{"words that look like an address", "GET", "/search?q=example.org", "text/html", 200, "2 answers"},
		{"the head of a page", "HEAD", "/web/*/" + deadURI, "text/html", 200, ""},
		{"a report", "GET", "/documents/1c1517ea914c6730/report.json?collection=papers", "", 200, `{"Collection":"papers","ID":"1c1517ea914c6730"}`},
		{"a report in no form", "GET", "/documents/1c1517ea914c6730/report.exe", "text/html", 404, "nothing at this address"},
		{"a citation", "GET", "/references/1c1517ea914c6730.r1/bibtex.bib", "", 200, "@misc{unit2009first,"},
		{"a citation in no form", "GET", "/references/1c1517ea914c6730.r1/x.exe", "text/html", 404, "nothing at this address"},
		{"a citation of nothing", "GET", "/references/1c1517ea914c6730.r9/apa.txt", "text/html", 404, "It is not here"},
		{"a comparison by no timestamp", "GET", "/compare?url=http://a.example/&from=2009", "text/html", 400, "14 digits"},
		{"a comparison by an odd timestamp", "GET", "/compare?url=http://a.example/&to=2009052803120x", "text/html", 400, "14 digits"},
		{"a comparison beyond its end", "GET", "/compare?url=" + deadURI + "&page=2", "text/html", 404, "the last page"},
		{"a long comparison", "GET", "/compare?url=http://" + long, "text/html", 400, "it is longer than 8192 bytes"},
		{"writing", "POST", "/documents", "text/html", 405, "not asked in this way"},
		{"an asset", "GET", newRenderer(time.Now).assets["ibid.css"].path, "", 200, "color-scheme"},
		{"an asset that was", "GET", "/assets/ibid-000000000000.css", "", 404, "nothing at this address"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := ask(t, h, tt.method, tt.path, "Accept: "+tt.accept)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("status %d, want %d, or it does not say %q:\n%s", w.Code, tt.status, tt.says, w.Body)
			}
			if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && tt.method == "GET" {
				checkHTML(t, w.Body.String())
			}
		})
	}
}

func TestFaultsOfOursAreNotShown(t *testing.T) {
	o := options()
	o.Pages = new(shelf).pages()
	o.Pages.Home = func(context.Context) (Home, error) {
		return Home{}, &ibid.Error{Kind: ibid.KindStorage, Op: "ask", URI: "postgres://secret@host/db", Err: errors.New("refused")}
	}
	w := ask(t, New(o), "GET", "/")
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), "The fault is on this side") {
		t.Errorf("status %d:\n%s", w.Code, w.Body)
	}
}

func TestWithoutPages(t *testing.T) {
	if w := ask(t, New(options()), "GET", "/web/*/"+deadURI); w.Code == http.StatusOK {
		t.Errorf("status %d", w.Code)
	}
}

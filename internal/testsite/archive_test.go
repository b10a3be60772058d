package testsite

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

const archiveSample = `
-- old.example --
Server: Apache/1.3
-- old.example/now --
<html>now</html>
-- ia.example --
@archive wayback id=ia name="First"
@excluded secret.example
-- ia.example/about --
<html>an ordinary page</html>
-- ia.example/web/20080101000000/http://www.site.example:80/ --
HTTP 200
Server: Apache/2
Set-Cookie: a=1
Set-Cookie: b=2

<html><body class="x"><a href="/next">next</a><img src="a.gif"></body></html>
-- ia.example/web/20090101000000/http://site.example/ --
HTTP 200
@coding gzip
@src item/file.warc.gz

<html><body>coded</body></html>
-- ia.example/web/20090201000000/http://site.example/ --
HTTP 200
@like ia.example/web/20090101000000/http://site.example/
@unplayable
-- ia.example/web/20090301000000/http://site.example/ --
HTTP 200
@like ia.example/web/20090101000000/http://site.example/
@revisit
-- ia.example/web/20100101000000/http://site.example/ --
HTTP 302
Location: /moved
-- ia.example/web/20100101000005/http://site.example/moved --
HTTP 200
@bare

<html>moved</html>
-- ia.example/web/20190101000000/http://site.example/ --
HTTP 404
Content-Type: text/html

<html>not found</html>
-- ia.example/web/20090102000000/http://sub.site.example/Paper.PDF?b=2&a=1 --
HTTP 200
Content-Type: application/pdf
@chunked

%PDF
-- ia.example/web/20090103000000/http://secret.example/ --
<html>secret</html>
-- ia.example/web/20080901000000/http://old.example/now --
HTTP 200
@like old.example/now
-- pt.example --
@archive pywb id=pt name="Second" rate=60
@timemap index 2
-- pt.example/wayback/20080101000000/http://site.example/ --
HTTP 200
Server: Apache/2
ETag: "x"
X-Powered-By: PHP
@coding gzip

<html><body>second</body></html>
-- pt.example/wayback/20090101000000/http://site.example/ --
HTTP 301
Location: /moved
-- pt.example/wayback/20100101000000/http://site.example/ --
<html>third</html>
-- pt.example/wayback/20100101000000/http://site.example/paged --
<html>one</html>
-- down.example --
@archive wayback id=down name="Down"
@refused
-- busy.example --
@archive wayback id=busy name="Busy"
@throttle 2 retry=1h
@no-cdx
-- busy.example/web/20090101000000/http://site.example/ --
<html>busy</html>
`

func TestArchivesAreAListForTheConfiguration(t *testing.T) {
	w, err := Parse(archiveFiles())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, a := range w.Archives() {
		ids = append(ids, a.ID)
	}
	if !slices.Equal(ids, []string{"busy", "down", "ia", "pt"}) {
		t.Error(ids)
	}
	want := Archive{
		ID: "pt", Name: "Second", TimeMap: "http://pt.example/wayback/timemap/link/", TimeGate: "http://pt.example/wayback/",
		CDX: "http://pt.example/wayback/cdx", Raw: "id_", Rate: 60,
	}
	if got := w.Archives()[3]; got != want {
		t.Errorf("%+v", got)
	}
	if got := w.Archives()[0]; got.CDX != "" || got.Rate != 600 {
		t.Errorf("%+v", got)
	}
}

func TestArchiveAnswers(t *testing.T) {
	_, c := start(t, archiveSample)
	const ia, pt, site = "http://ia.example", "http://pt.example", "http://site.example/"
	const reason = "AdministrativeAccessControlException"
	tests := []struct {
		name, url, ask string
		status         int
		headers        string // "Key: what it holds", or "!Key", by "|"
		body           string
	}{
		{"raw", ia + "/web/20080101000000id_/" + site, "", 200,
			"Memento-Datetime: Tue, 01 Jan 2008 00:00:00 GMT|X-Archive-Orig-Server: Apache/2|X-Archive-Orig-Content-Length: 78|X-Archive-Orig-Date: 2008|" +
				"Server: nginx|X-Archive-Src: crawl-200801|Link: <http://www.site.example:80/>; rel=\"original\"|!X-Archive-Orig-Content-Type|Content-Type: text/html|!Set-Cookie",
			`<html><body class="x"><a href="/next">next</a>`},
		{"view", ia + "/web/20080101000000/" + site, "", 200, "Memento-Datetime: 2008",
			`<body class="x">` + "\n<!-- BEGIN WAYBACK TOOLBAR INSERT -->"},
		{"view keeps links inside", ia + "/web/20080101000000/" + site, "", 200, "", `<a href="/web/20080101000000/http://www.site.example:80/next">`},
		{"framed view", ia + "/web/20080101000000if_/" + site, "", 200, "", `<html><body class="x"><a href="/web/`},
		{"picture as it is", ia + "/web/20080101000000im_/" + site, "", 200, "", `<a href="/next">`},
		{"decoded, though said to be coded", ia + "/web/20090101000000id_/" + site, "", 200,
			"X-Archive-Orig-Content-Encoding: gzip|!Content-Encoding|X-Archive-Src: item/file.warc.gz", "<html><body>coded"},
		{"other timestamp", ia + "/web/20080301id_/" + site, "", 302,
			"Location: /web/20080101000000id_/http://www.site.example:80/|X-Archive-Redirect-Reason: found capture at 20080101000000|!Memento-Datetime", ""},
		{"cannot be played", ia + "/web/20090201000000id_/" + site, "", 302, "Location: /web/20090301000000id_/", ""},
		{"first", ia + "/web/0/" + site, "", 302, "Location: /web/20080101000000/", ""},
		{"redirect, raw", ia + "/web/20100101000000id_/" + site, "", 302,
			"Memento-Datetime: 2010|Location: http://ia.example/web/20100101000000id_/http://site.example/moved|!X-Archive-Orig-Location", ""},
		{"redirect, viewed", ia + "/web/20100101000000/" + site, "", 200, "!Memento-Datetime|!Location", "Got an HTTP 302 response at crawl time"},
		{"archived 404", ia + "/web/20190101000000id_/" + site, "", 404, "Memento-Datetime: 2019", "not found"},
		{"not held", ia + "/web/2009id_/http://none.example/", "", 404, "!Memento-Datetime", "not been archived"},
		{"no headers", ia + "/web/20100101000005id_/" + site + "moved", "", 200, "Memento-Datetime: 2010|!X-Archive-Orig-Date|!X-Archive-Orig-Server", "moved"},
		{"headers of the host", ia + "/web/20080901000000id_/http://old.example/now", "", 200, "X-Archive-Orig-Server: Apache/1.3", "now"},
		{"chunked", ia + "/web/20090102000000id_/http://sub.site.example/Paper.PDF?a=1&b=2", "", 200, "X-Archive-Orig-Transfer-Encoding: chunked|Content-Type: application/pdf", "%PDF"},
		{"excluded", ia + "/web/20090103000000id_/http://secret.example/", "", 403, "X-Archive-Wayback-Runtime-Error: " + reason + "|!Memento-Datetime", reason},
		{"excluded index", ia + "/cdx/search/cdx?url=secret.example", "", 403, "X-Archive-Wayback-Runtime-Error: " + reason, reason},
		{"excluded TimeMap", ia + "/web/timemap/link/http://secret.example/", "", 403, "X-Archive-Wayback-Runtime-Error: " + reason, ""},
		{"no TimeMap", ia + "/web/timemap/link/http://none.example/", "", 404, "", ""},
		{"calendar", ia + "/web/*/" + site, "", 200, "Content-Type: text/html", "Calendar"},
		{"page of its own", ia + "/about", "", 200, "", "ordinary"},
		{"escaped address", ia + "/web/20080101000000id_/http%3A%2F%2Fsite.example%2F", "", 200, "Memento-Datetime: 2008", ""},
		{"slash lost", ia + "/web/20080101000000id_/http:/site.example/", "", 200, "Memento-Datetime: 2008", ""},
		{"no scheme", ia + "/web/20080101000000id_/site.example", "", 200, "Memento-Datetime: 2008", ""},
		{"TimeGate", ia + "/web/" + site, "Accept-Datetime: Sun, 01 Jun 2008 00:00:00 GMT", 302,
			"Vary: accept-datetime|Location: /web/20080101000000/|Link: rel=\"original\"|Link: first memento|!Memento-Datetime", ""},
		{"TimeGate without a date", ia + "/web/" + site, "", 302, "Location: /web/20190101000000/", ""},
		{"TimeGate with no date", ia + "/web/" + site, "Accept-Datetime: yesterday", 400, "", ""},
		{"TimeGate of nothing", ia + "/web/http://none.example/", "", 404, "", ""},
		{"no timestamp", ia + "/web/20091399id_/" + site, "", 400, "", ""},
		{"pywb, raw", pt + "/wayback/20080101000000id_/" + site, "", 200,
			"Memento-Datetime: 2008|Content-Encoding: gzip|X-Archive-Orig-Server: Apache/2|X-Archive-Orig-Etag: \"x\"|!X-Archive-Orig-Content-Encoding|" +
				"X-Powered-By: PHP|Date: 2008|Content-Location: http://pt.example/wayback/20080101000000id_/http://site.example/", "\x1f\x8b"},
		{"pywb, viewed", pt + "/wayback/20080101000000/" + site, "", 200, "!Content-Encoding|X-Archive-Orig-Content-Encoding: gzip", "<body><!-- WB Insert -->"},
		{"pywb, other timestamp", pt + "/wayback/2011id_/" + site, "", 200, "Memento-Datetime: 2010|Content-Location: /20100101000000id_/", "third"},
		{"pywb, redirect as it was", pt + "/wayback/20090101000000id_/" + site, "", 301, "Location: /moved|Memento-Datetime: 2009", ""},
		{"pywb, redirect viewed", pt + "/wayback/20090101000000/" + site, "", 301, "Location: http://pt.example/wayback/20090101000000/http://site.example/moved", ""},
		{"pywb TimeGate", pt + "/wayback/" + site, "Accept-Datetime: Sun, 01 Nov 2009 00:00:00 GMT", 200,
			"Vary: accept-datetime|Memento-Datetime: 2010|Content-Location: /20100101000000/", "third"},
		{"pywb, not held", pt + "/wayback/2009id_/http://none.example/", "", 404, "!Memento-Datetime", ""},
		{"pywb, nothing in the index", pt + "/wayback/cdx?url=none.example", "", 404, "Content-Type: application/json", "No Captures found"},
		{"pywb, empty TimeMap", pt + "/wayback/timemap/link/http://none.example/", "", 200, "Content-Type: application/link-format", `rel="original",`},
		{"no index", "http://busy.example/cdx/search/cdx?url=site.example", "", 404, "", ""},
	}
	for _, tt := range tests {
		resp, body := get(t, c, tt.url, tt.ask)
		if resp.StatusCode != tt.status || !strings.Contains(string(body), tt.body) {
			t.Errorf("%s: %s\n%s", tt.name, resp.Status, body)
		}
		for want := range strings.SplitSeq(tt.headers, "|") {
			key, value, _ := strings.Cut(want, ": ")
			absent := strings.HasPrefix(key, "!")
			got := strings.Join(resp.Header.Values(strings.TrimPrefix(key, "!")), "\n")
			if absent != (got == "") && want != "" || !strings.Contains(got, value) {
				t.Errorf("%s: %s, but %q", tt.name, want, got)
			}
		}
	}
}

func TestPywbSendsSeveralLinkHeaders(t *testing.T) {
	_, c := start(t, archiveSample)
	resp, _ := get(t, c, "http://pt.example/wayback/20080101000000id_/http://site.example/", "")
	if links := resp.Header.Values("Link"); len(links) != 4 {
		t.Errorf("%q", links)
	}
	resp, _ = get(t, c, "http://ia.example/web/20080101000000id_/http://site.example/", "")
	if links := resp.Header.Values("Link"); len(links) != 1 || !strings.Contains(links[0], `rel="first memento"; datetime="Tue, 01 Jan 2008`) ||
		!strings.Contains(links[0], `rel="next memento"`) || !strings.Contains(links[0], `rel="last memento"`) {
		t.Errorf("%q", links)
	}
}

func TestTimeMaps(t *testing.T) {
	_, c := start(t, archiveSample)
	tests := []struct {
		name, url string
		mementos  int
		holds     []string
		end       string
	}{
		{"whole", "http://ia.example/web/timemap/link/http://site.example/", 5, []string{
			`<http://site.example/>; rel="original",`, `rel="self"; type="application/link-format"; from="Tue, 01 Jan 2008 00:00:00 GMT"; until="Tue, 01 Jan 2019`,
			`<http://ia.example/web/20080101000000/http://www.site.example:80/>; rel="first memento"; datetime="Tue, 01 Jan 2008 00:00:00 GMT",`,
		}, "GMT\"\n"},
		{"one only", "http://ia.example/web/timemap/link/http://site.example/moved", 1, []string{`rel="first last memento"`}, "GMT\"\n"},
		{"an index of pages", "http://pt.example/wayback/timemap/link/http://site.example/", 0, []string{
			`<http://pt.example/wayback/timemap/link/1/http://site.example/>; rel="timemap"; type="application/link-format"; from="Tue, 01 Jan 2008`,
			`<http://pt.example/wayback/timemap/link/2/http://site.example/>; rel="timemap"`,
		}, ",\n"},
		{"its first page", "http://pt.example/wayback/timemap/link/1/http://site.example/", 2, []string{`collection="wayback"`, `/link/2/http://site.example/>; rel="timemap"`}, ",\n"},
		{"its last page", "http://pt.example/wayback/timemap/link/2/http://site.example/", 1, nil, ",\n"},
		{"no index for one page", "http://pt.example/wayback/timemap/link/http://site.example/paged", 1, nil, ",\n"},
	}
	for _, tt := range tests {
		resp, body := get(t, c, tt.url, "")
		got := strings.Count(string(body), "memento\"; datetime=")
		if resp.StatusCode != 200 || got != tt.mementos || !strings.HasSuffix(string(body), tt.end) {
			t.Errorf("%s: %s, %d mementos\n%s", tt.name, resp.Status, got, body)
		}
		for _, want := range tt.holds {
			if !strings.Contains(string(body), want) {
				t.Errorf("%s lacks %s\n%s", tt.name, want, body)
			}
		}
	}
	if resp, _ := get(t, c, "http://pt.example/wayback/timemap/link/3/http://site.example/", ""); resp.StatusCode != 404 {
		t.Error(resp.Status)
	}
}

func TestArchiveThatSaysItIsTooMuch(t *testing.T) {
	s, c := start(t, archiveSample)
	const memento = "http://busy.example/web/20090101000000id_/http://site.example/"
	var got []int
	for range 4 {
		resp, _ := get(t, c, memento, "")
		got = append(got, resp.StatusCode)
		if after := resp.Header.Get("Retry-After"); resp.StatusCode == 429 && after != "3600" {
			t.Errorf("Retry-After: %q", after)
		}
	}
	if !slices.Equal(got, []int{200, 200, 429, 429}) {
		t.Error(got)
	}
	if !s.Throttle("pt", 1, 1500*time.Millisecond) || s.Throttle("none", 1, time.Second) {
		t.Error("what is throttled and what is not")
	}
	resp, _ := get(t, c, "http://pt.example/wayback/cdx?url=site.example", "")
	after, err := http.ParseTime(resp.Header.Get("Retry-After"))
	if resp.StatusCode != 429 || err != nil || time.Until(after) < time.Second || time.Until(after) > 4*time.Second {
		t.Error(resp.Status, after, err)
	}
	if resp, _ := get(t, c, "http://pt.example/wayback/cdx?url=site.example", ""); resp.StatusCode != 200 {
		t.Error(resp.Status)
	}
	asked := s.Asked("pt")
	if len(asked) != 2 || !asked[0].Refused || asked[1].Refused || asked[0].Kind != AskedCDX || asked[0].At.After(asked[1].At) {
		t.Errorf("%+v", asked)
	}
	if got := s.Asked("busy", AskedMemento); len(got) != 4 || got[0].URL != memento {
		t.Errorf("%+v", got)
	}
	if got := len(s.Asked("busy", AskedTimeMap, AskedTimeGate)) + len(s.Asked("none")); got != 0 {
		t.Error(got)
	}
}

// TestThrottleEnds holds that who waits is answered again, and who does not waits anew.
func TestThrottleEnds(t *testing.T) {
	a, at := &archive{after: 2, retry: 10 * time.Second}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	turn := &turnstile{}
	var got []bool
	for _, second := range []int{0, 1, 2, 3, 12, 22, 23, 24} {
		got = append(got, turn.pass(a, Asked{At: at.Add(time.Duration(second) * time.Second)}) > 0)
	}
	if !slices.Equal(got, []bool{false, false, true, true, true, false, false, true}) {
		t.Error(got)
	}
}

func TestBusiest(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name    string
		seconds []int
		want    int
	}{
		{"none", nil, 0}, {"one", []int{0}, 1}, {"the end does not count", []int{0, 60}, 1}, {"within", []int{0, 59}, 2},
		{"across the minute", []int{0, 50, 70, 100, 109}, 4},
	}
	for _, tt := range tests {
		var asked []Asked
		for _, s := range tt.seconds {
			asked = append(asked, Asked{At: start.Add(time.Duration(s) * time.Second)})
		}
		if got := Busiest(asked, time.Minute); got != tt.want {
			t.Errorf("%s: %d, not %d", tt.name, got, tt.want)
		}
	}
}

func TestBytesAreWhatTheArchiveGives(t *testing.T) {
	w, err := Parse(archiveFiles())
	if err != nil {
		t.Fatal(err)
	}
	_, c := startWeb(t, w)
	seen := 0
	for _, id := range []string{"ia", "pt"} {
		for _, held := range w.Captures(id) {
			if held.Unplayable || strings.Contains(held.URI, "secret") {
				continue
			}
			seen++
			want, err := w.Bytes(id, held.URI, held.Timestamp)
			if err != nil {
				t.Fatal(err)
			}
			resp, got := get(t, c, strings.Replace(held.URIM, held.Timestamp, held.Timestamp+"id_", 1), "")
			if !bytes.Equal(got, want) || resp.StatusCode != held.Status {
				t.Errorf("%s: %s\n%q\n%q", held.URIM, resp.Status, got, want)
			}
		}
	}
	if seen < 10 || w.Captures("none") != nil {
		t.Error(seen)
	}
	coded, err := w.Bytes("pt", "http://site.example/", "20080101000000")
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(coded))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(r); err != nil || !strings.Contains(string(plain), "second") {
		t.Errorf("%q %v", plain, err)
	}
	for _, wrong := range [][3]string{{"none", "http://site.example/", "20080101000000"}, {"ia", "http://site.example/", "2008"}, {"ia", "http://site.example/", "20090201000000"}} {
		if _, err := w.Bytes(wrong[0], wrong[1], wrong[2]); err == nil {
			t.Error(wrong)
		}
	}
}

func TestArchivesThatCannotBeRead(t *testing.T) {
	const head = "-- a.example --\n@archive wayback id=a\n"
	tests := []struct{ name, text, want string }{
		{"dialect", "-- a.example --\n@archive heritrix id=a\n", `a.example: line 1: the dialect "heritrix"`},
		{"no id", "-- a.example --\n@archive pywb\n", "has an id"},
		{"rate", "-- a.example --\n@archive pywb id=a rate=many\n", "many"},
		{"two of one id", head + "-- b.example --\n@archive pywb id=a\n", "two archives a"},
		{"timestamp", head + "-- a.example/web/2009/http://x.example/ --\nx", "YYYYMMDDhhmmss"},
		{"month 13", head + "-- a.example/web/20091301000000/http://x.example/ --\nx", "YYYYMMDDhhmmss"},
		{"no scheme", head + "-- a.example/web/20090101000000/x.example/ --\nx", "YYYYMMDDhhmmss"},
		{"throttle", head + "@throttle 3\n", "line 2: it is @throttle N"},
		{"pages", head + "@timemap all\n", "@timemap index N"},
		{"delay", head + "@delay long\n", "long"},
		{"down, with captures", head + "@refused\n-- a.example/web/20090101000000/http://x.example/ --\nx", "a host that is dead has pages"},
		{"no past", head + "-- a.example/web/20090101000000/http://x.example/ --\nHTTP 200\n@was x.example/", "there is no file x.example/"},
		{"a capture elsewhere", "-- a.example/ --\nHTTP 200\n@bare\n", "no directive @bare"},
	}
	for _, tt := range tests {
		if _, err := Parse(txtar.Parse([]byte(tt.text))); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func archiveFiles() *txtar.Archive { return txtar.Parse([]byte(archiveSample)) }

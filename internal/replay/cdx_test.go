package replay_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/internal/replay"
)

func library(t testing.TB) *held {
	t.Helper()
	h := &held{}
	h.add(t, "http://a.example/", "20080101000000", "text/html", "1")
	h.add(t, "http://a.example/", "20080101120000", "text/html", "1")
	h.add(t, "http://a.example/", "20090101000000", "text/html", "2", answered(404))
	h.add(t, "http://a.example/", "20100101000000", "text/html", "1", func(e *cdx.Entry, _ *payload) { e.Revisit = true })
	h.add(t, "http://www.a.example/Docs/x.pdf", "20090601000000", "application/pdf", "%PDF")
	h.add(t, "http://sub.a.example/", "20090601000001", "text/html; charset=utf-8", "sub")
	h.add(t, "http://secret.example/", "20090601000001", "text/html", "sub")
	return h
}

// short says rows as "path time status", which fl= gives.
func TestCDX(t *testing.T) {
	s := service(t, library(t), rules)
	const fl = "&fl=original,timestamp,statuscode"
	one := "http://a.example/ "
	for _, tt := range []struct {
		name, query string
		want        []string
	}{
		{"exact", "url=a.example", []string{one + "20080101000000 200", one + "20080101120000 200", one + "20090101000000 404", one + "20100101000000 200"}},
		{"no such", "url=b.example", nil},
		{"excluded", "url=secret.example", nil},
		{"a while", "url=a.example&from=2008&to=2008", []string{one + "20080101000000 200", one + "20080101120000 200"}},
		{"from a time of the day", "url=a.example&from=20080101120000", []string{one + "20080101120000 200", one + "20090101000000 404", one + "20100101000000 200"}},
		{"a prefix by its sign", "url=a.example/docs/*", []string{"http://www.a.example/Docs/x.pdf 20090601000000 200"}},
		{"a prefix", "url=http://a.example/d&matchType=prefix", []string{"http://www.a.example/Docs/x.pdf 20090601000000 200"}},
		{"a host", "url=a.example&matchType=host&from=2009&to=2009", []string{one + "20090101000000 404", "http://www.a.example/Docs/x.pdf 20090601000000 200"}},
		{"a domain by its sign", "url=*.a.example&from=200906", []string{one + "20100101000000 200", "http://www.a.example/Docs/x.pdf 20090601000000 200", "http://sub.a.example/ 20090601000001 200"}},
		{"a filter of the Wayback Machine", "url=*.a.example&filter=statuscode:200&filter=mimetype:application/.*", []string{"http://www.a.example/Docs/x.pdf 20090601000000 200"}},
		{"which is anchored", "url=a.example&filter=statuscode:2", nil},
		{"a filter that says no", "url=a.example&filter=!statuscode:[23]..", []string{one + "20090101000000 404"}},
		{"revisits left out", "url=a.example&filter=!mimetype:warc/revisit&from=2009", []string{one + "20090101000000 404"}},
		{"pywb: contained", "url=a.example&filter=status:40", []string{one + "20090101000000 404"}},
		{"pywb: equal", "url=a.example&filter==status:404", []string{one + "20090101000000 404"}},
		{"pywb: a regular expression", "url=*.a.example&filter=~mime:application/.", []string{"http://www.a.example/Docs/x.pdf 20090601000000 200"}},
		{"pywb: not equal", "url=a.example&filter=!=status:200", []string{one + "20090101000000 404"}},
		{"collapsed by day", "url=a.example&collapse=timestamp:8", []string{one + "20080101000000 200", one + "20090101000000 404", one + "20100101000000 200"}},
		{"collapsed by digest", "url=a.example&collapse=digest", []string{one + "20080101000000 200", one + "20090101000000 404", one + "20100101000000 200"}},
		{"one an address", "url=*.a.example&collapse=urlkey", []string{one + "20080101000000 200", "http://www.a.example/Docs/x.pdf 20090601000000 200", "http://sub.a.example/ 20090601000001 200"}},
		{"the first", "url=a.example&limit=1", []string{one + "20080101000000 200"}},
		{"the last", "url=a.example&limit=-2", []string{one + "20090101000000 404", one + "20100101000000 200"}},
		{"the last, cheaply", "url=a.example&limit=-1&fastLatest=true&gzip=false", []string{one + "20100101000000 200"}},
		{"the last of the collapsed", "url=a.example&limit=-2&collapse=timestamp:4", []string{one + "20090101000000 404", one + "20100101000000 200"}},
		{"passed over", "url=a.example&offset=3", []string{one + "20100101000000 200"}},
		{"reversed", "url=a.example&sort=reverse&limit=2", []string{one + "20100101000000 200", one + "20090101000000 404"}},
		{"closest", "url=a.example&sort=closest&closest=20081231", []string{one + "20090101000000 404", one + "20080101120000 200", one + "20080101000000 200", one + "20100101000000 200"}},
		{"closest within", "url=a.example&sort=closest&closest=2009&from=2008&to=2008&limit=1", []string{one + "20080101120000 200"}},
		{"the first page", "url=a.example&page=0&pageSize=1", []string{one + "20080101000000 200", one + "20080101120000 200", one + "20090101000000 404", one + "20100101000000 200"}},
		{"a page behind the last", "url=a.example&page=7", nil},
		{"a collection", "url=a.example&collection=default&limit=1", []string{one + "20080101000000 200"}},
		{"an address with its own query", "url=" + url.QueryEscape("http://a.example/?x=1&y=2"), nil},
		{"what is not known is passed over", "url=a.example&limit=1&whatever=1&showSkipCount=true", []string{one + "20080101000000 200"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := ask(t, s, appHost, "/cdx?"+tt.query+fl)
			got := strings.TrimSuffix(text(t, res), "\n")
			if want := strings.Join(tt.want, "\n"); res.StatusCode != 200 || got != want {
				t.Errorf("%d\n%s\nwant\n%s", res.StatusCode, got, want)
			}
		})
	}
}

func TestOutputsOfCDX(t *testing.T) {
	s := service(t, library(t), nil)
	for _, tt := range []struct{ name, query, kind, want string }{
		{"plain", "url=a.example/docs/x.pdf", "text/plain; charset=utf-8", "example,a)/docs/x.pdf 20090601000000 http://www.a.example/Docs/x.pdf application/pdf 200 sha256:… 99\n"},
		{"revisits", "url=a.example&limit=-1", "text/plain; charset=utf-8", "example,a)/ 20100101000000 http://a.example/ warc/revisit 200 sha256:… 99\n"},
		{"an array", "url=a.example/docs/x.pdf&output=json", "application/json", `[["urlkey","timestamp","original","mimetype","statuscode","digest","length"],` + "\n" +
			`["example,a)/docs/x.pdf","20090601000000","http://www.a.example/Docs/x.pdf","application/pdf","200","sha256:…","99"]]` + "\n"},
		{"an empty array", "url=b.example&output=json", "application/json", "[]\n"},
		{"objects", "url=a.example/docs/x.pdf&output=ndjson", "application/x-ndjson", `{"urlkey": "example,a)/docs/x.pdf", "timestamp": "20090601000000", "url": "http://www.a.example/Docs/x.pdf", "mime": "application/pdf", "status": "200", "digest": "sha256:…", "length": "99", "offset": "7", "filename": "job-00001.warc.gz"}` + "\n"},
		{"CDXJ", "url=a.example/docs/x.pdf&output=cdxj", "text/x-cdxj; charset=utf-8", `example,a)/docs/x.pdf 20090601000000 {"url":"http://www.a.example/Docs/x.pdf","mime":"application/pdf","status":"200","digest":"sha256:…","length":"99","offset":"7","filename":"job-00001.warc.gz"}` + "\n"},
		{"some fields", "url=a.example/docs/x.pdf&output=ndjson&fields=url,status", "application/x-ndjson", `{"url": "http://www.a.example/Docs/x.pdf", "status": "200"}` + "\n"},
		{"pages", "url=a.example&showNumPages=true", "text/plain; charset=utf-8", "1\n"},
		{"pages for pywb", "url=a.example&showNumPages=true&output=cdxj", "text/x-cdxj; charset=utf-8", `{"pages": 1, "pageSize": 1, "blocks": 1}` + "\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := ask(t, s, appHost, "/cdx?"+tt.query)
			got := text(t, res)
			for i := strings.Index(got, "sha256:"); i >= 0 && !strings.HasPrefix(got[i:], "sha256:…"); i = strings.Index(got, "sha256:") {
				got = got[:i+7] + "…" + got[i+7+64:]
			}
			if got != tt.want || res.Header.Get("Content-Type") != tt.kind {
				t.Errorf("%s\n got %s\nwant %s", res.Header.Get("Content-Type"), got, tt.want)
			}
		})
	}
}

// Lines of the API are lines of an index.
func TestCDXJCanBeReadBack(t *testing.T) {
	s := service(t, library(t), nil)
	n := 0
	for line := range strings.Lines(text(t, ask(t, s, appHost, "/cdx?url=*.a.example&output=cdxj"))) {
		if l, err := cdx.Parse([]byte(line)); err != nil || l.Offset != 7 || !l.Digest.Valid() {
			t.Errorf("%q is %+v, %v", line, l, err)
		}
		n++
	}
	if n != 6 {
		t.Errorf("%d lines", n)
	}
}

// Whoever goes on with the key sees every row once, whatever is left out or taken together.
func TestResumeKeys(t *testing.T) {
	h := &held{}
	for i := range 50 {
		h.add(t, fmt.Sprintf("http://a.example/%d", i/5), time.Date(2009, 1, 1+i, 0, 0, 0, 0, time.UTC).Format("20060102150405"), "text/html", fmt.Sprint(i%3), answered(200+204*(i%2)))
	}
	s := service(t, h, nil)
	for _, more := range []string{"", "&filter=statuscode:404", "&collapse=urlkey", "&sort=reverse", "&filter=!digest:.*7b", "&filter=statuscode:404&collapse=timestamp:6"} {
		whole := text(t, ask(t, s, appHost, "/cdx?url=*.a.example"+more))
		for _, output := range []string{"text", "json"} {
			got, key, asked := "", "", 0
			for {
				page := text(t, ask(t, s, appHost, "/cdx?url=*.a.example&limit=7&showResumeKey=true&output="+output+more+"&resumeKey="+key))
				if asked++; asked > 60 {
					t.Fatal("it has no end")
				}
				var rows string
				if rows, key = splitPage(t, output, page); key == "" {
					got += rows
					break
				}
				got += rows
			}
			if got != whole {
				t.Errorf("%s as %s:\n%s\nwant\n%s", more, output, got, whole)
			}
		}
	}
}

// splitPage gives the rows of a page as plain lines, and its key.
func splitPage(t *testing.T, output, page string) (rows, key string) {
	t.Helper()
	if output == "text" {
		rows, key, found := strings.Cut(page, "\n\n")
		if found {
			rows += "\n"
		}
		return rows, strings.TrimSpace(key)
	}
	var all [][]string
	if err := json.Unmarshal([]byte(page), &all); err != nil {
		t.Fatalf("%v: %s", err, page)
	}
	if n := len(all); n > 2 && len(all[n-2]) == 0 {
		key, all = all[n-1][0], all[:n-2]
	}
	for i, row := range all {
		if i > 0 {
			rows += strings.Join(row, " ") + "\n"
		}
	}
	return rows, key
}

// Whatever is asked wrongly is said clearly, and at once.
func TestBadCDX(t *testing.T) {
	s := service(t, library(t), nil)
	for _, query := range []string{
		"", "url=", "url=%25zz", "url=%zz", "url=a.example&matchType=regex", "url=a.example&from=yesterday", "url=a.example&to=20091301",
		"url=a.example&limit=x", "url=a.example&limit=0", "url=a.example&limit=-99999999", "url=a.example&offset=-1", "url=a.example&page=-1",
		"url=a.example&pageSize=0", "url=a.example&output=xml", "url=a.example&fl=password", "url=a.example&filter=statuscode", "url=a.example&filter=nothing:x",
		"url=a.example&filter=status:((&filter=~status:((", "url=a.example&filter=statuscode:" + strings.Repeat("a", 2000), "url=a.example&filter=statuscode:(a{1000}){1000}",
		"url=a.example&collapse=nothing", "url=a.example&collapse=digest:0", "url=a.example&sort=random", "url=a.example&sort=closest", "url=a.example*&sort=closest&closest=2009",
		"url=a.example&resumeKey=xx", "url=a.example&showNumPages=perhaps", "url=" + strings.Repeat("a", 1<<20), "url=a.example" + strings.Repeat("&filter=digest:x", 30), "url=urn:isbn:1&matchType=host",
	} {
		began := time.Now()
		res := ask(t, s, appHost, "/cdx?"+query)
		body := text(t, res)
		if res.StatusCode != 400 || len(body) < 20 || len(body) > 3000 || time.Since(began) > 2*time.Second {
			t.Errorf("%.60s: %d after %v: %.200s", query, res.StatusCode, time.Since(began), body)
		}
	}
}

// A regular expression on which others would never end.
func TestCatastrophicFilter(t *testing.T) {
	h := library(t)
	h.add(t, "http://a.example/"+strings.Repeat("a", 5000), "20090601000000", "text/html", "x")
	res := ask(t, service(t, h, nil), appHost, "/cdx?url=a.example/*&filter=original:"+url.QueryEscape(`http://(a|aa)+(a+)+$b`))
	if got := text(t, res); res.StatusCode != 200 || got != "" {
		t.Errorf("%d %s", res.StatusCode, got)
	}
}

func TestAliasesOfCDX(t *testing.T) {
	s := service(t, library(t), nil)
	if a, b := text(t, ask(t, s, appHost, "/cdx?url=a.example")), text(t, ask(t, s, appHost, "/cdx/search/cdx?url=a.example")); a != b || a == "" {
		t.Errorf("%q, %q", a, b)
	}
}

var _ replay.Index = (*held)(nil)

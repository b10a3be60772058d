package testsite

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestSURT(t *testing.T) {
	for uri, want := range map[string]string{
		"http://www.Nasa.gov:80/":                       "gov,nasa)/",
		"nasa.gov":                                      "gov,nasa)/",
		"https://www2.x.example:443/A/B/":               "example,x)/a/b",
		"http://x.example:8080/a":                       "example,x:8080)/a",
		"http://x.example/index.php?b=2&a=1":            "example,x)/index.php?a=1&b=2",
		"http://x.example/a;jsessionid=0A1B2C?x=1#part": "example,x)/a?x=1",
		"http://x.example":                              "example,x)/",
	} {
		if got := surt(uri); got != want {
			t.Errorf("%s: %s, not %s", uri, got, want)
		}
	}
}

func TestWaybackIndex(t *testing.T) {
	_, c := start(t, archiveSample)
	tests := []struct{ name, query, want string }{
		{"exact", "url=http://site.example/&fl=timestamp,original",
			"20080101000000 http://www.site.example:80/\n20090101000000 http://site.example/\n20090201000000 http://site.example/\n" +
				"20090301000000 http://site.example/\n20100101000000 http://site.example/\n20190101000000 http://site.example/\n"},
		{"status", "url=site.example&filter=statuscode:200&fl=timestamp", "20080101000000\n20090101000000\n20090201000000\n"},
		{"no revisits", "url=site.example&filter=!mimetype:warc/revisit&from=200903&to=2010&fl=timestamp", "20100101000000\n"},
		{"a revisit", "url=site.example&from=200903&to=200903&fl=mimetype,statuscode", "warc/revisit -\n"},
		{"filters are anchored", "url=site.example&filter=statuscode:20&fl=timestamp", ""},
		{"two filters", "url=site.example&filter=statuscode:[23]..&filter=!statuscode:200&fl=timestamp", "20100101000000\n"},
		{"one a year", "url=site.example&collapse=timestamp:4&fl=timestamp", "20080101000000\n20090101000000\n20100101000000\n20190101000000\n"},
		{"the same content once", "url=site.example&collapse=digest&from=2009&to=2009&fl=timestamp", "20090101000000\n"},
		{"first two", "url=site.example&limit=2&fl=timestamp", "20080101000000\n20090101000000\n"},
		{"last", "url=site.example&limit=-1&fl=timestamp", "20190101000000\n"},
		{"closest", "url=site.example&sort=closest&closest=20090215&limit=2&fl=timestamp", "20090201000000\n20090301000000\n"},
		{"prefix", "url=http://site.example/mo*&fl=original", "http://site.example/moved\n"},
		{"below a folder", "url=http://site.example/moved/*&fl=original", ""},
		{"host", "url=site.example&matchType=host&collapse=urlkey&fl=urlkey", "example,site)/\nexample,site)/moved\n"},
		{"domain", "url=site.example&matchType=domain&collapse=urlkey&fl=urlkey", "example,site)/\nexample,site)/moved\nexample,site,sub)/paper.pdf?a=1&b=2\n"},
		{"domain by star", "url=*.site.example&filter=mimetype:application/(pdf|msword)&fl=original,mimetype", "http://sub.site.example/Paper.PDF?b=2&a=1 application/pdf\n"},
		{"nothing", "url=none.example", ""},
		{"unknown field", "url=none.example&fl=robots", ""},
		{"resume", "url=site.example&limit=2&fl=timestamp&showResumeKey=true", "20080101000000\n20090101000000\n\nexample%2Csite%29%2F+20090101000001\n"},
		{"no key at the end", "url=site.example&limit=9&fl=statuscode&from=2019&showResumeKey=true", "404\n"},
		{"json", "url=site.example&output=json&fl=timestamp,statuscode&from=2019", `[["timestamp","statuscode"],["20190101000000","404"]]` + "\n"},
		{"json, nothing", "url=none.example&output=json", "[]\n"},
		{"json, resume", "url=site.example&output=json&fl=timestamp&limit=1&showResumeKey=true",
			`[["timestamp"],["20080101000000"],[],["example%2Csite%29%2F+20080101000001"]]` + "\n"},
	}
	for _, tt := range tests {
		resp, body := get(t, c, "http://ia.example/cdx/search/cdx?"+tt.query, "")
		if resp.StatusCode != 200 || string(body) != tt.want {
			t.Errorf("%s: %s\n%s", tt.name, resp.Status, body)
		}
	}
	if _, body := get(t, c, "http://ia.example/cdx/search/cdx?url=site.example/moved", ""); !strings.HasPrefix(string(body),
		"example,site)/moved 20100101000005 http://site.example/moved text/html 200 ") || len(strings.Fields(string(body))[5]) != 32 {
		t.Errorf("%s", body)
	}
	for _, wrong := range []string{"", "?url=x.example&sort=closest&closest=soon", "?url=site.example&filter=statuscode:("} {
		if resp, _ := get(t, c, "http://ia.example/cdx/search/cdx"+wrong, ""); resp.StatusCode != 400 {
			t.Errorf("%s: %s", wrong, resp.Status)
		}
	}
}

// TestResumeKeysLeadThroughAll reads an index two rows at a time, with the key as given and, as some clients do, escaped
// once more.
func TestResumeKeysLeadThroughAll(t *testing.T) {
	_, c := start(t, archiveSample)
	for name, escape := range map[string]func(string) string{
		"as given": func(s string) string { return s }, "escaped again": url.QueryEscape,
	} {
		var got []string
		for key := ""; ; {
			_, body := get(t, c, "http://ia.example/cdx/search/cdx?url=site.example&matchType=domain&limit=2&showResumeKey=true&fl=timestamp&resumeKey="+key, "")
			rows, next, more := strings.Cut(string(body), "\n\n")
			got = append(got, strings.Fields(rows)...)
			if !more || len(got) > 20 {
				break
			}
			key = escape(strings.TrimSpace(next))
		}
		if len(got) != 8 || len(slices.Compact(slices.Clone(got))) != 8 {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestPywbIndex(t *testing.T) {
	_, c := start(t, archiveSample)
	tests := []struct{ name, query, want string }{
		{"json a line", "url=site.example&output=json&fl=timestamp,status&to=2009", `{"status":"200","timestamp":"20080101000000"}` + "\n" + `{"status":"301","timestamp":"20090101000000"}` + "\n"},
		{"text", "url=site.example&output=text&fields=url,mime&from=2010", "http://site.example/ text/html\n"},
		{"cdxj", "url=site.example&fl=urlkey,timestamp,status&from=2010", `example,site)/ 20100101000000 {"status":"200"}` + "\n"},
		{"exactly", "url=site.example&output=text&fl=timestamp&filter==status:301", "20090101000000\n"},
		{"contains", "url=site.example&output=text&fl=timestamp&filter=status:30", "20090101000000\n"},
		{"matches", "url=site.example&output=text&fl=timestamp&filter=~status:2.*&limit=1", "20080101000000\n"},
		{"does not", "url=site.example&output=text&fl=timestamp&filter=!=status:200", "20090101000000\n"},
		{"backwards", "url=site.example&output=text&fl=timestamp&sort=reverse&limit=1", "20100101000000\n"},
		{"prefix", "url=site.example/&matchType=prefix&output=text&fl=url&filter=url:paged", "http://site.example/paged\n"},
	}
	for _, tt := range tests {
		resp, body := get(t, c, "http://pt.example/wayback/cdx?"+tt.query, "")
		if resp.StatusCode != 200 || string(body) != tt.want {
			t.Errorf("%s: %s\n%s", tt.name, resp.Status, body)
		}
	}
	_, body := get(t, c, "http://pt.example/wayback/cdx?url=site.example&output=json&limit=1", "")
	var row map[string]string
	if err := json.Unmarshal(body, &row); err != nil || len(row) != 9 || row["mime"] != "text/html" || row["filename"] == "" {
		t.Errorf("%s: %v", body, err)
	}
}

func FuzzArchiveTargets(f *testing.F) {
	for _, seed := range []string{"/web/2009id_/http://site.example/", "/web/timemap/link/1/http:/x", "/cdx/search/cdx?url=*.site.example&filter=!a:b&resumeKey=%25", "/web/http%3a//"} {
		f.Add(seed)
	}
	w, err := Parse(archiveFiles())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, target string) {
		for _, a := range w.archives {
			q := a.read(target)
			if q.kind == AskedMemento && (q.timestamp == "" || q.source == "") {
				t.Errorf("%q is read as %+v", target, q)
			}
			if _, query, ok := strings.Cut(target, "?"); ok {
				askIndex(t, a, query)
			}
		}
	})
}

// askIndex asks whatever a client may send.
func askIndex(t *testing.T, a *archive, query string) {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		return
	}
	q, err := newQuery(values, a.dialect)
	if err != nil {
		return
	}
	rows, err := a.selectRows(q)
	if err != nil {
		return
	}
	if out, _ := q.limited(q.resumed(rows)); len(out) > len(a.captures) {
		t.Errorf("%d rows of %d captures", len(out), len(a.captures))
	}
}

package rescue

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestDates(t *testing.T) {
	want := time.Date(2008, 8, 5, 1, 2, 3, 0, time.UTC)
	for _, s := range []string{
		"Tue, 05 Aug 2008 01:02:03 GMT", "Tue, 5 Aug 2008 01:02:03 GMT", "05 Aug 2008 01:02:03 GMT", "5 Aug 2008 01:02:03",
		"Tue, 05 Aug 2008 03:02:03 +0200", "Tue, 05 Aug 2008 03:02:03 CEST", "Mon, 04 Aug 2008 21:02:03 EDT", "Tue, 05 Aug 2008 01:02:03 UTC",
		"2008-08-05T01:02:03Z", "2008-08-05T03:02:03+02:00", "2008-08-05 01:02:03", "20080805010203", " Tue, 05 Aug 2008 01:02:03 ",
	} {
		if got, ok := parseDate(s); !ok || !got.Equal(want) {
			t.Errorf("%q: %v, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "yesterday", "20000012170449", "20000800241623", "19700101000000", "Tue, 35 Aug 2008 01:02:03 GMT", strings.Repeat("2", 100)} {
		if got, ok := parseDate(s); ok {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestLinkFormat(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"as it should be": {"<http://a/>; rel=\"original\",\n<http://x/web/20080805010203/http://a/>; rel=\"first memento\"; datetime=\"Tue, 05 Aug 2008 01:02:03 GMT\"", []string{
			"original http://a/ -", "first+memento http://x/web/20080805010203/http://a/ 20080805010203"}},
		"trailing commas":       {"<http://a/>; rel=memento; datetime=\"Tue, 05 Aug 2008 01:02:03 GMT\",\n,\n", []string{"memento http://a/ 20080805010203"}},
		"comma in the address":  {"<http://a/b,c;d>; rel=\"memento\", <http://b/>; rel=original", []string{"memento http://a/b,c;d -", "original http://b/ -"}},
		"date without quotes":   {"<http://a/>; datetime=Tue, 05 Aug 2008 01:02:03 GMT; rel=memento, <http://b/>; rel=x", []string{"memento http://a/ 20080805010203", "x http://b/ -"}},
		"any order, more":       {"<http://a/>; collection=\"all, and some\"; license=<http://l/>; datetime=\"2008-08-05T01:02:03Z\"; REL='x'; foo", []string{"'x' http://a/ 20080805010203"}},
		"escaped quote":         {`<http://a/>; title="a \", b"; rel="memento last", <http://b/>; rel=b`, []string{"memento+last http://a/ -", "b http://b/ -"}},
		"quote without its end": {"<http://a/>; rel=\"memento\n,<http://b/>; rel=b", []string{"memento http://a/ -", "b http://b/ -"}},
		"entities":              {"<http://a/?b=1&amp;c=2>; rel=original", []string{"original http://a/?b=1&c=2 -"}},
		"cut":                   {"<http://a/>; rel=a,\n<http://b", []string{"a http://a/ -"}},
		"nothing":               {"", nil},
		"rubbish":               {"a,b;c=<,>\x00<>,;;;=\"", []string{" , -"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, l := range headerLinks([]string{c.text}) {
				at := "-"
				if !l.datetime.IsZero() {
					at = l.datetime.Format("20060102150405")
				}
				got = append(got, strings.Join(l.rel, "+")+" "+l.uri+" "+at)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}

// rowsOf reads a CDX answer into lines.
func rowsOf(t *testing.T, text string) (rows []string, end cdxEnd) {
	t.Helper()
	end, err := readCDX(strings.NewReader(text), func(c row) error {
		rows = append(rows, fmt.Sprintf("%s %s %s %d %s", c.timestamp, c.original, c.mediaType, c.status, c.digest))
		return nil
	})
	if err != nil {
		rows = append(rows, err.Error())
	}
	return rows, end
}

func TestCDX(t *testing.T) {
	const a = "20080805010203 http://a.example/ text/html 200 ABC"
	for name, c := range map[string]struct {
		text   string
		want   []string
		resume string
		bad    int
	}{
		"wayback JSON": {`[["urlkey","timestamp","original","mimetype","statuscode","digest","length"],
			["k","20080805010203","http://A.example:80/","text/html","200","ABC","7"],
			["k","20080805010203","http://a.example/b","warc/revisit","-","ABC","-"], [], ["k 2008"]]`,
			[]string{a, "20080805010203 http://a.example/b warc/revisit 0 ABC"}, "k 2008", 0},
		"other fields":      {`[["original","timestamp","statuscode"],["http://a.example/",20080805010203,null]]`, []string{"20080805010203 http://a.example/  0 "}, "", 0},
		"empty":             {"[]", nil, "", 0},
		"nothing":           {" \n", nil, "", 0},
		"pywb NDJSON":       {`{"urlkey":"k","timestamp":"20080805010203","url":"http://a.example/","mime":"text/html","status":"200","digest":"sha1:ABC","offset":"1"}` + "\n{not json}\n", []string{a}, "", 1},
		"CDXJ":              {`com,a)/ 20080805010203 {"url":"http://a.example/","mime":"text/html","status":200,"digest":"ABC"}`, []string{a}, "", 0},
		"plain":             {" CDX N b a m s k r M S V g\nk 20080805010203 http://a.example/ text/html 200 ABC 7\n\nk%2Ccnn+2008%3A\n", []string{a}, "k%2Ccnn+2008%3A", 0},
		"bad rows":          {"k 20000012170449 http://a.example/ text/html 200 A 1\nk 20080805010203 http://m:x@a.example/ - - A -\nk 2008\nk 20080805010203 some/thing unk 301 A 1\nk 20080805010203 http://a.example/ text/html 200 ABC -", []string{a}, "", 4},
		"a line too long":   {"k 20080805010203 http://a.example/" + strings.Repeat("x", maxLine) + " text/html 200 A 1\nk 20080805010203 http://a.example/ text/html 200 ABC", []string{a}, "", 1},
		"broken JSON":       {`[["timestamp","original","statuscode"],["20080805010203","http://a.example/","200"],["2008`, []string{"20080805010203 http://a.example/  200 ", "breaks its list off after 2 entries"}, "", 0},
		"a page":            {"<html>", []string{errNotAList.Error()}, "", 0},
		"rows of something": {`["a", {"b": 1}, ["timestamp"]]`, nil, "", 3},
	} {
		t.Run(name, func(t *testing.T) {
			rows, end := rowsOf(t, c.text)
			if !reflect.DeepEqual(rows, c.want) || end.resume != c.resume || end.bad != c.bad {
				t.Errorf("got %q, %+v\nwant %q", rows, end, c.want)
			}
		})
	}
}

func TestTimeMaps(t *testing.T) {
	for name, c := range map[string]struct {
		text     string
		mementos []string
		pages    int
	}{
		"link format": {"<http://a/>; rel=original,<http://x/20080805010203/http://a/>; rel=\"memento\"; datetime=\"rubbish\",\n", []string{"http://x/20080805010203/http://a/"}, 0},
		"index":       {`<http://x/p/1>; rel="timemap"; from="Tue, 05 Aug 2008 01:02:03 GMT"; until="Tue, 05 Aug 2009 01:02:03 GMT", <http://x/p/2>; rel="timemap"`, nil, 2},
		"JSON":        {`{"mementos":{"first":{"uri":"http://x/0","datetime":"2008-08-05T01:02:03Z"},"list":[7,{"uri":"http://x/1","datetime":"2008-08-05T01:02:03Z"},{"uri":"http://x/2"}]},"timemap_index":[{"uri":"http://x/p"}]}`, []string{"http://x/1"}, 1},
		"empty":       {"\n", nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			m := timeMap{memento: func(uri string, _ time.Time) error { got = append(got, uri); return nil }}
			if err := m.read(strings.NewReader(c.text), nil); err != nil || !reflect.DeepEqual(got, c.mementos) || len(m.pages) != c.pages {
				t.Errorf("%v, %q, %v", err, got, m.pages)
			}
		})
	}
	for _, page := range []string{"<!DOCTYPE html>", "<html lang=en>", "<?xml version='1.0'?>"} {
		m := timeMap{}
		if err := m.read(strings.NewReader(page), nil); err != errNotAList { //nolint:errorlint // itself
			t.Errorf("%q: %v", page, err)
		}
	}
}

func TestRawAddresses(t *testing.T) {
	a := Archive{Raw: "id_"}
	for in, want := range map[string][3]string{
		"https://x/web/20080805010203/http://a.example/b?c=http://d/":    {"https://x/web/20080805010203id_/http://a.example/b?c=http://d/", "20080805010203", "http://a.example/b?c=http://d/"},
		"https://x/web/20080805010203if_/https://a.example/":             {"https://x/web/20080805010203id_/https://a.example/", "20080805010203", "https://a.example/"},
		"https://x/wayback/all/20080805010203/a.example/b":               {"https://x/wayback/all/20080805010203id_/a.example/b", "20080805010203", "http://a.example/b"},
		"https://x/20080805010203/http:/a.example/":                      {"https://x/20080805010203id_/http:/a.example/", "20080805010203", "http://a.example/"},
		"https://perma.example/ABCD-1234":                                {"https://perma.example/ABCD-1234", "", ""},
		"https://x/web/20080805010203/":                                  {"https://x/web/20080805010203/", "", ""},
		"https://x/web/20080805/http://a.example/":                       {"https://x/web/20080805/http://a.example/", "", ""},
		"https://x/web/20080805010203id_/http://a/web/20010101000000/b/": {"https://x/web/20080805010203id_/http://a/web/20010101000000/b/", "20080805010203", "http://a/web/20010101000000/b/"},
	} {
		raw, ts, original := a.raw(in)
		if got := [3]string{raw, ts, original}; got != want {
			t.Errorf("%s\n got %q\nwant %q", in, got, want)
		}
	}
}

func TestOriginalHeader(t *testing.T) {
	h := originalHeader(http.Header{
		"Server": {"nginx"}, "X-Archive-Orig-Server": {"Apache"}, "x-orig-archive-a": {"1", "2"}, "X-Archive-Orig-": {"x"},
		"X-Archive-Orig-Bad Name": {"x"}, "X-Archive-Orig-B": {"a\r\nInjected: yes"}, "X-Archive-Orig-Transfer-Encoding": {"chunked"}, "X-Archive-Orig-Content-Encoding": {"gzip"},
	})
	agree(h, 7, false)
	want := "HTTP/1.1 404 Not Found\r\nA: 1\r\nA: 2\r\nContent-Length: 7\r\nServer: Apache\r\n\r\n"
	if got := string(headOf(404, h)); got != want {
		t.Errorf("got %q", got)
	}
	if originalHeader(http.Header{"Server": {"nginx"}, "Content-Type": {"text/html"}}) != nil {
		t.Error("the archive's own head was taken for the origin's")
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"HTTP://A.Example:80/b%zz?c#d": "http://a.example/b%25zz?c", "https://a.example:443": "https://a.example/", "http://a.example?q": "http://a.example/?q",
		"http://a.example:8080/": "http://a.example:8080/", "ftp://a.example/": "", "http:///x": "", "http://u:p@a.example/": "", "http://a b/": "", "a.example/": "",
	} {
		if got, ok := clean(in); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", in, got, ok)
		}
	}
}

func FuzzLinkFormat(f *testing.F) {
	f.Add("<http://a/>; rel=\"memento first\"; datetime=\"Tue, 05 Aug 2008 01:02:03 GMT\",\n<http://b/>; rel=timemap; from=\"x\",")
	f.Add("<!DOCTYPE html>")
	f.Add(`{"mementos":{"list":[{"datetime":"2008-08-05T01:02:03Z","uri":"x"}]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		n := 0
		m := timeMap{memento: func(uri string, at time.Time) error {
			if n++; uri == "" || at.IsZero() {
				t.Errorf("%q at %v", uri, at)
			}
			return nil
		}}
		_ = m.read(strings.NewReader(text), func(row) error { return nil })
		if n > len(text) {
			t.Errorf("%d entries in %d bytes", n, len(text))
		}
	})
}

func FuzzCDX(f *testing.F) {
	f.Add("k 20080805010203 http://a.example/ text/html 200 ABC 7\n\nkey")
	f.Add(`[["timestamp","original","x"],["20080805010203","http://a.example/","y"],[],["key"]]`)
	f.Add(`{"timestamp":"2008","url":"http://a.example/","a":1}`)
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = readCDX(strings.NewReader(text), func(c row) error {
			if again, ok := clean(c.original); !ok || again != c.original || len(c.timestamp) != 14 || c.at.IsZero() {
				t.Errorf("%+v", c)
			}
			return nil
		})
	})
}

func FuzzHead(f *testing.F) {
	f.Add("Content-Type", "text/html", "Content-Length", "-1")
	f.Add("A\r\nB", "c\r\n\r\nd", "Transfer-Encoding", "chunked")
	f.Fuzz(func(t *testing.T, n1, v1, n2, v2 string) {
		h := originalHeader(http.Header{"X-Archive-Orig-" + n1: {v1}, "X-Orig-Archive-" + n2: {v2}})
		if h == nil {
			return
		}
		agree(h, 5, true)
		head := string(headOf(200, h))
		lines := strings.Split(strings.TrimSuffix(head, "\r\n\r\n"), "\r\n")
		if strings.Count(head, "\r\n\r\n") != 1 || len(lines) > 4 || strings.Count(head, "\n") != len(lines)+1 {
			t.Errorf("%q", head)
		}
	})
}

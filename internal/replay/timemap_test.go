package replay_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// webLink is a link-value as a strict reader takes it (RFC 8288, 3).
type webLink struct {
	uri    string
	params map[string]string
}

func (l webLink) is(rel string) bool { return slices.Contains(strings.Fields(l.params["rel"]), rel) }

var errLink = errors.New("no link-value")

// parseLinks is a reader that forgives nothing.
func parseLinks(s string) (links []webLink, err error) {
	for {
		s = strings.TrimLeft(s, " \t\r\n")
		if s == "" || s[0] != '<' {
			return links, fmt.Errorf("%w at %.40q", errLink, s)
		}
		end := strings.IndexByte(s, '>')
		if end < 0 || strings.ContainsAny(s[1:end], " <\"\t\r\n") {
			return links, fmt.Errorf("%w: %.80q", errLink, s)
		}
		l := webLink{s[1:end], map[string]string{}}
		for s = s[end+1:]; strings.HasPrefix(s, ";"); {
			name, rest, ok := strings.Cut(strings.TrimLeft(s[1:], " "), `="`)
			value, after, ok2 := strings.Cut(rest, `"`)
			if !ok || !ok2 || l.params[name] != "" {
				return links, fmt.Errorf("%w: parameter %.80q", errLink, s)
			}
			l.params[name], s = value, after
		}
		links = append(links, l)
		s = strings.TrimLeft(s, " \t\r\n")
		if s == "" {
			return links, nil
		}
		if s[0] != ',' {
			return links, fmt.Errorf("%w: %.40q between two", errLink, s)
		}
		s = s[1:]
	}
}

var hostile = []string{
	"http://a.example/", "http://a.example/a,b;c=d?e=f,g;h", `http://a.example/<x>"y"?q="<z>"`, "http://a.example/a b\tc", "http://bücher.example/ä?ö#ü",
	"http://a.example/web/2009/http://b.example//c", "http://a.example/x?u=https://b.example/?v=1&w=2", "http://a.example//double//slash/",
	`http://a.example/>; rel="memento"; datetime="x",<http://evil.example/`, "http://a.example/%2C%3B%22%3C%3E%20", "http://a.example/%", "http://a.example/%zz?%",
	"http://user:pw@a.example:8080/;jsessionid=1", "http://[::1]:8080/", "http://a.example/\u202egnp.exe", "http://a.example/?\x00\x7f\r\nX: y", `http://a.example/\..\x|y^z{}` + "`",
	"http://a.example/.../..;/..%2f", "http://a.example/*?*", "http://a.example/?'", "ftp://a.example/f,;",
}

// A TimeMap parses back to exactly its mementos, and each of their addresses leads to the one that it names.
func FuzzTimeMapOfAnyAddress(f *testing.F) {
	for _, uri := range hostile {
		f.Add(uri, int64(1244116800), uint8(3))
	}
	f.Fuzz(func(t *testing.T, raw string, unix int64, n uint8) {
		uri, err := cdx.Canonical(raw)
		if err != nil || !strings.HasPrefix(uri, "http://") && !strings.HasPrefix(uri, "https://") || len(uri) > 8000 {
			return
		}
		begin := time.Unix(unix%4e9, 0).UTC()
		if begin.Year() < 1980 {
			return
		}
		h := &held{}
		want := map[string]bool{}
		for i := range int(n%5) + 1 {
			at := begin.Add(time.Duration(i) * 36 * time.Hour)
			h.add(t, uri, ibid.Timestamp14(at), "text/html", "x")
			want[at.Format(http.TimeFormat)] = true
		}
		s := service(t, h, nil)
		gate := ask(t, s, appHost, "/timegate/"+quoted(uri))
		if gate.StatusCode != 302 {
			t.Fatalf("no TimeGate of %q: %d %s", uri, gate.StatusCode, text(t, gate))
		}
		header, err := parseLinks(gate.Header.Get("Link"))
		if err != nil {
			t.Fatal(err)
		}
		original, timemap := find(header, "original"), find(header, "timemap")
		if got, err := cdx.Canonical(original.uri); err != nil || got != uri {
			t.Fatalf("the original of %q is %q", uri, original.uri)
		}
		links, err := parseLinks(text(t, ask(t, s, appHost, strings.TrimPrefix(timemap.uri, "http://"+appHost))))
		if err != nil {
			t.Fatal(err)
		}
		originals := 0
		for _, l := range links {
			switch {
			case l.is("original"):
				originals++
			case l.is("memento"):
				if at := l.params["datetime"]; !want[at] {
					t.Errorf("there is no memento at %q", at)
				}
				delete(want, l.params["datetime"])
				res := ask(t, s, appHost, strings.TrimPrefix(l.uri, "http://"+appHost))
				own, err := parseLinks(res.Header.Get("Link"))
				if got, err2 := cdx.Canonical(find(own, "original").uri); res.StatusCode != 200 || err != nil || err2 != nil || got != uri {
					t.Errorf("%q leads to %q (%d), not %q", l.uri, got, res.StatusCode, uri)
				}
				_ = res.Body.Close() // in memory
			}
		}
		if originals != 1 || len(want) > 0 {
			t.Errorf("%d originals; without %v", originals, want)
		}
	})
}

// quoted is uri as a client puts it behind a path: encoded whole, where it is not to be changed on the way.
func quoted(uri string) string { return strings.ReplaceAll(url.PathEscape(uri), ":", "%3A") }

func find(links []webLink, rel string) webLink {
	for _, l := range links {
		if l.is(rel) {
			return l
		}
	}
	return webLink{}
}

func TestTimeMapInEveryFormat(t *testing.T) {
	s := service(t, site(t), rules)
	const app = "http://" + appHost
	for _, tt := range []struct{ format, kind, want string }{
		{"link", "application/link-format", `<http://a.example/>; rel="original",
<` + app + `/timemap/link/http://a.example/>; rel="self"; type="application/link-format"; from="Tue, 05 Aug 2008 01:02:03 GMT"; until="Wed, 01 Jan 2020 00:00:00 GMT",
<` + app + `/timegate/http://a.example/>; rel="timegate",
<` + app + `/web/20080805010203/http://a.example/>; rel="first memento"; datetime="Tue, 05 Aug 2008 01:02:03 GMT",
<` + app + `/web/20090406010203/http://a.example/>; rel="memento"; datetime="Mon, 06 Apr 2009 01:02:03 GMT",
<` + app + `/web/20200101000000/http://a.example/>; rel="last memento"; datetime="Wed, 01 Jan 2020 00:00:00 GMT"
`},
		{"cdxj", "application/cdxj+ors", `20080805010203 {"uri":"` + app + `/web/20080805010203/http://a.example/","rel":"first memento","datetime":"Tue, 05 Aug 2008 01:02:03 GMT"}
20090406010203 {"uri":"` + app + `/web/20090406010203/http://a.example/","rel":"memento","datetime":"Mon, 06 Apr 2009 01:02:03 GMT"}
20200101000000 {"uri":"` + app + `/web/20200101000000/http://a.example/","rel":"last memento","datetime":"Wed, 01 Jan 2020 00:00:00 GMT"}
`},
	} {
		res := ask(t, s, appHost, "/timemap/"+tt.format+"/http://a.example/")
		got := text(t, res)
		if tt.format == "cdxj" {
			got = got[strings.Index(got, "\n2008")+1:]
		}
		if got != tt.want || res.Header.Get("Content-Type") != tt.kind || res.Header.Get("X-Memento-Count") != "3" {
			t.Errorf("%v\n%s\nwant\n%s", res.Header, got, tt.want)
		}
	}
	var m struct {
		Original string `json:"original_uri"`
		Mementos struct {
			First, Last struct{ Datetime, URI string }
			List        []struct{ Datetime, URI string }
		}
	}
	if err := json.Unmarshal([]byte(text(t, ask(t, s, appHost, "/timemap/json/a.example"))), &m); err != nil || m.Original != "http://a.example/" ||
		len(m.Mementos.List) != 3 || m.Mementos.List[1].Datetime != "2009-04-06T01:02:03Z" || m.Mementos.Last.URI != app+"/web/20200101000000/http://a.example/" {
		t.Errorf("%+v, %v", m, err)
	}
	for path, status := range map[string]int{
		"/timemap/link/http://nothing.example/": 404, "/timemap/link/http://secret.example/": 404, "/timemap/xml/http://a.example/": 400, "/timemap/link/": 400,
		"/timemap/link@20220101/http://a.example/": 404, "/timemap/link@x/http://a.example/": 400, "/timemap/link/http://blocked.example/": 200,
	} {
		if res := ask(t, s, appHost, path); res.StatusCode != status {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// A long list comes in pages, each of which names the next; every memento stands on one of them.
func TestTimeMapInPages(t *testing.T) {
	h := &held{payloads: map[string]payload{}}
	const total = 25_000
	begin := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range total {
		// Three captures in each two seconds: two of them have one address.
		h.entries = append(h.entries, cdx.Entry{Key: "example,a)/", Collection: "c", Capture: ibid.Capture{
			URI: "http://a.example/", Timestamp: begin.Add(time.Duration(i) * 666 * time.Millisecond), RecordID: fmt.Sprintf("%06d", i),
		}})
	}
	s := service(t, h, nil)
	seen := map[string]bool{}
	pages := 0
	for next := "/timemap/link/http://a.example/"; next != ""; pages++ {
		links, err := parseLinks(text(t, ask(t, s, appHost, next)))
		if err != nil || pages > 10 {
			t.Fatalf("page %d: %v", pages, err)
		}
		next = strings.TrimPrefix(find(links, "next").uri, "http://"+appHost)
		for _, l := range links {
			if !l.is("memento") {
				continue
			}
			if seen[l.uri] {
				t.Fatalf("%s twice", l.uri)
			}
			seen[l.uri] = true
		}
	}
	if want := int(time.Duration(total) * 666 * time.Millisecond / time.Second); pages != 2 || len(seen) < want-1 || len(seen) > want+1 {
		t.Errorf("%d mementos on %d pages, want %d", len(seen), pages, want)
	}
}

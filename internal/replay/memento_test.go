package replay_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/internal/replay"
)

func site(t testing.TB) *held {
	t.Helper()
	h := &held{}
	h.add(t, "http://a.example/", "20080805010203", "text/html", "one")
	h.add(t, "http://a.example/", "20090406010203", "text/html", "two")
	h.add(t, "http://a.example/", "20200101000000", "text/html", "three")
	h.add(t, "http://a.example/gone", "20090406010204", "text/html", "not here", answered(404))
	h.add(t, "http://a.example/broken", "20090406010204", "text/html", "oh", answered(500))
	h.add(t, "http://a.example/moved", "20090406010204", "text/html", "", answered(301, "Location", "/new"))
	h.add(t, "http://a.example/empty", "20090406010204", "", "", answered(204))
	h.add(t, "https://b.example/", "20090406010204", "text/html", "secure")
	h.add(t, "http://c.example/", "20090406010204", "text/html", "", answered(302, "Location", "https://c.example/"))
	h.add(t, "http://a.example/p.php?b=1&a=,;", "20090406010204", "text/html", "query")
	h.add(t, "http://a.example/x?u=http://b.example//y", "20090406010204", "text/html", "nested")
	h.add(t, "http://xn--bcher-kva.example/%C3%A4", "20090406010204", "text/html", "idn")
	h.add(t, "http://secret.example/", "20090406010204", "text/html", "secret")
	h.add(t, "http://blocked.example/", "20090406010204", "text/html", "blocked")
	return h
}

func rules(_ *http.Request, e *cdx.Entry) replay.Decision {
	switch {
	case strings.HasPrefix(e.URI, "http://secret."):
		return replay.Exclude
	case strings.HasPrefix(e.URI, "http://blocked."):
		return replay.Block
	}
	return replay.Open
}

// The headers of RFC 7089, one row a pattern.
func TestHeadersOfMemento(t *testing.T) {
	const (
		app  = "http://" + appHost
		june = "Accept-Datetime: Thu, 04 Jun 2009 12:00:00 GMT"
	)
	s := service(t, site(t), rules)
	for _, tt := range []struct {
		name, host, path string
		header           []string
		status           int
		location         string
		datetime         string
		vary             bool
		links            []string // each must be in Link
	}{
		{"a TimeGate", appHost, "/timegate/http://a.example/", []string{june}, 302, app + "/web/20090406010203/http://a.example/", "", true, []string{
			`<http://a.example/>; rel="original"`,
			`<` + app + `/timemap/link/http://a.example/>; rel="timemap"; type="application/link-format"; from="Tue, 05 Aug 2008 01:02:03 GMT"; until="Wed, 01 Jan 2020 00:00:00 GMT"`,
			`<` + app + `/web/20080805010203/http://a.example/>; rel="first memento"; datetime="Tue, 05 Aug 2008 01:02:03 GMT"`,
			`<` + app + `/web/20090406010203/http://a.example/>; rel="memento"; datetime="Mon, 06 Apr 2009 01:02:03 GMT"`,
			`<` + app + `/web/20200101000000/http://a.example/>; rel="last memento"; datetime="Wed, 01 Jan 2020 00:00:00 GMT"`,
		}},
		{"a TimeGate without a time", appHost, "/timegate/http://a.example/", nil, 302, app + "/web/20200101000000/http://a.example/", "", true, nil},
		{"a time before the first", appHost, "/timegate/a.example", []string{"Accept-Datetime: Mon, 01 Jan 1990 00:00:00 GMT"}, 302, app + "/web/20080805010203/http://a.example/", "", true, nil},
		{"a time behind the last", appHost, "/timegate/a.example", []string{"Accept-Datetime: Mon, 01 Jan 2035 00:00:00 GMT"}, 302, app + "/web/20200101000000/http://a.example/", "", true, nil},
		{"a time that is none", appHost, "/timegate/http://a.example/", []string{"Accept-Datetime: yesterday"}, 400, "", "", true, []string{`rel="original"`}},
		{"a TimeGate with nothing", appHost, "/timegate/http://nothing.example/", nil, 404, "", "", true, []string{`<http://nothing.example/>; rel="original"`}},
		{"a TimeGate by the short way", appHost, "/web/http://a.example/", []string{june}, 302, app + "/web/20090406010203/http://a.example/", "", true, nil},
		{"one slash lost on the way", appHost, "/timegate/http:/a.example/", []string{june}, 302, app + "/web/20090406010203/http://a.example/", "", true, nil},
		{"an address encoded whole", appHost, "/timegate/http%3A%2F%2Fa.example%2F", []string{june}, 302, app + "/web/20090406010203/http://a.example/", "", true, nil},
		{"another scheme is held", appHost, "/timegate/http://b.example/", nil, 302, app + "/web/20090406010204/https://b.example/", "", true, nil},
		{"excluded", appHost, "/timegate/http://secret.example/", nil, 404, "", "", true, nil},

		{"a memento", appHost, "/web/20090406010203/http://a.example/", nil, 200, "", "Mon, 06 Apr 2009 01:02:03 GMT", false, []string{
			`<http://a.example/>; rel="original"`, `<` + app + `/timegate/http://a.example/>; rel="timegate"`, `rel="timemap"`,
			`<` + app + `/web/20080805010203/http://a.example/>; rel="first prev memento"`, `<` + app + `/web/20200101000000/http://a.example/>; rel="next last memento"`,
		}},
		{"a memento of a 404", appHost, "/web/20090406010204/http://a.example/gone", nil, 404, "", "Mon, 06 Apr 2009 01:02:04 GMT", false, []string{`rel="original"`}},
		{"a memento of a 500", appHost, "/web/20090406010204/http://a.example/broken", nil, 500, "", "Mon, 06 Apr 2009 01:02:04 GMT", false, nil},
		{"a memento of a redirect", appHost, "/web/20090406010204/http://a.example/moved", nil, 301, app + "/web/20090406010204/http://a.example/new", "Mon, 06 Apr 2009 01:02:04 GMT", false, nil},
		{"a memento of nothing sent", appHost, "/web/20090406010204/http://a.example/empty", nil, 200, "", "Mon, 06 Apr 2009 01:02:04 GMT", false, nil},
		{"a redirect to the same", appHost, "/web/20090406010204/http://c.example/", nil, 302, "", "Mon, 06 Apr 2009 01:02:04 GMT", false, nil},
		{"a part of a time", appHost, "/web/2009/http://a.example/", nil, 302, app + "/web/20090406010203/http://a.example/", "", false, nil},
		{"the first", appHost, "/web/0/http://a.example/", nil, 302, app + "/web/20080805010203/http://a.example/", "", false, nil},
		{"a time at which nothing was taken", appHost, "/web/20090604120000/http://a.example/", nil, 302, app + "/web/20090406010203/http://a.example/", "", false, nil},
		{"the bytes are elsewhere", appHost, "/web/20090406010203id_/http://a.example/", nil, 307, "http://" + replayHost + "/web/20090406010203id_/http://a.example/", "", false, nil},
		{"blocked", appHost, "/web/20090406010204/http://blocked.example/", nil, 451, "", "", false, nil},
		{"a year of no time", appHost, "/web/20091399000000/http://a.example/", nil, 400, "", "", false, nil},
		{"no address", appHost, "/web/2009/http://%25zz/", nil, 400, "", "", false, nil},
		{"pages have the calendar", appHost, "/web/*/http://a.example/", nil, 404, "", "", false, nil},

		{"its bytes", replayHost, "/web/20090406010203id_/http://a.example/", nil, 200, "", "Mon, 06 Apr 2009 01:02:03 GMT", false, []string{
			`<http://a.example/>; rel="original"`, `<` + app + `/timegate/http://a.example/>; rel="timegate"`,
		}},
		{"bytes of a 404", replayHost, "/web/20090406010204id_/http://a.example/gone", nil, 404, "", "Mon, 06 Apr 2009 01:02:04 GMT", false, nil},
		{"bytes of a redirect", replayHost, "/web/20090406010204id_/http://a.example/moved", nil, 301, "/web/20090406010204id_/http://a.example/new", "Mon, 06 Apr 2009 01:02:04 GMT", false, nil},
		{"bytes of nothing", replayHost, "/web/20090406010204id_/http://a.example/empty", nil, 204, "", "Mon, 06 Apr 2009 01:02:04 GMT", false, nil},
		{"a part of a time of bytes", replayHost, "/web/2009id_/http://a.example/", nil, 302, "/web/20090406010203id_/http://a.example/", "", false, nil},
		{"shown at a time near it", replayHost, "/web/20090501000000/http://a.example/", nil, 200, "", "Mon, 06 Apr 2009 01:02:03 GMT", false, nil},
		{"shown by another scheme", replayHost, "/web/20090501000000/http://b.example/", nil, 200, "", "Mon, 06 Apr 2009 01:02:04 GMT", false, []string{`<https://b.example/>; rel="original"`}},
		{"shown in a loop", replayHost, "/web/20090406010204/https://c.example/", nil, 302, "", "Mon, 06 Apr 2009 01:02:04 GMT", false, nil},
		{"commas and semicolons", replayHost, "/web/20090406010204/http://a.example/p.php?b=1&a=,;", nil, 200, "", "Mon, 06 Apr 2009 01:02:04 GMT", false, []string{`<http://a.example/p.php?b=1&a=,;>; rel="original"`}},
		{"an address in an address", replayHost, "/web/20090406010204/http://a.example/x?u=http://b.example//y", nil, 200, "", "Mon, 06 Apr 2009 01:02:04 GMT", false, nil},
		{"a name in another script", replayHost, "/web/20090406010204/http://b%C3%BCcher.example/ä", nil, 200, "", "Mon, 06 Apr 2009 01:02:04 GMT", false, nil},
		{"not held", replayHost, "/web/20090406010204/http://nothing.example/", nil, 404, "", "", false, nil},
		{"excluded from view", replayHost, "/web/20090406010204/http://secret.example/", nil, 404, "", "", false, nil},
		{"blocked from view", replayHost, "/web/20090406010204/http://blocked.example/", nil, 451, "", "", false, nil},
		{"a service worker", replayHost, "/web/20090406010203/http://a.example/", []string{"Service-Worker: script"}, 403, "", "", false, nil},
		{"nothing else is here", replayHost, "/cdx?url=a.example", nil, 404, "", "", false, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := ask(t, s, tt.host, tt.path, tt.header...)
			defer res.Body.Close() //nolint:errcheck // it is in memory
			h := res.Header
			if res.StatusCode != tt.status || h.Get("Location") != tt.location || h.Get("Memento-Datetime") != tt.datetime {
				t.Errorf("status %d, Location %q, Memento-Datetime %q", res.StatusCode, h.Get("Location"), h.Get("Memento-Datetime"))
			}
			if vary := h.Get("Vary") == "accept-datetime"; vary != tt.vary {
				t.Errorf("Vary is %q", h.Get("Vary"))
			}
			if h.Get("Content-Location") != "" || len(h.Values("Set-Cookie")) > 0 {
				t.Errorf("headers: %s", names(h))
			}
			for _, link := range tt.links {
				if !strings.Contains(h.Get("Link"), link) {
					t.Errorf("Link lacks %s:\n%s", link, strings.ReplaceAll(h.Get("Link"), ", <", ",\n<"))
				}
			}
		})
	}
}

func TestOnlyGET(t *testing.T) {
	s := service(t, site(t), nil)
	for _, handler := range []http.Handler{s.Replay(), s.Protocols(http.NotFoundHandler())} {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
			w := newRecorder(t, handler, method, "/web/20090406010203/http://a.example/")
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s: %d, %q", method, w.Code, w.Header().Get("Allow"))
			}
		}
	}
}

func TestErrorsAsJSON(t *testing.T) {
	s := service(t, site(t), nil)
	for path, want := range map[string]string{
		"/timegate/http://nothing.example/": `{"error":{"kind":"not-found","message":"cannot show http://nothing.example/: no capture of it is held","uri":"http://nothing.example/"}}`,
		"/cdx":                              `{"error":{"kind":"input","message":"cannot answer for the query: the parameter url is missing","uri":"/cdx"}}`,
	} {
		if got := strings.TrimSpace(text(t, ask(t, s, appHost, path, "Accept: application/json"))); got != want {
			t.Errorf("%s\n got %s\nwant %s", path, got, want)
		}
	}
}

// What was destroyed is gone, and not merely unknown; whoever may not know of it is told nothing.
func TestWhatWasDestroyedIsGone(t *testing.T) {
	o := options(site(t))
	o.Access, o.Destroyed = rules, func(_ *http.Request, uri string) bool { return uri == "http://gone.example/" }
	s := made(t, o)
	for path, want := range map[string]int{
		"/web/20090406010203/http://gone.example/": 410, "/timegate/http://gone.example/": 410, "/timemap/link/http://gone.example/": 410,
		"/web/20090406010203id_/http://gone.example/": 410, "/web/20090406010203/http://never.example/": 404,
	} {
		if got := ask(t, s, appHost, path); got.StatusCode != want {
			t.Errorf("%s: %s, want %d", path, got.Status, want)
		}
	}
}

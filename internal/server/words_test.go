package server

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

func TestAddressesAreToldFromWords(t *testing.T) {
	for _, tt := range []struct {
		q, want string
		ok      bool
	}{
		{"http://gfmd2008.org/", "http://gfmd2008.org/", true},
		{"gfmd2008.org", "http://gfmd2008.org", true},
		{" www.iom.int/jahia?x=1 ", "http://www.iom.int/jahia?x=1", true},
		{"https:/merged.example/", "https://merged.example/", true},
		{"müller.example:8080/ä", "http://müller.example:8080/ä", true},
		{"urn:isbn:9783", "", false},
		{"migration", "", false},
		{"see www.iom.int", "", false},
		{"Session 3.4", "", false},
		{"3.4", "", false},
		{"", "", false},
		{strings.Repeat("a.", 4000) + "b", "", false},
	} {
		if got, ok := addressOf(tt.q); got != tt.want || ok != tt.ok {
			t.Errorf("%.40q: %q, %t", tt.q, got, ok)
		}
	}
}

func TestCitationIsMarkedInItsContext(t *testing.T) {
	far := strings.Repeat("word ", 200)
	for _, tt := range []struct {
		name, context string
		citations     []string
		want          pieces
	}{
		{"as printed", "See example.org for more.", []string{"example.org", "http://example.org/"}, pieces{"See ", "example.org", " for more."}},
		{"as repaired", "See http://example.org/ for more.", []string{"http://exam- ple.org/", "http://example.org/"}, pieces{"See ", "http://example.org/", " for more."}},
		{"not there", "See there.", []string{"", "http://example.org/"}, pieces{Before: "See there."}},
		{"far in", far + "here " + far, []string{"here"}, pieces{"…" + strings.Repeat("word ", 24), "here", " " + strings.Repeat("word ", 23) + "wor…"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := marked(tt.context, tt.citations...); got != tt.want {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestOnlyTheWebIsLinked(t *testing.T) {
	for uri, want := range map[string]bool{
		"http://a.example/": true, "https://a.example/": true, "javascript:alert(1)": false, "data:text/html,x": false, "file:///etc/passwd": false,
		"//a.example/": false, "urn:isbn:1": false, "http://[": false, "": false,
	} {
		if got := live(uri) != ""; got != want {
			t.Errorf("%q is linked: %t", uri, got)
		}
	}
}

func TestCalendarCountsAndPages(t *testing.T) {
	a := Address{URI: "http://a.example/"}
	for i := range 300 {
		a.Captures = append(a.Captures, Captured{"c", ibid.Capture{URI: a.URI, Timestamp: at("2007-12-31T00:00:00Z").Add(time.Duration(i) * 24 * time.Hour)}})
	}
	a.Captures = append(a.Captures, Captured{"c", ibid.Capture{URI: a.URI, Timestamp: at("2010-06-04T00:00:00Z")}})
	c := newCalendar(a, "", 1)
	if len(c.Years) != 4 || c.Years[0].N != 1 || c.Years[1].N != 299 || c.Years[2].N != 0 || c.Years[0].Share != 8 || c.Years[1].Share != 100 {
		t.Errorf("years %+v", c.Years)
	}
	if c.Year != 2010 || len(c.Months) != 12 || c.Months[5].N != 1 || c.Months[5].Period != "201006" {
		t.Errorf("months of %d: %+v", c.Year, c.Months)
	}
	if len(c.List) != 80 || c.Pager.Pages() != 4 || c.Pager.After() != 2 {
		t.Errorf("%d rows, pager %+v", len(c.List), c.Pager)
	}
	if c := newCalendar(a, "", 4); len(c.List) != 61 || c.Pager.First() != 241 || c.Pager.Last() != 301 || c.Pager.Before() != 3 || c.Pager.After() != 0 {
		t.Errorf("%d rows, pager %+v", len(c.List), c.Pager)
	}
	if c := newCalendar(a, "200802", 1); c.Year != 2008 || len(c.List) != 29 {
		t.Errorf("%d rows in February", len(c.List))
	}
	if c := newCalendar(a, "1999", 1); c.Year != 1999 || len(c.List) != 0 {
		t.Errorf("%d rows in 1999", len(c.List))
	}
	if c := newCalendar(Address{URI: a.URI}, "", 2); c.Years != nil || c.Pager.Pages() != 1 {
		t.Errorf("of nothing: %+v", c)
	}
}

func TestMarkOfAReferenceThatNamesOnlyWorks(t *testing.T) {
	work := func(all ...ibid.Outcome) Work {
		var w Work
		for _, o := range all {
			w.Editions = append(w.Editions, Edition{State: State{Outcome: o}})
		}
		return w
	}
	only := Cited{Works: []Work{work(ibid.OutcomeCaptured, ibid.OutcomeLost), work(ibid.OutcomeFailed)}, State: State{Outcome: ibid.OutcomePending}}
	if m := only.Mark(); m.Outcome != ibid.OutcomeLost || len(m.Editions) != 3 {
		t.Errorf("%+v", m)
	}
	both := only
	both.URI, both.Outcome = "http://a.example/", ibid.OutcomeRescued
	if m := both.Mark(); m.Outcome != ibid.OutcomeRescued || len(m.Editions) != 3 {
		t.Errorf("%+v", m)
	}
}

func FuzzPagesTakeAnyAddress(f *testing.F) {
	for _, seed := range []string{"/web/*/http://a.example/?b=%zz", "/search?q=http:/%2f&period=2009&page=3", "/web/2009%2a/a", "/documents/%00?page=-1", "/references/..%2f.r1?lang=fr"} {
		f.Add(seed, "a.example/<b>")
	}
	h := serverOf(demoShelf())
	f.Fuzz(func(t *testing.T, target, q string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			u = &url.URL{Path: "/search", RawQuery: url.Values{"q": {q}}.Encode()}
		}
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.URL = u
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("status %d", w.Code)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && w.Code != 301 && w.Code != 307 {
			checkHTML(t, w.Body.String())
		}
	})
}

package rescue

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

func lookOf(t *testing.T, r *Rescuer, uri string) *look {
	t.Helper()
	l := r.lookUp(t.Context(), 0, &hypothesis{Hypothesis: Hypothesis{URI: uri}}, &Wanted{URI: uri, At: testTarget})
	if l.err != nil {
		t.Fatal(l.err)
	}
	return l
}

func TestACDXServerIsAskedPageByPage(t *testing.T) {
	var asked []string
	rt := trip(func(req *http.Request) *http.Response {
		q := req.URL.Query()
		asked = append(asked, q.Get("resumeKey")+"|"+q.Get("from"))
		row := func(ts string) string { return "k " + ts + " " + testSite + " text/html 200 A 1\n" }
		switch {
		case q.Get("from") != "":
			return reply(200, row("20090101000000")+row("20090701000000")+"\nk3+\n")
		case q.Get("resumeKey") == "":
			return reply(200, row("19990101000000")+"\nk%202\n")
		}
		return nil
	})
	l := lookOf(t, newTest(t, rt, nil), testSite)
	if len(l.found) != 3 || strings.Join(asked, " ") != "| |20080604000000" || !strings.Contains(l.attempt.Result, "later ones were not asked for") {
		t.Errorf("%d, %q, %s", len(l.found), asked, l.attempt.Result)
	}
}

func TestRevisitsAreResolvedByDigest(t *testing.T) {
	rt := trip(func(*http.Request) *http.Response {
		return reply(200, "k 20080101000000 "+testSite+" text/html 404 A 1\nk 20090101000000 "+testSite+" warc/revisit - A -\n"+
			"k 20090301000000 "+testSite+" warc/revisit - B -\nk 20090401000000 "+testSite+" warc/revisit - C -\nk 20090601000000 "+testSite+" application/pdf 200 C 1\n")
	})
	l := lookOf(t, newTest(t, rt, nil), testSite)
	var got []string
	for _, c := range l.found {
		got = append(got, fmt.Sprint(ibid.Timestamp14(c.at)[:6], c.status, c.mediaType))
	}
	if strings.Join(got, " ") != "200906200application/pdf 200904200application/pdf 2009030" || !strings.Contains(l.attempt.Result, "2 passed over: captures of error pages") {
		t.Errorf("%q %s", got, l.attempt.Result)
	}
}

func TestTheNearestPagesOfATimeMapAreRead(t *testing.T) {
	var asked []string
	rt := trip(func(req *http.Request) *http.Response {
		asked = append(asked, req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:])
		switch {
		case strings.HasSuffix(req.URL.Path, "/paper"):
			return reply(200, `<x>; rel="self", </web/timemap/link/1999>; rel="timemap"; from="1999-01-01"; until="2003-01-01",
				</web/timemap/link/2009>; rel="timemap"; from="2009-01-01"; until="2009-12-31", </web/timemap/link/2012>; rel="timemap"; from="2012-01-01"`)
		case strings.HasSuffix(req.URL.Path, "/2009"):
			return reply(200, `</web/20090601000000/`+testSite+`>; rel="memento"; datetime="Mon, 01 Jun 2009 00:00:00 GMT", <https://a.example/web/20090602000000/`+testSite+`>; rel="memento",`)
		}
		return reply(200, "")
	})
	r := newTest(t, rt, func(o *Options) { o.Archives[0].CDX, o.MaxPages = "", 3 })
	l := lookOf(t, r, testSite)
	if strings.Join(asked, " ") != "paper 2009 2012" || len(l.found) != 2 || l.shelf.foreign() != 0 || !strings.Contains(l.attempt.Result, "1 further pages") {
		t.Errorf("%q, %d found: %s", asked, len(l.found), l.attempt.Result)
	}
}

func (s *shelf) foreign() int { return s.passed["another address"] }

func TestATimeGateIsTheLastResort(t *testing.T) {
	rt := trip(func(req *http.Request) *http.Response {
		switch {
		case strings.HasPrefix(req.URL.Path, "/cdx"), strings.HasPrefix(req.URL.Path, "/web/timemap"):
			return reply(503, "")
		case strings.HasPrefix(req.URL.Path, "/web/http"):
			if req.Header.Get("Accept-Datetime") != "Thu, 04 Jun 2009 00:00:00 GMT" {
				t.Error(req.Header)
			}
			return reply(302, "", "Location: https://a.example/web/20090601000000/"+testSite, "Vary: accept-datetime",
				`Link: <`+testSite+`>; rel="original"`, `Link: <https://a.example/web/20100601000000/`+testSite+`>; rel="next last memento"; datetime="Tue, 01 Jun 2010 00:00:00 GMT"`)
		}
		return mementoOf("a.example", capture{ts: "20090601000000", uri: testSite, body: page1, status: 200})
	})
	f := find(t, newTest(t, rt, nil), Wanted{})
	if f.Exchange == nil || !strings.Contains(tried(f), "its CDX server fails with status 503; its TimeMap fails with status 503; its TimeGate: 2 captures") {
		t.Error(tried(f))
	}
	down := newTest(t, trip(func(req *http.Request) *http.Response {
		if strings.HasPrefix(req.URL.Path, "/cdx") {
			return reply(503, "")
		}
		return nil
	}), nil)
	if f := find(t, down, Wanted{}); !f.Incomplete || f.Holdings[0].Problem != "fails with status 503" {
		t.Errorf("%+v\n%s", f.Holdings, tried(f))
	}
	none := newTest(t, trip(func(*http.Request) *http.Response { return reply(404, "") }), func(o *Options) { o.Archives[0].CDX, o.Archives[0].TimeMap = "", "" })
	if f := find(t, none, Wanted{}); f.Exchange != nil || f.Incomplete || f.Holdings[0].Problem != "" {
		t.Errorf("%+v\n%s", f.Holdings, tried(f))
	}
}

func TestAnswersInAForeignCodingAreRead(t *testing.T) {
	zip := func(s string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(s))
		_ = z.Close()
		return b.String()
	}
	rt := func(body string, fields ...string) trip {
		return func(req *http.Request) *http.Response {
			if strings.HasPrefix(req.URL.Path, "/cdx") {
				return reply(200, zip("k 20090601000000 "+testSite+" text/html 200 A 1\n"), "Content-Encoding: gzip")
			}
			return reply(200, body, append(fields, "Memento-Datetime: Mon, 01 Jun 2009 00:00:00 GMT", "X-Archive-Orig-A: b")...)
		}
	}
	for name, c := range map[string]struct {
		rt           trip
		body, coding string
	}{
		"the archive's own":       {rt(zip(page1), "Content-Encoding: gzip"), page1, ""},
		"the origin's":            {rt(zip(page1), "Content-Encoding: gzip", "X-Archive-Orig-Content-Encoding: gzip"), zip(page1), "gzip"},
		"the origin's, not named": {rt(zip(page1), "X-Archive-Orig-Content-Encoding: gzip"), zip(page1), "gzip"},
		"the origin's, undone":    {rt(page1, "X-Archive-Orig-Content-Encoding: gzip"), page1, ""},
		"brotli, undone":          {rt(page1, "X-Archive-Orig-Content-Encoding: br"), page1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := find(t, newTest(t, c.rt, func(o *Options) {
				o.Judge = func(_ context.Context, a *Answer) Judgement {
					var b bytes.Buffer
					r, err := a.Text()
					if err == nil {
						_, err = b.ReadFrom(r)
					}
					if err != nil || b.String() != page1 {
						t.Errorf("%v: %q", err, b.String())
					}
					return Judgement{}
				}
			}), Wanted{})
			x := f.Exchange
			if x == nil {
				t.Fatal(tried(f))
			}
			if got := bodyOf(t, x); got != c.body || x.Header.Get("Content-Encoding") != c.coding || x.Header.Get("Content-Length") != fmt.Sprint(len(c.body)) {
				t.Errorf("%d bytes, %v", len(got), x.Header)
			}
		})
	}
}

func TestLargeBodiesLieInFiles(t *testing.T) {
	body := strings.Repeat(page1, 1000)
	f := find(t, newTest(t, wayback("a.example", capture{ts: "20090601000000", uri: testSite, body: body, status: 200}), nil), Wanted{})
	if f.Exchange == nil || bodyOf(t, f.Exchange) != body || f.kept.answer.spool.file == nil {
		t.Error(tried(f))
	}
	missing := newTest(t, wayback("a.example", capture{ts: "20090601000000", uri: testSite, body: body, status: 200}), func(o *Options) { o.SpoolDir += "/none" })
	if _, err := missing.Find(t.Context(), Wanted{URI: testSite, At: testTarget}); ibid.KindOf(err) != ibid.KindStorage {
		t.Error(err)
	}
}

func TestFindEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := newTest(t, trip(func(req *http.Request) *http.Response { cancel(); return stream(200, drip{req, time.Hour}) }), nil)
	if _, err := r.Find(ctx, Wanted{URI: testSite}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := r.Find(t.Context(), Wanted{URI: "mailto:a@b.example"}); ibid.KindOf(err) != ibid.KindInput {
		t.Error(err)
	}
}

func TestARescuerIsMadeOfWhatCanWork(t *testing.T) {
	good := testArchive("a")
	for name, archives := range map[string][]Archive{
		"twice": {good, good}, "no id": {{TimeMap: "http://a/"}}, "live": {{ID: "live", TimeMap: "http://a/"}}, "nothing": {{ID: "a"}},
		"cdx alone": {{ID: "a", CDX: "http://a/cdx"}}, "no address": {{ID: "a", TimeMap: "timemap"}},
	} {
		if _, err := New(Options{Archives: archives, Transport: trip(nil), Budget: newBudget()}); ibid.KindOf(err) != ibid.KindInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(Options{Transport: trip(nil), Budget: newBudget(), Migrations: []Migration{{Name: "x", Match: "("}}}); ibid.KindOf(err) != ibid.KindInput {
		t.Error(err)
	}
	if _, err := New(Options{}); ibid.KindOf(err) != ibid.KindInternal {
		t.Error(err)
	}
}

func TestOverARealConnection(t *testing.T) {
	var host string
	a, tr := serve(t, func(w http.ResponseWriter, req *http.Request) {
		switch {
		case req.URL.Path == "/cdx":
			fmt.Fprintf(w, "k 20090601000000 %s text/html 200 A 1\n", testSite)
		case strings.Contains(req.URL.Path, "id_/"):
			host = req.Header.Get("User-Agent") + " " + req.Header.Get("Accept-Encoding")
			w.Header().Set("Memento-Datetime", "Mon, 01 Jun 2009 00:00:00 GMT")
			w.Header().Set("X-Archive-Orig-A", "b")
			fmt.Fprint(w, page1)
		}
	})
	r := newTest(t, tr, func(o *Options) { o.Archives = []Archive{a} })
	f := find(t, r, Wanted{})
	if f.Exchange == nil || bodyOf(t, f.Exchange) != page1 || host != "Ibid-test identity" {
		t.Errorf("%q\n%s", host, tried(f))
	}
}

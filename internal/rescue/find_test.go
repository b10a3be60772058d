package rescue

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

func TestFindTakesTheNearestGoodCapture(t *testing.T) {
	good := func(ts string) capture { return capture{ts: ts, uri: testSite, body: page1 + ts, status: 200} }
	bad := func(ts, word string) capture {
		return capture{ts: ts, uri: testSite, body: "<title>" + word + "</title>" + page1, status: 200}
	}
	pdf := "http://site.example/a.pdf"
	for name, c := range map[string]struct {
		captures []capture
		want     Wanted
		ts       string // of what is taken; empty: nothing
		hops     int
		said     string // in what was tried, or in the reasons
	}{
		"before goes before after":       {captures: []capture{good("20050101000000"), good("20080101000000"), good("20090605000000")}, ts: "20080101000000"},
		"after when there is none":       {captures: []capture{good("20090705000000"), good("20190101000000")}, ts: "20090705000000"},
		"an error page is passed over":   {captures: []capture{good("20080101000000"), {ts: "20090601000000", uri: testSite, status: 404}}, ts: "20080101000000", said: "1 passed over: captures of error pages"},
		"a block is passed over":         {captures: []capture{good("20080101000000"), {ts: "20090601000000", uri: testSite, status: 403}}, ts: "20080101000000", said: "captures of a block"},
		"a soft 404 is refused":          {captures: []capture{good("20080101000000"), bad("20090601000000", "BAD")}, ts: "20080101000000", said: "refused: the judge says so"},
		"a mark of a firewall":           {captures: []capture{good("20080101000000"), {ts: "20090601000000", uri: testSite, status: 200, body: page1, fields: []string{"X-Archive-Orig-Cf-Mitigated: challenge"}}}, ts: "20080101000000", said: "a block page: Cf-Mitigated: challenge"},
		"an empty one is refused":        {captures: []capture{{ts: "20090601000000", uri: testSite, status: 200}}, said: "refused: it is empty"},
		"the dead page of today":         {captures: []capture{good("20090601000000")}, want: Wanted{Dead: []ibid.Digest{ibid.DigestOf([]byte(page1 + "20090601000000"))}}, said: "the same bytes as what the live web has"},
		"a page in the place of a PDF":   {captures: []capture{{ts: "20090601000000", uri: pdf, status: 200, body: page1}}, want: Wanted{URI: pdf}, said: "1 passed over: pages in the place of application/pdf"},
		"bytes that are no PDF":          {captures: []capture{{ts: "20090601000000", uri: pdf, status: 200, body: page1, mime: "application/pdf"}}, want: Wanted{URI: pdf}, said: "it is no PDF"},
		"a PDF":                          {captures: []capture{{ts: "20090601000000", uri: pdf, status: 200, body: "%PDF-1.4 and so on", mime: "application/pdf"}}, want: Wanted{URI: pdf}, ts: "20090601000000"},
		"the other scheme, filed as one": {captures: []capture{{ts: "20090601000000", uri: "https://www.site.example/paper/", status: 200, body: page1}}, ts: "20090601000000", said: "one key"},
		"an archived redirect": {captures: []capture{
			{ts: "20090601000000", uri: testSite, status: 301, fields: []string{"Location: https://a.example/web/20090601000000id_/http://site.example/new"}},
			{ts: "20090601000000", uri: "http://site.example/new", status: 200, body: page1},
		}, ts: "20090601000000", hops: 1, said: "archived redirect (301)"},
		"a redirect in the origin's words": {captures: []capture{
			{ts: "20090601000000", uri: testSite, status: 302, fields: []string{"Location: /new"}},
			{ts: "20090601000000", uri: "http://site.example/new", status: 200, body: page1},
		}, ts: "20090601000000", hops: 1},
		"a redirect to the front page": {captures: []capture{
			{ts: "20090601000000", uri: testSite, status: 302, fields: []string{"Location: /"}},
			{ts: "20090601000000", uri: "http://site.example/", status: 200, body: page1},
		}, said: "it redirected to the front page"},
		"a circle": {captures: []capture{
			{ts: "20090601000000", uri: testSite, status: 302, fields: []string{"Location: /b"}},
			{ts: "20090601000000", uri: "http://site.example/b", status: 302, fields: []string{"Location: /paper"}},
		}, said: "redirects in a circle"},
		"a redirect out of the archive": {captures: []capture{
			{ts: "20090601000000", uri: testSite, status: 302, fields: []string{"Location: ftp://10.0.0.1/"}},
		}, said: "the archive captured status 302"},
		"another language is taken last": {captures: []capture{good("20080101000000"), bad("20090601000000", "FR")}, want: Wanted{Language: "en"}, ts: "20080101000000", said: "it is in fr, not en"},
		"a capture of throttling":        {captures: []capture{{ts: "20090601000000", uri: testSite, status: 429, fields: []string{"X-Archive-Orig-Retry-After: 6"}}}, said: "captures of a block"},
		"nothing":                        {said: "no captures"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newTest(t, wayback("a.example", c.captures...), func(o *Options) { o.Judge = testJudge })
			f := find(t, r, c.want)
			if c.ts == "" {
				if f.Exchange != nil {
					t.Errorf("took %s\n%s", f.Exchange.Provenance.URIM, tried(f))
				}
			} else if f.Exchange == nil || ibid.Timestamp14(f.Exchange.Began) != c.ts {
				t.Fatalf("did not take %s\n%s", c.ts, tried(f))
			}
			all := tried(f)
			if f.Exchange != nil {
				bodyOf(t, f.Exchange)
				all += strings.Join(f.Exchange.Provenance.Reasons, "; ")
			}
			if !strings.Contains(all, c.said) || len(f.Hops) != c.hops || f.Incomplete {
				t.Errorf("%d hops, incomplete %v, no %q in\n%s", len(f.Hops), f.Incomplete, c.said, all)
			}
		})
	}
}

func testJudge(_ context.Context, a *Answer) Judgement {
	head := a.peek(100)
	j := Judgement{Language: "en", Title: "The right paper"}
	if strings.Contains(head, "BAD") {
		j.Bad = []string{"the judge says so"}
	}
	if strings.Contains(head, "FR") {
		j.Language = "fr-CH"
	}
	return j
}

func TestWhatIsFoundIsWrittenAsTheOriginSentIt(t *testing.T) {
	r := newTest(t, wayback("a.example", capture{ts: "20090601101112", uri: "http://site.example:80/paper", body: page1, status: 200, fields: []string{
		"X-Orig-Archive-Etag: \"7\"", "X-Archive-Orig-Set-Cookie: a=1", "X-Archive-Orig-Set-Cookie: b=2", "X-Archive-Orig-Content-Encoding: gzip",
	}}), nil)
	f := find(t, r, Wanted{})
	x := f.Exchange
	if x == nil {
		t.Fatal(tried(f))
	}
	if got := bodyOf(t, x); got != page1 {
		t.Errorf("the payload is %q", got)
	}
	head := make([]byte, x.HeadLen)
	if _, err := x.Response.ReadAt(head, 0); err != nil {
		t.Fatal(err)
	}
	want := "HTTP/1.1 200 OK\r\nContent-Length: 295\r\nContent-Type: text/html\r\nEtag: \"7\"\r\nServer: Apache\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n"
	if string(head) != want {
		t.Errorf("got\n%s\nwant\n%s", head, want)
	}
	if x.URI != testSite || x.Seed != testSite || x.Role != ibid.RoleSource || x.MediaType != "text/html" || x.Request.Size != 0 {
		t.Errorf("%+v", x)
	}
	p := *x.Provenance
	if p.URIM != "https://a.example/web/20090601101112id_/http://site.example:80/paper" {
		t.Error(p.URIM)
	}
	if p.Archive != "a.example" || p.Record != "item/a.warc.gz" || p.Cited != testSite || !p.Target.Equal(testTarget) || p.DistanceDays != -3 ||
		!p.HeadersRebuilt || p.Hypothesis != "" || p.Quality != 1 || !p.Fetched.Equal(testNow) {
		t.Errorf("%+v", p)
	}
	h := f.Holdings
	if len(h) != 1 || h[0].Mementos != 1 || h[0].Archive != "a.example" || h[0].Problem != "" {
		t.Errorf("%+v", h)
	}
}

func TestWithoutAnOriginalHeadThereIsNone(t *testing.T) {
	rt := trip(func(req *http.Request) *http.Response {
		if strings.HasPrefix(req.URL.Path, "/timemap/") {
			return reply(200, `{"original_uri":"x","mementos":{"list":[{"datetime":"2009-06-01T00:00:00Z","uri":"https://perma.example/ABCD-1234"}]}}`)
		}
		return reply(200, page1, "Memento-Datetime: Mon, 01 Jun 2009 00:00:00 GMT", "Content-Type: text/html; charset=utf-8", "Server: perma", "Link: <"+testSite+">; rel=original")
	})
	r := newTest(t, rt, func(o *Options) {
		o.Archives = []Archive{{ID: "perma", TimeMap: "https://perma.example/timemap/link/", IndexRate: 6000}}
	})
	x := find(t, r, Wanted{}).Exchange
	if x == nil || x.HeadLen != 0 || x.Header != nil || x.Provenance.HeadersRebuilt || x.MediaType != "text/html" || bodyOf(t, x) != page1 {
		t.Fatalf("%+v", x)
	}
}

func TestACaptureOfAnotherAddressIsRefused(t *testing.T) {
	rt := trip(func(req *http.Request) *http.Response {
		if strings.HasPrefix(req.URL.Path, "/timemap/") {
			return reply(200, `<https://perma.example/X>; rel="memento"; datetime="Mon, 01 Jun 2009 00:00:00 GMT"`)
		}
		return reply(200, page1, "Memento-Datetime: Mon, 01 Jun 2009 00:00:00 GMT", `Link: <http://clone.example/paper>; rel="original"`)
	})
	r := newTest(t, rt, func(o *Options) {
		o.Archives = []Archive{{ID: "perma", TimeMap: "https://perma.example/timemap/link/", IndexRate: 6000}}
	})
	if f := find(t, r, Wanted{}); f.Exchange != nil || !strings.Contains(tried(f), "another address, http://clone.example/paper") {
		t.Error(tried(f))
	}
}

func TestArchivesStandInForEachOther(t *testing.T) {
	good := capture{ts: "20090601000000", uri: testSite, body: page1, status: 200}
	fail := func(status int, fields ...string) trip {
		return func(*http.Request) *http.Response { return reply(status, "no", fields...) }
	}
	for name, c := range map[string]struct {
		first      trip
		incomplete bool
		problem    string
		excluded   bool
	}{
		"throttled":         {fail(429, "Retry-After: 120"), true, "asks us to wait (status 429)", false},
		"down":              {fail(500), true, "fails with status 500", false},
		"excluded by robot": {fail(403, "X-Archive-Wayback-Runtime-Error: RobotAccessControlException: Blocked"), false, "robots.txt", true},
		"legal":             {fail(451), false, "status 451", true},
		"a page for a list": {func(*http.Request) *http.Response { return reply(200, "<!DOCTYPE html><p>captcha") }, false, "a page in the place of a list", false},
	} {
		t.Run(name, func(t *testing.T) {
			two := func(o *Options) { o.Archives = append(o.Archives, testArchive("b.example")) }
			alone := newTest(t, hosts(map[string]trip{"a.example": c.first, "b.example": wayback("b.example")}), two)
			f := find(t, alone, Wanted{})
			if f.Exchange != nil || f.Incomplete != c.incomplete || f.Again.IsZero() == c.incomplete || (len(f.Excluded) > 0) != c.excluded {
				t.Errorf("incomplete %v, again %v, excluded %v\n%s", f.Incomplete, f.Again, f.Excluded, tried(f))
			}
			if !strings.Contains(f.Holdings[0].Problem, c.problem) || f.Holdings[1].Problem != "" {
				t.Errorf("%+v", f.Holdings)
			}
			r := newTest(t, hosts(map[string]trip{"a.example": c.first, "b.example": wayback("b.example", good)}), two)
			if f := find(t, r, Wanted{}); f.Exchange == nil || f.Exchange.Provenance.Archive != "b.example" {
				t.Error(tried(f))
			}
		})
	}
}

func TestAnArchiveThatAsksForRestGetsIt(t *testing.T) {
	b, asked := newBudget(), 0
	rt := trip(func(*http.Request) *http.Response { asked++; return reply(429, "", "Retry-After: 120") })
	r := newTest(t, rt, func(o *Options) { o.Budget = b })
	for range 3 {
		f := find(t, r, Wanted{})
		if !f.Incomplete || !f.Again.Equal(testNow.Add(2*time.Minute)) {
			t.Errorf("again %v\n%s", f.Again, tried(f))
		}
	}
	if asked != 1 || !b.rest["a.example"].Equal(testNow.Add(2*time.Minute)) {
		t.Errorf("asked %d times, rests until %v", asked, b.rest["a.example"])
	}
}

func TestFailuresInARowPutAnArchiveToSleep(t *testing.T) {
	b, asked := newBudget(), 0
	rt := trip(func(*http.Request) *http.Response { asked++; return reply(500, "") })
	r := newTest(t, rt, func(o *Options) {
		o.Budget = b
		o.Archives[0].TimeMap, o.Archives[0].TimeGate, o.Archives[0].CDX = "https://a.example/timemap/", "", ""
	})
	for range 5 {
		find(t, r, Wanted{})
	}
	if asked != 3 || !b.rest["a.example"].Equal(testNow.Add(time.Hour)) || !strings.Contains(b.why["a.example"], "3 failures in a row") {
		t.Errorf("asked %d times, rests until %v: %s", asked, b.rest["a.example"], b.why["a.example"])
	}
}

func TestVariantsAreProven(t *testing.T) {
	jahia := "http://www.iom.example/jahia/Jahia/cache/offonce/lang/en/pid/1072;jsessionid=0A1B"
	rules := []Migration{{Name: "the files of the old site", Match: `https?://old\.example/files/(.*)`, Replace: "https://new.example/sites/files/$1"}}
	for name, c := range map[string]struct {
		cited    string
		want     Wanted
		captured capture
		name     string // the hypothesis; empty: not taken
		said     string
	}{
		"another order of pairs": {cited: jahia, captured: capture{uri: "http://www.iom.example/jahia/Jahia/pid/1072/lang/en"}, name: "the same pid, in another order", said: "the same page number (pid 1072)"},
		"any order, by prefix":   {cited: jahia, captured: capture{uri: "http://www.iom.example/jahia/Jahia/op/x/pid/1072"}, name: "the same pid under another address"},
		"another language":       {cited: jahia, captured: capture{uri: "http://www.iom.example/jahia/Jahia/lang/fr/pid/1072"}},
		"another pid":            {cited: jahia, captured: capture{uri: "http://www.iom.example/jahia/Jahia/lang/en/pid/1073"}},
		"drupal":                 {cited: "http://www.g.example/en/send/send/46", captured: capture{uri: "http://www.g.example/en/node/46"}, name: "the node itself", said: "(node 46)"},
		"docman":                 {cited: "http://g.example/index.php?option=com_docman&task=doc_download&gid=7&Itemid=9", captured: capture{uri: "http://g.example/index.php?option=com_docman&task=doc_download&gid=7"}, name: "the same document without Itemid and the like"},
		"start page":             {cited: "http://g.example/a/index.html", captured: capture{uri: "http://g.example/a/"}, name: "without index.html"},
		"moved, by title":        {cited: "http://old.example/files/Report-2008.html", want: Wanted{Title: "The right paper"}, captured: capture{uri: "https://new.example/sites/files/Report-2008.html"}, name: "the files of the old site", said: "the title is right"},
		"moved, not proven":      {cited: "http://old.example/files/Report-2008.html", captured: capture{uri: "https://new.example/sites/files/Report-2008.html"}, said: "not proven"},
		"moved, another title":   {cited: "http://old.example/files/Report-2008.html", want: Wanted{Title: "Annual accounts in figures"}, captured: capture{uri: "https://new.example/sites/files/Report-2008.html"}, said: "the title is another"},
	} {
		t.Run(name, func(t *testing.T) {
			c.captured.ts, c.captured.status, c.captured.body = "20090601000000", 200, page1
			r := newTest(t, wayback("a.example", c.captured), func(o *Options) { o.Judge, o.Migrations = testJudge, rules })
			c.want.URI = c.cited
			f := find(t, r, c.want)
			if got := f.Exchange; (got != nil) != (c.name != "") {
				t.Fatalf("taken: %v\n%s", got != nil, tried(f))
			}
			all := tried(f)
			if f.Exchange != nil {
				if p := f.Exchange.Provenance; p.Hypothesis != c.name || p.Cited != c.cited {
					t.Errorf("%+v", p)
				}
				all += strings.Join(f.Exchange.Provenance.Reasons, "; ")
			}
			if !strings.Contains(all, c.said) {
				t.Errorf("no %q in\n%s", c.said, all)
			}
		})
	}
}

func TestARequisiteComesFromTheArchiveOfItsPage(t *testing.T) {
	css := "http://site.example/style.css"
	near := time.Date(2009, 6, 1, 0, 0, 0, 0, time.UTC)
	rt := trip(func(req *http.Request) *http.Response {
		switch req.URL.String() {
		case "https://a.example/web/20090601000000id_/" + css:
			return reply(302, "", "Location: /web/20090520000000id_/"+css)
		case "https://a.example/web/20090520000000id_/" + css:
			return mementoOf("a.example", capture{ts: "20090520000000", uri: css, body: "p{}", status: 200, mime: "text/css"})
		case "https://a.example/web/20090601000000id_/http://site.example/b.css":
			return mementoOf("a.example", capture{ts: "20090601000000", uri: "http://site.example/b.css", body: page1, status: 200})
		}
		return nil
	})
	r := newTest(t, rt, nil)
	q := Requisite{Archive: "a.example", Near: near, URI: css, Page: testSite, Seed: testSite, Cited: testSite, Target: testTarget}
	f, err := r.Fetch(t.Context(), q)
	if err != nil || f.Exchange == nil {
		t.Fatalf("%v %v", f, err)
	}
	defer f.Close()
	if x := f.Exchange; x.Role != ibid.RoleRequisite || x.Via != testSite || bodyOf(t, x) != "p{}" || x.Provenance.DistanceDays != -15 {
		t.Errorf("%+v %+v", x, x.Provenance)
	}
	for uri, said := range map[string]string{"http://site.example/b.css": "a page in the place of text/css", "http://site.example/c.css": "does not have it"} {
		q.URI = uri
		f, err := r.Fetch(t.Context(), q)
		if err != nil || f.Exchange != nil || !strings.Contains(tried(f), said) {
			t.Errorf("%s: %v\n%s", uri, err, tried(f))
		}
	}
	q.Archive = "nobody"
	if _, err := r.Fetch(t.Context(), q); ibid.KindOf(err) != ibid.KindInput {
		t.Error(err)
	}
}

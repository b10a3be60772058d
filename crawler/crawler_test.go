package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/netguard"
)

func TestRefusedBeforeAByteIsSent(t *testing.T) {
	canary := serve(t, nil, map[string]script{"*": ok("text/plain", "secret")})
	_, port, _ := net.SplitHostPort(canary.addr)
	c := newCrawlerAllowing(t, fast(), netguard.Options{})
	for uri, class := range map[string]ibid.Class{
		canary.url("/"): ibid.ClassAddressRefused, "http://localhost:" + port + "/": ibid.ClassAddressRefused,
		"http://2130706433:" + port + "/": ibid.ClassAddressRefused, "http://0x7f.1:" + port + "/": ibid.ClassAddressRefused,
		"http://0177.0.0.1:" + port + "/": ibid.ClassAddressRefused, "http://127.1:" + port + "/": ibid.ClassAddressRefused,
		"http://[::ffff:127.0.0.1]:" + port + "/": ibid.ClassAddressRefused, "http://127.0.0.1.:" + port + "/": ibid.ClassAddressRefused,
		"http://１２７.０.０.１:" + port + "/": ibid.ClassAddressRefused, "http://example.org@127.0.0.1:" + port + "/": ibid.ClassAddressRefused,
		"http://0.0.0.0/": ibid.ClassAddressRefused, "http://[::1]/": ibid.ClassAddressRefused, "http://[64:ff9b::7f00:1]/": ibid.ClassAddressRefused,
		"http://169.254.169.254/": ibid.ClassAddressRefused, "http://10.0.0.1/": ibid.ClassAddressRefused, "http://[": ibid.ClassAddressRefused,
		"http:///path":       ibid.ClassAddressRefused,
		"ftp://example.org/": ibid.ClassSchemeRefused, "file:///etc/passwd": ibid.ClassSchemeRefused, "javascript:alert(1)": ibid.ClassSchemeRefused,
		"mailto:a@example.org": ibid.ClassSchemeRefused, "gopher://127.0.0.1/": ibid.ClassSchemeRefused, "": ibid.ClassSchemeRefused,
		"http://example.org/" + strings.Repeat("a", 9000): ibid.ClassURLTooLong,
	} {
		visits := crawl(t, c, &memSink{}, ibid.Seed{URI: uri})
		for _, v := range visits {
			if v.Verdict != ibid.Refused || v.Class != class || v.Reason == "" {
				t.Errorf("%.60s: %s %q (%.200s), want refused %q", uri, v.Verdict, v.Class, v.Reason, class)
			}
		}
	}
	if len(canary.paths) > 0 {
		t.Errorf("the canary was asked for %v", canary.paths)
	}
}

func TestUserinfoIsNeitherSentNorStored(t *testing.T) {
	s := serve(t, nil, map[string]script{"/": redirect("http://bob:hunter2@" + "x.example/")})
	c := newCrawler(t, fast(), s)
	var sink memSink
	visits := crawl(t, c, &sink, ibid.Seed{URI: "http://alice:sesame@" + s.addr + "/"})
	for _, v := range visits {
		if text := fmt.Sprintf("%+v", *v); strings.Contains(text, "sesame") || strings.Contains(text, "hunter2") {
			t.Errorf("a password is in the Visit: %s", text)
		}
	}
	for _, x := range sink.all {
		if strings.Contains(x.request, "Authorization") || strings.Contains(x.URI, "alice") || strings.Contains(x.Seed, "alice") {
			t.Errorf("a password is in %s %s %q", x.URI, x.Seed, x.request)
		}
	}
	if len(sink.at("/")) == 0 {
		t.Error("nothing was fetched")
	}
}

func TestNamesThatDoNotResolveAndHostsThatDoNotAnswer(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	_ = l.Close()
	c := newCrawlerAllowing(t, fast(), netguard.Options{Allow: []string{closed}, Resolver: closed})
	for uri, class := range map[string]ibid.Class{"http://nowhere.invalid/": ibid.ClassDNS, "http://" + closed + "/": ibid.ClassConnect} {
		if v := visitOne(t, c, &memSink{}, uri); v.Verdict != ibid.Failed || v.Class != class || v.Robots != "unreachable" {
			t.Errorf("%s: %s %q, robots %s, want failed %q", uri, v.Verdict, v.Class, v.Robots, class)
		}
	}
}

func TestEnvironmentDoesNotOverride(t *testing.T) {
	t.Setenv("COLLY_USER_AGENT", "evil")
	t.Setenv("COLLY_MAX_BODY_SIZE", "1")
	t.Setenv("COLLY_DISALLOWED_DOMAINS", "127.0.0.1")
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	s := serve(t, nil, map[string]script{"/": ok("text/html", "<title>long enough</title>")})
	o := fast()
	title := ""
	o.Describe = func(_ context.Context, p *Page) Described { title = p.Doc.Find("title").Text(); return Described{} }
	var sink memSink
	v := visitOne(t, newCrawler(t, o, s), &sink, s.url("/"))
	if v.Verdict != ibid.Archived || title != "long enough" || !strings.Contains(sink.at("/")[0].request, "User-Agent: "+o.UserAgent+"\r\n") {
		t.Errorf("%s %s, title %q", v.Verdict, v.Class, title)
	}
}

func TestASinkThatFailsEndsTheCrawl(t *testing.T) {
	s := serve(t, nil, map[string]script{"*": ok("text/plain", "x")})
	full := &ibid.Error{Kind: ibid.KindStorage, Op: "write", Class: ibid.ClassStorageFull, Err: errors.New("no space left")}
	c := newCrawler(t, fast(), s)
	job := &ibid.Job{Seeds: []ibid.Seed{{URI: s.url("/1")}, {URI: s.url("/2")}, {URI: s.url("/3")}}}
	err := c.Crawl(t.Context(), job, &memSink{fail: full}, func(_ context.Context, v *ibid.Visit) error {
		t.Errorf("%s was reported %s", v.Seed, v.Verdict)
		return nil
	})
	if !errors.Is(err, full) {
		t.Errorf("%v, want %v", err, full)
	}
}

func TestASpoolThatFailsEndsTheCrawl(t *testing.T) {
	s := serve(t, nil, map[string]script{"*": ok("text/plain", strings.Repeat("x", 100<<10))})
	o := fast()
	o.SpoolDir, o.SpoolMemory = t.TempDir()+"/made/by/new", 1000
	c := newCrawler(t, o, s)
	if v := visitOne(t, c, &memSink{}, s.url("/0")); v.Verdict != ibid.Archived {
		t.Fatalf("%s %s", v.Verdict, v.Reason)
	}
	c = newCrawler(t, o, s) // with no file at hand that could be used again
	if err := os.Remove(o.SpoolDir); err != nil {
		t.Fatal(err)
	}
	err := c.Crawl(t.Context(), &ibid.Job{Seeds: []ibid.Seed{{URI: s.url("/1")}}}, &memSink{}, func(context.Context, *ibid.Visit) error { return nil })
	if ibid.KindOf(err) != ibid.KindStorage || ibid.ClassOf(err) != ibid.ClassStorageUnavailable {
		t.Errorf("%v, want a storage error", err)
	}
}

func TestDoneThatFailsEndsTheCrawl(t *testing.T) {
	s := serve(t, nil, map[string]script{"*": ok("text/plain", "x")})
	c := newCrawler(t, fast(), s)
	stop := errors.New("catalogue is gone")
	err := c.Crawl(t.Context(), &ibid.Job{Seeds: []ibid.Seed{{URI: s.url("/1")}}}, &memSink{}, func(context.Context, *ibid.Visit) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("%v, want %v", err, stop)
	}
}

func TestCancelReturnsPromptlyAndReportsNothingUnfinished(t *testing.T) {
	reached := make(chan struct{}, 1)
	s := serve(t, nil, map[string]script{"/slow": func(c net.Conn, over <-chan struct{}) bool {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\nhalf")
		reached <- struct{}{}
		<-over
		return false
	}})
	o := fast()
	o.Timeout = Timeout{} // The defaults: far longer than this test may take.
	c := newCrawler(t, o, s)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-reached; cancel() }()
	var sink memSink
	began := time.Now()
	err := c.Crawl(ctx, &ibid.Job{Seeds: []ibid.Seed{{URI: s.url("/slow")}}}, &sink, func(_ context.Context, v *ibid.Visit) error {
		t.Errorf("reported %s", v.Verdict)
		return nil
	})
	if !errors.Is(err, context.Canceled) || time.Since(began) > time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
	if len(sink.at("/slow")) > 0 {
		t.Error("an unfinished exchange was stored")
	}
}

func TestDescribeSeesTheDecodedPageAndCannotHarm(t *testing.T) {
	html := `<html><head><title>Ünïcode</title></head><body>x</body></html>`
	latin1 := strings.NewReplacer("Ü", "\xdc", "ï", "\xef").Replace(html)
	s := serve(t, nil, map[string]script{
		"/gzip":   ok("text/html; charset=utf-8", compress(t, []byte(html), gzipped), "Content-Encoding: gzip"),
		"/chunks": say(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(html), html)),
		"/latin1": ok("text/html; charset=ISO-8859-1", latin1),
		"/pdf":    ok("application/pdf", "%PDF-1.4 not really"),
		"/panics": ok("text/plain", "boom"),
		"/none":   say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n%PDF-"),
	})
	o := fast()
	o.Describe = func(_ context.Context, p *Page) Described {
		if strings.HasSuffix(p.URI, "/panics") {
			panic("a describer's fault")
		}
		body, err := io.ReadAll(p.Body)
		if err != nil || int64(len(body)) != p.Size || !p.Complete {
			t.Errorf("%s: body of %d bytes, Size %d, complete %t, %v", p.URI, len(body), p.Size, p.Complete, err)
		}
		d := &ibid.Description{Abstract: string(body), Type: string(p.MediaType)}
		if p.Doc != nil {
			d.Title = p.Doc.Find("title").Text()
		}
		return Described{Description: d}
	}
	c := newCrawler(t, o, s)
	for path, want := range map[string]ibid.Description{
		"/gzip": {Title: "Ünïcode", Abstract: html, Type: "text/html"}, "/chunks": {Title: "Ünïcode", Abstract: html, Type: "text/html"},
		"/latin1": {Title: "Ünïcode", Abstract: latin1, Type: "text/html"}, "/pdf": {Abstract: "%PDF-1.4 not really", Type: "application/pdf"},
		"/none": {Abstract: "%PDF-", Type: "application/pdf"},
	} {
		v := visitOne(t, c, &memSink{}, s.url(path))
		if v.Description == nil || v.Description.Title != want.Title || v.Description.Abstract != want.Abstract || v.Description.Type != want.Type {
			t.Errorf("%s: %+v, want %+v", path, v.Description, want)
		}
	}
	if v := visitOne(t, c, &memSink{}, s.url("/panics")); v.Verdict != ibid.Archived || v.Description != nil {
		t.Errorf("a describer that panics: %s %+v", v.Verdict, v.Description)
	}
}

func TestSlowDescribeCostsOnlyTheDescription(t *testing.T) {
	s := serve(t, nil, map[string]script{"/": ok("text/html", "<title>t</title>")})
	o := fast()
	over, ended := make(chan struct{}), make(chan string, 1)
	o.Describe = func(_ context.Context, p *Page) Described {
		<-over
		body, err := io.ReadAll(p.Body) // Still there, whoever waits no longer.
		ended <- fmt.Sprint(string(body), err)
		return Described{Description: &ibid.Description{Title: "late"}}
	}
	c := newCrawler(t, o, s)
	c.describeTime = time.Millisecond
	v := visitOne(t, c, &memSink{}, s.url("/"))
	if v.Verdict != ibid.Archived || v.Description != nil {
		t.Errorf("%s %s, description %+v", v.Verdict, v.Class, v.Description)
	}
	close(over)
	if got := <-ended; got != "<title>t</title><nil>" {
		t.Errorf("the page read late is %q", got)
	}
}

type panicSink struct{}

func (panicSink) Held(context.Context, *ibid.Seed, string, ibid.Role) *ibid.Capture { return nil }

func (panicSink) Write(context.Context, *ibid.Exchange) (ibid.Capture, error) {
	panic("a sink's fault")
}

func TestASinkThatPanicsIsNeverReportedArchived(t *testing.T) {
	s := serve(t, nil, map[string]script{"/": ok("text/plain", "x")})
	err := newCrawler(t, fast(), s).Crawl(t.Context(), &ibid.Job{Seeds: []ibid.Seed{{URI: s.url("/")}}}, panicSink{},
		func(_ context.Context, v *ibid.Visit) error { t.Errorf("reported %s", v.Verdict); return nil })
	if err == nil || ibid.KindOf(err) != ibid.KindInternal {
		t.Errorf("%v, want an internal error", err)
	}
}

func TestHostilePages(t *testing.T) {
	var rebuilds, html5 strings.Builder
	for i := range 400 {
		fmt.Fprintf(&rebuilds, "<b id=%d>", i)
	}
	rebuilds.WriteString("<p>" + strings.Repeat("</p><p>x", 100_000) + `<a href="/deep">`)
	for i := range 20_000 {
		fmt.Fprintf(&html5, `<a href="/%d">x</a>`, i)
	}
	pages := map[string]struct {
		html  string
		class ibid.Class
	}{
		"/nested":  {strings.Repeat("<div>", 100_000) + `<link rel=stylesheet href="/s.css">`, ibid.ClassLinksNotExtracted},
		"/rebuild": {rebuilds.String(), ibid.ClassLinksNotExtracted},
		"/many":    {html5.String(), ibid.ClassLinksCapped},
		"/nul":     {"<title>\x00\x00</title><p>" + strings.Repeat("\x00", 1000), ""},
		"/href":    {`<a href="` + strings.Repeat("a", 900_000) + `">x</a>`, ""},
		"/tables":  {strings.Repeat("<table><td>", 100) + "x", ""},
	}
	scripts := map[string]script{"/s.css": ok("text/css", "p{}")}
	for path, p := range pages {
		scripts[path] = ok("text/html", p.html)
	}
	s := serve(t, nil, scripts)
	c := newCrawler(t, fast(), s)
	for path, p := range pages {
		v := crawl(t, c, &memSink{}, ibid.Seed{URI: s.url(path), Scope: ibid.Scope{Requisites: true}})[s.url(path)]
		if v.Class != p.class || v.Final == nil {
			t.Errorf("%s: %s %q, want %q", path, v.Verdict, v.Class, p.class)
		}
		if path == "/nested" && v.RequisitesKept != 1 {
			t.Errorf("%s: the tokenizer kept %d requisites, want 1", path, v.RequisitesKept)
		}
	}
}

func TestOneSlowHostHoldsUpNoOther(t *testing.T) {
	asked := make(chan struct{}, 4)
	slow := serve(t, nil, map[string]script{"*": func(_ net.Conn, over <-chan struct{}) bool {
		asked <- struct{}{}
		<-over
		return false
	}})
	quick := serve(t, nil, map[string]script{"*": ok("text/plain", "x")})
	o := fast()
	o.Concurrency, o.Timeout.Header = 3, time.Minute
	c := newCrawler(t, o, slow, quick)
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() {
		seeds := []ibid.Seed{{URI: slow.url("/1")}, {URI: slow.url("/2")}, {URI: slow.url("/3")}, {URI: slow.url("/4")}}
		stopped <- c.Crawl(ctx, &ibid.Job{Seeds: seeds}, &memSink{}, func(context.Context, *ibid.Visit) error { return nil })
	}()
	<-asked
	<-asked
	var seeds []ibid.Seed
	for i := range 20 {
		seeds = append(seeds, ibid.Seed{URI: quick.url(fmt.Sprint("/", i))})
	}
	for uri, v := range crawl(t, c, &memSink{}, seeds...) {
		if v.Verdict != ibid.Archived || v.Seconds > 1 {
			t.Errorf("%s: %s after %.2f s", uri, v.Verdict, v.Seconds)
		}
	}
	cancel()
	if err := <-stopped; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if n := slow.count("/3") + slow.count("/4"); n != 0 {
		t.Errorf("%d requests past the host's parallelism", n)
	}
}

func TestNewNeedsADialer(t *testing.T) {
	if _, err := New(Options{}); err == nil {
		t.Error("a crawler without a dialer was made")
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"0": 0, "7": 7 * time.Second, "94608000000": 24 * time.Hour, "99999999999999999999999": 24 * time.Hour,
		now.Add(time.Minute).Format(http.TimeFormat): time.Minute, now.Add(-time.Hour).Format(http.TimeFormat): 0,
		"Fri, 01 Jan 5026 00:00:00 GMT": 24 * time.Hour,
	} {
		if got, ok := retryAfter(http.Header{"Retry-After": {value}}, now); !ok || got != want {
			t.Errorf("%s: %s %t, want %s", value, got, ok, want)
		}
	}
	for _, value := range []string{"", "soon", "-1", "1.5"} {
		if got, ok := retryAfter(http.Header{"Retry-After": {value}}, now); ok {
			t.Errorf("%q: %s", value, got)
		}
	}
}

func TestEveryClassHasASentence(t *testing.T) {
	ours := []ibid.Class{ibid.ClassPolicyNoArchive, ibid.ClassStorageFull, ibid.ClassStorageUnavailable, ibid.ClassDigestMismatch}
	for name, tc := range classCases(t) {
		if tc.class != "" && (reason(tc.class) == string(tc.class) || slices.Contains(ours, tc.class)) {
			t.Errorf("%s: %s has no sentence", name, tc.class)
		}
	}
}

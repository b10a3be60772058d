package rescue

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

// budget is one in memory, with an even pace. It counts how often each was asked.
type budget struct {
	mu    sync.Mutex
	next  map[string]time.Time
	rest  map[string]time.Time
	why   map[string]string
	taken map[string][]time.Time
}

func newBudget() *budget {
	return &budget{next: map[string]time.Time{}, rest: map[string]time.Time{}, why: map[string]string{}, taken: map[string][]time.Time{}}
}

func (b *budget) Take(ctx context.Context, archive, kind string, every time.Duration) error {
	b.mu.Lock()
	now, key := time.Now(), archive+" "+kind
	at := b.next[key]
	if at.Before(now) {
		at = now
	}
	b.next[key] = at.Add(every)
	b.taken[key] = append(b.taken[key], at)
	b.mu.Unlock()
	return pause(ctx, at.Sub(now))
}

func (b *budget) Rest(_ context.Context, archive string, until time.Time, why string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rest[archive], b.why[archive] = until, why
	return nil
}

func (b *budget) Resting(_ context.Context, archive string) (time.Time, string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rest[archive], b.why[archive], nil
}

// trip is a fake archive, without a network: it is given the whole address, and answers at once.
type trip func(req *http.Request) *http.Response

func (t trip) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := context.Cause(req.Context()); err != nil {
		return nil, err
	}
	resp := t(req)
	if resp == nil {
		resp = reply(http.StatusNotFound, "nothing here")
	}
	resp.Request = req
	return resp, nil
}

// reply makes an answer; fields are "Name: value".
func reply(status int, body string, fields ...string) *http.Response {
	return stream(status, strings.NewReader(body), fields...)
}

func stream(status int, body io.Reader, fields ...string) *http.Response {
	h := http.Header{}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		h.Add(name, value)
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(body)}
}

// capture is one that the fake archives hold.
type capture struct {
	ts, uri, body string
	status        int
	fields        []string
	mime          string
}

const (
	testSite = "http://site.example/paper"
	page1    = "<html><title>The right paper</title><body>" + "what it says of migration in Manila, at length, and then some more of it, so that nobody takes this for an error. " +
		"It goes on for a while, as papers do, and has words enough for anybody to compare, if there is anything to compare them with.</body></html>"
)

var (
	testNow    = time.Date(2026, 8, 20, 9, 0, 0, 0, time.UTC)
	testTarget = time.Date(2009, 6, 4, 0, 0, 0, 0, time.UTC)
)

// wayback answers as Wayback does: CDX (JSON), TimeMap, TimeGate and id_.
func wayback(host string, captures ...capture) trip {
	return func(req *http.Request) *http.Response {
		uri := req.URL.String()
		switch {
		case req.URL.Host != host:
			return nil
		case strings.HasPrefix(req.URL.Path, "/cdx"):
			return cdxOf(req, captures)
		case strings.HasPrefix(req.URL.Path, "/web/timemap/link/"):
			return timemapOf(host, uri[strings.Index(uri, "/link/")+6:], captures)
		}
		_, ts, original := (&Archive{}).raw(uri)
		for _, c := range captures {
			if c.ts == ts && c.uri == original {
				return mementoOf(host, c)
			}
		}
		return nil
	}
}

func cdxOf(req *http.Request, captures []capture) *http.Response {
	rows := []string{`["urlkey","timestamp","original","mimetype","statuscode","digest","length"]`}
	want := req.URL.Query().Get("url")
	for _, c := range captures {
		if looseKey(c.uri) == looseKey(want) || req.URL.Query().Get("matchType") == "prefix" && strings.HasPrefix(c.uri, want) {
			mime := c.mime
			if mime == "" {
				mime = "text/html"
			}
			rows = append(rows, fmt.Sprintf(`["k",%q,%q,%q,"%d","-","100"]`, c.ts, c.uri, mime, c.status))
		}
	}
	if len(rows) == 1 {
		return reply(200, "[]")
	}
	return reply(200, "["+strings.Join(rows, ",\n")+"]")
}

func timemapOf(host, uri string, captures []capture) *http.Response {
	var b strings.Builder
	fmt.Fprintf(&b, "<%s>; rel=\"original\",\n", uri)
	n := 0
	for _, c := range captures {
		if looseKey(c.uri) == looseKey(uri) {
			at, _ := parseTimestamp(c.ts)
			fmt.Fprintf(&b, "<https://%s/web/%s/%s>; rel=\"memento\"; datetime=%q,\n", host, c.ts, c.uri, at.Format(http.TimeFormat))
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return reply(200, b.String(), "Content-Type: application/link-format")
}

func mementoOf(host string, c capture) *http.Response {
	at, _ := parseTimestamp(c.ts)
	mime := c.mime
	if mime == "" {
		mime = "text/html"
	}
	fields := append([]string{
		"Memento-Datetime: " + at.Format(http.TimeFormat), fmt.Sprintf("Link: <%s>; rel=\"original\"", c.uri), "Server: " + host,
		"X-Archive-Src: item/a.warc.gz", "X-Archive-Orig-Server: Apache", "X-Archive-Orig-Content-Length: -1", "Content-Type: " + mime,
		"X-Archive-Orig-Transfer-Encoding: chunked",
	}, c.fields...)
	return reply(c.status, c.body, fields...)
}

func testArchive(id string) Archive {
	return Archive{
		ID: ibid.Origin(id), CDX: "https://" + id + "/cdx", TimeMap: "https://" + id + "/web/timemap/link/", TimeGate: "https://" + id + "/web/",
		Raw: "id_", IndexRate: 60_000, MementoRate: 60_000,
	}
}

// hosts sends each request to the archive of its host.
func hosts(trips map[string]trip) trip {
	return func(req *http.Request) *http.Response {
		t := trips[req.URL.Host]
		if t == nil {
			return reply(502, "no such archive in the test")
		}
		return t(req)
	}
}

func newTest(t *testing.T, rt http.RoundTripper, change func(*Options)) *Rescuer {
	t.Helper()
	o := Options{
		Archives: []Archive{testArchive("a.example")}, Transport: rt, UserAgent: "Ibid-test", Budget: newBudget(), SpoolDir: t.TempDir(),
		Now: func() time.Time { return testNow },
	}
	if change != nil {
		change(&o)
	}
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func find(t *testing.T, r *Rescuer, w Wanted) *Found {
	t.Helper()
	if w.URI == "" {
		w.URI = testSite
	}
	if w.At.IsZero() {
		w.At = testTarget
	}
	f, err := r.Find(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

func bodyOf(t *testing.T, x *ibid.Exchange) string {
	t.Helper()
	b, err := io.ReadAll(x.Response.Reader())
	if err != nil {
		t.Fatal(err)
	}
	if got := ibid.DigestOf(b); got != x.Response.Digest {
		t.Errorf("the block has the digest %s, not %s", got, x.Response.Digest)
	}
	payload := b[x.HeadLen:]
	if got := ibid.DigestOf(payload); got != x.PayloadDigest || int64(len(payload)) != x.PayloadLen {
		t.Errorf("the payload has the digest %s, not %s", got, x.PayloadDigest)
	}
	return string(payload)
}

// tried is all that was tried, for looking things up in.
func tried(f *Found) string {
	var b bytes.Buffer
	for _, a := range f.Tried {
		fmt.Fprintf(&b, "%s -> %s\n", a.What, a.Result)
	}
	return b.String()
}

// serve is an archive behind a real connection.
func serve(t *testing.T, h http.HandlerFunc) (Archive, *http.Transport) {
	t.Helper()
	s := httptest.NewServer(h)
	tr := NewTransport(nil)
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		s.CloseClientConnections()
		s.Close()
	})
	a := testArchive("a.example")
	a.CDX, a.TimeMap, a.TimeGate = s.URL+"/cdx", s.URL+"/web/timemap/link/", s.URL+"/web/"
	return a, tr
}

// later is the time in a synctest bubble, which begins in 2000, after all that archives hold.
func later() time.Time { return time.Now().AddDate(26, 0, 0) }

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

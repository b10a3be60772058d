package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/server"
)

// listenFor serves a handler as the program does, and returns its address.
func listenFor(t *testing.T, h http.Handler) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, l, h, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// TestBadRequestsAreAnsweredClearlyAndSoon sends what no honest client sends, byte by byte, to both origins. Each gets a status of its
// own fault, and words, in bounded time.
func TestBadRequestsAreAnsweredClearlyAndSoon(t *testing.T) {
	s := startAPI(t, "")
	app, archived := listenFor(t, s.handler), listenFor(t, s.archived)
	one, captures := s.site+"/one", "/api/v1/collections/notes/captures?url="
	held, err := s.h.catalog.Mementos(t.Context(), "notes", one)
	if err != nil {
		t.Fatal(err)
	}
	raw := "/web/" + ibid.Timestamp14(held[0].Timestamp) + "id_/" + one
	form := "Content-Type: application/x-www-form-urlencoded\r\n"
	admin := "Authorization: Bearer " + s.tokens["admin"] + "\r\n"
	long := strings.Repeat("a", 1<<20)
	get := func(target, header string) string {
		return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + header + "\r\n"
	}
	post := func(target, header, body string) string {
		return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%sContent-Length: %d\r\n\r\n%s", target, header, len(body), body)
	}
	cdx := func(query string) string { return get("/cdx?url="+url.QueryEscape(one)+"&"+query, "") }
	for _, tt := range []struct {
		name, request string
		replay        bool
		status        int
	}{
		// Timestamps.
		{"a month 13", get("/web/20091301000000/"+one, ""), false, 400},
		{"a month 13, replayed", get("/web/20091301000000/"+one, ""), true, 400},
		{"18 digits", get("/web/200901010000001234/"+one, ""), false, 400},
		{"an Accept-Datetime of words", get("/timegate/"+one, "Accept-Datetime: yesterday\r\n"), false, 400},
		{"a period of CDX", cdx("from=tomorrow"), false, 400},
		{"a period of a calendar", get("/search?q="+url.QueryEscape(one)+"&period=2009x", ""), false, 400},
		// Addresses.
		{"no address", get("/timegate/", ""), false, 400},
		{"half an IPv6 address", get("/timegate/http://[::1", ""), false, 400},
		{"broken percent-encoding", get("/timegate/http%3A%2F%2Fa%zz", ""), false, 400},
		{"a file", get("/web/2009/file:///etc/passwd", ""), true, 404},
		{"an address of a megabyte", get("/web/2009/http://a.example/"+long, ""), true, 431},
		{"an address of 40 KB", get("/web/2009/http://a.example/"+long[:40<<10], ""), true, 400},
		{"an address of 40 KB to look up", get(captures+long[:40<<10], ""), false, 400},
		{"an address of 40 KB to search for", get("/search?q="+long[:40<<10], ""), false, 400},
		{"a TimeMap of another form", get("/timemap/xml/"+one, ""), false, 400},
		// Filters and what else CDX servers know.
		{"no url", get("/cdx", ""), false, 400},
		{"a field that is none", cdx("filter=~shoe:x"), false, 400},
		{"a regular expression that is none", cdx("filter=~urlkey:" + url.QueryEscape("(((")), false, 400},
		{"a regular expression that repeats a million times", cdx("filter=~urlkey:" + url.QueryEscape("((a{1000}){1000}){1000}")), false, 400},
		{"a regular expression of 40 KB", cdx("filter=~urlkey:" + long[:40<<10]), false, 400},
		{"a regular expression of 5 KB", cdx("filter=~urlkey:" + long[:5<<10]), false, 400},
		{"50 filters", cdx(strings.Repeat("filter=~urlkey:a&", 50)), false, 400},
		{"a regular expression that is catastrophic elsewhere", cdx("filter=~original:" + url.QueryEscape("(.*.*)*(a+)+(a|a)+$x")), false, 200}, // it finds nothing, at once
		{"collapse of nothing", cdx("collapse=shoe:3"), false, 400},
		{"an output that is none", cdx("output=xml"), false, 400},
		{"a limit of words", cdx("limit=many"), false, 400},
		{"a limit past all numbers", cdx("limit=99999999999999999999999"), false, 400},
		{"a limit of nothing", cdx("limit=0"), false, 400},
		{"a page before the first", cdx("page=-1"), false, 400},
		{"a resume key of another", cdx("resumeKey=zzz"), false, 400},
		{"a match that is none", cdx("matchType=fuzzy"), false, 400},
		{"closest to nothing", cdx("sort=closest"), false, 400},
		{"a query of a megabyte", cdx("x=" + long), false, 431},
		{"broken percent-encoding in a query", cdx("from=%zz"), false, 400},
		// Pages and the API.
		{"a page of words", get("/documents?page=two", ""), false, 400},
		{"a page past all numbers", get("/documents?page=99999999999999999999", ""), false, 400},
		{"a page after the last", get("/documents?page=7", ""), false, 404},
		{"no UTF-8 to search for", get("/search?q=%ff%fe", ""), false, 400},
		{"a NUL to search for", get("/search?q=a%00b", ""), false, 400},
		{"no UTF-8 in a name", get("/api/v1/collections/%ff%fe", ""), false, 400},
		{"a NUL in a name", get("/api/v1/collections/a%00b/documents", ""), false, 400},
		{"a document of no UTF-8", get("/documents/%ff", ""), false, 404},
		{"a cursor of another", get("/api/v1/collections/notes/documents?cursor=%21%21", ""), false, 400},
		{"a limit of the API", get("/api/v1/collections?limit=501", ""), false, 400},
		{"a query of the API that is none", get("/api/v1/collections?limit=%zz", ""), false, 400},
		// Paths.
		{"up and away", get("/assets/../../../etc/passwd", ""), false, 307},
		{"up and away, encoded", get("/assets/..%2f..%2f..%2fetc%2fpasswd", ""), false, 404},
		{"up and away, of a document", get("/documents/%2e%2e%2f%2e%2e", ""), false, 404},
		{"backslashes", get(`/documents/..%5c..%5cibid.yaml`, ""), false, 404},
		{"another host", get("http://evil.example/web/2009/x", ""), true, 404},
		{"an asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", false, 200}, // RFC 9110, 9.3.7
		// Ranges.
		{"a range of words", get(raw, "Range: bytes=a-b\r\n"), true, 416},
		{"a range after the end", get(raw, "Range: bytes=9999999-\r\n"), true, 416},
		{"a thousand ranges of it all", get(raw, "Range: bytes="+strings.Repeat("0-,", 1000)+"0-\r\n"), true, 200}, // it is sent once
		{"ranges of no unit that there is", get(raw, "Range: pages=1-2\r\n"), true, 416},
		// Heads and bodies.
		{"a header of a megabyte", get("/", "X-A: "+long+"\r\n"), false, 431},
		{"a cookie of 100 KB", get("/", "Cookie: a="+long[:100<<10]+"\r\n"), true, 431},
		{"a method that is none", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", false, 405},
		{"a method that is none, replayed", "BREW /web/2009/" + one + " HTTP/1.1\r\nHost: a\r\n\r\n", true, 405},
		{"no host", "GET / HTTP/1.1\r\n\r\n", false, 400},
		{"two lengths", "POST /save HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", false, 400},
		{"no HTTP", "hello\r\n\r\n", false, 400},
		{"a form of a megabyte", post("/save", form+admin, "url="+long), false, 413},
		{"a form that is none", post("/save", form+admin, "url=%zz"), false, 400},
		{"an address to save that is none", post("/save", form+admin, "url=javascript:alert(1)"), false, 400},
		{"JSON that is none", post("/api/v1/collections/notes/documents", "Content-Type: application/json\r\n"+admin, "{"), false, 400},
		{"a document without a name", post("/api/v1/collections/notes/documents", admin, "# A"), false, 400},
		{"a key of 300 bytes", post("/api/v1/collections/notes/documents?name=a.md", admin+"Idempotency-Key: "+long[:300]+"\r\n", "# A"), false, 400},
		{"a credential of 60 KB", get("/", "Authorization: Bearer "+long[:60<<10]+"\r\n"), false, 401},
		{"a form without its token", post("/signin", form, "token="+long[:1000]), false, 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			to := app
			if tt.replay {
				to = archived
			}
			status, body := exchange(t, to, tt.request)
			if status != tt.status {
				t.Errorf("status %d, want %d: %.300s", status, tt.status, body)
			}
			if status >= 400 && len(body) == 0 || len(body) > 64<<10 || strings.Contains(body, "goroutine ") {
				t.Errorf("it says %d bytes: %.300s", len(body), body)
			}
		})
	}
	if status, body := exchange(t, app, get("/healthz", "")); status != 200 {
		t.Errorf("after it all: %d, %s", status, body)
	}
}

// exchange sends a request as it stands, and reads the answer. It has 10 seconds.
func exchange(t *testing.T, to, request string) (status int, body string) {
	t.Helper()
	c, err := net.Dial("tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // it is read to the end
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.WriteString(c, request) }() // the server may have had enough before the end
	method, _, _ := strings.Cut(request, " ")
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // only read from
	b, err := io.ReadAll(resp.Body)
	if err != nil && !strings.Contains(err.Error(), "reset") {
		t.Error(err)
	}
	return resp.StatusCode, string(b)
}

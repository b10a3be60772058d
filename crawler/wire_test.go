package crawler

import (
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

// The bytes stored are the bytes sent, whatever net/http or Colly make of them.
func TestWireBytesAreKeptAsSent(t *testing.T) {
	answers := map[string]string{
		"/plain":    okText("text/html", "<p>hi</p>"),
		"/odd-head": "HTTP/1.1  200  Fine enough\r\nx-lower: a\r\nX-LOWER:   b  \r\nContent-length: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nok",
		"/bare-lf":  "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc",
		"/empty":    "HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n",
		"/chunked":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: t\r\n\r\n",
		"/upper":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n",
		"/gone":     "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<p>no</p>",
		"/error":    "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops",
		"/both":     "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n0\r\n\r\n",
	}
	scripts := map[string]script{}
	var seeds []ibid.Seed
	for path, answer := range answers {
		scripts[path] = say(answer)
	}
	s := serve(t, nil, scripts)
	for path := range answers {
		seeds = append(seeds, ibid.Seed{URI: s.url(path)})
	}
	var sink memSink
	visits := crawl(t, newCrawler(t, fast(), s), &sink, seeds...)
	for path, want := range answers {
		found := sink.at(path)
		if len(found) != 1 {
			t.Errorf("%s: %d exchanges", path, len(found))
			continue
		}
		if found[0].response != want {
			t.Errorf("%s: stored %q, sent %q", path, found[0].response, want)
		}
		checkExchange(t, found[0])
		if v := visits[s.url(path)]; v.Verdict != ibid.Archived || v.Final == nil || v.Attempts != 1 {
			t.Errorf("%s: %s %s after %d attempts", path, v.Verdict, v.Class, v.Attempts)
		}
	}
	for _, x := range sink.all {
		if !strings.HasPrefix(x.request, "GET "+strings.TrimPrefix(x.URI, "http://"+s.addr)+" HTTP/1.1\r\nHost: "+s.addr+"\r\n") ||
			!strings.HasSuffix(x.request, "\r\n\r\n") {
			t.Errorf("%s: request %q", x.URI, x.request)
		}
	}
	if s.count("/robots.txt") != 1 {
		t.Errorf("robots.txt was asked for %d times", s.count("/robots.txt"))
	}
}

func TestInterimResponsesAreNoPartOfTheAnswer(t *testing.T) {
	final := okText("text/plain", "done")
	s := serve(t, nil, map[string]script{
		"/hints": say("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + final),
	})
	var sink memSink
	v := visitOne(t, newCrawler(t, fast(), s), &sink, s.url("/hints"))
	if x := sink.at("/hints"); len(x) != 1 || x[0].response != final || v.Verdict != ibid.Archived {
		t.Errorf("%s: %+v", v.Verdict, x)
	}
}

// What follows the message on the connection belongs to nobody.
func TestBytesAfterTheMessageAreNotItsOwn(t *testing.T) {
	answer := okText("text/plain", "12345")
	s := serve(t, nil, map[string]script{"/more": sayAndClose(answer + "HTTP/1.1 200 OK\r\n\r\nsmuggled")})
	var sink memSink
	v := visitOne(t, newCrawler(t, fast(), s), &sink, s.url("/more"))
	if x := sink.at("/more"); len(x) != 1 || x[0].response != answer || v.Verdict != ibid.Archived {
		t.Errorf("%s %s: %+v", v.Verdict, v.Class, x)
	}
}

func TestConnectionsAreKeptAliveAndClosedOnesAskedAgain(t *testing.T) {
	s := serve(t, nil, map[string]script{"/robots.txt": sayAndClose(notFound), "*": say(okText("text/plain", "x"))})
	var sink memSink
	c := newCrawler(t, Options{PerHost: PerHost{Parallelism: 1}}, s)
	visits := crawl(t, c, &sink, ibid.Seed{URI: s.url("/1")}, ibid.Seed{URI: s.url("/2")}, ibid.Seed{URI: s.url("/3")})
	for uri, v := range visits {
		if v.Verdict != ibid.Archived || v.Attempts > 2 { // Two, when the closing of the connection is not yet known.
			t.Errorf("%s: %s %s, %d attempts", uri, v.Verdict, v.Class, v.Attempts)
		}
	}
	for _, x := range sink.all {
		checkExchange(t, x)
	}
}

func TestLargeBodiesGoThroughBoundedMemory(t *testing.T) {
	body := strings.Repeat("0123456789abcdef", 1<<16) // 1 MiB
	answer := okText("application/octet-stream", body)
	s := serve(t, nil, map[string]script{"/big": say(answer)})
	for _, memory := range []int64{1, 1000, 32 << 10, 100_000, 1 << 20, 8 << 20} {
		o := fast()
		o.SpoolMemory = memory
		var sink memSink
		v := visitOne(t, newCrawler(t, o, s), &sink, s.url("/big"))
		x := sink.at("/big")
		if len(x) != 1 || x[0].response != answer || v.Verdict != ibid.Archived {
			t.Fatalf("memory %d: %s %s", memory, v.Verdict, v.Class)
		}
		checkExchange(t, x[0])
	}
}

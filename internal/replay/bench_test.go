package replay_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// quiet is a reader who takes everything and keeps nothing.
type quiet struct{ header http.Header }

func (q *quiet) Header() http.Header         { return q.header }
func (q *quiet) WriteHeader(int)             {}
func (q *quiet) Write(p []byte) (int, error) { return len(p), nil }

func serveLoop(b *testing.B, handler http.Handler, host, path string) {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
	r.Host = host
	b.ReportAllocs()
	for b.Loop() {
		handler.ServeHTTP(&quiet{http.Header{}}, r)
	}
}

// pageOf is a page of about n bytes, with links and pictures as dense as those of the sites of 2009.
func pageOf(n int) string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html><head><title>Page</title><link rel=stylesheet href="/s.css"><style>p { background: url(x.png) }</style></head><body>`)
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, `<div class="item"><h2><a href="/node/%d?page=%d&amp;lang=en">Session %d</a></h2><img src="files/%d.png" alt=""><p>The second meeting took place in Bangkok, and what was said there is kept &ndash; in English, French and Spanish.</p></div>`+"\n", i, i, i, i)
	}
	return b.String()
}

// A page of 60 KB, from the request to the last byte.
func BenchmarkReplayPage(b *testing.B) {
	h := &held{}
	page := pageOf(60 << 10)
	h.add(b, "http://a.example/", "20090604120000", "text/html; charset=utf-8", page)
	b.SetBytes(int64(len(page)))
	serveLoop(b, service(b, h, nil).Replay(), replayHost, "/web/20090604120000/http://a.example/")
}

func BenchmarkTimeGate(b *testing.B) {
	serveLoop(b, service(b, site(b), nil).Protocols(http.NotFoundHandler()), appHost, "/timegate/http://a.example/")
}

func BenchmarkCDX(b *testing.B) {
	serveLoop(b, service(b, library(b), nil).Protocols(http.NotFoundHandler()), appHost, "/cdx?url=a.example")
}

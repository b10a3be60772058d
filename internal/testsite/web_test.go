package testsite

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/tools/txtar"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const sample = `
-- www.example.org --
Server: Apache/2.0.52
@alias example.org
-- www.example.org/ --
<!DOCTYPE html><title>Home</title><!--#include virtual="nav" -->
-- #nav --
<ul><li>Nav</ul>
-- www.example.org/doc.txt --
HTTP 200
ETag: "v1"
Last-Modified: Tue, 12 May 2009 08:00:00 GMT

plain
-- www.example.org/old --
HTTP 301
Location: /
-- www.example.org/latin --
HTTP 200
@charset windows-1252

Réunion – “2009” €
-- www.example.org/wide.html --
HTTP 200
Content-Type: text/html
@charset utf-16

wide
-- www.example.org/gz --
HTTP 200
@coding gzip

zipped
-- www.example.org/fl.css --
HTTP 200
@coding deflate
@chunked

body{}
-- www.example.org/index.php?option=com_docman&task=doc_download&gid=12&Itemid=26 --
HTTP 200
Content-Disposition: attachment; filename="paper.pdf"
@pdf title="A paper"

Text.
-- www.example.org/same --
HTTP 200
@like www.example.org/doc.txt
-- www.example.org/slow --
HTTP 200
@delay 1h

late
-- www.example.org/big.bin --
HTTP 200
@random 1MB seed=7
-- www.example.org/* --
HTTP 404

<title>Not here</title>
-- https://secure.example.org/ --
secret
-- secure.example.org/plain --
open
-- refused.example.org --
@refused
-- unknown.example.org --
@unknown
`

// start serves the text of an archive until the test ends, and returns a client for it that follows no
// redirect.
func start(t *testing.T, text string) (*Server, *http.Client) {
	t.Helper()
	w, err := Parse(txtar.Parse([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return startWeb(t, w)
}

func startWeb(t *testing.T, w *Web) (*Server, *http.Client) {
	t.Helper()
	s, err := w.Start()
	if err != nil {
		t.Fatal(err)
	}
	transport, err := s.Transport()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}

// get fetches url; header is "Key: value" or empty.
func get(t *testing.T, c *http.Client, url, header string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if key, value, ok := strings.Cut(header, ": "); ok {
		req.Header.Set(key, value)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return resp, b
}

func TestServerAnswersAsWritten(t *testing.T) {
	_, c := start(t, sample)
	html, text := "text/html; charset=utf-8", "text/plain; charset=utf-8"
	tests := []struct {
		name, url, send string
		status          int
		mediaType, body string
	}{
		{"page with a part", "http://www.example.org/", "", 200, html, "<!DOCTYPE html><title>Home</title><ul><li>Nav</ul>\n"},
		{"alias", "http://example.org/doc.txt", "", 200, text, "plain\n"},
		{"host in capitals", "http://WWW.EXAMPLE.ORG/doc.txt", "", 200, text, "plain\n"},
		{"redirect", "http://www.example.org/old", "", 301, "", ""},
		{"windows-1252", "http://www.example.org/latin", "", 200, "text/html; charset=windows-1252", "R\xe9union \x96 \x932009\x94 \x80\n"},
		{"utf-16, not said in the header", "http://www.example.org/wide.html", "", 200, "text/html", "\xff\xfew\x00i\x00d\x00e\x00\n\x00"},
		{"like another", "http://www.example.org/same", "", 200, text, "plain\n"},
		{"the page for all others", "http://www.example.org/nothing?x=1", "", 404, html, "<title>Not here</title>\n"},
		{"same tag", "http://www.example.org/doc.txt", `If-None-Match: W/"v0", "v1"`, 304, "", ""},
		{"other tag", "http://www.example.org/doc.txt", `If-None-Match: "v2"`, 200, text, "plain\n"},
		{"not modified since", "http://www.example.org/doc.txt", "If-Modified-Since: Tue, 12 May 2009 08:00:00 GMT", 304, "", ""},
		{"modified since", "http://www.example.org/doc.txt", "If-Modified-Since: Tue, 12 May 2009 07:59:59 GMT", 200, text, "plain\n"},
		{"over TLS", "https://secure.example.org/", "", 200, html, "secret\n"},
		{"the same host without TLS", "http://secure.example.org/plain", "", 200, html, "open\n"},
		{"other scheme, other pages", "http://secure.example.org/", "", 404, text, "404 page not found\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, b := get(t, c, tt.url, tt.send)
			if resp.StatusCode != tt.status || resp.Header.Get("Content-Type") != tt.mediaType || string(b) != tt.body {
				t.Errorf("got %d %q %q", resp.StatusCode, resp.Header.Get("Content-Type"), b)
			}
			if strings.Contains(tt.url, "www.example.org") && resp.Header.Get("Server") != "Apache/2.0.52" {
				t.Errorf("the host's own header is missing: %v", resp.Header)
			}
		})
	}
}

func TestCodings(t *testing.T) {
	_, c := start(t, sample)
	resp, b := get(t, c, "http://www.example.org/gz", "")
	zr, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(zr); err != nil || string(plain) != "zipped\n" || resp.ContentLength != int64(len(b)) {
		t.Errorf("gzip: %q, %v, length %d", plain, err, resp.ContentLength)
	}
	resp, b = get(t, c, "http://www.example.org/fl.css", "")
	fr, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(fr); err != nil || string(plain) != "body{}\n" {
		t.Errorf("deflate: %q, %v", plain, err)
	}
	if !slices.Equal(resp.TransferEncoding, []string{"chunked"}) || resp.Header.Get("Content-Encoding") != "deflate" {
		t.Errorf("head: %v %v", resp.TransferEncoding, resp.Header)
	}
}

func TestQueryAndDownloadName(t *testing.T) {
	_, c := start(t, sample)
	for _, query := range []string{
		"option=com_docman&task=doc_download&gid=12&Itemid=26",
		"Itemid=26&gid=12&option=com_docman&task=doc_download",
	} {
		resp, b := get(t, c, "http://www.example.org/index.php?"+query, "")
		if resp.Header.Get("Content-Type") != "application/pdf" || !bytes.HasPrefix(b, []byte("%PDF-")) ||
			resp.Header.Get("Content-Disposition") != `attachment; filename="paper.pdf"` {
			t.Errorf("%s: %v %.20q", query, resp.Header, b)
		}
	}
	resp, _ := get(t, c, "http://www.example.org/index.php?option=com_docman&task=doc_download&gid=12", "")
	if resp.StatusCode != 404 {
		t.Errorf("a parameter less is another address: got %d", resp.StatusCode)
	}
}

func TestHeadSendsNoBody(t *testing.T) {
	_, c := start(t, sample)
	resp, err := c.Head("http://www.example.org/big.bin")
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil || len(b) != 0 || resp.ContentLength != 1<<20 {
		t.Errorf("got %d bytes, length %d, %v", len(b), resp.ContentLength, err)
	}
}

func TestDeadHosts(t *testing.T) {
	s, c := start(t, sample)
	_, err := c.Get("http://refused.example.org/")
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("refused host: %v", err)
	}
	_, err = c.Get("http://www.example.org:443/")
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a port without a site: %v", err)
	}
	for _, entry := range s.ConnectTo() {
		if strings.HasPrefix(entry, "unknown.") {
			t.Errorf("an unknown host has an entry: %s", entry)
		}
	}
	r := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", s.Resolver())
	}}
	var dnsErr *net.DNSError
	if _, err := r.LookupHost(t.Context(), "unknown.example.org."); !errors.As(err, &dnsErr) || !dnsErr.IsNotFound {
		t.Errorf("unknown host: %v", err)
	}
}

func TestConnectToAndAllow(t *testing.T) {
	s, _ := start(t, sample)
	plain, secure := s.port("http"), s.port("https")
	want := []string{
		"example.org:443:127.0.0.1:1", "example.org:80:127.0.0.1:" + plain,
		"refused.example.org:443:127.0.0.1:1", "refused.example.org:80:127.0.0.1:1",
		"secure.example.org:443:127.0.0.1:" + secure, "secure.example.org:80:127.0.0.1:" + plain,
		"www.example.org:443:127.0.0.1:1", "www.example.org:80:127.0.0.1:" + plain,
	}
	if got := s.ConnectTo(); !slices.Equal(got, want) {
		t.Errorf("ConnectTo:\n%q\nwant\n%q", got, want)
	}
	want = []string{"127.0.0.1:1", "127.0.0.1:" + plain, "127.0.0.1:" + secure}
	slices.Sort(want)
	if got := s.Allow(); !slices.Equal(got, want) {
		t.Errorf("Allow: %q, want %q", got, want)
	}
}

func TestServedCountsRequestsAndPeak(t *testing.T) {
	s, c := start(t, sample)
	ctx, cancel := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	for range 3 {
		asking.Go(func() {
			req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://www.example.org/slow", nil)
			if resp, err := c.Do(req); err == nil {
				t.Error("a page that waits an hour has answered")
				_ = resp.Body.Close()
			}
		})
	}
	for s.Served().Requests["http://www.example.org/slow"] < 3 {
		get(t, c, "http://example.org/doc.txt", "")
	}
	cancel()
	asking.Wait()
	got := s.Served()
	if got.Peak["www.example.org"] != 3 || got.Peak["example.org"] != 1 {
		t.Errorf("peak: %v", got.Peak)
	}
	if n := got.Requests["http://example.org/doc.txt"]; n == 0 || got.Total() != n+3 {
		t.Errorf("requests: %v", got.Requests)
	}
}

func TestCloseBreaksWhatWaits(t *testing.T) {
	w, err := Parse(txtar.Parse([]byte("-- a.example/slow --\nHTTP 200\n@delay 1h\n")))
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Start()
	if err != nil {
		t.Fatal(err)
	}
	transport, err := s.Transport()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		_, err := transport.RoundTrip(&http.Request{Method: "GET", URL: mustURL("http://a.example/slow"), Header: http.Header{}})
		done <- err
	}()
	for s.Served().Requests["http://a.example/slow"] == 0 {
		get(t, &http.Client{Transport: transport}, "http://a.example/else", "")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; err == nil {
		t.Error("the request was answered")
	}
}

func TestCloseRemovesTheCAFile(t *testing.T) {
	w, err := Parse(txtar.Parse([]byte(sample)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Start()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.CAFile); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.CAFile); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestParseErrorsNameFileAndLine(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"bad status", "-- a.b/x --\nHTTP 99\n", `a.b/x: line 1: "99" is not a status from 200 to 599`},
		{"no colon", "-- a.b/x --\nHTTP 200\nLocation /y\n", `a.b/x: line 2: "Location /y" is neither a header nor a directive`},
		{"unknown directive", "-- a.b/x --\nHTTP 200\n@png 1x1\n", "a.b/x: line 2: there is no directive @png"},
		{"bad delay", "-- a.b/x --\nHTTP 200\n@delay soon\n", `a.b/x: line 2: time: invalid duration "soon"`},
		{"unknown charset", "-- a.b/x --\nHTTP 200\n@charset koi8-r\n\nx\n", `a.b/x: line 4: the charset "koi8-r" is not one of`},
		{"missing in the charset", "-- a.b/x --\nHTTP 200\n@charset windows-1252\n\n漢\n", "a.b/x: line 4: windows-1252 has no '漢'"},
		{"unknown coding", "-- a.b/x --\nHTTP 200\n@coding br\n\nx\n", `the coding "br" is not one of gzip and deflate`},
		{"unknown part", "-- a.b/x --\n<!--#include virtual=\"nav\" -->\n", `a.b/x: line 1: cannot include the part "nav"`},
		{"part in itself", "-- #p --\n<!--#include virtual=\"p\" -->\n-- a.b/x --\n<!--#include virtual=\"p\" -->\n", `cannot include the part "p"`},
		{"twice", "-- a.b/x --\n-- a.b/x --\n", "a.b/x: this address was given before"},
		{"no such file", "-- a.b/x --\nHTTP 200\n@like a.b/y\n", "a.b/x: line 2: there is no file a.b/y"},
		{"fragment", "-- a.b/x#y --\n", "a.b/x#y: its name is not HOST/PATH"},
		{"no host", "-- /x --\n", "/x: its name is not HOST/PATH"},
		{"page of a dead host", "-- a.b --\n@refused\n-- a.b/x --\n", "a.b: a host that is dead has pages"},
		{"directive of a page", "-- a.b --\n@chunked\n", "a.b: line 1: @chunked says nothing of a whole host"},
		{"alias of its own", "-- a.b --\n@alias c.d\n-- a.b/ --\n-- c.d/ --\n", "a.b: its alias c.d is a host of its own"},
		{"image without size", "-- a.b/x.png --\nHTTP 200\n@image big\n", `"big" is not a size from 1x1`},
		{"image without type", "-- a.b/x --\nHTTP 200\n@image 1x1\n", "the name of a picture ends with"},
		{"open quote", "-- a.b/x --\nHTTP 200\n@pdf title=\"A\n", "a.b/x: line 2: the value of title has no closing quote"},
		{"unknown argument", "-- a.b/x --\nHTTP 200\n@pdf colour=red\n", `a PDF has no "colour"`},
		{"date of a PDF", "-- a.b/x --\nHTTP 200\n@pdf date=May\n", `the date "May" is not YYYY-MM-DD`},
		{"size", "-- a.b/x --\nHTTP 200\n@random lots\n", `"lots" is not a size such as`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(txtar.Parse([]byte(tt.text)))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("-- a.b/x.pdf --\nHTTP 200\n@pdf title=\"\\x\" pages=2\n\nhttp://a.b/ é\n"))
	f.Add([]byte("-- a.b --\n@alias c\n-- [::1]:80/ --\nHTTP 304\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		w, err := Parse(txtar.Parse(text))
		if err != nil {
			return
		}
		for _, s := range w.sites {
			for target, p := range s.pages {
				if s.find(target) != p {
					t.Errorf("%s does not find itself", target)
				}
				if p.body.size > 1<<20 {
					continue
				}
				var n countWriter
				if err := p.body.write(&n); err != nil || int64(n) != p.body.size {
					t.Errorf("%s: wrote %d bytes of %d: %v", p.name, n, p.body.size, err)
				}
			}
		}
	})
}

type countWriter int64

func (c *countWriter) Write(b []byte) (int, error) {
	*c += countWriter(len(b))
	return len(b), nil
}

func ExampleParse() {
	w, err := Parse(txtar.Parse([]byte("-- www.example.org/old --\nHTTP 301\nLocation: /new\n")))
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := w.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = s.Close() }()
	transport, err := s.Transport()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(&http.Request{Method: "GET", URL: mustURL("http://www.example.org/old"), Header: http.Header{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.StatusCode, resp.Header.Get("Location"), resp.Body.Close())
	// Output: 301 /new <nil>
}

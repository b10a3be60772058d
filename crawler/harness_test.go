package crawler

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/netguard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rawServer answers each request on a connection with the bytes that its script has for the path.
type rawServer struct {
	addr  string
	mu    sync.Mutex
	paths []string
	heads []string
	over  chan struct{} // closed when the test is over: scripts that stall wait for it
}

// script writes the answer to one request; false closes the connection after it.
type script func(c net.Conn, over <-chan struct{}) (keep bool)

// say is a script that sends s and keeps the connection.
func say(s string) script {
	return func(c net.Conn, _ <-chan struct{}) bool {
		_, err := io.WriteString(c, s)
		return err == nil
	}
}

// sayAndClose sends s and closes.
func sayAndClose(s string) script {
	return func(c net.Conn, _ <-chan struct{}) bool {
		_, _ = io.WriteString(c, s)
		return false
	}
}

// sayAndStall sends s and then nothing until the test is over.
func sayAndStall(s string) script {
	return func(c net.Conn, over <-chan struct{}) bool {
		_, _ = io.WriteString(c, s)
		<-over
		return false
	}
}

// ok is a whole answer with a body.
func ok(contentType, body string, more ...string) script {
	return say(okText(contentType, body, more...))
}

func okText(contentType, body string, more ...string) string {
	head := "HTTP/1.1 200 OK\r\nContent-Type: " + contentType + "\r\n"
	for _, h := range more {
		head += h + "\r\n"
	}
	return fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(body), body)
}

const notFound = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

// serve starts a server whose scripts are keyed by path, "*" being any other. Paths without one are 404.
func serve(t testing.TB, config *tls.Config, scripts map[string]script) *rawServer {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	s := &rawServer{addr: l.Addr().String(), over: make(chan struct{})}
	var conns sync.WaitGroup
	var open sync.Map
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.Store(c, true)
			conns.Go(func() {
				defer open.Delete(c)
				s.talk(c, scripts)
			})
		}
	}()
	t.Cleanup(func() {
		close(s.over)
		_ = l.Close()
		open.Range(func(c, _ any) bool { return c.(net.Conn).Close() == nil || true })
		conns.Wait()
	})
	return s
}

func (s *rawServer) talk(c net.Conn, scripts map[string]script) {
	defer func() { _ = c.Close() }()
	r := bufio.NewReader(c)
	for {
		head := ""
		for !strings.HasSuffix(head, "\r\n\r\n") {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			head += line
		}
		path := strings.Fields(head)[1]
		s.mu.Lock()
		s.paths = append(s.paths, path)
		s.heads = append(s.heads, head)
		s.mu.Unlock()
		do := scripts[path]
		if do == nil && path != "/robots.txt" {
			do = scripts["*"]
		}
		if do == nil {
			do = say(notFound)
		}
		if !do(c, s.over) {
			return
		}
	}
}

func (s *rawServer) url(path string) string { return "http://" + s.addr + path }

func (s *rawServer) count(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, p := range s.paths {
		if p == path {
			n++
		}
	}
	return n
}

// stored is a copy of an Exchange that a memSink was given.
type stored struct {
	ibid.Exchange
	request, response string
}

type memSink struct {
	mu   sync.Mutex
	all  []stored
	fail error
	held func(uri string, role ibid.Role) *ibid.Capture
}

func (s *memSink) Held(_ context.Context, _ *ibid.Seed, uri string, role ibid.Role) *ibid.Capture {
	if s.held == nil {
		return nil
	}
	return s.held(uri, role)
}

func (s *memSink) Write(_ context.Context, x *ibid.Exchange) (ibid.Capture, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return ibid.Capture{}, s.fail
	}
	request, err := io.ReadAll(x.Request.Reader())
	if err != nil {
		return ibid.Capture{}, err
	}
	response, err := io.ReadAll(x.Response.Reader())
	if err != nil {
		return ibid.Capture{}, err
	}
	s.all = append(s.all, stored{*x, string(request), string(response)})
	return ibid.Capture{
		URI: x.URI, Timestamp: x.Began, Status: x.Status, MediaType: x.MediaType, Digest: x.PayloadDigest, Length: x.PayloadLen,
		Role: x.Role, Truncated: x.Truncated, Class: x.Class,
	}, nil
}

func (s *memSink) at(path string) []stored {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []stored
	for _, x := range s.all {
		if strings.HasSuffix(x.URI, path) {
			found = append(found, x)
		}
	}
	return found
}

// fast are limits with which no test waits long for what is meant to run into one.
func fast() Options {
	return Options{
		UserAgent: "Mozilla/5.0 (compatible; ibid/1.0)", Product: "ibid",
		Timeout: Timeout{
			Connect: time.Second, TLS: 500 * time.Millisecond, Header: 150 * time.Millisecond,
			Idle: 150 * time.Millisecond, Total: 600 * time.Millisecond,
		},
		MaxHeader: 64 << 10, MaxBody: 1 << 20, MaxDecoded: 2 << 20, MaxRedirects: 5, Tries: 2,
	}
}

// newCrawler makes a Crawler that may reach servers on loopback, and waits a millisecond between tries.
func newCrawler(t testing.TB, o Options, servers ...*rawServer) *Crawler {
	t.Helper()
	var allow []string
	for _, s := range servers {
		allow = append(allow, s.addr)
	}
	return newCrawlerAllowing(t, o, netguard.Options{Allow: allow})
}

func newCrawlerAllowing(t testing.TB, o Options, n netguard.Options) *Crawler {
	t.Helper()
	d, err := netguard.New(n)
	if err != nil {
		t.Fatal(err)
	}
	o.Dial = d.DialContext
	if o.SpoolDir == "" {
		o.SpoolDir = t.TempDir()
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.backoff = func(int) time.Duration { return time.Millisecond }
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// crawl looks at seeds and returns the Visits by seed.
func crawl(t testing.TB, c *Crawler, sink Sink, seeds ...ibid.Seed) map[string]*ibid.Visit {
	t.Helper()
	visits := map[string]*ibid.Visit{}
	job := &ibid.Job{ID: "job-1", Run: "run-1", Collection: ibid.DefaultCollection, Seeds: seeds}
	err := c.Crawl(t.Context(), job, sink, func(_ context.Context, v *ibid.Visit) error {
		if visits[v.Seed] != nil {
			t.Errorf("%s: reported twice", v.Seed)
		}
		visits[v.Seed] = v
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(visits) != len(seeds) {
		t.Errorf("%d visits of %d seeds", len(visits), len(seeds))
	}
	return visits
}

// visitOne looks at one address.
func visitOne(t testing.TB, c *Crawler, sink Sink, uri string) *ibid.Visit {
	t.Helper()
	v := crawl(t, c, sink, ibid.Seed{URI: uri})[uri]
	if v == nil {
		t.Fatalf("%s: not reported", uri)
	}
	return v
}

// checkExchange checks what holds for every Exchange.
func checkExchange(t *testing.T, x stored) {
	t.Helper()
	if got := ibid.DigestOf([]byte(x.response)); x.Response.Digest != got || x.Response.Size != int64(len(x.response)) {
		t.Errorf("%s: block digest %s over %d bytes, want %s over %d", x.URI, x.Response.Digest, x.Response.Size, got, len(x.response))
	}
	if got := ibid.DigestOf([]byte(x.request)); x.Request.Digest != got {
		t.Errorf("%s: request digest %s, want %s", x.URI, x.Request.Digest, got)
	}
	if x.Remote == (netip.AddrPort{}) || x.Began.IsZero() {
		t.Errorf("%s: remote %v, began %v", x.URI, x.Remote, x.Began)
	}
	if x.HeadLen > 0 && !strings.HasSuffix(x.response[:x.HeadLen], "\n") {
		t.Errorf("%s: the head does not end at %d", x.URI, x.HeadLen)
	}
	if x.Status == 0 || x.Truncated != "" || x.HeadLen == 0 {
		return
	}
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(x.response)), nil)
	if err != nil {
		t.Errorf("%s: the stored response cannot be read: %v", x.URI, err)
		return
	}
	var payload bytes.Buffer
	if _, err := payload.ReadFrom(resp.Body); err != nil {
		t.Errorf("%s: the stored body cannot be read: %v", x.URI, err)
	}
	if got := ibid.DigestOf(payload.Bytes()); got != x.PayloadDigest || x.PayloadLen != int64(payload.Len()) {
		t.Errorf("%s: payload %s over %d bytes, want %s over %d", x.URI, x.PayloadDigest, x.PayloadLen, got, payload.Len())
	}
}

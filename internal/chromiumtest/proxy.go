package chromiumtest

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Request is one that the browser sent.
type Request struct {
	Method, URL string
	// Site and Dest are what the browser says of it: Sec-Fetch-Site and Sec-Fetch-Dest.
	Site, Dest string
	// Allowed says whether it was let through.
	Allowed bool
}

// proxy is where all requests of a browser go.
type proxy struct {
	address string
	next    *httputil.ReverseProxy
	mu      sync.Mutex
	hosts   []string
	asked   []Request
}

func startProxy(t testing.TB, hosts []string) *proxy {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	p := &proxy{hosts: hosts, next: &httputil.ReverseProxy{Transport: transport, Rewrite: func(*httputil.ProxyRequest) {}, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}}
	s := httptest.NewServer(p)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
		transport.CloseIdleConnections()
	})
	p.address = strings.TrimPrefix(s.URL, "http://")
	return p
}

// ServeHTTP passes on what may go; who wants another host is told that nobody is there.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.saw(r) {
		p.next.ServeHTTP(w, r)
		return
	}
	http.Error(w, "nobody is there", http.StatusBadGateway)
}

// saw records a request and says whether it may go.
func (p *proxy) saw(r *http.Request) bool {
	if isOfTheBrowser(r) {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	allowed := r.Method != http.MethodConnect && slices.Contains(p.hosts, r.Host)
	p.asked = append(p.asked, Request{r.Method, r.RequestURI, r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Sec-Fetch-Dest"), allowed})
	return allowed
}

// isOfTheBrowser says whether the browser asks for this by itself, as for updates: it does in spite of all flags.
func isOfTheBrowser(r *http.Request) bool {
	host := r.URL.Hostname()
	for _, vendor := range []string{"google.com", "googleapis.com", "gvt1.com", "gstatic.com"} {
		if host == vendor || strings.HasSuffix(host, "."+vendor) {
			return true
		}
	}
	return false
}

func (p *proxy) taken() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := p.asked
	p.asked = nil
	return asked
}

func (p *proxy) allow(hosts []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hosts = hosts
}

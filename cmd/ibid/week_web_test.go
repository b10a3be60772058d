package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/internal/testsite"
)

// weekWeb is the demo web with other pages over it, which a test changes, and a book of who asked for those and when.
type weekWeb struct {
	demo        *testsite.Server
	plain, safe *httptest.Server
	behind      *httputil.ReverseProxy
	clock       testClock

	mu    sync.Mutex
	pages map[string]weekPage
	asked map[string][]weekAnswer
}

// weekPage is what an address answers.
type weekPage struct {
	status     int
	etag, to   string
	title, say string
	styleSheet string
}

// weekAnswer is what was answered, and when.
type weekAnswer struct {
	at     time.Time
	status int
	body   string
}

// Until then the certificate of www.gfmd.org is valid: less than two weeks are left when the week begins.
var weekCertificateEnds = time.Date(2026, time.April, 4, 12, 0, 0, 0, time.UTC)

func startWeekWeb(t *testing.T, clock testClock) *weekWeb {
	t.Helper()
	web, err := testsite.ReadingList()
	if err != nil {
		t.Fatal(err)
	}
	w := &weekWeb{clock: clock, pages: map[string]weekPage{}, asked: map[string][]weekAnswer{}}
	if w.demo, err = web.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.demo.Close(); err != nil {
			t.Error(err)
		}
	})
	w.behind = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL = &url.URL{Scheme: "http", Host: w.behindAt(), Path: r.In.URL.Path, RawQuery: r.In.URL.RawQuery}
		r.Out.Host = r.In.Host
	}}
	w.plain = httptest.NewServer(w.handler("http"))
	t.Cleanup(w.plain.Close)
	w.safe = httptest.NewUnstartedServer(w.handler("https"))
	w.safe.TLS = &tls.Config{Certificates: []tls.Certificate{weekCertificate(t)}, MinVersion: tls.VersionTLS12}
	w.safe.StartTLS()
	t.Cleanup(w.safe.Close)
	return w
}

// behindAt is where the demo web is served.
func (w *weekWeb) behindAt() string {
	for _, entry := range w.demo.ConnectTo() {
		if to, ok := strings.CutPrefix(entry, "www.gfmd.org:80:"); ok {
			return to
		}
	}
	return ""
}

// connectTo is as [testsite.Server.ConnectTo], with the changed pages in front.
func (w *weekWeb) connectTo() []string {
	var out []string
	for _, entry := range w.demo.ConnectTo() {
		if strings.HasPrefix(entry, "www.gfmd.org:443:") {
			entry = "www.gfmd.org:443:" + w.safe.Listener.Addr().String()
		}
		out = append(out, strings.Replace(entry, w.behindAt(), w.plain.Listener.Addr().String(), 1))
	}
	return out
}

// caFile is what trusts the certificate of www.gfmd.org.
func (w *weekWeb) caFile(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.safe.TLS.Certificates[0].Certificate[0]})
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// answer has an address answer with that page from now on.
func (w *weekWeb) answer(uri string, p weekPage) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages[uri] = p
}

// seen is what was answered at an address so far.
func (w *weekWeb) seen(uri string) []weekAnswer {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked[uri])
}

func (w *weekWeb) handler(scheme string) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		uri := scheme + "://" + r.Host + r.URL.RequestURI()
		w.mu.Lock()
		p, ours := w.pages[uri]
		w.mu.Unlock()
		if !ours {
			w.behind.ServeHTTP(rw, r)
			return
		}
		got := weekAnswer{at: w.clock.now(), status: p.status, body: p.body()}
		if p.etag != "" && r.Header.Get("If-None-Match") == p.etag {
			got.status, got.body = http.StatusNotModified, ""
		}
		w.mu.Lock()
		w.asked[uri] = append(w.asked[uri], got)
		w.mu.Unlock()
		p.write(rw, got)
	})
}

func (p weekPage) body() string {
	if p.title == "" {
		return "<h1>" + http.StatusText(p.status) + "</h1>"
	}
	return "<!DOCTYPE html><html lang=\"en\"><title>" + p.title + "</title><link rel=\"stylesheet\" href=\"" + p.styleSheet + "\"><p>" + p.say + "</p></html>"
}

func (p weekPage) write(rw http.ResponseWriter, got weekAnswer) {
	for name, value := range map[string]string{"ETag": p.etag, "Location": p.to} {
		if value != "" {
			rw.Header().Set(name, value)
		}
	}
	rw.Header()["Date"] = nil // the real one would tell of another time
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.WriteHeader(got.status)
	_, _ = bytes.NewReader([]byte(got.body)).WriteTo(rw) // an error is a client that went away
}

// weekCertificate signs itself. By the real clock it may have ended long ago.
func weekCertificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: weekCertificateEnds.AddDate(0, -3, 0), NotAfter: weekCertificateEnds,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, DNSNames: []string{"www.gfmd.org"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

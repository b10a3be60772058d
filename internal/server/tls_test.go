package server

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

// certify writes a new certificate for that name, and its key.
func certify(t *testing.T, name, cert, key string, at time.Time) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: now, NotAfter: now.AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
	}
}

func TestACertificateIsReadAgainWhenItChanges(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	clock := now
	certify(t, "first.example", cert, key, now)
	c, err := TLS(cert, key, func() time.Time { return clock }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	is := func(want string) {
		t.Helper()
		clock = clock.Add(lookEvery)
		got, err := c.GetCertificate(new(tls.ClientHelloInfo))
		if err != nil || got.Leaf.Subject.CommonName != want {
			t.Errorf("%v, %v; want %s", got.Leaf.Subject, err, want)
		}
	}
	is("first.example")
	certify(t, "second.example", cert, key, now.Add(time.Hour))
	is("second.example")
	if err := os.WriteFile(cert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	is("second.example")
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	is("second.example")
	certify(t, "third.example", cert, key, now.Add(2*time.Hour))
	is("third.example")
}

func TestACertificateThatCannotBeUsedIsSaidAtOnce(t *testing.T) {
	for _, files := range [][2]string{{"", "key.pem"}, {"cert.pem", ""}, {"none.pem", "none.pem"}} {
		if _, err := TLS(files[0], files[1], time.Now, slog.New(slog.DiscardHandler)); err == nil || ibid.KindOf(err) != ibid.KindInput {
			t.Errorf("%v: %v", files, err)
		}
	}
}

// Over TLS, cookies are for TLS alone, and HTTP/2 is spoken.
func TestAnswersOverTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	certify(t, "localhost", cert, key, now)
	by, err := TLS(cert, key, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, tls.NewListener(l, by), signable(), slog.New(slog.DiscardHandler)) }()
	leaf, err := by.GetCertificate(new(tls.ClientHelloInfo))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf.Leaf)
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{
		RootCAs: roots, ServerName: "localhost", Time: func() time.Time { return now.Add(time.Hour) }, MinVersion: tls.VersionTLS12,
	}}
	resp, err := (&http.Client{Transport: transport}).Get("https://" + l.Addr().String() + "/signin")
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	c := resp.Cookies()
	if resp.ProtoMajor != 2 || len(c) != 1 || !c[0].Secure || c[0].Name != "__Host-"+formCookie {
		t.Errorf("%s, %v", resp.Proto, c)
	}
	transport.CloseIdleConnections()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

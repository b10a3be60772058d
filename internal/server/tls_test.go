package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
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

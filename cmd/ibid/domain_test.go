package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/archive/custody"
	"github.com/ibid-archive/ibid/archive/custody/custodytest"
)

// An export in the name of a domain says so to whoever knows the authorities, and there is none when it cannot be stamped.
func TestExportsAreSignedForADomain(t *testing.T) {
	t.Parallel()
	environ, _ := imported(t)
	dir := t.TempDir()
	srv, err := custodytest.Start(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	_, stamped, err := custody.Authority{URL: srv.URL, Client: srv.Client()}.Stamp(t.Context(), []byte("who are you?"))
	if err != nil {
		t.Fatal(err)
	}
	cert, key := certificateOf(t, "archive.example")
	file := func(name string, b []byte) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	roots := "IBID_SIGNING_ROOTS_FILE=" + file("roots.pem", append(block("CERTIFICATE", cert), block("CERTIFICATE", stamped.Certificates[0].Raw)...))
	out, none := filepath.Join(dir, "out.wacz"), filepath.Join(dir, "none.wacz")
	signing := slices.Concat(environ, []string{"IBID_CUSTODY_TIMESTAMP_URL=" + srv.URL, "IBID_NETWORK_ALLOW=" + strings.TrimPrefix(srv.URL, "http://"), "IBID_SIGNING_DOMAIN_CERT_FILE=" + file("cert.pem", block("CERTIFICATE", cert))})
	_, stderr, code := runWith(t, signing, nil, "export", "default", "-o", none)
	if code != 2 || !strings.Contains(stderr, "it needs all of") {
		t.Errorf("half a configuration: %d, %s", code, stderr)
	}
	signing = append(signing, "IBID_SIGNING_DOMAIN_KEY_FILE="+file("key.pem", block("PRIVATE KEY", key)))
	must(t, signing, 0, "export", "default", "-o", out)
	if got := must(t, append(environ, roots), 0, "verify", out); !strings.Contains(got, "for the domain archive.example, time stamped on 2") {
		t.Error(got)
	}
	if got := must(t, environ, 4, "verify", out); !strings.Contains(got, "P26") || !strings.Contains(got, "nobody known here vouches") {
		t.Error(got)
	}
	srv.Status.Store(http.StatusServiceUnavailable)
	_, stderr, code = runWith(t, signing, nil, "export", "default", "-o", none)
	if code == 0 || !strings.Contains(stderr, "503") {
		t.Errorf("without an authority: %d, %s", code, stderr)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*none.wacz*")); err != nil || len(left) > 0 {
		t.Errorf("there is %q, %v", left, err)
	}
}

// certificateOf is a certificate of a domain that vouches for itself, and its key.
func certificateOf(t *testing.T, domain string) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{domain}}
	if cert, err = x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private); err == nil {
		key, err = x509.MarshalPKCS8PrivateKey(private)
	}
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

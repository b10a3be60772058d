package wacz

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

// signedForDomain is a signature as authsign makes it: ECDSA on P-256 as ASN.1, with the certificate of the domain.
func signedForDomain(t *testing.T, hash ibid.Digest) *SignedData {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: testTime.Add(-time.Hour), NotAfter: testTime.Add(time.Hour), DNSNames: []string{"archive.example"},
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(hash))
	sig, err := ecdsa.SignASN1(rand.Reader, key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return &SignedData{
		Hash: hash, Created: testTime.Format(time.RFC3339), Software: "authsign", Signature: base64.StdEncoding.EncodeToString(sig),
		Domain: "archive.example", DomainCert: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		TimeSignature: "x", TimestampCert: "x",
	}
}

func TestSignatures(t *testing.T) {
	hash := ibid.DigestOf([]byte("a package"))
	anonymous := func() *SignedData {
		s, err := sign(testKey(t), hash, testTime, "test/1")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	domain := func() *SignedData { return signedForDomain(t, hash) }
	for _, c := range []struct {
		name   string
		s      *SignedData
		change func(*SignedData)
		good   bool
	}{
		{"anonymous", anonymous(), func(*SignedData) {}, true},
		{"of a domain", domain(), func(*SignedData) {}, true},
		{"over something else", anonymous(), func(s *SignedData) { s.Hash = ibid.DigestOf(nil) }, false},
		{"of another key", anonymous(), func(s *SignedData) { s.PublicKey = anonymous().PublicKey }, false},
		{"a key that is none", anonymous(), func(s *SignedData) { s.PublicKey = "AAAA" }, false},
		{"as ASN.1 where it must be raw", anonymous(), func(s *SignedData) { s.Signature = domain().Signature }, false},
		{"no base64", anonymous(), func(s *SignedData) { s.Signature = "?" }, false},
		{"of another domain", domain(), func(s *SignedData) { s.Domain = "other.example" }, false},
		{"when the certificate was not valid yet", domain(), func(s *SignedData) { s.Created = "2020-01-01T00:00:00Z" }, false},
		{"at no time", domain(), func(s *SignedData) { s.Created = "yesterday" }, false},
		{"with a certificate that is none", domain(), func(s *SignedData) { s.DomainCert = "x" }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.change(c.s)
			key, err := c.s.verify(hash)
			if (err == nil) != c.good || c.good && !key.Valid() {
				t.Errorf("key %s, %v", key, err)
			}
			if shape := c.s.shape(); shape != nil {
				t.Errorf("its shape: %v", shape)
			}
		})
	}
}

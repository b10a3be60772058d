package wacz

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"testing"

	"github.com/ibid-archive/ibid"
)

// asn1Signature is a signature in the form in which those of domains are.
func asn1Signature(t *testing.T, hash ibid.Digest) string {
	t.Helper()
	sum := sha256.Sum256([]byte(hash))
	sig, err := ecdsa.SignASN1(rand.Reader, testKey(t), sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(sig)
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
	for _, c := range []struct {
		name   string
		s      *SignedData
		change func(*SignedData)
		good   bool
	}{
		{"anonymous", anonymous(), func(*SignedData) {}, true},
		{"over something else", anonymous(), func(s *SignedData) { s.Hash = ibid.DigestOf(nil) }, false},
		{"of another key", anonymous(), func(s *SignedData) { s.PublicKey = anonymous().PublicKey }, false},
		{"a key that is none", anonymous(), func(s *SignedData) { s.PublicKey = "AAAA" }, false},
		{"as ASN.1 where it must be raw", anonymous(), func(s *SignedData) { s.Signature = asn1Signature(t, hash) }, false},
		{"no base64", anonymous(), func(s *SignedData) { s.Signature = "?" }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.change(c.s)
			who, f := c.s.verify(hash, Trust{})
			if (f == nil) != c.good || c.good && !who.Key.Valid() || !c.good && f.Code != string(CodeSignature) {
				t.Errorf("%+v, %v", who, f)
			}
			if shape := c.s.shape(); shape != nil {
				t.Errorf("its shape: %v", shape)
			}
		})
	}
}

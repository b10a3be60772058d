package wacz

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/custody"
	"github.com/ibid-archive/ibid/archive/custody/custodytest"
)

// issued is a certificate with its key. An authority is one without a domain.
type issued struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// issue makes a certificate from an hour before testTime to one after it; by nil: one that vouches for itself.
func issue(t testing.TB, by *issued, domain string) *issued {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority"}, NotBefore: testTime.Add(-time.Hour), NotAfter: testTime.Add(time.Hour),
		IsCA: domain == "", BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if domain != "" {
		template.Subject.CommonName, template.DNSNames = "", []string{domain}
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &issued{cert, key}
}

// stampingAuthority stamps at a time, and gives its certificate.
func stampingAuthority(t testing.TB, at time.Time) (stamp func([]byte) ([]byte, time.Time, []*x509.Certificate, error), root *x509.Certificate) {
	t.Helper()
	srv, err := custodytest.Start(func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	stamp = func(text []byte) ([]byte, time.Time, []*x509.Certificate, error) {
		answer, s, err := custody.Authority{URL: srv.URL, Client: srv.Client()}.Stamp(t.Context(), text)
		return answer, s.Time, s.Certificates, err
	}
	_, _, chain, err := stamp([]byte("who are you?"))
	if err != nil {
		t.Fatal(err)
	}
	return stamp, chain[0]
}

// trusting is a Trust in some roots.
func trusting(roots ...*x509.Certificate) Trust {
	pool := x509.NewCertPool()
	for _, r := range roots {
		pool.AddCert(r)
	}
	return Trust{Roots: pool, Stamp: func(answer, text []byte, more []*x509.Certificate) (time.Time, []*x509.Certificate, error) {
		s, err := custody.ReadStamp(answer, text, more)
		return s.Time, s.Certificates, err
	}}
}

func at(now time.Time) func() time.Time { return func() time.Time { return now } }

// TestDomainSignatures has a fixture for each code of a signature in the name of a domain.
func TestDomainSignatures(t *testing.T) {
	stamp, tsa := stampingAuthority(t, testTime)
	late, _ := stampingAuthority(t, testTime.Add(11*time.Minute))
	_, otherTSA := stampingAuthority(t, testTime)
	root, stranger := issue(t, nil, ""), issue(t, nil, "")
	between := issue(t, root, "")
	leaf := issue(t, between, "archive.example")
	selfMade := issue(t, nil, "archive.example")
	hash := ibid.DigestOf([]byte("a package"))
	signed := func(by *issued, chain ...*x509.Certificate) *SignedData {
		d, err := NewDomain(DomainOptions{Chain: append([]*x509.Certificate{by.cert}, chain...), Key: by.key, Stamp: stamp, Now: at(testTime)})
		if err != nil {
			t.Fatal(err)
		}
		s, err := d.sign(hash, "test/1")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	good := func() *SignedData { return signed(leaf, between.cert) }
	known := trusting(root.cert, tsa)
	for _, c := range []struct {
		name   string
		s      *SignedData
		change func(*SignedData)
		trust  Trust
		want   Code
	}{
		{"good", good(), func(*SignedData) {}, known, ""},
		{"over something else", good(), func(s *SignedData) { s.Hash = ibid.DigestOf(nil) }, known, CodeSignature},
		{"of another key", good(), func(s *SignedData) { s.Signature = good().Signature[:90] + "AAAA" }, known, CodeSignature},
		{"of another domain", good(), func(s *SignedData) { s.Domain = "other.example" }, known, CodeDomain},
		{"a certificate that is none", good(), func(s *SignedData) { s.DomainCert = "x" }, known, CodeDomain},
		{"a long chain", good(), func(s *SignedData) { s.DomainCert = strings.Repeat(s.DomainCert, maxChain) }, known, CodeDomain},
		{"when the certificate had expired", signedAt(t, leaf, hash, testTime.Add(2*time.Hour)), func(*SignedData) {}, known, CodeValid},
		{"before it was valid", signedAt(t, leaf, hash, testTime.Add(-2*time.Hour)), func(*SignedData) {}, known, CodeValid},
		{"at no time", good(), func(s *SignedData) { s.Created = "yesterday" }, known, CodeStamp},
		{"at another time than stamped", good(), func(s *SignedData) { s.Created = testTime.Add(-11 * time.Minute).Format(time.RFC3339) }, known, CodeStamp},
		{"a time stamp of something else", good(), func(s *SignedData) { s.TimeSignature = signed(leaf).TimeSignature }, known, CodeStamp},
		{"a time stamp that is none", good(), func(s *SignedData) { s.TimeSignature = "eA==" }, known, CodeStamp},
		{"a time stamp of somebody else", good(), func(s *SignedData) { s.TimestampCert = pemOf([]*x509.Certificate{otherTSA}) }, known, CodeStamp},
		{"no certificate of the time stamp", good(), func(s *SignedData) { s.TimestampCert = "x" }, known, CodeStamp},
		{"a certificate that vouches for itself", signed(selfMade), func(*SignedData) {}, known, CodeIssuer},
		{"a gap in the chain", signed(leaf), func(*SignedData) {}, known, CodeIssuer},
		{"an authority that nobody knows", good(), func(*SignedData) {}, trusting(stranger.cert, tsa), CodeIssuer},
		{"an authority for time that nobody knows", good(), func(*SignedData) {}, trusting(root.cert), CodeIssuer},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.change(c.s)
			who, f := c.s.verify(hash, c.trust)
			if f == nil != (c.want == "") || f != nil && f.Code != string(c.want) {
				t.Fatalf("found %v, want %s", f, c.want)
			}
			isKnown := who != nil && who.Known && who.Domain == "archive.example" && who.Stamped.Equal(testTime)
			if isKnown != (c.want == "") || who != nil != (c.want == "" || c.want == CodeIssuer) || f != nil && f.Broken() == (c.want == CodeIssuer) {
				t.Errorf("it is %+v", who)
			}
			if err := c.s.shape(); err != nil {
				t.Error(err)
			}
		})
	}
	d, err := NewDomain(DomainOptions{Chain: []*x509.Certificate{leaf.cert}, Key: leaf.key, Stamp: late, Now: at(testTime)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.sign(hash, "test/1"); err == nil || !strings.Contains(err.Error(), "the clock here") {
		t.Errorf("signed by another clock than the authority's: %v", err)
	}
}

// signedAt is a signature that somebody has made at a time at which a Domain makes none.
func signedAt(t testing.TB, by *issued, hash ibid.Digest, when time.Time) *SignedData {
	t.Helper()
	stamp, _ := stampingAuthority(t, when)
	d := &Domain{name: by.cert.DNSNames[0], chain: []*x509.Certificate{by.cert}, key: by.key, o: DomainOptions{Stamp: stamp, Now: at(when)}}
	s, err := d.sign(hash, "test/1")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What others sign may bring an answer of the authority without a certificate in it, or the token alone: the token is taken here.
func TestATimeStampAsAToken(t *testing.T) {
	stamp, tsa := stampingAuthority(t, testTime)
	leaf := issue(t, nil, "archive.example")
	hash := ibid.DigestOf([]byte("a package"))
	s := signedAt(t, leaf, hash, testTime)
	answer, _, _, err := stamp([]byte(s.Signature))
	if err != nil {
		t.Fatal(err)
	}
	token := answer[bytes.Index(answer, []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02})-4:]
	s.TimeSignature, s.TimestampCert = base64.StdEncoding.EncodeToString(token), pemOf([]*x509.Certificate{tsa})
	if who, f := s.verify(hash, trusting(leaf.cert, tsa)); f != nil || !who.Known {
		t.Errorf("%+v, %v", who, f)
	}
}

func TestDomainsThatCannotSign(t *testing.T) {
	leaf, nameless := issue(t, nil, "archive.example"), issue(t, nil, "")
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]DomainOptions{
		"RSA":                {Chain: []*x509.Certificate{leaf.cert}, Key: rsaKey},
		"another key":        {Chain: []*x509.Certificate{leaf.cert}, Key: nameless.key},
		"no certificate":     {Key: leaf.key},
		"no domain":          {Chain: []*x509.Certificate{nameless.cert}, Key: nameless.key},
		"expired":            {Chain: []*x509.Certificate{leaf.cert}, Key: leaf.key, Now: at(testTime.Add(2 * time.Hour))},
		"not valid yet":      {Chain: []*x509.Certificate{leaf.cert}, Key: leaf.key, Now: at(testTime.Add(-2 * time.Hour))},
		"a key that is none": {Chain: []*x509.Certificate{leaf.cert}, Key: crypto.PrivateKey(nil)},
	} {
		if o.Now == nil {
			o.Now = at(testTime)
		}
		if _, err := NewDomain(o); err == nil {
			t.Errorf("%s: it signs", name)
		}
	}
	d, err := NewDomain(DomainOptions{Chain: []*x509.Certificate{leaf.cert}, Key: leaf.key, Now: at(testTime), Stamp: func([]byte) ([]byte, time.Time, []*x509.Certificate, error) {
		return nil, time.Time{}, nil, errors.New("nobody answers")
	}})
	if err != nil {
		t.Fatal(err)
	}
	w := NewWriter(new(bytes.Buffer), Options{Created: testTime, Domain: d, TempDir: t.TempDir()})
	if err := w.Close(nil); err == nil || !strings.Contains(err.Error(), "nobody answers") {
		t.Errorf("a package that could not be signed is closed: %v", err)
	}
}

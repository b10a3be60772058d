package wacz

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
)

// stampWithin is how far the time stamp may be from the time at which a package says that it was signed (wacz-auth 0.1.0).
const stampWithin = 10 * time.Minute

// Domain signs packages in the name of a domain (wacz-auth 0.1.0).
type Domain struct {
	name  string
	chain []*x509.Certificate
	key   *ecdsa.PrivateKey
	o     DomainOptions
}

// DomainOptions are what a Domain is made of. All are needed.
type DomainOptions struct {
	// Chain is the certificate of the domain, then those that vouch for it.
	Chain []*x509.Certificate
	// Key is that of the certificate. Only ECDSA is verified by others.
	Key crypto.PrivateKey
	// Stamp has a text stamped with the time (RFC 3161): the answer of the authority, what it says, and the certificate of who made it
	// with those that came along.
	Stamp func(text []byte) (answer []byte, at time.Time, chain []*x509.Certificate, err error)
	Now   func() time.Time
}

// NewDomain returns a Domain, if its certificate is one of a domain and valid now.
func NewDomain(o DomainOptions) (*Domain, error) {
	key, ok := o.Key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("the key is of another kind than ECDSA, which is all that wacz-auth knows")
	}
	if len(o.Chain) == 0 || !key.PublicKey.Equal(o.Chain[0].PublicKey) {
		return nil, errors.New("the certificate is not one of the key")
	}
	cert := o.Chain[0]
	if now := o.Now(); now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
		return nil, fmt.Errorf("the certificate is valid from %s to %s, and not now", cert.NotBefore.Format(time.RFC3339), cert.NotAfter.Format(time.RFC3339))
	}
	name := cert.Subject.CommonName // what authsign compares
	if cert.VerifyHostname(name) != nil {
		if len(cert.DNSNames) == 0 {
			return nil, errors.New("the certificate names no domain")
		}
		name = cert.DNSNames[0]
	}
	return &Domain{name, o.Chain, key, o}, nil
}

// Public is the key that signs.
func (d *Domain) Public() *ecdsa.PublicKey { return &d.key.PublicKey }

// sign is the signature over hash, stamped with the time.
func (d *Domain) sign(hash ibid.Digest, software string) (*SignedData, error) {
	sum := sha256.Sum256([]byte(hash))
	created := d.o.Now().UTC().Truncate(time.Second)
	raw, err := ecdsa.SignASN1(rand.Reader, d.key, sum[:])
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	signature := base64.StdEncoding.EncodeToString(raw)
	answer, at, stamped, err := d.o.Stamp([]byte(signature))
	if err != nil {
		return nil, fmt.Errorf("sign for the domain %s: %w", d.name, err)
	}
	if at.Sub(created).Abs() > stampWithin {
		return nil, fmt.Errorf("sign for the domain %s: the time stamp says %s, and the clock here %s", d.name, at.UTC().Format(time.RFC3339), created.Format(time.RFC3339))
	}
	return &SignedData{
		Hash: hash, Created: created.Format(time.RFC3339), Software: software, Version: AuthVersion, Signature: signature,
		Domain: d.name, DomainCert: pemOf(d.chain), TimeSignature: base64.StdEncoding.EncodeToString(answer), TimestampCert: pemOf(ordered(stamped)),
	}, nil
}

// ordered is a certificate with those that vouch for it, each before that of its issuer, as far as they are there.
func ordered(certs []*x509.Certificate) []*x509.Certificate {
	chain := certs[:1:1]
	for {
		last := chain[len(chain)-1]
		i := slices.IndexFunc(certs, func(c *x509.Certificate) bool {
			return bytes.Equal(c.RawSubject, last.RawIssuer) && last.CheckSignatureFrom(c) == nil
		})
		if i < 0 || slices.ContainsFunc(chain, certs[i].Equal) {
			return chain
		}
		chain = append(chain, certs[i])
	}
}

func pemOf(chain []*x509.Certificate) string {
	var b bytes.Buffer
	for _, c := range chain {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return b.String()
}

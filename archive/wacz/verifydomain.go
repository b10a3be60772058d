package wacz

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Trust is by whose word certificates count.
type Trust struct {
	// Roots are those in which a chain must end; nil: those of the system.
	Roots *x509.CertPool
	// Stamp reads an answer of an authority for time stamps over text (RFC 3161), whose signature it holds against the certificates in
	// it or, when there are none, against more. It returns the time, and the certificate of who made it with those that came along.
	Stamp func(answer, text []byte, more []*x509.Certificate) (at time.Time, chain []*x509.Certificate, err error)
}

// verifyDomain says what is wrong with a signature over sum in the name of a domain, and when it was stamped. A Finding of CodeIssuer
// is that nobody who is known vouches for it; all else about it is good then.
func (s *SignedData) verifyDomain(sum, sig []byte, trust Trust) (*ecdsa.PublicKey, time.Time, *Finding) {
	bad := func(code Code, err error) (*ecdsa.PublicKey, time.Time, *Finding) {
		return nil, time.Time{}, found(code, digestPath, "%v", err)
	}
	chain, err := certificates(s.DomainCert)
	if err != nil {
		return bad(CodeDomain, fmt.Errorf("the certificate of the domain %w", err))
	}
	cert := chain[0]
	if err := cert.VerifyHostname(s.Domain); err != nil {
		return bad(CodeDomain, fmt.Errorf("the certificate is not one of the domain: %w", err))
	}
	pub, err := publicOf(cert.PublicKey, nil)
	if err != nil {
		return bad(CodeSignature, err)
	}
	if !ecdsa.VerifyASN1(pub, sum, sig) {
		return bad(CodeSignature, errNotOver)
	}
	at, stamped, err := s.stamp(trust)
	if err != nil {
		return bad(CodeStamp, err)
	}
	if err := s.inTime(cert, at); err != nil {
		return bad(CodeValid, err)
	}
	if err := leads(chain, trust.Roots, at, x509.ExtKeyUsageAny); err != nil {
		return pub, at, found(CodeIssuer, digestPath, "nobody known here vouches for the certificate of %.200q: %v", s.Domain, err)
	}
	if err := leads(stamped, trust.Roots, at, x509.ExtKeyUsageTimeStamping); err != nil {
		return pub, at, found(CodeIssuer, digestPath, "nobody known here vouches for the certificate of the time stamp: %v", err)
	}
	return pub, at, nil
}

// errNotOver is that of a signature over something else, or with another key.
var errNotOver = errors.New("the signature is not that of its key over this package")

// stamp reads the time stamp over the signature. Who made it must be who the package says.
func (s *SignedData) stamp(trust Trust) (time.Time, []*x509.Certificate, error) {
	more, err := certificates(s.TimestampCert)
	if err != nil {
		return time.Time{}, nil, fmt.Errorf("the certificate of the time stamp %w", err)
	}
	answer, err := base64.StdEncoding.DecodeString(s.TimeSignature)
	if err != nil {
		return time.Time{}, nil, fmt.Errorf("the time stamp is no base64: %w", err)
	}
	at, chain, err := trust.Stamp(answer, []byte(s.Signature), more)
	if err != nil {
		return at, nil, err
	}
	if !slices.ContainsFunc(more, chain[0].Equal) {
		return at, nil, errors.New("the time stamp was made by somebody else than the package says")
	}
	created, err := time.Parse(time.RFC3339, s.Created)
	if err != nil {
		return at, nil, fmt.Errorf("the time of signing cannot be read: %w", err)
	}
	if at.Sub(created).Abs() > stampWithin {
		return at, nil, fmt.Errorf("the package says that it was signed on %s, and the time stamp %s", s.Created, at.UTC().Format(time.RFC3339))
	}
	return at, append(chain, more...), nil
}

// inTime says whether the certificate was valid when the package says that it was signed, and when that was stamped.
func (s *SignedData) inTime(cert *x509.Certificate, at time.Time) error {
	created, err := time.Parse(time.RFC3339, s.Created)
	for _, t := range []time.Time{created, at} {
		if err != nil || t.Before(cert.NotBefore) || t.After(cert.NotAfter) {
			return fmt.Errorf("the certificate of the domain is valid from %s to %s, and was not on %s, when the package was signed",
				cert.NotBefore.UTC().Format(time.RFC3339), cert.NotAfter.UTC().Format(time.RFC3339), t.UTC().Format(time.RFC3339))
		}
	}
	return nil
}

// leads says whether a chain leads to one of roots.
func leads(chain []*x509.Certificate, roots *x509.CertPool, at time.Time, use x509.ExtKeyUsage) error {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{use}})
	return err //nolint:wrapcheck // the caller says of what
}

// maxChain bounds the certificates of one chain.
const maxChain = 16

// certificates are those of a chain in PEM form; there is one at least.
func certificates(text string) (chain []*x509.Certificate, err error) {
	for rest := []byte(text); ; {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		switch {
		case block == nil && len(chain) == 0:
			return nil, errors.New("is not in PEM form")
		case block == nil:
			return chain, nil
		case len(chain) == maxChain:
			return nil, fmt.Errorf("comes with more than %d others", maxChain)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("cannot be read: %w", err)
		}
		chain = append(chain, c)
	}
}

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/custody"
	"github.com/ibid-archive/ibid/archive/wacz"
	"github.com/ibid-archive/ibid/configs"
)

// signingDomain is in whose name an export is signed; nil: in nobody's, with the key alone.
func (p *program) signingDomain(ctx context.Context, c configs.Config) (*wacz.Domain, error) {
	files := c.Signing.Domain
	if files.CertFile+files.KeyFile == "" {
		return nil, nil //nolint:nilnil // none is configured
	}
	bad := func(err error) error {
		return &ibid.Error{Kind: ibid.KindInput, Op: "sign with signing.domain", URI: files.CertFile, Err: err}
	}
	if files.CertFile == "" || files.KeyFile == "" || c.Custody.Timestamp.URL == "" {
		return nil, bad(errors.New("it needs all of signing.domain.cert_file, signing.domain.key_file and custody.timestamp.url"))
	}
	pair, err := tls.LoadX509KeyPair(files.CertFile, files.KeyFile)
	if err != nil {
		return nil, bad(err)
	}
	o := wacz.DomainOptions{Key: pair.PrivateKey, Now: p.now, Stamp: func(text []byte) (answer []byte, at time.Time, chain []*x509.Certificate, err error) {
		a, done, err := timeAuthority(c)
		if err != nil {
			return nil, at, nil, err
		}
		defer done()
		answer, s, err := a.Stamp(ctx, text)
		return answer, s.Time, s.Certificates, err
	}}
	for _, der := range pair.Certificate {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, bad(err)
		}
		o.Chain = append(o.Chain, cert)
	}
	d, err := wacz.NewDomain(o)
	if err != nil {
		return nil, bad(err)
	}
	return d, nil
}

// timeAuthority is the one for time stamps that is configured. It is to be done with at the end.
func timeAuthority(c configs.Config) (a custody.Authority, done func(), err error) {
	dialer, err := guard(c)
	if err != nil {
		return a, nil, err
	}
	roots, err := rootCAs(c.Network.CAFile)
	if err != nil {
		return a, nil, err
	}
	transport := &http.Transport{DialContext: dialer.DialContext, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	return custody.Authority{URL: c.Custody.Timestamp.URL, Client: &http.Client{Transport: transport, Timeout: stampTimeout}}, transport.CloseIdleConnections, nil
}

// trusted is by whose word certificates in packages count here.
func (p *program) trusted() (wacz.Trust, error) {
	c, err := p.config()
	if err != nil {
		return wacz.Trust{}, err
	}
	roots, err := rootsOf("signing.roots_file", c.Signing.RootsFile)
	return wacz.Trust{Roots: roots, Stamp: func(answer, text []byte, more []*x509.Certificate) (time.Time, []*x509.Certificate, error) {
		s, err := custody.ReadStamp(answer, text, more)
		return s.Time, s.Certificates, err
	}}, err
}

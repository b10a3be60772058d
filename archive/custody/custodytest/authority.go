// Package custodytest is an authority for time stamps (RFC 3161) on loopback, for tests.
package custodytest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"time"

	"github.com/digitorus/timestamp"
)

// Authority stamps whatever it is asked to.
type Authority struct {
	*httptest.Server
	// Status, when it is set to another value than 200, is answered in the place of a stamp.
	Status atomic.Int64

	now  func() time.Time
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

// maxQuery bounds a request, in bytes.
const maxQuery = 1 << 20

// Start returns an authority by the clock now, with a certificate of its own making.
func Start(now func() time.Time) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Time"}, NotBefore: now().AddDate(-1, 0, 0), NotAfter: now().AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	a := &Authority{now: now, key: key}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	a.Status.Store(http.StatusOK)
	a.Server = httptest.NewServer(http.HandlerFunc(a.stamp))
	return a, nil
}

func (a *Authority) stamp(w http.ResponseWriter, r *http.Request) {
	if status := int(a.Status.Load()); status != http.StatusOK {
		w.WriteHeader(status)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxQuery))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	asked, err := timestamp.ParseRequest(body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	t := timestamp.Timestamp{
		HashAlgorithm: asked.HashAlgorithm, HashedMessage: asked.HashedMessage, Time: a.now(), Policy: []int{1, 2, 3},
		Certificates: []*x509.Certificate{a.cert}, AddTSACertificate: asked.Certificates,
	}
	answer, err := t.CreateResponseWithOpts(a.cert, a.key, crypto.SHA256)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(answer) // whoever asked may be gone
}

package custody

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"

	"github.com/ibid-archive/ibid"
)

// Authority is who stamps checkpoints and exports with the time (RFC 3161).
type Authority struct {
	// URL is where requests are posted (RFC 3161, 3.4).
	URL string
	// Client makes the requests.
	Client *http.Client
}

// Stamped is what a time stamp says.
type Stamped struct {
	Time time.Time
	// Certificates are those that came with it: that of who made it first. Who vouches for that one is not looked at.
	Certificates []*x509.Certificate
}

// maxToken bounds the answer of an authority, in bytes.
const maxToken = 1 << 20

// Stamp has text stamped with the time. It returns the answer of the authority (RFC 3161, 2.4.2), checked, and what it says. The
// error is of KindNetwork.
func (a Authority) Stamp(ctx context.Context, text []byte) ([]byte, Stamped, error) {
	answer, err := a.ask(ctx, text)
	var s Stamped
	if err == nil {
		s, err = ReadStamp(answer, text, nil)
	}
	if err != nil {
		return nil, s, &ibid.Error{Kind: ibid.KindNetwork, Op: "have the time stamped by", URI: a.URL, Err: err}
	}
	return answer, s, nil
}

func (a Authority) ask(ctx context.Context, text []byte) ([]byte, error) {
	body, err := timestamp.CreateRequest(bytes.NewReader(text), &timestamp.RequestOptions{Hash: crypto.SHA256, Certificates: true})
	if err != nil {
		return nil, fmt.Errorf("the request: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("the request: %w", err)
	}
	r.Header.Set("Content-Type", "application/timestamp-query")
	resp, err := a.Client.Do(r)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says all
	}
	defer resp.Body.Close() //nolint:errcheck // only read from
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answered %s", resp.Status)
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxToken))
	if err != nil {
		return nil, fmt.Errorf("its answer: %w", err)
	}
	return answer, nil
}

// tokenOf reads the answer of an authority.
func tokenOf(answer []byte) (*timestamp.Timestamp, error) {
	t, err := timestamp.ParseResponse(answer)
	if err != nil {
		return nil, fmt.Errorf("the answer of the authority: %w", err)
	}
	return t, nil
}

// ReadStamp says what a time stamp over text says: the answer of an authority, or the token in it. Its signature must be that of
// one of its certificates or, when it brings none, of one of more.
func ReadStamp(b, text []byte, more []*x509.Certificate) (Stamped, error) {
	if !isDER(b, maxDepth) {
		return Stamped{}, errors.New("the time stamp cannot be read: it is not in DER form")
	}
	t, err := timestamp.ParseResponse(b)
	if err != nil {
		t, err = timestamp.Parse(b)
	}
	if err != nil {
		return Stamped{}, fmt.Errorf("the time stamp cannot be read: %w", err)
	}
	p7, err := pkcs7.Parse(t.RawToken)
	if err != nil {
		return Stamped{}, fmt.Errorf("the time stamp cannot be read: %w", err)
	}
	if len(p7.Certificates) == 0 {
		p7.Certificates = more
	}
	maker := p7.GetOnlySigner()
	if maker == nil {
		return Stamped{}, errors.New("the time stamp comes without the certificate of who made it")
	}
	if err := p7.Verify(); err != nil {
		return Stamped{}, fmt.Errorf("the signature of the time stamp: %w", err)
	}
	sum := sha256.Sum256(text)
	if t.HashAlgorithm != crypto.SHA256 || !bytes.Equal(t.HashedMessage, sum[:]) {
		return Stamped{}, errors.New("the time stamp is one of something else")
	}
	s := Stamped{Time: t.Time, Certificates: []*x509.Certificate{maker}}
	for _, c := range p7.Certificates {
		if !c.Equal(maker) {
			s.Certificates = append(s.Certificates, c)
		}
	}
	return s, nil
}

// maxDepth bounds how deep a time stamp is nested: twice as deep as they are.
const maxDepth = 40

// isDER says whether b is elements in DER form, one in the other (X.690). Time stamps are (RFC 3161, 2.4.2); what the library would
// try to read otherwise makes it panic.
func isDER(b []byte, depth int) bool {
	for len(b) > 0 {
		var v asn1.RawValue
		rest, err := asn1.Unmarshal(b, &v)
		if err != nil || depth == 0 || v.IsCompound && !isDER(v.Bytes, depth-1) {
			return false
		}
		b = rest
	}
	return true
}

// CheckStamp says when note was there, as the token says; who the authority is that signed it is not looked at.
func CheckStamp(token, note []byte) (time.Time, error) {
	s, err := ReadStamp(token, note, nil)
	return s.Time, err
}

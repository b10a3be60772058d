package wacz

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ibid-archive/ibid"
)

// DataDigest is datapackage-digest.json: the digest of datapackage.json, and who vouches for it.
type DataDigest struct {
	Path string      `json:"path"`
	Hash ibid.Digest `json:"hash"`
	// SignedData is nil for a package that is not signed.
	SignedData *SignedData `json:"signedData,omitempty"`
}

// SignedData is a signature (wacz-auth 0.1.0). With a PublicKey it is anonymous, with a Domain it is that of whoever held
// the domain; it never has both.
type SignedData struct {
	Hash     ibid.Digest `json:"hash"`
	Created  string      `json:"created"`
	Software string      `json:"software"`
	Version  string      `json:"version,omitempty"`
	// Signature is over the text of Hash, in base64: for a PublicKey r and s side by side (IEEE P1363), for a Domain as
	// ASN.1.
	Signature string `json:"signature"`
	// PublicKey is a SubjectPublicKeyInfo in base64.
	PublicKey string `json:"publicKey,omitempty"`

	Domain          string `json:"domain,omitempty"`
	DomainCert      string `json:"domainCert,omitempty"`
	TimeSignature   string `json:"timeSignature,omitempty"`
	TimestampCert   string `json:"timestampCert,omitempty"`
	CrossSignedCert string `json:"crossSignedCert,omitempty"`
}

// NewKey returns a new key to sign packages with: ECDSA on the curve P-384, the one that the readers in browsers verify.
func NewKey() (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("no new key: %w", err)
	}
	return key, nil
}

// Fingerprint is the name of a public key: the digest of its SubjectPublicKeyInfo (DER).
func Fingerprint(pub *ecdsa.PublicKey) (ibid.Digest, error) {
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return "", fmt.Errorf("the public key: %w", err)
	}
	return ibid.DigestOf(der), nil
}

// sign is the anonymous signature of key over hash.
func sign(key *ecdsa.PrivateKey, hash ibid.Digest, created time.Time, software string) (*SignedData, error) {
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("the public key: %w", err)
	}
	sum := sha256.Sum256([]byte(hash))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	n := (key.Curve.Params().BitSize + 7) / 8
	raw := append(r.FillBytes(make([]byte, n)), s.FillBytes(make([]byte, n))...)
	return &SignedData{
		Hash: hash, Created: created.UTC().Format(time.RFC3339), Software: software, Version: AuthVersion,
		Signature: base64.StdEncoding.EncodeToString(raw), PublicKey: base64.StdEncoding.EncodeToString(der),
	}, nil
}

// parseDigest reads datapackage-digest.json. What the specification does not allow in it is an error.
func parseDigest(b []byte) (*DataDigest, error) {
	var d DataDigest
	if err := json.Unmarshal(b, &d); err != nil {
		return nil, fmt.Errorf("it is no JSON of that form: %w", err)
	}
	var raw struct {
		SignedData json.RawMessage `json:"signedData"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, fmt.Errorf("it is no JSON of that form: %w", err)
	}
	if d.Path != dataPath || !d.Hash.Valid() {
		return nil, errors.New("it does not name datapackage.json and its sha256 digest")
	}
	if d.SignedData == nil {
		return &d, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw.SignedData))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&SignedData{}); err != nil {
		return nil, fmt.Errorf("signedData has what it may not have: %w", err)
	}
	return &d, d.SignedData.shape()
}

func (s *SignedData) shape() error {
	switch {
	case s.Signature == "" || s.Hash == "":
		return errors.New("signedData has no signature or no hash")
	case s.PublicKey != "" && s.Domain+s.DomainCert+s.TimeSignature+s.TimestampCert+s.CrossSignedCert != "":
		return errors.New("signedData is signed by a key and by a domain at once")
	case s.PublicKey == "" && (s.Domain == "" || s.DomainCert == "" || s.TimeSignature == "" || s.TimestampCert == ""):
		return errors.New("signedData has neither a public key nor all that belongs to a domain")
	}
	return nil
}

// verify says what is wrong with a signature that should be over hash, and whose it is, unless it is not good at all.
func (s *SignedData) verify(hash ibid.Digest, trust Trust) (*Signature, *Finding) {
	pub, at, f := s.signer(hash, trust)
	if pub == nil {
		return nil, f
	}
	key, err := Fingerprint(pub)
	if err != nil {
		return nil, found(CodeSignature, digestPath, "%v", err)
	}
	return &Signature{Key: key, Domain: s.Domain, Created: s.Created, Stamped: at, Known: s.Domain != "" && f == nil, Software: s.Software}, f
}

// signer is the key that has signed hash; nil: there is no good signature, as the Finding says.
func (s *SignedData) signer(hash ibid.Digest, trust Trust) (*ecdsa.PublicKey, time.Time, *Finding) {
	bad := func(format string, args ...any) (*ecdsa.PublicKey, time.Time, *Finding) {
		return nil, time.Time{}, found(CodeSignature, digestPath, format, args...)
	}
	if s.Hash != hash {
		return bad("it is over %s, and not over this package", s.Hash)
	}
	sig, err := base64.StdEncoding.DecodeString(s.Signature)
	if err != nil {
		return bad("the signature is no base64: %v", err)
	}
	sum := sha256.Sum256([]byte(hash))
	if s.PublicKey == "" {
		return s.verifyDomain(sum[:], sig, trust)
	}
	pub, err := parsePublic(s.PublicKey)
	if err != nil {
		return bad("%v", err)
	}
	if !verifyRaw(pub, sum[:], sig) {
		return bad("%v", errNotOver)
	}
	return pub, time.Time{}, nil
}

func parsePublic(text string) (*ecdsa.PublicKey, error) {
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("the public key is no base64: %w", err)
	}
	return publicOf(x509.ParsePKIXPublicKey(der))
}

func publicOf(key any, err error) (*ecdsa.PublicKey, error) {
	if err != nil {
		return nil, fmt.Errorf("the public key cannot be read: %w", err)
	}
	pub, ok := key.(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("the public key is of another kind than ECDSA")
	}
	return pub, nil
}

func verifyRaw(pub *ecdsa.PublicKey, sum, sig []byte) bool {
	n := (pub.Curve.Params().BitSize + 7) / 8
	if len(sig) != 2*n {
		return false
	}
	return ecdsa.Verify(pub, sum, new(big.Int).SetBytes(sig[:n]), new(big.Int).SetBytes(sig[n:]))
}

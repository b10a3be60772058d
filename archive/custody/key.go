package custody

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"github.com/ibid-archive/ibid"
)

// algorithm says how our signatures are made. Signed notes have no number for it, so it stands, spelled out, behind 0xff
// (c2sp.org/signed-note, "Signature types").
const algorithm = "\xffibid/ecdsa-sha384-asn1\n"

// keyHash is what a signature line names its key by.
func keyHash(name string, spki []byte) uint32 {
	sum := sha256.Sum256([]byte(name + "\n" + algorithm + string(spki)))
	return binary.BigEndian.Uint32(sum[:])
}

// verifier is a note.Verifier of a public key.
type verifier struct {
	name string
	spki []byte
	key  *ecdsa.PublicKey
}

func newVerifier(name string, spki []byte) (*verifier, error) {
	parsed, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		return nil, fmt.Errorf("a key of the log cannot be read: %w", err)
	}
	key, ok := parsed.(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("a key of the log is of another kind than ECDSA")
	}
	return &verifier{name, spki, key}, nil
}

func (v *verifier) Name() string    { return v.name }
func (v *verifier) KeyHash() uint32 { return keyHash(v.name, v.spki) }

func (v *verifier) Verify(msg, sig []byte) bool {
	sum := sha512.Sum384(msg)
	return ecdsa.VerifyASN1(v.key, sum[:], sig)
}

// signer is a note.Signer of a private key.
type signer struct {
	name string
	spki []byte
	key  *ecdsa.PrivateKey
}

func newSigner(name string, key *ecdsa.PrivateKey) (*signer, error) {
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("the public key: %w", err)
	}
	return &signer{name, spki, key}, nil
}

func (s *signer) Name() string    { return s.name }
func (s *signer) KeyHash() uint32 { return keyHash(s.name, s.spki) }

func (s *signer) Sign(msg []byte) ([]byte, error) {
	sum := sha512.Sum384(msg)
	return ecdsa.SignASN1(rand.Reader, s.key, sum[:]) //nolint:wrapcheck // note.Sign wraps it
}

// handover is what a key signs of its successor.
func handover(origin string, next []byte) []byte {
	return append([]byte("ibid custody: the key after this one\n"+origin+"\n"), next...)
}

// Keys are those of a log, as its entries name them.
type Keys struct {
	Origin string
	list   []*verifier
	// Orphans are the entries of keys that no earlier key has vouched for: who has signed since then is for people to find
	// out.
	Orphans []int64
}

// Learn takes in the entry at index, if it is about a key.
func (k *Keys) Learn(index int64, e *Entry) error {
	if e.Type != TypeLog && e.Type != TypeKey {
		return nil
	}
	if (e.Type == TypeLog) != (k.Origin == "") {
		return errors.New("the log does not begin with its name, or has another one later")
	}
	if e.Type == TypeLog {
		k.Origin = e.Origin
	}
	v, err := newVerifier(k.Origin, e.Public)
	if err != nil {
		return err
	}
	if e.Type == TypeKey && !k.vouched(e) {
		k.Orphans = append(k.Orphans, index)
	}
	if !k.known(e.Public) {
		k.list = append(k.list, v)
	}
	return nil
}

func (k *Keys) vouched(e *Entry) bool {
	msg := handover(k.Origin, e.Public)
	for _, v := range k.list {
		if v.Verify(msg, e.Signature) {
			return true
		}
	}
	return false
}

func (k *Keys) known(spki []byte) bool {
	for _, v := range k.list {
		if bytes.Equal(v.spki, spki) {
			return true
		}
	}
	return false
}

// Names are the fingerprints of the keys, in their order: SHA-256 of the SubjectPublicKeyInfo.
func (k *Keys) Names() []ibid.Digest {
	names := make([]ibid.Digest, len(k.list))
	for i, v := range k.list {
		names[i] = ibid.DigestOf(v.spki)
	}
	return names
}

func (k *Keys) verifiers() note.Verifiers {
	list := make([]note.Verifier, len(k.list))
	for i, v := range k.list {
		list[i] = v
	}
	return note.VerifierList(list...)
}

// Handover is the entry of a key that signs from now on, signed by the one before; nil: that one is lost.
func Handover(origin string, next *ecdsa.PublicKey, before *ecdsa.PrivateKey) (Entry, error) {
	spki, err := x509.MarshalPKIXPublicKey(next)
	if err != nil {
		return Entry{}, fmt.Errorf("the public key: %w", err)
	}
	e := Entry{Type: TypeKey, Public: spki}
	if before == nil {
		return e, nil
	}
	old, err := newSigner(origin, before)
	if err != nil {
		return e, err
	}
	e.Signature, err = old.Sign(handover(origin, spki))
	return e, err
}

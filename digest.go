package ibid

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"
)

// Digest is "sha256:" and 64 hexadecimal digits in lower case. The digest of a payload is over the
// entity as sent: transfer coding undone, content coding kept.
type Digest string

const digestPrefix = "sha256:"

// DigestOf returns the digest of b.
func DigestOf(b []byte) Digest {
	sum := sha256.Sum256(b)
	return Digest(digestPrefix + hex.EncodeToString(sum[:]))
}

// DigestSum returns the digest that h, a SHA-256 hash, has come to.
func DigestSum(h hash.Hash) Digest {
	var buf [sha256.Size]byte
	return Digest(digestPrefix + hex.EncodeToString(h.Sum(buf[:0])))
}

// Hex returns the hexadecimal digits alone.
func (d Digest) Hex() string { return strings.TrimPrefix(string(d), digestPrefix) }

// Valid says whether d has the form of a Digest.
func (d Digest) Valid() bool {
	s, ok := strings.CutPrefix(string(d), digestPrefix)
	if !ok || len(s) != 2*sha256.Size || strings.ToLower(s) != s {
		return false
	}
	_, err := hex.DecodeString(s)
	return err == nil
}

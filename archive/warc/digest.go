package warc

import (
	"bytes"
	"crypto/md5"  //nolint:gosec // old WARC files carry it
	"crypto/sha1" //nolint:gosec // most WARC files carry it
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
)

// digest is a labelled digest (5.8) to be compared.
type digest struct {
	h     hash.Hash
	fresh func() hash.Hash
	want  []byte
}

// parseDigest reads "sha1:BASE32", "sha256:hex" and the like. An empty one gives nil.
func parseDigest(s string) (*digest, error) {
	if s == "" {
		return nil, nil
	}
	label, value, _ := strings.Cut(s, ":")
	var fresh func() hash.Hash
	switch strings.ReplaceAll(strings.ToLower(label), "-", "") {
	case "md5":
		fresh = md5.New
	case "sha1":
		fresh = sha1.New
	case "sha256":
		fresh = sha256.New
	case "sha512":
		fresh = sha512.New
	default:
		return nil, fmt.Errorf("the digest %.60q has an unknown algorithm", s)
	}
	h := fresh()
	want, err := decodeDigest(value, h.Size())
	if err != nil {
		return nil, fmt.Errorf("the digest %.60q cannot be read: %w", s, err)
	}
	return &digest{h, fresh, want}, nil
}

func decodeDigest(value string, size int) ([]byte, error) {
	if len(value) == hex.EncodedLen(size) {
		return hex.DecodeString(value)
	}
	bare := strings.TrimRight(value, "=")
	if len(bare) == base64.RawStdEncoding.EncodedLen(size) { // no standard has it, some tools write it
		return base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(bare))
	}
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(bare))
	if err == nil && len(b) != size {
		err = errors.New("wrong length")
	}
	return b, err
}

func (d *digest) matches() bool { return d.is(d.h) }

func (d *digest) is(h hash.Hash) bool { return bytes.Equal(h.Sum(nil), d.want) }

// Check reads the block of e to its end, and says whether it and its payload match their digests. The
// error is that of reading the block.
func (e *Entry) Check() ([]*Problem, error) {
	var found []*Problem
	whole, err := parseDigest(e.Header.Get("WARC-Block-Digest"))
	if err != nil {
		found = append(found, &Problem{Code: CodeAlgorithm, Offset: e.Offset, Text: "WARC-Block-Digest", Err: err})
	}
	payload, err := parseDigest(e.Header.Get("WARC-Payload-Digest"))
	if err != nil {
		found = append(found, &Problem{Code: CodeAlgorithm, Offset: e.Offset, Text: "WARC-Payload-Digest", Err: err})
	}
	block := e.Block
	if whole != nil {
		block = io.TeeReader(block, whole.h)
	}
	if payload != nil && e.Type != Revisit { // the payload of a revisit lies elsewhere
		if err := e.hashPayload(block, payload.h); err != nil {
			return found, err
		}
		if !payload.matches() {
			found = append(found, &Problem{Code: CodePayload, Offset: e.Offset, Text: "the payload does not match WARC-Payload-Digest"})
		}
	}
	if _, err := io.Copy(io.Discard, block); err != nil {
		return found, err
	}
	if whole != nil && !whole.matches() {
		found = append(found, &Problem{Code: CodeBlock, Offset: e.Offset, Text: "the block does not match WARC-Block-Digest"})
	}
	return found, nil
}

// IsHTTP says whether the block of e is an HTTP message.
func (e *Entry) IsHTTP() bool {
	return strings.HasPrefix(strings.ToLower(e.Header.Get("Content-Type")), "application/http")
}

func (e *Entry) hashPayload(block io.Reader, h hash.Hash) error {
	payload := block
	if e.IsHTTP() {
		m, err := ReadMessage(block)
		var p *Problem
		if errors.As(err, &p) {
			return p
		}
		if err != nil {
			return nil //nolint:nilerr // no HTTP head: then there is no payload, and the digest will not match
		}
		payload = m.Entity
	}
	_, err := io.Copy(h, payload)
	return err
}

package custody

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/ibid-archive/ibid"
)

// Checkpoint says what the log was at a time: how many entries it had, and the hash over all of them.
type Checkpoint struct {
	Origin string
	Tree   tlog.Tree
	// Time is when it was signed, as its signer says.
	Time time.Time
	// Signer is the fingerprint of the key whose signature is good; empty: nobody has looked.
	Signer ibid.Digest
	// Note are the bytes.
	Note []byte
	// Key is where it lies in the store; empty for one from elsewhere.
	Key string
}

const timeLine = "time "

func (c *Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n%s%s\n", c.Origin, c.Tree.N, c.Tree.Hash, timeLine, c.Time.UTC().Format(time.RFC3339))
}

// parseText reads the text of a checkpoint (c2sp.org/tlog-checkpoint): origin, size, hash, and lines of extensions.
func parseText(text string) (c Checkpoint, err error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	bad := errors.New("it is no checkpoint")
	if len(lines) < 3 || lines[0] == "" || !strings.HasSuffix(text, "\n") {
		return c, bad
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return c, bad
	}
	hash, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(hash) != tlog.HashSize {
		return c, bad
	}
	c.Origin, c.Tree = lines[0], tlog.Tree{N: size, Hash: tlog.Hash(hash)}
	for _, l := range lines[3:] {
		if stamp, ok := strings.CutPrefix(l, timeLine); ok {
			if c.Time, err = time.Parse(time.RFC3339, stamp); err != nil {
				return c, bad
			}
		}
	}
	return c, nil
}

// maxCheckpoint bounds one, in bytes.
const maxCheckpoint = 64 << 10

// Peek reads a checkpoint whose signature nobody has looked at yet.
func Peek(b []byte) (Checkpoint, error) {
	text, _, ok := strings.Cut(string(b), "\n\n")
	if !ok || len(b) > maxCheckpoint {
		return Checkpoint{}, errors.New("it is no checkpoint")
	}
	c, err := parseText(text + "\n")
	c.Note = b
	return c, err
}

// Check reads a checkpoint that one of the keys has signed.
func (k *Keys) Check(b []byte) (Checkpoint, error) {
	if len(b) > maxCheckpoint {
		return Checkpoint{}, errors.New("it is no checkpoint")
	}
	n, err := note.Open(b, k.verifiers())
	if err != nil {
		return Checkpoint{}, fmt.Errorf("the signature is not one of a key of the log: %w", err)
	}
	c, err := parseText(n.Text)
	if err == nil && c.Origin != k.Origin {
		err = fmt.Errorf("it is of another log, %.100q", c.Origin)
	}
	for _, v := range k.list {
		if v.KeyHash() == n.Sigs[0].Hash {
			c.Signer = ibid.DigestOf(v.spki)
		}
	}
	c.Note = b
	return c, err
}

// sign signs c.
func (c *Checkpoint) sign(s *signer) error {
	b, err := note.Sign(&note.Note{Text: c.text()}, s)
	if err != nil {
		return fmt.Errorf("sign the checkpoint: %w", err)
	}
	c.Note, c.Signer = b, ibid.DigestOf(s.spki)
	return nil
}

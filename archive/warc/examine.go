package warc

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
)

// Examined is what the bytes of a record say of it, whoever wrote it.
type Examined struct {
	// Block and Payload are SHA-256 digests, "sha256:" and hexadecimal digits. The payload of an HTTP message is its
	// entity with the transfer coding undone; that of any other record is the block.
	Block, Payload string
	PayloadLen     int64
	// Message is the head of an HTTP message; nil for any other block. Its Entity has been read.
	Message *Message
	// Problems are digests that do not match, or that cannot be checked.
	Problems []*Problem
}

// Examine reads the block of e to its end. Other than [Entry.Check] it takes a payload for whole also when its digest is
// over the body as sent, chunks included, which some writers of WARC take for the payload. The error is that of reading
// the block.
func (e *Entry) Examine() (*Examined, error) {
	x := &Examined{}
	whole := x.declared(e, "WARC-Block-Digest")
	declared := x.declared(e, "WARC-Payload-Digest")
	if e.Type == Revisit { // its payload lies elsewhere
		declared = nil
	}
	block, payload, sent := sha256.New(), sha256.New(), &tail{}
	hashes := []io.Writer{block, sent}
	if declared == nil {
		sent.to = io.Discard
	}
	if whole != nil {
		hashes = append(hashes, whole.h)
	}
	all := io.TeeReader(e.Block, io.MultiWriter(hashes...))
	entity := e.entity(all, x, sent)
	var asSent hash.Hash
	out := io.Writer(payload)
	if declared != nil {
		asSent = declared.fresh()
		sent.into(asSent)
		out = io.MultiWriter(payload, declared.h)
	}
	n, err := io.Copy(out, entity)
	if err == nil {
		_, err = io.Copy(io.Discard, all)
	}
	if err != nil {
		return x, err
	}
	x.PayloadLen, x.Block, x.Payload = n, sumOf(block), sumOf(payload)
	if whole != nil && !whole.matches() {
		x.problem(e, CodeBlock, "the block does not match WARC-Block-Digest")
	}
	if declared != nil && !declared.matches() && !declared.is(asSent) {
		x.problem(e, CodePayload, "the payload does not match WARC-Payload-Digest")
	}
	return x, nil
}

// entity is the payload of e within its block; an HTTP head goes to x.
func (e *Entry) entity(block io.Reader, x *Examined, sent *tail) io.Reader {
	if !e.IsHTTP() {
		return block
	}
	m, err := ReadMessage(block)
	if err != nil { // no HTTP head, or the data end: reading on tells
		return block
	}
	x.Message, sent.skip = m, m.HeadLen
	return m.Entity
}

func (x *Examined) problem(e *Entry, code Code, text string) {
	x.Problems = append(x.Problems, &Problem{Code: code, Offset: e.Offset, Text: text})
}

// declared is the digest that the field name declares; nil when there is none, or none that can be checked.
func (x *Examined) declared(e *Entry, name string) *digest {
	d, err := parseDigest(e.Header.Get(name))
	if err != nil {
		x.Problems = append(x.Problems, &Problem{Code: CodeAlgorithm, Offset: e.Offset, Text: name, Err: err})
		return nil
	}
	return d
}

func sumOf(h hash.Hash) string { return fmt.Sprintf("sha256:%x", h.Sum(nil)) }

// tail passes on what is written to it but for the first skip bytes. Until it is told where to, it remembers: a head and
// what was read ahead of it.
type tail struct {
	skip int64
	held []byte
	to   io.Writer
}

func (t *tail) Write(p []byte) (int, error) {
	if t.to == nil {
		if len(t.held)+len(p) > 2*headerLimit {
			return 0, errors.New("a head without an end")
		}
		t.held = append(t.held, p...)
		return len(p), nil
	}
	drop := min(t.skip, int64(len(p)))
	t.skip -= drop
	if _, err := t.to.Write(p[drop:]); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (t *tail) into(w io.Writer) {
	t.to = w
	held := t.held
	t.held = nil
	_, _ = t.Write(held) // a hash never fails
}

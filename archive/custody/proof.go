package custody

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/ibid-archive/ibid"
)

// Proof shows that an entry is in a log, with a checkpoint of it and nothing else (RFC 6962, 2.1.1).
type Proof struct {
	Index int64 `json:"index"`
	// Entry are the bytes of the leaf.
	Entry string      `json:"entry"`
	Path  []tlog.Hash `json:"proof"`
}

// Prove writes proofs to yield: of the name and the keys of the log, then of the captures of each WARC file for which want
// says so. They hold against the newest checkpoint. It returns how many captures were proved.
func (l *Log) Prove(ctx context.Context, warcs []string, want func(*Entry) bool, yield func(Proof) error) (n int, err error) {
	hashes := l.hashes(ctx, l.last.Tree)
	prove := func(index int64, raw []byte) error {
		path, err := tlog.ProveRecord(l.last.Tree.N, index, hashes)
		if err != nil {
			return contradiction(Prefix+"tile", err)
		}
		return yield(Proof{index, string(raw), path})
	}
	if err := l.eachOwn(ctx, func(index int64, e *Entry, raw []byte) error {
		if e.Type != TypeLog && e.Type != TypeKey {
			return nil
		}
		return prove(index, raw)
	}); err != nil {
		return 0, err
	}
	for _, warc := range warcs {
		s, ok := l.segments[warc]
		if !ok {
			continue
		}
		err := l.each(ctx, s.first, s.first+s.n, func(index int64, raw []byte) error {
			e, err := Decode(raw)
			if err != nil || !want(&e) {
				return err
			}
			n++
			return prove(index, raw)
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// each reads entries, those that a checkpoint has, in their order.
func (l *Log) each(ctx context.Context, from, to int64, yield func(index int64, raw []byte) error) error {
	to = min(to, l.last.Tree.N)
	for at := from; at < to; {
		bundle, err := l.bundle(ctx, at/tileWidth, l.last.Tree.N)
		if err != nil {
			return err
		}
		for i := at % tileWidth; i < int64(len(bundle)) && at < to; i++ {
			if err := yield(at, bundle[i]); err != nil {
				return err
			}
			at++
		}
	}
	return nil
}

// eachOwn reads the entries that are not of captures.
func (l *Log) eachOwn(ctx context.Context, yield func(index int64, e *Entry, raw []byte) error) error {
	for i := range l.batches {
		b := &l.batches[i]
		err := l.each(ctx, b.First, b.First+int64(len(b.Entries)), func(index int64, raw []byte) error {
			e, err := Decode(raw)
			if err != nil {
				return contradiction(batchKey(b.First), err)
			}
			return yield(index, &e, raw)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// maxProof bounds a line of a file of proofs, in bytes.
const maxProof = 1 << 20

// Proved says what a file of proofs shows.
type Proved struct {
	Checkpoint Checkpoint
	Keys       Keys
	Captures   int
}

// ReadProofs checks a file of proofs, one JSON object a line as Prove has yielded them, against a checkpoint. It calls each
// for each entry of a capture that is proved. It needs no store and no network. Whether the keys are those of whom one thinks
// is not looked at.
func ReadProofs(checkpoint []byte, proofs io.Reader, each func(*Entry)) (p Proved, err error) {
	peek, err := Peek(checkpoint)
	if err != nil {
		return p, err
	}
	p.Checkpoint = peek
	s := bufio.NewScanner(proofs)
	s.Buffer(nil, maxProof)
	signed := false
	for s.Scan() {
		var one Proof
		if err := json.Unmarshal(s.Bytes(), &one); err != nil {
			return p, fmt.Errorf("a proof that cannot be read: %w", err)
		}
		if one.Index < 0 || one.Index >= peek.Tree.N {
			return p, fmt.Errorf("a proof of entry %d in a log of %d", one.Index, peek.Tree.N)
		}
		if err := tlog.CheckRecord(one.Path, peek.Tree.N, peek.Tree.Hash, one.Index, tlog.RecordHash([]byte(one.Entry))); err != nil {
			return p, fmt.Errorf("entry %d is not in the tree of the checkpoint: %w", one.Index, err)
		}
		e, err := Decode([]byte(one.Entry))
		if err != nil {
			return p, err
		}
		if err := p.Keys.Learn(one.Index, &e); err != nil {
			return p, err
		}
		if e.Type != TypeCapture {
			continue
		}
		if !signed { // the keys come first
			if p.Checkpoint, err = p.Keys.Check(checkpoint); err != nil {
				return p, err
			}
			signed = true
		}
		p.Captures++
		each(&e)
	}
	if err := s.Err(); err != nil {
		return p, fmt.Errorf("the proofs: %w", err)
	}
	if !signed {
		p.Checkpoint, err = p.Keys.Check(checkpoint)
	}
	if err == nil && p.Keys.Origin == "" {
		err = errors.New("the log has no name")
	}
	return p, err
}

// Destroyed returns a function that says whether the log has a tombstone for what e names, as its batches say.
func (l *Log) Destroyed() func(e *Entry) bool {
	type thing struct {
		record, digest       ibid.Digest
		collection, document string
	}
	of := func(e *Entry) thing { return thing{e.Record, e.Digest, e.Collection, e.Document} }
	told := map[thing]bool{}
	for i := range l.batches {
		for k := range l.batches[i].Entries {
			if e := &l.batches[i].Entries[k]; e.Type == TypeDestroyed {
				told[of(e)] = true
			}
		}
	}
	return func(e *Entry) bool { return told[of(e)] }
}

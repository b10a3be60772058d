package custody

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/ibid-archive/ibid/archive/blob"
)

// IsOurs says whether an object with that key is one of a log.
func IsOurs(key string) bool {
	return slices.ContainsFunc([]string{batchPrefix, checkpointPrefix, stampPrefix, tilePrefix}, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

// CodeOf is the code of the finding that an object of a log is not as it was written.
func CodeOf(key string) string {
	switch {
	case strings.HasPrefix(key, checkpointPrefix):
		return CodeSignature
	case strings.HasPrefix(key, stampPrefix):
		return CodeStamp
	}
	return CodeLog
}

// Judge says whether an object is one of a log of which several Stores have copies, where those differ. Everything is
// held against the tree that a checkpoint with a good signature is about.
type Judge struct {
	// logs is the log as it is read with each of the Stores before the others.
	logs []*Log
	// own are those of them that are of the log of the first Store.
	own []*Log
}

// NewJudge reads what the Stores have of the log. What is damaged in one is taken from another.
func NewJudge(ctx context.Context, stores []blob.Store) (*Judge, error) {
	j := &Judge{}
	for i := range stores {
		l, err := openEither(ctx, slices.Concat(stores[i:], stores[:i]))
		if err != nil {
			return nil, err
		}
		j.logs = append(j.logs, l)
	}
	if len(j.logs) == 0 {
		return j, nil
	}
	origin := j.logs[0].keys.Origin
	unsigned := func(l *Log) bool { return l.last.Note == nil }
	if slices.ContainsFunc(j.logs, func(l *Log) bool { return !unsigned(l) }) { // else nothing was signed yet
		j.logs = slices.DeleteFunc(j.logs, unsigned)
	}
	for _, l := range j.logs {
		if l.keys.Origin == origin {
			j.own = append(j.own, l)
		}
	}
	return j, nil
}

// openEither is Open with each object from the first Store in which it is sound by itself.
func openEither(ctx context.Context, stores either) (*Log, error) {
	l := &Log{segments: map[string]span{}}
	batches, err := stores.keys(ctx, batchPrefix)
	if err != nil {
		return nil, err
	}
	for _, key := range batches {
		if !l.anyOf(stores, func() bool { return l.readBatch(ctx, key) == nil }) {
			break
		}
	}
	checkpoints, err := stores.keys(ctx, checkpointPrefix)
	if err != nil {
		return nil, err
	}
	for _, key := range slices.Backward(checkpoints) {
		if l.anyOf(stores, func() bool {
			c, err := l.readCheckpoint(ctx, key)
			if err != nil || c.Tree.N > l.size {
				return false
			}
			l.last = c
			return true
		}) {
			break
		}
	}
	l.store = stores
	return l, ctx.Err()
}

// anyOf says whether read succeeds with one of the Stores.
func (l *Log) anyOf(stores either, read func() bool) bool {
	return slices.ContainsFunc(stores, func(s blob.Store) bool {
		l.store = s
		return read()
	})
}

// Check says whether b can be what was written under key; nil: it can.
func (j *Judge) Check(ctx context.Context, key string, b []byte) error {
	return checkAny(ctx, j.logs, key, b)
}

// CheckOwn is Check, and it has to be of the same log as what the first Store has.
func (j *Judge) CheckOwn(ctx context.Context, key string, b []byte) error {
	return checkAny(ctx, j.own, key, b)
}

func checkAny(ctx context.Context, logs []*Log, key string, b []byte) error {
	errs := []error{errNotOfTree}
	for _, l := range logs {
		err := l.check(ctx, key, b)
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (l *Log) check(ctx context.Context, key string, b []byte) error {
	switch {
	case strings.HasPrefix(key, batchPrefix):
		return l.checkBatch(ctx, key, b)
	case strings.HasPrefix(key, checkpointPrefix):
		c, err := l.keys.Check(b)
		if err == nil && !strings.HasPrefix(key, fmt.Sprintf("%s%020d-", checkpointPrefix, c.Tree.N)) {
			err = errors.New("it is a checkpoint of another size")
		}
		return err
	case strings.HasPrefix(key, stampPrefix):
		name := strings.TrimSuffix(strings.TrimPrefix(key, stampPrefix), stampSuffix)
		note, err := l.read(ctx, checkpointPrefix+name+checkpointSuffix, maxCheckpoint)
		if err == nil {
			_, err = CheckStamp(b, note)
		}
		return err
	}
	return l.checkTile(ctx, key, b)
}

var errNotOfTree = errors.New("it is not what the signed tree has there")

// checkTile compares the hashes of a tile, or of the entries of a bundle, with those of the tree.
func (l *Log) checkTile(ctx context.Context, key string, b []byte) error {
	rest := strings.Replace(strings.TrimPrefix(key, tilePrefix), "entries/", "data/", 1)
	t, err := tlog.ParseTilePath(fmt.Sprintf("tile/%d/%s", tileHeight, rest))
	if err != nil {
		return fmt.Errorf("no tile of the log: %w", err)
	}
	want, err := l.treeHashes(ctx, max(t.L, 0)*tileHeight, t.N*tileWidth, t.N*tileWidth+int64(t.W))
	if err != nil {
		return err
	}
	var have []byte
	if t.L >= 0 {
		have = b
	} else {
		entries, err := split(b)
		if err != nil {
			return err
		}
		for _, e := range entries {
			h := tlog.RecordHash(e)
			have = append(have, h[:]...)
		}
	}
	if !bytes.Equal(have, want) {
		return errNotOfTree
	}
	return nil
}

// treeHashes are the hashes of the signed tree on one level, one behind the other.
func (l *Log) treeHashes(ctx context.Context, level int, from, to int64) ([]byte, error) {
	if to > l.last.Tree.N>>level {
		return nil, errors.New("no signed tree of the log reaches so far")
	}
	indexes := make([]int64, 0, to-from)
	for i := from; i < to; i++ {
		indexes = append(indexes, tlog.StoredHashIndex(level, i))
	}
	hashes, err := l.hashes(ctx, l.last.Tree).ReadHashes(indexes)
	if err != nil {
		return nil, fmt.Errorf("the tree of the log: %w", err)
	}
	var all []byte
	for _, h := range hashes {
		all = append(all, h[:]...)
	}
	return all, nil
}

// checkBatch compares what was decided to be added with what the tree has. What was not added yet can only be read.
func (l *Log) checkBatch(ctx context.Context, key string, raw []byte) error {
	var b batch
	if err := json.Unmarshal(raw, &b); err != nil {
		return fmt.Errorf("no batch of the log: %w", err)
	}
	same, err := json.Marshal(b)
	switch {
	case err != nil || !bytes.Equal(same, raw) || key != batchKey(b.First):
		return errors.New("it is not as batches are written")
	case b.end() > l.last.Tree.N:
		return nil
	}
	hashes, err := l.treeHashes(ctx, 0, b.First, b.end())
	if err != nil {
		return err
	}
	for i := range b.Entries {
		e, err := b.Entries[i].encode()
		if err != nil {
			return err
		}
		h := tlog.RecordHash(e)
		if !bytes.HasPrefix(hashes, h[:]) {
			return errNotOfTree
		}
		hashes = hashes[tlog.HashSize:]
	}
	at := b.First + int64(len(b.Entries))
	for _, s := range b.Segments {
		n := s.Count * tlog.HashSize
		sum := sha256.Sum256(hashes[:n])
		if s.Leaves.Hex() != fmt.Sprintf("%x", sum) || !l.isOf(ctx, s.Key, at, hashes) {
			return errNotOfTree
		}
		hashes, at = hashes[n:], at+s.Count
	}
	return nil
}

// isOf says whether the entry at, of which hashes begin with the hash, is of the WARC file key.
func (l *Log) isOf(ctx context.Context, key string, at int64, hashes []byte) bool {
	is := false
	err := l.each(ctx, at, at+1, func(_ int64, raw []byte) error {
		h := tlog.RecordHash(raw)
		e, err := Decode(raw)
		is = err == nil && e.Key == key && bytes.HasPrefix(hashes, h[:])
		return nil
	})
	return err == nil && is
}

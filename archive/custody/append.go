package custody

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// Addition is what is to be added: entries, then the captures of WARC files that the log does not have yet.
type Addition struct {
	Entries []Entry
	WARCs   []string
}

// maxBatch is how many entries are added at once, unless one WARC file has more: a bound for memory.
const maxBatch = 50_000

// ErrOvertaken is found in the error of an Append when somebody else has added to the log since it was opened.
var ErrOvertaken = errors.New("somebody else has added to the custody log")

// Append adds to the log, and signs a checkpoint with key, also when there is nothing to add. The first one names the log.
// What an earlier Append left undone is done first. A key that the log does not know is added without the word of the
// one before: use Handover to change keys.
func (l *Log) Append(ctx context.Context, key *ecdsa.PrivateKey, a Addition) (Checkpoint, error) {
	entries := a.Entries
	first, err := l.introduce(key)
	if err != nil {
		return Checkpoint{}, err
	}
	entries = append(first, entries...)
	b := batch{First: l.size, Entries: entries}
	for _, warc := range a.WARCs {
		if l.Has(warc) {
			continue
		}
		raw, digest, err := l.leaves(ctx, warc)
		if err != nil {
			return Checkpoint{}, err
		}
		if len(raw) == 0 {
			continue
		}
		b.Segments = append(b.Segments, segment{warc, int64(len(raw)), digest})
		if b.end()-b.First >= maxBatch {
			if err := l.decide(ctx, b); err != nil {
				return Checkpoint{}, err
			}
			b = batch{First: l.size}
		}
	}
	if b.end() > b.First {
		if err := l.decide(ctx, b); err != nil {
			return Checkpoint{}, err
		}
	}
	return l.complete(ctx, key)
}

// introduce are the entries that a log needs before key can sign it.
func (l *Log) introduce(key *ecdsa.PrivateKey) ([]Entry, error) {
	if l.keys.Origin != "" {
		e, err := Handover(l.keys.Origin, &key.PublicKey, nil)
		if err != nil || l.keys.known(e.Public) {
			return nil, err
		}
		return []Entry{e}, nil
	}
	e, err := Handover("", &key.PublicKey, nil)
	e.Type, e.Origin, e.When = TypeLog, "ibid-custody/"+strings.ToLower(rand.Text()[:16]), l.now().UTC()
	return []Entry{e}, err
}

// decide stores b: from then on it is part of the log.
func (l *Log) decide(ctx context.Context, b batch) error {
	raw, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("what is added to the log: %w", err)
	}
	key := batchKey(b.First)
	err = l.put(ctx, key, raw)
	if errors.Is(err, blob.ErrExists) {
		return fmt.Errorf("%w: %w", ErrOvertaken, err)
	}
	if err != nil {
		return err
	}
	return l.take(key, b)
}

// complete brings entries, tiles and checkpoint to what the batches say.
func (l *Log) complete(ctx context.Context, key *ecdsa.PrivateKey) (Checkpoint, error) {
	tree := l.last.Tree
	for i := range l.batches {
		b := &l.batches[i]
		if b.First < tree.N {
			continue
		}
		if b.First != tree.N {
			return Checkpoint{}, contradiction(batchKey(b.First), errors.New("a checkpoint was signed in the middle of a batch"))
		}
		var err error
		if tree, err = l.grow(ctx, tree, b); err != nil {
			return Checkpoint{}, err
		}
	}
	s, err := newSigner(l.keys.Origin, key)
	if err != nil {
		return Checkpoint{}, err
	}
	c := Checkpoint{Origin: l.keys.Origin, Tree: tree, Time: l.now().UTC()}
	if err := c.sign(s); err != nil {
		return Checkpoint{}, &ibid.Error{Kind: ibid.KindInternal, Op: "sign the custody log", Err: err}
	}
	c.Key = checkpointKey(tree.N, c.Time)
	err = l.put(ctx, c.Key, c.Note)
	if errors.Is(err, blob.ErrExists) { // somebody signed the same tree at the same moment
		c, err = l.readCheckpoint(ctx, c.Key)
	}
	if err != nil {
		return Checkpoint{}, err
	}
	l.last = c
	return c, nil
}

// grow stores the entries and the tiles of b, which begins where tree ends.
func (l *Log) grow(ctx context.Context, tree tlog.Tree, b *batch) (tlog.Tree, error) {
	raw, err := l.entriesOf(ctx, b)
	if err != nil {
		return tree, err
	}
	g := newGrowth(tree, l.hashes(ctx, tree))
	for _, e := range raw {
		if err := g.add(e); err != nil {
			return tree, contradiction(Prefix+"tile", err)
		}
	}
	if err := l.putBundles(ctx, tree.N, raw); err != nil {
		return tree, err
	}
	for _, t := range tlog.NewTiles(tileHeight, tree.N, g.n) {
		data, err := tlog.ReadTileData(t, g)
		if err != nil {
			return tree, contradiction(tileKey(t), err)
		}
		if err := l.put(ctx, tileKey(t), data); err != nil {
			return tree, err
		}
	}
	return g.tree()
}

// entriesOf are the entries of b as they are in the tree.
func (l *Log) entriesOf(ctx context.Context, b *batch) ([][]byte, error) {
	var raw [][]byte
	for i := range b.Entries {
		e, err := b.Entries[i].encode()
		if err != nil {
			return nil, err
		}
		raw = append(raw, e)
	}
	for _, s := range b.Segments {
		more, digest, err := l.leaves(ctx, s.Key)
		if err == nil && digest != s.Leaves {
			err = contradiction(indexKey(s.Key), errors.New("it was changed since it was decided to add it to the log"))
		}
		if err != nil {
			return nil, err
		}
		raw = append(raw, more...)
	}
	return raw, nil
}

// putBundles stores the bundles in which the entries behind the first n stand.
func (l *Log) putBundles(ctx context.Context, n int64, raw [][]byte) error {
	number := n / tileWidth
	var open [][]byte
	if n%tileWidth != 0 {
		var err error
		if open, err = l.bundle(ctx, number, n); err != nil {
			return err
		}
	}
	for len(raw) > 0 {
		k := min(tileWidth-len(open), len(raw))
		open, raw = append(open, raw[:k]...), raw[k:]
		t := tlog.Tile{H: tileHeight, L: -1, N: number, W: len(open)}
		if err := l.put(ctx, tileKey(t), join(open)); err != nil {
			return err
		}
		open, number = nil, number+1
	}
	return nil
}

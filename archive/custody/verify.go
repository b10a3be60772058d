package custody

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// Verified says what Verify looked at.
type Verified struct {
	Origin      string `json:"origin,omitempty"`
	Entries     int64  `json:"entries"`
	Captures    int64  `json:"captures"`
	Destroyed   int64  `json:"destroyed"`
	Checkpoints int    `json:"checkpoints"`
	Stamps      int    `json:"stamps"`
	// Waiting are the WARC files whose captures were not added yet.
	Waiting int `json:"waiting"`
	// Orphans are keys that no earlier key has vouched for.
	Orphans int `json:"orphans"`
}

// Verify reads all of the log of a Store, and reports what is wrong with it: whether each checkpoint is signed, and
// is one of a beginning of the log as it is now; whether tiles and batches say what the entries say; whether the store has each capture that
// the log has, or a tombstone stands for it, and the log each capture of the WARC files that it knows. warcs are those of the
// store. known are checkpoints from elsewhere. The error is that of ctx, or of a Store that cannot be listed.
func Verify(ctx context.Context, o Options, warcs []string, known []Checkpoint, report func(*Finding)) (Verified, error) {
	l, err := Open(ctx, o)
	if ibid.KindOf(err) == ibid.KindFixity {
		var own *ibid.Error
		errors.As(err, &own)
		report(&Finding{CodeLog, own.URI, own.Err.Error()})
		return Verified{}, nil
	}
	if err != nil {
		return Verified{}, err
	}
	v := &logVerifier{l: l, report: report, destroyed: map[ibid.Digest]bool{}, at: map[int64][]Checkpoint{}}
	v.out.Origin, v.out.Entries, v.out.Orphans = l.keys.Origin, l.last.Tree.N, len(l.keys.Orphans)
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return v.checkpoints(ctx, known) }, v.tombstones, v.entries, v.stamps,
		func(ctx context.Context) error { return v.waiting(ctx, warcs) },
	} {
		if err := v.told(ctx, step(ctx)); err != nil {
			return v.out, err
		}
	}
	return v.out, nil
}

type logVerifier struct {
	l      *Log
	report func(*Finding)
	out    Verified
	// at are the checkpoints by their sizes.
	at map[int64][]Checkpoint
	// destroyed are the records that tombstones stand for.
	destroyed map[ibid.Digest]bool
	// edge are the hashes of the whole subtrees of the entries so far, the largest first; n is how many entries that are.
	edge []tlog.Hash
	n    int64
	// tile are the stored hashes of the entries of one tile.
	tile []tlog.Hash
}

// told reports an error that says something of the log.
func (v *logVerifier) told(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	var own *ibid.Error
	if errors.As(err, &own) {
		v.report(&Finding{CodeLog, own.URI, fmt.Sprint(own.Err)})
		return nil
	}
	v.report(&Finding{CodeLog, Prefix, err.Error()})
	return nil
}

func (v *logVerifier) checkpoints(ctx context.Context, known []Checkpoint) error {
	keys, err := v.l.checkpointKeys(ctx)
	if err != nil {
		return err
	}
	for _, key := range keys {
		b, err := v.l.read(ctx, key, maxCheckpoint)
		if err != nil {
			return err
		}
		c, err := v.l.keys.Check(b)
		if err != nil {
			v.report(&Finding{CodeSignature, key, err.Error()})
			continue
		}
		c.Key = key
		v.out.Checkpoints++
		v.at[c.Tree.N] = append(v.at[c.Tree.N], c)
	}
	for _, c := range known {
		if c.Origin != v.l.keys.Origin || c.Tree.N > v.l.last.Tree.N {
			v.report(&Finding{CodePrefix, c.Key, fmt.Sprintf("this checkpoint has %d entries of %s, and the log here has %d of %s",
				c.Tree.N, c.Origin, v.l.last.Tree.N, v.l.keys.Origin)})
			continue
		}
		v.at[c.Tree.N] = append(v.at[c.Tree.N], c)
	}
	return nil
}

func (v *logVerifier) tombstones(ctx context.Context) error {
	return v.l.eachOwn(ctx, func(_ int64, e *Entry, _ []byte) error {
		if e.Type != TypeDestroyed {
			return nil
		}
		v.out.Destroyed++
		if e.Record != "" {
			v.destroyed[e.Record] = true
		}
		return nil
	})
}

// entries reads all of them once, batch by batch.
func (v *logVerifier) entries(ctx context.Context) error {
	hashes := v.l.hashes(ctx, v.l.last.Tree)
	for i := range v.l.batches {
		b := &v.l.batches[i]
		if b.First >= v.l.last.Tree.N {
			return nil // decided, and not done yet
		}
		at := b.First + int64(len(b.Entries))
		err := v.l.each(ctx, b.First, at, func(index int64, raw []byte) error {
			want, err := b.Entries[index-b.First].encode()
			if err == nil && !bytes.Equal(raw, want) {
				v.report(&Finding{CodeLog, batchKey(b.First), fmt.Sprintf("entry %d is another one than was decided", index)})
			}
			return errors.Join(err, v.leaf(hashes, index, raw))
		})
		if err != nil {
			return err
		}
		for _, s := range b.Segments {
			if err := v.segment(ctx, hashes, s, at); err != nil {
				return err
			}
			at += s.Count
		}
	}
	return nil
}

// segment compares the entries of a WARC file with the file's CDXJ.
func (v *logVerifier) segment(ctx context.Context, hashes tlog.HashReader, s segment, first int64) error {
	lines, err := v.l.lines(ctx, indexKey(s.Key))
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		return err
	}
	sum := sha256.New()
	held := make(map[ibid.Digest][]*cdx.Line, len(lines))
	for i := range lines {
		held[lines[i].RecordDigest] = append(held[lines[i].RecordDigest], &lines[i])
	}
	gone, example := 0, ""
	err = v.l.each(ctx, first, first+s.Count, func(index int64, raw []byte) error {
		if err := v.leaf(hashes, index, raw); err != nil {
			return err
		}
		e, err := Decode(raw)
		if err != nil || e.Key != s.Key {
			return contradiction(batchKey(first), fmt.Errorf("entry %d is not of %s", index, s.Key))
		}
		v.out.Captures++
		h := tlog.RecordHash(raw)
		sum.Write(h[:])
		switch there := takeOut(held, &e); {
		case there && v.destroyed[e.Record]:
			v.report(&Finding{CodeNotRemoved, s.Key, fmt.Sprintf("entry %d, %s of %s, was destroyed, and is there", index, e.URL, e.Timestamp)})
		case !there && !v.destroyed[e.Record]:
			gone++
			example = fmt.Sprintf("entry %d, %s of %s", index, e.URL, e.Timestamp)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if ibid.DigestSum(sum) != s.Leaves {
		v.report(&Finding{CodeLog, batchKey(first), "the entries of " + s.Key + " are others than were decided"})
	}
	if gone > 0 {
		v.report(&Finding{CodeGone, s.Key, fmt.Sprintf("%d of its %d captures in the log are not there as they were logged, and nobody has destroyed them: %s", gone, s.Count, example)})
	}
	for _, more := range held {
		for _, line := range more {
			v.report(&Finding{CodeUnlogged, s.Key, fmt.Sprintf("the capture of %.200s of %s at byte %d is not one that was logged", line.URL, line.Timestamp, line.Offset)})
		}
	}
	return nil
}

// takeOut takes the line of an entry out of held.
func takeOut(held map[ibid.Digest][]*cdx.Line, e *Entry) bool {
	for i, line := range held[e.Record] {
		if e.Is(line) {
			held[e.Record] = append(held[e.Record][:i], held[e.Record][i+1:]...)
			return true
		}
	}
	return false
}

// leaf adds an entry to the hash over all of them, and compares that with the tiles and with the checkpoints there.
func (v *logVerifier) leaf(hashes tlog.HashReader, index int64, raw []byte) error {
	h := tlog.RecordHash(raw)
	if err := v.readTile(hashes, index); err != nil {
		return contradiction(Prefix+"tile", err)
	}
	if v.tile[index%tileWidth] != h {
		v.report(&Finding{CodeLog, Prefix, fmt.Sprintf("entry %d is not the one that its tile has the hash of", index)})
	}
	for n := v.n; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(v.edge[len(v.edge)-1], h)
		v.edge = v.edge[:len(v.edge)-1]
	}
	v.edge, v.n = append(v.edge, h), v.n+1
	for _, c := range v.at[v.n] {
		if c.Tree.Hash != v.root() {
			v.report(&Finding{CodePrefix, c.Key, fmt.Sprintf("its %d entries are not the first of the log as it is now", c.Tree.N)})
		}
	}
	return nil
}

// readTile has the hashes of the entries that are in one tile with the one at index.
func (v *logVerifier) readTile(hashes tlog.HashReader, index int64) error {
	if v.tile != nil && index%tileWidth != 0 {
		return nil
	}
	var wanted []int64
	for i := index - index%tileWidth; i < min(index-index%tileWidth+tileWidth, v.l.last.Tree.N); i++ {
		wanted = append(wanted, tlog.StoredHashIndex(0, i))
	}
	var err error
	v.tile, err = hashes.ReadHashes(wanted)
	return err //nolint:wrapcheck // the caller does
}

// waiting counts the WARC files with captures that were not added yet.
func (v *logVerifier) waiting(ctx context.Context, warcs []string) error {
	for _, key := range warcs {
		if v.l.Has(key) {
			continue
		}
		lines, err := v.l.lines(ctx, indexKey(key))
		if err != nil && !errors.Is(err, blob.ErrNotFound) {
			return err
		}
		if len(lines) > 0 {
			v.out.Waiting++
		}
	}
	return nil
}

// root is the hash of the tree so far.
func (v *logVerifier) root() tlog.Hash {
	h := v.edge[len(v.edge)-1]
	for i := len(v.edge) - 2; i >= 0; i-- {
		h = tlog.NodeHash(v.edge[i], h)
	}
	return h
}

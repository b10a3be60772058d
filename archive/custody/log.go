package custody

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// Log is the log of a Store, as it was when it was opened. It is for one goroutine at a time.
type Log struct {
	store   blob.Store
	now     func() time.Time
	batches []batch
	size    int64
	keys    Keys
	// last is the newest checkpoint; its tree is whole. Zero: there is none yet.
	last     Checkpoint
	segments map[string]span
}

// span is where the entries of a WARC file stand.
type span struct{ first, n int64 }

// batch is what was added at once: its own entries, then those of the captures of WARC files.
type batch struct {
	First    int64     `json:"first"`
	Entries  []Entry   `json:"entries,omitempty"`
	Segments []segment `json:"segments,omitempty"`
}

// segment is a WARC file whose captures were added: the lines of its CDXJ, in their order.
type segment struct {
	Key   string `json:"key"`
	Count int64  `json:"count"`
	// Leaves is the digest over the hashes of its leaves.
	Leaves ibid.Digest `json:"leaves"`
}

func (b *batch) end() int64 {
	end := b.First + int64(len(b.Entries))
	for _, s := range b.Segments {
		end += s.Count
	}
	return end
}

// Options are what a Log is made of; Store is needed.
type Options struct {
	Store blob.Store
	Now   func() time.Time
}

// Open reads what there is of the log of a Store: none yet is an empty one. KindFixity: what is there contradicts itself.
func Open(ctx context.Context, o Options) (*Log, error) {
	l := &Log{store: o.Store, now: o.Now, segments: map[string]span{}}
	if l.now == nil {
		l.now = time.Now
	}
	var keys []string
	err := l.store.List(ctx, batchPrefix, func(i blob.Info) error {
		keys = append(keys, i.Key)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if err := l.readBatch(ctx, key); err != nil {
			return nil, err
		}
	}
	return l, l.readLast(ctx)
}

func (l *Log) readBatch(ctx context.Context, key string) error {
	raw, err := l.read(ctx, key, maxObject)
	if err != nil {
		return err
	}
	var b batch
	if err := json.Unmarshal(raw, &b); err != nil {
		return contradiction(key, err)
	}
	if b.First != l.size || key != batchKey(b.First) || b.end() <= b.First {
		return contradiction(key, fmt.Errorf("it begins with entry %d, and the batch before ends with %d", b.First, l.size-1))
	}
	return l.take(key, b)
}

// take adds b, which begins where the log ends, to what is known.
func (l *Log) take(key string, b batch) error {
	at := b.First
	for i := range b.Entries {
		if err := l.keys.Learn(at, &b.Entries[i]); err != nil {
			return contradiction(key, err)
		}
		at++
	}
	for _, s := range b.Segments {
		if _, twice := l.segments[s.Key]; twice {
			return contradiction(key, fmt.Errorf("%s was added before", s.Key))
		}
		l.segments[s.Key] = span{at, s.Count}
		at += s.Count
	}
	l.batches, l.size = append(l.batches, b), at
	return nil
}

// readLast finds the newest checkpoint: the last one, by its key.
func (l *Log) readLast(ctx context.Context) error {
	all, err := l.checkpointKeys(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	key := all[len(all)-1]
	c, err := l.readCheckpoint(ctx, key)
	if err == nil && c.Tree.N > l.size {
		err = contradiction(key, fmt.Errorf("it is of %d entries, and the log has %d", c.Tree.N, l.size))
	}
	l.last = c
	return err
}

func (l *Log) checkpointKeys(ctx context.Context) (keys []string, err error) {
	err = l.store.List(ctx, checkpointPrefix, func(i blob.Info) error {
		if strings.HasSuffix(i.Key, checkpointSuffix) {
			keys = append(keys, i.Key)
		}
		return nil
	})
	return keys, err
}

func (l *Log) readCheckpoint(ctx context.Context, key string) (Checkpoint, error) {
	b, err := l.read(ctx, key, maxCheckpoint)
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := l.keys.Check(b)
	if err != nil {
		return c, contradiction(key, err)
	}
	c.Key = key
	return c, nil
}

// maxObject bounds what is read into memory at once, in bytes.
const maxObject = 1 << 30

func (l *Log) read(ctx context.Context, key string, limit int64) ([]byte, error) {
	r, err := l.store.Open(ctx, key, 0, -1)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, &ibid.Error{Kind: ibid.KindStorage, Op: "read", URI: key, Class: ibid.ClassStorageUnavailable, Err: err}
	}
	if int64(len(b)) > limit {
		return nil, contradiction(key, fmt.Errorf("it has more than %d bytes", limit))
	}
	return b, nil
}

func (l *Log) put(ctx context.Context, key string, b []byte) error {
	return l.store.Put(ctx, blob.Object{Key: key, Body: bytes.NewReader(b), Size: int64(len(b)), Digest: ibid.DigestOf(b)})
}

// contradiction is the error of a log that is not what it was.
func contradiction(key string, err error) error {
	return &ibid.Error{
		Kind: ibid.KindFixity, Op: "trust the custody log", URI: key, Class: ibid.ClassDigestMismatch,
		Err: fmt.Errorf("%w (`ibid verify` looks at all of it)", err),
	}
}

// Size is how many entries the log has.
func (l *Log) Size() int64 { return l.size }

// Last is the newest checkpoint; false: there is none yet.
func (l *Log) Last() (Checkpoint, bool) { return l.last, l.last.Note != nil }

// Keys are those that have signed, and sign.
func (l *Log) Keys() *Keys { return &l.keys }

// Has says whether the captures of a WARC file were added.
func (l *Log) Has(key string) bool {
	_, ok := l.segments[key]
	return ok
}

// lines reads the CDXJ beside a WARC file.
func (l *Log) lines(ctx context.Context, index string) ([]cdx.Line, error) {
	b, err := l.read(ctx, index, maxObject)
	if err != nil {
		return nil, err
	}
	var lines []cdx.Line
	for text := range bytes.Lines(b) {
		line, err := cdx.Parse(text)
		if err != nil {
			return nil, contradiction(index, err)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// leaves are the entries of the captures of a WARC file, and the digest over the hashes of their leaves.
func (l *Log) leaves(ctx context.Context, warc string) ([][]byte, ibid.Digest, error) {
	lines, err := l.lines(ctx, indexKey(warc))
	if err != nil {
		return nil, "", err
	}
	raw, sum := make([][]byte, len(lines)), sha256.New()
	for i := range lines {
		e := Of(warc, &lines[i])
		if raw[i], err = e.encode(); err != nil {
			return nil, "", err
		}
		h := tlog.RecordHash(raw[i])
		sum.Write(h[:])
	}
	return raw, ibid.DigestSum(sum), nil
}

// indexKey is where the CDXJ of a WARC file lies.
func indexKey(key string) string { return strings.TrimSuffix(key, ".warc.gz") + ".cdxj" }

// bundle reads the entries of one bundle of a tree of n entries.
func (l *Log) bundle(ctx context.Context, number, n int64) ([][]byte, error) {
	t := tlog.Tile{H: tileHeight, L: -1, N: number, W: int(min(tileWidth, n-number*tileWidth))}
	b, err := l.read(ctx, tileKey(t), tileWidth*(maxEntry+2))
	if err != nil {
		return nil, err
	}
	entries, err := split(b)
	if err == nil && len(entries) != t.W {
		err = fmt.Errorf("it has %d entries, not %d", len(entries), t.W)
	}
	if err != nil {
		return nil, contradiction(tileKey(t), err)
	}
	return entries, nil
}

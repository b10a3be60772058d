package archive

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// Destruction is a decision that something must not be held any more, and what it is about. It is kept for ever.
type Destruction struct {
	ID   string    `json:"id,omitempty"`
	When time.Time `json:"when,omitzero"`
	Who  string    `json:"who,omitempty"`
	// Reason is why, in one line.
	Reason string `json:"reason"`
	// Target is what was named: an address, or the id of a Document of Collection.
	Target     string `json:"target"`
	Collection string `json:"collection,omitempty"`
	// Records are those of the store that hold the bytes, or refer to them.
	Records []Doomed `json:"records,omitempty"`
	// Document is the folder of a Document, and Digest that of its bytes.
	Document string      `json:"document,omitempty"`
	Digest   ibid.Digest `json:"digest,omitempty"`
}

// Doomed is a record that is to be destroyed, where it lay when that was decided.
type Doomed struct {
	Key       string      `json:"key"`
	Offset    int64       `json:"offset"`
	URI       string      `json:"uri"`
	Timestamp string      `json:"timestamp"`
	Digest    ibid.Digest `json:"digest"`
	Record    ibid.Digest `json:"record"`
}

func (d *Destruction) key() string {
	return destroyedPrefix + d.When.UTC().Format("20060102T150405.000000Z") + "-" + d.ID + ".json"
}

// firstSuffix is that of the object beside a decision that was carried out in the first Store and in the catalogue, and
// doneSuffix of that beside one that was carried out in all copies.
const (
	firstSuffix = ".first"
	doneSuffix  = ".done"
)

// isDecision says whether an object is a decision to destroy, isOfDecision also whether it is one of those beside it.
func isDecision(key string) bool {
	return strings.HasPrefix(key, destroyedPrefix) && strings.HasSuffix(key, ".json") && !IsPassing(key)
}

func isOfDecision(key string) bool {
	return isDecision(strings.TrimSuffix(strings.TrimSuffix(key, doneSuffix), firstSuffix))
}

// done is what that object says.
type done struct {
	ID   string    `json:"id"`
	When time.Time `json:"when"`
}

// FindDoomed finds the records of the store for whose line in the CDXJ doomed says so.
func (a *Archive) FindDoomed(ctx context.Context, doomed func(collection string, l *cdx.Line) bool) (found []Doomed, err error) {
	warcs, err := a.WARCs(ctx)
	if err != nil {
		return nil, err
	}
	for _, key := range warcs {
		collection, _, _ := parseWARCKey(key)
		lines, err := a.linesOf(ctx, key)
		if err != nil {
			return nil, err
		}
		for i := range lines {
			if l := &lines[i]; doomed(collection, l) {
				found = append(found, Doomed{key, l.Offset, l.URL, l.Timestamp, l.Digest, l.RecordDigest})
			}
		}
	}
	return found, nil
}

// linesOf are those of the index beside a WARC file.
func (a *Archive) linesOf(ctx context.Context, key string) (lines []cdx.Line, err error) {
	index, err := a.readAll(ctx, beside(key, cdxjSuffix), maxDocumentFile)
	if err != nil {
		return nil, err
	}
	for text := range strings.Lines(string(index)) {
		l, err := cdx.Parse([]byte(text))
		if err != nil {
			return nil, fixity(beside(key, cdxjSuffix), err)
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// DocumentFolder is the folder of a Document in the store.
func DocumentFolder(collection, id string) string { return documentDir(collection, id) }

// Locks says what the Stores keep from being destroyed, by key. A copy that is away is asked when it is back. KindInput: out of
// one of them, which is named, nothing can be taken.
func (a *Archive) Locks(ctx context.Context, d *Destruction) (map[string]string, error) {
	locks := map[string]string{}
	for i, p := range a.places {
		if p.Source {
			continue
		}
		store, err := blob.Removing(p.Store)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		}
		patience := ctx
		if i > 0 {
			patience = blob.Impatient(ctx)
		}
		err = d.eachObject(patience, store, func(key string) error {
			why, err := store.Locked(patience, key)
			if why != "" {
				locks[strings.TrimPrefix(p.Name+": "+key, ": ")] = why
			}
			return err
		})
		if err != nil && (i == 0 || ctx.Err() != nil || ibid.KindOf(err) != ibid.KindStorage) {
			return nil, err
		}
	}
	return locks, nil
}

// eachObject calls look for the keys of what d is about in a Store.
func (d *Destruction) eachObject(ctx context.Context, store blob.Store, look func(key string) error) error {
	for key := range d.byKey() {
		for _, k := range []string{key, beside(key, cdxjSuffix), beside(key, sumsSuffix)} {
			if err := look(k); err != nil {
				return err
			}
		}
	}
	if d.Document == "" {
		return nil
	}
	return store.List(ctx, d.Document, func(i blob.Info) error { return look(i.Key) })
}

func (d *Destruction) byKey() map[string]map[int64]*Doomed {
	by := map[string]map[int64]*Doomed{}
	for i := range d.Records {
		r := &d.Records[i]
		if by[r.Key] == nil {
			by[r.Key] = map[int64]*Doomed{}
		}
		by[r.Key][r.Offset] = r
	}
	return by
}

// DecideDestruction stores d, and returns it with its ID and time. From then on it is to be carried out, whatever happens.
func (a *Archive) DecideDestruction(ctx context.Context, d Destruction) (Destruction, error) {
	d.ID, d.When = strings.ToLower(rand.Text()[:12]), a.o.Now().UTC().Truncate(accessPrecision)
	b, err := seal(d)
	if err != nil {
		return d, &ibid.Error{Kind: ibid.KindInternal, Op: "store the decision to destroy", URI: d.Target, Err: err}
	}
	return d, putBytes(ctx, a.o.Store, d.key(), b)
}

// Destructions are the decisions of the store, in their order, and whether each was carried out.
func (a *Archive) Destructions(ctx context.Context, yield func(d Destruction, done bool) error) error {
	var keys []string
	carried := map[string]bool{}
	err := a.o.Store.List(ctx, destroyedPrefix, func(i blob.Info) error {
		if name, ok := strings.CutSuffix(i.Key, doneSuffix); ok {
			carried[name] = true
		} else if isDecision(i.Key) {
			keys = append(keys, i.Key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		var d Destruction
		var bad error
		ok, err := a.readSealedAnywhere(ctx, key, &d, func(f Finding) { bad = fixity(key, errors.New(f.Text)) })
		if err != nil || !ok {
			return errors.Join(err, bad)
		}
		if err := yield(d, carried[key]); err != nil {
			return err
		}
	}
	return nil
}

// CarryOut destroys what d is about in the first Store: each WARC file is written anew with a tombstone in the place of each
// record, and the old one is removed; the folder of a document is emptied. It can be killed at any point, and called again. Nothing
// else may write to the store meanwhile. The catalogue does not know of it: what lies in those files lies elsewhere in them. Finish
// comes after that.
func (a *Archive) CarryOut(ctx context.Context, d *Destruction) error {
	store, err := blob.Removing(a.places[0].Store)
	if err != nil {
		return err
	}
	for key, records := range d.byKey() {
		if err := a.replace(ctx, store, d, key, records); err != nil {
			return err
		}
	}
	if d.Document == "" {
		return nil
	}
	return a.removeAll(ctx, store, d.Document)
}

// mark says how far d was carried out.
func (a *Archive) mark(ctx context.Context, d *Destruction, suffix string) error {
	b, err := seal(done{d.ID, a.o.Now().UTC()})
	if err != nil {
		return err
	}
	err = putBytes(ctx, a.o.Store, d.key()+suffix, b)
	if errors.Is(err, blob.ErrExists) { // at another time
		return nil
	}
	return err
}

func (a *Archive) removeAll(ctx context.Context, store blob.Remover, prefix string) error {
	var keys []string
	err := store.List(ctx, prefix, func(i blob.Info) error {
		keys = append(keys, i.Key)
		return nil
	})
	for _, key := range keys {
		err = errors.Join(err, store.Remove(ctx, key))
	}
	return err
}

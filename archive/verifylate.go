package archive

import (
	"context"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
)

// What others store while Verify reads may be seen before it is all there.

// lateWait is how long what belongs beside a WARC file may take to come.
const lateWait = 5 * time.Second

// lateOnes looks again at the files that were being stored.
func (v *verifier) lateOnes(ctx context.Context) error {
	late := v.late
	if len(late) == 0 {
		return nil
	}
	select {
	case <-time.After(lateWait):
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	v.late = nil
	for _, i := range late {
		s, err := v.a.scanSegment(ctx, i.Key, true, func(Finding) {}) // they were reported
		if err == nil {
			err = v.beside(ctx, s)
		}
		if err := v.unreadable(ctx, i.Key, err); err != nil {
			return err
		}
	}
	return nil
}

// isWhole says whether the last of what is stored with a WARC file is there.
func (v *verifier) isWhole(ctx context.Context, key string) bool {
	_, err := v.a.o.Store.Stat(ctx, beside(key, sumsSuffix))
	return err == nil
}

// storedSince says whether the payload of a revisit was stored after the place where it lies was looked at.
func (v *verifier) storedSince(ctx context.Context, c ibid.Capture) bool {
	if !v.writing || v.a.o.Index == nil {
		return false
	}
	collection, _, _ := parseWARCKey(c.Location.Key)
	found, err := v.a.o.Index.ByDigest(ctx, collection, c.Digest)
	if err != nil || found.Revisit {
		return false
	}
	r, err := v.a.Read(ctx, found.Location)
	return err == nil && r.Close() == nil && r.ID == found.RecordID
}

// isDocument says whether something speaks of the bytes in dir now.
func (v *verifier) isDocument(ctx context.Context, dir string) bool {
	var d documentFile
	ok, err := v.a.readSealed(ctx, dir+documentName(1), &d, func(Finding) {})
	return ok && err == nil
}

// note gives the ledger what was found.
func (v *verifier) note(ctx context.Context) error {
	if v.a.o.Ledger == nil {
		return nil
	}
	for dir := range v.documents {
		v.seen = append(v.seen, dir)
	}
	for part := range slices.Chunk(v.seen, checksAtOnce) {
		checks := make([]ibid.Check, len(part))
		for i, id := range part {
			checks[i] = ibid.Check{Object: id, At: v.audit.Ended, Code: v.codes[id]}
		}
		if err := v.a.o.Ledger.PutChecks(ctx, checks); err != nil {
			return err
		}
	}
	return nil
}

package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ibid-archive/ibid/archive/blob"
)

// slowest is the rate, in bytes a second, at which a copy must take what it is given at the least.
const slowest = 64 << 10

// errNoGood is that there is nothing to repair an object from.
var errNoGood = errors.New("no store has it as it was")

// replace puts the right bytes under the key of w, after what lies there, if it was found wrong, was moved away. A place
// is never asked to write over anything. What was put is read back.
func (x *examiner) replace(ctx context.Context, at int, w want, found *Finding) error {
	p := x.places[at]
	if w.gone {
		return x.clear(ctx, at, w.key)
	}
	if w.unknown() || w.made == nil && len(w.from) == 0 {
		return errNoGood
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute+time.Duration(w.size/slowest)*time.Second)
	defer cancel()
	if found != nil && found.Code != CodeLost {
		if err := x.sound(ctx, w); err != nil { // before anything is moved
			return err
		}
	}
	switch {
	case x.isDoomed(w.key): // no byte of it is kept
		if err := x.clear(ctx, at, w.key); err != nil {
			return err
		}
	case found != nil && found.Code != CodeLost:
		where, err := blob.Quarantine(ctx, p.Store, w.key)
		if err != nil {
			return err
		}
		found.Text += "; what was there lies in " + where
	}
	if err := x.copyTo(ctx, at, w); err != nil {
		return err
	}
	if v := x.again(ctx, at, w.key, x.look(ctx, at, w.key), w.isRight); !w.isRight(v) {
		return fmt.Errorf("what was put there was read back otherwise: %w", errors.Join(blob.ErrMismatch, v.err))
	}
	return nil
}

// sound says whether the right bytes can be had now.
func (x *examiner) sound(ctx context.Context, w want) error {
	if w.made != nil {
		return nil
	}
	for _, i := range w.from {
		if w.isRight(x.again(ctx, i, w.key, x.look(ctx, i, w.key), w.isRight)) {
			return nil
		}
	}
	return errNoGood
}

// copyTo puts w into a place from the first that gives it. The Store compares it with its digest as it takes it.
func (x *examiner) copyTo(ctx context.Context, at int, w want) error {
	o := blob.Object{Key: w.key, Size: w.size, Digest: w.digest}
	if w.made != nil {
		o.Body = bytes.NewReader(w.made)
		return x.places[at].Store.Put(ctx, o)
	}
	err := errNoGood
	for n := range tries * len(w.from) {
		file := &stored{ctx: ctx, a: x.a.in(x.places[w.from[n%len(w.from)]]), key: w.key}
		o.Body = file
		err = x.places[at].Store.Put(ctx, o)
		err = errors.Join(err, file.Close())
		if err == nil || ctx.Err() != nil || errors.Is(err, blob.ErrExists) {
			return err
		}
	}
	return err
}

// foreign deals with an object that is not ours: it is moved away where that is asked for, and never copied.
func (x *examiner) foreign(ctx context.Context, f *family) error {
	for i, p := range x.places {
		if x.away[i] != nil || p.Source || !f.has[f.id][i] {
			continue
		}
		found := Finding{Code: CodeForeign, Key: f.id, Copy: p.Name, Text: "this object was not stored by Ibid"}
		if x.mend {
			where, err := blob.Quarantine(ctx, p.Store, f.id)
			found.Repaired = err == nil
			found.Text += "; it lies in " + where
			if err != nil {
				found.Text = "this object was not stored by Ibid, and could not be moved away: " + err.Error()
			}
		}
		x.report(found)
	}
	return ctx.Err()
}

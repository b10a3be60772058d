package archive

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// No byte of a record is given out before all of it was read and found right. A small one is held meanwhile; a larger one is
// read twice, and is compared with its digest the second time, too. What one Store has not, or has wrong, comes from the
// next one that has it, and is marked to be repaired.

const (
	// heldBlock is the largest block that is held in memory, in bytes.
	heldBlock = 1 << 20
	// rounds is how often all Stores are asked.
	rounds = 2
	// maxVouched bounds for how many large records it is remembered that they were read and are right.
	maxVouched = 256
)

// vouched remembers large records that were right a while ago, so that whoever asks for parts of one does not have all of it
// read each time. They are compared with their digest still.
type vouched struct {
	mu  sync.Mutex
	all map[vouchedFor]bool
}

type vouchedFor struct {
	at  int
	loc ibid.Location
}

func (v *vouched) has(f vouchedFor) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.all[f]
}

func (v *vouched) add(f vouchedFor, right bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.all) >= maxVouched || v.all == nil {
		v.all = map[vouchedFor]bool{}
	}
	if right {
		v.all[f] = true
	} else {
		delete(v.all, f)
	}
}

// anywhere calls read for each Store until it succeeds. The error is that of damage, if there was any: what is missing
// everywhere and was held is damage, too.
func (a *Archive) anywhere(ctx context.Context, key string, read func(ctx context.Context, at int, s blob.Store) error) error {
	var worst error
	order := a.order()
	for n := range rounds * len(order) {
		at, patience := order[n%len(order)], ctx
		if at > 0 {
			patience = blob.Impatient(ctx)
		}
		err := read(patience, at, a.places[at].Store)
		if err == nil || ctx.Err() != nil {
			return err
		}
		a.doubt(ctx, at, key, err)
		if worst == nil || ibid.KindOf(err) == ibid.KindFixity || ibid.KindOf(worst) == ibid.KindNotFound {
			worst = err
		}
	}
	if errors.Is(worst, blob.ErrNotFound) {
		return fixity(key, worst)
	}
	return worst
}

// order is that in which the Stores are asked: those last that are away, for which nobody should wait.
func (a *Archive) order() []int {
	there, away := make([]int, 0, len(a.places)), []int(nil)
	for i, p := range a.places {
		if _, err := blob.Away(p.Store); err == nil || len(a.places) == 1 {
			there = append(there, i)
		} else {
			away = append(away, i)
		}
	}
	return append(there, away...)
}

// doubt marks an object that was read wrong, so that it is looked at again and repaired.
func (a *Archive) doubt(ctx context.Context, at int, key string, err error) {
	id, _, ours := familyOf(key)
	lost := ibid.KindOf(err) == ibid.KindNotFound && at == 0
	if !ours || a.places[at].Source || ibid.KindOf(err) != ibid.KindFixity && !lost {
		return
	}
	a.o.Log.ErrorContext(ctx, "an object was read wrong", "copy", a.places[at].Name, "key", key, "error", err)
	if a.o.Ledger == nil {
		return
	}
	code := CodeUnreadable
	if lost {
		code = CodeLost
	}
	err = a.o.Ledger.PutChecks(ctx, []ibid.Check{{Object: id, Copy: a.places[at].Name, At: a.o.Now().UTC(), Code: code}})
	if err != nil {
		a.o.Log.ErrorContext(ctx, "what was read wrong could not be marked: run ibid verify", "key", key, "error", err)
	}
}

// read opens the record at loc that accept takes, wherever there is one.
func (a *Archive) read(ctx context.Context, loc ibid.Location, accept func(*Record) error) (r *Record, err error) {
	err = a.anywhere(ctx, loc.Key, func(ctx context.Context, at int, s blob.Store) (err error) {
		r, err = a.readIn(ctx, at, s, loc, accept)
		return err
	})
	return r, err
}

func (a *Archive) readIn(ctx context.Context, at int, s blob.Store, loc ibid.Location, accept func(*Record) error) (*Record, error) {
	r, err := a.openRecord(ctx, s, loc)
	if err != nil {
		return nil, err
	}
	if err := accept(r); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	if r.Length <= heldBlock {
		b := bytes.NewBuffer(make([]byte, 0, max(r.Length, 0)+bytes.MinRead))
		if _, err := b.ReadFrom(r.body); err != nil {
			return nil, errors.Join(err, r.Close())
		}
		return r, a.hold(r, b)
	}
	f := vouchedFor{at, loc}
	if !a.vouched.has(f) {
		if _, err := io.Copy(io.Discard, r.body); err != nil {
			return nil, errors.Join(err, r.Close())
		}
		a.vouched.add(f, true)
		if err := r.Close(); err != nil {
			return nil, readError(loc.Key, err)
		}
		if r, err = a.openRecord(ctx, s, loc); err != nil {
			return nil, err
		}
	}
	r.body = &doubting{r: r.body, wrong: func(err error) {
		a.vouched.add(f, false)
		a.doubt(ctx, at, loc.Key, err)
	}}
	return r, nil
}

// hold lets r go on from memory, and gives back what it was read with.
func (a *Archive) hold(r *Record, block io.Reader) error {
	reader := r.reader
	r.body, r.reader = block, nil
	if err := reader.Close(); err != nil {
		return readError(r.ID, err)
	}
	a.readers.Put(reader)
	return nil
}

// doubting tells of an error that is none of its end.
type doubting struct {
	r     io.Reader
	wrong func(error)
}

func (d *doubting) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		d.wrong(err)
	}
	return n, err //nolint:wrapcheck // io.EOF must stay bare
}

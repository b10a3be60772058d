package archive

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// What was decided to be destroyed must not come back from a copy that still has it. So whoever compares copies knows the decisions
// of all places. A copy of a WARC file that holds a record which is to be destroyed is stale, however right it is by its
// checksums.

// learnEvery is how old may be what is known of decisions while copies are compared: another process may decide meanwhile.
const learnEvery = time.Second

// decided are the Destructions that any of the places has.
type decided struct {
	at time.Time
	// by are they by the family that they are about.
	by map[string][]*Destruction
	// done are the keys of those that were carried out.
	done map[string]bool
	// blind: one cannot be read in any place, so nothing is put anywhere.
	blind bool
}

// decisions remembers what was read: decisions never change.
type decisions struct {
	mu  sync.Mutex
	all map[string]*Destruction
}

// read reads the decision under key in one place, unless it was read before; nil: it cannot be read there.
func (k *decisions) read(ctx context.Context, there *Archive, key string) *Destruction {
	k.mu.Lock()
	defer k.mu.Unlock()
	if d := k.all[key]; d != nil {
		return d
	}
	d := new(Destruction)
	if ok, err := there.readSealed(ctx, key, d, func(Finding) {}); err != nil || !ok {
		return nil
	}
	if k.all == nil {
		k.all = map[string]*Destruction{}
	}
	k.all[key] = d
	return d
}

// learn brings what is known of decisions up to date.
func (x *examiner) learn(ctx context.Context) error {
	if x.decided != nil && time.Since(x.decided.at) < learnEvery {
		return nil
	}
	k := &decided{at: time.Now(), by: map[string][]*Destruction{}, done: map[string]bool{}}
	read := map[string]bool{}
	for i, p := range x.places {
		if x.away[i] != nil {
			continue
		}
		for info, err := range listing(ctx, p.Store, destroyedPrefix) {
			if err != nil {
				if err := x.lose(ctx, i, err); err != nil {
					return err
				}
				break
			}
			x.learnOf(ctx, k, read, i, info.Key)
		}
	}
	for _, was := range read {
		k.blind = k.blind || !was
	}
	x.decided = k
	return ctx.Err()
}

// learnOf takes one object below destroyed/ in. read says of each decision whether it could be read anywhere.
func (x *examiner) learnOf(ctx context.Context, k *decided, read map[string]bool, at int, key string) {
	if name, ok := strings.CutSuffix(key, doneSuffix); ok {
		k.done[name] = true
	}
	if !isDecision(key) || read[key] {
		return
	}
	d := x.a.decisions.read(ctx, x.a.in(x.places[at]), key)
	read[key] = d != nil
	if d == nil {
		return
	}
	for warc := range d.byKey() {
		k.by[warc] = append(k.by[warc], d)
	}
	if d.Document != "" {
		k.by[d.Document] = append(k.by[d.Document], d)
	}
}

// isDoomed says whether a decision is about the family of key.
func (x *examiner) isDoomed(key string) bool {
	id, _, _ := familyOf(key)
	return x.decided != nil && len(x.decided.by[id]) > 0
}

var errStale = errors.New("it holds what was destroyed")

// markStale marks what the places have of a WARC file in which there is something still that is to be destroyed.
func (x *examiner) markStale(ctx context.Context, f *family, held map[string][]version) error {
	for i := range x.places {
		v := held[f.id]
		if v == nil || !v[i].there || v[i].err != nil {
			continue
		}
		s, err := x.a.in(x.places[i]).scanSegment(ctx, f.id, false, func(Finding) {})
		if err != nil || !s.isStale(x.decided.by[f.id]) {
			continue // what cannot be read is judged as what is damaged
		}
		for _, key := range f.keys {
			held[key][i].stale, held[key][i].err = true, errStale
		}
	}
	return ctx.Err()
}

// isStale says whether s holds what was decided to be destroyed.
func (s *Segment) isStale(by []*Destruction) bool {
	for i := range s.Captures {
		for _, d := range by {
			if d.of(&s.Captures[i]) {
				return true
			}
		}
	}
	return false
}

// isGone says whether nothing of the Document is to be there any more: one that was not carried out yet is about it, or one
// that was, and the first place does not have it. Stored anew since then, it would be there.
func (x *examiner) isGone(f *family) bool {
	by := x.decided.by[f.id]
	if len(by) == 0 {
		return false
	}
	for _, d := range by {
		if !x.decided.done[d.key()] {
			return true
		}
	}
	for _, key := range f.keys {
		if f.has[key][0] {
			return false
		}
	}
	return true
}

// judgeGone wants nothing of a family.
func judgeGone(f *family) []want {
	wants := []want{}
	for _, key := range f.keys {
		wants = append(wants, want{key: key, gone: true, code: CodeUndone, text: "it was destroyed, and is here still"})
	}
	return wants
}

// clear takes out what is in one place and must not be there, and what was moved away of it.
func (x *examiner) clear(ctx context.Context, at int, key string) error {
	store, err := blob.Removing(x.places[at].Store)
	if err != nil {
		return err
	}
	return errors.Join(store.Remove(ctx, key), blob.Purge(ctx, store, key))
}

// undone names the copies in which a decision was not carried out because they are away.
func (x *examiner) undone(key string) {
	if !isDecision(key) || x.decided.done[key] {
		return
	}
	for i, away := range x.away {
		if away != nil && !x.places[i].Source {
			x.report(Finding{Code: CodeUndone, Key: key, Copy: x.places[i].Name, Text: fmt.Sprintf("what was decided to be destroyed is there still, as far as is known: it is away: %v", away)})
		}
	}
}

// Finish is called when the first Store and the catalogue are rid of what d is about: it takes it out of all copies, with
// what was ever moved away of it, and marks the end. What is left, because a copy is away or does not let it, is named by
// the error, and done when Finish is called again. It is KindStorage then.
func (a *Archive) Finish(ctx context.Context, d *Destruction) error {
	ctx = blob.Impatient(ctx)
	if err := a.mark(ctx, d, firstSuffix); err != nil {
		return err
	}
	ids := []string{d.key(), d.key() + firstSuffix}
	for key := range d.byKey() {
		ids = append(ids, key)
	}
	if d.Document != "" {
		ids = append(ids, d.Document)
	}
	audit := a.newAudit()
	var left []error
	x := a.examiner(&audit, func(f Finding) {
		if !f.Repaired {
			left = append(left, errors.New(f.String()))
		}
	})
	x.mend = true
	for _, id := range ids {
		f, err := x.family(ctx, id)
		if err == nil {
			err = x.examine(ctx, f)
		}
		if err != nil {
			return err
		}
	}
	left = append(left, x.purge(ctx, d)...)
	if err := x.flush(ctx); err != nil {
		return err
	}
	if len(left) > 0 {
		return &ibid.Error{Kind: ibid.KindStorage, Op: "destroy in every copy", URI: d.Target, Class: ibid.ClassStorageUnavailable, Err: errors.Join(left...)}
	}
	return a.mark(ctx, d, doneSuffix)
}

// purge takes out what was moved away, in all places.
func (x *examiner) purge(ctx context.Context, d *Destruction) (left []error) {
	for i, p := range x.places {
		if p.Source {
			continue
		}
		if x.away[i] != nil {
			left = append(left, fmt.Errorf("%s is away: %w", p.Name, x.away[i]))
			continue
		}
		var errs []error
		for key := range d.byKey() {
			errs = append(errs, blob.Purge(ctx, p.Store, beside(key, ".")))
		}
		if d.Document != "" {
			errs = append(errs, blob.Purge(ctx, p.Store, d.Document))
		}
		if err := errors.Join(errs...); err != nil {
			left = append(left, fmt.Errorf("%s: %w", p.Name, err))
		}
	}
	return left
}

// FinishAll calls Finish for what was decided, and is only to be done in copies. It returns how many came to their end.
func (a *Archive) FinishAll(ctx context.Context) (n int, err error) {
	var open []Destruction
	err = a.Destructions(ctx, func(d Destruction, done bool) error {
		if !done {
			open = append(open, d)
		}
		return nil
	})
	for i := range open {
		if err != nil {
			return n, err
		}
		_, err = a.places[0].Store.Stat(ctx, open[i].key()+firstSuffix)
		if ibid.KindOf(err) == ibid.KindNotFound && err != nil {
			err = nil // ibid destroy begins with the first Store
			continue
		}
		if err == nil {
			err = a.Finish(ctx, &open[i])
		}
		if err == nil {
			n++
		}
	}
	return n, err
}

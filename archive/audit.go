package archive

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// AuditOptions say what an Audit looks at, and what it does.
type AuditOptions struct {
	// From is the object behind which it begins; empty: at the beginning.
	From string
	// For is how long it goes on, about; 0: to the end.
	For time.Duration
	// Repair puts right what is wrong, from what another Store has, and copies what a Store has not; foreign objects and
	// damaged ones are moved out of the way.
	Repair bool
	// Lacking: only of what not every Store lists.
	Lacking bool
	// Share bounds how much of the time is spent reading, above 0 and up to 1; Rate how many bytes are read a second,
	// and counts before it. 0: as fast as it goes.
	Share float64
	Rate  int64
	// Record keeps the Audit in the Store, if it has looked at anything.
	Record bool
}

// errSlice ends an audit whose time is over.
var errSlice = errors.New("the time of the audit is over")

// Audit reads every object in every Store, compares it with what is said of it there and elsewhere (checksums, seals, the
// digests of Documents), and puts right what is wrong, if that is asked for. It calls report for each thing that is wrong,
// after it was repaired. A copy that is away is left out, and named; without the first Store there is no audit. What is
// in records, and whether they fit together, is looked at by Verify.
//
// It may be ended at any moment, and begun again: what was repaired is, and nothing is ever half done.
func (a *Archive) Audit(ctx context.Context, o AuditOptions, report func(Finding)) (Audit, error) {
	ctx = blob.Impatient(ctx)
	audit := a.newAudit()
	audit.From, audit.Lacking = o.From, o.Lacking
	x := a.examiner(&audit, report)
	x.mend = o.Repair
	if o.Rate > 0 || o.Share > 0 && o.Share < 1 {
		x.pace = &pace{share: o.Share, rate: o.Rate}
	}
	began := time.Now()
	err := x.families(ctx, func(f *family) error {
		if f.id <= o.From || o.Lacking && x.isWhole(f) {
			return nil
		}
		if o.For > 0 && audit.To != "" && time.Since(began) > o.For {
			return errSlice
		}
		if err := x.examine(ctx, f); err != nil {
			return err
		}
		audit.To = f.id
		if len(x.checks) < checksAtOnce {
			return nil
		}
		return x.flush(ctx)
	})
	if err == nil {
		audit.To = ""
	}
	if errors.Is(err, errSlice) {
		err = nil
	}
	return audit, x.end(ctx, o, err)
}

// checksAtOnce is how many checks are given to the ledger at once.
const checksAtOnce = 128

// endWithin is how long the end of an audit may take that was broken off.
const endWithin = 5 * time.Second

// end keeps what was found, also of an audit that was broken off.
func (x *examiner) end(ctx context.Context, o AuditOptions, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	for i, away := range x.away {
		if away != nil {
			x.audit.Away = append(x.audit.Away, x.places[i].Name+": "+away.Error())
		}
	}
	err = errors.Join(err, x.flush(ctx))
	x.audit.Ended = x.a.o.Now().UTC()
	nothing := err != nil && x.audit.To == "" || o.Lacking && len(x.audit.Findings) == 0
	if !o.Record || nothing {
		return err
	}
	return errors.Join(err, x.a.putAudit(ctx, x.audit))
}

func (a *Archive) putAudit(ctx context.Context, audit *Audit) error {
	b, err := seal(audit)
	if err != nil {
		return err
	}
	key := auditsPrefix + audit.Began.Format("20060102T150405Z") + "-" + audit.ID + ".json"
	return putBytes(ctx, a.o.Store, key, b)
}

// isWhole says whether all of f is listed wherever it should be.
func (x *examiner) isWhole(f *family) bool {
	return !f.foreign && f.isWhole(func(i int) bool { return x.away[i] != nil || x.places[i].Source })
}

// Backlog is how many objects that this process has stored are not copied yet.
func (a *Archive) Backlog() int { return a.fresh.len() }

// CopyFresh copies what this process stores to all copies, until ctx ends, or, if that is said, until all was copied. What
// could not be copied is told to failed, and left to an Audit of what lacks.
func (a *Archive) CopyFresh(ctx context.Context, untilDone bool, report func(Finding), failed func(error)) error {
	for {
		id, more := a.fresh.take()
		if id != "" {
			if err := a.copyOne(ctx, id, report); err != nil {
				if ctx.Err() != nil {
					a.fresh.add(id)
					return ctx.Err()
				}
				failed(err)
			}
			continue
		}
		if untilDone {
			return nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// copyOne copies one family. The error is that of a copy which is away, or of the Store.
func (a *Archive) copyOne(ctx context.Context, id string, report func(Finding)) error {
	audit := a.newAudit()
	err := a.mendOne(blob.Impatient(ctx), &audit, id, report)
	return errors.Join(err, a.putFound(ctx, &audit))
}

// Mend looks at objects again that were found wrong, by their checks, and repairs them. The Audit is of them alone, and is
// kept in the Store if something was wrong.
func (a *Archive) Mend(ctx context.Context, checks []ibid.Check, report func(Finding)) (Audit, error) {
	audit := a.newAudit()
	var errs []error
	for i, k := range checks {
		if i > 0 && k.Object == checks[i-1].Object {
			continue
		}
		if err := a.mendOne(blob.Impatient(ctx), &audit, k.Object, report); err != nil {
			errs = append(errs, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return audit, errors.Join(append(errs, a.putFound(ctx, &audit))...)
}

func (a *Archive) mendOne(ctx context.Context, audit *Audit, id string, report func(Finding)) error {
	x := a.examiner(audit, report)
	x.mend = true
	f, err := x.family(ctx, id)
	if err == nil {
		err = x.examine(ctx, f)
	}
	audit.Only = append(audit.Only, id)
	return errors.Join(append(x.away, err, x.flush(ctx))...)
}

// putFound keeps the audit of some objects, if there is anything to say of them.
func (a *Archive) putFound(ctx context.Context, audit *Audit) error {
	if len(audit.Findings) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	audit.Ended = a.o.Now().UTC()
	return a.putAudit(ctx, audit)
}

// newAudit is one that begins now, over all Stores that are no sources only.
func (a *Archive) newAudit() Audit {
	audit := Audit{ID: strings.ToLower(rand.Text()[:12]), Began: a.o.Now().UTC()}
	for _, p := range a.places {
		if !p.Source {
			audit.Stores = append(audit.Stores, p.Name)
		}
	}
	return audit
}

package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/internal/notify"
)

// How the copies are kept. Work comes first after the start.
const (
	// keepFirst is how long after the start anything is read again, keepEvery how often it is looked what is to be done, and
	// keepAgain how long that rests after something has failed.
	keepFirst = 5 * time.Minute
	keepEvery = time.Minute
	keepAgain = 10 * time.Minute
	// lackEvery is how often it is looked whether a copy lacks something, when none is known to, or an object its legal hold.
	lackEvery = 6 * time.Hour
	// slice is how much of a cycle of audits is made before it is on record.
	slice = 15 * time.Minute
	// share is how much of the time is spent reading.
	share = 0.2
	// soon is the share of the cycle after which what was read is read again, so that the rest is for what is slow.
	soon = 0.8
	// manyDamaged is how many objects are mended at a time.
	manyDamaged = 100
)

// keeper copies what is stored to all copies, reads everything again within a cycle, and repairs what is wrong.
type keeper struct {
	h    *house
	told func()
	now  func() time.Time
	log  *slog.Logger
	// hold brings the legal holds of buckets to what the access rules say; nil: that is not done.
	hold func(context.Context) error
	// heldBy is the version of the rules by which it was done last, and heldAt when.
	heldBy string
	heldAt time.Time

	// uncopied counts what could not be copied when it was stored.
	uncopied atomic.Int64
	history  *archive.History
	// lacking: a copy may lack something, since it was away.
	lacking bool
	// looked is when that was looked for last.
	looked time.Time
	// tried is when each damaged object was last dealt with: what cannot be repaired is not tried again and again.
	tried map[string]time.Time
}

// copies copies what this process stores, until ctx ends.
func (k *keeper) copies(ctx context.Context) error {
	if len(k.h.config.Copies) == 0 {
		return nil
	}
	err := k.h.archive.CopyFresh(ctx, false, k.found, k.failed)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// failed counts what is not copied, and says why the first time.
func (k *keeper) failed(err error) {
	level := slog.LevelDebug
	if k.uncopied.Add(1) == 1 {
		level = slog.LevelWarn
	}
	k.log.Log(context.Background(), level, "a copy does not take what it lacks; that is tried again", "error", err)
}

// run keeps until ctx ends. What fails is told, and tried the next time.
func (k *keeper) run(ctx context.Context) error {
	k.lacking = len(k.h.config.Copies) > 0 // since another process stored it
	return repeat(ctx, keepFirst, func() time.Duration {
		pause := keepEvery
		for _, part := range []func(context.Context) error{k.mend, k.lack, k.cycle, k.holds} {
			if err := part(ctx); err != nil && ctx.Err() == nil {
				k.log.Error("what is held cannot be read again now, or not be put right; that is tried again", "error", err)
				pause = keepAgain
			}
		}
		return pause
	})
}

// repeat does something after a while, and again after as long as it says, until ctx ends.
func repeat(ctx context.Context, first time.Duration, do func() time.Duration) error {
	for pause := first; ; pause = do() {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

func (k *keeper) found(f archive.Finding) { k.log.Error("damage in the store", "finding", f.String()) }

// mend repairs what readers have found wrong since it was last tried.
func (k *keeper) mend(ctx context.Context) error {
	checks, err := k.h.catalog.Damaged(ctx, manyDamaged)
	checks = slices.DeleteFunc(checks, func(c ibid.Check) bool { return !c.At.After(k.tried[c.Object]) })
	if err != nil || len(checks) == 0 {
		return err
	}
	audit, err := k.h.archive.Mend(ctx, checks, k.found)
	if k.tried == nil {
		k.tried = map[string]time.Time{}
	}
	for _, c := range checks {
		k.tried[c.Object] = k.now()
	}
	return errors.Join(err, k.tell(ctx, audit))
}

// lack copies what a copy lacks, though this process did not store it, or the copy was away then.
func (k *keeper) lack(ctx context.Context) error {
	lacking := k.uncopied.Swap(0) > 0 || k.lacking
	if len(k.h.config.Copies) == 0 || !lacking && k.now().Sub(k.looked) < lackEvery {
		return nil
	}
	audit, err := k.h.archive.Audit(ctx, archive.AuditOptions{Repair: true, Lacking: true, Record: true}, k.found)
	k.looked, k.lacking = k.now(), err != nil || len(audit.Away) > 0
	if err == nil && !k.lacking { // what was destroyed while one was away goes from that, too
		_, err = k.h.archive.FinishAll(ctx)
	}
	return errors.Join(err, k.tell(ctx, audit))
}

// cycle reads the next part, if it was not read for long enough.
func (k *keeper) cycle(ctx context.Context) error {
	every := time.Duration(k.h.config.Verify.Every)
	if every == 0 {
		return nil
	}
	if k.history == nil {
		h, err := k.h.archive.History(ctx, k.now().Add(-2*every))
		if err != nil {
			return err
		}
		k.history = h
	}
	from, last := k.history.Next()
	if k.now().Sub(last) < time.Duration(float64(every)*soon) {
		return nil
	}
	audit, err := k.h.archive.Audit(ctx, archive.AuditOptions{
		From: from, For: slice, Repair: true, Share: share, Rate: int64(k.h.config.Verify.Rate), Record: true,
	}, k.found)
	if err == nil {
		k.history.Add(audit)
	}
	return errors.Join(err, k.tell(ctx, audit))
}

// holds looks after legal holds when there are other rules, and now and then for what was stored since.
func (k *keeper) holds(ctx context.Context) error {
	if k.hold == nil {
		return nil
	}
	version, err := k.h.catalog.AccessVersion(ctx)
	if err != nil || version == k.heldBy && k.now().Sub(k.heldAt) < lackEvery {
		return err
	}
	if err = k.hold(ctx); err == nil {
		k.heldBy, k.heldAt = version, k.now()
	}
	return err
}

func (k *keeper) tell(ctx context.Context, a archive.Audit) error {
	if len(a.Findings) == 0 {
		return nil
	}
	event := notify.AuditDamage("", a.ID, len(a.Findings), a.Findings[0].String(), a.Ended)
	err := k.h.catalog.Tell(ctx, []ibid.Event{event})
	if err == nil && k.told != nil {
		k.told()
	}
	return err
}

// copyLast is how long the end of a command waits for the copies.
const copyLast = time.Minute

// copying copies what a command stores while it works. The end of it waits a while for what is not copied yet.
func (p *program) copying(ctx context.Context, h *house) (end func(context.Context)) {
	if len(h.config.Copies) == 0 {
		return func(context.Context) {}
	}
	k := &keeper{h: h, now: p.now, log: p.log}
	working, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = k.copies(working) // what is not copied is counted below
	}()
	return func(ctx context.Context) {
		cancel()
		<-done
		ctx, cancel := context.WithTimeout(ctx, copyLast)
		defer cancel()
		_ = h.archive.CopyFresh(ctx, true, k.found, k.failed) // what it leaves is counted
		if left := int(k.uncopied.Load()) + h.archive.Backlog(); left > 0 {
			p.notice("%d objects are not in every copy yet: ibid copy makes up for it, and ibid serve by itself", left)
		}
	}
}

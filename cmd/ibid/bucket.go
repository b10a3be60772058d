package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/retry"
	"github.com/ibid-archive/ibid/archive/blob/s3"
	"github.com/ibid-archive/ibid/archive/blob/spool"
	"github.com/ibid-archive/ibid/configs"
)

const (
	// staleUpload is the age at which an upload to a bucket that was never completed is nobody's any more.
	staleUpload = 24 * time.Hour
	// firstLook is how long a bucket that does not answer keeps work from beginning. It goes into the spool then.
	firstLook = 10 * time.Second
)

var errNoAnswer = fmt.Errorf("it did not answer within %v", firstLook)

// openBucket puts the parts together: a spool that outlives this process, before tries that outlast an outage, before
// the bucket.
func (p *program) openBucket(ctx context.Context, h *house, c configs.Config, why purpose) (blob.Store, error) {
	o, err := p.bucketOptions(c, c.S3)
	if err != nil {
		return nil, err
	}
	o.Bucket, o.Prefix, _ = c.Bucket()
	store, err := s3.New(o)
	if err != nil {
		return nil, err
	}
	h.bucket = store
	h.closers = append(h.closers, func() error { store.Close(); return nil })
	if why == toRead {
		return retry.New(store, retry.Options{Log: p.log}), nil
	}
	checked, err := p.checkBucket(ctx, c, store, why)
	if err != nil {
		return nil, err
	}
	h.patient = retry.New(checked, retry.Options{Log: p.log})
	if why == toAudit && !h.alone && !h.isShared() {
		return h.patient, nil // the spool is another process's
	}
	h.news = newSpoolNews(int64(c.Spool.Max))
	// A folder of its own below the spool, so that what waits can never go to another bucket.
	h.waiting, err = spool.New(h.patient, spool.Options{
		Dir: filepath.Join(h.spool, "to-"+filepath.Base(localDir(c))), Max: int64(c.Spool.Max), Log: p.log,
		Full: h.news.full, Drained: h.news.drained, Patience: p.patience,
	})
	if err != nil || why == toWork {
		return h.waiting, err
	}
	_, err = h.waiting.Drain(ctx)
	return h.waiting, err
}

// lockOf says how objects are locked: those of a collection for as long as that says. What only replaces something for a
// moment is not.
func lockOf(c configs.Config, bucket configs.S3) func(key string) s3.Lock {
	const day = 24 * time.Hour
	mode := map[configs.LockMode]s3.LockMode{configs.LockGovernance: s3.Governance, configs.LockCompliance: s3.Compliance}[bucket.ObjectLock.Mode]
	if mode == "" {
		return nil
	}
	own := map[string]int{}
	for _, collection := range c.Collections {
		own[collection.Name] = collection.LockDays
	}
	return func(key string) s3.Lock {
		if archive.IsPassing(key) {
			return s3.Lock{}
		}
		days := cmp.Or(own[archive.CollectionOf(key)], bucket.ObjectLock.Days)
		return s3.Lock{Mode: mode, For: time.Duration(days) * day}
	}
}

// checkBucket finds out what the bucket does. One that is away is waited for by those who come to work: what they
// do goes into the spool. One that refuses is an error at once, for everybody.
func (p *program) checkBucket(ctx context.Context, c configs.Config, store *s3.Store, why purpose) (blob.Store, error) {
	found := func(ctx context.Context, can s3.Capabilities) {
		if lacks := can.Lacks(); lacks != "" {
			p.log.Info(lacks, "store", c.Store)
		}
		if _, err := store.Sweep(ctx, staleUpload); err != nil {
			p.log.Warn("uploads that were never completed may take up room in the bucket", "error", err)
		}
	}
	look, cancel := ctx, context.CancelFunc(func() {})
	if why == toWork {
		look, cancel = context.WithTimeoutCause(ctx, firstLook, errNoAnswer)
	}
	defer cancel()
	can, err := store.Check(look)
	switch {
	case err == nil:
		found(ctx, can)
		return store, nil
	case why == toWork && ctx.Err() == nil && ibid.KindOf(err) == ibid.KindStorage && !errors.Is(err, blob.ErrRefused):
		p.log.Warn("the store is away: work begins all the same, and is reported when the store has it", "error", err)
		return store.Late(found), nil
	}
	return nil, err
}

// backlog is what an earlier process left in the spool, on its way into the bucket while others work.
type backlog struct {
	done chan struct{} // closed when all of it is there, or was given up
	err  error
}

// drain begins to store what was left. It ends with the house.
func (h *house) drain(ctx context.Context) {
	if h.waiting == nil {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	b := &backlog{done: make(chan struct{})}
	h.backlog = b
	go func() {
		defer close(b.done)
		_, b.err = h.waiting.Drain(ctx)
	}()
	h.closers = append(h.closers, func() error {
		cancel()
		<-b.done
		return nil
	})
}

// settle waits until what was left is stored.
func (h *house) settle(ctx context.Context) error {
	if h.backlog == nil {
		return nil
	}
	select {
	case <-h.backlog.done:
		return h.backlog.err
	case <-ctx.Done():
		return &ibid.Error{
			Kind: ibid.KindStorage, Op: "empty the spool", URI: h.config.Store, Class: ibid.ClassStorageUnavailable,
			Err: errors.New("it was stopped; what waits stays in the spool, and is stored at the next start"),
		}
	}
}

// away says why the store cannot be reached now, as far as is known.
func (h *house) away() error {
	if h.patient == nil {
		return nil
	}
	since, why := h.patient.Away()
	if why == nil {
		return nil
	}
	waits := ""
	if n := h.waiting.Used(); n > 0 {
		waits = fmt.Sprintf(" (%s wait for it in the spool)", sizeWords(n))
	}
	return fmt.Errorf("the store is away since %s%s: %w", since.UTC().Format(time.RFC3339), waits, why)
}

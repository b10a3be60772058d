package main

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/fs"
	"github.com/ibid-archive/ibid/archive/blob/retry"
	"github.com/ibid-archive/ibid/archive/blob/s3"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/report"
)

// openCopies opens the copies of c, and sources, from which is only read. None needs to be there now: what is away, or cannot
// be written to, is asked again each time.
func (p *program) openCopies(h *house, c configs.Config, why purpose, sources []configs.Copy) ([]archive.Copy, error) {
	var all []archive.Copy
	for i, k := range append(c.Copies[:len(c.Copies):len(c.Copies)], sources...) {
		store, err := p.openCopy(h, k, why, i >= len(c.Copies))
		if err != nil {
			return nil, err
		}
		isSource := i >= len(c.Copies)
		if dir, ok := store.(*dirCopy); ok && h.alone && !isSource {
			if err := dir.sweep(); err != nil {
				p.log.Debug("the copy was not swept", "copy", k.Store, "error", err)
			}
		}
		all = append(all, archive.Copy{Name: k.Store, Store: store, Source: isSource})
	}
	return all, nil
}

func (p *program) openCopy(h *house, k configs.Copy, why purpose, isSource bool) (blob.Store, error) {
	bucket, prefix, ok := configs.BucketOf(k.Store)
	if !ok {
		return &dirCopy{dir: k.Store, reads: why == toRead || isSource}, nil
	}
	key, err := k.Key.Read(p.environ)
	if err != nil {
		return nil, err
	}
	secret, err := k.Secret.Read(p.environ)
	if err != nil {
		return nil, err
	}
	o, err := p.bucketOptions(h.config, k.S3)
	if err != nil {
		return nil, err
	}
	o.Bucket, o.Prefix, o.AccessKey, o.SecretKey = bucket, prefix, key, secret
	store, err := s3.New(o)
	if err != nil {
		return nil, err
	}
	h.closers = append(h.closers, func() error { store.Close(); return nil })
	if why == toRead {
		return retry.New(store, retry.Options{Log: p.log}), nil
	}
	return retry.New(store.Late(func(_ context.Context, can s3.Capabilities) {
		for _, note := range can.Notes {
			p.log.Info(note, "copy", k.Store)
		}
	}), retry.Options{Log: p.log}), nil
}

// bucketOptions are how a bucket is reached.
func (p *program) bucketOptions(c configs.Config, bucket configs.S3) (s3.Options, error) {
	roots, err := rootCAs(c.Network.CAFile)
	return s3.Options{
		Endpoint: bucket.Endpoint, Region: bucket.Region, Insecure: !bucket.Secure, RootCAs: roots, Lock: lockOf(c, bucket), Log: p.log,
		Lookup: map[configs.Addressing]s3.Lookup{configs.AddressingPath: s3.LookupPath, configs.AddressingHost: s3.LookupHost}[bucket.Addressing],
	}, err
}

// dirCopy is a copy in a directory, which may be on a disk that comes and goes.
type dirCopy struct {
	dir   string
	reads bool // nothing is written there

	mu    sync.Mutex
	store *fs.Store
}

// open opens the directory, if it was not yet.
func (d *dirCopy) open() (*fs.Store, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.store != nil {
		return d.store, nil
	}
	open := fs.New
	if d.reads {
		open = fs.Existing
	}
	store, err := open(d.dir)
	if err == nil {
		d.store = store
	}
	return store, err
}

// sweep removes what lies half written there: it is of a process that died. A copy that is away is swept another time.
func (d *dirCopy) sweep() error {
	s, err := d.open()
	if err != nil {
		return err
	}
	_, err = s.Sweep()
	return err
}

// Put implements blob.Store.
func (d *dirCopy) Put(ctx context.Context, o blob.Object) error {
	s, err := d.open()
	if err != nil {
		return err
	}
	return s.Put(ctx, o)
}

// Open implements blob.Store.
func (d *dirCopy) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	s, err := d.open()
	if err != nil {
		return nil, err
	}
	return s.Open(ctx, key, offset, length)
}

// Stat implements blob.Store.
func (d *dirCopy) Stat(ctx context.Context, key string) (blob.Info, error) {
	s, err := d.open()
	if err != nil {
		return blob.Info{}, err
	}
	return s.Stat(ctx, key)
}

// List implements blob.Store.
func (d *dirCopy) List(ctx context.Context, prefix string, yield func(blob.Info) error) error {
	s, err := d.open()
	if err != nil {
		return err
	}
	return s.List(ctx, prefix, yield)
}

// Quarantine implements that of [blob.Quarantine].
func (d *dirCopy) Quarantine(ctx context.Context, key string) (string, error) {
	s, err := d.open()
	if err != nil {
		return "", err
	}
	return s.Quarantine(ctx, key)
}

// Remove implements blob.Remover.
func (d *dirCopy) Remove(ctx context.Context, key string) error {
	s, err := d.open()
	if err != nil {
		return err
	}
	return s.Remove(ctx, key)
}

// Locked implements blob.Remover.
func (d *dirCopy) Locked(ctx context.Context, key string) (string, error) {
	s, err := d.open()
	if err != nil {
		return "", err
	}
	return s.Locked(ctx, key)
}

// Purge implements that of [blob.Purge].
func (d *dirCopy) Purge(ctx context.Context, prefix string) error {
	s, err := d.open()
	if err != nil {
		return err
	}
	return s.Purge(ctx, prefix)
}

type copyCmd struct{}

// Run copies what the copies lack.
func (copyCmd) Run(ctx context.Context, p *program) (err error) {
	c, err := p.config()
	if err != nil {
		return err
	}
	if len(c.Copies) == 0 {
		return &ibid.Error{Kind: ibid.KindInput, Op: "copy", URI: c.Store, Err: errNoCopies}
	}
	h, err := p.openStored(ctx, c, toAudit)
	if err != nil {
		return err
	}
	defer func() { err = worse(err, h.close()) }()
	audit, err := h.archive.Audit(ctx, archive.AuditOptions{Repair: true, Lacking: true, Record: true}, p.printFinding)
	if err != nil {
		return err
	}
	if err := p.printCopied(audit, len(c.Copies)+1); err != nil {
		return err
	}
	return p.auditEnd(ctx, h, audit, nil)
}

var errNoCopies = fmt.Errorf("there are none: name them in `copies` of the configuration")

func (p *program) printCopied(a archive.Audit, stores int) error {
	if p.flags.JSON {
		return p.printJSON(a)
	}
	for _, away := range a.Away {
		fmt.Fprintf(p.stdout, "away: %s\n", away)
	}
	_, err := fmt.Fprintf(p.stdout, "copied %s; what is held is in %d of %s\n", report.Count(a.Copied, "object"), stores-len(a.Away), report.Count(stores, "store"))
	return err
}

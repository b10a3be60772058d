package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/fs"
	"github.com/ibid-archive/ibid/archive/blob/retry"
	"github.com/ibid-archive/ibid/archive/blob/s3"
	"github.com/ibid-archive/ibid/archive/blob/spool"
	"github.com/ibid-archive/ibid/configs"
)

// staleUpload is the age at which an upload to a bucket that was never completed is nobody's any more.
const staleUpload = 24 * time.Hour

// localDir is where this machine keeps what belongs to a store: a directory is its own, a bucket has a folder that is
// named after it.
func localDir(c configs.Config) string {
	bucket, prefix, ok := c.Bucket()
	if !ok {
		return filepath.Clean(c.Store)
	}
	name := "ibid-" + bucket
	if prefix != "" {
		name += "+" + strings.ReplaceAll(prefix, "/", "+") // neither bucket nor key has a "+"
	}
	return filepath.Clean(name)
}

func spoolDir(c configs.Config) string {
	if c.Spool.Dir != "" {
		return c.Spool.Dir
	}
	return filepath.Join(localDir(c), "spool")
}

// storeThere says whether what reads a store can find it. A bucket is there or not; what is on this machine can be
// made again.
func storeThere(c configs.Config) error {
	dir := localDir(c)
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		return nil
	}
	bad := func(name, way string) error {
		return &ibid.Error{Kind: ibid.KindInput, Op: "open the store", URI: name, Err: errors.New(way)}
	}
	if _, _, ok := c.Bucket(); ok {
		return bad(c.Store, "there is no catalogue of it in "+dir+" yet: ibid reindex makes one, ibid archive DOCUMENT begins one")
	}
	return bad(dir, "there is none yet: ibid archive DOCUMENT makes one, --store names another")
}

// openStore opens the store of c; write says whether something is to be written.
func (p *program) openStore(ctx context.Context, h *house, c configs.Config, write bool) (blob.Store, error) {
	if _, _, ok := c.Bucket(); ok {
		return p.openBucket(ctx, h, c, write)
	}
	store, err := fs.New(localDir(c))
	if err != nil || !h.alone {
		return store, err
	}
	_, err = store.Sweep() // what lies half written is of a process that died
	return store, err
}

// openBucket puts the parts together: a spool that outlives this process, before tries that outlast an outage, before
// the bucket.
func (p *program) openBucket(ctx context.Context, h *house, c configs.Config, write bool) (blob.Store, error) {
	roots, err := rootCAs(c.Network.CAFile)
	if err != nil {
		return nil, err
	}
	bucket, prefix, _ := c.Bucket()
	store, err := s3.New(s3.Options{
		Endpoint: c.S3.Endpoint, Region: c.S3.Region, Insecure: !c.S3.Secure, Bucket: bucket, Prefix: prefix, RootCAs: roots, Log: p.log,
		Lookup: map[configs.Addressing]s3.Lookup{configs.AddressingPath: s3.LookupPath, configs.AddressingHost: s3.LookupHost}[c.S3.Addressing],
	})
	if err != nil {
		return nil, err
	}
	h.closers = append(h.closers, func() error { store.Close(); return nil })
	patient := retry.New(store, retry.Options{Log: p.log})
	if !write {
		return patient, nil
	}
	can, err := store.Check(ctx)
	if err != nil {
		return nil, err
	}
	for _, note := range can.Notes {
		p.log.Info(note, "store", c.Store)
	}
	if _, err := store.Sweep(ctx, staleUpload); err != nil {
		p.log.Warn("uploads that were never completed may take up room in the bucket", "error", err)
	}
	// A folder of its own below the spool, so that what waits can never go to another bucket.
	waiting, err := spool.New(patient, spool.Options{
		Dir: filepath.Join(h.spool, "to-"+filepath.Base(localDir(c))), Max: int64(c.Spool.Max), Log: p.log,
	})
	if err != nil {
		return nil, err
	}
	h.waiting = waiting
	_, err = waiting.Drain(ctx)
	return waiting, err
}

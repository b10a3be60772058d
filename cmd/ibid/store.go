package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/fs"
	"github.com/ibid-archive/ibid/configs"
)

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

// sourceThere says so when a store that is to be read does not exist.
func sourceThere(name string) error {
	if _, _, bucket := configs.BucketOf(name); bucket {
		return nil
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil
	}
	return &ibid.Error{Kind: ibid.KindInput, Op: "repair from", URI: name, Err: errors.New("there is no such directory")}
}

// openStore opens the store of c.
func (p *program) openStore(ctx context.Context, h *house, c configs.Config, why purpose) (blob.Store, error) {
	if _, _, ok := c.Bucket(); ok {
		return p.openBucket(ctx, h, c, why)
	}
	if why == toRead || h.fixed {
		return fs.Existing(localDir(c))
	}
	store, err := fs.New(localDir(c))
	if err != nil || !h.alone {
		return store, err
	}
	_, err = store.Sweep() // what lies half written is of a process that died
	return store, err
}

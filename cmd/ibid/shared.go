package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ibid-archive/ibid/internal/catalog"
)

// With a catalogue in PostgreSQL any number of processes write to one store: keys hold the ids of Jobs, and a Job is one
// worker's. With one in SQLite a process writes alone. The lock in the store's directory keeps the two apart, and
// says who comes first and may clear away what dead processes left there.

// lockWait is how long a process waits for another one that is clearing away.
const lockWait = 10 * time.Second

// isShared says whether the catalogue lets several processes write.
func (h *house) isShared() bool { return catalog.IsPostgres(h.config.Catalog) }

// lockStore takes the lock of the store, and finds out whether this process is the only one that writes there.
func (h *house) lockStore(ctx context.Context, name string) (err error) {
	if h.isShared() {
		h.lock, h.alone, err = lockShared(ctx, name)
	} else {
		h.lock, err = lock(name, true)
		h.alone = err == nil
	}
	if err == nil {
		h.closers = append(h.closers, h.lock.close)
	}
	return err
}

// shareStore lets in others with the same catalogue, now that what dead processes left has been cleared away.
func (h *house) shareStore() error {
	if !h.alone || !h.isShared() {
		return nil
	}
	h.alone = false
	return h.lock.as(false)
}

// lockShared takes a lock that others may have too, and says whether nobody has it yet.
func lockShared(ctx context.Context, name string) (l *fileLock, alone bool, err error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(lockWait); ; {
		if l, err := lock(name, true); err == nil {
			return l, true, nil
		}
		l, err := lock(name, false)
		if err == nil || !errors.Is(err, errHeld) || time.Now().After(end) {
			return l, false, err
		}
		select {
		case <-ctx.Done():
			return nil, false, ctx.Err()
		case <-tick.C:
		}
	}
}

// A process that shares its store has a folder of its own below the spool, which is locked while it lives. What is in
// it when it dies was never reported, and is made again by whoever takes up its Jobs.
const (
	spoolPrefix = "process-"
	spoolLock   = "lock"
)

// ownSpool makes the spool the folder of this process, and removes those of dead ones.
func (h *house) ownSpool() error {
	if err := os.MkdirAll(h.spool, 0o750); err != nil {
		return err
	}
	if err := sweepSpools(h.spool); err != nil {
		return err
	}
	made, err := os.MkdirTemp(h.spool, ".new-")
	if err != nil {
		return err
	}
	l, err := lock(filepath.Join(made, spoolLock), true)
	if err != nil {
		return err
	}
	// Named only now that it is locked: whoever sweeps takes what he can lock for that of a dead process.
	own := filepath.Join(h.spool, spoolPrefix+strings.TrimPrefix(filepath.Base(made), ".new-"))
	h.spool = own
	h.closers = append(h.closers, func() error { return errors.Join(os.RemoveAll(own), l.close()) })
	return os.Rename(made, own)
}

func sweepSpools(base string) error {
	dirs, err := filepath.Glob(filepath.Join(base, spoolPrefix+"*"))
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		l, err := lock(filepath.Join(dir, spoolLock), true)
		if err != nil {
			continue // it is alive, or another one is sweeping
		}
		if err := errors.Join(os.RemoveAll(dir), l.close()); err != nil {
			return err
		}
	}
	return nil
}

package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ibid-archive/ibid"
)

// A file that is written lies beside its place until it is whole, and is locked while whoever writes it lives.
const (
	partPrefix = ".ibid-"
	partSuffix = ".part"
)

// create has do write a file, by way of another one beside it: a file that is there is whole. What processes that died left
// there is removed.
func create(name string, do func(w io.Writer) error) (err error) {
	bad := func(err error) error { return &ibid.Error{Kind: ibid.KindInput, Op: "write", URI: name, Err: err} }
	sweepParts(filepath.Dir(name))
	f, l, err := openPart(filepath.Dir(name))
	if path := (*os.PathError)(nil); errors.As(err, &path) {
		err = path.Err // the file beside it is nobody's business
	}
	if err != nil {
		return bad(err)
	}
	defer func() { err = errors.Join(err, l.close()) }()
	if err := do(f); err != nil {
		return errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	if err := errors.Join(f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return errors.Join(bad(err), os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return errors.Join(bad(err), os.Remove(f.Name()))
	}
	return nil
}

// openPart makes a file and takes its lock. Who sweeps just then may come first, and takes it for that of a dead process.
func openPart(dir string) (*os.File, *fileLock, error) {
	for {
		f, err := os.CreateTemp(dir, partPrefix+"*"+partSuffix)
		if err != nil {
			return nil, nil, err
		}
		l, err := lock(f.Name(), true)
		if err == nil && isAt(f, f.Name()) {
			return f, l, nil
		}
		if err == nil {
			err = errors.Join(os.Remove(f.Name()), l.close())
		}
		if err = errors.Join(err, f.Close()); err != nil && !errors.Is(err, errHeld) {
			return nil, nil, err
		}
	}
}

// isAt says whether f is the file of that name.
func isAt(f *os.File, name string) bool {
	own, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(name)
	return err == nil && os.SameFile(own, there)
}

// sweepParts removes what nobody is writing any more. What cannot be removed is in nobody's way.
func sweepParts(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !strings.HasPrefix(e.Name(), partPrefix) || !strings.HasSuffix(e.Name(), partSuffix) {
			continue
		}
		name := filepath.Join(dir, e.Name())
		l, err := lock(name, true)
		if err != nil {
			continue // whoever writes it lives
		}
		_ = os.Remove(name)
		_ = l.close()
	}
}

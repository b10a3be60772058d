package fs

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// lossyfs is a disk that loses power. What was written to a file is only sure to last once the file was
// flushed, and a name (or that it was taken away) once its directory was flushed. At the operation that
// was chosen it either loses power, after which nothing works any more, or fails that one operation.
type lossyfs struct {
	t       *testing.T
	backup  string // holds every file under its number, whatever its names
	mu      sync.Mutex
	ops     int
	failAt  int   // counted from 1; 0: never
	fault   error // what fails; nil: power
	dead    bool
	names   map[string]*inode // as a running process sees them
	durable map[string]*inode // as they are on the disk
}

// inode is a file or, without a number, a directory.
type inode struct {
	number int
	synced int64 // so many bytes are sure to last
}

var errPower = errors.New("no power")

func newLossy(t *testing.T, failAt int, fault error) *lossyfs {
	return &lossyfs{t: t, backup: t.TempDir(), failAt: failAt, fault: fault, names: map[string]*inode{}, durable: map[string]*inode{}}
}

// step counts one operation and says whether it fails. The lock is held when it returns nil.
func (l *lossyfs) step() error {
	l.mu.Lock()
	if l.dead {
		l.mu.Unlock()
		return errPower
	}
	if l.ops++; l.ops != l.failAt {
		return nil
	}
	defer l.mu.Unlock()
	if l.fault != nil {
		return l.fault
	}
	l.dead = true
	return errPower
}

func (l *lossyfs) system() system {
	return system{create: l.create, link: l.link, remove: l.remove, mkdir: l.mkdir, sync: l.sync, syncDir: l.syncDir}
}

// know gives the file at name a number and a link in the backup.
func (l *lossyfs) know(name string) (*inode, error) {
	if n := l.names[name]; n != nil {
		return n, nil
	}
	n := &inode{number: l.ops}
	l.names[name] = n
	return n, os.Link(name, l.backupOf(n))
}

func (l *lossyfs) backupOf(n *inode) string { return filepath.Join(l.backup, fmt.Sprint(n.number)) }

func (l *lossyfs) create(name string) (file, error) {
	if err := l.step(); err != nil {
		return nil, err
	}
	defer l.mu.Unlock()
	f, err := createFile(name)
	if err != nil {
		return nil, err
	}
	n, err := l.know(name)
	return &lossyFile{file: f, l: l, n: n}, err
}

func (l *lossyfs) link(from, to string) error {
	if err := l.step(); err != nil {
		return err
	}
	defer l.mu.Unlock()
	n, err := l.know(from)
	if err != nil {
		return err
	}
	if err := os.Link(from, to); err != nil {
		return err
	}
	l.names[to] = n
	return nil
}

func (l *lossyfs) remove(name string) error {
	if err := l.step(); err != nil {
		return err
	}
	defer l.mu.Unlock()
	delete(l.names, name)
	return os.Remove(name)
}

func (l *lossyfs) mkdir(name string) error {
	if err := l.step(); err != nil {
		return err
	}
	defer l.mu.Unlock()
	if err := os.Mkdir(name, 0o750); err != nil {
		return err
	}
	l.names[name] = &inode{}
	return nil
}

func (l *lossyfs) sync(f *os.File) error {
	if err := l.step(); err != nil {
		return err
	}
	defer l.mu.Unlock()
	n, err := l.know(f.Name())
	if err != nil {
		return err
	}
	info, err := f.Stat()
	n.synced = info.Size()
	return err
}

func (l *lossyfs) syncDir(dir string) error {
	if err := l.step(); err != nil {
		return err
	}
	defer l.mu.Unlock()
	for name := range l.durable {
		if filepath.Dir(name) == dir && l.names[name] == nil {
			delete(l.durable, name)
		}
	}
	for name, n := range l.names {
		if filepath.Dir(name) == dir {
			l.durable[name] = n
		}
	}
	return nil
}

type lossyFile struct {
	file
	l *lossyfs
	n *inode
}

func (f *lossyFile) Write(p []byte) (int, error) {
	if err := f.l.step(); err != nil {
		n, _ := f.file.Write(p[:len(p)/2]) // what reached the disk before is anyone's guess
		return n, err
	}
	defer f.l.mu.Unlock()
	return f.file.Write(p)
}

func (f *lossyFile) Sync() error {
	if err := f.l.step(); err != nil {
		return err
	}
	defer f.l.mu.Unlock()
	info, err := f.Stat()
	f.n.synced = info.Size()
	return err
}

// survivors makes in a new directory what a disk could hold after the loss: each change of a name that was
// not flushed happened or did not, and of the bytes that were not flushed some part is there.
func (l *lossyfs) survivors(root string, r *rand.Rand) string {
	l.t.Helper()
	all := map[string]*inode{}
	for name, n := range l.durable {
		if l.names[name] != nil || r.IntN(2) == 0 {
			all[name] = n
		}
	}
	for name, n := range l.names {
		if l.durable[name] == nil && r.IntN(2) == 0 {
			all[name] = n
		}
	}
	to := filepath.Join(l.t.TempDir(), "survivors")
	if err := os.MkdirAll(to, 0o750); err != nil {
		l.t.Fatal(err)
	}
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names) // parents first
	for _, name := range names {
		rel, err := filepath.Rel(root, name)
		if err != nil || rel == "." || !filepath.IsLocal(rel) {
			continue
		}
		target := filepath.Join(to, rel)
		if _, err := os.Stat(filepath.Dir(target)); err != nil {
			continue // its directory did not survive
		}
		if err := l.copy(all[name], target, r); err != nil {
			l.t.Fatal(err)
		}
	}
	return to
}

func (l *lossyfs) copy(n *inode, target string, r *rand.Rand) error {
	if n.number == 0 {
		return os.Mkdir(target, 0o750)
	}
	from, err := os.Open(l.backupOf(n))
	if err != nil {
		return err
	}
	b, err := io.ReadAll(from)
	if err = errors.Join(err, from.Close()); err != nil {
		return err
	}
	if lost := int64(len(b)) - n.synced; lost > 0 {
		b = b[:n.synced+r.Int64N(lost+1)]
		for i := n.synced; i < int64(len(b)); i++ {
			b[i] *= byte(r.IntN(2)) // blocks that were never written read as zeros
		}
	}
	return os.WriteFile(target, b, 0o600)
}

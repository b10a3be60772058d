package fs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/blobtest"
)

func newStore(t *testing.T) *Store {
	t.Helper()
	s, err := New(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Store { return newStore(t) })
}

func spool(t *testing.T) (*os.File, blob.Object) {
	t.Helper()
	const body = "spooled bytes"
	f, err := os.Create(filepath.Join(t.TempDir(), "spool.open"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if _, err := f.WriteString(body); err != nil {
		t.Fatal(err)
	}
	o := blobtest.Object("a/spooled", []byte(body))
	o.Body = f
	return f, o
}

func TestPutLinksAFile(t *testing.T) {
	s := newStore(t)
	f, o := spool(t)
	if err := s.Put(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	mine, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	stored, err := os.Stat(s.path(o.Key))
	if err != nil || !os.SameFile(mine, stored) {
		t.Fatalf("it was copied: %v", err)
	}
	if stored.Mode().Perm() != objectMode {
		t.Errorf("mode %v: somebody could write to it", stored.Mode())
	}
	if err := os.Remove(f.Name()); err != nil {
		t.Fatal(err)
	}
	if got := blobtest.Read(t, s, o.Key, 0, -1); string(got) != "spooled bytes" {
		t.Errorf("read back %q", got)
	}
}

func TestPutOfAFileIsVerifiedToo(t *testing.T) {
	s := newStore(t)
	_, o := spool(t)
	o.Digest = ibid.DigestOf([]byte("others"))
	if err := s.Put(t.Context(), o); !errors.Is(err, blob.ErrMismatch) {
		t.Fatalf("put: %v", err)
	}
	if _, err := os.Stat(s.path(o.Key)); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("it has a name: %v", err)
	}
}

func TestPutCopiesWhatCannotBeLinked(t *testing.T) {
	for name, prepare := range map[string]func(*Store, *os.File) error{
		"another file system":          func(s *Store, _ *os.File) error { s.sys.link = linkFailsOnce(syscall.EXDEV); return nil },
		"the name is gone":             func(_ *Store, f *os.File) error { return os.Remove(f.Name()) },
		"a file system without links":  func(s *Store, _ *os.File) error { s.sys.link = noLinks; return nil },
		"the name is another's by now": func(_ *Store, f *os.File) error { return replace(f.Name()) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			f, o := spool(t)
			if err := prepare(s, f); err != nil {
				t.Fatal(err)
			}
			if err := s.Put(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			if got := blobtest.Read(t, s, o.Key, 0, -1); string(got) != "spooled bytes" {
				t.Errorf("read back %q", got)
			}
			if n := temps(t, s); n != 0 {
				t.Errorf("%d temporary files stay", n)
			}
		})
	}
}

func noLinks(string, string) error { return syscall.EPERM }

func linkFailsOnce(err error) func(string, string) error {
	failed := false
	return func(from, to string) error {
		if !failed {
			failed = true
			return err
		}
		return os.Link(from, to)
	}
}

func replace(name string) error {
	return errors.Join(os.Remove(name), os.WriteFile(name, []byte("spooled BYTES"), 0o600))
}

func temps(t *testing.T, s *Store) int {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.root, tempDir))
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestSweepRemovesLeftovers(t *testing.T) {
	s := newStore(t)
	if err := os.WriteFile(filepath.Join(s.root, tempDir, "1-DEAD"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Sweep(); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if n := temps(t, s); n != 0 {
		t.Errorf("%d stay", n)
	}
}

func TestListSkipsWhatIsNoObject(t *testing.T) {
	s := newStore(t)
	if err := s.Put(t.Context(), blobtest.Object("a/b", []byte("x"))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.root, "a", ".hidden"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(s.root, "a", "dangling")); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := s.List(t.Context(), "", func(i blob.Info) error { got = append(got, i.Key); return nil })
	if err != nil || len(got) != 1 || got[0] != "a/b" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestNewNamesWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, root := range []string{file, filepath.Join(file, "below")} {
		_, err := New(root)
		if ibid.KindOf(err) != ibid.KindStorage || ibid.ClassOf(err) != ibid.ClassStorageUnavailable || !strings.Contains(err.Error(), root) {
			t.Errorf("New(%s): %v", root, err)
		}
	}
}

func TestFaultsHaveTheirClass(t *testing.T) {
	for _, c := range []struct {
		errno syscall.Errno
		class ibid.Class
		says  string
	}{
		{syscall.ENOSPC, ibid.ClassStorageFull, "free some space"},
		{syscall.EDQUOT, ibid.ClassStorageFull, "free some space"},
		{syscall.EIO, ibid.ClassStorageUnavailable, "check it"},
		{syscall.EROFS, ibid.ClassStorageUnavailable, "writable"},
		{syscall.EACCES, ibid.ClassStorageUnavailable, "writable"},
		{syscall.EMFILE, ibid.ClassStorageUnavailable, "ulimit"},
	} {
		s := newStore(t)
		s.sys.create = func(name string) (file, error) {
			f, err := createFile(name)
			return faulty{f, c.errno}, err
		}
		err := s.Put(t.Context(), blobtest.Object("k", []byte("x")))
		if ibid.ClassOf(err) != c.class || ibid.KindOf(err) != ibid.KindStorage || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v", c.errno, err)
		}
		if n := temps(t, s); n != 0 {
			t.Errorf("%v: %d temporary files stay", c.errno, n)
		}
	}
}

type faulty struct {
	file
	err error
}

func (f faulty) Write([]byte) (int, error) { return 0, f.err }

func TestAFailedFlushIsNeverTrusted(t *testing.T) {
	t.Run("of a linked file", func(t *testing.T) {
		s := newStore(t)
		_, o := spool(t)
		s.sys.sync = func(*os.File) error { return syscall.EIO }
		if err := s.Put(t.Context(), o); ibid.ClassOf(err) != ibid.ClassStorageUnavailable {
			t.Fatalf("put: %v", err)
		}
		s.sys.sync = (*os.File).Sync // now the kernel says yes, with the bytes gone
		if err := s.Put(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		linked, _ := o.Body.(*os.File).Stat()
		if stored, err := os.Stat(s.path(o.Key)); err != nil || os.SameFile(linked, stored) {
			t.Errorf("the distrusted file was linked: %v", err)
		}
	})
	t.Run("of the directory", func(t *testing.T) {
		s := newStore(t)
		o := blobtest.Object("k", []byte("x"))
		s.sys.syncDir = func(string) error { return syscall.EIO }
		s.durable[s.root] = true
		if err := s.Put(t.Context(), o); ibid.ClassOf(err) != ibid.ClassStorageUnavailable {
			t.Fatalf("put: %v", err)
		}
		if _, err := s.Stat(t.Context(), "k"); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("the name stays: %v", err)
		}
	})
	t.Run("of the directory, and the name cannot be taken back", func(t *testing.T) {
		s := newStore(t)
		o := blobtest.Object("k", []byte("x"))
		s.sys.syncDir = func(string) error { return syscall.EIO }
		s.sys.remove = func(string) error { return syscall.EIO }
		first := s.Put(t.Context(), o)
		s.sys = realSystem()
		if second := s.Put(t.Context(), o); first == nil || second == nil {
			t.Errorf("first %v, second %v", first, second)
		}
	})
}

func BenchmarkPut(b *testing.B) {
	s, err := New(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	body := []byte(strings.Repeat("x", 50<<10))
	b.SetBytes(int64(len(body)))
	n := 0
	for b.Loop() {
		n++
		if err := s.Put(b.Context(), blobtest.Object(fmt.Sprintf("bench/%d", n), body)); err != nil {
			b.Fatal(err)
		}
	}
}

// TestExisting: a directory is read as it is, and only who puts something makes anything in it.
func TestExisting(t *testing.T) {
	root := t.TempDir()
	s, err := Existing(root)
	if err != nil {
		t.Fatal(err)
	}
	if made, err := os.ReadDir(root); err != nil || len(made) > 0 {
		t.Errorf("it made %v, %v", made, err)
	}
	if err := s.Put(t.Context(), blob.Object{Key: "a/b", Body: strings.NewReader("text"), Size: 4, Digest: ibid.DigestOf([]byte("text"))}); err != nil {
		t.Error(err)
	}
	if _, err := Existing(filepath.Join(root, "missing")); ibid.KindOf(err) != ibid.KindStorage {
		t.Errorf("a directory that is not there: %v", err)
	}
	if _, err := Existing(filepath.Join(root, "a", "b")); ibid.KindOf(err) != ibid.KindStorage {
		t.Errorf("a file: %v", err)
	}
}

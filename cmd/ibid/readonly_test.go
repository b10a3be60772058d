//go:build unix

package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
)

// nobody is the user whom these tests are where they run as root, who may write anywhere.
const nobody = 65534

// fixedStore is a store that whoever asks it may read, and not write to.
type fixedStore struct{ dir, exe string }

// newFixedStore makes a store, has prepare change it, and takes from its directories the permission to write.
func newFixedStore(t *testing.T, prepare func(t *testing.T, store string)) fixedStore {
	t.Helper()
	base, err := os.MkdirTemp("", "ibid-fixed-") // that of t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	w := fixedStore{dir: filepath.Join(base, "store"), exe: filepath.Join(base, "ibid")}
	t.Cleanup(func() {
		w.each(t, func(name string, _ bool) error { return os.Chmod(name, 0o700) }) //nolint:gosec // to be removed
		sure(t, os.RemoveAll(base))
	})
	file := filepath.Join(base, "secret.warc")
	writeTo(t, file, []byte(secretWARC()))
	must(t, []string{"IBID_STORE=" + w.dir}, 0, "import", file)
	if prepare != nil {
		prepare(t, w.dir)
	}
	exe, err := os.ReadFile(os.Args[0])
	out := filepath.Join(base, "out")
	sure(t, errors.Join(err, os.WriteFile(w.exe, exe, 0o755), os.Chmod(base, 0o755), os.Mkdir(out, 0o700), os.Chmod(out, 0o777))) //nolint:gosec // others run it
	w.each(t, func(name string, isDir bool) error {
		mode := fs.FileMode(0o444)
		if isDir {
			mode = 0o555
		}
		return os.Chmod(name, mode)
	})
	return w
}

// each has something done to all that is in the store.
func (w fixedStore) each(t *testing.T, do func(name string, isDir bool) error) {
	t.Helper()
	sure(t, filepath.WalkDir(w.dir, func(name string, d fs.DirEntry, err error) error { return errors.Join(err, do(name, d.IsDir())) }))
}

// run runs the program in a process of its own, as a user who may not write there.
func (w fixedStore) run(t *testing.T, code int, args ...string) (out, said string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), w.exe, append([]string{"--store", w.dir}, args...)...) //nolint:gosec // this test itself
	cmd.Dir, cmd.Env = filepath.Dir(w.dir), append(os.Environ(), asProgram+"=1", noRescue+"=false")
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != code {
		t.Fatalf("%q: %v, not %d\n%s%s", args, err, code, &stdout, &stderr)
	}
	return stdout.String(), stderr.String()
}

// sure ends the test with an error.
func sure(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestReadOnlyStore: what only reads does so in a store in a directory, or on a disk, that cannot be written to; what writes
// says so in one sentence.
func TestReadOnlyStore(t *testing.T) {
	t.Parallel()
	w := newFixedStore(t, nil)
	for _, tt := range []struct {
		args string
		code int
		want string // in what it prints, or in what it says on stderr
	}{
		{"lookup " + killedSecret, ibid.ExitOK, "1 held"},
		{"get " + killedSecret, ibid.ExitOK, secretText},
		{"verify", ibid.ExitOK, "every byte is as it was written"},
		{"export default --unsigned -o out/all.wacz", ibid.ExitOK, "1 capture"},
		{"report trust", ibid.ExitOK, "1 capture"},
		{"schedule list", ibid.ExitOK, "Nothing has a schedule"},
		{"lookup " + killedSecret, ibid.ExitOK, "the catalogue is read as it stands"},
		{"verify", ibid.ExitOK, "the audit is not recorded"},
		{"verify --repair-from .", ibid.ExitUsage, "leave out --repair-from"},
		{"token create somebody", ibid.ExitFailed, "its directory is read-only"},
		{"serve", ibid.ExitFailed, w.dir + ": permission denied; --store names a directory that can be written to"},
	} {
		out, said := w.run(t, tt.code, strings.Fields(tt.args)...)
		if !strings.Contains(out+said, tt.want) {
			t.Errorf("%s: no %q in\n%s%s", tt.args, tt.want, out, said)
		}
	}
}

// TestReadOnlyStoreWithWhatWasNotWrittenBack: a backup of a running archive has a write-ahead log beside its catalogue, and
// one of last year older tables.
func TestReadOnlyStoreWithWhatWasNotWrittenBack(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		prepare func(t *testing.T, store string)
		code    int
	}{
		{"a log", destroyedInTheLog, ibid.ExitIncomplete},
		{"older tables", func(t *testing.T, store string) { olderTables(t, &killedWorld{dir: filepath.Dir(store)}) }, ibid.ExitOK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newFixedStore(t, tt.prepare)
			w.run(t, tt.code, "lookup", killedSecret)
			if _, said := w.run(t, ibid.ExitFailed, "token", "create", "somebody"); !strings.Contains(said, "its directory is read-only") {
				t.Error(said)
			}
		})
	}
}

// destroyedInTheLog leaves a catalogue of which the log says that it holds nothing.
func destroyedInTheLog(t *testing.T, store string) {
	t.Helper()
	name := filepath.Join(store, "catalog.db")
	c, err := catalog.Open(t.Context(), "sqlite:"+name, catalog.Options{})
	sure(t, err)
	_, err = c.DB().ExecContext(t.Context(), "DELETE FROM captures")
	sure(t, err)
	var kept [2][]byte
	for i, suffix := range []string{"", "-wal"} {
		kept[i], err = os.ReadFile(name + suffix)
		sure(t, err)
	}
	sure(t, c.Close()) // which writes the log back, and removes it
	writeTo(t, name, kept[0])
	writeTo(t, name+"-wal", kept[1])
}

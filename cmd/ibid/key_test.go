package main

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// A key is there whole, or not at all: of many who make it at once one does, and nothing that is there is replaced.
func TestAKeyIsWrittenWhole(t *testing.T) {
	t.Parallel()
	k := keyFile(filepath.Join(t.TempDir(), "keys", "signing.pem"))
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = k.make() })
	}
	all.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else if !errors.Is(err, os.ErrExist) {
			t.Error(err)
		}
	}
	key, err := k.read()
	if made != 1 || err != nil || key == nil {
		t.Fatalf("made %d times; it is read with %v", made, err)
	}
	if info, err := os.Stat(string(k)); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if left, err := filepath.Glob(string(k) + ".*.tmp"); err != nil || len(left) > 0 {
		t.Errorf("left are %q, %v", left, err)
	}
	// What a process leaves that dies before the key has its name keeps nobody from making one.
	if err := errors.Join(os.Remove(string(k)), os.WriteFile(string(k)+".1.tmp", nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := k.make(); err != nil {
		t.Error(err)
	}
}

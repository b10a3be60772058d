package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestWhatDeadWritersLeftIsRemoved(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	writeTo(t, at(".ibid-1.part"), []byte("half"))
	writeTo(t, at(".ibid-mine"), []byte("no part"))
	write := func(w io.Writer) error {
		_, err := io.WriteString(w, "whole")
		return err
	}
	err := create(at("first"), func(w io.Writer) error {
		return errors.Join(write(w), create(at("second"), write)) // while the first one is being written
	})
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no more")
	if err := create(at("first"), func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 3 || left[0].Name() != ".ibid-mine" {
		t.Errorf("%v, %v", left, err)
	}
	for _, name := range []string{"first", "second"} {
		if b, err := os.ReadFile(at(name)); err != nil || string(b) != "whole" {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
}

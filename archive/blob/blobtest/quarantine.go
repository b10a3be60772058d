package blobtest

import (
	"errors"
	"slices"
	"testing"

	"github.com/ibid-archive/ibid/archive/blob"
)

// quarantine: what is moved away frees its key and nothing else, and is no object any more.
func quarantine(t *testing.T, s blob.Store) {
	put(t, s, "a/bad", "damaged")
	put(t, s, "a/good", "sound")
	if _, err := blob.Quarantine(t.Context(), s, "a/none"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("what is not there: %v", err)
	}
	if _, err := blob.Quarantine(t.Context(), s, "../bad"); err == nil {
		t.Error("a key that is none is taken")
	}
	for range 2 { // the second time, too
		where, err := blob.Quarantine(t.Context(), s, "a/bad")
		if err != nil || where == "" {
			t.Fatalf("quarantine: %q, %v", where, err)
		}
		if _, err := s.Stat(t.Context(), "a/bad"); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("it is there still: %v", err)
		}
		if got := keys(t, s, ""); !slices.Equal(got, []string{"a/good"}) {
			t.Errorf("listed %q", got)
		}
		put(t, s, "a/bad", "as it was")
		if got := Read(t, s, "a/bad", 0, -1); string(got) != "as it was" {
			t.Errorf("read back %q", got)
		}
	}
	if err := blob.Purge(t.Context(), s, "a/b"); err != nil {
		t.Fatal(err)
	}
	if got := Read(t, s, "a/bad", 0, -1); string(got) != "as it was" {
		t.Errorf("what was not moved away is %q", got)
	}
}

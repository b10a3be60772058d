package fs

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/ibid-archive/ibid/archive/blob/blobtest"
)

// TestPowerLossInQuarantine: whenever the power goes, the bytes are under their key, or in quarantine, or both.
func TestPowerLossInQuarantine(t *testing.T) {
	const body = "damaged, but perhaps of use"
	moved := false
	for k := 0; !moved; k++ {
		l := newLossy(t, 0, nil)
		root := filepath.Join(t.TempDir(), "store")
		s, err := open(root, l.system())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Put(t.Context(), blobtest.Object("a/bad", []byte(body))); err != nil {
			t.Fatal(err)
		}
		l.failAt = l.ops + 1 + k
		_, err = s.Quarantine(t.Context(), "a/bad")
		moved = err == nil
		for round := range uint64(4) {
			left := l.survivors(root, rand.New(rand.NewPCG(uint64(k), round)))
			found := 0
			for _, pattern := range []string{"a/bad", quarantineDir + "/*/a/bad"} {
				names, err := filepath.Glob(filepath.Join(left, pattern))
				if err != nil {
					t.Fatal(err)
				}
				for _, name := range names {
					if b, err := os.ReadFile(name); err == nil && string(b) == body {
						found++
					}
				}
			}
			if found == 0 || moved && found != 1 {
				t.Errorf("the power went at %d: %d of them are left", k, found)
			}
		}
	}
}

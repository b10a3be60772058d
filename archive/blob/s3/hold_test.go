package s3

import (
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// TestLegalHolds puts holds and lifts them: only its own, all versions, and again after each point at which it can die.
func TestLegalHolds(t *testing.T) {
	for _, k := range kinds[1:] {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			s := lockable(t, k, Governance)
			put(t, s, "free", 5)
			hold := func(step string, on bool, want blob.HoldChange) {
				t.Helper()
				if got, err := blob.Hold(t.Context(), s, "free", on); got != want || err != nil {
					t.Errorf("%s: %q, %v; want %q", step, got, err, want)
				}
				why, err := s.Locked(t.Context(), "free")
				if isOn := strings.Contains(why, "legal hold"); isOn != on && want != blob.HoldForeign || err != nil {
					t.Errorf("%s: it is locked: %q, %v", step, why, err)
				}
			}
			newest := func() version {
				t.Helper()
				all, err := s.versions(t.Context(), "free")
				if err != nil || len(all) == 0 {
					t.Fatal(all, err)
				}
				return all[0]
			}
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			if can, err := blob.CanHold(t.Context(), s); !can || err != nil {
				t.Errorf("it can hold: %v, %v", can, err)
			}
			hold("nothing to lift", false, blob.HoldKept)
			hold("put", true, blob.HoldPut)
			hold("put again", true, blob.HoldKept)
			if err := s.Remove(t.Context(), "free"); ibid.KindOf(err) != ibid.KindPolicy {
				t.Errorf("removed under a hold: %v", err)
			}
			must(s.putHold(t.Context(), "free", newest(), minio.LegalHoldDisabled))
			hold("lifted by somebody else", true, blob.HoldRestored)
			hold("lifted", false, blob.HoldLifted)
			hold("lifted again", false, blob.HoldKept)
			must(s.putTags(t.Context(), "free", newest(), map[string]string{holdTag: "1"}))
			hold("died before the hold was put, and it ended", false, blob.HoldLifted)
			must(s.putTags(t.Context(), "free", newest(), map[string]string{"team": "records"}))
			must(s.putHold(t.Context(), "free", newest(), minio.LegalHoldEnabled))
			hold("of somebody else, wanted", true, blob.HoldKept)
			hold("of somebody else, not wanted", false, blob.HoldForeign)
			must(s.putHold(t.Context(), "free", newest(), minio.LegalHoldDisabled))
			_, err := s.client.Client.PutObject(t.Context(), s.o.Bucket, s.full("free"), strings.NewReader("newer"), 5, minio.PutObjectOptions{})
			must(err)
			hold("a second version", true, blob.HoldPut)
			hold("all versions", false, blob.HoldLifted)
			if marks, err := s.tagsOf(t.Context(), "free", version{}); err != nil || marks[holdTag] != "" {
				t.Errorf("the tags that are left: %v, %v", marks, err)
			}
			if err := s.Remove(t.Context(), "free"); err != nil {
				t.Errorf("removed when nothing holds it: %v", err)
			}
			if _, err := s.Hold(t.Context(), "nothing", true); ibid.KindOf(err) != ibid.KindNotFound {
				t.Errorf("what is not there: %v", err)
			}
		})
	}
}

func TestHoldsOfABucketWithoutLock(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			if can, err := open(t, bucket(t, k.address(t))).CanHold(t.Context()); can || err != nil {
				t.Errorf("it can hold: %v, %v", can, err)
			}
		})
	}
}

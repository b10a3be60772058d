package s3

import (
	"testing"

	"github.com/minio/minio-go/v7"

	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/blobtest"
)

// left counts the versions of all objects whose key begins with prefix.
func left(t *testing.T, s *Store, prefix string) (n int) {
	t.Helper()
	for o := range s.client.Client.ListObjects(t.Context(), s.o.Bucket, minio.ListObjectsOptions{Prefix: s.full(prefix), WithVersions: true, Recursive: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		if !o.IsDeleteMarker {
			n++
		}
	}
	return n
}

// TestPurge: of what was moved away nothing is left, also where a bucket keeps versions.
func TestPurge(t *testing.T) {
	for i, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			var s *Store
			if i == 0 {
				s = checked(t, bucket(t, k.address(t)))
			} else {
				s = lockable(t, k, Governance)
			}
			for _, key := range []string{"free/a", "free/b", "free/stays", "freed/c"} {
				if err := s.Put(t.Context(), blobtest.Object(key, []byte("bytes of "+key))); err != nil {
					t.Fatal(err)
				}
			}
			for _, key := range []string{"free/a", "free/b", "freed/c"} {
				if _, err := blob.Quarantine(t.Context(), s, key); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 { // the second time there is nothing
				if err := blob.Purge(t.Context(), s, "free/"); err != nil {
					t.Fatal(err)
				}
			}
			if n := left(t, s, quarantinePrefix); n != 1 {
				t.Errorf("%d were left in quarantine, not the other one alone", n)
			}
			if n := left(t, s, "free/"); n != 1 {
				t.Errorf("%d versions were left, not the one that was never moved", n)
			}
			if got := blobtest.Read(t, s, "free/stays", 0, -1); string(got) != "bytes of free/stays" {
				t.Errorf("read %q", got)
			}
		})
	}
}

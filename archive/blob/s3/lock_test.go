package s3

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/ibid-archive/ibid"
)

// lockable makes a bucket with Object Lock, in which what is put is locked for a day; keys that begin with "free" are not.
func lockable(t *testing.T, k kind, mode LockMode) *Store {
	t.Helper()
	o := bucket(t, k.address(t))
	o.Bucket += "-locked"
	o.Lock = func(key string) Lock {
		if strings.HasPrefix(key, "free") {
			return Lock{}
		}
		return Lock{mode, 24 * time.Hour}
	}
	s := open(t, o)
	if err := s.client.MakeBucket(t.Context(), o.Bucket, minio.MakeBucketOptions{ObjectLocking: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// held says whether the one version of key can still be read.
func held(t *testing.T, s *Store, key, version string) bool {
	t.Helper()
	o, err := s.client.Client.StatObject(t.Context(), s.o.Bucket, s.full(key), minio.StatObjectOptions{VersionID: version})
	return err == nil && o.Size > 0
}

// TestLockedObjects asks for every deletion that there is of an object that is locked.
func TestLockedObjects(t *testing.T) {
	for _, k := range kinds[1:] {
		for _, mode := range []LockMode{Governance, Compliance} {
			t.Run(k.name+"/"+string(mode), func(t *testing.T) {
				s := lockable(t, k, mode)
				for key, size := range map[string]int{"whole": 5, "parts": 2*minPartSize + 5} {
					put(t, s, key, size)
					all, err := s.versions(t.Context(), key)
					if err != nil || len(all) != 1 {
						t.Fatal(all, err)
					}
					version := all[0].id
					why, err := s.Locked(t.Context(), key)
					if !strings.Contains(why, string(mode)) || err != nil {
						t.Errorf("%s is locked: %q, %v", key, why, err)
					}
					if err := s.Remove(t.Context(), key); err == nil {
						t.Error("Ibid itself could remove it")
					}
					deletions(t, s, key, version, mode)
				}
				put(t, s, "free", 5)
				hold := minio.LegalHoldEnabled
				if err := s.client.PutObjectLegalHold(t.Context(), s.o.Bucket, s.full("free"), minio.PutObjectLegalHoldOptions{Status: &hold}); err != nil {
					t.Fatal(err)
				}
				if why, err := s.Locked(t.Context(), "free"); err != nil || !strings.Contains(why, "legal hold") {
					t.Errorf("what is on hold: %q, %v", why, err)
				}
				if err := s.Remove(t.Context(), "free"); ibid.KindOf(err) != ibid.KindPolicy {
					t.Errorf("what is on hold is removed: %v", err)
				}
				hold = minio.LegalHoldDisabled
				if err := s.client.PutObjectLegalHold(t.Context(), s.o.Bucket, s.full("free"), minio.PutObjectLegalHoldOptions{Status: &hold}); err != nil {
					t.Fatal(err)
				}
				if err := s.Remove(t.Context(), "free"); err != nil {
					t.Errorf("what is not locked: %v", err)
				}
			})
		}
	}
}

// deletions asks for each kind of deletion of a version. In governance mode the last one succeeds, for whoever may.
func deletions(t *testing.T, s *Store, key, version string, mode LockMode) {
	t.Helper()
	full, bucket, c := s.full(key), s.o.Bucket, s.client.Client
	past, governance := time.Now().Add(-time.Hour), minio.Governance
	for _, d := range []struct {
		name string
		ask  func(context.Context) error
		// bypass: governance mode lets those through who may.
		bypass bool
	}{
		{"the version", func(ctx context.Context) error {
			return c.RemoveObject(ctx, bucket, full, minio.RemoveObjectOptions{VersionID: version})
		}, false},
		{"a shorter lock", func(ctx context.Context) error {
			return c.PutObjectRetention(ctx, bucket, full, minio.PutObjectRetentionOptions{VersionID: version, Mode: &governance, RetainUntilDate: &past})
		}, false},
		{"no lock", func(ctx context.Context) error {
			return c.PutObjectRetention(ctx, bucket, full, minio.PutObjectRetentionOptions{VersionID: version})
		}, false},
		{"the bucket", func(ctx context.Context) error { return c.RemoveBucket(ctx, bucket) }, false},
		{"the bucket by force", func(ctx context.Context) error {
			return c.RemoveBucketWithOptions(ctx, bucket, minio.RemoveBucketOptions{ForceDelete: true})
		}, false},
		{"no more versions", func(ctx context.Context) error { return c.SuspendVersioning(ctx, bucket) }, false},
		{"the name alone", func(ctx context.Context) error { return c.RemoveObject(ctx, bucket, full, minio.RemoveObjectOptions{}) }, false},
		{"the version, past governance", func(ctx context.Context) error {
			return c.RemoveObject(ctx, bucket, full, minio.RemoveObjectOptions{VersionID: version, GovernanceBypass: true})
		}, true},
	} {
		err := d.ask(t.Context())
		there := held(t, s, key, version)
		t.Logf("%s: there %v after %v", d.name, there, err)
		if !there && (mode == Compliance || !d.bypass) {
			t.Errorf("%s: %s is gone", d.name, key)
		}
		if there && mode == Governance && d.bypass {
			t.Errorf("%s: this server does not let pass whoever may", d.name)
		}
	}
}

func TestLocksOfABucketWithoutAny(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			o := bucket(t, k.address(t))
			o.Lock = func(string) Lock { return Lock{Compliance, time.Hour} }
			_, err := open(t, o).Check(t.Context())
			if ibid.KindOf(err) != ibid.KindInput || err == nil || !strings.Contains(err.Error(), "must be made with Object Lock") {
				t.Error(err)
			}
		})
	}
}

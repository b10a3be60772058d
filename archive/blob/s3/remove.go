package s3

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// version is one version of an object; the ID is empty where a bucket keeps none.
type version struct {
	id     string
	marker bool // that it was deleted
}

// versions are those of an object, delete markers included. A server that lists none has the object alone.
func (s *Store) versions(ctx context.Context, key string) (all []version, err error) {
	err = s.do(ctx, 0, func(ctx context.Context) error {
		all = nil
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		for o := range s.client.Client.ListObjects(ctx, s.o.Bucket, minio.ListObjectsOptions{Prefix: s.full(key), WithVersions: true, Recursive: true}) {
			if o.Err != nil {
				return o.Err
			}
			if o.Key == s.full(key) {
				all = append(all, version{o.VersionID, o.IsDeleteMarker})
			}
		}
		return nil
	})
	return all, err
}

// Remove implements blob.Remover.
func (s *Store) Remove(ctx context.Context, key string) error {
	if err := blob.CheckKey(key); err != nil {
		return err
	}
	return s.remove(ctx, key)
}

func (s *Store) remove(ctx context.Context, key string) error {
	all, err := s.versions(ctx, key)
	if err != nil {
		return s.failed("remove", key, err)
	}
	for _, v := range all {
		err := s.do(ctx, 0, func(ctx context.Context) error {
			return s.client.RemoveObject(ctx, s.o.Bucket, s.full(key), minio.RemoveObjectOptions{VersionID: v.id})
		})
		if err != nil && !isMissing(err) {
			if why, lockErr := s.lockOf(ctx, key, v); lockErr == nil && why != "" {
				return &ibid.Error{Kind: ibid.KindPolicy, Op: "remove", URI: s.name + "/" + key, Err: fmt.Errorf("%s: %w", why, err)}
			}
			return s.failed("remove", key, err)
		}
	}
	return nil
}

// Purge implements that of [blob.Purge], and takes out what the bucket keeps below prefix of older versions whose name is hidden.
func (s *Store) Purge(ctx context.Context, prefix string) error {
	if err := blob.CheckPrefix(prefix); err != nil {
		return err
	}
	var keys []string
	moved := func(key string) bool {
		_, of, ok := strings.Cut(strings.TrimPrefix(key, quarantinePrefix), "/")
		return ok && strings.HasPrefix(of, prefix)
	}
	for below, wanted := range map[string]func(minio.ObjectInfo, string) bool{
		quarantinePrefix: func(_ minio.ObjectInfo, key string) bool { return moved(key) },
		prefix:           func(o minio.ObjectInfo, _ string) bool { return o.IsDeleteMarker && o.IsLatest },
	} {
		err := s.do(ctx, 0, func(ctx context.Context) error {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			for o := range s.client.Client.ListObjects(ctx, s.o.Bucket, minio.ListObjectsOptions{Prefix: s.full(below), WithVersions: true, Recursive: true}) {
				if o.Err != nil {
					return o.Err
				}
				if key := strings.TrimPrefix(o.Key, s.full("")); wanted(o, key) {
					keys = append(keys, key)
				}
			}
			return nil
		})
		if err != nil {
			return s.failed("clear what was moved away of", prefix, err)
		}
	}
	for _, key := range keys {
		if err := s.remove(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// Locked implements blob.Remover.
func (s *Store) Locked(ctx context.Context, key string) (string, error) {
	if !s.locks(ctx) {
		return "", nil
	}
	all, err := s.versions(ctx, key)
	if err != nil {
		return "", s.failed("ask about the lock of", key, err)
	}
	for _, v := range all {
		why, err := s.lockOf(ctx, key, v)
		if err != nil || why != "" {
			return why, s.failed("ask about the lock of", key, err)
		}
	}
	return "", nil
}

// locks says whether objects of the bucket can be locked.
func (s *Store) locks(ctx context.Context) bool {
	timed, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	lock, _, _, _, err := s.client.GetObjectLockConfig(timed, s.o.Bucket) //nolint:dogsled // only that it is there
	return err == nil && lock == "Enabled"
}

// lockOf says what locks a version, as the headers of the answer to a HEAD have it: those are alike everywhere, where the
// documents about locks are not.
func (s *Store) lockOf(ctx context.Context, key string, v version) (string, error) {
	if v.marker {
		return "", nil
	}
	found, err := s.statVersion(ctx, key, v)
	if err != nil {
		return "", err
	}
	h := found.Metadata
	until, err := time.Parse(time.RFC3339, h.Get("X-Amz-Object-Lock-Retain-Until-Date"))
	switch {
	case err == nil && until.After(time.Now()):
		return fmt.Sprintf("the bucket keeps it until %s (Object Lock, %s mode)", until.UTC().Format(time.RFC3339), h.Get("X-Amz-Object-Lock-Mode")), nil
	case isHeld(found):
		return "the bucket keeps it under a legal hold (Object Lock)", nil
	}
	return "", nil
}

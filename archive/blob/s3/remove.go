package s3

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// version is one version of an object; the ID is empty where a bucket keeps none.
type version struct{ id string }

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
				all = append(all, version{o.VersionID})
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

// lockOf says what locks a version. Servers without locks answer with errors of many kinds: those say that there is none, and
// removing it finds out. Only a server that fails says nothing.
func (s *Store) lockOf(ctx context.Context, key string, v version) (string, error) {
	var mode *minio.RetentionMode
	var until *time.Time
	var hold *minio.LegalHoldStatus
	err := s.do(ctx, 0, func(ctx context.Context) (err error) {
		mode, until, err = s.client.GetObjectRetention(ctx, s.o.Bucket, s.full(key), v.id)
		return unlessAway(err)
	})
	if err != nil {
		return "", err
	}
	if mode != nil && until != nil && until.After(time.Now()) {
		return fmt.Sprintf("the bucket keeps it until %s (Object Lock, %s mode)", until.UTC().Format(time.RFC3339), *mode), nil
	}
	err = s.do(ctx, 0, func(ctx context.Context) (err error) {
		hold, err = s.client.GetObjectLegalHold(ctx, s.o.Bucket, s.full(key), minio.GetObjectLegalHoldOptions{VersionID: v.id})
		return unlessAway(err)
	})
	if err == nil && hold != nil && *hold == minio.LegalHoldEnabled {
		return "the bucket keeps it under a legal hold (Object Lock)", nil
	}
	return "", err
}

// unlessAway is err when the server has failed, and nil when it has answered, also in a form that cannot be read.
func unlessAway(err error) error {
	var form xml.UnmarshalError
	if errors.As(err, &form) {
		return nil
	}
	if status := statusOf(err); status != 0 && status < http.StatusInternalServerError && status != http.StatusTooManyRequests || status == http.StatusNotImplemented {
		return nil
	}
	return err
}

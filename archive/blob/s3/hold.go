package s3

import (
	"context"
	"encoding/xml"
	"errors"
	"maps"
	"slices"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/tags"

	"github.com/ibid-archive/ibid/archive/blob"
)

// holdTag marks the versions whose legal hold is ours. It is there before the hold and goes after it, so that after a crash no
// hold is without it.
const holdTag = "ibid-hold"

// changes are the HoldChanges in their order.
var changes = [...]blob.HoldChange{blob.HoldKept, blob.HoldForeign, blob.HoldLifted, blob.HoldPut, blob.HoldRestored}

// CanHold implements that of [blob.CanHold].
func (s *Store) CanHold(ctx context.Context) (can bool, err error) {
	err = s.do(ctx, 0, func(ctx context.Context) error {
		lock, _, _, _, err := s.client.GetObjectLockConfig(ctx, s.o.Bucket) //nolint:dogsled // only that it is there
		can = err == nil && lock == "Enabled"
		return err
	})
	var other xml.UnmarshalError
	if statusOf(err) != 0 && !passes(err) || errors.As(err, &other) {
		err = nil // it has none, we may not know of it, or the server knows nothing of it
	}
	return can, s.failed("ask about Object Lock in", "", err)
}

// Hold implements that of [blob.Hold]. It puts a hold on the newest version, and lifts those of all.
func (s *Store) Hold(ctx context.Context, key string, on bool) (blob.HoldChange, error) {
	if err := blob.CheckKey(key); err != nil {
		return blob.HoldKept, err
	}
	all, err := s.versions(ctx, key)
	if err != nil {
		return blob.HoldKept, s.failed("hold", key, err)
	}
	all = slices.DeleteFunc(all, func(v version) bool { return v.marker })
	if len(all) == 0 {
		return blob.HoldKept, blob.NotFound("hold", key)
	}
	if on {
		all = all[:1] // the newest comes first
	}
	most := 0
	for _, v := range all {
		change, err := s.holdVersion(ctx, key, v, on)
		if err != nil {
			return changes[most], s.failed("hold", key, err)
		}
		most = max(most, slices.Index(changes[:], change))
	}
	return changes[most], nil
}

func (s *Store) holdVersion(ctx context.Context, key string, v version, on bool) (blob.HoldChange, error) {
	found, err := s.statVersion(ctx, key, v)
	if err != nil {
		return blob.HoldKept, err
	}
	held := isHeld(found)
	if held == on && (on || found.UserTagCount == 0) {
		return blob.HoldKept, nil
	}
	marks, err := s.tagsOf(ctx, key, v)
	if err != nil {
		return blob.HoldKept, err
	}
	_, ours := marks[holdTag]
	switch {
	case on && ours:
		return blob.HoldRestored, s.putHold(ctx, key, v, minio.LegalHoldEnabled)
	case on:
		marks[holdTag] = "1"
		if err := s.putTags(ctx, key, v, marks); err != nil {
			return blob.HoldKept, err
		}
		return blob.HoldPut, s.putHold(ctx, key, v, minio.LegalHoldEnabled)
	case held && !ours:
		return blob.HoldForeign, nil
	case !ours:
		return blob.HoldKept, nil
	}
	// Also when it is not said to be on: a server may not say so of older versions.
	if err := s.putHold(ctx, key, v, minio.LegalHoldDisabled); err != nil {
		return blob.HoldKept, err
	}
	delete(marks, holdTag)
	return blob.HoldLifted, s.putTags(ctx, key, v, marks)
}

func isHeld(found minio.ObjectInfo) bool {
	return found.Metadata.Get("X-Amz-Object-Lock-Legal-Hold") == string(minio.LegalHoldEnabled)
}

func (s *Store) statVersion(ctx context.Context, key string, v version) (found minio.ObjectInfo, err error) {
	err = s.do(ctx, 0, func(ctx context.Context) (err error) {
		found, err = s.client.StatObject(ctx, s.o.Bucket, s.full(key), minio.StatObjectOptions{VersionID: v.id})
		return err
	})
	return found, err
}

func (s *Store) putHold(ctx context.Context, key string, v version, status minio.LegalHoldStatus) error {
	return s.do(ctx, 0, func(ctx context.Context) error {
		return s.client.PutObjectLegalHold(ctx, s.o.Bucket, s.full(key), minio.PutObjectLegalHoldOptions{Status: &status, VersionID: v.id})
	})
}

// tagsOf are the tags of a version; others than ours may be among them.
func (s *Store) tagsOf(ctx context.Context, key string, v version) (marks map[string]string, err error) {
	marks = map[string]string{}
	err = s.do(ctx, 0, func(ctx context.Context) error {
		found, err := s.client.GetObjectTagging(ctx, s.o.Bucket, s.full(key), minio.GetObjectTaggingOptions{VersionID: v.id})
		if codeOf(err) == "NoSuchTagSet" {
			return nil
		}
		if err == nil {
			maps.Copy(marks, found.ToMap())
		}
		return err
	})
	return marks, err
}

func (s *Store) putTags(ctx context.Context, key string, v version, marks map[string]string) error {
	return s.do(ctx, 0, func(ctx context.Context) error {
		if len(marks) == 0 {
			return s.client.RemoveObjectTagging(ctx, s.o.Bucket, s.full(key), minio.RemoveObjectTaggingOptions{VersionID: v.id})
		}
		all, err := tags.NewTags(marks, true)
		if err != nil {
			return err
		}
		return s.client.PutObjectTagging(ctx, s.o.Bucket, s.full(key), all, minio.PutObjectTaggingOptions{VersionID: v.id})
	})
}

package s3

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// quarantinePrefix is below what no key of a Store leads to.
const quarantinePrefix = ".ibid/quarantine/"

// Quarantine implements that of [blob.Quarantine]: the server copies the object, and only then is it deleted. This is the
// one thing for which the credentials need s3:DeleteObject. Where the bucket keeps versions, the object stays as
// an older version besides; what is locked is deleted in this sense, too, and nothing of it is lost.
func (s *Store) Quarantine(ctx context.Context, key string) (string, error) {
	const op = "move away"
	if err := blob.CheckKey(key); err != nil {
		return "", err
	}
	leave, err := s.enter(ctx, key)
	if err != nil {
		return "", s.failed(op, key, err)
	}
	defer leave()
	found, err := s.head(ctx, key)
	if err != nil {
		return "", s.failed(op, key, err)
	}
	to := quarantinePrefix + time.Now().UTC().Format("20060102T150405Z") + "-" + rand.Text()[:8] + "/" + key
	err = s.do(ctx, found.Size+1, func(ctx context.Context) error {
		_, err := s.client.Client.CopyObject(ctx, minio.CopyDestOptions{Bucket: s.o.Bucket, Object: s.full(to)},
			minio.CopySrcOptions{Bucket: s.o.Bucket, Object: s.full(key), MatchETag: found.ETag})
		return err
	})
	if err != nil {
		return "", s.failed(op, key, err)
	}
	err = s.do(ctx, 0, func(ctx context.Context) error {
		return s.client.RemoveObject(ctx, s.o.Bucket, s.full(key), minio.RemoveObjectOptions{})
	})
	if err != nil {
		err = fmt.Errorf("a copy of it lies in %s, and it could not be deleted; that needs s3:DeleteObject, or remove it by hand: %w", to, err)
		return "", &ibid.Error{Kind: ibid.KindStorage, Op: op, URI: s.name + "/" + key, Class: ibid.ClassStorageUnavailable, Err: err}
	}
	return s.name + "/" + to, nil
}

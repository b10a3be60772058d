package s3

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// abortTime bounds the removal of what was sent in vain, which goes on when the Put itself was given up.
const abortTime = 3 * time.Second

// putParts sends o in parts, one after another.
func (s *Store) putParts(ctx context.Context, o blob.Object, sent *sums) error {
	// An upload of ours that nobody will end can be there in any case: its maker died, or the answer that named it
	// was lost. A key has one writer, so all uploads of it are ours.
	defer s.abort(ctx, o.Key)
	var id string
	err := s.do(ctx, 0, func(ctx context.Context) error {
		var options minio.PutObjectOptions // the condition comes with the completion: some servers refuse it here
		if s.checksums != checksumsUnsent {
			options.UserMetadata = map[string]string{"x-amz-checksum-algorithm": "SHA256"}
		}
		var err error
		id, err = s.client.NewMultipartUpload(ctx, s.o.Bucket, s.full(o.Key), s.locking(o.Key, options))
		return err
	})
	if err != nil {
		return err
	}
	parts := make([]minio.CompletePart, 0, len(sent.parts))
	for n := range sent.parts {
		part, err := s.putPart(ctx, o, sent, id, n)
		if err != nil {
			return err
		}
		parts = append(parts, part)
	}
	err = s.do(ctx, 1, func(ctx context.Context) error {
		_, err := s.client.CompleteMultipartUpload(ctx, s.o.Bucket, s.full(o.Key), id, parts, s.options(nil))
		return err
	})
	if codeOf(err) == "NoSuchUpload" { // it was ended before, and the answer lost: whether so is looked at now
		return nil
	}
	return err
}

// putPart sends part n, from 0 on.
func (s *Store) putPart(ctx context.Context, o blob.Object, sent *sums, id string, n int) (minio.CompletePart, error) {
	at := int64(n) * sent.size
	size := min(sent.size, o.Size-at)
	header := http.Header{}
	for k, v := range maps.All(s.checksum(sent.parts[n])) {
		header.Set(k, v)
	}
	part := minio.CompletePart{PartNumber: n + 1}
	if s.checksums != checksumsUnsent {
		part.ChecksumSHA256 = base64.StdEncoding.EncodeToString(sent.parts[n][:])
	}
	err := s.do(ctx, size, func(ctx context.Context) error {
		stored, err := s.client.PutObjectPart(ctx, s.o.Bucket, s.full(o.Key), id, n+1, io.NewSectionReader(o.Body, at, size), size,
			minio.PutObjectPartOptions{Sha256Hex: hex.EncodeToString(sent.parts[n][:]), DisableContentSha256: true, CustomHeader: header})
		part.ETag = stored.ETag
		return err
	})
	return part, err
}

// abort ends every upload of key. What it cannot end, Sweep finds.
func (s *Store) abort(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTime)
	defer cancel()
	var found minio.ListMultipartUploadsResult
	err := s.do(ctx, 0, func(ctx context.Context) error {
		var err error
		found, err = s.client.ListMultipartUploads(ctx, s.o.Bucket, s.full(key), "", "", "", 0)
		return err
	})
	for _, u := range found.Uploads {
		if u.Key == s.full(key) && err == nil {
			err = s.abortOne(ctx, u)
		}
	}
	if err != nil && codeOf(err) != "NoSuchUpload" {
		s.o.Log.Warn("parts of an upload that was not completed may be left in the bucket", "key", key, "error", err)
	}
}

func (s *Store) abortOne(ctx context.Context, u minio.ObjectMultipartInfo) error {
	err := s.do(ctx, 0, func(ctx context.Context) error {
		return s.client.AbortMultipartUpload(ctx, s.o.Bucket, u.Key, u.UploadID)
	})
	if codeOf(err) == "NoSuchUpload" {
		return nil
	}
	return err
}

// Sweep ends uploads below the prefix that were begun longer ago than age and never completed, and returns
// how many those were. Choose an age that no upload reaches: others may be sending. MinIO lists none: there, they are
// ended when their key is put again, and by the server after a day.
func (s *Store) Sweep(ctx context.Context, age time.Duration) (int, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	before, swept := time.Now().Add(-age), 0
	for u := range s.client.ListIncompleteUploads(ctx, s.o.Bucket, s.full(""), true) {
		err := u.Err
		if codeOf(err) == "NoSuchUpload" { // some servers say so when there is none at all
			break
		}
		if err == nil && u.Initiated.Before(before) {
			err = s.abortOne(ctx, u)
			swept++
		}
		if err != nil {
			return swept, s.failed("sweep the store", "", err)
		}
	}
	if err := context.Cause(ctx); err != nil {
		return swept, &ibid.Error{Kind: ibid.KindStorage, Op: "sweep", URI: s.name, Err: err}
	}
	return swept, nil
}

var _ blob.Store = (*Store)(nil)

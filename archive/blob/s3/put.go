package s3

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// checksumHeader names the SHA-256 of a body, in base64, that the server checks and keeps.
const checksumHeader = "x-amz-checksum-sha256"

// errReadBack is that what was sent is not what is there. To put it again finds out which of the two is so.
var errReadBack = errors.New("what was read back is not what was sent")

// Put implements blob.Store.
func (s *Store) Put(ctx context.Context, o blob.Object) error {
	if err := blob.CheckKey(o.Key); err != nil {
		return err
	}
	leave, err := s.enter(ctx, o.Key)
	if err != nil {
		return s.failed("store", o.Key, err)
	}
	defer leave()
	err = s.put(ctx, o)
	if isMissing(err) { // whatever was missing, it is not what was put
		err = &ibid.Error{Kind: ibid.KindStorage, Op: "store", URI: s.name + "/" + o.Key, Class: ibid.ClassStorageUnavailable, Err: err}
	}
	return s.failed("store", o.Key, err)
}

func (s *Store) put(ctx context.Context, o blob.Object) error {
	found, err := s.head(ctx, o.Key)
	switch {
	case err == nil:
		return s.confirm(ctx, o, nil, found)
	case !isMissing(err):
		return err
	}
	sent, err := s.sum(ctx, o)
	if err != nil {
		return err
	}
	if len(sent.parts) == 1 {
		err = s.putWhole(ctx, o, sent)
	} else {
		err = s.putParts(ctx, o, sent)
	}
	taken := isTaken(err)
	if err != nil && !taken {
		return err
	}
	found, err = s.head(ctx, o.Key)
	switch {
	case isMissing(err):
		return fmt.Errorf("it was sent and is not there: %w", errReadBack)
	case err != nil:
		return err
	case taken:
		return s.confirm(ctx, o, sent, found)
	}
	return s.verify(ctx, o, sent, found)
}

// sums are the digests of what is sent.
type sums struct {
	size  int64 // of a part, but the last
	parts [][sha256.Size]byte
}

// partSize is the size of the parts of an object of size bytes.
func (s *Store) partSize(size int64) int64 { return max(s.o.PartSize, (size+maxParts-1)/maxParts) }

// sum reads o once, compares it with what o says of it, and digests each part.
func (s *Store) sum(ctx context.Context, o blob.Object) (*sums, error) {
	out := &sums{size: s.partSize(o.Size)}
	whole, part := sha256.New(), sha256.New()
	buf := make([]byte, 256<<10)
	var read int64
	for at := int64(0); at < o.Size || at == 0; at += out.size {
		part.Reset()
		body := blob.WithContext(ctx, io.NopCloser(io.NewSectionReader(o.Body, at, min(out.size, max(o.Size-at, 0)))))
		n, err := io.CopyBuffer(io.MultiWriter(whole, part), struct{ io.Reader }{body}, buf)
		if err != nil {
			return nil, err
		}
		read += n
		out.parts = append(out.parts, [sha256.Size]byte(part.Sum(nil)))
	}
	if read != o.Size || ibid.DigestSum(whole) != o.Digest {
		return nil, blob.Mismatch(o.Key, blob.ErrMismatch)
	}
	return out, nil
}

// checksum is what the server keeps of it, if it keeps any: of an object in parts, the checksum of their checksums
// (Amazon S3 User Guide, "Checking object integrity": composite checksums).
func (x *sums) checksum() string {
	if len(x.parts) == 1 {
		return base64.StdEncoding.EncodeToString(x.parts[0][:])
	}
	h := sha256.New()
	for i := range x.parts {
		h.Write(x.parts[i][:])
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil)) + "-" + strconv.Itoa(len(x.parts))
}

// putWhole sends o in one request. The server checks the body against the digest under which the request is
// signed (x-amz-content-sha256).
func (s *Store) putWhole(ctx context.Context, o blob.Object, sent *sums) error {
	return s.do(ctx, max(o.Size, 1), func(ctx context.Context) error {
		body := io.NewSectionReader(o.Body, 0, o.Size)
		_, err := s.client.PutObject(ctx, s.o.Bucket, s.full(o.Key), body, o.Size, "", hex.EncodeToString(sent.parts[0][:]),
			s.locking(o.Key, s.options(s.checksum(sent.parts[0]))))
		return err
	})
}

// options are those of an object that is made only if its key is free, with headers of our own.
func (s *Store) options(headers map[string]string) minio.PutObjectOptions {
	options := minio.PutObjectOptions{DisableContentSha256: true, UserMetadata: headers} // not the streaming kind
	options.SetMatchETagExcept("*")
	return options
}

// locking are options of an object that is locked as it is to be.
func (s *Store) locking(key string, options minio.PutObjectOptions) minio.PutObjectOptions {
	if s.o.Lock == nil {
		return options
	}
	if l := s.o.Lock(key); l.Mode != "" {
		options.Mode, options.RetainUntilDate = minio.RetentionMode(l.Mode), time.Now().Add(l.For).UTC().Truncate(time.Second)
	}
	return options
}

// checksum is the header for a body with that digest.
func (s *Store) checksum(sum [sha256.Size]byte) map[string]string {
	if s.checksums == checksumsUnsent {
		return nil
	}
	return map[string]string{checksumHeader: base64.StdEncoding.EncodeToString(sum[:])}
}

// verify compares what lies under a key with what was just sent there.
func (s *Store) verify(ctx context.Context, o blob.Object, sent *sums, found minio.ObjectInfo) error {
	if found.Size != o.Size {
		return errReadBack
	}
	if s.keeps(sent, found) {
		return nil
	}
	digest, err := s.digest(ctx, o.Key, found.Size)
	if err == nil && digest != o.Digest {
		err = errReadBack
	}
	return err
}

// confirm answers a Put whose key is taken: success only for the same bytes. Others are said to lie there only
// when they were read so twice: what comes over a line can differ from what lies at its end.
func (s *Store) confirm(ctx context.Context, o blob.Object, sent *sums, found minio.ObjectInfo) error {
	if found.Size != o.Size {
		return blob.Mismatch(o.Key, blob.ErrExists)
	}
	if sent == nil {
		var err error
		if sent, err = s.sum(ctx, o); err != nil {
			return err
		}
	}
	if s.keeps(sent, found) {
		return nil
	}
	var first ibid.Digest
	for range 2 {
		digest, err := s.digest(ctx, o.Key, found.Size)
		switch {
		case err != nil:
			return err
		case digest == o.Digest:
			return nil
		case digest == first:
			return blob.Mismatch(o.Key, blob.ErrExists)
		}
		first = digest
	}
	return errReadBack
}

// keeps says whether the server keeps the checksum of what was sent, and is known to check what it keeps. That it
// keeps another says nothing: an object that was sent in other parts has another.
func (s *Store) keeps(sent *sums, found minio.ObjectInfo) bool {
	return s.checksums == checksumsChecked && found.ChecksumSHA256 == sent.checksum()
}

// digest reads what lies under a key. It goes on where an answer broke off, for as long as each brings something.
func (s *Store) digest(ctx context.Context, key string, size int64) (ibid.Digest, error) {
	h := sha256.New()
	for at := int64(0); at < size; {
		n, err := s.hash(ctx, h, key, at)
		at += n
		if at < size && (n == 0 || ctx.Err() != nil) {
			return "", errors.Join(err, context.Cause(ctx))
		}
	}
	return ibid.DigestSum(h), nil
}

func (s *Store) hash(ctx context.Context, h hash.Hash, key string, at int64) (int64, error) {
	b, err := s.get(ctx, key, at, -1)
	if err != nil {
		return 0, err
	}
	n, err := io.CopyBuffer(h, struct{ io.Reader }{b}, make([]byte, 256<<10))
	return n, errors.Join(err, b.Close())
}

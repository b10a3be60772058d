package s3

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/minio/minio-go/v7"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// Stat implements blob.Store.
func (s *Store) Stat(ctx context.Context, key string) (blob.Info, error) {
	if err := blob.CheckKey(key); err != nil {
		return blob.Info{}, err
	}
	found, err := s.head(ctx, key)
	if isMissing(err) { // unless it is the bucket: the answer to a HEAD does not say which
		err = cmp.Or(s.do(ctx, 0, s.listOne), err)
	}
	if err != nil {
		return blob.Info{}, s.failed("look up", key, err)
	}
	return blob.Info{Key: key, Size: found.Size}, nil
}

// head asks what lies under key. The answer to a HEAD has no body that could say what is wrong: a listing is asked for
// that. If that succeeds, the credentials were renewed on the way, or it was a moment's failure.
func (s *Store) head(ctx context.Context, key string) (minio.ObjectInfo, error) {
	found, err := s.headOnce(ctx, key)
	switch statusOf(err) {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusMovedPermanently:
		if why := s.do(ctx, 0, s.listOne); why == nil {
			found, err = s.headOnce(ctx, key)
		} else if codeOf(why) != "" {
			err = why
		}
	}
	if err == nil && found.Size < 0 {
		err = errors.New("the server does not say how large it is")
	}
	return found, err
}

func (s *Store) headOnce(ctx context.Context, key string) (minio.ObjectInfo, error) {
	var found minio.ObjectInfo
	err := s.do(ctx, 0, func(ctx context.Context) error {
		var err error
		found, err = s.client.StatObject(ctx, s.o.Bucket, s.full(key), minio.StatObjectOptions{Checksum: s.checksums != checksumsUnsent})
		return err
	})
	return found, err
}

// Open implements blob.Store.
func (s *Store) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := blob.CheckKey(key); err != nil {
		return nil, err
	}
	if offset < 0 || length == 0 {
		return s.nothing(ctx, key, offset)
	}
	body, err := s.get(ctx, key, offset, length)
	if statusOf(err) == http.StatusRequestedRangeNotSatisfiable {
		return s.nothing(ctx, key, offset)
	}
	if err != nil {
		return nil, s.failed("read", key, err)
	}
	return blob.WithContext(ctx, body), nil
}

// nothing is what lies at an offset of which no byte is asked for, or none is there.
func (s *Store) nothing(ctx context.Context, key string, offset int64) (io.ReadCloser, error) {
	info, err := s.Stat(ctx, key)
	switch {
	case err != nil:
		return nil, err
	case offset < 0 || offset > info.Size:
		return nil, blob.Range(key, offset, info.Size)
	}
	return blob.WithContext(ctx, io.NopCloser(strings.NewReader(""))), nil
}

// get opens a range of the object, length bytes or, when that is negative, all to the end. A range is asked for in
// any case: only the answer to one says how large the whole is. The body ends with an error when it is cut short.
func (s *Store) get(ctx context.Context, key string, offset, length int64) (*body, error) {
	var options minio.GetObjectOptions
	if length > 0 {
		options.Set("Range", fmt.Sprintf("bytes=%d-%d", offset, min(length-1, math.MaxInt64-offset)+offset))
	} else {
		options.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	var b *body
	err := s.repeat(ctx, func() error { // how long it may be read is for the connection to watch
		ctx, failed := eagerly(ctx)
		r, _, header, err := s.client.GetObject(ctx, s.o.Bucket, s.full(key), options)
		if err != nil {
			failed.end()
			return failed.or(err)
		}
		left, err := lengthOf(header, offset, length)
		b = &body{ReadCloser: r, end: failed.end, s: s, key: key, left: left}
		if err != nil {
			err = errors.Join(err, b.Close())
		}
		return err
	})
	return b, err
}

// lengthOf is how many bytes the answer to a request for a range must have (RFC 9110, 14.4).
func lengthOf(h http.Header, offset, length int64) (int64, error) {
	announced, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the server does not say how long its answer is: %w", err)
	}
	var first, last, total int64
	if _, err := fmt.Sscanf(h.Get("Content-Range"), "bytes %d-%d/%d", &first, &last, &total); err != nil || first != offset {
		return 0, fmt.Errorf("the server does not answer with the range that was asked for, but with %q", h.Get("Content-Range"))
	}
	want := total - offset
	if length > 0 {
		want = min(want, length)
	}
	if announced != want || last-first+1 != want {
		return 0, errShort
	}
	return want, nil
}

// body is that of an answer, and an error when it ends early.
type body struct {
	io.ReadCloser
	end  func()
	s    *Store
	key  string
	left int64
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF) && b.left == 0:
		return n, io.EOF
	case errors.Is(err, io.EOF):
		err = errShort
	}
	return n, b.s.failed("read", b.key, err)
}

// Close ends the request, also when not all of the answer was read.
func (b *body) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
}

// List implements blob.Store. It holds one page of 1,000 keys at a time, and goes on after the last key when a
// page was not answered.
func (s *Store) List(ctx context.Context, prefix string, yield func(blob.Info) error) error {
	if err := blob.CheckPrefix(prefix); err != nil {
		return err
	}
	after, fails := "", 0
	for {
		before := after
		var stop error
		err := s.list(ctx, prefix, &after, func(i blob.Info) error {
			stop = yield(i)
			return stop
		})
		if stop != nil || err == nil {
			return stop
		}
		if after != before {
			fails = 0
		}
		if fails++; fails >= s.tries || !passes(err) && !s.renewed(err) {
			return s.failed("list", prefix, err)
		}
		if err := sleep(ctx, pause(fails)); err != nil {
			return s.failed("list", prefix, err)
		}
	}
}

// list yields what comes after *after, and moves it on.
func (s *Store) list(ctx context.Context, prefix string, after *string, yield func(blob.Info) error) error {
	owner := false
	pages := s.client.ListObjectsIter(ctx, s.o.Bucket, minio.ListObjectsOptions{
		Prefix: s.full(prefix), Recursive: true, StartAfter: *after, FetchOwner: &owner,
	})
	for o := range pages {
		if o.Err != nil {
			return errors.Join(o.Err, context.Cause(ctx))
		}
		*after = o.Key
		key := strings.TrimPrefix(o.Key, s.full(""))
		if blob.CheckKey(key) != nil { // not ours: a folder that a tool made, or what Check left
			continue
		}
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if err := yield(blob.Info{Key: key, Size: o.Size}); err != nil {
			return err
		}
	}
	if err := context.Cause(ctx); err != nil { // minio-go ends without a word
		return &ibid.Error{Kind: ibid.KindStorage, Op: "list", URI: prefix, Err: err}
	}
	return nil
}

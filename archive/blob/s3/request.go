package s3

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/minio/minio-go/v7"
)

const (
	// tries is how often one request is made: enough for what passes in a second or two. With half of all requests
	// failing, one in 250 ends in an error.
	tries = 8
	// firstPause bounds the pause before the third try, and is doubled with each more, up to lastPause. The second try is
	// made at once: a request that fails alone says nothing about the server, and where many fail, what is waited for
	// most is this pause.
	firstPause = 10 * time.Millisecond
	lastPause  = time.Second
	// slowest is the rate, in bytes a second, at which a body that is sent must pass at the least.
	slowest = 16 << 10
)

// do makes a request that sends size bytes, each try within its time, until it succeeds or fails for good.
func (s *Store) do(ctx context.Context, size int64, request func(context.Context) error) error {
	limit := s.o.Timeout + time.Duration(size/slowest)*time.Second
	if size > 0 {
		limit += silence * s.o.Timeout // the server may work on it before it answers
	}
	return s.repeat(ctx, func() error {
		timed, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		timed, failed := eagerly(timed)
		defer failed.end()
		return failed.or(request(timed))
	})
}

// repeat makes a request until it succeeds or fails for good, and at most s.tries times.
func (s *Store) repeat(ctx context.Context, request func() error) error {
	var err error
	for n := range s.tries {
		if n > 0 {
			if err := sleep(ctx, pause(n)); err != nil {
				return err
			}
		}
		err = request()
		if err != nil && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !passes(err) && !s.renewed(err) {
			return err
		}
	}
	return err
}

// renewed says whether err is that the credentials have expired, and lets go of them: whoever renews them puts the new
// ones where the old ones came from.
func (s *Store) renewed(err error) bool {
	switch codeOf(err) {
	case "ExpiredToken", "InvalidToken", "InvalidAccessKeyId":
		was, _ := s.creds.GetWithContext(s.client.CredContext())
		s.creds.Expire()
		is, failed := s.creds.GetWithContext(s.client.CredContext())
		return failed == nil && is != was
	}
	return false
}

// pause is the time before try n, from 0. All of it is left to chance, which keeps clients from asking in step.
func pause(n int) time.Duration {
	if n < 2 {
		return 0
	}
	return rand.N(min(firstPause<<(n-2), lastPause)) //nolint:gosec // not a secret
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	return context.Cause(ctx)
}

// listOne lists one key, which answers whether the bucket is there and may be used.
func (s *Store) listOne(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for o := range s.client.ListObjectsIter(ctx, s.o.Bucket, minio.ListObjectsOptions{Prefix: s.full(""), MaxKeys: 1, Recursive: true}) {
		return o.Err
	}
	return ctx.Err()
}

func closeIdle(c *minio.Core) { c.CredContext().Client.CloseIdleConnections() }

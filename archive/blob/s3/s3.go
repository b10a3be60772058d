// Package s3 is a Store in a bucket of any server that speaks the S3 protocol, by minio-go.
//
// A Put looks first, sends the SHA-256 of every request body for the server to check (and has it keep it,
// where it does), and asks for the object to be created only if its key is free. It returns nil once what lies
// under the key was compared with the digest: by the checksum that the server keeps, if it is known to check
// it, else by reading all of it again. What another server than Amazon's leaves out of this is found by
// [Store.Check]; nothing here rests on one of these means alone. Objects larger than Options.PartSize go up in parts,
// read from where they lie: memory does not grow with the object.
//
// Requests that fail for a moment are tried a few times. To ride out an outage is the business of package
// retry, around this one.
package s3

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/s3utils"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// amazon is the endpoint that is used when none is named.
const amazon = "s3.amazonaws.com"

// Lookup says where the name of the bucket stands in an address.
type Lookup string

// The values of Lookup.
const (
	// LookupAuto is LookupHost at Amazon and other large providers, LookupPath elsewhere.
	LookupAuto Lookup = ""
	// LookupPath is https://HOST/BUCKET/KEY.
	LookupPath Lookup = "path"
	// LookupHost is https://BUCKET.HOST/KEY.
	LookupHost Lookup = "host"
)

// LockMode is who can end a lock before its time (Amazon S3 User Guide, "Locking objects with Object Lock").
type LockMode string

// The LockModes.
const (
	// Governance: those who have s3:BypassGovernanceRetention.
	Governance LockMode = "GOVERNANCE"
	// Compliance: nobody.
	Compliance LockMode = "COMPLIANCE"
)

// Lock keeps an object from being deleted. The zero value locks nothing.
type Lock struct {
	Mode LockMode
	For  time.Duration
}

// Options say which bucket, and how it is reached. Bucket is needed, all else is not.
type Options struct {
	// Endpoint is HOST or HOST:PORT; Amazon's when empty.
	Endpoint string
	// Region when empty is AWS_REGION, at Amazon that of the bucket, elsewhere us-east-1.
	Region string
	// Insecure is for HTTP in the place of HTTPS.
	Insecure bool
	Bucket   string
	// Prefix stands before every key, with a slash between; empty for a bucket of its own.
	Prefix string
	Lookup Lookup
	// RootCAs are the authorities that are trusted; nil for those of the machine.
	RootCAs *x509.CertPool
	// AccessKey and SecretKey, when given, are used in the place of the usual chain: environment,
	// shared file, identity of the machine or container.
	AccessKey, SecretKey string
	// Lock says how an object is to be locked when it is put; nil: none is.
	Lock func(key string) Lock
	// PartSize is the size in bytes above which an object is sent in parts of that size: by default 64 MiB, at
	// least 5 MiB. It grows for objects of more than 10,000 parts.
	PartSize int64
	// Timeout bounds a request without a body: by default 30 s. A connection over which nothing at all passes for twice as long is given up, or for longer while a
	// body may still be in the buffers of the system.
	Timeout time.Duration
	Log     *slog.Logger
}

const (
	defaultPartSize = 64 << 20
	minPartSize     = 5 << 20 // of S3, for all parts but the last
	maxParts        = 10_000
	defaultTimeout  = 30 * time.Second
	silence         = 2 // times Timeout
)

// Store is a blob.Store in a bucket.
type Store struct {
	o      Options
	client *minio.Core
	creds  *credentials.Credentials
	// name is how the store is called in errors: s3://BUCKET/PREFIX.
	name string
	// checksums is what Check has found out.
	checksums checksums
	tries     int

	mu sync.Mutex
	// busy are the keys that are being put. Not every server creates an object in parts only if its key is free, so
	// within a process one Put a key goes on at a time; between processes the keys are each process's own.
	busy map[string]chan struct{}
}

// New returns the Store of a bucket. It makes no request: Check does. The error is of KindInput.
func New(o Options) (*Store, error) {
	o = withDefaults(o)
	s := &Store{o: o, name: "s3://" + o.Bucket, tries: tries, busy: map[string]chan struct{}{}}
	if o.Prefix != "" {
		s.name += "/" + o.Prefix
	}
	if err := check(o); err != nil {
		return nil, s.input(err)
	}
	transport := newTransport(o.RootCAs, o.Timeout)
	s.creds = credentialsOf(o, transport)
	client, err := minio.NewCore(o.Endpoint, &minio.Options{
		Creds: s.creds, Secure: !o.Insecure, Region: regionOf(o), Transport: transport, MaxRetries: 1,
		BucketLookup: map[Lookup]minio.BucketLookupType{LookupPath: minio.BucketLookupPath, LookupHost: minio.BucketLookupDNS}[o.Lookup],
	})
	if err != nil {
		return nil, s.input(err)
	}
	client.SetAppInfo("ibid", "1")
	s.client = client
	return s, nil
}

func withDefaults(o Options) Options {
	if o.Endpoint == "" {
		o.Endpoint = amazon
	}
	if o.PartSize <= 0 {
		o.PartSize = defaultPartSize
	}
	o.PartSize = max(o.PartSize, minPartSize)
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Prefix = strings.TrimSuffix(o.Prefix, "/")
	return o
}

func check(o Options) error {
	if err := s3utils.CheckValidBucketName(o.Bucket); err != nil {
		return fmt.Errorf("%q is no name of a bucket: %w", o.Bucket, err)
	}
	if o.Prefix != "" {
		if err := blob.CheckKey(o.Prefix); err != nil {
			return err
		}
	}
	if strings.Contains(o.Endpoint, "://") {
		return fmt.Errorf("endpoint %q: name the host, and its port if it has one of its own, without http:// or https://", o.Endpoint)
	}
	return nil
}

func regionOf(o Options) string {
	for _, r := range []string{o.Region, os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")} {
		if r != "" {
			return r
		}
	}
	if strings.HasSuffix(o.Endpoint, "amazonaws.com") || strings.HasSuffix(o.Endpoint, "amazonaws.com.cn") {
		return "" // the bucket is asked
	}
	return "us-east-1" // what servers that have no regions call theirs
}

func (s *Store) input(err error) error {
	var own *ibid.Error
	if errors.As(err, &own) {
		return err
	}
	return &ibid.Error{Kind: ibid.KindInput, Op: "use the store", URI: s.name, Err: err}
}

// Close lets idle connections go.
func (s *Store) Close() { closeIdle(s.client) }

// full is the key as the server knows it.
func (s *Store) full(key string) string {
	if s.o.Prefix == "" {
		return key
	}
	return s.o.Prefix + "/" + key
}

// enter waits until no other Put of key is under way.
func (s *Store) enter(ctx context.Context, key string) (leave func(), err error) {
	for {
		s.mu.Lock()
		other, taken := s.busy[key]
		if !taken {
			mine := make(chan struct{})
			s.busy[key] = mine
			s.mu.Unlock()
			return func() {
				s.mu.Lock()
				delete(s.busy, key)
				s.mu.Unlock()
				close(mine)
			}, nil
		}
		s.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

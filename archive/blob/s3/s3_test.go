package s3

import (
	"net/url"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"go.uber.org/goleak"

	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/blobtest"
	"github.com/ibid-archive/ibid/archive/blob/blobtest/fakes3"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kind is a kind of server, and what it does. What it lacks, the Store makes up for.
type kind struct {
	name string
	// env names the address of a running one, as `make services` prints it; empty: it runs in the test.
	env string
	// Capabilities of a bucket as the tests make it.
	createOnly, checksums bool
	// createOnlyParts: objects in parts are made only if the key is free, too.
	createOnlyParts bool
	// listsUploads: uploads that were not completed are listed for a whole prefix.
	listsUploads bool
}

// kinds is the table of what each server lacks: measured, and held to by TestKinds.
var kinds = []kind{
	{name: "gofakes3 1.2.0", createOnly: true, listsUploads: true},
	{name: "MinIO 2026-02-12", env: "IBID_TEST_MINIO", createOnly: true, checksums: true, createOnlyParts: true},
	{name: "versitygw 1.8.0", env: "IBID_TEST_VERSITYGW", createOnly: true, checksums: true, listsUploads: true},
}

// address is where a server of this kind runs.
func (k kind) address(t testing.TB) *url.URL {
	t.Helper()
	if k.env == "" {
		server, err := fakes3.Start()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(server.Close)
		u, _ := url.Parse(server.URL)
		u.User = url.UserPassword("key", "secret")
		return u
	}
	text := os.Getenv(k.env)
	if text == "" {
		t.Skipf("needs a %s: `make services` starts one and says where it is (%s)", k.name, k.env)
	}
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// buckets counts those that were made.
var buckets atomic.Int64

// bucket makes a new bucket, and gives the Options to use it.
func bucket(t testing.TB, at *url.URL) Options {
	t.Helper()
	secret, _ := at.User.Password()
	o := Options{
		Endpoint: at.Host, Insecure: at.Scheme == "http", AccessKey: at.User.Username(), SecretKey: secret, Prefix: "some/prefix",
		Bucket:  "ibid-" + time.Now().UTC().Format("150405.000000")[7:] + "-" + itoa(buckets.Add(1)) + "-" + itoa(int64(os.Getpid())),
		Timeout: 10 * time.Second, PartSize: minPartSize,
	}
	s := open(t, o)
	if err := s.client.MakeBucket(t.Context(), o.Bucket, minio.MakeBucketOptions{Region: "us-east-1"}); err != nil {
		t.Fatal(err)
	}
	return o
}

func open(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func checked(t testing.TB, o Options) *Store {
	t.Helper()
	s := open(t, o)
	if _, err := s.Check(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			at := k.address(t)
			blobtest.Run(t, func(t *testing.T) blob.Store { return checked(t, bucket(t, at)) })
		})
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

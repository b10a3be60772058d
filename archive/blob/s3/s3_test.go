package s3

import (
	"bytes"
	"math/rand/v2"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/blobtest"
	"github.com/ibid-archive/ibid/archive/blob/blobtest/fakes3"
)

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
	{name: "versitygw 1.8.0", env: "IBID_TEST_VERSITYGW", createOnly: true, checksums: true, createOnlyParts: true, listsUploads: true},
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
	if _, err := s.Check(t.Context()); err != nil {
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

// Without Check the Store knows nothing of the server, and works all the same.
func TestStoreUnchecked(t *testing.T) {
	at := kinds[0].address(t)
	blobtest.Run(t, func(t *testing.T) blob.Store { return open(t, bucket(t, at)) })
}

// TestKinds holds the table to what the servers do.
func TestKinds(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			o := bucket(t, k.address(t))
			s := open(t, o)
			for _, what := range []string{"the first time", "once more"} {
				got, err := s.Check(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if got.CreateOnly != k.createOnly || got.Checksums != k.checksums || got.Versioning || got.Lock {
					t.Errorf("%s: %v; %q", what, got, got.Notes)
				}
			}
			put(t, s, "parts", 0)
			if got := overwrites(t, s, "parts"); got == k.createOnlyParts {
				t.Errorf("an upload in parts overwrote the object: %v", got)
			}
			begin(t, s, "left")
			n, err := s.Sweep(t.Context(), -time.Hour)
			if want := map[bool]int{true: 1}[k.listsUploads]; n != want || err != nil {
				t.Errorf("swept %d uploads, want %d, %v", n, want, err)
			}
			if got := keysOf(t, s, ""); len(got) != 1 {
				t.Errorf("listed %q", got)
			}
		})
	}
}

// What a bucket can be made to do is seen.
func TestCheckSeesVersioningAndLock(t *testing.T) {
	for _, k := range kinds[1:] {
		t.Run(k.name, func(t *testing.T) {
			o := bucket(t, k.address(t))
			o.Bucket += "-locked"
			s := open(t, o)
			if err := s.client.MakeBucket(t.Context(), o.Bucket, minio.MakeBucketOptions{ObjectLocking: true}); err != nil {
				t.Fatal(err)
			}
			got, err := s.Check(t.Context())
			if err != nil || !got.Versioning || !got.Lock {
				t.Errorf("%v, %v", got, err)
			}
			put(t, s, "k", 3)
		})
	}
}

// put stores an object of size bytes, and compares what is read back.
func put(t *testing.T, s blob.Store, key string, size int) blob.Object {
	t.Helper()
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{byte(size)}).Read(b)
	o := blobtest.Object(key, b)
	if err := s.Put(t.Context(), o); err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
	if got := blobtest.Read(t, s, key, 0, -1); !bytes.Equal(got, b) {
		t.Fatalf("%s: read back %d bytes, and others", key, len(got))
	}
	return o
}

func keysOf(t *testing.T, s blob.Store, prefix string) []string {
	t.Helper()
	var keys []string
	err := s.List(t.Context(), prefix, func(i blob.Info) error {
		keys = append(keys, i.Key)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// begin begins an upload in parts that nobody ends.
func begin(t *testing.T, s *Store, key string) string {
	t.Helper()
	id, err := s.client.NewMultipartUpload(t.Context(), s.o.Bucket, s.full(key), minio.PutObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// uploads are those of key that nobody has ended.
func uploads(t *testing.T, s *Store, key string) int {
	t.Helper()
	found, err := s.client.ListMultipartUploads(t.Context(), s.o.Bucket, s.full(key), "", "", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	return len(found.Uploads)
}

// overwrites says whether an upload in parts that asks for a free key overwrites what lies there.
func overwrites(t *testing.T, s *Store, key string) bool {
	t.Helper()
	id := begin(t, s, key)
	part, err := s.client.PutObjectPart(t.Context(), s.o.Bucket, s.full(key), id, 1, strings.NewReader("other"), 5, minio.PutObjectPartOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.client.CompleteMultipartUpload(t.Context(), s.o.Bucket, s.full(key), id, []minio.CompletePart{{PartNumber: 1, ETag: part.ETag}}, s.options(nil))
	if err != nil {
		s.abort(t.Context(), key)
	}
	return err == nil
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

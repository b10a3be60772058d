package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/ibid-archive/ibid/archive/blob/blobtest/fakes3"
	"github.com/ibid-archive/ibid/archive/blob/blobtest/faulty"
)

// crashBucket is a bucket behind a proxy that does what goes wrong.
type crashBucket struct {
	client *minio.Client // past the proxy
	name   string
	proxy  *faulty.Proxy
	// checks: the server refuses bodies with another checksum, so that bits can be flipped on their way to it.
	checks bool
	env    []string
}

// newCrashBucket makes a bucket in the real server that the environment names, if it does.
func newCrashBucket(t *testing.T) *crashBucket {
	t.Helper()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	b := &crashBucket{name: fmt.Sprintf("crash-%d-%d", os.Getpid(), time.Now().UnixNano())}
	address := os.Getenv("IBID_TEST_MINIO")
	if b.checks = address != ""; !b.checks {
		server, err := fakes3.Start(b.name)
		check(err)
		t.Cleanup(server.Close)
		address = strings.Replace(server.URL, "://", "://key:secret@", 1)
	}
	at, err := url.Parse(address)
	check(err)
	secret, _ := at.User.Password()
	b.client, err = minio.New(at.Host, &minio.Options{Creds: credentials.NewStaticV4(at.User.Username(), secret, ""), Region: "us-east-1"})
	check(err)
	if b.checks {
		check(b.client.MakeBucket(t.Context(), b.name, minio.MakeBucketOptions{}))
	}
	b.proxy, err = faulty.Start("http://"+at.Host, *fates)
	check(err)
	t.Cleanup(func() { check(b.proxy.Close()) })
	b.env = []string{
		"IBID_S3_ENDPOINT=" + strings.TrimPrefix(b.proxy.URL, "http://"), "IBID_S3_SECURE=false",
		"AWS_ACCESS_KEY_ID=" + at.User.Username(), "AWS_SECRET_ACCESS_KEY=" + secret,
	}
	return b
}

// trouble is what is wrong while a run goes on; outage is a second or less in the midst of it.
type trouble struct {
	name   string
	faults faulty.Faults
	outage func(*testing.T, *faulty.Proxy) (end func())
}

func refusing(t *testing.T, p *faulty.Proxy) func() {
	if err := p.Down(); err != nil {
		t.Error(err)
	}
	return func() {
		if err := p.Up(); err != nil {
			t.Error(err)
		}
	}
}

func (b *crashBucket) troubles() []trouble {
	all := []trouble{
		{name: "none"},
		{name: "503 at 30 %", faults: faulty.Faults{Busy: 0.3}},
		{name: "cut uploads", faults: faulty.Faults{CutUpload: 0.3}},
		{name: "lost answers", faults: faulty.Faults{LoseAnswer: 0.3}},
		{name: "503, cut uploads and lost answers", faults: faulty.Faults{Busy: 0.3, CutUpload: 0.1, LoseAnswer: 0.1}},
		{name: "flipped bits, cut and short reads", faults: faulty.Faults{FlipDownload: 0.1, CutDownload: 0.1, ShortDownload: 0.1}},
		{name: "refused", outage: refusing},
		{name: "hanging", outage: func(_ *testing.T, p *faulty.Proxy) func() { return p.Hang() }},
	}
	if b.checks {
		all = append(all, trouble{name: "flipped bits of uploads", faults: faulty.Faults{FlipUpload: 0.1}})
	}
	return all
}

// begin makes trouble for one start of the program. An outage lasts from a moment at or after the start on, and for longer
// than most starts live. end ends it all.
func (b *crashBucket) begin(t *testing.T, r *rand.Rand, what trouble) (end func()) {
	b.proxy.Set(what.faults)
	if what.outage == nil {
		return func() { b.proxy.Set(faulty.Faults{}) }
	}
	over, done := make(chan struct{}), make(chan struct{})
	after, lasts := time.Duration(r.IntN(600))*time.Millisecond, time.Duration(300+r.IntN(700))*time.Millisecond
	go func() {
		defer close(done)
		select {
		case <-time.After(after):
		case <-over:
			return
		}
		defer what.outage(t, b.proxy)()
		select {
		case <-time.After(lasts):
		case <-over:
		}
	}()
	return func() {
		close(over)
		<-done
	}
}

// fetch copies the WARC files of the bucket to a directory, past the proxy.
func (b *crashBucket) fetch(t *testing.T, prefix string) string {
	t.Helper()
	dir := t.TempDir()
	for o := range b.client.ListObjectsIter(t.Context(), b.name, minio.ListObjectsOptions{Prefix: prefix + "/warc/", Recursive: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		if !strings.HasSuffix(o.Key, ".warc.gz") {
			continue
		}
		body, err := b.client.GetObject(t.Context(), b.name, o.Key, minio.GetObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		bytes, err := io.ReadAll(body)
		if err != nil {
			t.Fatalf("%s: %v", o.Key, err)
		}
		name := filepath.Join(dir, strings.TrimPrefix(o.Key, prefix))
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, bytes, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestKilledRunsLoseNothingInABucket is TestKilledRunsLoseNothing with the store in a bucket, with which something is
// wrong most of the time (threats: 5.4).
func TestKilledRunsLoseNothingInABucket(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute, more under the race detector")
	}
	t.Parallel()
	const prefix = "some/prefix"
	b := newCrashBucket(t)
	seeds, allow := crashHosts(t, 5, crashWeb)
	c := newCrashRun(t, "s3://"+b.name+"/"+prefix, seeds, allow)
	c.env = append(c.env, b.env...)
	r := rand.New(rand.NewPCG(*fates, 4)) //nolint:gosec // a test that can be repeated
	ends, in := 0, map[string]int{}
	for i := range *kills {
		troubles := b.troubles()
		what := troubles[i%len(troubles)]
		end := b.begin(t, r, what)
		if c.start(t, fateOf(r, i/len(troubles)+i)) {
			ends++ // the next start is a run of its own
		} else {
			in[what.name]++
		}
		end()
	}
	if !c.start(t, fate{}) {
		t.Fatal("the undisturbed run did not come to its end")
	}
	t.Logf("%d kills (%v), %d runs ended before their kill, %d acknowledged, %d requests", *kills-ends, in, ends, len(c.acks),
		b.proxy.Requests("HEAD")+b.proxy.Requests("PUT")+b.proxy.Requests("GET")+b.proxy.Requests("POST"))
	c.check(t, seeds, b.fetch(t, prefix))
}

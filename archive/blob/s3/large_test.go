package s3

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/retry"
	"github.com/ibid-archive/ibid/archive/blob/spool"
)

var large = flag.Int64("large", 192<<20, "the size of the large object, in bytes: 1073741824 is what is promised")

// asLarge makes the test binary put one large object, in a process whose memory can be looked at.
const asLarge = "IBID_TEST_S3_LARGE"

// maxMemory is what is promised for an object of any size, in KiB.
const maxMemory = 100 << 10

// A large object goes up and comes back in a process that never holds much of it.
func TestALargeObjectNeedsLittleMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the memory of a process is read from /proc, which this system has not")
	}
	if testing.Short() {
		t.Skip("it takes seconds")
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			at := k.address(t)
			o := bucket(t, at)
			size := *large
			if k.env == "" {
				size = min(size, 192<<20) // it is held by this process
			}
			c := exec.Command(os.Args[0])
			at.Path = "/" + o.Bucket
			c.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s %s", asLarge, size, at, t.TempDir()))
			out, err := c.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			kib, _ := strconv.Atoi(strings.TrimSpace(string(out)))
			t.Logf("%d MiB with %d MiB of memory", size>>20, kib>>10)
			if kib == 0 || kib > maxMemory {
				t.Errorf("%d KiB of memory", kib)
			}
		})
	}
}

// putLarge is what the process does: size, address of the bucket, folder for the spool. It prints the peak of its
// memory in KiB.
func putLarge(args []string) error {
	size, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return err
	}
	at, err := url.Parse(args[1])
	if err != nil {
		return err
	}
	secret, _ := at.User.Password()
	s, err := New(Options{Endpoint: at.Host, Insecure: true, Bucket: at.Path[1:], AccessKey: at.User.Username(), SecretKey: secret})
	if err != nil {
		return err
	}
	ctx := context.Background()
	if _, err := s.Check(ctx); err != nil {
		return err
	}
	store, err := spool.New(retry.New(s, retry.Options{}), spool.Options{Dir: filepath.Join(args[2], "spool")})
	if err != nil {
		return err
	}
	f, digest, err := largeFile(args[2], size)
	if err != nil {
		return err
	}
	if err := store.Put(ctx, blob.Object{Key: "warc/large", Body: f, Size: size, Digest: digest}); err != nil {
		return err
	}
	r, err := store.Open(ctx, "warc/large", 0, -1)
	if err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return err
	}
	if got := ibid.DigestSum(h); got != digest {
		return fmt.Errorf("read back %s, not %s", got, digest)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	fmt.Println(string(regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(status)[1]))
	return nil
}

// largeFile makes a file of size bytes of which no two pages are the same.
func largeFile(dir string, size int64) (*os.File, ibid.Digest, error) {
	f, err := os.Create(filepath.Join(dir, "segment")) //nolint:gosec // the test's own folder
	if err != nil {
		return nil, "", err
	}
	h := sha256.New()
	w := io.MultiWriter(f, h)
	page := make([]byte, 1<<20)
	for at := int64(0); at < size; at += int64(len(page)) {
		copy(page, strconv.FormatInt(at, 10)+" ")
		if _, err := w.Write(page[:min(int64(len(page)), size-at)]); err != nil {
			return nil, "", err
		}
	}
	return f, ibid.DigestSum(h), nil
}

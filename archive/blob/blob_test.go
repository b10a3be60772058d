package blob

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

func TestCheckKey(t *testing.T) {
	long := strings.Repeat("a/", maxKey/2) + "b"
	for key, want := range map[string]bool{
		"a": true, "warc/default/202606/job-00001.warc.gz": true, "A_b-c.d/9": true, "a..b": true,
		"": false, "/a": false, "a/": false, "a//b": false, ".": false, "..": false, "a/../b": false, "a/.b": false, ".tmp/x": false,
		"a b": false, "a\x00": false, "a\\b": false, "é": false, "a:b": false, "a\n": false,
		long: false, strings.Repeat("n", 256): false,
	} {
		err := CheckKey(key)
		if (err == nil) != want {
			t.Errorf("CheckKey(%.40q) = %v, want usable: %v", key, err, want)
		}
		if err != nil && ibid.KindOf(err) != ibid.KindInput {
			t.Errorf("CheckKey(%.40q) is of kind %s", key, ibid.KindOf(err))
		}
	}
}

func TestCheckPrefix(t *testing.T) {
	for prefix, want := range map[string]bool{
		"": true, "warc/": true, "warc/de": true, "/": false, "../": false, "a/../": false, "a/.": false, "a*": false,
	} {
		if err := CheckPrefix(prefix); (err == nil) != want {
			t.Errorf("CheckPrefix(%q) = %v, want usable: %v", prefix, err, want)
		}
	}
}

func TestErrorsSayWhatTheyAre(t *testing.T) {
	for _, c := range []struct {
		err   error
		cause error
		kind  ibid.Kind
		class ibid.Class
	}{
		{NotFound("read", "k"), ErrNotFound, ibid.KindNotFound, ""},
		{Range("k", 9, 3), ErrRange, ibid.KindInput, ""},
		{Mismatch("k", ErrExists), ErrExists, ibid.KindStorage, ibid.ClassDigestMismatch},
	} {
		if !errors.Is(c.err, c.cause) || ibid.KindOf(c.err) != c.kind || ibid.ClassOf(c.err) != c.class {
			t.Errorf("%v: kind %s, class %s", c.err, ibid.KindOf(c.err), ibid.ClassOf(c.err))
		}
	}
}

func TestWithContextEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	r := WithContext(ctx, io.NopCloser(strings.NewReader("abc")))
	if n, err := r.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	stop := errors.New("stop")
	cancel(stop)
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, stop) {
		t.Fatalf("read after the end: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// Package blob says what a Store is: the place where immutable objects lie. Its Stores are packages
// below this one, and every one of them passes the suite in blobtest.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ibid-archive/ibid"
)

// Store holds objects under keys. An object is written once and never changed. All methods are safe for
// concurrent use; their errors are *ibid.Error, of KindStorage unless said otherwise.
type Store interface {
	// Put stores o durably: when it returns nil, the object survives a loss of power. The bytes are
	// checked against o.Digest and o.Size. A key that holds the same bytes already is success; one that
	// holds others is ErrExists, and they stay.
	Put(ctx context.Context, o Object) error
	// Open returns length bytes from offset on; a negative length means to the end, and so does one that
	// passes it. KindNotFound: there is no such key. ErrRange: offset is negative or past the end.
	Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	// Stat says what lies under key; KindNotFound when nothing does.
	Stat(ctx context.Context, key string) (Info, error)
	// List yields every object whose key begins with prefix, in the byte order of keys, and stops with
	// the first error of yield.
	List(ctx context.Context, prefix string, yield func(Info) error) error
}

// Object is what is put into a Store. A Body that is an *os.File may be linked instead of copied: it must
// not be written to afterwards.
type Object struct {
	Key    string
	Body   io.ReaderAt
	Size   int64
	Digest ibid.Digest
}

// Info is what a Store says of an object.
type Info struct {
	Key  string
	Size int64
}

// Causes found in the errors of a Store.
var (
	// ErrExists: the key holds other bytes. Class digest-mismatch.
	ErrExists = errors.New("other bytes are stored under this key; objects are never overwritten")
	// ErrMismatch: the bytes given do not have the size or the digest given. Class digest-mismatch.
	ErrMismatch = errors.New("the bytes are not those of the digest")
	// ErrNotFound: there is no such key.
	ErrNotFound = errors.New("no such object")
	// ErrRange: the offset lies outside the object.
	ErrRange = errors.New("offset outside the object")
	// ErrRefused: the store is there and will not serve us: credentials, permission, the bucket's name, a
	// wrong clock. To ask again is of no use until a person has changed something.
	ErrRefused = errors.New("the store refuses")
)

// maxKey bounds a key: what S3 allows.
const maxKey = 1024

// CheckKey says whether key can name an object: segments of letters, digits, '.', '_' and '-' with '/'
// between them, none empty and none beginning with a dot. The error is of KindInput.
func CheckKey(key string) error {
	if key == "" || len(key) > maxKey {
		return badKey(key, fmt.Errorf("a key has 1 to %d bytes", maxKey))
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" || segment[0] == '.' || len(segment) > 255 {
			return badKey(key, errors.New("no part of a key is empty, begins with a dot or passes 255 bytes"))
		}
	}
	return checkBytes(key)
}

// CheckPrefix says whether prefix can begin a key; the empty one can.
func CheckPrefix(prefix string) error {
	if strings.HasPrefix(prefix, "/") || strings.HasPrefix(prefix, ".") || strings.Contains(prefix, "/.") {
		return badKey(prefix, errors.New("no key begins so"))
	}
	return checkBytes(prefix)
}

func checkBytes(key string) error {
	for i := range len(key) {
		switch c := key[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("._-/", c) >= 0:
		default:
			return badKey(key, errors.New("a key has only letters, digits, '.', '_', '-' and '/'"))
		}
	}
	return nil
}

func badKey(key string, err error) error {
	return &ibid.Error{Kind: ibid.KindInput, Op: "use as a key", URI: fmt.Sprintf("%.80q", key), Err: err}
}

// NotFound is the error of a Store that has no such key.
func NotFound(op, key string) error {
	return &ibid.Error{Kind: ibid.KindNotFound, Op: op, URI: key, Err: ErrNotFound}
}

// Range is the error of a Store that is asked for bytes outside an object of that size.
func Range(key string, offset, size int64) error {
	err := fmt.Errorf("%w: %d of %d bytes", ErrRange, offset, size)
	return &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: key, Err: err}
}

// Mismatch is the error of a Store that will not store what it was given: ErrExists or ErrMismatch.
func Mismatch(key string, err error) error {
	return &ibid.Error{Kind: ibid.KindStorage, Op: "store", URI: key, Class: ibid.ClassDigestMismatch, Err: err}
}

// WithContext returns r, which fails with the cause of ctx once that is done.
func WithContext(ctx context.Context, r io.ReadCloser) io.ReadCloser { return &reader{ctx: ctx, rc: r} }

type reader struct {
	ctx context.Context //nolint:containedctx // a reader lives within the call that opened it
	rc  io.ReadCloser
}

func (r *reader) Read(p []byte) (int, error) {
	if err := context.Cause(r.ctx); err != nil {
		return 0, err
	}
	return r.rc.Read(p)
}

func (r *reader) Close() error { return r.rc.Close() }

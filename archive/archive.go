// Package archive keeps Exchanges as WARC records in a Store, and gives them back.
//
// A [Writer] appends the Exchanges of one Job to a segment in a local spool directory. Commit closes the
// segment and puts it into the Store, with its CDXJ and its checksums beside it; only what Commit returns is
// archived. A payload that is held already becomes a revisit record. The Store alone is the truth: Walk
// reads everything back that a catalogue needs, and Verify re-reads every byte and says what is wrong.
// docs/formats.md describes what lies in the Store.
package archive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/warc"
)

// DefaultMaxSegment is the size that a WARC file does not pass, in bytes, unless one record does.
const DefaultMaxSegment = 1 << 30

// Index finds what is committed.
type Index interface {
	// ByDigest returns a committed Capture of the collection that holds the payload with that digest: no
	// revisit. KindNotFound: there is none.
	ByDigest(ctx context.Context, collection string, d ibid.Digest) (ibid.Capture, error)
	// AtAddress is ByDigest for the Captures of one address.
	AtAddress(ctx context.Context, collection, uri string, d ibid.Digest) (ibid.Capture, error)
}

// Options are what an Archive is made of. Store and SpoolDir are needed, all else is not.
type Options struct {
	Store blob.Store
	// SpoolDir is where open segments lie: best on the disk of the Store, where they are linked, not copied.
	SpoolDir   string
	MaxSegment int64
	// Index is asked for payloads that are held already; without one, only a Writer's own are known.
	Index Index
	// Copies are further Stores that hold what Store holds, in the order in which they are asked for what Store does not
	// give. Ledger keeps what is found of the objects in each of them.
	Copies []Copy
	Ledger Ledger
	// Software, Operator, UserAgent and Robots are for the warcinfo record of each file.
	Software, Operator, UserAgent, Robots string
	Now                                   func() time.Time
	Log                                   *slog.Logger
}

// Archive keeps and gives back. It is safe for concurrent use.
type Archive struct {
	o Options
	// Whoever holds an encoder of batches may wait for a Writer's lock; whoever holds one of streams has the
	// lock already and waits for nothing. With a single set they would wait for each other.
	batches, streams *warc.Compressor
	// buffers are those of stages.
	buffers sync.Pool
	// readers are *warc.Reader of records that were read whole.
	readers sync.Pool
	// places are all Stores, that which is written to first.
	places []place
	// fresh is what has to be copied.
	fresh     fresh
	vouched   vouched
	decisions decisions
}

// New returns an Archive. Nothing is read or made until it is used.
func New(o Options) (*Archive, error) {
	if o.Store == nil || o.SpoolDir == "" {
		return nil, &ibid.Error{Kind: ibid.KindInternal, Op: "open the archive", Err: errors.New("it needs a Store and a spool directory")}
	}
	if o.MaxSegment <= 0 {
		o.MaxSegment = DefaultMaxSegment
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	n := runtime.GOMAXPROCS(0)
	a := &Archive{o: o, batches: warc.NewCompressor(n), streams: warc.NewCompressor(n)}
	a.buffers.New = func() any { return new([]byte) }
	a.places = []place{{Copy{Store: o.Store}}}
	for _, c := range o.Copies {
		a.places = append(a.places, place{c})
	}
	if len(o.Copies) > 0 {
		a.fresh = fresh{waiting: map[string]bool{}, more: make(chan struct{})}
		a.o.Store = noted{o.Store, a}
	}
	return a, nil
}

// openSuffix is that of a segment that is not committed.
const openSuffix = ".open"

// Sweep removes what dead processes left in the spool directory, and returns how many segments that were:
// none of it was ever reported. Call it only while no other process uses the directory.
func (a *Archive) Sweep() (int, error) {
	names, err := filepath.Glob(filepath.Join(a.o.SpoolDir, "*"+openSuffix))
	if err != nil {
		return 0, spoolError("sweep the spool", a.o.SpoolDir, err)
	}
	for i, name := range names {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return i, spoolError("sweep the spool", name, err)
		}
		a.o.Log.Info("removed the unreported segment of a dead run", "file", name)
	}
	return len(names), nil
}

// Where things lie in the Store.
const (
	warcPrefix      = "warc/"
	documentsPrefix = "documents/"
	auditsPrefix    = "audits/"
	accessPrefix    = "access/"
	// destroyedPrefix is where the decisions to destroy lie, and, while one is carried out, what replaces WARC files.
	destroyedPrefix = "destroyed/"
	warcSuffix      = ".warc.gz"
	cdxjSuffix      = ".cdxj"
	sumsSuffix      = ".sha256"
)

func warcKey(collection, job string, month time.Time, n int) string {
	return fmt.Sprintf("%s%s/%s/%s-%05d%s", warcPrefix, collection, month.UTC().Format("200601"), job, n, warcSuffix)
}

// beside is the key of what lies beside the WARC file key.
func beside(key, suffix string) string { return strings.TrimSuffix(key, warcSuffix) + suffix }

// parseWARCKey gives the collection and the Job of a WARC file.
func parseWARCKey(key string) (collection, job string, ok bool) {
	rest, ok1 := strings.CutPrefix(key, warcPrefix)
	rest, ok2 := strings.CutSuffix(rest, warcSuffix)
	collection, rest, ok3 := strings.Cut(rest, "/")
	month, name, ok4 := strings.Cut(rest, "/")
	dash := strings.LastIndexByte(name, '-')
	if !ok1 || !ok2 || !ok3 || !ok4 || collection == "" || len(month) != 6 || dash <= 0 || len(name)-dash != 6 {
		return "", "", false
	}
	return collection, name[:dash], path.Base(name) == name
}

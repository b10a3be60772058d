package archive

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/archive/warc"
)

// segment is a WARC file that is not committed.
type segment struct {
	key    string
	number int
	f      *os.File
	w      *warc.Writer
	// first is where the first record behind the warcinfo lies.
	first    int64
	captures []ibid.Capture
	visits   []ibid.Visit
	// said are the Visits as JSON, one a line.
	said bytes.Buffer
	// under are the Seeds whose Visits hold the segment back; closed: no other Visit goes to it.
	under  map[string]bool
	closed bool
}

// openSegment makes the file of the segment key in the spool directory, and writes its warcinfo.
func (a *Archive) openSegment(ctx context.Context, collection, key string) (*segment, error) {
	if err := os.MkdirAll(a.o.SpoolDir, 0o750); err != nil {
		return nil, spoolError("make the spool", a.o.SpoolDir, err)
	}
	f, err := os.CreateTemp(a.o.SpoolDir, strings.TrimSuffix(path.Base(key), warcSuffix)+"-*"+openSuffix)
	if err != nil {
		return nil, spoolError("open a segment", a.o.SpoolDir, err)
	}
	s := &segment{key: key, f: f, w: warc.NewWriter(spool{f}, 0), under: map[string]bool{}}
	if err := a.writeInfo(ctx, s, collection); err != nil {
		return nil, errors.Join(err, s.drop())
	}
	s.first = s.w.Size()
	return s, nil
}

// spool is a segment's file; writing goes on at the end after it was cut.
type spool struct{ *os.File }

func (s spool) Truncate(n int64) error {
	if err := s.File.Truncate(n); err != nil {
		return err
	}
	_, err := s.Seek(n, io.SeekStart)
	return err
}

// writeInfo writes the warcinfo record (ISO 28500:2017, 6.2).
func (a *Archive) writeInfo(ctx context.Context, s *segment, collection string) error {
	r, err := a.infoRecord(collection, path.Base(s.key))
	if err != nil {
		return err
	}
	if _, err := s.w.Stream(ctx, a.streams, r); err != nil {
		return spoolError("write to", s.f.Name(), err)
	}
	return nil
}

// infoRecord is the warcinfo record of the WARC file of that name.
func (a *Archive) infoRecord(collection, filename string, more ...[2]string) (*warc.Record, error) {
	id, err := warc.NewID()
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, f := range append([][2]string{
		{"software", a.o.Software}, {"format", "WARC File Format 1.1"},
		{"conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"},
		{"operator", a.o.Operator}, {"robots", a.o.Robots}, {"isPartOf", collection}, {"http-header-user-agent", a.o.UserAgent},
	}, more...) {
		if f[1] != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", f[0], strings.NewReplacer("\r", " ", "\n", " ").Replace(f[1]))
		}
	}
	r := &warc.Record{
		Type: warc.Warcinfo, ID: id, Date: a.o.Now(), ContentType: warc.Fields,
		Fields: warc.Header{{Name: "WARC-Filename", Value: filename}},
	}
	setBytes(r, []byte(b.String()))
	return r, nil
}

// drop closes and removes the file.
func (s *segment) drop() error {
	err := s.f.Close()
	if rm := os.Remove(s.f.Name()); rm != nil && !errors.Is(rm, os.ErrNotExist) {
		err = errors.Join(err, rm)
	}
	if err != nil {
		return spoolError("remove the segment", s.f.Name(), err)
	}
	return nil
}

// note adds v to the Visits of the segment.
func (s *segment) note(v *ibid.Visit) error {
	if err := json.NewEncoder(&s.said).Encode(v); err != nil {
		return fmt.Errorf("the visit as JSON: %w", err)
	}
	kept := *v
	kept.Began = v.Began.Round(0).UTC() // as it will be read back: without the monotonic clock
	s.visits = append(s.visits, kept)
	return nil
}

// writeVisits ends s with the record of its Visits. They are one record, since each alone would take more than what it
// says: alike as they are, they compress to a third together.
func (a *Archive) writeVisits(ctx context.Context, s *segment) error {
	if s.said.Len() == 0 {
		return nil
	}
	_, job, _ := parseWARCKey(s.key)
	r, err := visitsRecord(a.o.Now(), job, s.said.Bytes())
	if err != nil {
		return err
	}
	_, err = s.w.Stream(ctx, a.streams, r)
	return err
}

// put stores the segment, its CDXJ and its checksums, in this order, each durably.
func (a *Archive) put(ctx context.Context, s *segment) error {
	store := a.o.Store
	if err := a.writeVisits(ctx, s); err != nil {
		return spoolError("write to", s.f.Name(), err)
	}
	records, whole, err := digests(ctx, s.f, s.w.Size(), s.captures)
	if err != nil {
		return spoolError("read back", s.f.Name(), err)
	}
	err = store.Put(ctx, blob.Object{Key: s.key, Body: s.f, Size: s.w.Size(), Digest: whole})
	if errors.Is(err, blob.ErrExists) {
		return fmt.Errorf("%w: %w", ErrOvertaken, err)
	}
	if err != nil {
		return err
	}
	return putBeside(ctx, store, s.key, whole, s.captures, records)
}

// putBeside stores what belongs to the WARC file key.
func putBeside(ctx context.Context, store blob.Store, key string, whole ibid.Digest, captures []ibid.Capture, records []ibid.Digest) error {
	index, err := indexOf(key, captures, records)
	if err != nil {
		return err
	}
	if err := putBytes(ctx, store, beside(key, cdxjSuffix), index); err != nil {
		return err
	}
	return putBytes(ctx, store, beside(key, sumsSuffix), sumsOf(key, whole, ibid.DigestOf(index)))
}

func putBytes(ctx context.Context, store blob.Store, key string, b []byte) error {
	o := blob.Object{Key: key, Body: bytes.NewReader(b), Size: int64(len(b)), Digest: ibid.DigestOf(b)}
	return store.Put(ctx, o)
}

// sumsOf has the form that `sha256sum --check` reads.
func sumsOf(key string, whole, index ibid.Digest) []byte {
	return fmt.Appendf(nil, "%s  %s\n%s  %s\n", whole.Hex(), path.Base(key), index.Hex(), path.Base(beside(key, cdxjSuffix)))
}

// indexOf is the CDXJ of the WARC file key. It follows from the captures alone, to the byte.
func indexOf(key string, captures []ibid.Capture, records []ibid.Digest) ([]byte, error) {
	lines := make([]string, 0, len(captures))
	var buf []byte
	for i := range captures {
		l, err := lineOf(&captures[i], path.Base(key), records[i])
		if err != nil {
			return nil, err
		}
		buf = l.Append(buf[:0])
		lines = append(lines, string(buf))
	}
	slices.Sort(lines)
	return []byte(strings.Join(lines, "")), nil
}

func lineOf(c *ibid.Capture, filename string, record ibid.Digest) (cdx.Line, error) {
	key, err := cdx.SURT(c.URI)
	if err != nil {
		return cdx.Line{}, err
	}
	l := cdx.Line{
		Key: key, Timestamp: ibid.Timestamp14(c.Timestamp), URL: c.URI, MIME: string(c.MediaType), Status: c.Status, Digest: c.Digest,
		Offset: c.Location.Offset, Length: c.Location.Length, Filename: filename, RecordDigest: record,
	}
	if c.Revisit {
		l.MIME = cdx.RevisitMIME
	} else if l.MIME == "" {
		l.MIME = "unk" // as pywb says it
	}
	return l, nil
}

// digests reads a WARC file once, for the digest of the whole and of each capture's record. The captures
// need not be in the order of the file.
func digests(ctx context.Context, r io.ReaderAt, size int64, captures []ibid.Capture) ([]ibid.Digest, ibid.Digest, error) {
	order := make([]int, len(captures))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Compare(captures[a].Location.Offset, captures[b].Location.Offset)
	})
	d := &digester{ctx: ctx, r: r, whole: sha256.New(), buf: make([]byte, 64<<10)}
	records := make([]ibid.Digest, len(captures))
	for _, i := range order {
		at := captures[i].Location
		if err := d.pass(at.Offset, nil); err != nil {
			return nil, "", err
		}
		h := sha256.New()
		if err := d.pass(at.Offset+at.Length, h); err != nil {
			return nil, "", err
		}
		records[i] = ibid.DigestSum(h)
	}
	if err := d.pass(size, nil); err != nil {
		return nil, "", err
	}
	return records, ibid.DigestSum(d.whole), nil
}

type digester struct {
	ctx   context.Context //nolint:containedctx // lives within one call
	r     io.ReaderAt
	at    int64
	whole hash.Hash
	buf   []byte
}

// pass reads up to offset, and adds what it read to the whole and to also.
func (d *digester) pass(offset int64, also hash.Hash) error {
	for d.at < offset {
		if err := context.Cause(d.ctx); err != nil {
			return err
		}
		n, err := d.r.ReadAt(d.buf[:min(offset-d.at, int64(len(d.buf)))], d.at)
		if n == 0 {
			return fmt.Errorf("%d bytes are missing: %w", offset-d.at, errors.Join(err, io.ErrUnexpectedEOF))
		}
		d.whole.Write(d.buf[:n])
		if also != nil {
			also.Write(d.buf[:n])
		}
		d.at += int64(n)
	}
	return nil
}

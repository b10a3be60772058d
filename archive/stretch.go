package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/warc"
)

// besides is how many bytes are asked for behind the record of a capture: its request and its provenance are there.
const besides = 64 << 10

// stretch is the record of a capture and those behind it, as they lie in the Store. It gives what it read out again to
// the byte, so that nothing is read twice.
type stretch struct {
	rc     io.ReadCloser
	reader *warc.Reader
	name   string
	first  *warc.Entry
	// length is that of the first record, and left how much of it was not read yet.
	length, left int64
	// out takes the bytes of the first record as they are read; until there is one, they are held.
	out          io.Writer
	held, behind bytes.Buffer
}

// openStretch opens the record of c, and reads its header.
func (a *Archive) openStretch(ctx context.Context, c ibid.Capture) (*stretch, error) {
	store, err := a.soundFor(ctx, c)
	if err != nil {
		return nil, err
	}
	rc, err := store.Open(ctx, c.Location.Key, c.Location.Offset, c.Location.Length+besides)
	if err != nil {
		return nil, err
	}
	r := &stretch{
		rc: rc, name: fmt.Sprintf("%s in %s at byte %d", c.URI, c.Location.Key, c.Location.Offset),
		length: c.Location.Length, left: c.Location.Length,
	}
	opened := false
	r.reader = warc.NewReader(func(int64) (io.ReadCloser, error) {
		if opened { // it looks for the next whole record
			return nil, fixity(r.name, errors.New("the record is damaged"))
		}
		opened = true
		return io.NopCloser(io.TeeReader(rc, r)), nil
	})
	r.first, err = r.reader.Next()
	if err == nil && (r.first.ID != c.RecordID || r.first.TargetURI != c.URI) {
		err = fixity(r.name, fmt.Errorf("record %s of %s lies there", r.first.ID, r.first.TargetURI))
	}
	if errors.Is(err, io.EOF) {
		err = fixity(r.name, errors.New("there is no record"))
	}
	if err != nil {
		return nil, errors.Join(readError(r.name, err), rc.Close())
	}
	return r, nil
}

// soundFor is the first Store in which the record of c is as it was. Where there is only one, reading finds out.
func (a *Archive) soundFor(ctx context.Context, c ibid.Capture) (sound blob.Store, err error) {
	if len(a.places) == 1 {
		return a.o.Store, nil
	}
	err = a.anywhere(ctx, c.Location.Key, func(ctx context.Context, at int, s blob.Store) error {
		r, err := a.readIn(ctx, at, s, c.Location, isOf(c))
		if err != nil {
			return err
		}
		sound = s
		return r.Close()
	})
	return sound, err
}

// Write takes what was read from the Store.
func (r *stretch) Write(p []byte) (int, error) {
	n := min(r.left, int64(len(p)))
	r.left -= n
	r.behind.Write(p[n:])
	if r.out == nil {
		r.held.Write(p[:n])
		return len(p), nil
	}
	if _, err := r.out.Write(p[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}

// copyFirst copies the first record to w as it is, and returns the digest of its bytes. The error is of KindFixity when
// they do not match what the record or c says of them.
func (r *stretch) copyFirst(w io.Writer) (ibid.Digest, error) {
	sum := sha256.New()
	r.out = io.MultiWriter(w, sum)
	if _, err := r.out.Write(r.held.Bytes()); err != nil {
		return "", err
	}
	if err := r.finishFirst(); err != nil {
		return "", err
	}
	if r.left > 0 {
		return "", fixity(r.name, fmt.Errorf("the record ends %d bytes early", r.left))
	}
	return ibid.DigestSum(sum), nil
}

// finishFirst reads the first record to its end, and says whether it is what it was.
func (r *stretch) finishFirst() error {
	found, err := r.first.Check()
	if err == nil && len(found) > 0 {
		err = found[0]
	}
	var span warc.Span
	if err == nil {
		span, err = r.reader.Finish()
	}
	if err == nil && span.Length != r.length {
		err = fixity(r.name, fmt.Errorf("the record has %d bytes, not %d", span.Length, r.length))
	}
	if err != nil {
		return readError(r.name, err)
	}
	return nil
}

// copyRest copies the records behind the first one that belong to it.
func (r *stretch) copyRest(w io.Writer, id string) error {
	for {
		e, err := r.reader.Next()
		if err != nil || !belongs(e, id) {
			return nil //nolint:nilerr // the end of what was asked for, or of what belongs to the capture
		}
		found, err := e.Check()
		if err == nil && len(found) > 0 {
			err = found[0]
		}
		var span warc.Span
		if err == nil {
			span, err = r.reader.Finish()
		}
		if err != nil {
			return readError(r.name, fmt.Errorf("what belongs to it: %w", err))
		}
		from := span.Offset - r.length
		if _, err := w.Write(r.behind.Bytes()[from : from+span.Length]); err != nil {
			return err
		}
	}
}

func (r *stretch) close() {
	_ = r.reader.Close()
	_ = r.rc.Close()
}

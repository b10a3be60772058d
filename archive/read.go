package archive

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/warc"
)

// Record is one record of the Store. Its bytes are the block. All of it was read before it is given out. Should a large one
// be read otherwise the second time, that is an error of KindFixity in the place of the block's last byte, so nobody gets a
// wrong block and takes it for whole.
type Record struct {
	Header    warc.Header
	Type      warc.Type
	ID        string
	TargetURI string
	// Length is the size of the block in bytes.
	Length int64

	body   io.Reader
	reader *warc.Reader
}

func (r *Record) Read(p []byte) (int, error) { return r.body.Read(p) }

// Close gives the record back. It says nothing about bytes that were not read.
func (r *Record) Close() error {
	if r.reader == nil { // it is in memory
		return nil
	}
	return r.reader.Close()
}

// Read opens the record at loc, in the first Store that has it as it was. The error is of KindFixity when it is damaged
// wherever it is.
func (a *Archive) Read(ctx context.Context, loc ibid.Location) (*Record, error) {
	return a.read(ctx, loc, func(*Record) error { return nil })
}

func (a *Archive) openRecord(ctx context.Context, s blob.Store, loc ibid.Location) (*Record, error) {
	open := func(offset int64) (io.ReadCloser, error) {
		return s.Open(ctx, loc.Key, loc.Offset+offset, max(loc.Length-offset, 0))
	}
	name := fmt.Sprintf("%s at byte %d", loc.Key, loc.Offset)
	reader, used := a.readers.Get().(*warc.Reader)
	if used {
		reader.Reset(open)
	} else {
		reader = warc.NewReader(open)
	}
	e, err := reader.Next()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = fixity(name, errors.New("there is no record"))
		}
		return nil, errors.Join(readError(name, err), reader.Close())
	}
	r := &Record{Header: e.Header, Type: e.Type, ID: e.ID, TargetURI: e.TargetURI, Length: e.Length, reader: reader}
	want := ibid.Digest(e.Header.Get("WARC-Block-Digest"))
	r.body = newVerified(e.Block, name, want, func() error {
		_, err := reader.Finish() // the checksum of the gzip member
		return err
	})
	return r, nil
}

// verified gives bytes out, the last one only when all of them have the digest. Without a valid digest
// only then is asked.
type verified struct {
	br   *bufio.Reader
	name string
	then func() error
	sum  func() ibid.Digest
	want ibid.Digest
	err  error
}

func newVerified(r io.Reader, name string, want ibid.Digest, then func() error) *verified {
	h := sha256.New()
	return &verified{
		br: bufio.NewReaderSize(io.TeeReader(r, h), 16<<10), name: name, want: want, then: then,
		sum: func() ibid.Digest { return ibid.DigestSum(h) },
	}
}

func (v *verified) Read(p []byte) (int, error) {
	if v.err != nil || len(p) == 0 {
		return 0, v.err
	}
	if v.br.Buffered() < 2 {
		last, err := v.br.Peek(2)
		if len(last) < 2 {
			return v.finish(p, last, err)
		}
	}
	return v.br.Read(p[:min(len(p), v.br.Buffered()-1)])
}

// finish gives the last byte out, or the reason why not.
func (v *verified) finish(p, last []byte, err error) (int, error) {
	if !errors.Is(err, io.EOF) {
		v.err = readError(v.name, err)
		return 0, v.err
	}
	if v.want.Valid() && v.sum() != v.want {
		v.err = fixity(v.name, fmt.Errorf("its bytes have the digest %s, not %s", v.sum(), v.want))
		return 0, v.err
	}
	if err := v.then(); err != nil {
		v.err = readError(v.name, err)
		return 0, v.err
	}
	v.err = io.EOF
	if len(last) == 0 {
		return 0, io.EOF
	}
	return copy(p, last), nil
}

package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

// Payload is what a source sent: the head of the response, and its entity with the transfer coding undone and
// the content coding kept. Reading it ends with an error of KindFixity, in the place of the last byte,
// when the bytes are not those of the digest.
type Payload struct {
	Capture ibid.Capture
	Status  int
	// Header is as sent; empty for a record without an HTTP head.
	Header warc.Header

	body   io.Reader
	record *Record
}

func (p *Payload) Read(b []byte) (int, error) { return p.body.Read(b) }

// Close gives the record back.
func (p *Payload) Close() error { return p.record.Close() }

// Payload opens the payload of c, which belongs to collection. For a revisit the entity comes from the earlier
// record, and so does the head when its own says no more than that nothing has changed (304). KindNotFound: the
// object is not there.
func (a *Archive) Payload(ctx context.Context, collection string, c ibid.Capture) (*Payload, error) {
	p, err := a.payload(ctx, c)
	if err != nil || !c.Revisit {
		return p, err
	}
	if _, err := io.Copy(io.Discard, p.record); err != nil { // verifies the head
		return nil, errors.Join(err, p.Close())
	}
	if err := p.Close(); err != nil {
		return nil, readError(c.Location.Key, err)
	}
	original, err := a.original(ctx, collection, c)
	if err != nil {
		return nil, err
	}
	whole, err := a.payload(ctx, original)
	if err != nil {
		return nil, err
	}
	if p.Status == http.StatusNotModified {
		whole.Capture = c
		return whole, nil
	}
	p.body, p.record = whole.body, whole.record
	return p, nil
}

// original is the Capture that holds the payload of the revisit c.
func (a *Archive) original(ctx context.Context, collection string, c ibid.Capture) (ibid.Capture, error) {
	missing := func(err error) error {
		return &ibid.Error{
			Kind: ibid.KindNotFound, Op: "read", URI: c.URI,
			Err: fmt.Errorf("its payload %s is in an earlier record that the catalogue does not have: run `ibid reindex` (%w)", c.Digest, err),
		}
	}
	if a.o.Index == nil {
		return ibid.Capture{}, missing(errors.New("no catalogue is open"))
	}
	found, err := a.o.Index.ByDigest(ctx, collection, c.Digest)
	if ibid.KindOf(err) == ibid.KindNotFound {
		return found, missing(err)
	}
	if err == nil && (found.Revisit || found.Digest != c.Digest) {
		return found, missing(errors.New("it names a record without it"))
	}
	return found, err
}

// isOf says whether a record is that of c: another one may be as whole.
func isOf(c ibid.Capture) func(*Record) error {
	return func(r *Record) error {
		if r.ID == c.RecordID && r.TargetURI == c.URI {
			return nil
		}
		name := fmt.Sprintf("%s in %s at byte %d", c.URI, c.Location.Key, c.Location.Offset)
		return fixity(name, fmt.Errorf("record %s of %s lies there", r.ID, r.TargetURI))
	}
}

func (a *Archive) payload(ctx context.Context, c ibid.Capture) (*Payload, error) {
	name := fmt.Sprintf("%s in %s at byte %d", c.URI, c.Location.Key, c.Location.Offset)
	r, err := a.read(ctx, c.Location, isOf(c))
	if err != nil {
		return nil, err
	}
	p := &Payload{Capture: c, Status: c.Status, record: r}
	entity := io.Reader(r)
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Content-Type")), "application/http") {
		m, err := warc.ReadMessage(r)
		if err != nil {
			return nil, errors.Join(readError(name, err), r.Close())
		}
		p.Status, p.Header, entity = m.Status, m.Header, m.Entity
	}
	want := ibid.Digest(r.Header.Get("WARC-Payload-Digest"))
	if want.Valid() && want != c.Digest {
		return nil, errors.Join(fixity(name, fmt.Errorf("the record has the payload %s, not %s", want, c.Digest)), r.Close())
	}
	p.body = newVerified(entity, name, want, func() error {
		_, err := io.Copy(io.Discard, r) // what is behind the entity: the end of the chunks, the checksums
		return err
	})
	return p, nil
}

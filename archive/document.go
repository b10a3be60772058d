package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// documentFile is what is known of a Document: its object is never changed, so what is known later is a
// further object, and the last one counts.
type documentFile struct {
	Document   ibid.Document    `json:"document"`
	References []ibid.Reference `json:"references"`
}

const sourceName = "source"

func documentDir(collection, id string) string { return documentsPrefix + collection + "/" + id + "/" }

// documentName is that of the n-th version; they sort in their order.
func documentName(n int) string {
	if n == 1 {
		return "document.json"
	}
	return fmt.Sprintf("document.v%05d.json", n)
}

// PutDocument stores the bytes of doc, and doc with its References; it is durable when nil is returned. To
// store again what was stored last is success.
func (a *Archive) PutDocument(ctx context.Context, collection string, doc ibid.Document, refs []ibid.Reference, body []byte) error {
	if ibid.DigestOf(body) != doc.Digest {
		return &ibid.Error{Kind: ibid.KindInternal, Op: "store the document", URI: doc.Source, Err: errors.New("its bytes are not those of its digest")}
	}
	if err := putBytes(ctx, a.o.Store, documentDir(collection, doc.ID)+sourceName, body); err != nil {
		return err
	}
	return a.PutReferences(ctx, collection, doc, refs)
}

// PutReferences stores doc with its References anew, as [Archive.PutDocument] does, where its bytes are stored already.
func (a *Archive) PutReferences(ctx context.Context, collection string, doc ibid.Document, refs []ibid.Reference) error {
	b, err := seal(documentFile{doc, refs})
	if err != nil {
		return &ibid.Error{Kind: ibid.KindInternal, Op: "store the document", URI: doc.Source, Err: err}
	}
	dir := documentDir(collection, doc.ID)
	n, last, err := a.lastDocument(ctx, dir)
	if err != nil || string(last) == string(b) {
		return err
	}
	return putBytes(ctx, a.o.Store, dir+documentName(n+1), b)
}

// lastDocument is the newest version in dir and its number; 0 when there is none.
func (a *Archive) lastDocument(ctx context.Context, dir string) (int, []byte, error) {
	for n := 0; ; n++ {
		_, err := a.o.Store.Stat(ctx, dir+documentName(n+1))
		if err == nil {
			continue
		}
		if ibid.KindOf(err) != ibid.KindNotFound || n == 0 {
			return 0, nil, ignoreNotFound(err)
		}
		b, err := a.readAll(ctx, dir+documentName(n), maxDocumentFile)
		return n, b, err
	}
}

func ignoreNotFound(err error) error {
	if ibid.KindOf(err) == ibid.KindNotFound {
		return nil
	}
	return err
}

// maxDocumentFile bounds what is read into memory of a file that is not a WARC, in bytes.
const maxDocumentFile = 1 << 30

func (a *Archive) readAll(ctx context.Context, key string, limit int64) ([]byte, error) {
	r, err := a.o.Store.Open(ctx, key, 0, -1)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, readError(key, err)
	}
	if int64(len(b)) > limit {
		return nil, fixity(key, fmt.Errorf("it has more than %d bytes", limit))
	}
	return b, nil
}

// DocumentSource opens the bytes of a Document as they were read, in the first Store that has them so: they are read twice.
// The last byte comes only when all of them match the digest of doc.
func (a *Archive) DocumentSource(ctx context.Context, collection string, doc ibid.Document) (rc io.ReadCloser, err error) {
	key := documentDir(collection, doc.ID) + sourceName
	err = a.anywhere(ctx, key, func(ctx context.Context, _ int, s blob.Store) error {
		first, err := openSource(ctx, s, key, doc.Digest)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, first)
		if err = errors.Join(err, first.Close()); err != nil {
			return readError(key, err)
		}
		rc, err = openSource(ctx, s, key, doc.Digest)
		return err
	})
	return rc, err
}

func openSource(ctx context.Context, s blob.Store, key string, want ibid.Digest) (io.ReadCloser, error) {
	r, err := s.Open(ctx, key, 0, -1)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{newVerified(r, key, want, func() error { return nil }), r}, nil
}

// parseDocumentKey gives the collection, the id and the file name of an object of a Document.
func parseDocumentKey(key string) (collection, id, name string, ok bool) {
	parts := strings.Split(key, "/")
	if len(parts) != 4 || parts[0]+"/" != documentsPrefix {
		return "", "", "", false
	}
	return parts[1], parts[2], parts[3], parts[3] == sourceName || isDocumentName(parts[3])
}

func isDocumentName(name string) bool {
	return name == documentName(1) || strings.HasPrefix(name, "document.v") && strings.HasSuffix(name, ".json") && blob.CheckKey(name) == nil
}

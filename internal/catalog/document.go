package catalog

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// PutDocument records doc and its References, in their order. What was recorded of a Document with the
// same ID is replaced, so the same call twice changes nothing.
func (c *Catalog) PutDocument(ctx context.Context, collection string, doc ibid.Document, refs []ibid.Reference) error {
	err := c.inTx(ctx, func(tx txn) error { return putDocument(ctx, tx, collection, doc, refs, c.now()) })
	return storageError("record the document", doc.Source, err)
}

var insertCitations = insert{head: "INSERT INTO citations (collection, document, n, seed, body)", columns: 5}

func putDocument(ctx context.Context, tx txn, collection string, doc ibid.Document, refs []ibid.Reference, at time.Time) error {
	body, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO documents (collection, id, source, put_at, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (collection, id) DO UPDATE SET source = excluded.source, put_at = excluded.put_at, body = excluded.body`,
		collection, doc.ID, doc.Source, instant(at), string(body))
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM citations WHERE collection = $1 AND document = $2`, collection, doc.ID); err != nil {
		return err
	}
	_, err = insertCitations.exec(ctx, tx, len(refs), func(i int, args []any) ([]any, error) {
		body, err := json.Marshal(refs[i])
		return append(args, collection, doc.ID, i, citedKey(refs[i].Address()), string(body)), err
	})
	if err != nil {
		return err
	}
	return putReferenceTexts(ctx, tx, collection, doc.ID, refs)
}

// Document returns the Document that name means and its References. A name is an ID, a source as given
// when the Document was read, or else the end of a source's path ("report.pdf"); of several with one
// source it is the one that was recorded last.
func (c *Catalog) Document(ctx context.Context, collection, name string) (ibid.Document, []ibid.Reference, error) {
	const op = "find the document"
	doc, err := c.findDocument(ctx, collection, name)
	if err != nil {
		return ibid.Document{}, nil, storageError(op, name, err)
	}
	if doc == nil {
		return ibid.Document{}, nil, notFound(op, name, collection, "record")
	}
	refs, err := list(ctx, c, scanBody[ibid.Reference], `SELECT body FROM citations WHERE collection = $1 AND document = $2
		ORDER BY n`, collection, doc.ID)
	return *doc, refs, storageError(op, name, err)
}

// findDocument returns nil when no Document has that name.
func (c *Catalog) findDocument(ctx context.Context, collection, name string) (*ibid.Document, error) {
	exact, err := list(ctx, c, scanBody[ibid.Document], `SELECT body FROM documents WHERE collection = $1
		AND (id = $2 OR source = $2) ORDER BY (CASE WHEN id = $2 THEN 0 ELSE 1 END), put_at DESC LIMIT 1`, collection, name)
	if err != nil || len(exact) > 0 {
		return first(exact), err
	}
	end := strings.TrimPrefix(filepath.ToSlash(filepath.Clean(name)), "/")
	docs, err := c.documents(ctx, collection, "put_at DESC, id")
	for i := range docs {
		path := filepath.ToSlash(filepath.Clean(docs[i].Source))
		if path == end || strings.HasSuffix(path, "/"+end) {
			return &docs[i], err
		}
	}
	return nil, err
}

func first[T any](all []T) *T {
	if len(all) == 0 {
		return nil
	}
	return &all[0]
}

// Documents returns the Documents of a collection, by source.
func (c *Catalog) Documents(ctx context.Context, collection string) ([]ibid.Document, error) {
	docs, err := c.documents(ctx, collection, "source, put_at, id")
	return docs, storageError("list the documents of", collection, err)
}

// documents orders by a fixed phrase of ours, never by what was given.
func (c *Catalog) documents(ctx context.Context, collection, order string) ([]ibid.Document, error) {
	return list(ctx, c, scanBody[ibid.Document], `SELECT body FROM documents WHERE collection = $1 ORDER BY `+order, collection)
}

// scanBody reads a row of one column, the JSON of a T.
func scanBody[T any](row scanner) (v T, err error) {
	var body []byte
	if err := row.Scan(&body); err != nil {
		return v, err
	}
	return v, json.Unmarshal(body, &v)
}

package catalog

import (
	"context"
	"database/sql"
	"strings"
	"unicode"

	"github.com/ibid-archive/ibid"
)

// HitKind says what was found.
type HitKind string

// The kinds of Hit.
const (
	// HitReference: a citation, by the cited title and the words around it.
	HitReference HitKind = "reference"
	// HitSource: a source, by its title and abstract as of the last Visit that saw any.
	HitSource HitKind = "source"
)

// Hit is one answer of SearchText.
type Hit struct {
	Kind HitKind
	// Document and Reference are the IDs of a HitReference.
	Document, Reference string
	// URI is the address of the source; empty where only Works are named.
	URI   string
	Title string
	// Excerpt is the part of the title or context with the words; "…" stands where it was cut.
	Excerpt string
}

const (
	maxQueryWords = 32
	maxWordBytes  = 128
)

// SearchText returns at most limit titles and contexts with all words of query, the best first. Case,
// accents and punctuation make no difference, and nothing in a query is an instruction. A query without
// words finds nothing.
func (c *Catalog) SearchText(ctx context.Context, collection, query string, limit int) ([]Hit, error) {
	const op = "search for"
	match := matchExpression(query)
	if match == "" {
		return nil, nil
	}
	rows, err := c.read.QueryContext(ctx, `SELECT t.kind, t.document, t.item, t.uri, t.title, snippet(texts_index, -1, '', '', '…', 24)
		FROM texts_index JOIN texts t ON t.id = texts_index.rowid
		WHERE texts_index MATCH $1 AND t.collection = $2 ORDER BY bm25(texts_index, 5.0, 1.0), t.id LIMIT $3`, match, collection, limit)
	if err != nil {
		return nil, storageError(op, query, err)
	}
	hits, err := scanAll(rows, scanHit)
	return hits, storageError(op, query, err)
}

func scanHit(row scanner) (h Hit, err error) {
	var item string
	err = row.Scan(&h.Kind, &h.Document, &item, &h.URI, &h.Title, &h.Excerpt)
	if h.Kind == HitReference {
		h.Reference = item
	}
	return h, err
}

// matchExpression makes of what a person typed an FTS5 expression: each word is a quoted string, in which
// nothing is syntax, and all must be there.
func matchExpression(query string) string {
	words := strings.FieldsFunc(query, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	var b strings.Builder
	for _, w := range words[:min(len(words), maxQueryWords)] {
		if len(w) > maxWordBytes || !strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(`"` + w + `"`)
	}
	return b.String()
}

var insertTexts = insert{
	head: "INSERT INTO texts (collection, kind, document, item, uri, title, body)", columns: 7,
	tail: `ON CONFLICT (collection, kind, document, item) DO UPDATE SET uri = excluded.uri, title = excluded.title, body = excluded.body
		WHERE texts.uri <> excluded.uri OR texts.title <> excluded.title OR texts.body <> excluded.body`,
}

func putReferenceTexts(ctx context.Context, tx *sql.Tx, collection, document string, refs []ibid.Reference) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM texts WHERE collection = $1 AND kind = $2 AND document = $3`,
		collection, string(HitReference), document)
	if err != nil {
		return err
	}
	_, err = insertTexts.exec(ctx, tx, len(refs), func(i int, args []any) ([]any, error) {
		r := &refs[i]
		title := r.Title
		for _, w := range r.Works {
			title += " " + w.Title
		}
		return append(args, collection, string(HitReference), document, r.ID, r.URI, readable(title), readable(r.Context)), nil
	})
	return err
}

// putSourceTexts leaves what is known of a source alone when its Visit learnt nothing: a page that is gone
// is still found by the title that it had.
func putSourceTexts(ctx context.Context, tx *sql.Tx, collection string, visits []ibid.Visit) error {
	told := keep(visits, func(v *ibid.Visit) bool {
		return v.Description != nil && (v.Description.Title != "" || v.Description.Abstract != "")
	})
	_, err := insertTexts.exec(ctx, tx, len(told), func(i int, args []any) ([]any, error) {
		v := &told[i]
		return append(args, collection, string(HitSource), "", v.Seed, v.Seed,
			readable(v.Description.Title), readable(v.Description.Abstract)), nil
	})
	return err
}

// readable is s as both engines can hold it, with nothing in it that moves a reader's cursor: valid UTF-8
// without control characters (PostgreSQL refuses NUL) and without marks that turn the direction of writing.
func readable(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, s))
}

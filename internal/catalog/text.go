package catalog

import (
	"context"
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

// SearchText returns at most limit titles and contexts with all words of query, the best first. Case,
// accents and punctuation make no difference, and nothing in a query is an instruction. A query without
// words finds nothing.
func (c *Catalog) SearchText(ctx context.Context, collection, query string, limit int) ([]Hit, error) {
	words := queryWords(query)
	if len(words) == 0 {
		return nil, nil
	}
	hits, err := list(ctx, c, scanHit, c.engine.search, c.engine.match(words), collection, limit)
	for i := range hits {
		hits[i].Excerpt = excerpt(hits[i].Title, hits[i].Excerpt, words)
	}
	return hits, storageError("search for", query, err)
}

// scanHit leaves the whole text in Excerpt.
func scanHit(row scanner) (h Hit, err error) {
	var item string
	err = row.Scan(&h.Kind, &h.Document, &item, &h.URI, &h.Title, &h.Excerpt)
	if h.Kind == HitReference {
		h.Reference = item
	}
	return h, err
}

// text is one row of texts.
type text struct {
	collection, document, item, uri, title, body string
	kind                                         HitKind
}

// putTexts records texts; of two with one item the last counts. PostgreSQL refuses to touch a row twice in one
// statement.
func putTexts(ctx context.Context, tx txn, all []text) error {
	texts, at := make([]text, 0, len(all)), make(map[string]int, len(all))
	for _, t := range all {
		t.title, t.body = readable(t.title), readable(t.body)
		if n, twice := at[t.item]; twice {
			texts[n] = t
			continue
		}
		at[t.item] = len(texts)
		texts = append(texts, t)
	}
	_, err := tx.engine.texts.exec(ctx, tx, len(texts), func(i int, args []any) ([]any, error) {
		t := &texts[i]
		args = append(args, t.collection, string(t.kind), t.document, t.item, t.uri, t.title, t.body)
		if tx.engine.lexemes {
			args = append(args, lexemesOf(t.title, t.body))
		}
		return args, nil
	})
	return err
}

func putReferenceTexts(ctx context.Context, tx txn, collection, document string, refs []ibid.Reference) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM texts WHERE collection = $1 AND kind = $2 AND document = $3`,
		collection, string(HitReference), document)
	if err != nil {
		return err
	}
	texts := make([]text, 0, len(refs))
	for i := range refs {
		r := &refs[i]
		title := r.Title
		for _, w := range r.Works {
			title += " " + w.Title
		}
		texts = append(texts, text{
			collection: collection, kind: HitReference, document: document, item: r.ID, uri: r.Address(), title: title, body: r.Context,
		})
	}
	return putTexts(ctx, tx, texts)
}

// putSourceTexts leaves what is known of a source alone when its Visit learnt nothing: a page that is gone
// is still found by the title that it had.
func putSourceTexts(ctx context.Context, tx txn, collection string, visits []ibid.Visit) error {
	texts := make([]text, 0, len(visits))
	for i := range visits {
		v := &visits[i]
		if v.Description == nil || v.Description.Title == "" && v.Description.Abstract == "" {
			continue
		}
		texts = append(texts, text{
			collection: collection, kind: HitSource, item: seedKey(v.Seed), uri: v.Seed,
			title: v.Description.Title, body: v.Description.Abstract,
		})
	}
	return putTexts(ctx, tx, texts)
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

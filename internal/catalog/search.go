package catalog

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What the engines have for full text: SQLite's FTS5 indexes the rows of texts by itself; PostgreSQL is given a
// vector of lexemes, so that its words are those that FTS5 would find, whatever the server is set to.

var (
	sqliteTexts = insert{
		head: "INSERT INTO texts (collection, kind, document, item, uri, title, body)", columns: 7,
		tail: `ON CONFLICT (collection, kind, document, item) DO UPDATE SET uri = excluded.uri, title = excluded.title,
			body = excluded.body WHERE texts.uri <> excluded.uri OR texts.title <> excluded.title OR texts.body <> excluded.body`,
	}
	pgTexts = insert{
		head: "INSERT INTO texts (collection, kind, document, item, uri, title, body, lexemes)", columns: 8,
		tail: `ON CONFLICT (collection, kind, document, item) DO UPDATE SET uri = excluded.uri, title = excluded.title,
			body = excluded.body, lexemes = excluded.lexemes
			WHERE texts.uri <> excluded.uri OR texts.title <> excluded.title OR texts.body <> excluded.body`,
	}
)

// A word of the title weighs five times one of the text.
const (
	sqliteSearch = `SELECT t.kind, t.document, t.item, t.uri, t.title, t.body FROM texts_index JOIN texts t ON t.id = texts_index.rowid
		WHERE texts_index MATCH $1 AND t.collection = $2 ORDER BY bm25(texts_index, 5.0, 1.0), t.id LIMIT $3`
	pgSearch = `SELECT kind, document, item, uri, title, body FROM texts, CAST(CAST($1 AS text) AS tsquery) AS query
		WHERE lexemes @@ query AND collection = $2 ORDER BY ts_rank('{0.2, 0.2, 0.2, 1}', lexemes, query, 1) DESC, id LIMIT $3`
)

const (
	maxQueryWords = 32
	maxWordBytes  = 128
)

// queryWords are the words of what a person typed. All must be there; nothing in them is syntax.
func queryWords(query string) []string {
	words := strings.FieldsFunc(query, notInWord)
	kept := make([]string, 0, min(len(words), maxQueryWords))
	for _, w := range words[:min(len(words), maxQueryWords)] {
		if isWord(w) {
			kept = append(kept, w)
		}
	}
	return kept
}

func notInWord(r rune) bool {
	return r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

func isWord(w string) bool {
	return len(w) <= maxWordBytes && strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// sqliteMatch is an FTS5 expression: each word is a quoted string, in which nothing is syntax.
func sqliteMatch(words []string) string { return `"` + strings.Join(words, `" "`) + `"` }

// pgMatch is a tsquery in its text form.
func pgMatch(words []string) string {
	lexemes := make([]string, len(words))
	for i, w := range words {
		lexemes[i] = folded(w)
	}
	return `'` + strings.Join(lexemes, `' & '`) + `'`
}

// folded is word without the differences of case and accents. Only the marks that Latin, Greek and Cyrillic letters
// carry are taken off: those of other scripts make other words.
func folded(word string) string {
	word = strings.Map(func(r rune) rune {
		if r >= 0x300 && r <= 0x36f {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(word))
	return norm.NFC.String(word)
}

// What a tsvector holds: a position is at most maxPosition, a lexeme has up to maxPlaces of them, all together up to
// a megabyte.
const (
	maxPosition = 16383
	maxPlaces   = 255
	maxVector   = 1 << 19
)

// lexemesOf is the tsvector of a title and a text, in its text form: weight A is the title.
func lexemesOf(title, body string) string {
	v := vector{at: map[string][]string{}}
	v.add(title, "A")
	v.add(body, "")
	return v.String()
}

type vector struct {
	order    []string
	at       map[string][]string
	position int
	size     int
}

func (v *vector) add(text, weight string) {
	for w := range strings.FieldsFuncSeq(text, notInWord) {
		if !isWord(w) {
			continue
		}
		v.position = min(v.position+1, maxPosition)
		lexeme := folded(w)
		places := v.at[lexeme]
		if lexeme == "" || len(places) == maxPlaces || v.size > maxVector {
			continue
		}
		if places == nil {
			v.order = append(v.order, lexeme)
			v.size += len(lexeme) + 8
		}
		v.size += 2
		v.at[lexeme] = append(places, strconv.Itoa(v.position)+weight)
	}
}

// String needs to escape nothing: no letter, digit or mark has a meaning there.
func (v *vector) String() string {
	var b strings.Builder
	for i, lexeme := range v.order {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("'" + lexeme + "':" + strings.Join(v.at[lexeme], ","))
	}
	return b.String()
}

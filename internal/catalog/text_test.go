package catalog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

// library is a catalogue with a citing document and two sources.
func library(t testing.TB, e catalogtest.Engine) *catalog.Catalog {
	t.Helper()
	c := openNew(t, e)
	err := c.PutDocument(t.Context(), "default", ibid.Document{ID: "doc", Source: "note.md"}, []ibid.Reference{
		{ID: "r1", URI: "http://www.gfmd-fmmd.org/", Title: "Global Forum", Context: "The forum met in Manila, in 2008."},
		{ID: "r2", Context: "Three papers.", Works: []ibid.Work{{Title: "Engaging the diaspora"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	b := catalog.Batch{Collection: "default", Run: "r", Visits: []ibid.Visit{
		{Seed: "http://a.example/", Run: "r", Description: &ibid.Description{Title: "Réunion mondiale", Abstract: "Les présidents à Bangkok."}},
		{Seed: "http://b.example/", Run: "r", Description: &ibid.Description{Title: "Bangkok", Abstract: "a\x00b\u202ec\xff"}},
		{Seed: "http://c.example/", Run: "r"},
	}}
	if _, err := c.Commit(t.Context(), b, nil); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSearchText(t *testing.T) { catalogtest.Each(t, testSearchText) }

func testSearchText(t *testing.T, e catalogtest.Engine) {
	c := library(t, e)
	tests := []struct {
		query string
		uris  string // of the hits, in order
	}{
		{"manila", "http://www.gfmd-fmmd.org/"},
		{"FORUM Manila", "http://www.gfmd-fmmd.org/"},
		{"forum bangkok", ""},
		{"reunion", "http://a.example/"},
		{"presidents", "http://a.example/"},
		{"Bangkok", "http://b.example/ http://a.example/"}, // a title weighs more
		{"diaspora", "(no address)"},
		{"", ""}, {"   ", ""}, {"!?*", ""},
		{`"`, ""}, {`manila"`, "http://www.gfmd-fmmd.org/"}, {`title:manila`, ""}, {"NEAR(forum, manila)", ""},
		{"manila*", "http://www.gfmd-fmmd.org/"}, {"-manila", "http://www.gfmd-fmmd.org/"}, {"manil", ""},
		{"forum OR bangkok", ""}, {"manila\x00", "http://www.gfmd-fmmd.org/"}, {"'; DROP TABLE texts; --", ""},
		{strings.Repeat("manila ", 5000), "http://www.gfmd-fmmd.org/"},
		{strings.Repeat("x", 1<<20), ""},
	}
	for _, tt := range tests {
		t.Run(tt.query[:min(len(tt.query), 30)], func(t *testing.T) {
			hits, err := c.SearchText(t.Context(), "default", tt.query, 10)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, h := range hits {
				if h.URI == "" {
					h.URI = "(no address)"
				}
				got = append(got, h.URI)
			}
			if strings.Join(got, " ") != tt.uris {
				t.Errorf("found %q, want %q", got, tt.uris)
			}
		})
	}
}

func TestAHitSaysWhereItStands(t *testing.T) { catalogtest.Each(t, testAHitSaysWhereItStands) }

func testAHitSaysWhereItStands(t *testing.T, e catalogtest.Engine) {
	c := library(t, e)
	got, err := only(c.SearchText(t.Context(), "default", "manila", 10))
	want := catalog.Hit{
		Kind: catalog.HitReference, Document: "doc", Reference: "r1", URI: "http://www.gfmd-fmmd.org/",
		Title: "Global Forum", Excerpt: "The forum met in Manila, in 2008.",
	}
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	if hits, err := c.SearchText(t.Context(), "other", "manila", 10); err != nil || len(hits) != 0 {
		t.Errorf("in another collection: %+v, %v", hits, err)
	}
	if hits, err := c.SearchText(t.Context(), "default", "bangkok", 1); err != nil || len(hits) != 1 {
		t.Errorf("with a limit: %+v, %v", hits, err)
	}
}

func TestTheLastTitleIsFound(t *testing.T) { catalogtest.Each(t, testTheLastTitleIsFound) }

func testTheLastTitleIsFound(t *testing.T, e catalogtest.Engine) {
	c := library(t, e)
	for run, d := range map[string]*ibid.Description{"2": {Title: "Parked"}, "3": nil} {
		commit(t, c, catalog.Batch{Collection: "default", Run: run, Visits: []ibid.Visit{{Seed: "http://a.example/", Run: run, Description: d}}})
	}
	for query, want := range map[string]int{"reunion": 0, "presidents": 0, "parked": 1} {
		if hits, err := c.SearchText(t.Context(), "default", query, 10); err != nil || len(hits) != want {
			t.Errorf("%s: %+v, %v; want %d", query, hits, err, want)
		}
	}
	checkIndex(t, c)
}

// TestBothEnginesFindTheSameWords searches for each word of awkward texts.
func TestBothEnginesFindTheSameWords(t *testing.T) {
	catalogtest.Each(t, testBothEnginesFindTheSameWords)
}

func testBothEnginesFindTheSameWords(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	texts := []string{
		"see www.gfmd-fmmd.org/docs?x=1&y=2 and mail ana@example.org", `it's "quoted" \ 'and' <tagged> & | ! : * ( )`,
		"1.5e10 -3 2009-06-04 10.1000/182", "Überprüfung der Ägäis in Łódź; Straße", "Cafe\u0301 na\u00efve", "東京で会議", "क्षत्रिय हिन्दी",
		"Ελλάδα Москва Ёлка", "a'b''c '' \\' ':1A,2B", "مؤتمر المنتدى", strings.Repeat("w ", 300) + "last",
	}
	var refs []ibid.Reference
	for i, text := range texts {
		refs = append(refs, ibid.Reference{ID: fmt.Sprint(i), Title: "t", Context: text})
	}
	if err := c.PutDocument(t.Context(), "default", ibid.Document{ID: "doc"}, refs); err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
		for _, query := range append(words, strings.Join(words[:min(len(words), 30)], " "), strings.ToUpper(words[0]), text) {
			hits, err := c.SearchText(t.Context(), "default", query, 100)
			if err != nil || !slices.ContainsFunc(hits, func(h catalog.Hit) bool { return h.Reference == fmt.Sprint(i) }) {
				t.Errorf("%q is not found by %q: %d hits, %v", text, query, len(hits), err)
			}
		}
	}
}

func TestAnExcerptIsCutAroundTheWords(t *testing.T) {
	c := openNew(t, catalogtest.Engine{})
	long := strings.Repeat("before ", 40) + "the Réunion of Manila " + strings.Repeat("after ", 40)
	refs := []ibid.Reference{{ID: "1", Title: "Report", Context: long}, {ID: "2", Title: "Dublin papers", Context: "Three papers."}}
	if err := c.PutDocument(t.Context(), "default", ibid.Document{ID: "doc"}, refs); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"reunion manila": "…" + strings.Repeat("before ", 5) + "the Réunion of Manila " + strings.TrimSpace(strings.Repeat("after ", 15)) + "…",
		"dublin":         "Dublin papers",
		"dublin three":   "Three papers.", // as many words of the query in each: the text, since the title is shown anyway
	} {
		if hit, err := only(c.SearchText(t.Context(), "default", query, 10)); err != nil || hit.Excerpt != want {
			t.Errorf("%s: %q, %v\nwant %q", query, hit.Excerpt, err, want)
		}
	}
}

// checkIndex demands that SQLite's index of words agrees with the texts. That of PostgreSQL is a column.
func checkIndex(t *testing.T, c *catalog.Catalog) {
	t.Helper()
	if c.Shared() {
		return
	}
	if _, err := c.DB().ExecContext(t.Context(), `INSERT INTO texts_index (texts_index) VALUES ('integrity-check')`); err != nil {
		t.Errorf("the index does not agree with the texts: %v", err)
	}
}

// FuzzSearchText: no query is an error or an instruction.
func FuzzSearchText(f *testing.F) {
	for _, seed := range []string{"manila", `"`, `a" OR "b`, "NEAR/2", "title:x", "a AND NOT b", "^x", "{title}: x", "\x00", "\xff", "é", "東京", "a*b", "(((("} {
		f.Add(seed)
	}
	c := library(f, catalogtest.Engine{})
	f.Fuzz(func(t *testing.T, query string) {
		if _, err := c.SearchText(t.Context(), "default", query, 3); err != nil {
			t.Errorf("%q: %v", query, err)
		}
	})
}

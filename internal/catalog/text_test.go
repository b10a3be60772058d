package catalog_test

import (
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
)

// library is a catalogue with a citing document and two sources.
func library(t testing.TB) *catalog.Catalog {
	t.Helper()
	c := openTemp(t)
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

func TestSearchText(t *testing.T) {
	c := library(t)
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

func TestAHitSaysWhereItStands(t *testing.T) {
	c := library(t)
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

func TestTheLastTitleIsFound(t *testing.T) {
	c := library(t)
	for run, d := range map[string]*ibid.Description{"2": {Title: "Parked"}, "3": nil} {
		commit(t, c, catalog.Batch{Collection: "default", Run: run, Visits: []ibid.Visit{{Seed: "http://a.example/", Run: run, Description: d}}})
	}
	for query, want := range map[string]int{"reunion": 0, "presidents": 0, "parked": 1} {
		if hits, err := c.SearchText(t.Context(), "default", query, 10); err != nil || len(hits) != want {
			t.Errorf("%s: %+v, %v; want %d", query, hits, err, want)
		}
	}
	if _, err := c.DB().Exec(`INSERT INTO texts_index (texts_index) VALUES ('integrity-check')`); err != nil {
		t.Errorf("the index does not agree with the texts: %v", err)
	}
}

// FuzzSearchText: no query is an error or an instruction.
func FuzzSearchText(f *testing.F) {
	for _, seed := range []string{"manila", `"`, `a" OR "b`, "NEAR/2", "title:x", "a AND NOT b", "^x", "{title}: x", "\x00", "\xff", "é", "東京", "a*b", "(((("} {
		f.Add(seed)
	}
	c := library(f)
	f.Fuzz(func(t *testing.T, query string) {
		if _, err := c.SearchText(t.Context(), "default", query, 3); err != nil {
			t.Errorf("%q: %v", query, err)
		}
	})
}

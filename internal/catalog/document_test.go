package catalog_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

func TestADocumentComesBackAsItWas(t *testing.T) { catalogtest.Each(t, testADocumentComesBackAsItWas) }

func testADocumentComesBackAsItWas(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	doc := ibid.Document{
		ID: "0123456789abcdef", Source: "./papers/rcp-2009.md", Title: "Réunion\u00a0mondiale", Language: "fr",
		Date: "2009-06-04", MediaType: "text/markdown", Digest: ibid.DigestOf([]byte("x")),
	}
	refs := []ibid.Reference{
		{ID: "r2", URI: "http://www.gfmd-fmmd.org/", Cited: "www.gfmd-fmmd.org", Locator: ibid.Locator{Kind: ibid.Footnote, Label: "2"},
			Context: "See “the forum”.", Accessed: "2009-05", Identifiers: map[string]string{"doi": "10.1/x"}},
		{ID: "r1", Cited: "Session 3.4", Works: []ibid.Work{{Title: "Engaging", Label: "3.4", Languages: []string{"en", "fr"}}}},
		{ID: "r3", URI: "http://a.example/", Title: "with a NUL \x00 and broken \xff bytes"},
	}
	for range 2 { // the second time changes nothing
		if err := c.PutDocument(t.Context(), "default", doc, refs); err != nil {
			t.Fatal(err)
		}
	}
	got, gotRefs, err := c.Document(t.Context(), "default", doc.ID)
	if err != nil {
		t.Fatal(err)
	}
	refs[2].Title = "with a NUL \x00 and broken \ufffd bytes" // JSON is UTF-8
	if !reflect.DeepEqual(got, doc) || !reflect.DeepEqual(gotRefs, refs) {
		t.Errorf("got %+v\n%+v", got, gotRefs)
	}
	if n, err := c.Counts(t.Context(), "default"); err != nil || n.Documents != 1 || n.References != 3 {
		t.Errorf("counts %+v, %v", n, err)
	}
	if all, err := c.Documents(t.Context(), "other"); err != nil || len(all) != 0 {
		t.Errorf("another collection holds %v, %v", all, err)
	}
}

func TestADocumentIsFoundByWhatAPersonCallsIt(t *testing.T) {
	catalogtest.Each(t, testADocumentIsFoundByWhatAPersonCallsIt)
}

func testADocumentIsFoundByWhatAPersonCallsIt(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	put := func(id, source string) {
		t.Helper()
		if err := c.PutDocument(t.Context(), "default", ibid.Document{ID: id, Source: source}, nil); err != nil {
			t.Fatal(err)
		}
	}
	put("a", "/home/ana/papers/thesis.md")
	put("b", "/home/ana/papers/thesis.md") // a later version of it
	put("c", "notes/my_thesis.md")
	put("d", "https://example.org/cited/reading-list.html")
	put("e", "x%y.md")
	tests := []struct{ name, id string }{
		{"a", "a"},
		{"/home/ana/papers/thesis.md", "b"},
		{"papers/thesis.md", "b"},
		{"./papers/../papers/thesis.md", "b"},
		{"thesis.md", "b"},
		{"my_thesis.md", "c"},
		{"https://example.org/cited/reading-list.html", "d"},
		{"reading-list.html", "d"},
		{"%", ""},
		{"x%y.md", "e"},
		{"hesis.md", ""},
		{"", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, _, err := c.Document(t.Context(), "default", tt.name)
			if tt.id == "" {
				if ibid.KindOf(err) != ibid.KindNotFound {
					t.Errorf("got %+v, %v; want not found", doc, err)
				}
				return
			}
			if err != nil || doc.ID != tt.id {
				t.Errorf("got %q, %v; want %q", doc.ID, err, tt.id)
			}
		})
	}
}

func TestAHundredThousandReferences(t *testing.T) {
	catalogtest.Each(t, testAHundredThousandReferences)
}

func testAHundredThousandReferences(t *testing.T, e catalogtest.Engine) {
	if testing.Short() {
		t.Skip("takes seconds, minutes under the race detector")
	}
	c := openNew(t, e)
	refs := make([]ibid.Reference, 100_000)
	for i := range refs {
		refs[i] = ibid.Reference{
			ID: fmt.Sprintf("r%d", i), URI: fmt.Sprintf("http://host-%d.example/%d", i%1000, i),
			Context: fmt.Sprintf("As source number %d shows beyond doubt.", i),
		}
	}
	began := time.Now()
	if err := c.PutDocument(t.Context(), "default", ibid.Document{ID: "d", Source: "huge.html"}, refs); err != nil {
		t.Fatal(err)
	}
	t.Logf("recorded in %s", time.Since(began))
	_, got, err := c.Document(t.Context(), "default", "d")
	if err != nil || len(got) != len(refs) || got[99_999].URI != refs[99_999].URI {
		t.Fatalf("%d references came back, %v", len(got), err)
	}
	if hits, err := c.SearchText(t.Context(), "default", "number 77777", 5); err != nil || len(hits) != 1 {
		t.Errorf("search found %v, %v", hits, err)
	}
}

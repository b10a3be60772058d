package catalog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

// entries are those that q asks for, each as "collection uri day".
func entries(t *testing.T, c *catalog.Catalog, q cdx.Query) (said []string, at []cdx.Position) {
	t.Helper()
	for e, err := range c.Entries(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, fmt.Sprint(e.Collection, " ", strings.TrimPrefix(e.URI, "http://"), " ", int(e.Timestamp.Sub(day)/(24*time.Hour))))
		at = append(at, e.Position())
	}
	return said, at
}

func twoCollections(t *testing.T, e catalogtest.Engine) *catalog.Catalog {
	t.Helper()
	c := openNew(t, e)
	for _, name := range []string{"one", "two"} {
		b := catalog.Batch{Collection: name, Run: name}
		for i, uri := range []string{"http://a.example/", "http://a.example/", "http://a.example/x", "http://b.a.example/", "http://a-b.example/", "http://www.a.example/"} {
			b.Captures = append(b.Captures, ibid.Capture{
				URI: uri, Timestamp: on(i), Digest: ibid.DigestOf([]byte(uri)), RecordID: fmt.Sprint(name, i),
				Location: ibid.Location{Key: name, Offset: int64(i)},
			})
		}
		commit(t, c, b)
	}
	return c
}

func TestEntries(t *testing.T) { catalogtest.Each(t, testEntries) }

func testEntries(t *testing.T, e catalogtest.Engine) {
	c := twoCollections(t, e)
	for _, tt := range []struct {
		name string
		q    cdx.Query
		want string
	}{
		{"the very address", cdx.Query{Match: cdx.MatchURI, URI: "http://a.example"}, "one a.example/ 0, two a.example/ 0, one a.example/ 1, two a.example/ 1"},
		{"the key", cdx.Query{Match: cdx.MatchExact, URI: "http://a.example/", Collections: []string{"one"}}, "one a.example/ 0, one a.example/ 1, one www.a.example/ 5"},
		{"backwards", cdx.Query{Match: cdx.MatchExact, URI: "https://a.example/", Reverse: true, Limit: 3}, "two www.a.example/ 5, one www.a.example/ 5, two a.example/ 1"},
		{"a while", cdx.Query{Match: cdx.MatchExact, URI: "http://a.example/", From: on(1), To: on(4)}, "one a.example/ 1, two a.example/ 1"},
		{"a prefix", cdx.Query{Match: cdx.MatchPrefix, URI: "http://a.example/x", Limit: 1}, "one a.example/x 2"},
		{"a host", cdx.Query{Match: cdx.MatchHost, URI: "http://a.example/", Collections: []string{"two"}}, "two a.example/ 0, two a.example/ 1, two www.a.example/ 5, two a.example/x 2"},
		{"a domain", cdx.Query{Match: cdx.MatchDomain, URI: "http://a.example/", Collections: []string{"two"}, From: on(2)}, "two www.a.example/ 5, two a.example/x 2, two b.a.example/ 3"},
		{"nothing", cdx.Query{Match: cdx.MatchExact, URI: "http://c.example/"}, ""},
		{"no address", cdx.Query{Match: cdx.MatchExact, URI: "http://%zz/"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := entries(t, c, tt.q); strings.Join(got, ", ") != tt.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), tt.want)
			}
		})
	}
	for e, err := range c.Entries(t.Context(), cdx.Query{Match: cdx.MatchHost, URI: "http://%zz/"}) {
		if ibid.KindOf(err) != ibid.KindInput {
			t.Errorf("got %+v, %v", e, err)
		}
	}
}

// Whoever goes on from any place sees what comes behind it, in both directions, and as many are counted.
func TestEntriesGoOn(t *testing.T) { catalogtest.Each(t, testEntriesGoOn) }

func testEntriesGoOn(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	for _, name := range []string{"one", "two"} {
		b := catalog.Batch{Collection: name, Run: name}
		for i := range 60 { // pages of many, and of many at one instant
			b.Captures = append(b.Captures, ibid.Capture{
				URI: fmt.Sprint("http://a.example/", i%3), Timestamp: on(i / 20), Digest: ibid.DigestOf([]byte{byte(i)}),
				RecordID: fmt.Sprintf("id-%03d", i), Location: ibid.Location{Key: name, Offset: int64(i)},
			})
		}
		commit(t, c, b)
	}
	q := cdx.Query{Match: cdx.MatchHost, URI: "http://a.example/"}
	for _, q.Reverse = range []bool{false, true} {
		whole, at := entries(t, c, q)
		if n, err := c.Count(t.Context(), q); len(whole) != 120 || n != 120 || err != nil {
			t.Fatalf("%d entries, %d counted, %v", len(whole), n, err)
		}
		if !slices.IsSortedFunc(at, func(a, b cdx.Position) int {
			if q.Reverse {
				return b.Compare(a)
			}
			return a.Compare(b)
		}) {
			t.Error("they are not in order")
		}
		for i := 0; i < len(at); i += 7 {
			after := q
			after.After = &at[i]
			if rest, _ := entries(t, c, after); !slices.Equal(rest, whole[i+1:]) {
				t.Errorf("after %+v come %d, not %d", at[i], len(rest), len(whole)-i-1)
			}
		}
	}
}

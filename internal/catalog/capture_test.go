package catalog_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

// hold puts Captures of addresses at days into a catalogue: "1 http://a.example/".
func hold(t *testing.T, e catalogtest.Engine, days map[string][]int) *catalog.Catalog {
	t.Helper()
	c := openNew(t, e)
	b := catalog.Batch{Collection: "default", Run: "r"}
	for uri, at := range days {
		for _, n := range at {
			b.Captures = append(b.Captures, ibid.Capture{
				URI: uri, Timestamp: on(n), Digest: ibid.DigestOf([]byte(uri)), Length: 10, Origin: ibid.OriginLive,
				Location: ibid.Location{Key: fmt.Sprintf("object-%d", n), Offset: int64(len(b.Captures))},
			})
		}
	}
	commit(t, c, b)
	return c
}

func on(n int) time.Time { return day.AddDate(0, 0, n) }

func TestMementosStartWithTheVeryAddress(t *testing.T) {
	catalogtest.Each(t, testMementosStartWithTheVeryAddress)
}

func testMementosStartWithTheVeryAddress(t *testing.T, e catalogtest.Engine) {
	c := hold(t, e, map[string][]int{
		"http://a.example/x":      {3, 1},
		"https://www.a.example/x": {2, 0},
		"http://a.example/y":      {1},
		"http://b.example/x":      {1},
	})
	got, err := c.Mementos(t.Context(), "default", "http://a.example/x#part")
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, m := range got {
		said = append(said, fmt.Sprint(m.URI, " ", int(m.Timestamp.Sub(day)/(24*time.Hour))))
	}
	want := []string{"http://a.example/x 1", "http://a.example/x 3", "https://www.a.example/x 0", "https://www.a.example/x 2"}
	if !slices.Equal(said, want) {
		t.Errorf("got %q, want %q", said, want)
	}
	for _, ask := range []struct{ collection, uri string }{{"default", "http://c.example/"}, {"other", "http://a.example/x"}, {"default", "http://%zz/"}} {
		if _, err := c.Mementos(t.Context(), ask.collection, ask.uri); ibid.KindOf(err) != ibid.KindNotFound {
			t.Errorf("%v: %v", ask, err)
		}
	}
}

func TestNearest(t *testing.T) { catalogtest.Each(t, testNearest) }

func testNearest(t *testing.T, e catalogtest.Engine) {
	c := hold(t, e, map[string][]int{
		"http://a.example/":      {10, 20, 30},
		"https://a.example/":     {12, 21},
		"https://www.b.example/": {5},
	})
	tests := []struct {
		uri  string
		at   int
		want string
	}{
		{"http://a.example/", 20, "http://a.example/ 20"},
		{"http://a.example", 20, "http://a.example/ 20"}, // as a person types it
		{"http://a.example/", -1000, "http://a.example/ 10"},
		{"http://a.example/", 1000, "http://a.example/ 30"},
		{"http://a.example/", 14, "http://a.example/ 10"},
		{"http://a.example/", 15, "http://a.example/ 10"}, // as near: the earlier
		{"http://a.example/", 16, "http://a.example/ 20"},
		{"https://a.example/", 10, "https://a.example/ 12"},
		{"http://www.a.example/", 13, "https://a.example/ 12"},
		{"http://b.example/", 9, "https://www.b.example/ 5"},
		{"http://c.example/", 9, ""},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.uri, tt.at), func(t *testing.T) {
			got, err := c.Nearest(t.Context(), "default", tt.uri, on(tt.at))
			if tt.want == "" {
				if ibid.KindOf(err) != ibid.KindNotFound {
					t.Errorf("got %+v, %v", got, err)
				}
				return
			}
			if said := fmt.Sprint(got.URI, " ", int(got.Timestamp.Sub(day)/(24*time.Hour))); err != nil || said != tt.want {
				t.Errorf("got %s, %v; want %s", said, err, tt.want)
			}
		})
	}
}

func TestByDigestFindsWhatARevisitMayPointTo(t *testing.T) {
	catalogtest.Each(t, testByDigestFindsWhatARevisitMayPointTo)
}

func testByDigestFindsWhatARevisitMayPointTo(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	payload, alone := ibid.DigestOf([]byte("payload")), ibid.DigestOf([]byte("only revisits"))
	b := catalog.Batch{Collection: "default"}
	for i, capture := range []ibid.Capture{
		{URI: "http://a.example/2", Digest: payload, Timestamp: on(2)},
		{URI: "http://a.example/0", Digest: payload, Timestamp: on(0), Revisit: true},
		{URI: "http://a.example/1", Digest: payload, Timestamp: on(1)},
		{URI: "http://a.example/3", Digest: alone, Timestamp: on(1), Revisit: true},
		{URI: "http://a.example/4", Digest: "", Timestamp: on(1)},
		// The same first 8 bytes.
		{URI: "http://a.example/5", Digest: payload[:len(payload)-1] + "x", Timestamp: on(0)},
	} {
		capture.Location.Offset = int64(i)
		b.Captures = append(b.Captures, capture)
	}
	commit(t, c, b)
	if got, err := c.ByDigest(t.Context(), "default", payload); err != nil || got.URI != "http://a.example/1" {
		t.Errorf("got %q, %v", got.URI, err)
	}
	for name, ask := range map[string]struct {
		collection string
		digest     ibid.Digest
	}{
		"another collection": {"other", payload}, "only revisits": {"default", alone}, "unknown": {"default", ibid.DigestOf(nil)},
	} {
		if _, err := c.ByDigest(t.Context(), ask.collection, ask.digest); ibid.KindOf(err) != ibid.KindNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCapturesComeInTheOrderOfTheStore(t *testing.T) {
	catalogtest.Each(t, testCapturesComeInTheOrderOfTheStore)
}

func testCapturesComeInTheOrderOfTheStore(t *testing.T, e catalogtest.Engine) {
	c := hold(t, e, map[string][]int{"http://a.example/": {3, 1, 2}, "http://b.example/": {1, 3}})
	var places []string
	for capture, err := range c.Captures(t.Context(), "default") {
		if err != nil {
			t.Fatal(err)
		}
		places = append(places, fmt.Sprintf("%s %03d", capture.Location.Key, capture.Location.Offset))
	}
	if len(places) != 5 || !slices.IsSorted(places) {
		t.Errorf("got %q", places)
	}
	for _, err := range c.Captures(t.Context(), "default") {
		if err != nil {
			t.Error(err)
		}
		break // who stops early leaves no connection behind: goleak sees it
	}
	if names, err := c.Collections(t.Context()); err != nil || !slices.Equal(names, []string{"default"}) {
		t.Errorf("collections %q, %v", names, err)
	}
	n, err := c.Counts(t.Context(), "default")
	if err != nil || n.Captures != 5 || n.Bytes != 50 {
		t.Errorf("counts %+v, %v", n, err)
	}
}

// A timestamp of 14 digits names what was captured within its second, though something else is nearer to where that begins.
func TestNearestWithinTheSecond(t *testing.T) { catalogtest.Each(t, testNearestWithinTheSecond) }

func testNearestWithinTheSecond(t *testing.T, e catalogtest.Engine) {
	c, day := openNew(t, e), day.Truncate(time.Second)
	b := catalog.Batch{Collection: "default", Run: "r"}
	for i, ms := range []int{-300, 900, 1800} {
		b.Captures = append(b.Captures, ibid.Capture{
			URI: "http://a.example/", Timestamp: day.Add(time.Duration(ms) * time.Millisecond), Digest: ibid.DigestOf(nil), Origin: ibid.OriginLive,
			Location: ibid.Location{Key: "object", Offset: int64(i)},
		})
	}
	commit(t, c, b)
	for _, tt := range []struct{ at, want time.Duration }{
		{0, 900 * time.Millisecond}, {time.Second, 1800 * time.Millisecond}, {-time.Second, -300 * time.Millisecond},
		{time.Microsecond, -300 * time.Millisecond}, // no timestamp of 14 digits
	} {
		got, err := c.Nearest(t.Context(), "default", "http://a.example/", day.Add(tt.at))
		if err != nil || got.Timestamp.Sub(day) != tt.want {
			t.Errorf("%s: %s, %v; want %s", tt.at, got.Timestamp.Sub(day), err, tt.want)
		}
	}
}

package catalog_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

func TestOpenPostgresSaysWhatIsWrong(t *testing.T) {
	dsn := catalogtest.Postgres(t).New(t)
	changed := func(change func(u *url.URL)) string {
		u, err := url.Parse(dsn)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword(u.User.Username(), "secret")
		change(u)
		return u.String()
	}
	tests := []struct {
		name, dsn string
		kind      ibid.Kind
		says      string
	}{
		{"no server", changed(func(u *url.URL) { u.Host = "127.0.0.1:1" }), ibid.KindStorage, "does not answer"},
		{"no database", changed(func(u *url.URL) { u.Path = "/nowhere" }), ibid.KindStorage, "createdb"},
		{"nobody", changed(func(u *url.URL) { u.User = url.UserPassword("nobody-here", "secret") }), ibid.KindStorage, "user and password"},
		{"no address", "postgres://me:secret@[::1/db", ibid.KindStorage, "no address"},
		{"a port that is none", "postgres://me:secret@localhost:port/db", ibid.KindStorage, "no address"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := catalog.Open(t.Context(), tt.dsn, catalog.Options{Wait: 100 * time.Millisecond})
			if err == nil {
				closeNow(t, c)
				t.Fatal("opened")
			}
			if ibid.KindOf(err) != tt.kind || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %s: %v\nwant %s that says %q", ibid.KindOf(err), err, tt.kind, tt.says)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the password is told: %v", err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := catalog.Open(ctx, dsn, catalog.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}

// TestPostgresCommitsAreDurable looks at the settings that a lost power supply or a sleeping process would show.
func TestPostgresCommitsAreDurable(t *testing.T) {
	e := catalogtest.Postgres(t)
	for asked, want := range map[string]string{"": "on", "&synchronous_commit=off": "on", "&synchronous_commit=remote_apply": "remote_apply"} {
		c := openAt(t, e.New(t)+asked)
		for setting, want := range map[string]string{"synchronous_commit": want, "idle_in_transaction_session_timeout": "20s"} {
			var got string
			if err := c.DB().QueryRow(`SHOW ` + setting).Scan(&got); err != nil || got != want {
				t.Errorf("asked for %q, %s is %q, %v; want %q", asked, setting, got, err, want)
			}
		}
		closeNow(t, c)
	}
}

// TestWhatIsNoText has bytes where text is expected: names of files, types of media, addresses in old documents.
func TestWhatIsNoText(t *testing.T) { catalogtest.Each(t, testWhatIsNoText) }

func testWhatIsNoText(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	ctx := t.Context()
	const bad = "a\x00b\xff.md"
	doc := ibid.Document{ID: "d", Source: bad}
	refs := []ibid.Reference{{ID: "r", URI: "http://\x00\xff/", Title: "nul\x00l", Context: "\xc3\x28 and \xed\xa0\x80"}, {ID: "r", Title: "the same id"}}
	if err := c.PutDocument(ctx, "default", doc, refs); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Document(ctx, "default", bad); err != nil {
		t.Error(err)
	}
	seeds := seedsOf("http://a.example/\x00\xff", "http://a.example/\x00\xff", "\xff\x00", "http://\xff.example/")
	if _, _, err := c.StartRun(ctx, catalog.Run{ID: "run", Collection: "default", Fingerprint: bad, Started: day}, seeds); err != nil {
		t.Fatal(err)
	}
	for _, s := range seeds {
		slice, err := c.NextSlice(ctx, "run", catalog.HostOf(s.URI), 10)
		if err != nil || len(slice) == 0 {
			t.Errorf("%q: %v, %v", s.URI, slice, err)
		}
	}
	b := catalog.Batch{Collection: "default", Run: "run", Visits: []ibid.Visit{
		{Seed: seeds[0].URI, Run: "run", Description: &ibid.Description{Title: bad}},
		{Seed: seeds[0].URI, Run: "run", Description: &ibid.Description{Title: "twice"}},
	}, Captures: []ibid.Capture{{
		URI: seeds[0].URI, Seed: seeds[0].URI, MediaType: bad, RecordID: bad, Location: ibid.Location{Key: "k"},
	}}}
	if added := commit(t, c, b); added.Captures != 1 || added.Visits != 1 {
		t.Errorf("%+v", added)
	}
	if added := commit(t, c, b); added != (catalog.New{}) {
		t.Errorf("again: %+v", added)
	}
	if v, err := c.LatestVisit(ctx, "default", seeds[0].URI); err != nil || v.Run != "run" {
		t.Errorf("%+v, %v", v, err)
	}
	if done, total, err := c.RunProgress(ctx, "run"); err != nil || done != 1 || total != 3 {
		t.Errorf("%d of %d, %v", done, total, err)
	}
}

// TestAVeryLongAddress is longer than a row of an index of PostgreSQL, and cannot be compressed.
func TestAVeryLongAddress(t *testing.T) { catalogtest.Each(t, testAVeryLongAddress) }

func testAVeryLongAddress(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	ctx := t.Context()
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test that can be repeated
	long := "http://a.example/"
	for len(long) < 20_000 {
		long += string(rune('!' + r.IntN(94)))
	}
	long = strings.ReplaceAll(long, "#", "_")
	seeds := seedsOf(long, long[:len(long)-1], long)
	if _, _, err := c.StartRun(ctx, catalog.Run{ID: "run", Collection: "default", Fingerprint: "f", Started: day}, seeds); err != nil {
		t.Fatal(err)
	}
	slice, err := c.NextSlice(ctx, "run", catalog.HostOf(long), 10)
	if err != nil || !reflect.DeepEqual(slice, seeds[:2]) {
		t.Errorf("%d seeds, %v", len(slice), err)
	}
	b := catalog.Batch{Collection: "default", Run: "run", Visits: []ibid.Visit{
		{Seed: long, Run: "run", Description: &ibid.Description{Title: "Endless", Abstract: strings.Repeat("on and on ", 100_000)}},
	}, Captures: []ibid.Capture{{URI: long, Seed: long, Location: ibid.Location{Key: "k"}}}}
	commit(t, c, b)
	if added := commit(t, c, b); added != (catalog.New{}) {
		t.Errorf("again: %+v", added)
	}
	if v, err := c.LatestVisit(ctx, "default", long+"#part"); err != nil || v.Seed != long {
		t.Errorf("%v", err)
	}
	if found, err := c.Mementos(ctx, "default", long); err != nil || len(found) != 1 || found[0].URI != long {
		t.Errorf("%v", err)
	}
	if hit, err := only(c.SearchText(ctx, "default", "endless on", 10)); err != nil || hit.URI != long || len(hit.Excerpt) > 200 {
		t.Errorf("%v, excerpt %q", err, hit.Excerpt)
	}
	if slice, err := c.NextSlice(ctx, "run", catalog.HostOf(long), 10); err != nil || len(slice) != 1 {
		t.Errorf("%d left, %v", len(slice), err)
	}
	plan := planOf(long)
	putPlans(t, c, plan)
	due, err := c.Plans(nil).Due(ctx, day.Add(time.Hour), 10)
	if err != nil || len(due) != 1 || due[0].Seed != long {
		t.Errorf("%d plans are due, %v", len(due), err)
	}
	if n, err := c.Plans(nil).Advance(ctx, []ibid.Step{stepOf(plan)}); err != nil || n != 1 {
		t.Errorf("%d taken, %v", n, err)
	}
	if look, err := only(c.UnfinishedLooks(ctx, 10)); err != nil || look.Seed != long {
		t.Errorf("%v", err)
	}
}

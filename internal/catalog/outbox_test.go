package catalog_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
	"github.com/ibid-archive/ibid/internal/notify"
	"github.com/ibid-archive/ibid/internal/notify/notifytest"
)

var _ notify.Outbox = (*catalog.Outbox)(nil)

// outbox adds Events as a Job does: in the transaction of its Batch.
type outbox struct {
	*catalog.Outbox
	c *catalog.Catalog
}

func (o outbox) Add(ctx context.Context, events ...ibid.Event) error {
	_, err := o.c.Commit(ctx, catalog.Batch{Collection: "c"}, func(tx *sql.Tx) error { return catalog.AddEvents(ctx, tx, events) })
	return err
}

func TestTheOutboxIsAsANotifierWantsIt(t *testing.T) {
	catalogtest.Each(t, testTheOutboxIsAsANotifierWantsIt)
}

func testTheOutboxIsAsANotifierWantsIt(t *testing.T, e catalogtest.Engine) {
	notifytest.Run(t, func(t *testing.T) notifytest.Store {
		c := openNew(t, e)
		return outbox{c.Outbox(), c}
	})
}

func TestEventsAreOfTheTransaction(t *testing.T) { catalogtest.Each(t, testEventsAreOfTheTransaction) }

func testEventsAreOfTheTransaction(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	o := outbox{c.Outbox(), c}
	if err := o.Begin(t.Context(), []string{"a"}); err != nil {
		t.Fatal(err)
	}
	lost := errors.New("the job was taken by another")
	_, err := c.Commit(t.Context(), catalog.Batch{Collection: "c"}, func(tx *sql.Tx) error {
		return errors.Join(catalog.AddEvents(t.Context(), tx, []ibid.Event{notifytest.Event(1)}), lost)
	})
	if !errors.Is(err, lost) {
		t.Fatal(err)
	}
	ds, err := o.Take(t.Context(), "a", notifytest.Noon(), notifytest.Noon(), 10)
	if err != nil || len(ds) != 0 {
		t.Errorf("took %v, %v of a transaction that did not happen", ds, err)
	}
}

func TestOldEventsAreForgotten(t *testing.T) { catalogtest.Each(t, testOldEventsAreForgotten) }

func testOldEventsAreForgotten(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	o := outbox{c.Outbox(), c}
	const days = 24 * time.Hour
	now := time.Now()
	event := func(id string, age time.Duration) ibid.Event {
		return ibid.Event{ID: id, Kind: ibid.SpoolFull, When: now.Add(-age)}
	}
	var old []ibid.Event
	for i := range 1200 { // more than two batches
		old = append(old, event(fmt.Sprintf("told-%04d", i), 91*days))
	}
	must(t, o.Add(t.Context(), old...))
	must(t, o.Begin(t.Context(), []string{"a", "b"}))
	left := func(want ...string) {
		t.Helper()
		events, err := o.Recent(t.Context(), "", 2000)
		var ids []string
		for _, e := range events {
			ids = append(ids, e.ID)
		}
		if err != nil || !slices.Equal(ids, want) {
			t.Errorf("left are %d %.60q, %v; want %q", len(ids), ids, err, want)
		}
	}
	left()
	must(t, o.Add(t.Context(), event("old", 91*days), event("young", 89*days)))
	must(t, o.Settle(t.Context(), "a", []ibid.DeliveryResult{{ID: "old"}, {ID: "young"}}))
	must(t, o.Begin(t.Context(), []string{"a", "b"}))
	left("young", "old")
	must(t, o.Settle(t.Context(), "b", []ibid.DeliveryResult{{ID: "young"}}))
	must(t, o.Begin(t.Context(), []string{"a"})) // nobody waits for the old one any more
	left("young")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheLastSettledVisit(t *testing.T) { catalogtest.Each(t, testTheLastSettledVisit) }

func testTheLastSettledVisit(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	const daily = 24 * time.Hour
	long := "http://a.example/" + strings.Repeat("0123456789", 300)
	put := func(seed string, n int, health func(i int) ibid.Health) {
		t.Helper()
		for i := range n {
			run := fmt.Sprintf("run-%04d", i)
			v := ibid.Visit{Seed: seed, Run: run, Health: health(i), Began: day.Add(time.Duration(i) * daily)}
			_, err := c.Commit(t.Context(), catalog.Batch{Collection: "default", Run: run, Visits: []ibid.Visit{v}}, nil)
			must(t, err)
		}
	}
	var mixed = []ibid.Health{ibid.HealthBlocked, ibid.HealthGone, ibid.HealthBlocked, ibid.HealthUnreachable, ibid.HealthLive, ibid.HealthUnknown}
	put("http://a.example/", len(mixed), func(i int) ibid.Health { return mixed[i] })
	put(long, 1, func(int) ibid.Health { return ibid.HealthMoved })
	put("http://kept-out.example/", 120, func(i int) ibid.Health {
		if i == 0 {
			return ibid.HealthDrifted
		}
		return ibid.HealthBlocked
	})
	for _, tt := range []struct {
		seed   string
		before int
		want   int // of the Visits of the Seed; -1: none
	}{
		{"http://a.example/", 0, -1}, {"http://a.example/", 1, -1}, {"http://a.example/", 2, 1}, {"http://a.example/", 4, 1},
		{"http://a.example/", 5, 4}, {"http://a.example/", 100, 4}, {"http://b.example/", 100, -1}, {long, 1, 0},
		{"http://kept-out.example/", 120, 0},
	} {
		v, err := c.SettledBefore(t.Context(), "default", tt.seed, day.Add(time.Duration(tt.before)*daily))
		must(t, err)
		if (v == nil) != (tt.want < 0) || v != nil && (v.Seed != tt.seed || !v.Began.Equal(day.Add(time.Duration(tt.want)*daily))) {
			t.Errorf("%.40s before look %d: %+v, want that of look %d", tt.seed, tt.before, v, tt.want)
		}
	}
	if v, err := c.SettledBefore(t.Context(), "other", long, day.Add(daily)); err != nil || v != nil {
		t.Errorf("of another collection: %v, %v", v, err)
	}
}

func TestWhatCitesASeed(t *testing.T) { catalogtest.Each(t, testWhatCitesASeed) }

func testWhatCitesASeed(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	long := "http://a.example/" + strings.Repeat("0123456789", 300)
	put := func(id string, uris ...string) {
		t.Helper()
		var refs []ibid.Reference
		for i, u := range uris {
			refs = append(refs, ibid.Reference{ID: fmt.Sprintf("r%d", i), URI: u})
		}
		must(t, c.PutDocument(t.Context(), "default", ibid.Document{ID: id, Source: id + ".md", Title: "On " + id}, refs))
	}
	put("d2", "HTTP://A.example/report#page=3", "http://a.example/report", "")
	put("d1", "http://a.example/report", long)
	put("d3", "http://a.example/report2")
	put("d4", "http://a.example/gone")
	put("d4", "http://a.example/report") // read again, it cites something else
	for _, tt := range []struct {
		seed string
		n    int
		want []string
	}{
		{"http://a.example/report", 10, []string{"d1", "d2", "d4"}}, {"http://a.example/report", 2, []string{"d1", "d2"}},
		{"http://a.example/gone", 10, nil}, {long, 10, []string{"d1"}}, {"", 10, nil}, {"%", 10, nil},
	} {
		var want []ibid.Citing
		for _, id := range tt.want {
			want = append(want, ibid.Citing{ID: id, Title: "On " + id})
		}
		if got, err := c.Citing(t.Context(), "default", tt.seed, tt.n); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%.40q: %v, %v; want %v", tt.seed, got, err, want)
		}
	}
}

// TestEventsMoveToPostgreSQL takes what is to be told from one engine to the other.
func TestEventsMoveToPostgreSQL(t *testing.T) {
	from, to := openNew(t, catalogtest.Engine{}), openNew(t, catalogtest.Postgres(t))
	a, b := outbox{from.Outbox(), from}, outbox{to.Outbox(), to}
	must(t, a.Begin(t.Context(), []string{"a"}))
	must(t, a.Add(t.Context(), notifytest.Event(2), notifytest.Event(1), notifytest.Event(0)))
	must(t, a.Settle(t.Context(), "a", []ibid.DeliveryResult{{ID: notifytest.Event(0).ID}}))
	must(t, to.Rebuild(t.Context(), func(f *catalog.Filler) error {
		_, err := f.TakeState(t.Context(), from)
		return err
	}))
	if empty, err := to.IsEmpty(t.Context()); err != nil || empty {
		t.Errorf("empty %v, %v", empty, err)
	}
	must(t, b.Begin(t.Context(), []string{"a"}))
	must(t, b.Add(t.Context(), notifytest.Event(0), notifytest.Event(3)))
	ds, err := b.Take(t.Context(), "a", notifytest.Noon(), notifytest.Noon(), 10)
	want := []ibid.Delivery{{Event: notifytest.Event(2)}, {Event: notifytest.Event(1)}, {Event: notifytest.Event(3)}}
	if err != nil || !reflect.DeepEqual(ds, want) {
		t.Errorf("took %+v, %v", ds, err)
	}
}

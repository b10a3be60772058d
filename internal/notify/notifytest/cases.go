package notifytest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

func roundTrip(t *testing.T, s Store) {
	begin(t, s, "a")
	plain := ibid.Event{ID: "evt-plain", Kind: ibid.SpoolFull, When: Noon().Add(time.Hour), Text: "full"}
	add(t, s, Event(1), plain)
	ds := take(t, s, "a", 2, 10)
	want := []ibid.Delivery{{Event: Event(1)}, {Event: plain}}
	if !reflect.DeepEqual(ds, want) {
		t.Errorf("took %+v, want %+v", ds, want)
	}
	if events, err := s.Recent(t.Context(), "", 10); err != nil || !reflect.DeepEqual(events, []ibid.Event{plain, Event(1)}) {
		t.Errorf("recent %+v, %v", events, err)
	}
}

func addedOnce(t *testing.T, s Store) {
	begin(t, s, "a")
	add(t, s, Event(1))
	other := Event(1)
	other.Text = "told differently"
	add(t, s, other, Event(2))
	expect(t, s, "a", 0, 10, 1, 2)
	settle(t, s, "a", ibid.DeliveryResult{ID: Event(1).ID})
	add(t, s, Event(1))
	expect(t, s, "a", 9, 10, 2)
	if events, err := s.Recent(t.Context(), "", 10); err != nil || len(events) != 2 || events[1].Text != Event(1).Text {
		t.Errorf("recent %+v, %v", events, err)
	}
}

func independent(t *testing.T, s Store) {
	begin(t, s, "a", "b")
	add(t, s, Event(1))
	expect(t, s, "a", 0, 10, 1)
	settle(t, s, "a", ibid.DeliveryResult{ID: Event(1).ID})
	expect(t, s, "b", 0, 10, 1)
	expect(t, s, "a", 5, 10)
	expect(t, s, "b", 5, 10, 1)
	expect(t, s, "nobody", 5, 10)
}

func beginning(t *testing.T, s Store) {
	add(t, s, Event(1))
	begin(t, s, "a")
	add(t, s, Event(2))
	begin(t, s, "a", "b")
	add(t, s, Event(3))
	begin(t, s, "b", "a")
	expect(t, s, "a", 0, 10, 2, 3)
	expect(t, s, "b", 0, 10, 3)
}

func ended(t *testing.T, s Store) {
	begin(t, s, "a", "b")
	add(t, s, Event(1))
	begin(t, s, "b")
	add(t, s, Event(2))
	expect(t, s, "a", 0, 10)
	expect(t, s, "b", 0, 10, 1, 2)
	begin(t, s, "a", "b")
	expect(t, s, "a", 0, 10)
	begin(t, s)
	expect(t, s, "b", 9, 10)
}

func leased(t *testing.T, s Store) {
	begin(t, s, "a")
	add(t, s, Event(1), Event(2))
	expect(t, s, "a", 0, 1, 1)
	expect(t, s, "a", 0, 10, 2)
	expect(t, s, "a", 0, 10)
	expect(t, s, "a", 1, 10, 1, 2)
}

func failed(t *testing.T, s Store) {
	begin(t, s, "a")
	add(t, s, Event(1))
	for attempt := range 3 {
		ds := take(t, s, "a", 10*attempt, 10)
		if len(ds) != 1 || ds[0].Attempts != attempt {
			t.Fatalf("attempt %d: took %+v", attempt, ds)
		}
		next := Noon().Add(time.Duration(10*attempt+10) * time.Hour)
		settle(t, s, "a", ibid.DeliveryResult{ID: Event(1).ID, Next: next, Err: "the endpoint answers 500"})
		expect(t, s, "a", 10*attempt+9, 10)
	}
	settle(t, s, "a", ibid.DeliveryResult{ID: Event(1).ID, Err: "given up"})
	expect(t, s, "a", 1000, 10)
}

func waits(t *testing.T, s Store) {
	begin(t, s, "a")
	add(t, s, Event(1))
	expect(t, s, "a", 0, 10, 1)
	settle(t, s, "a", ibid.DeliveryResult{ID: Event(1).ID, Next: Noon().Add(10 * time.Minute)})
	if ds := take(t, s, "a", 1, 10); len(ds) != 1 || ds[0].Attempts != 0 {
		t.Errorf("took %+v", ds)
	}
}

func order(t *testing.T, s Store) {
	begin(t, s, "a")
	add(t, s, Event(3), Event(1), Event(2))
	add(t, s, Event(0))
	expect(t, s, "a", 0, 2, 3, 1)
	expect(t, s, "a", 0, 10, 2, 0)
	settle(t, s, "a", ibid.DeliveryResult{ID: Event(2).ID, Next: Noon().Add(5 * time.Hour)},
		ibid.DeliveryResult{ID: Event(3).ID, Next: Noon().Add(6 * time.Hour)},
		ibid.DeliveryResult{ID: Event(1).ID, Next: Noon().Add(6 * time.Hour)},
		ibid.DeliveryResult{ID: Event(0).ID, Next: Noon().Add(4 * time.Hour)})
	expect(t, s, "a", 6, 10, 0, 2, 3, 1)
}

func unknown(t *testing.T, s Store) {
	begin(t, s, "a")
	add(t, s, Event(1))
	settle(t, s, "nobody", ibid.DeliveryResult{ID: Event(1).ID})
	settle(t, s, "a", ibid.DeliveryResult{ID: "evt-none"}, ibid.DeliveryResult{ID: "evt-none", Next: Noon(), Err: "x"})
	settle(t, s, "a")
	expect(t, s, "a", 0, 10, 1)
	settle(t, s, "a", ibid.DeliveryResult{ID: Event(1).ID})
	settle(t, s, "a", ibid.DeliveryResult{ID: Event(1).ID, Next: Noon(), Err: "too late"})
	expect(t, s, "a", 9, 10)
}

func recent(t *testing.T, s Store) {
	other := Event(2)
	other.Collection = "other"
	add(t, s, Event(3), Event(1), other, Event(0))
	for _, c := range []struct {
		collection string
		n          int
		want       []int
	}{{"", 10, []int{3, 2, 1, 0}}, {"", 2, []int{3, 2}}, {"c", 2, []int{3, 1}}, {"other", 10, []int{2}}, {"none", 10, nil}} {
		events, err := s.Recent(t.Context(), c.collection, c.n)
		var got []string
		for _, e := range events {
			got = append(got, e.ID)
		}
		if err != nil || !slices.Equal(got, idsOf(c.want)) {
			t.Errorf("recent %q, %d: %q, %v; want %v", c.collection, c.n, got, err, c.want)
		}
	}
}

func concurrent(t *testing.T, s Store) {
	const events, takers = 60, 6
	begin(t, s, "a")
	var adding sync.WaitGroup
	for i := range takers {
		adding.Go(func() {
			for n := i; n < events; n += takers {
				if err := s.Add(t.Context(), Event(n), Event(0)); err != nil {
					t.Errorf("add: %v", err)
				}
			}
		})
	}
	adding.Wait()
	var (
		mu     sync.Mutex
		taken  = map[string]int{}
		taking sync.WaitGroup
	)
	for range takers {
		taking.Go(func() {
			for {
				ds, err := s.Take(t.Context(), "a", Noon(), Noon().Add(time.Hour), 7)
				if err != nil {
					t.Errorf("take: %v", err)
				}
				if len(ds) == 0 {
					return
				}
				mu.Lock()
				for _, d := range ds {
					taken[d.Event.ID]++
				}
				mu.Unlock()
			}
		})
	}
	taking.Wait()
	if len(taken) != events {
		t.Errorf("%d events taken, not %d", len(taken), events)
	}
	for id, n := range taken {
		if n != 1 {
			t.Errorf("%s taken %d times", id, n)
		}
	}
}

func cancelled(t *testing.T, s Store) {
	begin(t, s, "a")
	add(t, s, Event(1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, take := s.Take(ctx, "a", Noon(), Noon().Add(time.Hour), 1)
	_, recent := s.Recent(ctx, "", 1)
	for name, err := range map[string]error{
		"begin": s.Begin(ctx, nil), "take": take, "recent": recent,
		"settle": s.Settle(ctx, "a", []ibid.DeliveryResult{{ID: Event(1).ID}}),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	expect(t, s, "a", 0, 10, 1)
}

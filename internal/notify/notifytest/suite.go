// Package notifytest is the suite that every notify.Outbox must pass, and an Outbox in memory that does.
package notifytest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/notify"
)

// Store is an Outbox, and the way by which Events get into it.
type Store interface {
	notify.Outbox
	// Add adds events in one transaction. One whose ID is there already is left out.
	Add(ctx context.Context, events ...ibid.Event) error
}

// Run tests the Stores that open makes. Each call of open must give a new, empty one.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Store)
	}{
		{"an event comes out as it went in", roundTrip},
		{"an event is added once", addedOnce},
		{"each channel has its own", independent},
		{"a new channel is not told old news", beginning},
		{"a channel that is no more", ended},
		{"what is taken is nobody else's until then", leased},
		{"what failed comes back and is counted", failed},
		{"what waits comes back and is not counted", waits},
		{"the order", order},
		{"results of what is not there", unknown},
		{"recent events", recent},
		{"many at once", concurrent},
		{"a cancelled context", cancelled},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// Noon is a time to count from.
func Noon() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// Event makes the Event with that number: n minutes past Noon, in the collection "c".
func Event(n int) ibid.Event {
	return ibid.Event{
		ID: fmt.Sprintf("evt-%04d", n), Kind: ibid.SourceDied, When: Noon().Add(time.Duration(n) * time.Minute), Collection: "c",
		Seed: fmt.Sprintf("http://a.example/%d", n), Documents: []ibid.Citing{{ID: "d1", Title: "Défis"}, {ID: "d2"}},
		Before: ibid.HealthLive, After: ibid.HealthGone, Text: fmt.Sprintf("http://a.example/%d is gone", n),
		Evidence: "/web/20261124120000/http://a.example/", Kept: "/web/20251124120000/http://a.example/",
	}
}

func begin(t *testing.T, s Store, channels ...string) {
	t.Helper()
	if err := s.Begin(t.Context(), channels); err != nil {
		t.Fatalf("begin %q: %v", channels, err)
	}
}

func add(t *testing.T, s Store, events ...ibid.Event) {
	t.Helper()
	if err := s.Add(t.Context(), events...); err != nil {
		t.Fatalf("add: %v", err)
	}
}

func settle(t *testing.T, s Store, channel string, results ...ibid.DeliveryResult) {
	t.Helper()
	if err := s.Settle(t.Context(), channel, results); err != nil {
		t.Fatalf("settle: %v", err)
	}
}

// take takes up to n at that many hours past Noon, for an hour.
func take(t *testing.T, s Store, channel string, hours, n int) []ibid.Delivery {
	t.Helper()
	now := Noon().Add(time.Duration(hours) * time.Hour)
	ds, err := s.Take(t.Context(), channel, now, now.Add(time.Hour), n)
	if err != nil {
		t.Fatalf("take: %v", err)
	}
	return ds
}

// expect takes as take does and wants the Events with these numbers.
func expect(t *testing.T, s Store, channel string, hours, n int, want ...int) {
	t.Helper()
	var got []string
	for _, d := range take(t, s, channel, hours, n) {
		got = append(got, d.Event.ID)
	}
	if !slices.Equal(got, idsOf(want)) {
		t.Errorf("%d hours past noon, %s: took %q, want %q", hours, channel, got, idsOf(want))
	}
}

func idsOf(numbers []int) []string {
	var ids []string
	for _, n := range numbers {
		ids = append(ids, Event(n).ID)
	}
	return ids
}

package notifytest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/ibid-archive/ibid"
)

// Memory is an Outbox in memory, for tests. The zero value is not usable: call NewMemory.
type Memory struct {
	mu       sync.Mutex
	events   []ibid.Event // in the order in which they were added
	known    map[string]bool
	channels map[string]map[string]*waiting
}

// waiting is a Delivery that is not over.
type waiting struct {
	ibid.Delivery
	next time.Time
	// place is that of the Event among all, by when it was added.
	place int
}

// NewMemory returns an empty Memory.
func NewMemory() *Memory {
	return &Memory{known: map[string]bool{}, channels: map[string]map[string]*waiting{}}
}

// Add implements Store.
func (m *Memory) Add(ctx context.Context, events ...ibid.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, e := range events {
		if m.known[e.ID] {
			continue
		}
		m.known[e.ID] = true
		for _, c := range m.channels {
			c[e.ID] = &waiting{Delivery: ibid.Delivery{Event: e}, place: len(m.events)}
		}
		m.events = append(m.events, e)
	}
	return nil
}

// Begin implements notify.Outbox.
func (m *Memory) Begin(ctx context.Context, channels []string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	maps.DeleteFunc(m.channels, func(name string, _ map[string]*waiting) bool { return !slices.Contains(channels, name) })
	for _, name := range channels {
		if m.channels[name] == nil {
			m.channels[name] = map[string]*waiting{}
		}
	}
	return nil
}

// Take implements notify.Outbox.
func (m *Memory) Take(ctx context.Context, channel string, now, until time.Time, n int) ([]ibid.Delivery, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var due []*waiting
	for _, w := range m.channels[channel] {
		if !w.next.After(now) {
			due = append(due, w)
		}
	}
	slices.SortFunc(due, func(a, b *waiting) int { return cmp.Or(a.next.Compare(b.next), cmp.Compare(a.place, b.place)) })
	due = due[:min(n, len(due))]
	taken := make([]ibid.Delivery, len(due))
	for i, w := range due {
		w.next, taken[i] = until, w.Delivery
	}
	return taken, nil
}

// Settle implements notify.Outbox.
func (m *Memory) Settle(ctx context.Context, channel string, results []ibid.DeliveryResult) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, r := range results {
		w := m.channels[channel][r.ID]
		switch {
		case w == nil:
		case r.Next.IsZero():
			delete(m.channels[channel], r.ID)
		default:
			w.next = r.Next
			if r.Err != "" {
				w.Attempts++
			}
		}
	}
	return nil
}

// Recent implements notify.Outbox.
func (m *Memory) Recent(ctx context.Context, collection string, n int) ([]ibid.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	events := slices.DeleteFunc(slices.Clone(m.events), func(e ibid.Event) bool {
		return collection != "" && e.Collection != collection
	})
	slices.Reverse(events) // of the same moment, what was added last comes first
	slices.SortStableFunc(events, func(a, b ibid.Event) int { return b.When.Compare(a.When) })
	return events[:min(n, len(events))], nil
}

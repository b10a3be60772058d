package catalog_test

import (
	"context"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
)

func TestABudgetIsNeverExceeded(t *testing.T) { catalogtest.Each(t, testABudgetIsNeverExceeded) }

func testABudgetIsNeverExceeded(t *testing.T, e catalogtest.Engine) {
	c := openNew(t, e)
	for name, every := range map[string]time.Duration{
		"24 a minute": 2500 * time.Millisecond, "one a minute": time.Minute, "two a minute": 30 * time.Second, "8 a second": 125 * time.Millisecond,
		"one an hour": time.Hour,
	} {
		limit := max(1, int(time.Minute/every))
		now, start := day, day
		var turns []time.Time
		for range min(3*limit, 200) {
			at, err := c.Budgets().Reserve(t.Context(), "a", name, every, now)
			if err != nil || at.Before(now) {
				t.Fatal(at, err)
			}
			now = at
			turns = append(turns, at)
			if n := len(turns); n > limit && at.Sub(turns[n-1-limit]) < time.Minute {
				t.Errorf("%s: %d questions within %v", name, limit+1, at.Sub(turns[n-1-limit]))
			}
		}
		if limit >= 24 && turns[5] != start {
			t.Errorf("%s: a few questions wait for each other: %v", name, turns[:6])
		}
		// After a pause some may come at once again, and no more than at the beginning.
		if at, err := c.Budgets().Reserve(t.Context(), "a", name, every, now.Add(24*time.Hour)); err != nil || at != now.Add(24*time.Hour) {
			t.Errorf("%s: after a day it waits until %v, %v", name, at, err)
		}
	}
}

func TestAnArchiveRests(t *testing.T) { catalogtest.Each(t, testAnArchiveRests) }

func testAnArchiveRests(t *testing.T, e catalogtest.Engine) {
	b := openNew(t, e).Budgets()
	if until, _, err := b.Resting(t.Context(), "a"); err != nil || !until.IsZero() {
		t.Fatal(until, err)
	}
	later := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	for _, until := range []time.Time{later, later.Add(-time.Minute)} {
		if err := b.Rest(t.Context(), "a", until, "it answers 429"); err != nil {
			t.Fatal(err)
		}
	}
	if until, why, err := b.Resting(t.Context(), "a"); err != nil || !until.Equal(later) || why != "it answers 429" {
		t.Error(until, why, err)
	}
	if until, _, err := b.Resting(t.Context(), "b"); err != nil || !until.IsZero() {
		t.Error("another archive rests", until, err)
	}
}

func TestTakeEndsWithItsContext(t *testing.T) { catalogtest.Each(t, testTakeEndsWithItsContext) }

func testTakeEndsWithItsContext(t *testing.T, e catalogtest.Engine) {
	b := openNew(t, e).Budgets()
	if err := b.Take(t.Context(), "a", "index", time.Hour); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := b.Take(ctx, "a", "index", time.Hour); err == nil {
		t.Error("the second comes at once")
	}
}

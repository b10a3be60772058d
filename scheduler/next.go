package scheduler

import (
	"time"

	"github.com/robfig/cron/v3"
)

// Next returns the first due time after an instant, in UTC, and the zero time if there is none within five
// years.
//
// The schedule is wall time, and the clock on the wall is turned now and then. What it skips is due at the
// first instant after the gap, once, however many times of the schedule lie in the gap. What it shows twice is
// due the first time only, unless the schedule names every hour of the day: then it means an interval, and goes
// on through both. "@every" knows no wall time: it counts what elapses.
func (s *Schedule) Next(after time.Time) time.Time {
	if s.every > 0 {
		return cron.Every(s.every).Next(after).UTC()
	}
	// A zone is a row of periods with one offset each. Within one, wall time is plain arithmetic.
	at := after.In(s.zone)
	from := wall(at)
	for {
		found := s.spec.Next(s.notTwice(from, at))
		if found.IsZero() {
			return time.Time{}
		}
		due := found.Add(-offset(at))
		end := periodEnd(at)
		if end.IsZero() || due.Before(end) {
			return due.UTC()
		}
		if found.Before(wall(end)) {
			return end.UTC() // the clock skips it
		}
		at = end
		if near := due.Add(-longestTurn).In(s.zone); near.After(end) {
			at = near // the periods between hold no time of the schedule
		}
		from = wall(at).Add(-time.Second)
	}
}

// longestTurn is more than any clock was ever turned by at once: places that change the side of the date line
// skip or repeat a day.
const longestTurn = 50 * time.Hour

// notTwice moves from, a wall time of the period of at, to where the period stops to repeat the one before.
func (s *Schedule) notTwice(from, at time.Time) time.Time {
	start, _ := at.ZoneBounds()
	if s.hourly || start.IsZero() {
		return from
	}
	before := start.Add(-time.Nanosecond)
	shown := start.UTC().Add(offset(before) - time.Second) // the last second that was shown before
	if shown.After(from) {
		return shown
	}
	return from
}

// periodEnd returns when the period of at ends; zero for never. A period may be followed by one of the same offset.
func periodEnd(at time.Time) time.Time {
	_, end := at.ZoneBounds()
	if !end.IsZero() && !end.After(at) {
		// After the last transition that a zone file lists, ZoneBounds takes all years as 365 days long: on the
		// last day of a leap year the end that it gives has passed. No clock is turned on that day (UTC).
		end = at.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour).In(at.Location())
	}
	return end
}

// wall is what a clock shows at an instant in its zone, as if it were UTC.
func wall(at time.Time) time.Time { return at.UTC().Add(offset(at)) }

func offset(at time.Time) time.Duration {
	_, seconds := at.Zone()
	return time.Duration(seconds) * time.Second
}
